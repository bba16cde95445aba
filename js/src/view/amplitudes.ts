/**
 * The chart of a state: a bar for each basis state, coloured by phase, a clock below it. Geometry in px, never scaled.
 * Its parts are made once and then moved, for it follows every edit and every step of a slider.
 */
import { s } from "./dom";
import { fixed } from "./format";
import type { Mode } from "./session";
import type { Bar } from "./simulation";

const LEFT = 34;
const TOP = 8;
const BELOW = 44;

export const phaseColour = (phase: number): string =>
  `oklch(var(--ql-phase-l) var(--ql-phase-c) ${Math.round((((255 + (phase * 180) / Math.PI) % 360) + 360) % 360)})`;

/** An axis that ends at a round number, with at most five lines. */
export function axis(max: number): { top: number; ticks: number[] } {
  const step = [0.05, 0.1, 0.2, 0.25].find((v) => max / v <= 5) ?? 0.25;
  const top = Math.max(step, Math.ceil(max / step - 1e-9) * step);
  const count = Math.round(top / step);
  return { top, ticks: Array.from({ length: count + 1 }, (_, i) => (i * top) / count) };
}

function title(bar: Bar): string {
  if (!bar.bits) return `Others: probability ${fixed(bar.p, 4)}`;
  return `|${bar.bits}⟩ amplitude ${fixed(bar.abs, 3)}, phase ${fixed(bar.phase / Math.PI, 2)} π, probability ${fixed(bar.p, 4)}`;
}

/** What is drawn: the bars, in which way, in a frame of this size in px, with the order of the wires below. */
export interface Picture {
  readonly bars: readonly Bar[];
  readonly mode: Mode;
  readonly width: number;
  readonly height: number;
  readonly order: string;
}

/** Where the bars stand and how high a value is. */
interface Scale {
  readonly value: (b: Bar) => number;
  readonly y: (v: number) => number;
  /** |a|² below the line, where both are shown. */
  readonly below: ((v: number) => number) | undefined;
  readonly base: number;
  readonly foot: number;
  readonly pitch: number;
  /** Every how manieth bar is named. */
  readonly every: number;
}

/** An element whose attributes are written only when they change. */
class Part<K extends keyof SVGElementTagNameMap> {
  readonly el: SVGElementTagNameMap[K];
  readonly #set = new Map<string, string>();
  #shown = true;

  constructor(tag: K, attributes: Record<string, string | number> = {}) {
    this.el = s(tag, attributes);
  }

