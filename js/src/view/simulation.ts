/** The state that is shown: simulated once for each circuit and set of trial values. No DOM. */
import { nInputs, nWeights } from "../core/circuit";
import { type SimResult, type State, simulate } from "../core/simulate";
import type { Session } from "./session";
import { grow } from "./trial";

export interface Shown {
  readonly result: SimResult;
  /** How long it took, in ms. */
  readonly ms: number;
}

const known = new WeakMap<Session, { circuit: unknown; trial: unknown; shown: Shown }>();

/** The state of what is drawn, at the trial values. */
export function stateOf(session: Session): Shown {
  const { shown: circuit, trial } = session;
  const old = known.get(session);
  if (old && old.circuit === circuit && old.trial === trial) return old.shown;
  const values = grow(trial, nInputs(circuit), nWeights(circuit));
  const start = performance.now();
  const result = simulate(circuit, values.x, values.w);
  const shown = { result, ms: performance.now() - start };
  known.set(session, { circuit, trial, shown });
  return shown;
}

export interface Bar {
  /** Basis state as bits, the last wire first; "" for the rest taken together. */
  readonly bits: string;
  readonly abs: number;
  readonly phase: number;
  readonly p: number;
}

const MOST = 64;
const LARGEST = 32;

/** The bars of a state: all to 6 wires, beyond that the 32 largest in the order of states and the others as one. */
export function bars(state: State): Bar[] {
  const n = Math.log2(state.re.length);
  const bar = (i: number): Bar => {
    const re = state.re[i]!;
    const im = state.im[i]!;
    return {
      bits: i.toString(2).padStart(n, "0"),
      abs: Math.hypot(re, im),
      phase: Math.atan2(im, re),
      p: re * re + im * im,
    };
  };
  const size = state.re.length;
  if (size <= MOST) return Array.from({ length: size }, (_, i) => bar(i));
  const p = state.re.map((v, i) => v * v + state.im[i]! * state.im[i]!);
  // a few of thousands: pick them by a threshold instead of sorting all
  const order = Array.from(p).sort((a, b) => b - a);
  const least = order[LARGEST - 1]!;
  const picked: number[] = [];
  for (let i = 0; i < size && picked.length < LARGEST; i++) if (p[i]! > least) picked.push(i);
  for (let i = 0; i < size && picked.length < LARGEST; i++) if (p[i] === least) picked.push(i);
  picked.sort((a, b) => a - b);
  const rest = Math.max(0, 1 - picked.reduce((sum, i) => sum + p[i]!, 0));
  return [...picked.map(bar), { bits: "", abs: Math.sqrt(rest), phase: 0, p: rest }];
}
