/** The y axis of a pane of curves: range, ticks, formats. Pure. */

import type { PaneSpec } from "./panecurves";

/** One number of decimals an axis, by the distance of its ticks. */
const FORMATS = [
  { dtickrange: [1, null], value: ",.0f" },
  { dtickrange: [0.1, 0.99], value: ".1f" },
  { dtickrange: [0.01, 0.099], value: ".2f" },
  { dtickrange: [0.001, 0.0099], value: ".3f" },
];

export function yAxis(
  spec: PaneSpec,
  log: boolean,
  [low, high]: [number, number],
  headroom: boolean,
): Record<string, unknown> {
  if (log) {
    if (!(high > 0)) return { type: "log", range: [-2, 0], ...logTicks(0.01, 1) };
    const at = Math.log10(low);
    // one value alone, such as a learning rate nobody changed, lies in the middle of a decade
    if (high < low * 1.05)
      return { type: "log", range: [at - 0.5, at + 0.5], ...logTicks(low / 3, high * 3) };
    return { type: "log", autorange: true, ...logTicks(low, high) };
  }
  const linear = { type: "linear", tickformatstops: FORMATS };
  if (!(high >= low)) return { ...linear, range: [0, 1] };
  if (spec.share) return { ...linear, autorange: true, maxallowed: headroom ? 1.15 : 1.004 };
  return { ...linear, autorange: true, rangemode: low >= 0 ? "tozero" : "normal" };
}

/** Ticks at powers of ten; at 1, 2 and 5 where there are few powers. */
export function logTicks(low: number, high: number): { tickvals: number[]; ticktext: string[] } {
  const [from, to] = [Math.floor(Math.log10(low)) - 1, Math.ceil(Math.log10(high)) + 1];
  const span = Math.log10(high / low);
  const every = Math.max(1, Math.ceil(span / 5));
  const digits = span < 0.5 ? [1, 2, 3, 4, 5, 7] : span < 1.5 ? [1, 2, 5] : [1];
  const tickvals: number[] = [];
  for (let p = from; p <= to; p++)
    if (p % every === 0) for (const d of digits) tickvals.push(Number(`${d}e${p}`));
  return { tickvals, ticktext: tickvals.map(tickText) };
}

function tickText(value: number): string {
  if (value >= 1e-4 && value < 1e5) return String(value);
  const [digit = "", exponent = ""] = value.toExponential(0).split("e");
  const power = exponent.replace("+", "").replace("-", "−");
  return digit === "1" ? `10<sup>${power}</sup>` : `${digit}×10<sup>${power}</sup>`;
}
