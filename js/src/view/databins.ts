/** Between the bars of a histogram and the values of a brush, and a brush in words. Pure. */

import { cellText } from "./datapage";
import type { Brush, Brushes, Column, ColumnType } from "./datatypes";
import { number } from "./format";

export const DAY = 86_400; // seconds

/** First and last edge of a column's histogram, or null if it has none. */
export function spanOf(column: Column): readonly [number, number] | null {
  const bins = column.counts[0]?.length ?? 0;
  const { span, low, high } = column;
  if (bins === 0 || low === null || high === null) return null;
  if (span) return span;
  return bins === high - low + 1 ? [low - 0.5, high + 0.5] : [low, high > low ? high : low + 1];
}

/** The range of values under bars `first … last`; whole numbers for a column of them. */
export function rangeOf(column: Column, first: number, last: number): readonly [number, number] | null {
  const span = spanOf(column);
  const bins = column.counts[0]?.length ?? 0;
  if (!span) return null;
  const [a, b] = [Math.max(0, Math.min(first, last)), Math.min(bins - 1, Math.max(first, last))];
  const edge = (i: number): number => span[0] + ((span[1] - span[0]) * i) / bins;
  const [from, to] = [edge(a), edge(b + 1)];
  if (column.type === "int") return [Math.ceil(from), Math.floor(to)];
  if (column.daily) return [Math.ceil(from / DAY) * DAY, Math.floor(to / DAY) * DAY];
  if (column.type === "date") return [Math.floor(from), Math.ceil(to)];
  const low = Math.max(from, column.low ?? from);
  return [short(low, Math.floor), short(Math.min(to, column.high ?? to), Math.ceil)];
}

/** Six digits are enough to read, and they widen the range rather than narrow it. */
function short(value: number, round: (v: number) => number): number {
  if (value === 0) return 0;
  const scale = 10 ** (5 - Math.floor(Math.log10(Math.abs(value))));
  return Number.isFinite(scale) ? round(value * scale) / scale : value;
}

/** Where a range lies over the bars, as shares of the width. */
export function shareOf(column: Column, range: readonly [number, number]): [from: number, to: number] {
  const span = spanOf(column);
  if (!span || span[1] <= span[0]) return [0, 1];
  const bins = column.counts[0]?.length ?? 1;
  const wide = span[1] - span[0];
  const unit = column.type === "int" ? 1 : column.daily ? DAY : 0;
  const whole = Math.min(unit / 2, wide / bins / 2);
  const share = (v: number): number => Math.min(1, Math.max(0, (v - span[0]) / wide));
  return [share(range[0] - whole), share(range[1] + whole)];
}

export function isRange(brush: Brush | undefined): brush is readonly [number, number] {
  return Array.isArray(brush);
}

/** A value more or less in the brush of a column; none left is no brush. */
export function toggled(brush: Brush | undefined, value: string | number | boolean | null): Brush | null {
  const now = brush && !isRange(brush) ? brush.values : [];
  const next = now.includes(value) ? now.filter((v) => v !== value) : [...now, value];
  return next.length > 0 ? { values: next } : null;
}

/** The brushes with that of one column replaced; null takes it away. */
export function withBrush(all: Brushes, name: string, brush: Brush | null): Brushes {
  const { [name]: _old, ...rest } = all;
  return brush === null ? rest : { ...rest, [name]: brush };
}

/** "34.6 to 41.2", "male or missing". */
export function words(name: string, brush: Brush, type?: ColumnType): string {
  if (isRange(brush)) return `${bound(name, brush[0], type)} to ${bound(name, brush[1], type)}`;
  return brush.values.map((v) => (v === null ? "missing" : String(v))).join(" or ");
}

/** The end of a range as it is read. */
export function bound(name: string, value: number, type?: ColumnType): string {
  if (type === "date") return moment(value);
  return Number.isInteger(value) ? cellText(value, 0, name) : number(value);
}

/** Seconds since 1970 as a day, with the time unless it is midnight, UTC. */
function moment(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return number(seconds);
  const iso = date.toISOString().replace("T", " ");
  return seconds % DAY === 0 ? iso.slice(0, -14) : iso.slice(0, -8);
}
