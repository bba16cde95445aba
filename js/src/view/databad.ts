/** The report of rows that were left out on reading. Everything of the file is shown as text. */

import type { BadMessage, BadRow, Dataset } from "./datatypes";
import { fill, h, on, setText } from "./dom";
import { plural, thousands } from "./format";
import { icon } from "./icons";
import { copyButton } from "./panelparts";

const LONGEST = 60;
const MORE = 200;

export interface BadRowsEvents {
  /** Further rows of the report. */
  more(from: number, n: number): void;
  download(): void;
}

export interface BadRows {
  readonly element: HTMLElement;
  update(dataset: Dataset): void;
  receive(message: BadMessage): void;
}

export function badRows(events: BadRowsEvents, signal: AbortSignal): BadRows {
  const title = h("h2");
  const kinds = h("span", { class: "cap" });
  const body = h("tbody");
  const rest = h("button", { type: "button", class: "ql-btn quiet" });
  const copy = copyButton("ds.bad_rows", () => "ds.bad_rows", signal, "quiet mono");
  copy.title = "Copy: the report as a DataFrame";
  copy.prepend(icon("copy"));
  const get = h("button", { type: "button", class: "ql-btn quiet" }, icon("download"), "CSV");
  get.setAttribute("aria-label", "Download the bad rows as CSV");
  const head = h(
    "tr",
    null,
    h("th", { class: "n" }, "line"),
    ["column", "kind", "text"].map((t) => h("th", null, t)),
  );
  const table = h("table", null, h("thead", null, head), body);
  const box = h(
    "div",
    { class: "ql-data-badtable", tabindex: 0, role: "region", "aria-label": "Bad rows" },
    table,
    rest,
  );
  const element = h(
    "section",
    { class: "ql-data-badrows", hidden: true, tabindex: -1 },
    h(
      "div",
      { class: "row between" },
      h("div", { class: "row" }, h("span", { class: "ql-data-warn" }, icon("warn")), title, kinds),
      h("div", { class: "row" }, copy, get),
    ),
    box,
  );
  let key = "";
  let shown = 0;
  let total = 0;
  let counts = new Map<string, number>();

  on(rest, "click", () => events.more(shown, MORE), signal);
  on(get, "click", events.download, signal);
  function add(rows: readonly BadRow[]): void {
    shown += rows.length;
    for (const [, , kind] of rows) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    body.append(...rows.map(line));
    setText(rest, `Show ${thousands(Math.min(MORE, total - shown))} more of ${thousands(total)}`);
    rest.hidden = shown >= total;
    const list = [...counts].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} × ${thousands(n)}`);
    const some = list.slice(0, 3).join(", ") + (list.length > 3 ? ", …" : "");
    setText(kinds, shown < total ? `of the first ${thousands(shown)}: ${some}` : some);
  }

  return {
    element,
    update({ key: next, bad }) {
      element.hidden = bad.total === 0;
      if (next === key && bad.total === total) return;
      key = next;
      total = bad.total;
      shown = 0;
      counts = new Map();
      fill(body);
      const faults = bad.total === bad.lines ? "" : `, ${plural(bad.total, "fault")}`;
      setText(title, `${plural(bad.lines, "bad row")} left out${faults}`);
      add(bad.rows);
    },
    receive(message) {
      if (message.key === key && message.from === shown) add(message.rows);
    },
  };
}

function line([number, column, kind, text]: BadRow): HTMLElement {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return h(
    "tr",
    null,
    h("td", { class: "n mono" }, thousands(number)),
    h("td", { class: "mono" }, column),
    h("td", null, kind),
    h("td", { class: "mono", title: text }, short),
  );
}
