/** One column card: its role, what is in it, and a picture that filters. A click is passed on, the kernel decides. */

import { bound, DAY, isRange, rangeOf, shareOf, toggled, words } from "./databins";
import { type BrushBand, brushBand } from "./databrush";
import { type Bars, bars, classColour, type Histogram, histogram } from "./datahist";
import { inputs, type Role, roleOf, width } from "./dataroles";
import type { Brush, Choice, Column, Dataset } from "./datatypes";
import { type Child, fill, h, on, setText, within } from "./dom";
import { percent, plural, thousands } from "./format";
import { icon } from "./icons";

export interface CardEvents {
  toggle(columns: readonly string[]): void;
  target(column: string): void;
  /** A brush while it is dragged, and when it is let go; null takes it away. */
  brush(column: string, brush: Brush | null, done: boolean): void;
}

export interface Card {
  readonly name: string;
  readonly element: HTMLElement;
  readonly head: HTMLButtonElement;
  dress(column: Column, dataset: Dataset, choice: Choice | undefined): void;
  /** The rows that pass the brushes of the others, and the brush of its own. */
  cross(counts: Column["counts"] | null, own: Brush | undefined): void;
  /** The one card of the row that Tab reaches. */
  active(is: boolean): void;
}

/** Box, name, kind and chip: what every card has. */
export function frame(name: string): {
  element: HTMLElement;
  head: HTMLButtonElement;
  box: HTMLElement;
  kind: HTMLElement;
  chip: HTMLElement;
  picture: HTMLElement;
  foot: HTMLElement;
} {
  const box = h("span", { class: "ql-data-box", "aria-hidden": "true" });
  const label = h("b", { class: "ql-data-name", title: name }, name);
  const head = h("button", { type: "button", class: "ql-data-head", tabindex: -1 }, box, label);
  const kind = h("span", { class: "cap" });
  const chip = h("span", { class: "ql-tag" });
  const picture = h("div", { class: "ql-data-picture" });
  const foot = h("footer", { class: "cap" });
  const line = h("div", { class: "ql-data-kind" }, kind, chip);
  const element = h("article", { class: "ql-data-card" }, h("header", null, head), line, picture, foot);
  return { element, head, box, kind, chip, picture, foot };
}

