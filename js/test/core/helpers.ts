/** Shared by the core tests: vectors of the repository, short circuits, random circuits. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { checkCircuit } from "../../src/core/check";
import { type Circuit, empty, type Op } from "../../src/core/circuit";
import { apply, type NewOp } from "../../src/core/edit";
import { CircuitError } from "../../src/core/errors";
import { type Expr, num, parseExpr, sym } from "../../src/core/expr";
import { GATES } from "../../src/core/gates.gen";
import { applyMatrix } from "../../src/core/kernel";
import { matrix } from "../../src/core/matrices";
import type { Rows } from "../../src/core/unitary";

/** A file of tests/vectors, shared with pytest. */
export const vectors = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), "utf8")) as T;

/** gate("ry", 0, "x[0]"), gate("cx", [0, 1]), gate("z", 0, [], { anticontrols: [1] }). */
export function gate(
  name: string,
  qubits: number | number[],
  params: string | string[] = [],
  more: Partial<Op> = {},
): NewOp {
  return { gate: name, qubits: [qubits].flat(), params: [params].flat().map(parseExpr), ...more };
}

/** A circuit of n wires with these gates appended in order. */
export function circuit(n: number, ...gates: NewOp[]): Circuit {
  return gates.reduce((c, op) => apply(c, { type: "insert", op, at: c.ops.length }), empty(n));
}

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -100, max: 100 }),
  fc.constantFrom(0.1, 1e21, 1e-7, 123456789012345680000, 5e-324, 1.7976931348623157e308),
);
export const anySymbol = fc.record({
  kind: fc.constantFrom("x" as const, "w" as const),
  index: fc.integer({ min: 0, max: 9999 }),
});

/** Trees as the parser makes them, to this depth. */
export function anyExpr(depth = 4): fc.Arbitrary<Expr> {
  const leaf = fc.oneof(
    number.map(num),
    fc.constant<Expr>({ type: "pi" }),
    anySymbol.map((s) => sym(s.kind, s.index)),
  );
  if (depth === 0) return leaf;
  const inner = anyExpr(depth - 1);
  const fn = fc.constantFrom("sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "log", "sqrt");
  return fc.oneof(
    { weight: 2, arbitrary: leaf },
    { weight: 1, arbitrary: inner.map((a): Expr => ({ type: "neg", a })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom("+", "-", "*", "/"), inner, inner)
        .map(([op, a, b]) => ({ type: "bin", op, a, b }) as Expr),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(inner, fc.integer({ min: -16, max: 16 }))
        .map(([a, n]) => ({ type: "bin", op: "**", a, b: num(n) }) as Expr),
    },
    { weight: 1, arbitrary: fc.tuple(fn, inner).map(([f, a]) => ({ type: "call", fn: f, a }) as Expr) },
  );
}

const angleText = fc.constantFrom(
  "0.3",
  "pi/2",
  "-pi/4",
  "x[0]",
  "x[3]",
  "w[0]",
  "w[12]",
  "w[5]*x[0]+w[6]",
  "sin(x[1])**2",
);

/** One legal operation on n wires and m bits, without id; unitary only on demand. */
export function anyOp(n: number, m: number, unitary = false): fc.Arbitrary<NewOp> {
  const names = Object.keys(GATES).filter((g) => {
    const row = GATES[g]!;
    return row.targets <= n && (!unitary || row.unitary) && (row.clbits === 0 || m > 0);
  });
  return fc
    .tuple(
      fc.constantFrom(...names),
      fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => i),
        { minLength: n, maxLength: n },
      ),
      fc.array(angleText, { minLength: 3, maxLength: 3 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: n, maxLength: n }),
      fc.integer({ min: 0, max: Math.max(0, m - 1) }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([name, order, texts, dice, bit, chance]) => {
      const row = GATES[name]!;
      const targets = row.variadic ? 1 + (dice[0]! % n) : row.targets;
      const rest = order.slice(targets);
      const pick = (side: number): number[] =>
        row.controllable ? rest.filter((q) => dice[q] === side).sort((a, b) => a - b) : [];
      const conditional = m > 0 && !unitary && chance === 0 && name !== "barrier";
      return {
        gate: name,
        qubits: order.slice(0, targets),
        params: row.params.map((_, i) => parseExpr(texts[i]!)),
        controls: pick(0),
        anticontrols: pick(1),
        clbits: row.clbits > 0 ? [bit] : [],
        ...(conditional ? { condition: { clbits: [bit], value: chance % 2 } } : {}),
      };
    });
}

/** Legal circuits of up to `maxWires` wires and `maxOps` operations. */
export function anyCircuit(maxWires = 5, maxOps = 12, unitary = false): fc.Arbitrary<Circuit> {
  return fc
    .tuple(fc.integer({ min: 1, max: maxWires }), unitary ? fc.constant(0) : fc.integer({ min: 0, max: 3 }))
    .chain(([n, m]) =>
      fc.array(anyOp(n, m, unitary), { maxLength: maxOps }).map((ops) => {
        const base = { ...empty(n), clbits: Array.from({ length: m }, (_, i) => `c${i}`) };
        const full = ops.map((op, i) => ({
          params: [],
          controls: [],
          anticontrols: [],
          clbits: [],
          ...op,
          id: `g${i + 1}`,
        }));
        return checkCircuit({ ...base, ops: full });
      }),
    );
}

/** A unitary matrix on k qubits from dice: a product of rotations, so that its entries are generic. */
export function anyMatrix(k: number): fc.Arbitrary<Rows> {
  const angle = fc.double({ min: -4, max: 4, noNaN: true });
  return fc.array(angle, { minLength: 6, maxLength: 6 }).map((angles) => {
    const size = 2 ** k;
    const columns = Array.from({ length: size }, (_, col) => {
      const state = { re: new Float64Array(size), im: new Float64Array(size) };
      state.re[col] = 1;
      for (let q = 0; q < k; q++) applyMatrix(state, matrix("u", angles.slice(0, 3))!, [q]);
      for (let q = 0; q + 1 < k; q++) applyMatrix(state, matrix("u", angles.slice(3))!, [q + 1], [q]);
      return state;
    });
    return Array.from({ length: size }, (_, row) =>
      columns.map(({ re, im }) => [re[row]! + 0, im[row]! + 0] as const),
    );
  });
}

/** Legal circuits with matrices, and blocks made by grouping at random, some within others. */
export function anyGrouped(maxWires = 5, maxOps = 10): fc.Arbitrary<Circuit> {
  const name = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 6 });
  const dice = fc.array(fc.nat(3), { minLength: maxOps + 1, maxLength: maxOps + 1 });
  const picks = fc.array(fc.tuple(name, dice), { maxLength: 3 });
  return fc
    .tuple(anyCircuit(maxWires, maxOps, true), fc.integer({ min: 1, max: 3 }).chain(anyMatrix), name, picks)
    .map(([plain, rows, label, groups]) => {
      const k = Math.log2(rows.length);
      let c = plain;
      if (c.qubits.length > k) {
        const qubits = Array.from({ length: k }, (_, i) => c.qubits.length - 1 - i);
        const op: NewOp = { gate: "unitary", qubits, matrix: rows, label, anticontrols: [0] };
        c = apply(c, { type: "insert", op, at: c.ops.length >> 1 });
      }
      for (const [title, chosen] of groups) {
        try {
          const ids = c.ops.filter((_, i) => chosen[i] === 0).map((op) => op.id);
          c = apply(c, { type: "group", ids, name: title });
        } catch (e) {
          if (!(e instanceof CircuitError)) throw e;
        }
      }
      return c;
    });
}
