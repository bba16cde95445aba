/**
 * Trial values: the numbers that stand for x[i] and w[j] while a circuit is drawn. They live as long as the view and
 * never reach the circuit's text. Pure.
 */

export interface Trial {
  readonly x: readonly number[];
  readonly w: readonly number[];
}

const GOLDEN = 0.6180339887498949;

/** A start value in −1.5 … 1.5, the same on every machine, spread so that no two neighbours are alike. */
export function startValue(kind: "x" | "w", index: number): number {
  const spread = ((index + 1) * GOLDEN + (kind === "x" ? 0.11 : 0.37)) % 1;
  return Math.round((spread * 2 - 1) * 150) / 100;
}

/** Long enough for `inputs` and `weights`; values already set are kept. */
export function grow(trial: Trial, inputs: number, weights: number): Trial {
  if (trial.x.length >= inputs && trial.w.length >= weights) return trial;
  const longer = (kind: "x" | "w", values: readonly number[], n: number) =>
    Array.from({ length: Math.max(n, values.length) }, (_, i) => values[i] ?? startValue(kind, i));
  return { x: longer("x", trial.x, inputs), w: longer("w", trial.w, weights) };
}

/** The same with one value changed. */
export function withValue(trial: Trial, kind: "x" | "w", index: number, value: number): Trial {
  const list = [...trial[kind]];
  while (list.length <= index) list.push(startValue(kind, list.length));
  list[index] = value;
  return { ...trial, [kind]: list };
}
