/** The row of column cards: their order, which of them Tab reaches, and moving a feature to another place. */

import { type Card, type CardEvents, columnCard } from "./datacard";
import { classColour } from "./datahist";
import { IMAGE, imageCard } from "./dataimagecard";
import { moved, roleOf } from "./dataroles";
import type { Brushes, Choice, Column, CrossMessage, Dataset } from "./datatypes";
import { fill, h, on, within } from "./dom";

export interface CardsEvents extends CardEvents {
  /** The features in another order. */
  order(columns: readonly string[]): void;
}

export interface Cards {
  readonly element: HTMLElement;
  show(dataset: Dataset, choice: Choice | undefined): void;
  /** The histograms of what passes; without a message the cards are shown whole. */
  cross(message: CrossMessage | null, brushes: Brushes): void;
}

const DRAG = 8; // pixels: less is a click

export function cards(events: CardsEvents, chips: HTMLElement, signal: AbortSignal): Cards {
  const row = h("div", { class: "ql-data-cards", role: "group", "aria-label": "Columns" });
  const legend = h("div", { class: "ql-data-keys" });
  const hint = h(
    "span",
    { class: "ql-data-hint" },
    "Click a name: feature. Shift-click: target. Drag across a histogram: filter every column.",
  );
  const element = h("div", null, row, h("div", { class: "ql-data-legend cap" }, legend, chips, hint));
  const made = new Map<string, Card>();
  let names: string[] = [];
  let active = "";
  let data: Dataset | undefined;
  let choice: Choice | undefined;
  let expanded = false;
  let last: [CrossMessage | null, Brushes] = [null, {}];
  let life = within(signal); // of the cards of one dataset
  const image = imageCard(
    events,
    () => {
      expanded = !expanded;
      image.expanded(expanded);
      if (data) arrange(data);
    },
    signal,
  );

  const card = (name: string): Card => {
    if (name === IMAGE && data?.image) return image;
    const found = made.get(name) ?? columnCard(name, events, life.signal);
    made.set(name, found);
    return found;
  };

  /** Target first, then the features in their order, then the rest; pixels behind one card unless they are asked for. */
  function arrange(dataset: Dataset): void {
    const pixels = new Set(dataset.image?.columns ?? []);
    const rank = (c: Column): number => {
      const role = choice ? roleOf(c.name, choice) : "off";
      return role === "y" ? -1 : role === "x" ? (choice?.columns.indexOf(c.name) ?? 0) : 1e6;
    };
    const shown = [...dataset.columns].filter((c) => expanded || !pixels.has(c.name));
    names = shown.sort((a, b) => rank(a) - rank(b)).map((c) => c.name);
    if (pixels.size > 0) names.splice(choice?.target && names[0] === choice.target ? 1 : 0, 0, IMAGE);
    if (!names.includes(active)) active = names[0] ?? "";
    row.classList.toggle("many", names.length > 16);
    const focused = document.activeElement;
    fill(
      row,
      names.map((name) => card(name).element),
    );
    if (focused instanceof HTMLElement && row.contains(focused)) focused.focus({ preventScroll: true });
    dress();
  }

  function dress(): void {
    if (!data) return;
    const byName = new Map(data.columns.map((c) => [c.name, c]));
    for (const name of names) {
      const about = byName.get(name) ?? data.columns[0];
      if (!about) continue;
      card(name).dress(about, data, choice);
      card(name).active(name === active);
    }
    cross();
  }

  function cross(): void {
    const counts = new Map(last[0]?.columns.map((c) => [c.name, c.counts]));
    for (const name of names) card(name).cross(counts.get(name) ?? null, last[1][name]);
  }

  function activate(name: string, focus: boolean): void {
    if (!names.includes(name)) return;
    card(active).active(false);
    active = name;
    card(active).active(true);
    if (!focus) return;
    card(active).head.focus();
    card(active).element.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }
  const nameAt = (target: EventTarget | null): string | undefined =>
    names.find((name) => target instanceof Node && card(name).element.contains(target));

  on(
    row,
    "focusin",
    (event) => {
      const name = nameAt(event.target);
      if (name !== undefined && name !== active) activate(name, false);
    },
    signal,
  );
  on(
    row,
    "keydown",
    (event) => {
      const name = nameAt(event.target);
      if (name === undefined || !choice) return;
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === "Escape" && last[1][name] !== undefined) events.brush(name, null, true);
      else if (event.key === "Enter" && event.shiftKey) events.target(name);
      else if (by !== undefined && event.altKey) reorder(name, by);
      else if (by !== undefined) activate(names[names.indexOf(name) + by] ?? name, true);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    signal,
  );

  function reorder(name: string, by: number): void {
    if (!choice) return;
    const next = moved(choice.columns, name, by);
    if (next === choice.columns) return;
    placed = next.join();
    events.order(next);
  }
  let placed = ""; // an order that was asked for here: the cards follow it when it comes back

  let drag: { name: string; x: number; on: boolean } | null = null;
  on(
    row,
    "pointerdown",
    (event) => {
      const head = (event.target as Element).closest(".ql-data-head");
      const name = head ? nameAt(head) : undefined;
      drag =
        name !== undefined && choice?.columns.includes(name) ? { name, x: event.clientX, on: false } : null;
    },
    signal,
  );
  on(
    row,
    "pointermove",
    (event) => {
      if (!drag || (!drag.on && Math.abs(event.clientX - drag.x) < DRAG)) return;
      drag.on = true;
      card(drag.name).element.classList.add("lifted");
      const over = overAt(event.clientX);
      for (const name of names)
        card(name).element.classList.toggle("drop", name === over && name !== drag.name);
    },
    signal,
  );
  const overAt = (x: number): string | undefined =>
    names.find((name) => {
      const box = card(name).element.getBoundingClientRect();
      return x >= box.left && x < box.right && choice?.columns.includes(name);
    });
  on(
    row.ownerDocument.body,
    "pointerup",
    (event) => {
      const was = drag;
      drag = null;
      if (!was?.on || !choice) return;
      for (const name of names) card(name).element.classList.remove("lifted", "drop");
      const over = overAt(event.clientX);
      const swallow = (click: Event): void => click.stopPropagation();
      row.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => row.removeEventListener("click", swallow, { capture: true }));
      if (over) reorder(was.name, choice.columns.indexOf(over) - choice.columns.indexOf(was.name));
    },
    signal,
  );

  return {
    element,
    show(dataset, next) {
      const other =
        data?.key !== dataset.key || data.columns.length !== dataset.columns.length || (!choice && next);
      if (data?.key !== dataset.key) {
        life.abort();
        life = within(signal);
        made.clear();
        expanded = false;
        image.expanded(false);
        row.scrollLeft = 0;
      }
      const follow = next !== undefined && placed === next.columns.join();
      data = dataset;
      choice = next;
      if (other || follow) arrange(dataset);
      else dress();
      placed = "";
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
      );
    },
    cross(message, brushes) {
      last = [message, brushes];
      cross();
    },
  };
}
