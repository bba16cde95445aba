/** An angle's value and slopes at the trial values, never throwing. Pure. */
import { derivative, type Expr, evaluate, symbols } from "../core/expr";
import type { Trial } from "./trial";

export function evaluateSafely(e: Expr, trial: Trial): number {
  return evaluate(e, trial.x, trial.w);
}

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
