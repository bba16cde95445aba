/** The figures of what instruments measured: gradient by layer, weights, entanglement, answers. Pure: readings in, traces out. */

import type { Annotations, Data, Layout, Shape } from "plotly.js";
import type { Reading } from "../stream/messages";
import type { PaneSpec } from "./panecurves";
import { fullRange, isLog, type Scene } from "./panefigure";
import { figureText } from "./panelwords";
import { numbers, table, texts } from "./panereadings";
import type { Tokens } from "./panetokens";
import { legend as classNames, faultOf, viewFigure, viewRows } from "./paneviews";

export interface Drawing {
  readonly data: Data[];
  readonly shapes: Partial<Shape>[];
  readonly annotations: Partial<Annotations>[];
  readonly xaxis: Partial<Layout["xaxis"]>;
  readonly yaxis: Partial<Layout["yaxis"]>;
  /** What one should know about the figure: shown in the pane. */
  readonly note: string;
}

const NONE: Drawing = { data: [], shapes: [], annotations: [], xaxis: {}, yaxis: {}, note: "" };
const LABELLED = 6;
/** Pixels of a small plot area, by which labels are kept apart. */
const HEIGHT = 150;

/** The figure of an instrument's pane; with no reading it has only a note that says when one comes. */
export function instrument(spec: PaneSpec, scene: Scene): Drawing {
  const rows = scene.readings.of(spec.watch ?? "");
  const last = rows.at(-1);
  if (!last) return { ...NONE, note: spec.view ? "Being computed." : missing(scene) };
  const [step, , values] = last;
  if (spec.view) {
    const fault = faultOf(values);
    return { ...NONE, ...(fault ? { note: fault } : viewFigure(values, scene.tokens)) };
  }
  const note = sinceNote(rows, scene);
  const at = `step ${step.toLocaleString("en")}`;
  switch (spec.id) {
    case "layers":
      return { ...layers(rows, scene, spec), note };
    case "weights":
      return { ...ways(rows, scene), note };
    case "ent":
      return { ...entanglement(rows, scene), note };
    case "whist":
      return { ...histogram(values, scene.tokens), note: at };
    case "outputs":
      return { ...answers(values, scene.tokens), note: at };
    default:
      return { ...strings(values, scene.tokens), note: at };
  }
}

/** The newest readings as words, for the hidden table of a pane. */
export function readingRows(spec: PaneSpec, { readings }: Scene): (readonly [string, string])[] {
  const values = readings.of(spec.watch ?? "").at(-1)?.[2];
  if (!values) return [];
  if (spec.view) return faultOf(values) ? [] : viewRows(values);
  if (spec.id === "ent") return [["Meyer–Wallach Q", figureText(Number(values.q))]];
  if (spec.id === "layers") {
    const found = numbers(values, "variance");
    return texts(values, "layer").map((name, k) => [name, figureText(found[k] ?? Number.NaN)] as const);
  }
  if (spec.id === "weights") return numbers(values, "w").map((w, k) => [`w[${k}]`, figureText(w)] as const);
  if (spec.id === "whist") return [["weights", String(numbers(values, "counts").reduce((a, b) => a + b, 0))]];
  const rows = table(values, spec.id === "bits" ? "p" : "counts");
  const middle = middles(numbers(values, "edges"));
  const labels = texts(values, "labels");
  return texts(values, "classes").map((name, k) => {
    const row = rows[k] ?? [];
    if (spec.id === "bits") {
      const most = row.indexOf(Math.max(...row));
      return [name, `${labels[most] ?? "–"} ${figureText(row[most] ?? Number.NaN)}`] as const;
    }
    const n = row.reduce((a, b) => a + b, 0);
    const mean = row.reduce((sum, count, i) => sum + count * (middle[i] ?? 0), 0) / n;
    return [name, `${n} rows, mean ${figureText(mean)}`] as const;
  });
}

/** The sentence of a pane that has nothing to show. */
export function missing({ status }: Scene): string {
  const active = status?.state === "running" || status?.state === "waiting" || status?.state === "paused";
  if (status && !active) return "Not measured: nobody watched this while the run went on.";
  return "Comes with the next reading.";
}

/** "measured from step 40 on", where a run was not watched from its start. */
function sinceNote(rows: readonly Reading[], { curves, status }: Scene): string {
  const first = rows[0]?.[0] ?? 0;
  const begun = curves.columns.column("step")[0] ?? 1;
  const every = rows.length > 1 ? ((rows[1] as Reading)[0] as number) - first : 0;
  const late = first - begun > Math.max(2, 1.5 * every) && first > 0.02 * (status?.total ?? 0);
  return late ? `measured from step ${first.toLocaleString("en")} on` : "";
}

