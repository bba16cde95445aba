/** The state that is shown: at the marker's column, at the trial values, in one branch. Simulated once for each. No DOM. */
import { type Circuit, nInputs, nWeights } from "../core/circuit";
import { columns } from "../core/columns";
import { cone } from "../core/cone";
import { MAX_WIRES, type SimResult, type State } from "../core/simulate";
import { Runner } from "../core/trajectories";
import type { Session } from "./session";
import { grow } from "./trial";

export interface Shown {
  readonly result: SimResult;
  /** What was simulated: the circuit, or the light cone of its first wire where the whole is too large. */
  readonly circuit: Circuit;
  readonly cone: boolean;
  /** How long it took, in ms. */
  readonly ms: number;
}

interface Known {
  readonly runner: Runner;
  key: readonly unknown[];
  shown: Shown;
}

const known = new WeakMap<Session, Known>();

/** The state of what is drawn, at the trial values. */
export function stateOf(session: Session): Shown {
  const { shown: circuit, trial, marker, seed, coneOnly } = session;
  const key = [circuit, trial, marker, seed, coneOnly];
  const old = known.get(session);
  if (old?.key.every((v, i) => v === key[i])) return old.shown;
  const runner = old?.runner ?? new Runner();
  const values = grow(trial, nInputs(circuit), nWeights(circuit));
  const start = performance.now();
  const part = coneOnly && circuit.qubits.length > MAX_WIRES ? coneLeftOf(circuit, marker) : undefined;
  const result = part
    ? runner.run(part, values.x, values.w, { seed })
    : runner.run(circuit, values.x, values.w, { col: marker, seed });
  const shown = { result, circuit: part ?? circuit, cone: part !== undefined, ms: performance.now() - start };
  known.set(session, { runner, key, shown });
  return shown;
}

function coneLeftOf(c: Circuit, marker: number | undefined): Circuit {
  if (marker === undefined) return cone(c);
  const cols = columns(c);
  return cone({ ...c, ops: c.ops.filter((_, i) => cols[i]! < marker) });
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
  const picked = largest(state, LARGEST).map(bar);
  const rest = Math.max(0, 1 - picked.reduce((sum, b) => sum + b.p, 0));
  return [...picked, { bits: "", abs: Math.sqrt(rest), phase: 0, p: rest }];
}

/** The places of the `n` largest amplitudes in ascending order, of equal ones the first; one pass over many thousands. */
function largest({ re, im }: State, n: number): number[] {
  const best: { at: number; p: number }[] = [];
  let least = -1;
  for (let i = 0; i < re.length; i++) {
    const a = re[i]!;
    const b = im[i]!;
    const p = a * a + b * b;
    if (p <= least) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.p < p) at -= 1;
    best.splice(at, 0, { at: i, p });
    if (best.length < n) continue;
    best.length = n;
    least = best[n - 1]!.p;
  }
  return best.map((one) => one.at).sort((a, b) => a - b);
}
