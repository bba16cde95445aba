/** Pointer and keys in the table of runs: what was meant, by the id of the row. Changes nothing itself. */

import { on } from "./dom";
import { canResume, type RunRow } from "./runsrows";

export interface RunsActs {
  row(id: string): RunRow | undefined;
  /** Shows only runs with this tag. */
  narrow(label: string): void;
  menu(id: string, anchor: HTMLElement): void;
  open(id: string): void;
  pick(id: string): void;
  remove(id: string): void;
  tag(id: string): void;
  note(id: string): void;
  resume(id: string): void;
  /** Escape; false where there is nothing to leave. */
  back(): boolean;
}

export interface RunsKeys {
  rowOf(id: string): HTMLElement | null;
  /** The row and the part of it that has the focus, so that a redraw can give it back. */
  focused(): { id: string; part: string } | null;
}

export function runsKeys(root: HTMLElement, body: HTMLElement, act: RunsActs, signal: AbortSignal): RunsKeys {
  const idOf = (target: EventTarget | null): string | undefined =>
    (target as Element | null)?.closest<HTMLElement>("tr[data-run]")?.dataset.run;
  const rowOf = (id: string): HTMLElement | null => body.querySelector(`tr[data-run="${CSS.escape(id)}"]`);
  function focused(): { id: string; part: string } | null {
    const now = (root.getRootNode() as Document | ShadowRoot).activeElement;
    const id = body.contains(now) ? idOf(now) : undefined;
    if (!id || !now) return null;
    const part = now.matches("input") ? "input" : now.matches(".ql-more") ? ".ql-more" : ".ql-run-name";
    return { id, part };
  }
  on(
    body,
    "click",
    (event) => {
      const target = event.target as Element;
      const id = idOf(target);
      const label = target.closest<HTMLElement>(".ql-tag")?.dataset.tag;
      const more = target.closest<HTMLElement>(".ql-more");
      if (!id) return;
      if (label !== undefined) act.narrow(label);
      else if (more) act.menu(id, more);
      else if (target.closest(".ql-run-name")) act.open(id);
      else act.pick(id);
    },
    signal,
  );
  on(
    body,
    "keydown",
    (event) => {
      const id = idOf(event.target);
      if (!id || event.ctrlKey || event.metaKey || event.altKey) return;
      const list = [...body.querySelectorAll<HTMLElement>("tr[data-run]")];
      const at = list.findIndex((row) => row.dataset.run === id);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
      const row = act.row(id);
      const part = focused()?.part ?? ".ql-run-name";
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (to !== undefined)
        list[Math.max(0, Math.min(list.length - 1, to))]?.querySelector<HTMLElement>(part)?.focus();
      else if (key === "Delete") act.remove(id);
      else if (key === "t") act.tag(id);
      else if (key === "n") act.note(id);
      else if (key === " " && part === ".ql-run-name") act.pick(id);
      else if (key === "r" && row && canResume(row)) act.resume(id);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    signal,
  );
  on(
    root,
    "keydown",
    (event) => {
      if (event.key === "Escape" && act.back()) event.stopPropagation();
    },
    signal,
  );
  return { rowOf, focused };
}
