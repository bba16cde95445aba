/** Sizes of the drawing in px (ui/README §4) and the small text measures that follow from them. No DOM, so widths are estimates. */
import { shortAngle } from "./anglelabel";

export interface Metrics {
  /** Distance of two wires. */
  readonly pitch: number;
  readonly gate: number;
  readonly maxGate: number;
  readonly colMin: number;
  readonly gap: number;
  /** Least and greatest width of the label area. */
  readonly labelW: number;
  readonly labelMax: number;
  readonly ruler: number;
  /** Width of a mono 11 px character and of a 13/600 one. */
  readonly char: number;
  readonly nameChar: number;
  readonly dot: number;
  readonly target: number;
  readonly cross: number;
}

export const METRICS: Metrics = {
  pitch: 56,
  gate: 40,
  maxGate: 132,
  colMin: 52,
  gap: 12,
  labelW: 68,
  labelMax: 140,
  ruler: 28,
  char: 6.65,
  nameChar: 8.4,
  dot: 5,
  target: 12,
  cross: 8,
};

export const MAX_ANGLE = 18;

/** Shorten to `max` characters with an ellipsis in the middle. */
export function elide(text: string, max: number): string {
  const chars = [...text];
  if (chars.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  return `${chars.slice(0, head).join("")}…${chars.slice(chars.length - (max - 1 - head)).join("")}`;
}

/** An angle as it is drawn: made short, then elided. */
export const angleLabel = (text: string): string => elide(shortAngle(text), MAX_ANGLE);

const length = (text: string): number => [...text].length;

/** Width of a gate box with this name and (elided) angle. */
export function boxWidth(m: Metrics, label: string, angle: string): number {
  const widest = Math.max(length(angle) * m.char, length(label) * m.nameChar) + m.gap;
  return Math.min(m.maxGate, Math.max(m.gate, widest));
}

/** Width of the small tag of a condition. */
export const tagWidth = (m: Metrics, text: string): number => length(text) * m.char + 8;

const NAME_CHAR = 7.2;
const LABEL_PAD = 24;

/** Width of the label area for these wire names. */
export function labelWidth(m: Metrics, names: readonly string[]): number {
  const widest = names.reduce((max, name) => Math.max(max, length(name)), 0) * NAME_CHAR + LABEL_PAD;
  return Math.max(m.labelW, Math.min(m.labelMax, widest));
}

/** A wire name as it fits the label area. */
export const wireLabel = (m: Metrics, name: string): string =>
  elide(name, Math.max(3, Math.floor((Math.max(m.labelMax, m.labelW) - LABEL_PAD) / NAME_CHAR)));
