/** The figures a run is asked for now and then: decision map and embedding of the rows. Pure: values in, traces out. */

import type { Annotations, Data, Layout } from "plotly.js";
import { figureText } from "./panelwords";
import { numbers, table, texts } from "./panereadings";
import type { Tokens } from "./panetokens";

type Values = Readonly<Record<string, unknown>>;

export interface ViewFigure {
  readonly data: Data[];
  readonly annotations: Partial<Annotations>[];
  readonly xaxis: Partial<Layout["xaxis"]>;
  readonly yaxis: Partial<Layout["yaxis"]>;
  readonly note: string;
}

const part = (values: Values, key: string): Values => {
  const found = values[key];
  return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Values) : {};
};

const classColor = (tokens: Tokens, k: number): string => tokens.classes[k % tokens.classes.length] as string;

/** Shapes beside colours: classes are told apart without them. */
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "star"];

/** Why there is no figure, in the kernel's words; "" where there is one. */
export function faultOf(values: Values): string {
  const { message, cure } = part(values, "fault");
  return [message, cure].filter((text) => typeof text === "string" && text !== "").join(". ");
}

/** The decision regions with the rows on them, or the rows alone where the circuit has put them. */
export function viewFigure(values: Values, tokens: Tokens): ViewFigure {
  const classes = texts(values, "classes");
  const data: Data[] = [];
  const annotations: Partial<Annotations>[] = [];
  const label = table(values, "label");
  const z = table(values, "p");
  const axes = { x: numbers(values, "x"), y: numbers(values, "y") };
  if (label.length > 0 && classes.length > 0) {
    classes.forEach((_, k) => {
      // one layer a class, so that each fades by its own probability
      const own = z.map((row, i) => row.map((p, j) => (label[i]?.[j] === k ? p : null)));
      const color = classColor(tokens, k);
      data.push(heat(axes, own, [tokens.mix(color, 0.06), tokens.mix(color, 0.42)], [1 / classes.length, 1]));
    });
    if (classes.length === 2) data.push(boundary(axes, label, tokens));
  } else if (z.length > 0) {
    const span: [number, number] = [Number(values.lo), Number(values.hi)];
    data.push(heat(axes, z, [tokens.sequential[0], tokens.sequential[1]], span));
  }
  data.push(...points(part(values, "points"), classes, tokens));
  const [across = "", up = ""] = texts(values, "axes");
  const shown = numbers(values, "explained").reduce((a, b) => a + b, 0);
  const name = (text: string): string => text.slice(0, 40).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const title = { standoff: 4, font: { size: 11 } };
  const domain = [0.07, classes.length > 0 ? 0.9 : 1]; // room for the title below, and for the classes' names above
  return {
    data,
    annotations: [...annotations, ...legend(classes, tokens)],
    xaxis: { title: { ...title, text: name(across) }, autorange: true, showgrid: false, zeroline: false },
    yaxis: { title: { ...title, text: name(up) }, autorange: true, showgrid: false, zeroline: false, domain },
    note: [
      `step ${Number(values.step ?? 0).toLocaleString("en")}`,
      shown > 0 && shown < 0.999 ? `the plane shows ${Math.round(100 * shown)} % of the spread` : "",
    ]
      .filter(Boolean)
      .join(", "),
  };
}

function heat(
  { x, y }: { x: readonly number[]; y: readonly number[] },
  z: readonly (readonly (number | null)[])[],
  [low, high]: readonly [string, string],
  [zmin, zmax]: readonly [number, number],
): Data {
  const colorscale = [
    [0, low],
    [1, high],
  ];
  const look = { type: "heatmap", showscale: false, hoverinfo: "skip", zsmooth: false, hoverongaps: false };
  return { ...look, x, y, z, colorscale, zmin, zmax } as unknown as Data;
}

/** The line between two classes. */
function boundary(
  { x, y }: { x: readonly number[]; y: readonly number[] },
  z: readonly (readonly number[])[],
  tokens: Tokens,
): Data {
  const contours = { start: 0.5, end: 0.5, size: 1, coloring: "none" };
  const line = { color: tokens.ink, width: 1.5, smoothing: 1 };
  const look = { type: "contour", showscale: false, hoverinfo: "skip", autocontour: false };
  return { ...look, x, y, z, contours, line } as unknown as Data;
}

function points(values: Values, classes: readonly string[], tokens: Tokens): Data[] {
  const [x, y] = [numbers(values, "x"), numbers(values, "y")];
  const look = { type: "scatter", mode: "markers", hoverinfo: "skip", cliponaxis: false };
  if (classes.length === 0) {
    const colorscale = [
      [0, tokens.sequential[0]],
      [1, tokens.sequential[1]],
    ];
    const color = numbers(values, "value");
    const marker = { size: 6, color, colorscale, line: { width: 1, color: tokens.ink2 } };
    return [{ ...look, x, y, marker } as unknown as Data];
  }
  const label = numbers(values, "label");
  const right = Array.isArray(values.right) ? values.right : [];
  return classes.map((name, k) => {
    const mine = label.flatMap((c, i) => (c === k ? [i] : []));
    const line = {
      width: mine.map((i) => (right[i] === false ? 2 : 1)),
      color: mine.map((i) => (right[i] === false ? tokens.err : tokens.bg)),
    };
    const marker = { size: 7, symbol: SYMBOLS[k % SYMBOLS.length], color: classColor(tokens, k), line };
    return { ...look, name, x: mine.map((i) => x[i]), y: mine.map((i) => y[i]), marker } as unknown as Data;
  });
}

/** Names of the classes at the top, in their colours: a plot has no legend. */
export function legend(classes: readonly string[], tokens: Tokens): Partial<Annotations>[] {
  const shown = classes.slice(0, 8);
  return shown.map((text, k) => ({
    xref: "paper",
    x: (k + 0.5) / shown.length,
    xanchor: "center",
    yref: "paper",
    y: 1,
    yanchor: "top",
    text: `<b>${text.slice(0, 14).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</b>`,
    showarrow: false,
    font: { size: 11, color: classColor(tokens, k) },
    bgcolor: tokens.bg,
  }));
}

/** The rows by class, and how many of them are answered right, for the hidden table. */
export function viewRows(values: Values): (readonly [string, string])[] {
  const found = part(values, "points");
  const label = numbers(found, "label");
  const right = Array.isArray(found.right) ? found.right : [];
  const classes = texts(values, "classes");
  if (classes.length === 0) {
    const value = numbers(found, "value");
    return [
      [
        "rows",
        `${value.length}, from ${figureText(Math.min(...value))} to ${figureText(Math.max(...value))}`,
      ],
    ];
  }
  return classes.map((name, k) => {
    const mine = label.flatMap((c, i) => (c === k ? [i] : []));
    const good = mine.filter((i) => right[i] !== false).length;
    return [name, right.length > 0 ? `${good} of ${mine.length} rows right` : `${mine.length} rows`] as const;
  });
}
