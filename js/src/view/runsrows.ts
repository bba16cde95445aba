/** Stored runs as they come from the kernel, and as rows of a table. Draws; asks nothing. */

import { type Child, h } from "./dom";
import { thousands } from "./format";
import { icon } from "./icons";
import { figureText, PILLS, type Shown, span } from "./panelwords";

/** A row of the answer to `{type: "runs"}` (qlab/training/runs_list.py:row_of). */
export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly created: number;
  readonly step: number;
  readonly total: number;
  readonly elapsed: number;
  readonly loss: number | null;
  readonly val_loss: number | null;
  readonly figure: string;
  readonly val: number | null;
  readonly test: number | null;
  readonly optimizer: string | null;
  readonly lr: number | null;
  readonly batch: number | null;
  readonly data: string;
  readonly parent: string | null;
  readonly parent_step: number | null;
  readonly error: string | null;
  readonly tags: readonly string[];
  readonly note: string;
}

export const isLive = (row: RunRow): boolean =>
  row.state === "running" || row.state === "paused" || row.state === "waiting";

/** A run that ended before its last step can go on. */
export const canResume = (row: RunRow): boolean =>
  row.state === "stopped" || row.state === "failed" || row.state === "interrupted";

/** "14:02", "Mon 14:02", "23 Nov 2026": as short as is unmistakable. */
export function when(seconds: number, now: number): string {
  if (!(seconds > 0)) return "–";
  const at = new Date(seconds * 1000);
  const today = new Date(now);
  const two = (n: number): string => String(n).padStart(2, "0");
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === today.toDateString()) return clock;
  const days = (now - at.getTime()) / 86_400_000;
  if (days < 6) return `${["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][at.getDay()]} ${clock}`;
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const year = at.getFullYear() === today.getFullYear() ? "" : ` ${at.getFullYear()}`;
  return `${at.getDate()} ${months[at.getMonth()]}${year}`;
}

const figure = (value: number | null): string => (value === null ? "–" : figureText(value));

export const HEADS = ["Run", "State", "Val loss", "Test", "Rate", "Optimizer", "Data", "Started"] as const;

const pillOf = (state: string): (typeof PILLS)[Shown] => PILLS[state as Shown] ?? { word: state, kind: "" };

/** One run as a table row; `checked` by the reader, `menu` opens what can be done. */
export function runRow(row: RunRow, checked: boolean, now: number): HTMLTableRowElement {
  const pill = pillOf(row.state);
  const share = row.total > 0 ? Math.min(100, (100 * row.step) / row.total) : 0;
  const steps =
    row.step === row.total ? thousands(row.step) : `${thousands(row.step)} of ${thousands(row.total)}`;
  const from = row.parent ? `, branch of ${row.parent} at step ${thousands(row.parent_step ?? 0)}` : "";
  const under: Child[] = [
    h("span", { class: "mono" }, row.id),
    row.tags.map((tag) => h("button", { type: "button", class: "ql-tag", dataset: { tag } }, tag)),
    row.note && h("span", { class: "ql-run-note ql-elide", title: row.note }, row.note),
    row.error && h("span", { class: "ql-run-error ql-elide", title: row.error }, row.error),
  ];
  const cell = (text: string, cls = ""): HTMLElement => h("td", { class: cls }, text);
  return h(
    "tr",
    { dataset: { run: row.id }, class: checked ? "on" : "" },
    h(
      "td",
      { class: "ql-run-check" },
      h("input", { type: "checkbox", checked, "aria-label": `Select ${row.name}, ${row.id}` }),
    ),
    h(
      "td",
      { class: "ql-run-main" },
      h(
        "button",
        {
          type: "button",
          class: "ql-run-name",
          title: `Open the panel of ${row.id}${from}`,
          "aria-label": `${row.name}, ${row.id}, ${pill.word.toLowerCase()}, step ${steps}: open its panel`,
        },
        row.name || row.id,
      ),
      h("div", { class: "cap ql-run-under" }, under),
    ),
    h(
      "td",
      { class: "ql-run-state" },
      h(
        "span",
        { class: `ql-pill ${pill.kind}` },
        pill.icon ? icon(pill.icon) : h("i", { class: pill.pulse ? "ql-pulse" : "" }),
        pill.word,
      ),
      h("span", { class: "cap" }, `step ${steps}`),
      isLive(row) && h("span", { class: "ql-run-bar" }, h("i", { style: `width:${share}%` })),
    ),
    cell(figure(row.val_loss), "num"),
    cell(figure(row.test), "num ql-w-mid"),
    cell(row.lr === null ? "–" : String(Number(row.lr.toPrecision(3))), "num ql-w-mid"),
    cell(row.optimizer ?? "–", "ql-w-wide"),
    cell(row.data || "–", "ql-w-wide ql-elide"),
    h("td", { class: "ql-w-wide", title: `took ${span(row.elapsed)}` }, when(row.created, now)),
    h(
      "td",
      { class: "ql-run-more" },
      h(
        "button",
        {
          type: "button",
          class: "ql-btn quiet ql-more",
          "aria-label": `${row.name}, ${row.id}: more`,
          "aria-haspopup": "menu",
          "aria-expanded": "false",
        },
        icon("more"),
      ),
    ),
  );
}
