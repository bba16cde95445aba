/** The state marker: a flag on the ruler and a line through the wires, between two columns. Geometry and drawing only. */
import type { Layout } from "../core/layout";
import { s } from "./dom";

const FLAG = { w: 54, h: 16 };
/** How far behind the last column the end is marked, so that its number stays free. */
const BEHIND = 26;

/** x of the boundary left of a column; of the end by default. */
export function markerX(l: Layout, marker: number | undefined): number {
  const strip = marker === undefined ? undefined : l.columns[marker];
  if (strip) return strip.x;
  const last = l.columns.at(-1);
  return last ? last.x + last.w + BEHIND : l.labelW + 4;
}

/** Left edge of the flag: centred on the boundary, but never under the labels. */
const flagX = (l: Layout, x: number): number => Math.max(l.labelW - 2, x - FLAG.w / 2);

/** From where to where the flag lies on the ruler. */
export function flagSpan(l: Layout, marker: number | undefined): [number, number] {
  if (l.columns.length === 0) return [0, 0];
  const left = flagX(l, markerX(l, marker));
  return [left, left + FLAG.w];
}

/** Whether a point of the ruler is on the flag. */
export function onFlag(l: Layout, marker: number | undefined, x: number): boolean {
  const [left, right] = flagSpan(l, marker);
  return right > 0 && x >= left - 2 && x <= right + 2;
}

/** The boundary nearest to x, as the column to its right; undefined for the end. */
export function boundaryAt(l: Layout, x: number): number | undefined {
  let best: number | undefined;
  let least = Math.abs(markerX(l, undefined) - x);
  l.columns.forEach((strip, col) => {
    if (Math.abs(strip.x - x) >= least) return;
    least = Math.abs(strip.x - x);
    best = col;
  });
  return best;
}

/** For the ruler. */
export function flag(l: Layout, marker: number | undefined): SVGElement | undefined {
  if (l.columns.length === 0) return undefined;
  const x = markerX(l, marker);
  const left = flagX(l, x);
  const y = 5;
  const tip = Math.max(left + 6, Math.min(left + FLAG.w - 6, x));
  return s(
    "g",
    { class: marker === undefined ? "ql-flag" : "ql-flag is-set" },
    s("path", {
      d: `M${left},${y}h${FLAG.w}v${FLAG.h}H${tip + 5}l-5,6l-5,-6H${left}z`,
    }),
    s("text", { x: left + FLAG.w / 2, y: y + 12, "text-anchor": "middle" }, "state"),
  );
}

/** For the drawing. */
export function markerLine(l: Layout, marker: number | undefined): SVGElement | undefined {
  if (l.columns.length === 0) return undefined;
  const x = markerX(l, marker);
  const end = (l.cwire ?? l.wires.at(-1)!.y) + 14;
  return s("path", {
    class: marker === undefined ? "ql-flagline" : "ql-flagline is-set",
    d: `M${x},${l.metrics.ruler}V${end}`,
  });
}
