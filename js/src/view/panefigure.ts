/** Traces, shapes and annotations of one plot pane, from curves and status. Pure: the same input, the same figure. */

import type { Data, Layout } from "plotly.js";
import { bucket } from "../stream/bucket";
import type { Status } from "../stream/messages";
import { logTicks, yAxis } from "./paneaxis";
import type { Curve, Curves, PaneSpec, Settings } from "./panecurves";
import { band, baseline, cross, forks } from "./paneextras";
import { instrument } from "./paneinstruments";
import { baseLayout, MARGIN } from "./panelayout";
import { marks } from "./panemarks";
import type { Readings } from "./panereadings";
import type { Tokens } from "./panetokens";

export interface Scene {
  readonly run: string;
  readonly curves: Curves;
  readonly settings: Settings;
  readonly status: Status | null;
  readonly tokens: Tokens;
  /** The part of the x axis the user zoomed to. */
  readonly zoom: readonly [number, number] | null;
  /** Grows when the user's zoom is to be forgotten. */
  readonly reset: number;
  /** The step whose intervention is picked in the list. */
  readonly picked: number | null;
  readonly readings: Readings;
  /** Runs drawn over the current one. */
  readonly others: readonly Overlay[];
  /** How the current run is drawn. */
  readonly own: Pen;
}

/** Colour and emphasis of a run in every pane. */
export interface Pen {
  readonly color: number;
  /** 1, or less while another run is pointed at. */
  readonly opacity: number;
}

export interface Overlay extends Pen {
  readonly id: string;
  readonly name: string;
  readonly curves: Curves;
  readonly total: number;
  readonly epochs: number;
  readonly parent: string | null;
  readonly parentStep: number | null;
}

/** The colour of the n-th run, which starts again after eight. */
export const runColor = (tokens: Tokens, index: number): string =>
  tokens.series[index % tokens.series.length] as string;

/** The curve of a pane that stands for another run: its validation, else its smoothed curve; none without figures. */
export function leadCurve(spec: PaneSpec, curves: Curves): Curve | undefined {
  const lead = spec.curves.filter((c) => c.style !== "raw" && c.column !== "engine_ms");
  return lead.findLast((c) => curves.columns.newest(c.column) >= 0);
}

/** The most points drawn a trace: four for each of so many pixels. */
export const PIXELS = 1000;

/** All of a run, or, while it is young, a half, a quarter, … of it: the curve always has an eighth of the width. */
function growing(last: number, end: number): number {
  let shown = end;
  while (last > 0 && last < shown / 8) shown /= 2;
  return shown;
}

/** The whole of the x axis. */
export function fullRange({ curves, settings, status, others }: Scene): [number, number] {
  const ends = others.map((o) => {
    const far = o.curves.x(settings.across).at(-1) ?? 0;
    return settings.across === "time" ? far * 1.02 : far;
  });
  const [low, high] = ownRange({ curves, settings, status });
  return [low, Math.max(high, ...ends)];
}

function ownRange({
  curves,
  settings,
  status,
}: Pick<Scene, "curves" | "settings" | "status">): [number, number] {
  const x = curves.x(settings.across);
  const last = x.length ? (x[x.length - 1] as number) : 0;
  if (settings.across === "time") return [0, last > 0 ? last * 1.02 : 1];
  const end = settings.across === "epoch" ? (status?.epochs ?? 0) : (status?.total ?? 0);
  return [0, growing(last, Math.max(end, last)) || 1];
}

export function isLog(spec: PaneSpec, settings: Settings): boolean {
  if (spec.scale === "loss") return settings.logLoss;
  return settings.logs[spec.id] ?? spec.scale === "log";
}

const LINES: Record<Curve["style"], { width: number; dash: "solid" | "dot"; opacity: number }> = {
  raw: { width: 1, dash: "solid", opacity: 0.28 },
  smooth: { width: 1.6, dash: "dot", opacity: 1 },
  val: { width: 2.2, dash: "solid", opacity: 1 },
};