const place = (rows: readonly Reading[], { curves, settings }: Scene): number[] =>
  rows.map(([step, time]) => (settings.across === "time" ? time : curves.place(step, settings.across)));

function line(x: number[], y: number[], color: string, width = 1.6, opacity = 1): Data {
  return {
    x,
    y,
    type: "scatter",
    mode: x.length === 1 ? "markers" : "lines",
    line: { color, width },
    marker: { color, size: 6 },
    opacity,
    hoverinfo: "skip",
  } as unknown as Data;
}

/** A name at the right end of a line, kept apart from its neighbours. */
function ends(
  found: readonly { text: string; x: number; y: number; color: string }[],
  log: boolean,
  edge: number,
  scale: readonly [number, number],
): Partial<Annotations>[] {
  const value = (y: number): number => (log ? Math.log10(Math.max(y, 1e-300)) : y);
  const sorted = [...found]
    .filter((f) => Number.isFinite(value(f.y)))
    .sort((a, b) => value(a.y) - value(b.y));
  const span = Math.max(1e-9, scale[1] - scale[0]);
  let free = Number.NEGATIVE_INFINITY;
  return sorted.map(({ text, x, y, color }) => {
    const pixels = (HEIGHT * (value(y) - value(sorted[0]?.y ?? 0))) / span;
    const at = Math.max(pixels, free);
    free = at + 13;
    return {
      x,
      y: value(y),
      // at the end of the line, or inside where it has reached the end of the axis
      xanchor: x > edge ? "right" : "left",
      yanchor: x > edge ? "bottom" : "middle",
      yshift: at - pixels,
      xshift: x > edge ? -2 : 4,
      text,
      showarrow: false,
      font: { size: 11, color },
    } as Partial<Annotations>;
  });
}

/** From here on a label no longer fits to the right of its line. */
function edgeOf(scene: Scene): number {
  const [x0, x1] = scene.zoom ?? fullRange(scene);
  return x0 + 0.8 * (x1 - x0);
}

/** A ramp of as many colours as there are parts, from the three ordinal tokens. */
const ramp = ({ ordinal }: Tokens, k: number, n: number): string =>
  ordinal[n <= 1 ? 0 : Math.min(2, Math.floor((3 * k) / n))] as string;

function layers(rows: readonly Reading[], scene: Scene, spec: PaneSpec): Drawing {
  const { tokens } = scene;
  const x = place(rows, scene);
  const names = texts((rows.at(-1) as Reading)[2], "layer");
  const data: Data[] = [];
  const labels: { text: string; x: number; y: number; color: string }[] = [];
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  // a part with one component has no variance
  const quantum = names.flatMap((name, k) => (name.startsWith("layer") ? [k] : []));
  for (const k of quantum) {
    const y = rows.map(([, , values]) => numbers(values, "variance")[k] ?? Number.NaN);
    const shown = y.filter((v) => v > 0);
    if (shown.length === 0) continue;
    low = Math.min(low, ...shown);
    high = Math.max(high, ...shown);
    const color = ramp(tokens, k, quantum.length);
    data.push(line(x, y, color));
    const newest = y.findLast((v) => v > 0);
    if (newest !== undefined) labels.push({ text: names[k] ?? "", x: x.at(-1) ?? 0, y: newest, color });
  }
  const qubits = Number((rows.at(-1) as Reading)[2].qubits);
  const guide = 2 ** -qubits;
  const shapes: Partial<Shape>[] = [];
  const log = isLog(spec, scene.settings);
  const annotations: Partial<Annotations>[] = [];
  if (Number.isFinite(guide)) {
    low = Math.min(low, guide / 3);
    high = Math.max(high, guide * 3);
    const y = guide;
    const base = { xref: "paper" as const, x0: 0, x1: 1, layer: "below" as const };
    shapes.push(
      {
        type: "rect",
        ...base,
        yref: "y",
        y0: low / 10,
        y1: y,
        fillcolor: tokens.warn,
        opacity: 0.09,
        line: { width: 0 },
      },
      {
        type: "line",
        ...base,
        yref: "y",
        y0: y,
        y1: y,
        line: { color: tokens.warn, width: 1.25, dash: "dash" },
      },
    );
    annotations.push({
      xref: "paper",
      x: 0,
      xanchor: "left",
      yref: "y",
      y: log ? Math.log10(y) : y,
      yanchor: "top",
      text: `plateau below 2<sup>−${qubits}</sup>`,
      bgcolor: tokens.mix(tokens.bg, 0.75),
      showarrow: false,
      font: { size: 11, color: tokens.warn },
    });
  }
  const scale: [number, number] = log ? [Math.log10(low / 1.5), Math.log10(high * 1.5)] : [0, high];
  if (labels.length <= LABELLED) annotations.push(...ends(labels, log, edgeOf(scene), scale));
  return {
    ...NONE,
    data,
    shapes,
    annotations,
    yaxis: log ? range(low / 1.5, high * 1.5) : { rangemode: "tozero" },
  };
}

