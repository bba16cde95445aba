/** The plots behind the three estimates, as plain SVG: fidelities beside Haar's, entanglement, slopes. Geometry in px. */
import type { Worth } from "../core/worth";
import { h, on, s } from "./dom";
import { fixed } from "./format";
import { icon } from "./icons";

const W = 420;
const H = 196;
const LEFT = 44;
const BASE = H - 32;

interface Plot {
  readonly shares: readonly number[];
  readonly from: number;
  readonly to: number;
  /** Another distribution as a line, with its name. */
  readonly line?: { readonly shares: readonly number[]; readonly name: string };
  readonly label: string;
}

function binned(values: readonly number[], from: number, to: number, bins: number): number[] {
  const counts = Array<number>(bins).fill(0);
  for (const v of values)
    counts[Math.max(0, Math.min(bins - 1, Math.floor(((v - from) / (to - from)) * bins)))]! += 1;
  return counts.map((c) => c / values.length);
}

function draw(plot: Plot): SVGSVGElement {
  const { shares, from, to, line, label } = plot;
  const top = Math.max(...shares, ...(line?.shares ?? []), 1e-9) * 1.08;
  const x = (i: number): number => LEFT + (i / shares.length) * (W - LEFT - 12);
  const y = (v: number): number => BASE - (v / top) * (BASE - 10);
  const svg = s("svg", {
    class: "ql-plot",
    viewBox: `0 0 ${W} ${H}`,
    width: W,
    height: H,
    role: "img",
    "aria-label": label,
  });
  for (const part of [0, 0.5, 1]) {
    const v = part * (top / 1.08);
    svg.append(s("line", { class: part === 0 ? "ax" : "gl", x1: LEFT, x2: W - 12, y1: y(v), y2: y(v) }));
    svg.append(
      s("text", { class: "tk", x: LEFT - 6, y: y(v) + 4, "text-anchor": "end" }, fixed(v, v < 0.1 ? 3 : 2)),
    );
  }
  shares.forEach((p, i) => {
    const width = Math.max(0.5, x(i + 1) - x(i) - 1);
    svg.append(
      s("rect", { class: "ql-plot-bar", x: x(i) + 0.5, y: y(p), width, height: Math.max(0, BASE - y(p)) }),
    );
  });
  if (line) {
    const d = line.shares
      .map((p, i) => `${i === 0 ? "M" : "L"}${((x(i) + x(i + 1)) / 2).toFixed(1)},${y(p).toFixed(1)}`)
      .join("");
    svg.append(s("path", { class: "ql-plot-line", d }));
    svg.append(s("text", { class: "ql-plot-name", x: W - 16, y: 20, "text-anchor": "end" }, line.name));
  }
  for (const part of [0, 0.5, 1]) {
    const at = LEFT + part * (W - LEFT - 12);
    svg.append(
      s(
        "text",
        { class: "tk", x: at, y: BASE + 16, "text-anchor": "middle" },
        fixed(from + part * (to - from), 2),
      ),
    );
  }
  svg.append(s("text", { class: "tk", x: (LEFT + W - 12) / 2, y: H - 3, "text-anchor": "middle" }, label));
  return svg;
}

export type Which = "expressibility" | "entanglement" | "gradient";

const ABOUT: Record<Which, [title: string, text: string]> = {
  expressibility: [
    "Expressibility",
    "Divergence of the fidelities of random pairs of states from those of Haar-random states; 0 is as expressive as can be. A small sample makes it a little too large.",
  ],
  entanglement: [
    "Entanglement",
    "Meyer and Wallach's measure over random weights: 0 is a product state, 1 is fully entangled.",
  ],
  gradient: [
    "Gradient variance",
    "Variance of the slope of ⟨Z₀⟩ in a weight picked at random. Near the guide 2⁻ⁿ or below it a plateau is likely.",
  ],
};

function plotOf(w: Worth, which: Which): Plot {
  if (which === "expressibility")
    return {
      shares: w.histogram,
      from: 0,
      to: 1,
      line: { shares: w.haar, name: "Haar" },
      label: "fidelity of two states",
    };
  if (which === "entanglement")
    return { shares: binned(w.entanglements, 0, 1, 40), from: 0, to: 1, label: "entanglement of a state" };
  const reach = Math.max(...w.gradients.map(Math.abs), 1e-6);
  return { shares: binned(w.gradients, -reach, reach, 41), from: -reach, to: reach, label: "slope of ⟨Z₀⟩" };
}

/** Opens the plot of one estimate over the designer. */
export function openPlot(root: HTMLElement, w: Worth, which: Which, back: () => void): void {
  const life = new AbortController();
  const [title, text] = ABOUT[which];
  const { value, error } = w[which];
  const close = h(
    "button",
    { class: "ql-btn icon quiet", type: "button", "aria-label": "Close" },
    icon("close"),
  );
  const guide = which === "gradient" ? `, guide ${figure(w.guide)}` : "";
  const sheet = h(
    "div",
    { class: "ql-sheet ql-plotsheet", role: "dialog", "aria-modal": "true", "aria-label": title },
    h("div", { class: "row between" }, h("h2", null, title), close),
    h("p", null, h("b", null, withError({ value, error }).join(" ± ")), ` from ${w.samples} samples${guide}`),
    draw(plotOf(w, which)),
    h("p", { class: "cap" }, text),
  );
  const veil = h("div", { class: "ql-veil" }, sheet);
  const end = (): void => {
    life.abort();
    veil.remove();
    back();
  };
  on(close, "click", end, life.signal);
  on(
    veil,
    "pointerdown",
    (event) => {
      event.stopPropagation();
      if (event.target === veil) end();
    },
    life.signal,
  );
  on(
    veil,
    "keydown",
    (event) => {
      event.stopPropagation();
      if (event.key === "Escape") end();
      if (event.key === "Tab") event.preventDefault(); // one button: the focus stays on it
    },
    life.signal,
  );
  root.append(veil);
  close.focus();
}

/** Value and error to the error's first digit: "0.433 ± .005". */
export function withError({ value, error }: { value: number; error: number }): [string, string] {
  if (Math.abs(value) < 1e-9 && error < 1e-9) return ["0", "0"]; // what rounding leaves of nothing
  const digits = error > 0 ? -Math.floor(Math.log10(error)) : 3;
  if (digits > 4) return [figure(value), figure(error)];
  const places = Math.max(0, digits);
  return [fixed(value, places), fixed(error, places).replace(/^0\./, ".")];
}

/** Three figures that count: 0.081, 0.0042, 3.1e−5. */
export function figure(v: number): string {
  if (v === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(v)));
  if (size >= -3) return fixed(v, Math.max(0, Math.min(5, 1 - size + (size < -1 ? 0 : 1))));
  const [digits, power] = v.toExponential(1).split("e");
  return `${digits}e−${Math.abs(Number(power))}`;
}
