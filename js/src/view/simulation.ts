/**
 * The state that is shown: at the marker's column, at the trial values, in one branch. Simulated once for each: within the
 * frame where that is little, beyond it in slices between frames, while the last state stays and is said to be of an
 * earlier circuit. No DOM.
 */
import { type Circuit, nInputs, nWeights } from "../core/circuit";
import { columns } from "../core/columns";
import { cone } from "../core/cone";
import { MAX_WIRES, type SimResult, type State } from "../core/simulate";
import { Runner } from "../core/trajectories";
import type { Session } from "./session";
import { grow } from "./trial";

export interface Shown {
  /** Undefined while the first one is simulated. */
  readonly result: SimResult | undefined;
  /** What was simulated: the circuit, or the light cone of its first wire where the whole is too large. */
  readonly circuit: Circuit;
  readonly cone: boolean;
  /** How long it took, in ms. */
  readonly ms: number;
  /** Whether it is of something earlier than what is drawn, whose own state is on its way. */
  readonly behind: boolean;
}

interface Job {
  readonly key: readonly unknown[];
  readonly circuit: Circuit;
  readonly cone: boolean;
  readonly parts: Iterator<undefined, SimResult>;
  ms: number;
}

/** Amplitudes passed over within a frame, some 6 ms on a laptop: 128 gates on 16 wires. */
export const AT_ONCE = 2 ** 23;
/** What a slice may take, in ms. */
const SLICE = 8;
/** How long each edit ends the run of the one before; from then on a run is let end, so that a long drag shows something. */
const PATIENCE = 100;

const live = new WeakMap<Session, Live>();

/** The state of what is drawn, at the trial values; where it takes slices, the session says a change when it is there. */
export function stateOf(session: Session): Shown {
  const known = live.get(session) ?? new Live(session);
  live.set(session, known);
  return known.get();
}

class Live {
  readonly #session: Session;
  readonly #runner = new Runner();
  #key: readonly unknown[] = [];
  #shown: Shown;
  #job: Job | undefined;
  /** Since when nothing was shown of what is drawn; 0 where it is. */
  #since = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#shown = { result: undefined, circuit: session.shown, cone: false, ms: 0, behind: true };
  }

  get(): Shown {
    const { shown: circuit, trial, marker, seed, coneOnly } = this.#session;
    const key = [circuit, trial, marker, seed, coneOnly];
    const alike = (other: readonly unknown[]): boolean => key.every((v, i) => v === other[i]);
    if (alike(this.#key)) {
      this.#job = undefined;
      this.#since = 0;
      return this.#shown;
    }
    const little = circuit.ops.length * 2 ** circuit.qubits.length <= AT_ONCE;
    const waited = !little && this.#since > 0 && performance.now() - this.#since > PATIENCE;
    if (!this.#job || !(waited || alike(this.#job.key))) this.#begin(key);
    return this.#job ? { ...this.#shown, behind: true } : this.#shown;
  }

  #begin(key: readonly unknown[]): void {
    const { shown: circuit, trial, marker, seed, coneOnly } = this.#session;
    const start = performance.now();
    const { x, w } = grow(trial, nInputs(circuit), nWeights(circuit));
    const part = coneOnly && circuit.qubits.length > MAX_WIRES ? coneLeftOf(circuit, marker) : undefined;
    const { work, parts } = this.#runner.begin(part ?? circuit, x, w, {
      seed,
      col: part ? undefined : marker,
    });
    const job = { key, circuit: part ?? circuit, cone: part !== undefined, parts, ms: 0 };
    this.#job = job;
    if (work <= AT_ONCE) {
      this.#advance(job, start, Infinity);
      this.#since = 0;
      return;
    }
    if (this.#since === 0) this.#since = start;
    this.#slices(job);
  }

  /** Slices as tasks of their own, so that input and painting come between them. */
  #slices(job: Job): void {
    const line = new MessageChannel();
    line.port1.onmessage = () => {
      const start = performance.now();
      if (this.#job !== job || this.#advance(job, start, start + SLICE)) line.port1.close();
      else line.port2.postMessage(0);
      if (this.#key !== job.key) return;
      this.#since = performance.now();
      this.#session.emit();
    };
    line.port2.postMessage(0);
  }

  /** Whether it is done. */
  #advance(job: Job, start: number, until: number): boolean {
    let step = job.parts.next();
    while (!step.done && performance.now() < until) step = job.parts.next();
    job.ms += performance.now() - start;
    if (!step.done) return false;
    const { key, circuit, cone, ms } = job;
    this.#key = key;
    this.#shown = { result: step.value, circuit, cone, ms, behind: false };
    this.#job = undefined;
    return true;
  }
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
