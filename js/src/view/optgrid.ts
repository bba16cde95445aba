/** The grid of tasks and resources: every cell a text field, faults at the cell. The kernel judges; nothing is parsed here. */

import { fill, h, headRow, on, setText } from "./dom";
import { icon } from "./icons";
import type { Fault, FormMessage, TableData, ToKernel } from "./opttypes";

export interface TaskGrid {
  readonly element: HTMLElement;
  update(message: FormMessage): void;
}

/** "2 5" as machine and duration, or null: then the text is shown as it was typed. */
export function operation(text: string): readonly [string, string] | null {
  const found = /^m?\s*(\d+)[\s,:;x×]+(\d+)$/i.exec(text.trim());
  return found ? [`m${found[1]}`, found[2] as string] : null;
}

/** "job 3" of a row or column is "job". */
const noun = (name: string | undefined): string => (name ?? "row").replace(/ ?\d+$/, "");

export function taskGrid(send: (message: ToKernel) => void, signal: AbortSignal): TaskGrid {
  const tabs = h("div", { class: "ql-opt-tabs", role: "tablist", "aria-label": "Tables" });
  const scroll = h("div", { class: "ql-opt-scroll" });
  const tools = h("div", { class: "ql-opt-tools" });
  const hint = h("p", { class: "cap" });
  const faults = h("div", { class: "ql-opt-faults", role: "alert" });
  const element = h("div", { class: "ql-opt-grid" }, tabs, scroll, hint, tools, faults);
  let message: FormMessage | undefined;
  let shown: string | undefined; // table
  let built = "";
  let inputs: HTMLInputElement[][] = [];
  let row = -1; // where the caret was last

  const table = (): TableData | undefined =>
    message?.form?.tables.find((t) => t.id === shown) ?? message?.form?.tables[0];

  function edit(change: string, at: { row?: number; column?: number; text?: string }): void {
    const t = table();
    if (t) send({ type: "edit", change, table: t.id, ...at });
  }

  function cell(t: TableData, r: number, c: number): HTMLElement {
    const input = h("input", {
      type: "text",
      spellcheck: "false",
      autocomplete: "off",
      "aria-label": `${t.names[r]}, ${t.columns[c]}`,
      dataset: { r, c },
    });
    const face = t.kind === "operation" ? h("span", { class: "ql-opt-face", "aria-hidden": "true" }) : null;
    const line = inputs[r] ?? [];
    line[c] = input;
    inputs[r] = line;
    return h("td", null, input, face);
  }

  function build(t: TableData): void {
    inputs = [];
    const wide = t.kind === "operation";
    const head = t.columns.map((name, c) => h("th", { scope: "col", title: name }, wide ? String(c) : name));
    const body = t.names.map((name, r) =>
      h(
        "tr",
        null,
        h(
          "th",
          { scope: "row", class: "ql-opt-row", title: name },
          wide && h("i", { style: `background:var(--ql-s${(r % 8) + 1})` }),
          wide ? `j${r}` : name,
        ),
        t.columns.map((_, c) => cell(t, r, c)),
      ),
    );
    fill(
      scroll,
      h(
        "table",
        { class: `ql-opt-cells ${t.kind}`, "aria-label": t.title },
        headRow(h("td"), head),
        h("tbody", null, body),
      ),
    );
  }

  function dress(t: TableData, wrong: readonly Fault[]): void {
    const active = document.activeElement;
    for (const [r, line] of inputs.entries())
      for (const [c, input] of line.entries()) {
        const text = t.rows[r]?.[c] ?? "";
        if (input !== active || input.dataset.sent === "1") input.value = text;
        delete input.dataset.sent;
        const fault = wrong.find((f) => f.table === t.id && f.row === r && f.column === c);
        input.setAttribute("aria-invalid", String(fault !== undefined));
        input.title = fault ? `${fault.message}. ${fault.cure}` : "";
        const face = input.nextElementSibling;
        if (!face) continue;
        const parts = operation(text);
        fill(face, parts ? [h("em", null, parts[0]), h("b", null, parts[1])] : h("b", null, text));
      }
  }

  function control(t: TableData): void {
    const one = noun(t.names[0]);
    const at = row >= 0 && row < t.names.length ? row : t.names.length - 1;
    const other = noun(t.columns[0]);
    const button = (label: string, glyph: "plus" | "minus", act: () => void, off = false): HTMLElement => {
      const made = h("button", { class: "ql-btn quiet", type: "button", disabled: off }, icon(glyph), label);
      made.addEventListener("click", act); // ends with the button
      return made;
    };
    const rows = ["rows", "both"].includes(t.grow) && [
      button(`Add ${one}`, "plus", () => edit("add row", { row: t.names.length })),
      button(`Remove ${t.names[at]}`, "minus", () => edit("drop row", { row: at }), t.names.length < 2),
    ];
    const columns = t.grow === "both" && [
      button(`Add ${other}`, "plus", () => edit("add column", {})),
      button(`Remove ${t.columns.at(-1)}`, "minus", () => edit("drop column", {}), t.columns.length < 2),
    ];
    const held = tools.contains(document.activeElement)
      ? [...tools.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement)
      : -1;
    fill(tools, rows || null, columns || null);
    if (held >= 0) tools.querySelectorAll("button")[held]?.focus();
  }

  function tell(wrong: readonly Fault[]): void {
    const first = wrong[0];
    if (!first) {
      fill(faults);
      return;
    }
    const words = h(
      "span",
      { class: "grow" },
      h("b", null, sentence(first.message)),
      ` ${sentence(first.cure)}`,
    );
    const rest =
      wrong.length > 1
        ? h(
            "span",
            { class: "cap" },
            `${wrong.length - 1} more ${wrong.length === 2 ? "cell is" : "cells are"} wrong.`,
          )
        : null;
    const go = first.table && h("button", { class: "ql-btn", type: "button" }, "Go to cell");
    if (go)
      go.addEventListener("click", () => {
        shown = first.table ?? shown;
        if (message) update(message);
        inputs[first.row]?.[first.column]?.focus();
      });
    fill(faults, h("div", { class: "ql-note err" }, icon("warn"), h("div", null, words, rest, go)));
  }

  function showTabs(all: readonly TableData[], wrong: readonly Fault[]): void {
    tabs.hidden = all.length < 2;
    const key = JSON.stringify([all.map((t) => t.title), wrong.map((f) => f.table), table()?.id]);
    if (tabs.dataset.key === key) return;
    const focused = tabs.contains(document.activeElement);
    tabs.dataset.key = key;
    fill(
      tabs,
      all.map((t) => {
        const active = t.id === table()?.id;
        const button = h(
          "button",
          { type: "button", role: "tab", "aria-selected": String(active), tabindex: active ? 0 : -1 },
          t.title,
          wrong.some((f) => f.table === t.id) && icon("warn", "has a fault"),
        );
        button.addEventListener("click", () => choose(t.id));
        return button;
      }),
    );
    if (focused) tabs.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
  }

  function choose(id: string): void {
    shown = id;
    row = -1;
    if (message) update(message);
  }

  on(
    tabs,
    "keydown",
    (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const all = message?.form?.tables ?? [];
      const next =
        all[
          (all.findIndex((t) => t.id === table()?.id) + (step ?? 0) + all.length) % Math.max(1, all.length)
        ];
      if (step === undefined || !next) return;
      event.preventDefault();
      event.stopPropagation();
      choose(next.id);
    },
    signal,
  );

  const place = (target: EventTarget | null): [number, number, HTMLInputElement] | null =>
    target instanceof HTMLInputElement && target.dataset.r !== undefined
      ? [Number(target.dataset.r), Number(target.dataset.c), target]
      : null;
  on(
    scroll,
    "change",
    (event) => {
      const at = place(event.target);
      if (!at) return;
      at[2].dataset.sent = "1";
      edit("cell", { row: at[0], column: at[1], text: at[2].value });
    },
    signal,
  );
  on(
    scroll,
    "focusin",
    (event) => {
      const at = place(event.target);
      const t = table();
      if (!at || !t) return;
      at[2].select();
      if (at[0] !== row) {
        row = at[0];
        control(t);
      }
    },
    signal,
  );
  on(
    scroll,
    "keydown",
    (event) => {
      const at = place(event.target);
      const t = table();
      if (!at || !t) return;
      const [r, c, input] = at;
      event.stopPropagation(); // typing is no command of the notebook
      const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
      const move = (dr: number, dc: number): void => {
        const next = inputs[r + dr]?.[c + dc];
        event.preventDefault();
        if (next) next.focus();
        else if (event.key === "Enter") {
          input.blur(); // commits
          input.focus();
        }
      };
      if (event.key === "Enter") move(event.shiftKey ? -1 : 1, 0);
      else if (event.key === "ArrowDown") move(1, 0);
      else if (event.key === "ArrowUp") move(-1, 0);
      else if (event.key === "ArrowRight" && (whole || input.selectionStart === input.value.length))
        move(0, 1);
      else if (event.key === "ArrowLeft" && (whole || input.selectionEnd === 0)) move(0, -1);
      else if (event.key === "Escape") {
        input.value = t.rows[r]?.[c] ?? "";
        input.select();
      }
    },
    signal,
  );

  function update(next: FormMessage): void {
    message = next;
    const t = table();
    element.hidden = t === undefined;
    if (!t || !next.form) return;
    const now = JSON.stringify([next.form.kind, t.id, t.kind, t.columns, t.names]);
    if (now !== built) {
      const active = place(document.activeElement);
      build(t);
      built = now;
      if (active) inputs[Math.min(active[0], inputs.length - 1)]?.[active[1]]?.focus();
    }
    dress(t, next.faults);
    setText(hint, t.hint);
    showTabs(next.form.tables, next.faults);
    control(t);
    tell(next.faults);
  }
  return { element, update };
}

/** A message as a sentence: a capital in front, one full stop. */
export function sentence(text: string): string {
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}
