/**
 * What an ansatz is worth for learning, by sampling its weights evenly in [0, 2π) at given inputs:
 * - expressibility: the Kullback–Leibler divergence of the fidelities of pairs of states from those of Haar-random states,
 *   in nats, 75 bins (Sim, Johnson, Aspuru-Guzik, Adv. Quantum Technol. 2, 1900070, 2019). 0 is as expressive as can be;
 * - entanglement: the mean of Meyer and Wallach's Q = 2·(1 − mean purity of one qubit), 0 to 1;
 * - gradient variance: of ∂⟨Z₀⟩/∂w over weights, the w picked at random. Clearly below 2⁻ⁿ a plateau is likely.
 * Pure, and in small steps: whoever runs it decides how long a step may be and when to stop.
 */
import { type Circuit, nWeights } from "./circuit";
import { bloch, expectationZ, isState, type State } from "./simulate";
import { Runner } from "./trajectories";

export interface Estimate {
  readonly value: number;
  /** One standard error. */
  readonly error: number;
}

export interface Worth {
  readonly samples: number;
  readonly expressibility: Estimate;
  readonly entanglement: Estimate;
  readonly gradient: Estimate;
  /** The guide 2⁻ⁿ. */
  readonly guide: number;
  /** Share of the fidelities in each of the 75 bins, and Haar's. */
  readonly histogram: readonly number[];
  readonly haar: readonly number[];
  readonly entanglements: readonly number[];
  readonly gradients: readonly number[];
}

export const BINS = 75;
/** Step of the central difference: its error is below 1e-9. */
const STEP = 1e-4;

/** Haar's share of each bin: F is distributed as (N − 1)(1 − F)^(N − 2). */
export function haarShares(n: number, bins = BINS): number[] {
  const power = 2 ** n - 1;
  return Array.from({ length: bins }, (_, i) => (1 - i / bins) ** power - (1 - (i + 1) / bins) ** power);
}

/** KL divergence of the histogram of these fidelities from Haar's, in nats. */
export function divergence(fidelities: readonly number[], n: number): number {
  const shares = histogramOf(fidelities);
  const haar = haarShares(n);
  // a bin that Haar's share leaves to rounding is as improbable as can be said
  return shares.reduce((sum, p, i) => (p > 0 ? sum + p * Math.log(p / Math.max(haar[i]!, 1e-300)) : sum), 0);
}

function histogramOf(fidelities: readonly number[]): number[] {
  const counts = Array<number>(BINS).fill(0);
  for (const f of fidelities) counts[Math.max(0, Math.min(BINS - 1, Math.floor(f * BINS)))]! += 1;
  return counts.map((count) => count / Math.max(1, fidelities.length));
}

/** |⟨a|b⟩|² */
export function fidelity(a: State, b: State): number {
  let re = 0;
  let im = 0;
  for (let i = 0; i < a.re.length; i++) {
    re += a.re[i]! * b.re[i]! + a.im[i]! * b.im[i]!;
    im += a.re[i]! * b.im[i]! - a.im[i]! * b.re[i]!;
  }
  return re * re + im * im;
}

/** Meyer and Wallach's Q of a state of n qubits. */
export const meyerWallach = (state: State, n: number): number =>
  1 - bloch(state, n).reduce((sum, v) => sum + v.r ** 2, 0) / n;

export function mean(values: readonly number[]): Estimate {
  const m = values.reduce((sum, v) => sum + v, 0) / values.length;
  const spread = values.reduce((sum, v) => sum + (v - m) ** 2, 0) / Math.max(1, values.length - 1);
  return { value: m, error: Math.sqrt(spread / values.length) };
}

