/** The toolbar: name, state, Pause or Resume, Stop, learning rate. Translates gestures into orders; decides nothing. */

import type { Action, OrderValue } from "../stream/messages";
import { type ClientState, isActive } from "../stream/state";
import { fill, h, on, setText } from "./dom";
import { type IconName, icon } from "./icons";
import { slider } from "./panelparts";
import { PILLS, shown } from "./panelwords";

export interface Bar {
  readonly element: HTMLElement;
  readonly view: HTMLButtonElement;
  readonly branch: HTMLButtonElement;
  readonly steer: HTMLButtonElement;
  readonly panes: HTMLButtonElement;
  readonly script: HTMLButtonElement;
  update(state: ClientState, title: string): void;
}

/** Decades the slider spans; it widens by itself for a rate outside. */
export function decades(rate: number): [number, number] {
  if (!(rate > 0)) return [-4, -1];
  const power = Math.log10(rate);
  return [Math.min(-4, Math.floor(power + 1e-9)), Math.max(-1, Math.ceil(power - 1e-9)) + 0];
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const power = (n: number): string =>
  `10${n < 0 ? "⁻" : ""}${[...String(Math.abs(n))].map((d) => SUPERSCRIPTS[Number(d)]).join("")}`;

const round = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** Ended before its last step: it can go on from its last checkpoint. */
const ENDED: ReadonlySet<string> = new Set(["stopped", "failed", "interrupted"]);

export function bar(order: (action: Action, value?: OrderValue) => void, signal: AbortSignal): Bar {
  const name = h("span", { class: "ql-title" });
  const pill = h("span", { class: "ql-pill", role: "status" });
  const primary = h("button", { type: "button", class: "ql-btn primary ql-run" });
  const stop = h("button", { type: "button", class: "ql-btn ql-stop", "aria-label": "Stop the run" });
  const view = h(
    "button",
    { type: "button", class: "ql-btn ql-viewbtn", "aria-expanded": "false", "aria-haspopup": "dialog" },
    icon("eye"),
    h("span", { class: "ql-hide-n" }, "View"),
  );
  view.setAttribute("aria-label", "View settings and interventions");
  const tool = (cls: string, glyph: IconName, word: string, label: string): HTMLButtonElement =>
    h(
      "button",
      {
        type: "button",
        class: `ql-btn ${cls}`,
        "aria-label": label,
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        title: label,
      },
      icon(glyph),
      h("span", { class: "ql-hide-n" }, word),
    );
  const branch = tool("ql-branch", "branch", "Branch", "Branch from a step");
  const steer = tool("ql-steer", "gear", "Steer", "Batch size, frozen weights, terms of the loss");
  const panes = tool("ql-panesbtn", "grid", "Panes", "Choose the panes");
  const script = tool("ql-scriptbtn", "code", "Export script", "Script that replays the run");
  const field = h("input", {
    class: "ql-field mono ql-lr-field",
    type: "text",
    inputmode: "decimal",
    spellcheck: "false",
    autocomplete: "off",
    "aria-label": "Learning rate",
  });
  const ticks = h("div", { class: "ql-lr-ticks", "aria-hidden": "true" });
  const soon = h("span", { class: "ql-pill acc ql-soon", role: "status" }, "at the next step");
  let current = Number.NaN;
  let range: [number, number] = [-4, -1];
  let asked = "";
  let sent: number | null = null;

  const draft = (value: number): void => {
    field.value = String(value);
    field.removeAttribute("aria-invalid");
  };
  const send = (value: number): void => {
    if (value !== current) {
      sent = value;
      order("lr", value);
    }
    draft(value);
  };
  const rate = slider(
    {
      label: "Learning rate, logarithmic",
      min: -4,
      max: -1,
      step: 0.05,
      page: 0.5,
      text: (value) => String(round(10 ** value, 2)),
      input: (value) => draft(round(10 ** value, 2)),
      commit: (value) => send(round(10 ** value, 2)),
      cancel: () => draft(current),
    },
    signal,
  );
  const fault = (): string | null => {
    const value = Number(field.value.trim().replace("−", "-").replace(",", "."));
    return field.value.trim() !== "" && Number.isFinite(value) && value > 0
      ? null
      : "a number above 0, such as 0.01";
  };
  on(
    field,
    "input",
    () => {
      const why = fault();
      field.setAttribute("aria-invalid", String(why !== null));
      field.title = why ?? "";
    },
    signal,
  );
  on(
    field,
    "keydown",
    (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") draft(current);
      else if (!fault()) send(Number(field.value.trim().replace("−", "-").replace(",", ".")));
    },
    signal,
  );
  on(field, "blur", () => Number.isFinite(current) && !rate.dragging && draft(current), signal);
  on(primary, "click", () => primary.dataset.action && order(primary.dataset.action as Action), signal);
  on(stop, "click", () => order("stop"), signal);

  const element = h(
    "header",
    { class: "ql-bar" },
    name,
    pill,
    h("span", { class: "sep" }),
    primary,
    stop,
    branch,
    h("span", { class: "sep" }),
    h("span", { class: "ql-lab ql-lr-lab ql-hide-n", "aria-hidden": "true" }, "Learning rate"),
    h("span", { class: "ql-lab ql-lr-lab ql-only-n", "aria-hidden": "true" }, "lr"),
    field,
    h("div", { class: "ql-lr" }, rate.element, ticks),
    soon,
    h("span", { class: "end row" }, steer, panes, script, view),
  );

  let button = "";
  const dress = (action: Action, word: string, glyph: IconName, busy: boolean): void => {
    const key = `${action} ${word}`;
    if (key === button) return;
    button = key;
    primary.dataset.action = action;
    primary.setAttribute("aria-busy", String(busy));
    fill(primary, icon(glyph), h("span", null, word));
  };
  const ruler = ([low, high]: [number, number]): void => {
    range = [low, high];
    const every = Math.ceil((high - low) / 4);
    const marks: HTMLElement[] = [];
    for (let p = low; p <= high; p += every)
      marks.push(h("span", { style: `left:${(100 * (p - low)) / (high - low)}%` }, power(p)));
    fill(ticks, marks);
  };
  ruler(range);

  return {
    element,
    view,
    branch,
    steer,
    panes,
    script,
    update(state, title) {
      const { status } = state;
      const is = shown(state);
      setText(name, title);
      name.title = title;
      const { word, kind, icon: glyph, pulse } = PILLS[is];
      if (pill.dataset.is !== is) {
        pill.dataset.is = is;
        pill.className = `ql-pill ${kind}`;
        fill(pill, glyph ? icon(glyph) : h("i", { class: pulse ? "ql-pulse" : "" }), word);
      }
      const live = state.phase === "live" && state.lost === null && isActive(status);
      const { action } = state.asked;
      const resumable =
        state.phase === "live" && state.lost === null && status !== null && ENDED.has(status.state);
      const branching = state.asked.branch !== null;
      branch.disabled = state.phase !== "live" || state.lost !== null || branching;
      setText(branch.lastElementChild as HTMLElement, branching ? "Branching…" : "Branch");
      steer.disabled = !live;
      script.disabled = state.phase !== "live" || state.lost !== null;
      const paused = status?.state === "paused";
      if (action === "pause") dress("pause", "Pausing…", "pause", true);
      else if (action === "resume") dress("resume", "Resuming…", "play", true);
      else if (paused || resumable) dress("resume", "Resume", "play", false);
      else dress("pause", "Pause", "pause", false);
      primary.disabled = !(live || resumable) || action !== null;
      stop.disabled = !live || action === "stop";
      const stopping = action === "stop" ? "Stopping…" : "Stop";
      if (asked !== stopping) fill(stop, icon("stop"), h("span", { class: "ql-hide-n" }, stopping));
      asked = stopping;
      rate.disable(!live);
      field.disabled = !live;
      const next = state.asked.lr ?? status?.lr_pending ?? status?.lr;
      soon.classList.toggle("on", live && (state.asked.lr !== null || status?.lr_pending != null));
      element.classList.toggle("ql-lr-pending", soon.classList.contains("on"));
      if (next === undefined || rate.dragging) return;
      const wide = decades(next);
      if (wide[0] !== range[0] || wide[1] !== range[1]) ruler(wide);
      rate.set(Math.log10(next), wide);
      // an answer came: what is in force stands, also when it was a refusal, but for what has been typed since
      if (sent !== null && state.asked.lr === null) {
        if (field.value === String(sent)) draft(next);
        sent = null;
      }
      if (next === current) return;
      current = next;
      if (document.activeElement !== field) draft(next);
    },
  };
}
