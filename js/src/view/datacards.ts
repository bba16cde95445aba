/** The column cards: one a column, with its role. A click is passed on; what becomes of it is decided by the kernel. */

import { classColour, bars as drawBars, histogram } from "./datahist";
import { cellText } from "./datapage";
import type { Choice, Column, Dataset, Plan } from "./datatypes";
import { fill, h, on, setText } from "./dom";
import { number, percent, plural, thousands } from "./format";
import { icon } from "./icons";

export type Role = "x" | "y" | "off";

export interface CardEvents {
  toggle(column: string): void;
  target(column: string): void;
}

export interface Cards {
  readonly element: HTMLElement;
  show(dataset: Dataset, choice: Choice): void;
  update(choice: Choice, plan: Plan | null): void;
}

interface Card {
  readonly column: Column;
  readonly element: HTMLElement;
  readonly box: HTMLElement;
  readonly head: HTMLButtonElement;
  readonly chip: HTMLElement;
  readonly picture: HTMLElement;
  readonly foot: HTMLElement;
  role?: Role;
}

export function roleOf(column: string, choice: Choice): Role {
  if (column === choice.target) return "y";
  return choice.columns.includes(column) ? "x" : "off";
}

/** How many features a column becomes: one, or one a value for text of more than two. */
export function width(column: Column): number {
  return column.type === "text" && column.unique !== 2 ? Math.max(1, column.unique) : 1;
}

/** The label of the inputs a column feeds when nothing is reduced: "x[0]", "x[2…4]". */
export function inputs(column: string, choice: Choice, columns: readonly Column[]): string {
  if (choice.reduce !== null) return "feature";
  let from = 0;
  for (const name of choice.columns) {
    const about = columns.find((c) => c.name === name);
    const n = about ? width(about) : 1;
    if (name === column) return n === 1 ? `x[${from}]` : `x[${from}…${from + n - 1}]`;
    from += n;
  }
  return "feature";
}

export function cards(events: CardEvents, signal: AbortSignal): Cards {
  const grid = h("div", { class: "ql-data-cards", role: "group", "aria-label": "Columns" });
  const legend = h("div", { class: "ql-data-legend cap" });
  const element = h("div", null, grid, legend);
  let all: Card[] = [];
  let data: Dataset | undefined;

  function build(column: Column): Card {
    const box = h("span", { class: "ql-data-box", "aria-hidden": "true" });
    const head = h(
      "button",
      { type: "button", class: "ql-data-head" },
      box,
      h("b", { class: "ql-data-name", title: column.name }, column.name),
    );
    const chip = h("span", { class: "ql-tag" });
    const picture = h("div", { class: "ql-data-picture" });
    const foot = h("footer", { class: "cap" });
    const line = h(
      "div",
      { class: "ql-data-kind" },
      h("span", { class: "cap", title: kindOf(column) }, kindOf(column)),
      chip,
    );
    const card = h("article", { class: "ql-data-card" }, h("header", null, head), line, picture, foot);
    on(
      head,
      "click",
      (event) => (event.shiftKey ? events.target(column.name) : events.toggle(column.name)),
      signal,
    );
    return { column, element: card, box, head, chip, picture, foot };
  }

  function dress(card: Card, choice: Choice, dataset: Dataset): void {
    const role = roleOf(card.column.name, choice);
    const label =
      role === "x"
        ? inputs(card.column.name, choice, dataset.columns)
        : role === "y"
          ? "target y"
          : "not used";
    setText(card.chip, label);
    if (role !== card.role) {
      card.role = role;
      card.element.className = `ql-data-card ${role}`;
      card.chip.className = role === "x" ? "ql-tag x" : role === "y" ? "ql-tag y" : "ql-tag";
      fill(card.box, role === "x" && icon("check"));
      fill(card.picture, picture(card.column, role, dataset));
    }
    card.head.setAttribute("aria-pressed", String(role === "x"));
    card.head.setAttribute("aria-label", spoken(card.column, role, label));
    fill(card.foot, footer(card.column, role, dataset));
  }

  return {
    element,
    show(dataset, choice) {
      data = dataset;
      const rank = (c: Column): number => {
        const role = roleOf(c.name, choice);
        return role === "y" ? -1 : role === "x" ? choice.columns.indexOf(c.name) : 1e6;
      };
      all = [...dataset.columns].sort((a, b) => rank(a) - rank(b)).map(build);
      for (const card of all) dress(card, choice, dataset);
      grid.classList.toggle("many", all.length > 16);
      fill(
        grid,
        all.map((card) => card.element),
      );
      grid.scrollLeft = 0;
      fill(
        legend,
        (dataset.classes ?? []).map((label, i) =>
          h(
            "span",
            { class: "ql-data-key" },
            h("i", { style: `background:${classColour(i)}` }),
            String(label),
          ),
        ),
        h("span", { class: "ql-data-hint" }, "Click a card: feature. Shift-click: target."),
      );
    },
    update(choice, _plan) {
      if (!data) return;
      for (const card of all) dress(card, choice, data);
    },
  };
}

