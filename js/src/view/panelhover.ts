/** One line through all panes and one tooltip in the pane under the pointer. Reads curves, changes nothing. */

import { nearest } from "../stream/bucket";
import { fill, h } from "./dom";
import { thousands } from "./format";
import { leadCurve, runColor, type Scene } from "./panefigure";
import { figureText } from "./panelwords";
import type { PlotPane } from "./paneplot";

export interface Hover {
  readonly element: HTMLElement;
  at(pane: PlotPane, x: number | null): void;
  step(pane: PlotPane, by: number): void;
  /** Puts the line at a step without a tooltip, until the pointer comes. */
  pin(step: number): void;
  refresh(): void;
  /** The step the line is at, null when there is none. */
  cursor(): number | null;
}

/** Rows of other runs a tooltip holds. */
const OTHERS = 10;

/** The values of the other runs at this place, the least first. */
function overlaid(pane: PlotPane, { others, settings, tokens }: Scene, x: number): HTMLElement[] {
  const found = others.flatMap((other) => {
    const curve = leadCurve(pane.spec, other.curves);
    const xs = other.curves.x(settings.across);
    if (!curve || xs.length === 0 || x > (xs.at(-1) as number) || x < (xs[0] as number)) return [];
    const value = other.curves.at(curve, nearest(xs, x));
    return Number.isFinite(value) ? [{ other, value }] : [];
  });
  found.sort((a, b) => a.value - b.value);
  const rows = found.slice(0, OTHERS).map(({ other, value }) => {
    const style = `background:${runColor(tokens, other.color)}`;
    const name = h("span", { class: "ql-elide" }, other.name || other.id);
    return h("div", { class: "ql-tip-row" }, h("i", { style }), name, h("b", null, figureText(value)));
  });
  if (found.length > OTHERS) rows.push(h("div", { class: "cap" }, `${found.length - OTHERS} more runs`));
  return rows;
}

export function hover(panes: () => readonly PlotPane[], scene: () => Scene): Hover {
  const element = h("div", { class: "ql-tip ql-panel-tip", role: "status", hidden: true });
  let row = -1;
  let owner: PlotPane | null = null;
  /** Where the pointer is past the last row of the current run, and other runs go on. */
  let beyond: number | null = null;
  let last: number | null = null;

  function show(): void {
    const now = scene();
    const xs = now.curves.x(now.settings.across);
    if (row >= xs.length) row = xs.length - 1;
    const x = row < 0 ? null : (beyond ?? (xs[row] as number));
    if (row >= 0) last = now.curves.columns.column("step")[row] ?? last;
    let left = 0;
    for (const pane of panes()) {
      const main = pane.spec.curves.at(-1);
      const place = pane.line(
        now,
        x,
        row < 0 || !main || beyond !== null ? Number.NaN : now.curves.at(main, row),
      );
      if (pane === owner) left = place;
    }
    element.hidden = row < 0 || owner === null;
    if (owner && row >= 0) tip(owner, now, left);
  }

  function tip(pane: PlotPane, now: Scene, left: number): void {
    const { curves, settings, status, tokens } = now;
    const { columns } = curves;
    const step = columns.column("step")[row] ?? 0;
    const epoch = columns.column("epoch")[row];
    const rest = settings.across === "time" ? `, ${figureText(columns.column("time")[row] ?? 0)} s` : "";
    const lines = (beyond === null ? [...pane.spec.curves].reverse() : []).map((curve) => {
      const value = curves.at(curve, row);
      const colour = `background:${runColor(tokens, now.own.color)};opacity:${curve.style === "val" || pane.spec.curves.length < 3 ? 1 : 0.45}`;
      const word =
        curve.style === "raw"
          ? `${curve.label}, this step`
          : curve.style === "smooth" && pane.spec.curves.some((c) => c.style === "raw")
            ? `${curve.label}, smoothed`
            : curve.label;
      const text = `${figureText(value)}${Number.isFinite(value) ? (pane.spec.suffix ?? "") : ""}`;
      return h("div", { class: "ql-tip-row" }, h("i", { style: colour }), word, h("b", null, text));
    });
    const done = status?.events
      .filter((e) => e.step === step)
      .map((e) => h("div", { class: "ql-tip-event" }, e.text));
    const far = beyond === null ? null : `${settings.across} ${figureText(beyond).replace(/\.?0+$/, "")}`;
    fill(
      element,
      h("b", null, far ?? `step ${thousands(step)}`),
      far || epoch === undefined ? "" : `, epoch ${thousands(epoch)}`,
      far ? "" : rest,
      lines,
      overlaid(pane, now, beyond ?? curves.x(settings.across)[row] ?? 0),
      done,
    );
    const box = pane.body.getBoundingClientRect();
    const frame = (element.offsetParent ?? pane.body).getBoundingClientRect();
    const scroll = (element.offsetParent as HTMLElement | null)?.scrollTop ?? 0;
    const x = box.left - frame.left + left;
    const wide = element.offsetWidth;
    const room = frame.width - 4;
    const at = x + 14 + wide > room ? x - 14 - wide : x + 14;
    element.style.left = `${Math.max(4, at)}px`;
    element.style.top = `${box.top - frame.top + scroll + Math.min(48, box.height / 4)}px`;
  }

  return {
    element,
    at(pane, x) {
      const { curves, settings, others } = scene();
      const far = x !== null && others.length > 0 && x > (curves.x(settings.across).at(-1) ?? 0);
      beyond = far ? x : null;
      owner = x === null ? null : pane;
      row = x === null ? -1 : nearest(curves.x(settings.across), x);
      show();
    },
    step(pane, by) {
      const n = scene().curves.columns.n;
      if (n === 0) return;
      owner = pane;
      beyond = null;
      row = Math.min(n - 1, Math.max(0, (row < 0 ? n - 1 : row) + by));
      show();
    },
    pin(step) {
      owner = null;
      beyond = null;
      row = nearest(scene().curves.columns.column("step"), step);
      show();
    },
    refresh() {
      if (row >= 0) show();
    },
    cursor: () => last,
  };
}
