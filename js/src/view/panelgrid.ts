/** The grid of panes: which are shown, in which order and width; grip, menu and keys of each. Knows no figure. */

import { fill, h, on } from "./dom";
import { icon } from "./icons";
import { type MenuItem, openMenu } from "./menu";
import type { Settings } from "./panecurves";
import { openPop } from "./panelpop";

export interface GridPane {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly element: HTMLElement;
  /** Columns it takes by default. */
  readonly width: number;
  /** Whether its y axis can be logarithmic, and is now. */
  readonly log?: () => boolean;
  readonly download?: () => void;
}

export interface Grid {
  readonly element: HTMLElement;
  set(panes: readonly GridPane[]): void;
  /** Puts the panes as the settings say. */
  arrange(settings: Settings): void;
  /** Ids of the panes shown. */
  shown(): readonly string[];
  choose(anchor: HTMLElement): void;
}

type Patch = Partial<Pick<Settings, "panes" | "logs" | "widths" | "logLoss">>;

export function grid(root: HTMLElement, change: (patch: Patch) => void, signal: AbortSignal): Grid {
  const element = h("div", { class: "ql-panes" });
  const known = new Map<string, GridPane>();
  const dressed = new WeakSet<HTMLElement>();
  let settings: Settings | null = null;
  let last = "";

  const order = (): string[] => (settings?.panes ?? []).filter((id) => known.has(id));
  /** The whole list with `id` moved: panes that this run lacks keep their places. */
  function move(id: string, to: number): void {
    const now = order();
    const target = now[Math.max(0, Math.min(now.length - 1, to))];
    if (!target || target === id || !settings) return;
    const all = [...settings.panes];
    const down = all.indexOf(id) < all.indexOf(target);
    all.splice(all.indexOf(id), 1);
    all.splice(all.indexOf(target) + (down ? 1 : 0), 0, id);
    change({ panes: all });
    known.get(id)?.element.querySelector<HTMLElement>(".ql-grip")?.focus({ preventScroll: true });
  }
  const width = (pane: GridPane): number => settings?.widths[pane.id] ?? pane.width;

  function items(pane: GridPane): MenuItem[] {
    const at = order().indexOf(pane.id);
    const list: MenuItem[] = [];
    if (pane.log) {
      const log = pane.log();
      list.push({
        label: log ? "Linear axis" : "Logarithmic axis",
        run: () =>
          change(
            pane.id === "loss" ? { logLoss: !log } : { logs: { ...(settings?.logs ?? {}), [pane.id]: !log } },
          ),
      });
    }
    for (const n of [1, 2, 3])
      if (n !== width(pane))
        list.push({
          label: n === 1 ? "One column wide" : `${n === 2 ? "Two" : "Three"} columns wide`,
          run: () => change({ widths: { ...(settings?.widths ?? {}), [pane.id]: n } }),
        });
    if (at > 0) list.push({ label: "Move back", note: "Alt ←", run: () => move(pane.id, at - 1) });
    if (at < order().length - 1)
      list.push({ label: "Move on", note: "Alt →", run: () => move(pane.id, at + 1) });
    if (pane.download) list.push({ label: "Download as SVG", run: pane.download });
    if (order().length > 1) list.push({ label: "Hide", run: () => hide(pane.id) });
    return list;
  }
  const hide = (id: string): void =>
    change({ panes: (settings?.panes ?? []).filter((other) => other !== id) });

  function dress(pane: GridPane): void {
    if (dressed.has(pane.element)) return;
    dressed.add(pane.element);
    const header = pane.element.querySelector("header");
    if (!header) return;
    const grip = h("span", {
      class: "ql-grip",
      tabindex: 0,
      role: "button",
      "aria-label": `${pane.title}: drag, or Alt and an arrow, to move`,
    });
    const more = h(
      "button",
      {
        type: "button",
        class: "ql-btn quiet ql-more",
        "aria-label": `${pane.title}: axis, width, place`,
        "aria-haspopup": "menu",
        "aria-expanded": "false",
      },
      icon("more"),
    );
    header.prepend(grip);
    header.append(more);
    on(more, "click", () => openMenu(root, more, `${pane.title}, menu`, items(pane)), signal);
    on(
      pane.element,
      "keydown",
      (event) => {
        const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
        if (!event.altKey || by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        move(pane.id, order().indexOf(pane.id) + by);
      },
      signal,
    );
    drag(pane, grip);
  }

  function drag(pane: GridPane, grip: HTMLElement): void {
    let over: string | null = null;
    let held = false;
    const mark = (id: string | null): void => {
      if (over) known.get(over)?.element.classList.remove("ql-drop");
      over = id;
      if (id && id !== pane.id) known.get(id)?.element.classList.add("ql-drop");
    };
    const end = (keep: boolean): void => {
      const to = over;
      mark(null);
      pane.element.classList.remove("ql-dragged");
      if (held && keep && to && to !== pane.id) move(pane.id, order().indexOf(to));
      held = false;
    };
    on(
      grip,
      "pointerdown",
      (event) => {
        if (event.button !== 0) return;
        held = true;
        grip.setPointerCapture?.(event.pointerId);
        pane.element.classList.add("ql-dragged");
      },
      signal,
    );
    on(
      grip,
      "pointermove",
      (event) => {
        if (!held) return;
        const found = order().find((id) => {
          const box = known.get(id)?.element.getBoundingClientRect();
          if (!box) return false;
          const { left, right, top, bottom } = box;
          return (
            event.clientX >= left && event.clientX < right && event.clientY >= top && event.clientY < bottom
          );
        });
        mark(found ?? null);
      },
      signal,
    );
    on(grip, "pointerup", () => end(true), signal);
    on(grip, "pointercancel", () => end(false), signal);
    on(
      grip,
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !held) return;
        event.stopPropagation();
        end(false);
      },
      signal,
    );
  }

  function put(): void {
    if (!settings) return;
    const now = order();
    for (const id of now) {
      const pane = known.get(id) as GridPane;
      pane.element.style.setProperty("--span", String(width(pane)));
      const narrow = settings.widths[id] ?? (id === "circ" ? 1 : pane.width);
      pane.element.style.setProperty("--span2", String(Math.min(2, narrow)));
      pane.element.classList.toggle("ql-wide", width(pane) > 1);
    }
    const elements = now.map((id) => (known.get(id) as GridPane).element);
    const key = `${now.join()} ${elements.length}`;
    if (key === last && elements.every((el) => el.parentElement === element)) return;
    last = key;
    fill(element, elements);
  }

  return {
    element,
    set(panes) {
      known.clear();
      last = "";
      for (const pane of panes) {
        known.set(pane.id, pane);
        dress(pane);
      }
      put();
    },
    arrange(next) {
      settings = next;
      put();
    },
    shown: order,
    choose(anchor) {
      openPop(root, anchor, "Panes", (_pop, life) => {
        const list = [...known.values()].map((pane) => {
          const box = h("input", { type: "checkbox", checked: order().includes(pane.id) });
          on(
            box,
            "change",
            () => {
              const all = settings?.panes ?? [];
              if (!box.checked && order().length === 1) box.checked = true;
              else change({ panes: box.checked ? [...all, pane.id] : all.filter((id) => id !== pane.id) });
            },
            life,
          );
          return h(
            "label",
            { class: "ql-check" },
            box,
            h("span", { class: "grow" }, pane.title, h("span", { class: "cap" }, pane.about)),
          );
        });
        return [h("div", { class: "ql-pop-form ql-pop-panes" }, h("h3", null, "Panes"), list)];
      });
    },
  };
}