/** Variance with its standard error, from the fourth moment. */
export function variance(values: readonly number[]): Estimate {
  const k = values.length;
  const m = values.reduce((sum, v) => sum + v, 0) / k;
  const second = values.reduce((sum, v) => sum + (v - m) ** 2, 0) / k;
  const fourth = values.reduce((sum, v) => sum + (v - m) ** 4, 0) / k;
  return {
    value: (second * k) / Math.max(1, k - 1),
    error: Math.sqrt(Math.max(0, fourth - second ** 2) / k),
  };
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** ∂⟨Z₀⟩/∂w[j] at these weights. */
export function slope(
  c: Circuit,
  x: readonly number[],
  w: readonly number[],
  j: number,
  runner = new Runner(),
): number {
  const at = (by: number): number => {
    const moved = w.map((v, i) => (i === j ? v + by : v));
    const s = runner.run(c, x, moved);
    return isState(s) ? expectationZ(s, 0) : Number.NaN;
  };
  return (at(STEP) - at(-STEP)) / (2 * STEP);
}

/** On fewer wires slopes as small as the guide are no sign of a plateau. */
const PLATEAU_FROM = 4;

/** Whether a plateau is likely: the variance two errors below the guide or above it; undefined where it can't be told. */
export function plateau({ gradient: { value, error }, guide }: Worth): boolean | undefined {
  if (guide > 2 ** -PLATEAU_FROM) return undefined;
  if (value + 2 * error < guide) return true;
  return value - 2 * error > guide ? false : undefined;
}

/** Why there is nothing to estimate, as far as it is seen without a simulation; or undefined. */
export function atSight(c: Circuit, limit: number): string | undefined {
  if (nWeights(c) === 0) return "There is no weight to vary.";
  return c.qubits.length > limit ? `Estimated to ${limit} wires.` : undefined;
}

/** Why there is nothing to estimate, or undefined. */
export function obstacle(c: Circuit, limit: number): string | undefined {
  const seen = atSight(c, limit);
  if (seen !== undefined) return seen;
  const mid = new Runner().run(c, [], []);
  if (!isState(mid) || mid.branch || c.ops.some((op) => op.condition || op.gate === "reset"))
    return "Measurements in the middle leave no one state to compare.";
  return undefined;
}

/** Takes samples one after another; `step` takes one pair, `worth` says what is known so far. */
export class Sampler {
  readonly #random: () => number;
  readonly #runner = new Runner();
  readonly #fidelities: number[] = [];
  readonly #entanglements: number[] = [];
  readonly #gradients: number[] = [];

  constructor(
    private readonly c: Circuit,
    private readonly x: readonly number[],
    seed = 1,
  ) {
    this.#random = generator(seed);
  }

  get samples(): number {
    return this.#fidelities.length;
  }

  /** One pair of states and one slope; false where an angle has no value. */
  step(): boolean {
    const n = this.c.qubits.length;
    const draw = (): number[] => Array.from({ length: nWeights(this.c) }, () => 2 * Math.PI * this.#random());
    const [first, second] = [draw(), draw()];
    const a = this.#runner.run(this.c, this.x, first);
    const b = this.#runner.run(this.c, this.x, second);
    if (!isState(a) || !isState(b)) return false;
    const g = slope(this.c, this.x, first, Math.floor(this.#random() * first.length), this.#runner);
    const f = fidelity(a, b);
    if (Number.isNaN(f) || Number.isNaN(g)) return false;
    this.#fidelities.push(f);
    this.#entanglements.push(meyerWallach(a, n), meyerWallach(b, n));
    this.#gradients.push(g);
    return true;
  }

  worth(): Worth {
    const n = this.c.qubits.length;
    const kl = divergence(this.#fidelities, n);
    return {
      samples: this.samples,
      expressibility: { value: kl, error: this.#resampled(n) },
      entanglement: mean(this.#entanglements),
      gradient: variance(this.#gradients),
      guide: 2 ** -n,
      histogram: histogramOf(this.#fidelities),
      haar: haarShares(n),
      entanglements: this.#entanglements,
      gradients: this.#gradients,
    };
  }

  /** Standard error of the divergence, by drawing the sample anew from itself 24 times. */
  #resampled(n: number): number {
    const random = generator(7);
    const all = this.#fidelities;
    const values = Array.from({ length: 24 }, () =>
      divergence(
        all.map(() => all[Math.floor(random() * all.length)]!),
        n,
      ),
    );
    const m = values.reduce((sum, v) => sum + v, 0) / values.length;
    return Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1));
  }
}
