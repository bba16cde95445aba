/** Figures of the two charts: energies of the coarse pass, incumbent and bound over time. Pure; Plotly draws them. */

import type { Data, Layout, LayoutAxis } from "plotly.js";
import { number, percent } from "./format";
import type { Coarse, Status } from "./opttypes";
import { baseLayout } from "./panelayout";
import type { Tokens } from "./panetokens";

export interface Chart {
  readonly data: Data[];
  readonly layout: Partial<Layout>;
}

const NAMES: Readonly<Record<string, string>> = { coarse: "coarse", refine: "refine", verify: "verify" };
const BINS = 30;

/** A colour at some opacity: Plotly takes no color-mix. */
export function tint(colour: string, alpha: number): string {
  const parts = /^rgba?\(([\d.]+), ?([\d.]+), ?([\d.]+)/.exec(colour);
  return parts ? `rgba(${parts[1]}, ${parts[2]}, ${parts[3]}, ${alpha})` : colour;
}

/** Incumbent and bound: steps, the area between them tinted, a band for each stage. */
export function progress(status: Status, t: Tokens): Chart {
  const end = Math.max(status.seconds, 1e-3);
  const steps = (points: readonly (readonly [number, number, ...unknown[]])[]): [number[], number[]] => {
    const last = points.at(-1);
    const all = last ? [...points, [end, last[1]] as const] : [];
    return [all.map((p) => p[0]), all.map((p) => p[1])];
  };
  const [bx, by] = steps(status.bounds);
  const [ix, iy] = steps(status.incumbents);
  const shared = { type: "scatter", mode: "lines", hovertemplate: "%{y:,.6~g} at %{x:.2f} s" } as const;
  const data = [
    {
      type: "scatter",
      mode: "lines",
      ...between(status, end),
      fill: "toself",
      fillcolor: tint(t.ink, 0.07),
      line: { width: 0 },
      hoverinfo: "skip",
    },
    {
      ...shared,
      x: bx,
      y: by,
      name: "bound",
      line: { shape: "hv", dash: "4px,3px", width: 2, color: t.series[1] },
    },
    { ...shared, x: ix, y: iy, name: "incumbent", line: { shape: "hv", width: 2.4, color: t.ink } },
  ] as unknown as Data[];
  const bands = status.stages.map((s, k) => ({
    ...s,
    until: s.seconds === null ? end : s.began + s.seconds,
    k,
  }));
  const layout = baseLayout(t, status.key);
  return {
    data,
    layout: {
      ...layout,
      margin: { l: 56, r: 12, t: 8, b: 40 },
      xaxis: {
        ...layout.xaxis,
        range: [0, end * 1.005],
        title: { text: "seconds", standoff: 4, font: { size: 11 } },
        showspikes: false,
      },
      yaxis: { ...layout.yaxis, tickformat: ",.6~g", range: span(status) },
      shapes: bands
        .filter((b) => b.k % 2 === 0)
        .map((b) => ({
          type: "rect",
          xref: "x",
          yref: "paper",
          x0: b.began,
          x1: b.until,
          y0: 0,
          y1: 1,
          layer: "below",
          line: { width: 0 },
          fillcolor: tint(t.ink3, 0.12),
        })),
      annotations: bands
        .filter((b) => b.until - b.began > end * 0.09)
        .map((b) => ({
          xref: "x",
          yref: "paper",
          x: b.began,
          y: 0,
          xanchor: "left",
          yanchor: "bottom",
          text: NAMES[b.stage] ?? "",
          showarrow: false,
          font: { size: 11, color: t.ink2 },
        })),
    } as Partial<Layout>,
  };
}

/** The outline of what lies between incumbent and bound, from the first time there are both. */
function between(status: Status, end: number): { x: number[]; y: number[] } {
  const [a, b] = [status.incumbents[0], status.bounds[0]];
  if (!a || !b) return { x: [], y: [] };
  const from = Math.max(a[0], b[0]);
  const walk = (points: readonly (readonly [number, number, ...unknown[]])[]): [number, number][] => {
    const before = points.filter((p) => p[0] <= from).at(-1) ?? points[0];
    const out: [number, number][] = [[from, before?.[1] ?? 0]];
    for (const [time, value] of points)
      if (time > from) out.push([time, out.at(-1)?.[1] ?? value], [time, value]);
    return [...out, [end, out.at(-1)?.[1] ?? 0]];
  };
  const outline = [...walk(status.incumbents), ...walk(status.bounds).reverse()];
  return { x: outline.map((p) => p[0]), y: outline.map((p) => p[1]) };
}

/** The y range: from the values near the answer, so that a first bound far off doesn't flatten everything. */
function span(status: Status): [number, number] | undefined {
  const values = status.incumbents.map((p) => p[1]);
  const bounds = status.bounds.map((p) => p[1]);
  const best = values.at(-1);
  const last = bounds.at(-1);
  if (best === undefined) return undefined;
  const near = [...values, ...(last === undefined ? [] : [last])];
  const wide = Math.max(...near) - Math.min(...near);
  const reach = Math.max(wide, Math.abs(best) * 0.25, 1);
  const kept = [...near, ...bounds.filter((b) => Math.abs(b - best) <= 2.5 * reach)];
  const low = Math.min(...kept);
  const high = Math.max(...kept);
  const pad = Math.max((high - low) * 0.12, Math.abs(best) * 0.02, 0.5);
  return [low - pad, high + pad];
}

/** Bars of the coarse pass, the step line of uniform guessing, the best cost marked. Null: there is nothing to draw. */
export function energy(coarse: Coarse | null, t: Tokens, ok: string, label: string): Chart | null {
  let middles: number[];
  let mine: number[];
  let plain: number[] | null = null;
  if (coarse?.histogram) {
    const [edges, a, b] = coarse.histogram;
    middles = a.map((_, k) => ((edges[k] ?? 0) + (edges[k + 1] ?? 0)) / 2);
    mine = a.map((v) => v * 100);
    plain = b.map((v) => v * 100);
  } else if (coarse?.values && coarse.values.length > 0) {
    const low = Math.min(...coarse.values);
    const wide = Math.max(Math.max(...coarse.values) - low, 1) / BINS;
    middles = Array.from({ length: BINS }, (_, k) => low + (k + 0.5) * wide);
    mine = middles.map(() => 0);
    for (const v of coarse.values) {
      const k = Math.min(BINS - 1, Math.floor((v - low) / wide));
      mine[k] = (mine[k] ?? 0) + 100 / coarse.values.length;
    }
  } else return null;
  const best = Math.max(
    0,
    (plain ?? mine).findIndex((v) => v > 0),
  );
  const layout = under(t, `energy ${label}`, label, { tickformat: ",.5~g" });
  const data = [
    {
      type: "bar",
      x: middles,
      y: mine,
      name: "coarse pass",
      marker: { color: middles.map((_, k) => (k === best ? ok : t.series[0])) },
      hovertemplate: "%{y:.2f} % near %{x:,.5~g}",
    },
    ...(plain
      ? [
          {
            type: "scatter",
            mode: "lines",
            x: middles,
            y: plain,
            name: "uniform",
            line: { shape: "hvh", width: 1.5, color: t.ink2 },
            hovertemplate: "%{y:.2f} % uniform",
          },
        ]
      : []),
  ] as unknown as Data[];
  return {
    data,
    layout: {
      ...layout,
      yaxis: { ...layout.yaxis, ticksuffix: " %", range: [0, Math.max(...mine, ...(plain ?? [])) * 1.5] },
      annotations: [
        {
          x: middles[best],
          y: mine[best],
          text: `lowest bin ${percent((mine[best] ?? 0) / 100)}`,
          showarrow: true,
          arrowhead: 0,
          arrowwidth: 1,
          arrowcolor: ok,
          ax: 16, // beside the bar: what is above it belongs to the large figure
          ay: 4,
          bgcolor: tint(t.bg, 0.85),
          xanchor: "left",
          font: { size: 11, color: ok },
        },
      ],
    } as Partial<Layout>,
  };
}

/** The layout of a chart with words under its x axis. */
function under(t: Tokens, key: string, words: string, axis: Partial<LayoutAxis>): Partial<Layout> {
  const layout = baseLayout(t, key);
  const title = { text: words, standoff: 4, font: { size: 11 } };
  return {
    ...layout,
    margin: { l: 56, r: 12, t: 8, b: 40 },
    xaxis: { ...layout.xaxis, title, showspikes: false, ...axis },
  };
}

/** The energy of each evaluation while angles are tuned, and the best so far. Null: there is nothing to draw. */
export function tuning(coarse: Coarse | null, t: Tokens, label: string): Chart | null {
  const told = coarse?.energies ?? [];
  if (told.length === 0) return null;
  const x = told.map((e) => e[0]);
  const layout = under(t, `tuning ${label}`, "evaluations", { rangemode: "tozero" });
  const data = [
    {
      type: "scatter",
      mode: "lines",
      x,
      y: told.map((e) => e[2]),
      name: "best so far",
      line: { shape: "hv", width: 1.5, color: t.ink2 },
      hovertemplate: "%{y:,.6~g} the best so far",
    },
    {
      type: "scatter",
      mode: "markers",
      x,
      y: told.map((e) => e[1]),
      name: "energy",
      marker: { size: 6, color: t.series[0] },
      hovertemplate: "%{y:,.6~g} at evaluation %{x}",
    },
  ] as unknown as Data[];
  return { data, layout: { ...layout, yaxis: { ...layout.yaxis, tickformat: ",.5~g" } } };
}

/** How many times uniform guessing, and whether that is worth anything. */
export function multiple(coarse: Coarse | null): { figure: string; words: string; worse: boolean } | null {
  if (!coarse) return null;
  const chance = coarse.p_opt === null ? "" : `P(opt) ${percent(coarse.p_opt, coarse.p_opt < 0.01 ? 2 : 1)}`;
  const times = coarse.times_uniform;
  if (times !== null) {
    const worse = times < 1;
    return {
      figure: `${number(times, 3)} ×`,
      words: `uniform${worse ? ": worse than guessing" : ""}\n${chance}`,
      worse,
    };
  }
  const power = coarse.log2_times_uniform;
  if (power !== null) {
    const worse = power < 0;
    return {
      figure: `2^${number(power, 3)} ×`,
      words: `uniform${worse ? ": worse than guessing" : ""}\n${chance}`,
      worse,
    };
  }
  return null;
}
