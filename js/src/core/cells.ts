/**
 * The entries of a matrix as a person writes them, complex expressions such as 1/sqrt(2) or exp(i*pi/4), and the unitary
 * nearest to a matrix that is none. Whether a matrix is unitary is said by unitary.ts.
 */
import { CircuitError } from "./errors";
import type { Expr, Fn } from "./expr";
import { MAX_LENGTH, Parser } from "./exprparse";
import { isUnitary, type Rows } from "./unitary";

export type Entry = readonly [number, number];

/** The value of one entry; throws CircuitError with `column`. */
export function parseEntry(text: string): Entry {
  const fail = (message: string, cure: string): never => {
    throw new CircuitError(message, { column: 1, where: "column 1", cure });
  };
  if (text.trim() === "") return fail("nothing is written", "write 0, 1/sqrt(2) or exp(i*pi/4)");
  if (text.length > MAX_LENGTH)
    return fail(`the entry has ${text.length} characters, more than ${MAX_LENGTH}`, "shorten it");
  const [re, im] = value(new Parser(text, true).whole());
  if (!Number.isFinite(re) || !Number.isFinite(im))
    return fail("the entry has no finite value", "divide by no zero, and stay within what functions take");
  return [re + 0, im + 0];
}

const times = ([a, b]: Entry, [c, d]: Entry): Entry => [a * c - b * d, a * d + b * c];
function over([a, b]: Entry, [c, d]: Entry): Entry {
  if (d === 0) return [a / c, b / c]; // exactly as real numbers divide
  const size = c * c + d * d;
  return [(a * c + b * d) / size, (b * c - a * d) / size];
}

function value(e: Expr): Entry {
  switch (e.type) {
    case "num":
      return [e.value, 0];
    case "pi":
      return [Math.PI, 0];
    case "sym":
      return [0, 1];
    case "neg": {
      const [re, im] = value(e.a);
      return [0 - re, 0 - im]; // no −0: its logarithm would be another
    }
    case "call":
      return called(e.fn, value(e.a));
    case "bin": {
      const [a, b] = [value(e.a), value(e.b)];
      if (e.op === "+") return [a[0] + b[0], a[1] + b[1]];
      if (e.op === "-") return [a[0] - b[0], a[1] - b[1]];
      if (e.op === "*") return times(a, b);
      return e.op === "/" ? over(a, b) : power(a, b[0]);
    }
  }
}

function power(base: Entry, exponent: number): Entry {
  let found: Entry = [1, 0];
  for (let k = 0; k < Math.abs(exponent); k++) found = times(found, base);
  return exponent < 0 ? over([1, 0], found) : found;
}

function called(fn: Fn, [re, im]: Entry): Entry {
  if (fn === "exp") return [Math.exp(re) * Math.cos(im), Math.exp(re) * Math.sin(im)];
  if (fn === "sqrt") {
    const size = Math.hypot(re, im);
    if (im === 0) return re >= 0 ? [Math.sqrt(re), 0] : [0, Math.sqrt(-re)];
    return [Math.sqrt((size + re) / 2), Math.sign(im) * Math.sqrt((size - re) / 2)];
  }
  if (fn === "log") return [Math.log(Math.hypot(re, im)), Math.atan2(im, re)];
  if (fn === "sin") return [Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im)];
  if (fn === "cos") return [Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im)];
  if (fn === "tan") return over(called("sin", [re, im]), called("cos", [re, im]));
  const real = { arcsin: Math.asin, arccos: Math.acos, arctan: Math.atan }[fn];
  return im === 0 ? [real(re), 0] : [Number.NaN, 0];
}

/** Values that are written shorter than with their digits. */
const ROOTS: readonly (readonly [number, string])[] = [
  [Math.SQRT1_2, "1/sqrt(2)"],
  [Math.sqrt(3) / 2, "sqrt(3)/2"],
  [1 / Math.sqrt(3), "1/sqrt(3)"],
  [Math.SQRT1_2 / 2, "1/sqrt(8)"],
];

/** A number above 0, and the same as a factor of i. */
function part(v: number, unit: "" | "i"): string {
  const root = ROOTS.find(([known]) => Math.abs(known - v) < 1e-15)?.[1];
  if (root !== undefined) return unit === "" ? root : root.replace(/^1(?=\/)/, "i").replace(/^s/, "i*s");
  return unit === "" ? String(v) : v === 1 ? "i" : `${v}*i`;
}

/** An entry as it is shown and edited: reads as the same value to 1e-15. */
export function printEntry([re, im]: Entry): string {
  const first = re === 0 ? "" : `${re < 0 ? "-" : ""}${part(Math.abs(re), "")}`;
  if (im === 0) return first || "0";
  const sign = im < 0 ? "-" : first && "+";
  return `${first}${sign}${part(Math.abs(im), "i")}`;
}

export const identity = (size: number): Rows =>
  Array.from({ length: size }, (_, r) => Array.from({ length: size }, (_, c): Entry => [r === c ? 1 : 0, 0]));

/**
 * The unitary nearest to a square matrix, by the sum of squares of what differs, or undefined where there isn't one: the
 * polar factor, by Newton's iteration X ← (X + X⁻ᴴ)/2 (Higham, SIAM J. Sci. Stat. Comput. 7, 1160, 1986).
 */
export function nearestUnitary(rows: Rows): Rows | undefined {
  let now = rows;
  for (let step = 0; step < 60; step++) {
    const inverse = inverted(now);
    if (!inverse) return undefined;
    const next = now.map((row, r) =>
      row.map(([re, im], c): Entry => [(re + inverse[c]![r]![0]) / 2, (im - inverse[c]![r]![1]) / 2]),
    );
    const moved = furthest(next, now);
    now = next;
    if (moved < 1e-15) break;
  }
  const found = now.map((row) => row.map(([re, im]): Entry => [tidy(re), tidy(im)]));
  return isUnitary(found) ? found : undefined;
}

/** What is left of a rounding error is 0. */
const tidy = (v: number): number => (Math.abs(v) < 1e-15 ? 0 : v);

/** The largest distance between two entries. */
export const furthest = (a: Rows, b: Rows): number =>
  Math.max(
    ...a.flatMap((row, r) => row.map(([re, im], c) => Math.hypot(re - b[r]![c]![0], im - b[r]![c]![1]))),
  );

/** By elimination with the largest pivot; undefined where a matrix has no inverse, or hardly one. */
function inverted(rows: Rows): Rows | undefined {
  const n = rows.length;
  const work = rows.map((row, r) => [...row, ...identity(n)[r]!]);
  const largest = Math.max(...rows.flat().map(([re, im]) => Math.hypot(re, im)));
  for (let col = 0; col < n; col++) {
    const at = work
      .map((row, r) => ({ r, size: Math.hypot(...row[col]!) }))
      .slice(col)
      .reduce((a, b) => (b.size > a.size ? b : a));
    if (!(at.size > 1e-9 * largest)) return undefined;
    [work[col], work[at.r]] = [work[at.r]!, work[col]!];
    const pivot = work[col]![col]!;
    work[col] = work[col]!.map((v) => over(v, pivot));
    for (let r = 0; r < n; r++) {
      if (r === col) continue;
      const factor = work[r]![col]!;
      work[r] = work[r]!.map((v, c): Entry => {
        const [re, im] = times(factor, work[col]![c]!);
        return [v[0] - re, v[1] - im];
      });
    }
  }
  return work.map((row) => row.slice(n));
}
