/** The runs of the panel as its legend: tick, colour, name, newest loss, state. Ticks and picks; knows no plot. */

import { h, on } from "./dom";
import { thousands } from "./format";
import { icon } from "./icons";
import { keyed } from "./panelparts";
import type { Member, Members } from "./panelset";
import { figureText, PILLS, shown } from "./panelwords";

export interface RunsList {
  readonly element: HTMLElement;
  update(members: Members, title: string): void;
}

const FILTERED = 7;

export function runsList(
  act: { toggle(id: string): void; choose(id: string): void; point(id: string | null): void },
  signal: AbortSignal,
): RunsList {
  const filter = h("input", {
    class: "ql-field ql-runs-filter",
    type: "search",
    placeholder: "Filter by name",
    "aria-label": "Filter runs by name",
  });
  const list = h("ul", { class: "ql-runs", "aria-label": "Runs drawn" });
  const element = h("div", null, filter, list);
  const draw = keyed();
  let members: Members | null = null;
  let title = "";

  const idOf = (event: Event): string | undefined =>
    (event.target as Element).closest<HTMLElement>("[data-run]")?.dataset.run;
  on(
    list,
    "click",
    (event) => {
      const id = idOf(event);
      if (id && event.detail < 2) act.toggle(id);
    },
    signal,
  );
  on(
    list,
    "dblclick",
    (event) => {
      const id = idOf(event);
      if (id) act.choose(id);
    },
    signal,
  );
  on(list, "pointerover", (event) => act.point(idOf(event) ?? null), signal);
  on(list, "pointerleave", () => act.point(null), signal);
  on(list, "focusin", (event) => act.point(idOf(event) ?? null), signal);
  on(list, "focusout", () => act.point(null), signal);
  on(
    list,
    "keydown",
    (event) => {
      const id = idOf(event);
      const rows = [...list.querySelectorAll<HTMLElement>("[data-run]")];
      const at = rows.findIndex((row) => row.dataset.run === id);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
      if (event.key === "Enter" && id) act.choose(id);
      else if (to !== undefined) rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    signal,
  );
  on(filter, "input", () => refresh(), signal);
  on(filter, "keydown", (event) => event.stopPropagation(), signal);

  function refresh(): void {
    if (!members) return;
    const { list: all, current } = members;
    filter.hidden = all.length < FILTERED;
    const wanted = filter.hidden ? "" : filter.value.trim().toLowerCase();
    const rows = all
      .map((member) => told(member, member === current, title))
      .filter((row) => `${row.name} ${row.id}`.toLowerCase().includes(wanted));
    draw(list, JSON.stringify([rows, all.length]), () => {
      const focused = (list.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;
      const id = focused && list.contains(focused) ? focused.dataset.run : undefined;
      if (id)
        queueMicrotask(() => list.querySelector<HTMLElement>(`[data-run="${CSS.escape(id)}"]`)?.focus());
      return rows.map((row) => line(row, all.length));
    });
  }

  return {
    element,
    update(next, name) {
      members = next;
      title = name;
      refresh();
    },
  };
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly loss: string;
  readonly is: string;
  readonly word: string;
  readonly note: string;
  readonly color: number;
  readonly on: boolean;
  readonly current: boolean;
}

function told(member: Member, current: boolean, title: string): Row {
  const { session, id, color, on } = member;
  const { columns } = session;
  const is = shown(session.state);
  const value = columns.column("val_loss")[columns.newest("val_loss")];
  const step = columns.column("step").at(-1);
  const from = member.parentStep === null ? "" : `, branched at ${thousands(member.parentStep)}`;
  const note = step === undefined ? "" : `${is === "running" ? "now, " : ""}step ${thousands(step)}${from}`;
  const name = session.state.name || member.name || (current ? title : id);
  const loss = value === undefined ? "" : figureText(value);
  return { id, name, loss, is, word: PILLS[is].word.toLowerCase(), note, color, on, current };
}

function line(row: Row, of: number): HTMLElement {
  const swatch = h(
    "span",
    {
      class: `ql-swatch${row.color >= 8 ? " ql-long" : ""}`,
      "aria-hidden": "true",
      style: `--c:var(--ql-s${(row.color % 8) + 1})`,
    },
    row.on && icon("check"),
  );
  const hint = row.current
    ? "current run"
    : "click to show or hide, Enter or double click to make it the current one";
  const words = h(
    "div",
    { class: "row cap" },
    h("b", { dataset: { is: row.is } }, row.word),
    h("span", { class: "ql-elide" }, row.note),
  );
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: `ql-card${row.current ? " on" : ""}${row.on ? "" : " ql-off"}${of >= FILTERED && !row.current ? " ql-one" : ""}`,
        dataset: { run: row.id },
        "aria-pressed": String(row.on),
        "aria-current": row.current ? "true" : null,
        title: `${row.name}, ${row.id}: ${row.word}, ${row.note}; ${hint}`,
      },
      swatch,
      h(
        "span",
        { class: "grow ql-card-text" },
        h(
          "span",
          { class: "row between" },
          h("b", { class: "ql-elide" }, row.name),
          h("span", { class: "num" }, row.loss),
        ),
        words,
      ),
    ),
  );
}