/** The figure of a pane whose plot area is `width` pixels wide. */
export function figure(
  spec: PaneSpec,
  scene: Scene,
  width: number,
): { data: Data[]; layout: Partial<Layout> } {
  const { curves, settings, status, tokens } = scene;
  const [x0, x1] = scene.zoom ?? fullRange(scene);
  const x = curves.x(settings.across);
  const log = isLog(spec, settings);
  const data: Data[] = [];
  const extent: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const single = !spec.curves.some((curve) => curve.style === "val");
  if (spec.watch) return measuredFigure(spec, scene, [x0, x1], width, log);
  if (!log) data.push(...band(spec, scene, [x0, x1], width));
  for (const curve of spec.curves) {
    const points = bucket(x, curves.y(curve), x0, x1, Math.min(PIXELS, width));
    for (const y of points.y) {
      if (log && y <= 0) continue;
      extent[0] = Math.min(extent[0], y);
      extent[1] = Math.max(extent[1], y);
    }
    const { opacity, ...line } = LINES[curve.style];
    // alone in its pane a smoothed curve is the figure itself: solid
    if (single && curve.style === "smooth") Object.assign(line, { width: 2, dash: "solid" });
    const shape = curve.column === "lr" ? { shape: "hv" as const } : {};
    const quantum = curve.column === "engine_ms";
    const color = quantum ? tokens.ink3 : runColor(tokens, scene.own.color);
    data.push({
      ...points,
      type: "scatter",
      mode: points.x.length === 1 ? "markers" : "lines",
      name: curve.label,
      opacity: opacity * scene.own.opacity,
      marker: { size: 6, color },
      ...(quantum ? { fill: "tozeroy", fillcolor: tokens.grid } : {}),
      line: { ...line, ...shape, color },
      hoverinfo: "skip",
    } as unknown as Data);
  }
  for (const other of scene.others) {
    const curve = leadCurve(spec, other.curves);
    if (!curve) continue;
    const points = bucket(
      other.curves.x(settings.across),
      other.curves.y(curve),
      x0,
      x1,
      Math.min(PIXELS, width),
    );
    for (const y of points.y) {
      if (log && y <= 0) continue;
      extent[0] = Math.min(extent[0], y);
      extent[1] = Math.max(extent[1], y);
    }
    const color = runColor(tokens, other.color);
    const dash = other.color >= tokens.series.length ? "10px,4px" : "solid";
    data.push({
      ...points,
      type: "scatter",
      mode: points.x.length === 1 ? "markers" : "lines",
      name: other.name,
      opacity: other.opacity,
      marker: { size: 6, color },
      line: { width: 1.5, dash, color, ...(curve.column === "lr" ? { shape: "hv" } : {}) },
      hoverinfo: "skip",
    } as unknown as Data);
  }
  if (spec.id === "loss" && status?.state === "failed") data.push(...cross(spec, scene));
  if (spec.id === "loss") data.push(...forks(spec, scene));
  const base = baseLayout(tokens, `${scene.run} ${spec.id} ${settings.across} ${log} ${scene.reset}`);
  const drawn = marks(spec, scene, [x0, x1], width);
  const line = spec.id === "merit" ? baseline(spec, scene) : { shapes: [], annotations: [] };
  const layout = {
    ...base,
    xaxis: {
      ...base.xaxis,
      range: [x0, x1],
      exponentformat: "none",
      separatethousands: true,
      ticksuffix: settings.across === "time" ? " s" : "",
    },
    yaxis: { ...base.yaxis, ticklabelstandoff: 3, ...yAxis(spec, log, extent, line.annotations.length > 0) },
    shapes: [...line.shapes, ...drawn.shapes],
    annotations: [...line.annotations, ...drawn.annotations],
  };
  return { data, layout: layout as Partial<Layout> };
}

/** The figure of an instrument: its own traces in the pane's frame, with the marks where it follows the run. */
function measuredFigure(
  spec: PaneSpec,
  scene: Scene,
  [x0, x1]: [number, number],
  width: number,
  log: boolean,
): { data: Data[]; layout: Partial<Layout> } {
  const { settings, tokens } = scene;
  const base = baseLayout(tokens, `${scene.run} ${spec.id} ${settings.across} ${log} ${scene.reset}`);
  const drawn = instrument(spec, scene);
  const own = spec.ownAxis === true;
  const empty = drawn.data.length === 0;
  const extra = own || empty ? { shapes: [], annotations: [] } : marks(spec, scene, [x0, x1], width);
  const run = {
    range: [x0, x1],
    separatethousands: true,
    ticksuffix: settings.across === "time" ? " s" : "",
  };
  const layout = {
    ...base,
    barmode: spec.id === "bits" ? "group" : "overlay",
    xaxis: {
      ...base.xaxis,
      exponentformat: "none",
      visible: !empty,
      showspikes: false,
      ...(own ? drawn.xaxis : run),
    },
    yaxis: {
      ...base.yaxis,
      visible: !empty,
      ticklabelstandoff: 3,
      type: log ? "log" : "linear",
      ...drawn.yaxis,
    },
    shapes: [...drawn.shapes, ...extra.shapes],
    annotations: [...drawn.annotations, ...extra.annotations],
  };
  if (log && Array.isArray(drawn.yaxis.range)) {
    const [low, high] = drawn.yaxis.range as [number, number];
    Object.assign(layout.yaxis, logTicks(10 ** low, 10 ** high));
  }
  return { data: drawn.data, layout: layout as unknown as Partial<Layout> };
}

export const plotWidth = (outer: number): number => Math.max(1, outer - MARGIN.l - MARGIN.r);
