/** In-place application of a matrix to a state of split Float64Arrays. The hot loops; it knows nothing of circuits. */
import type { Matrix } from "./matrices";

export interface State {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** |0…0⟩ of n qubits. */
export function zero(n: number): State {
  const state = { re: new Float64Array(2 ** n), im: new Float64Array(2 ** n) };
  state.re[0] = 1;
  return state;
}

/** Apply a gate of any number of targets where every control is 1 and every anticontrol 0. */
export function applyMatrix(
  state: State,
  m: Matrix,
  targets: readonly number[],
  controls: readonly number[] = [],
  anticontrols: readonly number[] = [],
): void {
  if (targets.length === 0) applyPhase(state, m);
  else if (targets.length === 1 && controls.length + anticontrols.length === 0)
    applyOne(state, m, targets[0]!);
  else applyFixed(state, m, targets, controls, anticontrols);
}

function applyFixed(
  state: State,
  m: Matrix,
  targets: readonly number[],
  controls: readonly number[],
  anticontrols: readonly number[],
): void {
  const fixed = [...targets, ...controls, ...anticontrols].sort((a, b) => a - b);
  const set = controls.reduce((mask, q) => mask | (1 << q), 0);
  const list = indices(state.re.length, fixed, set);
  if (targets.length === 1) applyList1(state, m, list, 1 << targets[0]!);
  else if (targets.length === 2) applyList2(state, m, list, 1 << targets[0]!, 1 << targets[1]!);
  else applyListN(state, m, list, targets);
}

function applyPhase({ re, im }: State, m: Matrix): void {
  const [c, s] = [m.re[0]!, m.im[0]!];
  for (let i = 0; i < re.length; i++) {
    const a = re[i]!;
    const b = im[i]!;
    re[i] = c * a - s * b;
    im[i] = c * b + s * a;
  }
}

/** The 2×2 product a·b: b first. */
export function product(a: Matrix, b: Matrix): Matrix {
  const re = [0, 0, 0, 0];
  const im = [0, 0, 0, 0];
  for (let row = 0; row < 2; row++) {
    for (let col = 0; col < 2; col++) {
      for (let k = 0; k < 2; k++) {
        const [ar, ai] = [a.re[2 * row + k]!, a.im[2 * row + k]!];
        const [br, bi] = [b.re[2 * k + col]!, b.im[2 * k + col]!];
        re[2 * row + col]! += ar * br - ai * bi;
        im[2 * row + col]! += ar * bi + ai * br;
      }
    }
  }
  return { re, im };
}

const KEPT_LISTS = 64;
const lists = new Map<string, Int32Array>();

/** The indices of a gate's places, kept for the gates met last: the same pairs of wires come again and again. */
function indices(size: number, fixed: readonly number[], set: number): Int32Array {
  const key = `${size}:${fixed.join()}:${set}`;
  const known = lists.get(key);
  if (known) return known;
  if (lists.size >= KEPT_LISTS) lists.delete(lists.keys().next().value!);
  const made = indexList(size, fixed, set);
  lists.set(key, made);
  return made;
}

/** All indices whose `fixed` bits (ascending) are 0, plus `set`. */
function indexList(size: number, fixed: readonly number[], set: number): Int32Array {
  const list = new Int32Array(size >> fixed.length);
  const masks = fixed.map((q) => (1 << q) - 1);
  for (let k = 0; k < list.length; k++) {
    let i = k;
    for (const mask of masks) i = ((i & ~mask) << 1) | (i & mask);
    list[k] = i | set;
  }
  return list;
}

function applyOne({ re, im }: State, m: Matrix, q: number): void {
  const [ar, br, cr, dr] = m.re as [number, number, number, number];
  const [ai, bi, ci, di] = m.im as [number, number, number, number];
  const half = 1 << q;
  if (br === 0 && bi === 0 && cr === 0 && ci === 0) {
    applyDiagonal({ re, im }, half, ar, ai, dr, di);
    return;
  }
  // One flat loop: nested ones stall on the lowest qubits, where the inner one is a step or two.
  const low = half - 1;
  if (ai === 0 && bi === 0 && ci === 0 && di === 0) {
    applyReal(re, half, ar, br, cr, dr);
    applyReal(im, half, ar, br, cr, dr);
    return;
  }
  for (let k = 0; k < re.length >> 1; k++) {
    const i = ((k & ~low) << 1) | (k & low);
    const j = i | half;
    const xr = re[i]!;
    const xi = im[i]!;
    const yr = re[j]!;
    const yi = im[j]!;
    re[i] = ar * xr - ai * xi + br * yr - bi * yi;
    im[i] = ar * xi + ai * xr + br * yi + bi * yr;
    re[j] = cr * xr - ci * xi + dr * yr - di * yi;
    im[j] = cr * xi + ci * xr + dr * yi + di * yr;
  }
}

/** A matrix of real numbers (RY, H, X) takes each part for itself, at half the work. */
function applyReal(part: Float64Array, half: number, a: number, b: number, c: number, d: number): void {
  const low = half - 1;
  for (let k = 0; k < part.length >> 1; k++) {
    const i = ((k & ~low) << 1) | (k & low);
    const j = i | half;
    const x = part[i]!;
    const y = part[j]!;
    part[i] = a * x + b * y;
    part[j] = c * x + d * y;
  }
}

function applyDiagonal(
  { re, im }: State,
  half: number,
  ar: number,
  ai: number,
  dr: number,
  di: number,
): void {
  const low = ar !== 1 || ai !== 0;
  for (let base = low ? 0 : half; base < re.length; base += low ? half : half << 1) {
    const upper = (base & half) !== 0;
    const c = upper ? dr : ar;
    const s = upper ? di : ai;
    for (let i = base; i < base + half; i++) {
      const a = re[i]!;
      const b = im[i]!;
      re[i] = c * a - s * b;
      im[i] = c * b + s * a;
    }
  }
}

/** The pairs of `list` and `list | bit`; a controlled X only swaps. */
function applyList1({ re, im }: State, m: Matrix, list: Int32Array, bit: number): void {
  const [ar, br, cr, dr] = m.re as [number, number, number, number];
  const [ai, bi, ci, di] = m.im as [number, number, number, number];
  const imaginary = ai !== 0 || bi !== 0 || ci !== 0 || di !== 0;
  if (!imaginary && ar === 0 && br === 1 && cr === 1 && dr === 0) {
    for (let k = 0; k < list.length; k++) {
      const i = list[k]!;
      const j = i | bit;
      const xr = re[i]!;
      const xi = im[i]!;
      re[i] = re[j]!;
      im[i] = im[j]!;
      re[j] = xr;
      im[j] = xi;
    }
    return;
  }
  for (let k = 0; k < list.length; k++) {
    const i = list[k]!;
    const j = i | bit;
    const xr = re[i]!;
    const xi = im[i]!;
    const yr = re[j]!;
    const yi = im[j]!;
    re[i] = ar * xr - ai * xi + br * yr - bi * yi;
    im[i] = ar * xi + ai * xr + br * yi + bi * yr;
    re[j] = cr * xr - ci * xi + dr * yr - di * yi;
    im[j] = cr * xi + ci * xr + dr * yi + di * yr;
  }
}

function applyList2({ re, im }: State, m: Matrix, list: Int32Array, low: number, high: number): void {
  const offsets = [0, low, high, low | high] as const;
  if (m.re.every((v, i) => i % 5 === 0 || (v === 0 && m.im[i] === 0))) {
    offsets.forEach((offset, k) => {
      turn({ re, im }, list, offset, m.re[5 * k]!, m.im[5 * k]!);
    });
    return;
  }
  const vr = [0, 0, 0, 0];
  const vi = [0, 0, 0, 0];
  for (let k = 0; k < list.length; k++) {
    const base = list[k]!;
    for (let c = 0; c < 4; c++) {
      vr[c] = re[base | offsets[c]!]!;
      vi[c] = im[base | offsets[c]!]!;
    }
    for (let r = 0; r < 4; r++) {
      let a = 0;
      let b = 0;
      for (let c = 0; c < 4; c++) {
        const mr = m.re[4 * r + c]!;
        const mi = m.im[4 * r + c]!;
        a += mr * vr[c]! - mi * vi[c]!;
        b += mr * vi[c]! + mi * vr[c]!;
      }
      re[base | offsets[r]!] = a;
      im[base | offsets[r]!] = b;
    }
  }
}

/** The 2^k entries that differ in the targets' bits, for every entry of `list`. */
function applyListN({ re, im }: State, m: Matrix, list: Int32Array, targets: readonly number[]): void {
  const size = 2 ** targets.length;
  const offsets = Int32Array.from({ length: size }, (_, i) =>
    targets.reduce((mask, q, bit) => ((i >> bit) & 1 ? mask | (1 << q) : mask), 0),
  );
  const vr = new Float64Array(size);
  const vi = new Float64Array(size);
  for (let k = 0; k < list.length; k++) {
    const base = list[k]!;
    for (let c = 0; c < size; c++) {
      vr[c] = re[base | offsets[c]!]!;
      vi[c] = im[base | offsets[c]!]!;
    }
    for (let r = 0; r < size; r++) {
      let a = 0;
      let b = 0;
      for (let c = 0; c < size; c++) {
        const mr = m.re[size * r + c]!;
        const mi = m.im[size * r + c]!;
        a += mr * vr[c]! - mi * vi[c]!;
        b += mr * vi[c]! + mi * vr[c]!;
      }
      re[base | offsets[r]!] = a;
      im[base | offsets[r]!] = b;
    }
  }
}

/** Multiply the entries at `list | offset` by c + i·s. */
function turn({ re, im }: State, list: Int32Array, offset: number, c: number, s: number): void {
  for (let k = 0; k < list.length; k++) {
    const i = list[k]! | offset;
    const a = re[i]!;
    const b = im[i]!;
    re[i] = c * a - s * b;
    im[i] = c * b + s * a;
  }
}
