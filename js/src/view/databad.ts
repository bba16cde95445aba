/** The report of rows that were left out on reading. Everything of the file is shown as text. */

import type { Dataset } from "./datatypes";
import { fill, h, setText } from "./dom";
import { plural, thousands } from "./format";
import { icon } from "./icons";

const LONGEST = 60;
const MOST = 50;

export interface BadRows {
  readonly element: HTMLElement;
  update(dataset: Dataset): void;
}

export function badRows(): BadRows {
  const title = h("h2");
  const body = h("tbody");
  const rest = h("p", { class: "cap" });
  const head = h(
    "tr",
    null,
    h("th", { class: "n" }, "line"),
    ["column", "kind", "text"].map((t) => h("th", null, t)),
  );
  const element = h(
    "section",
    { class: "ql-data-badrows", hidden: true },
    h(
      "div",
      { class: "row between" },
      h("div", { class: "row" }, h("span", { class: "ql-data-warn" }, icon("warn")), title),
      h("span", { class: "mono cap" }, "ds.bad_rows"),
    ),
    h("div", { class: "ql-data-badtable" }, h("table", null, h("thead", null, head), body)),
    rest,
  );
  return {
    element,
    update({ bad }) {
      element.hidden = bad.total === 0;
      if (bad.total === 0) return;
      setText(title, `${plural(bad.lines, "bad row")} left out`);
      fill(
        body,
        bad.rows
          .slice(0, MOST)
          .map(([line, column, kind, text]) =>
            h(
              "tr",
              null,
              h("td", { class: "n mono" }, thousands(line)),
              h("td", { class: "mono" }, column),
              h("td", null, kind),
              h(
                "td",
                { class: "mono", title: text },
                text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
              ),
            ),
          ),
      );
      const more = bad.total - Math.min(MOST, bad.rows.length);
      setText(rest, more > 0 ? `and ${thousands(more)} more` : "");
    },
  };
}
