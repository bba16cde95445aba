/** What lies over and under the curves of a pane: shot noise, branches, a failure, the classical baseline. Pure. */

import type { Annotations, Data, Shape } from "plotly.js";
import { bucket, nearest } from "../stream/bucket";
import type { Curve, PaneSpec } from "./panecurves";
import { leadCurve, PIXELS, runColor, type Scene } from "./panefigure";
import type { Mark } from "./panemarks";

/** ± one standard error of the shots around the training curve, without an edge. */
export function band(
  spec: PaneSpec,
  { curves, settings, tokens, own }: Scene,
  [x0, x1]: [number, number],
  width: number,
): Data[] {
  const { columns } = curves;
  const curve = spec.curves.find((c) => c.style === "smooth");
  if (!spec.band || !curve || columns.newest(spec.band) < 0) return [];
  const error = columns.column(spec.band);
  const middle = curves.y(curve);
  const edge = (sign: number): Data => {
    const y = middle.map((v, i) => v + sign * (error[i] as number));
    const points = bucket(curves.x(settings.across), y, x0, x1, Math.min(PIXELS, width));
    const color = runColor(tokens, own.color);
    return {
      ...points,
      type: "scatter",
      mode: "lines",
      name: "shot noise",
      line: { width: 0 },
      hoverinfo: "skip",
      ...(sign > 0 ? { fill: "tonexty", fillcolor: tokens.mix(color, 0.16) } : {}),
    } as unknown as Data;
  };
  return [edge(-1), edge(1)];
}

/** Where shown runs branched off shown runs: hollow diamonds on the parent. */
export function forks(spec: PaneSpec, scene: Scene): Data[] {
  const { others, settings, tokens, own } = scene;
  const all = [{ id: scene.run, curves: scene.curves, color: own.color }, ...others];
  const found = others.flatMap((child) => {
    const parent = all.find((one) => one.id === child.parent);
    if (!parent || child.parentStep === null) return [];
    const curve = leadCurve(spec, parent.curves);
    const steps = parent.curves.columns.column("step");
    if (!curve || steps.length === 0) return [];
    const row = nearest(steps, child.parentStep);
    const y = parent.curves.at(curve, row);
    return [
      { x: parent.curves.place(child.parentStep, settings.across), y, color: runColor(tokens, parent.color) },
    ];
  });
  if (found.length === 0) return [];
  const color = found.map((f) => f.color);
  const marker = { symbol: "diamond", size: 10, color: tokens.bg, line: { width: 2, color } };
  const data = { x: found.map((f) => f.x), y: found.map((f) => f.y), type: "scatter", mode: "markers" };
  return [{ ...data, marker, hoverinfo: "skip", cliponaxis: false } as unknown as Data];
}

/** The last value before a failure, as ×. */
export function cross(spec: PaneSpec, { curves, settings, tokens }: Scene): Data[] {
  let place = -1;
  let curve: Curve | undefined;
  for (const c of spec.curves) {
    if (c.style === "raw") continue;
    const y = curves.y(c);
    let i = y.length - 1;
    while (i >= 0 && !Number.isFinite(y[i])) i--;
    if (i > place) [place, curve] = [i, c];
  }
  if (!curve) return [];
  const marker = { symbol: "x-thin", size: 10, color: tokens.err, line: { width: 2.5, color: tokens.err } };
  const x = [curves.x(settings.across)[place] as number];
  const y = [curves.y(curve)[place] as number];
  return [{ x, y, type: "scatter", mode: "markers", marker, hoverinfo: "skip", cliponaxis: false }];
}

/** Text for Plotly, which reads a little markup: names come from people. */
export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The classical comparison, labelled on the side of its line that the curve leaves free. */
export function baseline(spec: PaneSpec, { curves, status, tokens }: Scene): Mark {
  const base = status?.baseline;
  const value = base?.accuracy ?? base?.r2;
  if (!base || value == null || !Number.isFinite(value)) return { shapes: [], annotations: [] };
  const main = spec.curves.at(-1);
  const above = !(main && curves.at(main, curves.columns.n - 1) > value);
  const shape: Partial<Shape> = {
    type: "line",
    xref: "paper",
    x0: 0,
    x1: 1,
    yref: "y",
    y0: value,
    y1: value,
    layer: "below",
    line: { color: tokens.ink3, width: 1, dash: "6px,3px" as never },
  };
  const annotation: Partial<Annotations> = {
    xref: "paper",
    x: 1,
    xanchor: "right",
    yref: "y",
    y: value,
    yanchor: above ? "bottom" : "top",
    text: `${escaped(base.name)} ${value.toFixed(3).replace("-", "−")}`,
    showarrow: false,
    font: { size: 11, color: tokens.ink2 },
    bgcolor: tokens.bg,
    borderpad: 1,
  };
  return { shapes: [shape], annotations: [annotation] };
}

/** Width of the plot area in a pane of `outer` pixels. */
