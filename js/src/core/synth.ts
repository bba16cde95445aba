/**
 * A unitary matrix as gates of the table, exact with its global phase: Givens rotations between neighbours of a Gray
 * code. The twin of qlab/circuit/synth.py, where the source is named. For OpenQASM, which has no word for a matrix.
 */
import { placed } from "./blocks";
import type { Op } from "./circuit";
import { num } from "./expr";
import type { Rows } from "./unitary";

type Complex = readonly [number, number];
type Two = readonly [Complex, Complex, Complex, Complex];

/** A 2×2 matrix, row by row, on one target where the other qubits of the matrix have given values. */
export interface Step {
  readonly target: number;
  readonly fixed: readonly (readonly [qubit: number, value: number])[];
  readonly matrix: Two;
}

/** Entries and angles below it are rounding errors. */
const NONE = 1e-14;

const O: Complex = [0, 0];
const add = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]];
const mul = (a: Complex, b: Complex): Complex => [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
const conj = (a: Complex): Complex => [a[0], -a[1]];
const scale = (a: Complex, by: number): Complex => [a[0] * by, a[1] * by];
const abs = (a: Complex): number => Math.hypot(a[0], a[1]);
const phase = (a: Complex): number => Math.atan2(a[1], a[0]);

/** The steps whose product, first one first, is the matrix. */
export function steps(rows: Rows): Step[] {
  const size = rows.length;
  const gray = rows.map((_, i) => i ^ (i >> 1));
  const v: Complex[][] = gray.map((r) => gray.map((c) => rows[r]![c]!));
  const out: Step[] = [];
  for (let column = 0; column < size - 1; column++) {
    for (let row = size - 1; row > column; row--) {
      const [upper, lower] = [v[row - 1]!, v[row]!];
      const a = upper[column]!;
      const b = lower[column]!;
      if (column === size - 2) {
        const last: Two = [a, upper[row]!, b, lower[row]!];
        out.push(step(gray[row - 1]!, gray[row]!, orthogonal(last), size));
        continue;
      }
      const one = row - 1 !== column || abs(add(a, [-1, 0])) <= NONE;
      if (abs(b) <= NONE && one) continue;
      const r = Math.hypot(abs(a), abs(b));
      const [p, q] = [scale(conj(a), 1 / r), scale(conj(b), 1 / r)];
      // Without a sign where a is 0, so that a permutation needs no phases.
      const [s, t]: Complex[] = abs(a) <= NONE * r ? [[1, 0], O] : [scale(conj(q), -1), conj(p)];
      v[row - 1] = upper.map((u, k) => add(mul(p, u), mul(q, lower[k]!)));
      v[row] = upper.map((u, k) => add(mul(s!, u), mul(t!, lower[k]!)));
      // The inverse of what was applied.
      out.push(step(gray[row - 1]!, gray[row]!, [conj(p), conj(s!), conj(q), conj(t!)], size));
    }
  }
  return out.reverse().filter((s) => !isIdentity(s.matrix));
}

const isIdentity = (m: Two): boolean =>
  Math.max(abs(add(m[0], [-1, 0])), abs(m[1]), abs(m[2]), abs(add(m[3], [-1, 0]))) <= NONE;

/** The second row made exactly orthogonal to the first, both of length 1. */
function orthogonal([a, b, c, d]: Two): Two {
  const r = Math.hypot(abs(a), abs(b));
  const [x, y] = [scale(a, 1 / r), scale(b, 1 / r)];
  const det = add(mul(x, d), scale(mul(y, c), -1));
  const unit = scale(det, 1 / abs(det));
  return [x, y, mul(unit, scale(conj(y), -1)), mul(unit, conj(x))];
}

function step(first: number, second: number, m: Two, size: number): Step {
  const target = 31 - Math.clz32(first ^ second);
  const turned: Two = (first >> target) & 1 ? [m[3], m[2], m[1], m[0]] : m;
  const others = Array.from({ length: Math.log2(size) }, (_, k) => k).filter((k) => k !== target);
  return { target, fixed: others.map((k) => [k, (first >> k) & 1] as const), matrix: turned };
}

/** [α, θ, φ, λ] with e^{iα} u(θ, φ, λ) the unitary 2×2 matrix. */
export function angles([a, b, c, d]: Two): [number, number, number, number] {
  const minusB = scale(b, -1);
  if (abs(c) <= NONE) return [phase(a), 0, 0, wrapped(phase(d) - phase(a))];
  if (abs(a) <= NONE) return [phase(c), Math.PI, 0, wrapped(phase(minusB) - phase(c))];
  const alpha = phase(a);
  return [alpha, 2 * Math.atan2(abs(c), abs(a)), wrapped(phase(c) - alpha), wrapped(phase(minusB) - alpha)];
}

/** The same angle in (−π, π]; rounding errors are 0. */
function wrapped(angle: number): number {
  const turn = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  if (turn <= NONE - Math.PI) return Math.PI;
  return Math.abs(turn) <= NONE ? 0 : turn;
}

/** A `unitary` operation as gates of the table, its controls and condition on each; ids repeat. */
export function decomposed(op: Op): Op[] {
  const none = { params: [], controls: [], anticontrols: [], clbits: [] };
  return steps(op.matrix!).flatMap(({ target, fixed, matrix }) => {
    const [alpha, ...turn] = angles(matrix);
    const controls = fixed.filter(([, value]) => value === 1).map(([k]) => k);
    const anticontrols = fixed.filter(([, value]) => value === 0).map(([k]) => k);
    const all = Array.from({ length: fixed.length + 1 }, (_, k) => k);
    const where: Op = { id: op.id, gate: "u", ...none, qubits: all, controls, anticontrols };
    const inner: Op[] = [];
    if (turn.some((t) => Math.abs(t) > NONE))
      inner.push({ ...where, qubits: [target], params: turn.map(num) });
    if (Math.abs(alpha) > NONE)
      inner.push(...placed({ id: op.id, gate: "gphase", qubits: [], ...none, params: [num(alpha)] }, where));
    return inner.flatMap((one) => placed({ ...one, id: op.id }, op));
  });
}
