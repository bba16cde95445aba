/** Parts of the list of stored runs that know nothing of it: its table, what an empty one says, a field to type into. */

import { h, headRow, on } from "./dom";
import { plural } from "./format";
import { icon } from "./icons";
import { copyButton } from "./panelparts";
import { HEADS } from "./runsrows";

const CALL = "run = qlab.train(circuit, features)";

export function runsTable(body: HTMLElement): HTMLElement {
  const kind = (i: number): string => (i < 2 ? "" : i === 2 ? "num" : i < 5 ? "num ql-w-mid" : "ql-w-wide");
  return h(
    "table",
    { class: "ql-runs-table", "aria-label": "Stored runs" },
    headRow(
      h("th", { scope: "col" }, h("span", { class: "ql-sr" }, "Select")),
      HEADS.map((name, i) => h("th", { scope: "col", class: kind(i) }, name)),
      h("th", { scope: "col" }, h("span", { class: "ql-sr" }, "More")),
    ),
    body,
  );
}

/** What stands in place of no rows; `hidden` runs are there that the search leaves out. */
export function noRuns(hidden: number, showAll: () => void, signal: AbortSignal): Node[] {
  if (hidden > 0) {
    const clear = h("button", { type: "button", class: "ql-btn" }, "Show all runs");
    on(clear, "click", showAll, signal);
    return [
      h("h2", null, "No run fits"),
      h("p", { class: "sub" }, `${plural(hidden, "run")} in all.`),
      clear,
    ];
  }
  return [
    h("h2", null, "No run yet"),
    h("p", { class: "sub" }, "Each run of qlab.train is kept and listed here."),
    h("code", null, CALL),
    copyButton("Copy the call", () => CALL, signal),
  ];
}

export function faultBox(text: string, cure: string): HTMLElement {
  const sentence = (s: string): string =>
    s ? `${s.charAt(0).toUpperCase()}${s.slice(1).replace(/\.$/, "")}. ` : "";
  return h(
    "div",
    { class: "ql-note err", role: "alert" },
    icon("warn"),
    h("span", { class: "grow" }, sentence(text), sentence(cure)),
  );
}

/** Code that the reader runs where this host can't. */
export function codeBox(code: string, shut: () => void, signal: AbortSignal): HTMLElement {
  const close = h("button", { type: "button", class: "ql-btn quiet", "aria-label": "Close" }, icon("close"));
  close.addEventListener("click", shut); // ends with the button
  return h(
    "div",
    { class: "ql-runs-code" },
    h("pre", { tabindex: 0 }, code),
    copyButton("Copy", () => code, signal),
    close,
  );
}

export interface Entry {
  readonly about: string;
  readonly holder: string;
  readonly longest: number;
  readonly value: string;
  readonly offers?: readonly string[];
}

/** A field that is kept by Enter and left by Escape; `list` holds what it offers. */
export function entryField(
  entry: Entry,
  keep: (text: string) => void,
  stop: () => void,
  signal: AbortSignal,
): { field: HTMLInputElement; list: HTMLElement } {
  const id = `ql-offers-${crypto.randomUUID()}`;
  const list = h(
    "datalist",
    { id },
    (entry.offers ?? []).map((text) => h("option", { value: text })),
  );
  const field = h("input", {
    class: "ql-field grow",
    type: "text",
    maxlength: entry.longest,
    placeholder: entry.holder,
    "aria-label": entry.about,
    value: entry.value,
    ...(entry.offers ? { list: id } : {}),
  });
  on(
    field,
    "keydown",
    (event) => {
      event.stopPropagation();
      if (event.key === "Enter") keep(field.value.trim());
      else if (event.key === "Escape") stop();
    },
    signal,
  );
  return { field, list };
}

export function choiceOf(label: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
  return h(
    "select",
    { class: "ql-field", "aria-label": label },
    options.map(([value, text]) => h("option", { value }, text)),
  );
}
