/**
 * The exact state of a circuit, in the browser, to 16 wires. Little-endian as Qiskit: qubit 0 is the lowest bit of the
 * index. Measurements at the end are left out (the state is that before them); in the middle they are not supported yet.
 */
import { type Circuit, type Op, spanOf, wiresOf } from "./circuit";
import { evaluate } from "./expr";
import { GATES } from "./gates.gen";
import { applyMatrix, product, type State, zero } from "./kernel";
import { type Matrix, matrix } from "./matrices";

export type { State } from "./kernel";

export const MAX_WIRES = 16;

export interface TooLarge {
  readonly tooLarge: true;
  readonly qubits: number;
  readonly limit: number;
  /** Bytes of one copy of the state. */
  readonly bytes: number;
}
export interface Unsupported {
  /** A sentence. */
  readonly unsupported: string;
  readonly opId: string;
}
export type SimResult = State | TooLarge | Unsupported;

export const isState = (r: SimResult): r is State => "re" in r;

/** The state after the first `upTo` operations (all by default), for inputs x and weights w in radians. */
export function simulate(
  c: Circuit,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  upTo = c.ops.length,
  limit = MAX_WIRES,
): SimResult {
  const qubits = c.qubits.length;
  if (qubits > limit) return { tooLarge: true, qubits, limit, bytes: 16 * 2 ** qubits };
  const ops = c.ops.slice(0, upTo);
  const obstacle = unsupported(ops);
  if (obstacle) return obstacle;
  const state = zero(qubits);
  run(state, ops, x, w);
  return state;
}

/** Apply the unitary operations; those in a row on one wire are multiplied first, and applied in one pass. */
function run(state: State, ops: readonly Op[], x: ArrayLike<number>, w: ArrayLike<number>): void {
  const waiting = new Map<number, Matrix>();
  const flush = (q: number, m: Matrix): void => {
    applyMatrix(state, m, [q]);
    waiting.delete(q);
  };
  for (const op of ops) {
    if (!GATES[op.gate]?.unitary) continue;
    const m = matrixOf(op, x, w)!;
    const q = op.qubits[0];
    if (op.qubits.length === 1 && op.controls.length + op.anticontrols.length === 0) {
      const before = waiting.get(q!);
      waiting.set(q!, before ? product(m, before) : m);
      continue;
    }
    for (const wire of wiresOf(op)) {
      const before = waiting.get(wire);
      if (before) flush(wire, before);
    }
    applyMatrix(state, m, op.qubits, op.controls, op.anticontrols);
  }
  for (const [q, m] of waiting) flush(q, m);
}

const matrixOf = (op: Op, x: ArrayLike<number>, w: ArrayLike<number>): Matrix | undefined =>
  matrix(
    op.gate,
    op.params.map((e) => evaluate(e, x, w)),
  );

/** Apply one unitary operation in place. An angle outside a function's domain makes the state NaN. */
export function applyOp(state: State, op: Op, x: ArrayLike<number>, w: ArrayLike<number>): void {
  const m = matrixOf(op, x, w);
  if (m) applyMatrix(state, m, op.qubits, op.controls, op.anticontrols);
}

/** The first operation whose effect isn't unitary and can't be deferred. */
function unsupported(ops: readonly Op[]): Unsupported | undefined {
  const measured = new Map<number, Op>();
  const touched = new Set<number>();
  for (const op of ops) {
    if (op.gate === "barrier") continue;
    if (op.condition) {
      return {
        unsupported: "A gate that depends on a classical bit can't be simulated here yet",
        opId: op.id,
      };
    }
    if (op.gate === "reset" && touched.has(op.qubits[0]!)) {
      return { unsupported: "A reset after other gates can't be simulated here yet", opId: op.id };
    }
    for (const q of spanOf(op) ? wiresOf(op) : []) {
      const earlier = measured.get(q);
      if (earlier && op.gate !== "measure") {
        return {
          unsupported: "A measurement before other gates can't be simulated here yet",
          opId: earlier.id,
        };
      }
      touched.add(q);
      if (op.gate === "measure") measured.set(q, op);
    }
  }
  return undefined;
}

/** |a|² of every basis state. */
export function probabilities({ re, im }: State): Float64Array {
  return re.map((a, i) => a * a + im[i]! * im[i]!);
}

/** ⟨Z⟩ of qubit k, in [−1, 1]. */
export function expectationZ({ re, im }: State, k: number): number {
  let sum = 0;
  for (let i = 0; i < re.length; i++) {
    const p = re[i]! * re[i]! + im[i]! * im[i]!;
    sum += (i >> k) & 1 ? -p : p;
  }
  return sum;
}

export interface Bloch {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Length: 1 pure, 0 fully mixed. */
  readonly r: number;
}

/** The Bloch vector of each qubit. */
export function bloch({ re, im }: State, n = Math.log2(re.length)): Bloch[] {
  return Array.from({ length: n }, (_, q) => {
    const half = 1 << q;
    let x = 0;
    let y = 0;
    let z = 0;
    for (let base = 0; base < re.length; base += half << 1) {
      for (let i = base; i < base + half; i++) {
        const j = i + half;
        x += re[i]! * re[j]! + im[i]! * im[j]!;
        y += re[i]! * im[j]! - im[i]! * re[j]!;
        z += re[i]! ** 2 + im[i]! ** 2 - re[j]! ** 2 - im[j]! ** 2;
      }
    }
    return { x: 2 * x, y: 2 * y, z, r: Math.hypot(2 * x, 2 * y, z) };
  });
}
