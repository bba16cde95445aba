/** The footer: whether the view is live, run id, seed, machine load; and the handle that changes the panel's height. */

import { type ClientState, isActive } from "../stream/state";
import { fill, h, on } from "./dom";
import { plural, thousands } from "./format";
import { icon } from "./icons";
import { keyed } from "./panelparts";
import type { Shown } from "./panelwords";

export interface Foot {
  readonly element: HTMLElement;
  update(state: ClientState, is: Shown): void;
  resize(height: number): void;
}

const LEAST = 320;

/** "2 threads, 61 % busy, 214 MB"; "" where nothing is known. */
export function loadOf({ status, lost }: ClientState): string {
  const machine = status?.machine;
  if (!machine || lost !== null) return "";
  const threads = plural(machine.threads, "thread");
  const busy = machine.cpu === null ? "" : `, ${Math.round(100 * machine.cpu)} % busy`;
  return `${threads}${busy}, ${thousands(Math.round(machine.memory / 1e6))} MB`;
}

export function resizer(
  root: HTMLElement,
  height: number,
  changed: ((height: number) => void) | undefined,
  signal: AbortSignal,
): Foot {
  const live = h("span", { class: "row" });
  const id = h("span");
  const seed = h("span");
  const load = h("span", { class: "row ql-load" });
  const handle = h("div", {
    class: "ql-handle",
    role: "separator",
    tabindex: 0,
    "aria-orientation": "horizontal",
    "aria-label": "Height of the panel",
  });
  const element = h("footer", { class: "ql-foot" }, live, id, seed, load, handle);
  const draw = keyed();
  let now = height;
  const resize = (to: number): void => {
    now = Math.max(LEAST, Math.round(to));
    root.style.setProperty("--ql-panel-h", `${now}px`);
    handle.setAttribute("aria-valuenow", String(now));
  };
  resize(height);
  handle.hidden = !changed;
  let grip: { y: number; height: number } | null = null;
  on(
    handle,
    "pointerdown",
    (event) => {
      event.preventDefault();
      handle.setPointerCapture?.(event.pointerId);
      grip = { y: event.clientY, height: root.getBoundingClientRect().height };
    },
    signal,
  );
  on(handle, "pointermove", (event) => grip && resize(grip.height + event.clientY - grip.y), signal);
  for (const type of ["pointerup", "pointercancel"] as const)
    on(
      handle,
      type,
      () => {
        if (grip) changed?.(now);
        grip = null;
      },
      signal,
    );
  on(
    handle,
    "keydown",
    (event) => {
      const by = { ArrowDown: 20, ArrowUp: -20 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      resize(now + by);
      changed?.(now);
    },
    signal,
  );

  return {
    element,
    resize,
    update(state, is) {
      const frame = `frame ${thousands(Math.max(0, state.seq))} acknowledged`;
      let text = `All ${thousands(state.have)} steps are here`;
      let good = true;
      if (is === "disconnected") [text, good] = ["Not live", false];
      else if (is === "loading") [text, good] = ["Opening the run", false];
      else if (state.silent !== null) [text, good] = ["Waiting for the kernel", false];
      else if (state.have < state.total)
        [text, good] = [`Reading ${thousands(state.total - state.have)} steps`, false];
      else if (isActive(state.status)) text = `Live, ${frame}`;
      const seedText = state.status?.seed == null ? "" : `seed ${state.status.seed}`;
      const loadText = loadOf(state);
      draw(element, `${text} ${good} ${state.run} ${seedText} ${loadText}`, () => {
        fill(live, h("span", { class: good ? "ql-good" : "" }, icon(good ? "check" : "refresh")), text);
        fill(id, state.run ? `run id ${state.run}` : "");
        fill(seed, seedText);
        fill(load, loadText === "" ? [] : [icon("chip"), loadText]);
        return [live, id, seed, load, handle];
      });
    },
  };
}
