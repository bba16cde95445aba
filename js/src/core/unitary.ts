/**
 * Matrices of `unitary` operations: read, checked and printed; the same rules, words and digits as
 * qlab/circuit/unitary.py. It knows numbers, not wires or circuits.
 */
import { CircuitError } from "./errors";
import type { Json } from "./json";
import type { Matrix } from "./matrices";

/** Rows of [re, im]; qubit k of the operation is bit k of both indices. */
export type Rows = readonly (readonly (readonly [number, number])[])[];

export const MAX_TARGETS = 3;
const TOLERANCE = 1e-9;
const EXAMPLE = "write [[[0, 0], [1, 0]], [[1, 0], [0, 0]]]";
const CURE = "give a unitary matrix, with 10 digits or more";

/** The matrix of parsed JSON; throws CircuitError at `where`. */
export function fromPairs(value: Json | undefined, where: string): Rows {
  const pair = (v: Json): [number, number] => {
    if (!Array.isArray(v) || v.length !== 2 || v.some((n) => typeof n !== "number")) return notPairs(where);
    // −0 is no number of its own in the text.
    return [(v[0] as number) + 0, (v[1] as number) + 0];
  };
  if (!Array.isArray(value)) return notPairs(where);
  const rows = value.map((row) => (Array.isArray(row) ? row.map(pair) : notPairs(where)));
  checkMatrix(rows, where);
  return rows;
}

function notPairs(where: string): never {
  throw error("the matrix is not rows of [re, im] pairs", where, EXAMPLE);
}

function error(message: string, where: string, cure: string): CircuitError {
  const found = /^op ([A-Za-z_]\w{0,31}), field (.*)$/.exec(where);
  return new CircuitError(message, { where, cure, opId: found?.[1], field: found?.[2] });
}

/** Throw unless rows are a unitary matrix on 1, 2 or 3 qubits, to 1e-9 in every entry of U†U. */
export function checkMatrix(rows: Rows, where: string): void {
  const found = fault(rows);
  if (found) throw error(found[0], where, found[1]);
}

/** Whether checkMatrix would let them pass. */
export const isUnitary = (rows: Rows): boolean => fault(rows) === undefined;

function fault(rows: Rows): readonly [string, string] | undefined {
  const size = rows.length;
  if (size !== 2 && size !== 4 && size !== 8)
    return [`the matrix has ${size} rows, not 2, 4 or 8`, "give a matrix on 1, 2 or 3 qubits"];
  for (const [i, row] of rows.entries()) {
    if (row.length !== size)
      return [`row ${i} of the matrix has ${row.length} entries, not ${size}`, "give a square matrix"];
    for (const [k, v] of row.entries()) {
      if (!v.every(Number.isFinite))
        return [`entry ${i}, ${k} of the matrix is not a finite number`, "use finite numbers"];
    }
  }
  const off = (a: number, b: number): boolean => {
    let re = a === b ? -1 : 0;
    let im = 0;
    for (const row of rows) {
      const [ar, ai] = row[a]!;
      const [br, bi] = row[b]!;
      re += ar * br + ai * bi;
      im += ar * bi - ai * br;
    }
    return !(Math.hypot(re, im) <= TOLERANCE);
  };
  for (let a = 0; a < size; a++)
    if (off(a, a)) return [`the matrix is not unitary: column ${a} doesn't have length 1`, CURE];
  for (let a = 0; a < size; a++) {
    for (let b = a + 1; b < size; b++)
      if (off(a, b)) return [`the matrix is not unitary: columns ${a} and ${b} aren't orthogonal`, CURE];
  }
  return undefined;
}

/** The canonical JSON. */
export const printMatrix = (rows: Rows): string =>
  `[${rows.map((row) => `[${row.map(([re, im]) => `[${re + 0}, ${im + 0}]`).join(", ")}]`).join(", ")}]`;

export const sameMatrix = (a: Rows | undefined, b: Rows | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && printMatrix(a) === printMatrix(b));

/** As the simulator takes it. */
export const packed = (rows: Rows): Matrix => ({
  re: rows.flatMap((row) => row.map((v) => v[0])),
  im: rows.flatMap((row) => row.map((v) => v[1])),
});
