/** An angle's value and slopes at the trial values, never throwing. Pure. */
import { ofPi } from "../core/anglelabel";
import { derivative, type Expr, evaluate, symbols } from "../core/expr";
import type { Trial } from "./trial";

export function evaluateSafely(e: Expr, trial: Trial): number {
  return evaluate(e, trial.x, trial.w);
}

/** The fractions of π that a drag comes to rest on. */
const PARTS = [12, 8];

/** The nearest multiple of π/12 or π/8. */
export function nearestPart(value: number): number {
  const near = PARTS.map((part) => (Math.round((value * part) / Math.PI) * Math.PI) / part);
  return near.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
}

/** A number as an angle is written: a fraction of π in π, as "-3*pi/4", others as they are. */
export const angleText = (value: number): string =>
  value < 0 ? `-${angleText(-value)}` : ((value > 0 ? ofPi(value) : undefined) ?? String(value));

export interface Slope {
  readonly symbol: string;
  readonly value: number;
}

/** ∂angle/∂symbol for at most four symbols; a lone symbol, whose slope is 1, says nothing new and is left out. */
export function slopes(e: Expr, trial: Trial): Slope[] {
  if (e.type === "sym") return [];
  return symbols(e)
    .slice(0, 4)
    .map((s) => ({ symbol: `${s.kind}[${s.index}]`, value: evaluate(derivative(e, s), trial.x, trial.w) }));
}