const range = (low: number, high: number): Partial<Layout["yaxis"]> =>
  Number.isFinite(low) && high > low ? { range: [Math.log10(low), Math.log10(high)], autorange: false } : {};

function ways(rows: readonly Reading[], scene: Scene): Drawing {
  const x = place(rows, scene);
  const n = Math.max(0, ...rows.map(([, , values]) => numbers(values, "w").length));
  const data: Data[] = [];
  const moved = { k: -1, by: -1 };
  for (let k = 0; k < n; k++) {
    const y = rows.map(([, , values]) => numbers(values, "w")[k] ?? Number.NaN);
    const by = Math.abs((y.at(-1) ?? 0) - (y.find(Number.isFinite) ?? 0));
    if (by > moved.by) Object.assign(moved, { k, by });
    data.push(line(x, y, scene.tokens.weight, 1, n > 24 ? 0.55 : 0.75));
  }
  if (moved.k < 0) return NONE;
  // the weight that went farthest is the one with a name
  const y = rows.map(([, , values]) => numbers(values, "w")[moved.k] ?? Number.NaN);
  const color = scene.tokens.ink;
  data.push(line(x, y, color, 2));
  const label = { text: `w[${moved.k}]`, x: x.at(-1) ?? 0, y: y.at(-1) ?? 0, color };
  return { ...NONE, data, annotations: ends([label], false, edgeOf(scene), [0, 1]) };
}

function entanglement(rows: readonly Reading[], scene: Scene): Drawing {
  const y = rows.map(([, , values]) => Number(values.q));
  const data = [line(place(rows, scene), y, scene.tokens.series[0] as string, 2)];
  return { ...NONE, data, yaxis: { range: [0, 1.02], autorange: false } };
}

function bars(
  x: readonly number[] | readonly string[],
  y: readonly number[],
  color: string,
  name: string,
): Data {
  const marker = { color, line: { width: 0 } };
  return {
    type: "bar",
    x: [...x],
    y: [...y],
    name,
    marker,
    opacity: 0.85,
    hoverinfo: "skip",
  } as unknown as Data;
}

const middles = (edges: readonly number[]): number[] =>
  edges.slice(1).map((edge, i) => (edge + (edges[i] as number)) / 2);

function histogram(values: Readonly<Record<string, unknown>>, tokens: Tokens): Drawing {
  const data = [bars(middles(numbers(values, "edges")), numbers(values, "counts"), tokens.weight, "weights")];
  const tickvals = [-Math.PI, -Math.PI / 2, 0, Math.PI / 2, Math.PI];
  const xaxis = { range: [-Math.PI, Math.PI], tickvals, ticktext: ["−π", "−π/2", "0", "π/2", "π"] };
  return { ...NONE, data, xaxis };
}

const classColour = (tokens: Tokens, k: number): string =>
  tokens.classes[k % tokens.classes.length] as string;

function answers(values: Readonly<Record<string, unknown>>, tokens: Tokens): Drawing {
  const classes = texts(values, "classes");
  const x = middles(numbers(values, "edges"));
  const counts = table(values, "counts");
  const data = counts.map((row, k) => bars(x, row, classColour(tokens, k), classes[k] ?? ""));
  const fair = classes.length > 0 ? 1 / classes.length : 0.5;
  const shapes: Partial<Shape>[] = [
    {
      type: "line",
      x0: fair,
      x1: fair,
      yref: "paper",
      y0: 0,
      y1: 0.9,
      line: { color: tokens.ink3, width: 1, dash: "dash" },
    },
  ];
  const most = Math.max(1, ...counts.flat());
  const yaxis = { range: [0, most * 1.2], autorange: false as const };
  return { ...NONE, data, shapes, annotations: classNames(classes, tokens), xaxis: { range: [0, 1] }, yaxis };
}

function strings(values: Readonly<Record<string, unknown>>, tokens: Tokens): Drawing {
  const classes = texts(values, "classes");
  const labels = texts(values, "labels");
  const p = table(values, "p");
  const data = p.map((row, k) => ({
    ...bars(labels, row, classColour(tokens, k), classes[k] ?? ""),
    opacity: 1,
    offsetgroup: String(k),
  }));
  const most = Math.max(0.01, ...p.flat().filter(Number.isFinite));
  const xaxis = {
    type: "category" as const,
    autorange: true as const,
    tickangle: -90,
    tickfont: { size: labels.length > 8 ? 9 : 11 },
  };
  const yaxis = { range: [0, most * 1.2], autorange: false as const };
  return { ...NONE, data: data as Data[], annotations: classNames(classes, tokens), xaxis, yaxis };
}
