/** The chart of a state: a bar for each basis state, coloured by phase, a clock below it. Geometry in px, never scaled. */
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

/** Draws into `svg` at this width and height. */
export function drawAmplitudes(
  svg: SVGSVGElement,
  bars: readonly Bar[],
  mode: Mode,
  width: number,
  height: number,
  order: string,
): void {
  const value = (b: Bar): number => (mode === "probabilities" ? b.p : b.abs);
  const { top, ticks: up } = axis(Math.max(...bars.map(value), 0.01));
  const foot = height - BELOW;
  // both: |a| upwards and |a|² downwards from one line, on the same scale
  const base = mode === "both" ? TOP + (foot - TOP) * 0.58 : foot;
  const y = (v: number): number => base - (v / top) * (base - TOP);
  const down = mode === "both" ? axis(Math.max(...bars.map((b) => b.p), 0.01)) : undefined;
  const below = (v: number): number => base + (v / down!.top) * (foot - base);
  const ticks = mode === "both" ? up.filter((_, i) => i % 2 === 0 || up.length < 4) : up;
  const pitch = (width - LEFT - 4) / bars.length;
  const wide = Math.min(28, pitch * 0.77);
  const parts: SVGElement[] = [];
  if (down) {
    const end = down.top;
    parts.push(s("line", { class: "gl", x1: LEFT, x2: width - 4, y1: below(end), y2: below(end) }));
    parts.push(s("text", { class: "tk", x: LEFT - 6, y: below(end) + 2, "text-anchor": "end" }, String(end)));
  }
  const digits = ticks[1] !== undefined && Math.abs(ticks[1] * 10 - Math.round(ticks[1] * 10)) > 1e-9 ? 2 : 1;
  for (const tick of ticks) {
    parts.push(
      s("line", { class: tick === 0 ? "ax" : "gl", x1: LEFT, x2: width - 4, y1: y(tick), y2: y(tick) }),
    );
    parts.push(
      s("text", { class: "tk", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, tick.toFixed(digits)),
    );
  }
  const r = Math.min(4.5, pitch / 2 - 0.5);
  const label = (bars[0]?.bits.length ?? 1) * 6.7 + 10;
  const every = Math.max(1, nice(Math.ceil(label / pitch)));
  bars.forEach((bar, i) => {
    const mid = LEFT + pitch * (i + 0.5);
    const h = Math.max(0, base - y(value(bar)));
    const colour = bar.bits ? phaseColour(bar.phase) : "var(--ql-ink-3)";
    const group = s("g", null, s("title", null, title(bar)));
    group.append(
      s("rect", { class: "hit", x: mid - pitch / 2, y: TOP, width: pitch, height: height - TOP - 20 }),
    );
    group.append(s("rect", { x: mid - wide / 2, y: base - h, width: wide, height: h, fill: colour }));
    if (down)
      group.append(
        s("rect", {
          class: "mirror",
          x: mid - wide / 2,
          y: base,
          width: wide,
          height: below(bar.p) - base,
          fill: colour,
        }),
      );
    if (bar.bits && bar.abs > 0.004 && r >= 2.2) {
      group.append(s("circle", { class: "clock", cx: mid, cy: foot + 9, r }));
      const hx = Math.cos(bar.phase) * r;
      const hy = -Math.sin(bar.phase) * r;
      group.append(
        s("path", {
          d: `M${mid},${foot + 9}l${hx.toFixed(2)},${hy.toFixed(2)}`,
          stroke: colour,
          "stroke-width": 1.8,
        }),
      );
    }
    if (i % every === 0 && bar.bits)
      group.append(s("text", { class: "tk m", x: mid, y: foot + 29, "text-anchor": "middle" }, bar.bits));
    if (!bar.bits)
      group.append(s("text", { class: "tk", x: width - 4, y: foot + 29, "text-anchor": "end" }, "others"));
    parts.push(group);
  });
  parts.push(s("text", { class: "tk", x: LEFT, y: height - 2 }, order));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  svg.replaceChildren(...parts);
}

/** A power of two, or the number itself when small, so that labels fall on round states. */
function nice(n: number): number {
  let step = 1;
  while (step < n) step *= 2;
  return step;
}

/** The legend of phase colours. */
export function phaseWheel(): SVGSVGElement {
  const svg = s("svg", {
    viewBox: "-46 -40 92 80",
    width: 92,
    height: 80,
    role: "img",
    "aria-label": "Colours of the phase: 0 blue, π/2 magenta, π orange, −π/2 green",
  });
  const steps = 48;
  const at = (a: number, r: number): string =>
    `${(Math.cos(a) * r).toFixed(2)},${(-Math.sin(a) * r).toFixed(2)}`;
  for (let i = 0; i < steps; i++) {
    const a = (i / steps) * 2 * Math.PI;
    const b = a + (2 * Math.PI) / steps + 0.02;
    svg.append(
      s("path", {
        d: `M${at(a, 26)}A26,26 0 0 0 ${at(b, 26)}L${at(b, 17)}A17,17 0 0 1 ${at(a, 17)}z`,
        fill: phaseColour(a),
      }),
    );
  }
  const text = (x: number, y: number, anchor: string, label: string) =>
    svg.append(s("text", { class: "tk", x, y, "text-anchor": anchor }, label));
  text(30, 4, "start", "0");
  text(-30, 4, "end", "π");
  text(0, -30, "middle", "π/2");
  text(0, 39, "middle", "−π/2");
  return svg;
}
