/** The design tokens as plain colours that Plotly can parse, read once per theme. Draws nothing. */

import { h } from "./dom";

export interface Tokens {
  readonly font: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly bg: string;
  readonly sunken: string;
  readonly raised: string;
  readonly line2: string;
  readonly axis: string;
  readonly grid: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly onAccent: string;
  readonly err: string;
  readonly series: readonly string[];
  readonly warn: string;
  /** A colour at an opacity. */
  mix(color: string, opacity: number): string;
  readonly weight: string;
  /** Parts of one run, from dark to light. */
  readonly ordinal: readonly string[];
  readonly classes: readonly string[];
  /** Ends of the ramp of heat maps. */
  readonly sequential: readonly [string, string];
}

/** "color(srgb 0.5 0 1 / 0.4)", as browsers print a mixed colour, in the form every parser knows. */
export function plain(colour: string): string {
  const srgb = /^color\(srgb ([\d.e+-]+) ([\d.e+-]+) ([\d.e+-]+)(?: \/ ([\d.]+))?\)$/.exec(colour.trim());
  if (!srgb) return colour;
  const [r, g, b] = srgb.slice(1, 4).map((part) => Math.round(Math.min(1, Math.max(0, Number(part))) * 255));
  return srgb[4] === undefined ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${srgb[4]})`;
}

/** A plain colour at an opacity, as every parser knows it. */
export function faded(colour: string, opacity: number): string {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
  const parts = hex
    ? hex.slice(1).map((p) => Number.parseInt(p, 16))
    : (colour.match(/[\d.]+/g) ?? []).slice(0, 3);
  return `rgba(${parts.join(", ")}, ${opacity})`;
}

/** Where the reader's system chooses the colours. */
const FORCED: Readonly<Record<string, string>> = {
  bg: "Canvas",
  "bg-raised": "Canvas",
  "accent-soft": "Canvas",
  grid: "GrayText",
  accent: "Highlight",
  "on-accent": "HighlightText",
};

/** Reads the tokens in force at `root`, which must be in the document. */
export function readTokens(root: HTMLElement): Tokens {
  const probe = h("span", { style: "display:none;forced-color-adjust:none" });
  const forced = window.matchMedia?.("(forced-colors: active)").matches ?? false;
  root.append(probe);
  const computed = getComputedStyle(probe);
  const css = (name: string): string => {
    probe.style.color = forced ? (FORCED[name] ?? "CanvasText") : `var(--ql-${name})`;
    return plain(computed.color);
  };
  const tokens: Tokens = {
    font: getComputedStyle(root).fontFamily,
    ink: css("ink"),
    ink2: css("ink-2"),
    ink3: css("ink-3"),
    bg: css("bg"),
    sunken: css("bg-sunken"),
    raised: css("bg-raised"),
    line2: css("line-2"),
    axis: css("axis"),
    grid: css("grid"),
    accent: css("accent"),
    accentSoft: css("accent-soft"),
    onAccent: css("on-accent"),
    err: css("err"),
    warn: css("warn"),
    mix: faded,
    weight: css("weight"),
    ordinal: [1, 2, 3].map((i) => css(`o${i}`)),
    sequential: [css("seq-0"), css("seq-1")],
    classes: [7, 6, 5, 4].map((i) => css(`s${i}`)),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((i) => css(`s${i}`)),
  };
  probe.remove();
  return tokens;
}
