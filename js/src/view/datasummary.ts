/** The line of figures above the cards, with the filter and *Copy as code*; and the foot. */

import { faultNote } from "./datasource";
import type { Dataset, Fault } from "./datatypes";
import { fill, h, on } from "./dom";
import { bytes, duration, thousands } from "./format";
import { icon } from "./icons";
import { copyButton } from "./panelparts";

export interface Summary {
  readonly element: HTMLElement;
  readonly foot: HTMLElement;
  update(dataset: Dataset): void;
  /** So many rows pass while a brush is dragged; null: as the dataset says. */
  passing(rows: number | null): void;
  code(text: string): void;
  fail(fault: Fault | null): void;
}

export interface SummaryEvents {
  filter(condition: string): void;
  toBadRows(): void;
}

export function summary(events: SummaryEvents, signal: AbortSignal): Summary {
  const figures = h("div", { class: "ql-data-figures" });
  const input = h("input", {
    type: "text",
    "aria-label": "Filter rows",
    spellcheck: "false",
    autocomplete: "off",
  });
  const clear = h(
    "button",
    { type: "button", class: "ql-data-clear", "aria-label": "Clear the filter", hidden: true },
    icon("close"),
  );
  const field = h("label", { class: "ql-field ql-data-filter" }, icon("search"), input, clear);
  const copy = copyButton("Copy as code", () => text, signal);
  copy.prepend(icon("code"));
  const note = h("div", { class: "ql-data-note" });
  const foot = h("div", { class: "ql-foot" });
  const passed = h("div");
  let text = "";
  let condition = "";
  let data: Dataset | undefined;

  const apply = (next: string): void => {
    if (next !== condition) events.filter(next);
    else fill(note);
  };
  function count(rows: number): void {
    const total = data?.total ?? rows;
    const words = rows === total ? (rows === 1 ? "row" : "rows") : `rows of ${thousands(total)}`;
    fill(passed, h("b", null, thousands(rows)), ` ${words}`);
  }
  on(
    input,
    "keydown",
    (event) => {
      if (event.key === "Escape" && (input.value || condition)) {
        event.stopPropagation();
        input.value = "";
        apply("");
      } else if (event.key === "Enter") {
        event.preventDefault();
        apply(input.value.trim());
      }
    },
    signal,
  );
  on(
    clear,
    "click",
    () => {
      input.value = "";
      apply("");
    },
    signal,
  );
  return {
    element: h("div", null, h("div", { class: "ql-data-sum" }, figures, field, copy), note),
    foot,
    update(dataset) {
      const moved = dataset.key !== data?.key || dataset.condition !== condition;
      if (moved || dataset.rows !== data?.rows) fill(note);
      data = dataset;
      condition = dataset.condition;
      if (moved || input.value.trim() === condition) input.value = condition; // a refused condition stays to be mended
      clear.hidden = condition === "";
      const name = dataset.columns.find((c) => c.type === "int" || c.type === "float");
      input.placeholder = name
        ? `Filter rows, as in ${name.name} > ${middle(name.low, name.high)}`
        : "Filter rows";
      count(dataset.rows);
      const bad = h(
        "button",
        { type: "button", class: "ql-data-bad" },
        icon("warn"),
        h("b", null, thousands(dataset.bad.lines)),
        dataset.bad.lines === 1 ? "bad row" : "bad rows",
      );
      bad.addEventListener("click", () => events.toBadRows(), { signal });
      fill(
        figures,
        passed,
        figure(thousands(dataset.columns.length), dataset.columns.length === 1 ? "column" : "columns"),
        figure(bytes(dataset.bytes), dataset.mapped ? "mapped from disk" : "in memory"),
        dataset.missing > 0 && figure(thousands(dataset.missing), "cells missing"),
        dataset.bad.lines > 0 && bad,
      );
      fill(
        foot,
        h(
          "span",
          { class: "row" },
          h("span", { class: "ql-data-ok" }, icon("check")),
          dataset.seconds < 0.001 ? "read in under 1 ms" : `read in ${duration(dataset.seconds)}`,
        ),
        dataset.note && h("span", null, dataset.note),
        dataset.licence && h("span", { class: "end nowrap", title: dataset.licence }, dataset.licence),
      );
    },
    passing: (rows) => count(rows ?? data?.rows ?? 0),
    code(next) {
      text = next;
    },
    fail(fault) {
      fill(note, fault && faultNote(fault));
    },
  };
}

function figure(value: string, unit: string): HTMLElement {
  return h("div", null, h("b", null, value), ` ${unit}`);
}

function middle(low: number | null, high: number | null): string {
  if (low === null || high === null) return "0";
  return String(Number(((low + high) / 2).toPrecision(2)));
}
