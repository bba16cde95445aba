/**
 * Runs the estimates of core/worth.ts in the background: a few milliseconds at a time, between frames, from a little after
 * the last edit on. The next edit ends it; what was known stays, marked as old, until the new figures come.
 */
import { type Circuit, nInputs } from "../core/circuit";
import { atSight, obstacle, Sampler, type Worth } from "../core/worth";
import type { Session } from "./session";
import { grow } from "./trial";

export interface WorthState {
  readonly worth: Worth | undefined;
  /** Of another circuit than the one drawn: to be shown in grey. */
  readonly old: boolean;
  /** 0 to 1 while it is computed; undefined when it is done or can't be. */
  readonly progress: number | undefined;
  /** Why there are no figures. */
  readonly reason: string | undefined;
}

const WAIT = 300;
const SLICE = 6;
const SAMPLES = 1000;
/** How long nothing must have happened before the next slice, in ms. */
const REST = 120;
/** What it may take in all, in ms of its own. */
const PATIENCE = 5000;
export const WORTH_LIMIT = 14;

export class WorthRun {
  state: WorthState = { worth: undefined, old: false, progress: undefined, reason: undefined };
  #about: Circuit | undefined;
  #timer = 0;
  #touched = 0;

  constructor(
    private readonly session: Session,
    private readonly changed: () => void,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => window.clearTimeout(this.#timer), { once: true });
    session.onChange(() => {
      this.#touched = performance.now();
    });
  }

  /** Starts anew where the circuit is another one than before. */
  update(): void {
    const c = this.session.circuit;
    if (c === this.#about) return;
    this.#about = c;
    window.clearTimeout(this.#timer);
    const reason = c.ops.length > 2000 ? "Too many gates to estimate here." : atSight(c, WORTH_LIMIT);
    if (reason !== undefined) {
      this.#none(reason);
      return;
    }
    this.state = { worth: this.state.worth, old: true, progress: 0, reason: undefined };
    this.#timer = window.setTimeout(() => this.#begin(c), WAIT);
  }

  #none(reason: string): void {
    this.state = { worth: undefined, old: false, progress: undefined, reason };
  }

  #begin(c: Circuit): void {
    // a simulation, and so not within the edit
    const reason = obstacle(c, WORTH_LIMIT);
    if (reason !== undefined) {
      this.#none(reason);
      this.changed();
      return;
    }
    const { x } = grow(this.session.trial, nInputs(c), 0);
    const sampler = new Sampler(c, x);
    let spent = 0;
    const slice = (): void => {
      if (this.session.circuit !== c) return;
      // while a slider moves or a gate is dragged, the picture comes first
      if (performance.now() - this.#touched < REST) {
        this.#timer = window.setTimeout(slice, REST);
        return;
      }
      const start = performance.now();
      const until = start + SLICE;
      let fine = true;
      while (fine && sampler.samples < SAMPLES && performance.now() < until) fine = sampler.step();
      spent += performance.now() - start;
      const done = sampler.samples >= SAMPLES || (spent > PATIENCE && sampler.samples >= 50) || !fine;
      if (!fine) this.#none("An angle has no value at some weights.");
      else if (done)
        this.state = { worth: sampler.worth(), old: false, progress: undefined, reason: undefined };
      else
        this.state = { ...this.state, progress: Math.max(sampler.samples / SAMPLES, spent / PATIENCE / 2) };
      this.changed();
      // a task of its own each time, so that input and painting come first
      if (!done) this.#timer = window.setTimeout(slice, 4);
    };
    slice();
  }
}
