/** Interventions in a plot: dashed lines with a chip (Loss) or a triangle (elsewhere). Pure. */

import type { Annotations, Shape } from "plotly.js";
import type { Intervention } from "../stream/messages";
import type { PaneSpec } from "./panecurves";
import type { Scene } from "./panefigure";

export interface Mark {
  readonly shapes: Partial<Shape>[];
  readonly annotations: Partial<Annotations>[];
}

/** A learning rate as people write it: 0.05, 1e−5. */
export function rate(value: unknown): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

/** What was done, in two parts: the word and the rest. */
export function describe(event: Intervention): readonly [string, string] {
  switch (event.kind) {
    case "lr":
      return ["lr", `${rate(event.old)} → ${rate(event.new)}`];
    case "pause":
      return ["paused", ""];
    case "resume":
      return ["resumed", ""];
    case "stop":
      return ["stopped", ""];
    case "batch":
      return ["batch", `${rate(event.old)} → ${rate(event.new)}`];
    case "early_stop":
      return ["stopped early", event.text];
    case "freeze":
    case "thaw":
    case "term":
    case "stage": {
      const [word = event.kind, ...rest] = event.text.split(" ");
      return [word, rest.join(" ")];
    }
    default:
      return [event.kind, event.text];
  }
}

/** What happened at each step, oldest first; a pause and its end at one step are one mark. */
export function bySteps(events: readonly Intervention[]): Map<number, Intervention[]> {
  const steps = new Map<number, Intervention[]>();
  for (const event of events) {
    const same = steps.get(event.step);
    if (same) same.push(event);
    else steps.set(event.step, [event]);
  }
  return steps;
}

/** What has a chip; a resumption is told by its pause, a stage by its label. */
const CHIPS: ReadonlySet<string> = new Set([
  "lr",
  "stop",
  "pause",
  "batch",
  "freeze",
  "thaw",
  "term",
  "early_stop",
  "converged",
]);

const short = (event: Intervention): string => {
  const [word, rest] = describe(event);
  if (event.kind === "pause" || event.kind === "stop" || event.kind === "early_stop") return word;
  const text = `${word} ${rest}`.trim();
  return text.length > 26 ? `${text.slice(0, 25)}…` : text;
};

/** The chip of a step: "lr 0.05 → 0.02", "paused". A resumption is told by its pause. */
export function chip(events: readonly Intervention[]): string {
  const known = events.filter((e) => CHIPS.has(e.kind));
  const rates = known.filter((e) => e.kind === "lr");
  const first = rates[0];
  const last = rates.at(-1);
  const parts = known.filter((e) => e.kind !== "lr").map(short);
  if (first && last) parts.unshift(`lr ${rate(first.old)} → ${rate(last.new)}`);
  return [...new Set(parts)].join(", ");
}

const ROWS = 3;
const CHARACTER = 6.4;

/** The marks of a pane whose x axis shows [x0, x1] over `width` pixels. */
export function marks(spec: PaneSpec, scene: Scene, [x0, x1]: [number, number], width: number): Mark {
  const { curves, settings, status, tokens } = scene;
  const shapes: Partial<Shape>[] = [];
  const annotations: Partial<Annotations>[] = [];
  const ends = new Array<number>(ROWS).fill(Number.NEGATIVE_INFINITY);
  const staged = stages(spec, scene, [x0, x1], width);
  shapes.push(...staged.shapes);
  annotations.push(...staged.annotations);
  for (const [step, events] of bySteps(status?.events ?? [])) {
    const text = chip(events);
    const x = curves.place(step, settings.across);
    if (!text || x < x0 || x > x1) continue;
    const picked = step === scene.picked;
    const line = { color: tokens.accent, width: picked ? 2.5 : 1.25, dash: picked ? "solid" : "3px,3px" };
    shapes.push({
      type: "line",
      xref: "x",
      x0: x,
      x1: x,
      yref: "paper",
      y0: 0,
      y1: 1,
      line: line as never,
      layer: "below",
    });
    if (spec.id !== "loss") {
      shapes.push(triangle(x, tokens.accent));
      continue;
    }
    const left = ((x - x0) / (x1 - x0)) * width;
    const size = text.length * CHARACTER + 14;
    const flip = left + size > width;
    const from = flip ? left - size : left;
    const row = ends.findIndex((end) => from > end + 4);
    if (row < 0 && !picked) continue; // a fourth chip on one spot is told by the list alone
    const at = Math.max(0, row);
    ends[at] = from + size;
    annotations.push({
      xref: "x",
      x,
      xanchor: flip ? "right" : "left",
      yref: "paper",
      y: 1,
      yanchor: "top",
      yshift: -20 * at,
      text: `<b>${text}</b>`,
      showarrow: false,
      font: { size: 11, color: picked ? tokens.onAccent : tokens.accent },
      bgcolor: picked ? tokens.accent : tokens.accentSoft,
      bordercolor: tokens.accent,
      borderpad: 3,
      borderwidth: 1,
    });
  }
  return { shapes, annotations };
}

/** Stages: the first of several is coarse and stands on grey, each has its name at the foot of the Loss pane. */
function stages(spec: PaneSpec, scene: Scene, [x0, x1]: [number, number], width: number): Mark {
  const { curves, settings, status, tokens } = scene;
  const found = (status?.events ?? []).filter((e) => e.kind === "stage");
  const starts = found.map((e) => Math.max(0, curves.place(e.step, settings.across)));
  const shapes: Partial<Shape>[] = [];
  const annotations: Partial<Annotations>[] = [];
  for (const [i, event] of found.entries()) {
    const from = i === 0 ? Math.min(0, starts[0] as number) : (starts[i] as number);
    const to = starts[i + 1] ?? Number.POSITIVE_INFINITY;
    if (to <= x0 || from >= x1) continue;
    const base = { yref: "paper" as const, y0: 0, y1: 1, layer: "below" as const };
    if (found.length > 1 && i === 0)
      shapes.push({
        type: "rect",
        x0: from,
        x1: Math.min(to, x1),
        ...base,
        fillcolor: tokens.sunken,
        line: { width: 0 },
      });
    if (i > 0)
      shapes.push({ type: "line", x0: from, x1: from, ...base, line: { color: tokens.line2, width: 1 } });
    const room = ((Math.min(to, x1) - Math.max(from, x0)) / (x1 - x0)) * width;
    if (spec.id !== "loss" || room < 60) continue;
    const letters = Math.floor(room / CHARACTER) - 2;
    const text = event.text.length > letters ? `${event.text.slice(0, letters - 1)}…` : event.text;
    annotations.push({
      x: Math.max(from, x0),
      xanchor: "left",
      xshift: 4,
      yref: "paper",
      y: 0,
      yanchor: "bottom",
      text: text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
      showarrow: false,
      font: { size: 11, color: tokens.ink2 },
    });
  }
  return { shapes, annotations };
}

function triangle(x: number, colour: string): Partial<Shape> {
  const shape = {
    type: "path",
    xref: "x",
    yref: "paper",
    xsizemode: "pixel",
    ysizemode: "pixel",
    xanchor: x,
    yanchor: 1,
    path: "M-4,0L4,0L0,-6Z",
    fillcolor: colour,
    line: { width: 0 },
  };
  return shape as Partial<Shape>;
}