  put(name: string, value: number | string): void {
    const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
    if (this.#set.get(name) === text) return;
    this.#set.set(name, text);
    this.el.setAttribute(name, text);
  }

  text(value: string): void {
    if (this.#set.get("") === value) return;
    this.#set.set("", value);
    this.el.textContent = value;
  }

  show(shown: boolean): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.el.style.display = shown ? "" : "none";
  }
}

interface Column {
  readonly group: SVGGElement;
  readonly tip: SVGTitleElement;
  bar: Bar;
  draw(bar: Bar, i: number, picture: Picture, scale: Scale): void;
}

function column(): Column {
  const tip = s("title");
  const hit = new Part("rect", { class: "hit" });
  const body = new Part("path");
  const mirror = new Part("rect", { class: "mirror" });
  const label = new Part("text");
  const group = s("g", null, tip, hit.el, body.el, mirror.el, label.el);
  const self: Column = {
    group,
    tip,
    bar: { bits: "", abs: 0, phase: 0, p: 0 },
    draw(bar, i, { width, height }, scale) {
      self.bar = bar;
      const { value, y, below, base, foot, pitch, every } = scale;
      const mid = LEFT + pitch * (i + 0.5);
      const wide = Math.min(28, pitch * 0.77);
      const colour = bar.bits ? phaseColour(bar.phase) : "var(--ql-ink-3)";
      hit.put("x", mid - pitch / 2);
      hit.put("y", TOP);
      hit.put("width", pitch);
      hit.put("height", height - TOP - 20);
      const tall = Math.max(0, base - y(value(bar)));
      const hand = hasClock(bar, pitch) ? handOf(mid, foot + 9, clockR(pitch), bar.phase) : "";
      // bar and hand are one shape: each shape that changes is styled and painted for itself
      body.put("d", `M${px(mid - wide / 2)},${px(base)}v${px(-tall)}h${px(wide)}v${px(tall)}z${hand}`);
      body.put("fill", colour);
      mirror.show(below !== undefined);
      if (below) {
        mirror.put("x", mid - wide / 2);
        mirror.put("y", base);
        mirror.put("width", wide);
        mirror.put("height", below(bar.p) - base);
        mirror.put("fill", colour);
      }
      const named = !bar.bits || i % every === 0;
      label.show(named);
      if (!named) return;
      label.text(bar.bits || "others");
      label.put("class", bar.bits ? "tk m" : "tk");
      label.put("x", bar.bits ? mid : width - 4);
      label.put("y", foot + 29);
      label.put("text-anchor", bar.bits ? "middle" : "end");
    },
  };
  return self;
}

const px = (v: number): string => String(Math.round(v * 100) / 100);
const clockR = (pitch: number): number => Math.min(4.5, pitch / 2 - 0.5);
const hasClock = (bar: Bar, pitch: number): boolean =>
  bar.bits !== "" && bar.abs > 0.004 && clockR(pitch) >= 2.2;

/** A hand from the middle of a clock, as a narrow area. */
function handOf(x: number, y: number, r: number, phase: number): string {
  const [hx, hy] = [Math.cos(phase) * r, -Math.sin(phase) * r];
  const [nx, ny] = [(0.9 * hy) / r, (-0.9 * hx) / r];
  return `M${px(x + nx)},${px(y + ny)}l${px(hx)},${px(hy)}l${px(-2 * nx)},${px(-2 * ny)}l${px(-hx)},${px(-hy)}z`;
}

/** The chart in `svg`: the function it returns draws a picture. A bar's words are written when a pointer comes to it. */
export function amplitudeChart(svg: SVGSVGElement): (picture: Picture) => void {
  const frame = s("g");
  const stage = s("g");
  const clocks = new Part("path", { class: "clock" });
  const order = new Part("text", { class: "tk", x: LEFT });
  svg.replaceChildren(frame, stage, clocks.el, order.el);
  let columns: Column[] = [];
  let ruled = "";
  svg.addEventListener("pointerover", (event) => {
    const group = event.target instanceof Element ? event.target.closest("g") : null;
    const over = columns.find((c) => c.group === group);
    if (over) over.tip.textContent = title(over.bar);
  });

  return (picture) => {
    const { bars, mode, width, height } = picture;
    const value = (b: Bar): number => (mode === "probabilities" ? b.p : b.abs);
    const { top, ticks: up } = axis(Math.max(...bars.map(value), 0.01));
    const foot = height - BELOW;
    // both: |a| upwards and |a|² downwards from one line, on the same scale
    const base = mode === "both" ? TOP + (foot - TOP) * 0.58 : foot;
    const y = (v: number): number => base - (v / top) * (base - TOP);
    const down = mode === "both" ? axis(Math.max(...bars.map((b) => b.p), 0.01)).top : undefined;
    const below = down === undefined ? undefined : (v: number): number => base + (v / down) * (foot - base);
    const ticks = mode === "both" ? up.filter((_, i) => i % 2 === 0 || up.length < 4) : up;
    const key = `${width} ${height} ${base} ${top} ${down}`;
    if (key !== ruled) {
      rule(frame, width, y, ticks, below && { y: below(down!), text: String(down) });
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.setAttribute("width", String(width));
      svg.setAttribute("height", String(height));
      order.put("y", height - 2);
    }
    ruled = key;
    const pitch = (width - LEFT - 4) / bars.length;
    const label = (bars[0]?.bits.length ?? 1) * 6.7 + 10;
    const every = Math.max(1, nice(Math.ceil(label / pitch)));
    if (columns.length !== bars.length) {
      columns = bars.map((_, i) => columns[i] ?? column());
      stage.replaceChildren(...columns.map((c) => c.group));
    }
    const scale = { value, y, below, base, foot, pitch, every };
    for (const [i, bar] of bars.entries()) columns[i]!.draw(bar, i, picture, scale);
    const r = clockR(pitch);
    const ring = `m${px(r)},0a${px(r)},${px(r)} 0 1 0 ${px(-2 * r)},0a${px(r)},${px(r)} 0 1 0 ${px(2 * r)},0`;
    const rings = bars.map((bar, i) =>
      hasClock(bar, pitch) ? `M${px(LEFT + pitch * (i + 0.5))},${foot + 9}${ring}` : "",
    );
    clocks.put("d", rings.join(""));
    order.text(picture.order);
  };
}

/** The lines of the axis with their figures; `last` is the one at the bottom where |a|² goes downwards. */
function rule(
  frame: SVGGElement,
  width: number,
  y: (v: number) => number,
  ticks: readonly number[],
  last: { y: number; text: string } | undefined,
): void {
  const line = (cls: string, at: number) =>
    s("line", { class: cls, x1: LEFT, x2: width - 4, y1: at, y2: at });
  const figure = (at: number, text: string) =>
    s("text", { class: "tk", x: LEFT - 6, y: at, "text-anchor": "end" }, text);
  const digits = ticks[1] !== undefined && Math.abs(ticks[1] * 10 - Math.round(ticks[1] * 10)) > 1e-9 ? 2 : 1;
  frame.replaceChildren(
    ...(last ? [line("gl", last.y), figure(last.y + 2, last.text)] : []),
    ...ticks.flatMap((tick) => [
      line(tick === 0 ? "ax" : "gl", y(tick)),
      figure(y(tick) + 4, tick.toFixed(digits)),
    ]),
  );
}

/** A power of two, or the number itself when small, so that labels fall on round states. */
function nice(n: number): number {
  let step = 1;
  while (step < n) step *= 2;
  return step;
}