function kindOf(column: Column): string {
  if (column.type === "int" || column.type === "float")
    return column.unique <= 1 ? `${column.type}, constant` : column.type;
  return `${column.type}, ${plural(column.unique, "value")}`;
}

function picture(column: Column, role: Role, dataset: Dataset): Node | null {
  const classes = role === "y" ? dataset.classes : null;
  if (classes || column.counts.length === 0) {
    const top = classes ? column.top.filter(([value]) => classes.includes(value)) : column.top;
    const rows = top.slice(0, column.missing > 0 && !classes ? 2 : 3).map(([value, count]) => {
      const at = classes ? classes.indexOf(value) : -1;
      const colour = at >= 0 ? classColour(at) : "var(--ql-ink-3)";
      return { label: String(value), count, colour };
    });
    if (column.missing > 0 && !classes)
      rows.push({ label: "missing", count: column.missing, colour: "var(--ql-warn)" });
    return drawBars(rows.slice(0, 3));
  }
  const split = role === "x" && dataset.classes !== null;
  return histogram(column.counts, split ? null : role === "x" ? "var(--ql-data)" : "var(--ql-ink-3)");
}

function footer(column: Column, role: Role, dataset: Dataset): (HTMLElement | null)[] {
  const missing = column.missing > 0 ? `${thousands(column.missing)} missing` : "no missing";
  if (
    column.low !== null &&
    column.high !== null &&
    column.counts.length > 0 &&
    !(role === "y" && dataset.classes)
  ) {
    const note = column.missing > 0 ? h("span", null, missing) : null;
    return [h("span", null, bound(column, column.low)), note, h("span", null, bound(column, column.high))];
  }
  const n = width(column);
  const right =
    role === "y"
      ? majority(column, dataset)
      : role === "x"
        ? plural(n, "feature")
        : `adds ${plural(n, "qubit")}`;
  const plain = column.type === "date" || column.type === "other";
  return [role === "y" || plain ? h("span", null, missing) : null, plain ? null : h("span", null, right)];
}

function majority(column: Column, dataset: Dataset): string {
  const counts = column.top
    .filter(([value]) => dataset.classes?.includes(value) ?? true)
    .map(([, count]) => count);
  const given = dataset.classes ? counts.reduce((a, b) => a + b, 0) : dataset.rows - column.missing;
  return `majority ${percent(Math.max(0, ...counts) / Math.max(1, given), 0)}`;
}

function spoken(column: Column, role: Role, label: string): string {
  const use = role === "x" ? `feature ${label}` : role === "y" ? "target" : "not used";
  return `${column.name}, ${kindOf(column)}, ${use}`;
}

function bound(column: Column, value: number): string {
  return Number.isInteger(value) ? cellText(value, 0, column.name) : number(value);
}
