/**
 * The plots behind the three estimates: fidelities beside Haar's, entanglement, slopes beside those of a plateau. Plotly
 * draws them where the page or the kernel has it; until then, and where it is refused, they are plain SVG. Every share
 * has its error bar. Geometry in px.
 */
import type { Data, Layout, PlotlyHTMLElement } from "plotly.js";
import { plateau, type Worth } from "../core/worth";
import { openDialog } from "./dialog";
import { h, s } from "./dom";
import { fixed } from "./format";
import { baseLayout, config } from "./panelayout";
import { readTokens, type Tokens } from "./panetokens";
import type { Plotly } from "./plotly";

const W = 420;
const H = 220;
const LEFT = 44;
const BASE = H - 32;

/** Gets the page's plotly.js; rejects where there is none. */
export type LoadPlotly = () => Promise<Plotly>;

interface Plot {
  readonly shares: readonly number[];
  /** One standard error of each share. */
  readonly errors: readonly number[];
  readonly from: number;
  readonly to: number;
  /** Another distribution as a line, with its name. */
  readonly line?: { readonly shares: readonly number[]; readonly name: string };
  readonly label: string;
}

const errorsOf = (shares: readonly number[], n: number): number[] =>
  shares.map((p) => Math.sqrt((p * (1 - p)) / Math.max(1, n)));

function binned(values: readonly number[], from: number, to: number, bins: number): number[] {
  const counts = Array<number>(bins).fill(0);
  for (const v of values)
    counts[Math.max(0, Math.min(bins - 1, Math.floor(((v - from) / (to - from)) * bins)))]! += 1;
  return counts.map((c) => c / values.length);
}

function draw(plot: Plot): SVGSVGElement {
  const { shares, errors, from, to, line, label } = plot;
  const reach = shares.map((p, i) => p + errors[i]!);
  const top = Math.max(...reach, ...(line?.shares ?? []), 1e-9) * 1.08;
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
    if (p === 0) return;
    const d = `M${((x(i) + x(i + 1)) / 2).toFixed(1)},${y(p + errors[i]!).toFixed(1)}V${y(Math.max(0, p - errors[i]!)).toFixed(1)}`;
    svg.append(s("path", { class: "ql-plot-err", d }));
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

/** The same for Plotly. Pure: the same plot and tokens, the same figure. */
export function figureOf(plot: Plot, t: Tokens): { data: Data[]; layout: Partial<Layout> } {
  const { shares, errors, from, to, line, label } = plot;
  const step = (to - from) / shares.length;
  const x = shares.map((_, i) => from + (i + 0.5) * step);
  const bars = {
    type: "bar",
    x,
    y: [...shares],
    width: step * 0.9,
    marker: { color: t.mix(t.series[0] ?? t.ink, 0.75) },
    error_y: { type: "data", array: [...errors], color: t.ink2, thickness: 1, width: 0 },
    hovertemplate: "%{x:.3f}: %{y:.3f} ± %{error_y.array:.3f}<extra></extra>",
  };
  const other = line && {
    type: "scatter",
    mode: "lines",
    x,
    y: [...line.shares],
    line: { color: t.series[1] ?? t.ink, width: 2 },
    hovertemplate: `%{y:.3f}<extra>${line.name}</extra>`,
  };
  const base = baseLayout(t, "worth");
  const name = line && {
    x: 1,
    y: 1,
    xref: "paper",
    yref: "paper",
    xanchor: "right",
    yanchor: "top",
    yshift: -28, // under the bar of tools
    showarrow: false,
    text: line.name,
    font: { size: 11, color: t.series[1] ?? t.ink },
  };
  const layout = {
    ...base,
    margin: { l: LEFT, r: 12, t: 8, b: 40 },
    xaxis: { ...base.xaxis, range: [from, to], title: { text: label, font: { size: 11 }, standoff: 6 } },
    yaxis: { ...base.yaxis, rangemode: "tozero" },
    annotations: name ? [name] : [],
  };
  return { data: (other ? [bars, other] : [bars]) as Data[], layout: layout as Partial<Layout> };
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
    "Variance of the slope of ⟨Z₀⟩ in a weight picked at random. From 4 wires on, a variance clearly below the guide 2⁻ⁿ makes a plateau likely; the line is how slopes of that variance would lie.",
  ],
};

/** A normal distribution of this variance around 0, a share for each bin. */
function normalShares(variance: number, from: number, to: number, bins: number): number[] {
  const step = (to - from) / bins;
  return Array.from({ length: bins }, (_, i) => {
    const at = from + (i + 0.5) * step;
    return (step * Math.exp(-(at ** 2) / (2 * variance))) / Math.sqrt(2 * Math.PI * variance);
  });
}

export function plotOf(w: Worth, which: Which): Plot {
  if (which === "expressibility") {
    const label = "fidelity of two states";
    const errors = errorsOf(w.histogram, w.samples);
    return { shares: w.histogram, errors, from: 0, to: 1, line: { shares: w.haar, name: "Haar" }, label };
  }
  if (which === "entanglement") {
    const shares = binned(w.entanglements, 0, 1, 40);
    const errors = errorsOf(shares, w.entanglements.length);
    return { shares, errors, from: 0, to: 1, label: "entanglement of a state" };
  }
  const reach = Math.max(...w.gradients.map(Math.abs), 1e-6);
  const shares = binned(w.gradients, -reach, reach, 41);
  const line = { shares: normalShares(w.guide, -reach, reach, 41), name: "variance 2⁻ⁿ" };
  const errors = errorsOf(shares, w.gradients.length);
  return { shares, errors, from: -reach, to: reach, line, label: "slope of ⟨Z₀⟩" };
}

/** Opens the plot of one estimate over the designer. */
export function openPlot(
  root: HTMLElement,
  w: Worth,
  which: Which,
  back: () => void,
  load?: LoadPlotly,
): void {
  const [title, text] = ABOUT[which];
  const { value, error } = w[which];
  const guide = which === "gradient" ? `, guide ${figure(w.guide)}` : "";
  const flat = which === "gradient" && plateau(w) === true;
  const plot = plotOf(w, which);
  const box = h("div", { class: "ql-plotbox" }, draw(plot));
  const { signal } = openDialog(root, { title, class: "ql-plotsheet", back }, () => [
    h("p", null, h("b", null, withError({ value, error }).join(" ± ")), ` from ${w.samples} samples${guide}`),
    flat &&
      h(
        "p",
        { class: "ql-warn" },
        "A plateau is likely: the slopes are smaller than the guide, by more than two errors.",
      ),
    box,
    h("p", { class: "cap" }, text),
  ]);
  void load?.().then(
    (plotly) => {
      if (!signal.aborted) drawIn(box, plot, plotly, title, signal);
    },
    () => {}, // refused or not built: the SVG stays
  );
}

function drawIn(box: HTMLElement, plot: Plot, plotly: Plotly, title: string, signal: AbortSignal): void {
  const div = h("div", { class: "ql-plotly", role: "figure", "aria-label": plot.label });
  const { data, layout } = figureOf(plot, readTokens(box));
  const width = Math.max(200, box.clientWidth || W);
  box.replaceChildren(div);
  signal.addEventListener("abort", () => plotly.purge(div), { once: true });
  void plotly.react(
    div as unknown as PlotlyHTMLElement,
    data,
    { ...layout, width, height: H },
    config(title),
  );
}

/** Value and error to the error's first digit: "0.433 ± .005". */
export function withError({ value, error }: { value: number; error: number }): [string, string] {
  if (error < 1e-9) return [Math.abs(value) < 1e-9 ? "0" : figure(value), "0"]; // what rounding leaves of nothing
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
