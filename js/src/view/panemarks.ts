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

/** The chip of a step: "lr 0.05 → 0.02", "paused". A resumption is told by its pause. */
export function chip(events: readonly Intervention[]): string {
  const known = events.filter((e) => e.kind === "lr" || e.kind === "stop" || e.kind === "pause");
  const rates = known.filter((e) => e.kind === "lr");
  const first = rates[0];
  const last = rates.at(-1);
  const parts = known.filter((e) => e.kind !== "lr").map((e) => describe(e)[0]);
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
