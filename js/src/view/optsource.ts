/** Where a problem comes from: a template or the path of an instance file; and the page shown before there is one. */

import { h, on } from "./dom";
import { icon } from "./icons";
import { sentence } from "./optgrid";
import type { FormMessage, Refusal, ToKernel } from "./opttypes";

const TILES: readonly (readonly [string, string, string])[] = [
  ["job_shop", "Job shop", "Jobs visit machines in order; shortest makespan"],
  ["rcpsp", "Project with resources", "Tasks that wait and share; shortest makespan"],
  ["assignment", "Assignment", "A place for each task at least cost"],
  ["gap", "Allocation with capacities", "Jobs to agents who can take only so much"],
  ["knapsack", "Knapsack", "The most valuable items that fit"],
  ["maxcut", "Max-cut", "Two sides with most weight between them"],
  ["number_partition", "Number partition", "Two heaps of equal sum"],
];

export interface Source {
  readonly element: HTMLElement;
  readonly blank: HTMLElement;
  update(form: FormMessage): void;
  refuse(error: Refusal | null): void;
}

export function source(send: (message: ToKernel) => void, signal: AbortSignal): Source {
  const notes: HTMLElement[] = [];
  const inputs: HTMLInputElement[] = [];
  const path = (): HTMLElement[] => {
    const note = h("div", { role: "alert" });
    const input = h("input", {
      class: "ql-field",
      type: "text",
      spellcheck: "false",
      placeholder: "Path of an instance file, such as ft06.txt",
      "aria-label": "Path of an instance file",
    });
    const open = h("button", { class: "ql-btn", type: "button" }, icon("upload"), "Open");
    const go = (): void => send({ type: "read", path: input.value });
    on(open, "click", go, signal);
    on(
      input,
      "keydown",
      (event) => {
        event.stopPropagation();
        if (event.key === "Enter") go();
      },
      signal,
    );
    notes.push(note);
    inputs.push(input);
    return [h("div", { class: "ql-opt-path" }, input, open), note];
  };
  const tiles = TILES.map(([kind, name, text]) => {
    const tile = h("button", { type: "button" }, h("b", null, name), h("span", null, text));
    on(tile, "click", () => send({ type: "template", kind }), signal);
    return tile;
  });
  const blank = h(
    "div",
    { class: "ql-opt-blank" },
    h("h2", null, "What is to be optimised?"),
    h("p", { class: "sub" }, "Take a template and put your own figures in, or open an instance file."),
    h("div", { class: "ql-opt-tiles" }, tiles),
    path(),
  );
  const select = h("select", { class: "ql-field", "aria-label": "Template" });
  on(select, "change", () => select.value && send({ type: "template", kind: select.value }), signal);
  const reset = h(
    "button",
    {
      class: "ql-btn quiet icon",
      type: "button",
      title: "The example again",
      "aria-label": "The example again",
    },
    icon("refresh"),
  );
  on(
    reset,
    "click",
    () => select.value && send({ type: "template", kind: select.value, anew: true }),
    signal,
  );
  const element = h(
    "div",
    { class: "ql-opt-from" },
    h("div", { class: "row between" }, h("h2", null, "Problem"), reset),
    h("span", { class: "ql-opt-pick" }, select, icon("chevron")),
    path(),
  );
  return {
    element,
    blank,
    update(form) {
      if (select.options.length === 0)
        select.append(
          ...form.templates.map(({ kind, title }) => h("option", { value: kind }, title)),
          h("option", { value: "", hidden: true }, "From a file"),
        );
      const known = form.form && form.form.tables.length > 0;
      select.value = known ? (form.form?.kind ?? "") : "";
      reset.disabled = !known;
    },
    refuse(error) {
      for (const [k, note] of notes.entries()) {
        inputs[k]?.setAttribute("aria-invalid", String(error !== null));
        note.replaceChildren();
        if (error)
          note.append(
            h(
              "div",
              { class: "ql-note err" },
              icon("warn"),
              h(
                "div",
                null,
                h("b", null, sentence(error.message)),
                error.cure ? ` ${sentence(error.cure)}` : null,
              ),
            ),
          );
      }
    },
  };
}