export function columnCard(name: string, events: CardEvents, signal: AbortSignal): Card {
  const parts = frame(name);
  const { element, head, box, kind, chip, picture, foot } = parts;
  let column: Column | undefined;
  let role: Role | undefined;
  let drawn = ""; // what the picture was drawn from
  let hist: Histogram | undefined;
  let list: { parts: Bars; at: readonly number[] } | undefined;
  let band: BrushBand | undefined;
  let own: Brush | undefined;
  let isActive = false;
  let life = within(signal); // of the picture

  on(head, "click", (event) => (event.shiftKey ? events.target(name) : events.toggle([name])), signal);

  function draw(about: Column, dataset: Dataset): void {
    const classes = role === "y" ? dataset.classes : null;
    hist = list = band = undefined;
    life.abort();
    life = within(signal);
    if (dataset.provisional) fill(picture);
    else if (classes || about.counts.length === 0) {
      const rows = barsOf(about, classes);
      const made = bars(rows, (value) => {
        const next = toggled(own, value);
        events.brush(name, next, true);
      });
      list = { parts: made, at: rows.map((row) => row.at) };
      fill(picture, made.element);
    } else {
      const plain =
        role === "x" && dataset.classes ? null : role === "x" ? "var(--ql-data)" : "var(--ql-ink-3)";
      const bins = about.counts[0]?.length ?? 0;
      hist = histogram(about.counts, plain);
      band = brushBand(
        bins,
        name,
        {
          move(first, last) {
            const range = rangeOf(about, first, last);
            if (range) events.brush(name, range, false);
          },
          done: () => events.brush(name, own ?? null, true),
          clear: () => events.brush(name, null, true),
          click: (event) => (event.shiftKey ? events.target(name) : events.toggle([name])),
        },
        life.signal,
      );
      fill(picture, hist.element, band.element);
    }
    reach();
  }

  /** Only the parts of the active card are stops of the Tab key. */
  function reach(): void {
    head.tabIndex = isActive ? 0 : -1;
    for (const stop of [...(band?.handles ?? []), ...(list?.parts.buttons ?? [])])
      stop.tabIndex = isActive ? 0 : -1;
  }

  return {
    name,
    element,
    head,
    dress(about, dataset, choice) {
      role = choice ? roleOf(name, choice) : "off";
      const label =
        role === "x" && choice ? inputs(name, choice, dataset.columns) : role === "y" ? "target" : "";
      setText(chip, label);
      const text = kindOf(about, dataset);
      setText(kind, text);
      kind.title = text;
      const source = JSON.stringify([
        role,
        about.counts,
        about.top,
        about.missing,
        dataset.classes,
        dataset.provisional,
      ]);
      if (source !== drawn) {
        drawn = source;
        column = about;
        element.className = `ql-data-card ${role}`;
        chip.className = role === "x" ? "ql-tag x" : "ql-tag y";
        fill(box, role === "x" && icon("check"));
        draw(about, dataset);
      }
      head.setAttribute("aria-pressed", String(role === "x"));
      chip.hidden = role === "off";
      const use = role === "x" ? `feature ${label}` : role === "y" ? "target" : "not used";
      head.setAttribute("aria-label", `${name}, ${text}, ${about.missing} missing, ${use}`);
      fill(foot, footer(about, role, dataset));
    },
    cross(counts, brush) {
      own = brush;
      element.classList.toggle("brushed", own !== undefined);
      if (!column) return;
      if (list) {
        const row = counts?.[0];
        const some = row ? list.at.map((i) => (i < 0 ? -1 : (row[i] ?? 0))) : null;
        list.parts.part(some, own && !isRange(own) ? own.values : []);
        return;
      }
      const share = isRange(own) ? shareOf(column, own) : null;
      const range = isRange(own) ? own : [column.low ?? 0, column.high ?? 0];
      band?.set(share, [bound(name, range[0] ?? 0, column.type), bound(name, range[1] ?? 0, column.type)]);
      const cut = counts ?? (share ? column.counts : null);
      hist?.part(cut && share ? cut.map((row) => inside(row, share)) : cut);
      if (band) band.element.title = own ? `${words(name, own, column.type)}; Esc clears` : "Drag to filter";
    },
    active(is) {
      isActive = is;
      reach();
    },
  };
}

/** The bars under a band; the others are nothing. */
function inside(row: readonly number[], [from, to]: readonly [number, number]): number[] {
  const slack = 1e-6;
  return row.map((n, i) =>
    (i + 0.5) / row.length > from - slack && (i + 0.5) / row.length < to + slack ? n : 0,
  );
}

function kindOf(column: Column, dataset: Dataset): string {
  if (dataset.provisional) return column.type;
  const number = column.type === "int" || column.type === "float";
  if (number && column.unique <= 1) return `${column.type}, constant`;
  return `${column.type}, ${plural(column.unique, "value")}`;
}

function barsOf(column: Column, classes: Dataset["classes"]) {
  const top = column.top.map(([value, count], at) => ({ value, count, at }));
  const shown = classes ? top.filter(({ value }) => classes.includes(value)) : top;
  const rows = shown.slice(0, column.missing > 0 && !classes ? 2 : 3).map(({ value, count, at }) => {
    const colour = classes ? classColour(classes.indexOf(value)) : "var(--ql-ink-3)";
    return { label: String(value), value: value as Column["top"][number][0] | null, count, colour, at };
  });
  if (column.missing > 0 && !classes)
    rows.push({ label: "missing", value: null, count: column.missing, colour: "var(--ql-warn)", at: -1 });
  return rows.slice(0, 3);
}

function footer(column: Column, role: Role, dataset: Dataset): Child[] {
  const missing = column.missing > 0 ? `${thousands(column.missing)} missing` : "no missing";
  if (dataset.provisional) return [h("span", null, missing)];
  const { low, high } = column;
  if (low !== null && high !== null && column.counts.length > 0 && !(role === "y" && dataset.classes)) {
    const note = column.missing > 0 ? h("span", null, missing) : null;
    const days = column.type === "date" && high - low > 2 * DAY; // then the time of day says nothing
    const end = (value: number): HTMLElement =>
      h("span", null, bound(column.name, days ? Math.floor(value / DAY) * DAY : value, column.type));
    return [end(low), note, end(high)];
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
