/**
 * One gate applied to a state, and what is read off a state. Little-endian as Qiskit: qubit 0 is the lowest bit of the
 * index. Whole circuits are trajectories.ts.
 */
import type { Op } from "./circuit";
import { evaluate } from "./expr";
import { applyMatrix, type State } from "./kernel";
import { type Matrix, matrix } from "./matrices";
import type { Branch } from "./trajectories";
import { packed } from "./unitary";

export type { State } from "./kernel";

export const MAX_WIRES = 16;

export interface TooLarge {
  readonly tooLarge: true;
  readonly qubits: number;
  readonly limit: number;
  /** Bytes of one copy of the state. */
  readonly bytes: number;
}
/** A state, with the branch it belongs to where something fell by lot, or why there is none. */
export type SimResult = (State & { readonly branch?: Branch }) | TooLarge;

export const isState = (r: SimResult): r is State & { readonly branch?: Branch } => "re" in r;

/** The matrix of a unitary operation on its targets; undefined for measure, reset and barrier. */
export const matrixOf = (op: Op, x: ArrayLike<number>, w: ArrayLike<number>): Matrix | undefined =>
  op.matrix
    ? packed(op.matrix)
    : matrix(
        op.gate,
        op.params.map((e) => evaluate(e, x, w)),
      );

/** Apply one unitary operation, no instance of a block, in place. An angle outside a function's domain makes the state NaN. */
export function applyOp(state: State, op: Op, x: ArrayLike<number>, w: ArrayLike<number>): void {
  const m = matrixOf(op, x, w);
  if (m) applyMatrix(state, m, op.qubits, op.controls, op.anticontrols);
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
export const bloch = (state: State, n = Math.log2(state.re.length)): Bloch[] =>
  Array.from({ length: n }, (_, q) => blochOf(state, q));

/** The Bloch vector of qubit q alone: one pass over the state. */
export function blochOf({ re, im }: State, q: number): Bloch {
  const half = 1 << q;
  const low = half - 1;
  let x = 0;
  let y = 0;
  let z = 0;
  // one flat loop: nested ones stall on the lowest qubits
  for (let k = 0; k < re.length >> 1; k++) {
    const i = ((k & ~low) << 1) | (k & low);
    const j = i | half;
    const ar = re[i]!;
    const ai = im[i]!;
    const br = re[j]!;
    const bi = im[j]!;
    x += ar * br + ai * bi;
    y += ar * bi - ai * br;
    z += ar * ar + ai * ai - br * br - bi * bi;
  }
  return { x: 2 * x, y: 2 * y, z, r: Math.hypot(2 * x, 2 * y, z) };
}

/** Whether every amplitude is a number: an angle outside its function's domain leaves some that are not. */
export function isDefined({ re, im }: State): boolean {
  let sum = 0;
  for (let i = 0; i < re.length; i++) sum += re[i]! + im[i]!;
  return !Number.isNaN(sum);
}
