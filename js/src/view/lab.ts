/**
 * The Lab: data, circuit, training and optimising as tabs of one widget. It arranges the views and the bar that starts a
 * run; it knows neither how they draw nor how they reach Python.
 */

import type { Link } from "../stream/messages";
import { data } from "./data";
import { designer } from "./designer";
import { fill, h, on, setText } from "./dom";
import { type IconName, icon } from "./icons";
import { type LabError, type LabHost, type LabState, TABS, type Tab } from "./labstate";
import { drawn, trainBar } from "./labtrain";
import { optimise } from "./optimise";
import { panel } from "./panel";
import { loadPlotly } from "./plotly";
import { followTheme } from "./theme";

const NAMES: Record<Tab, { label: string; icon: IconName }> = {
  data: { label: "Data", icon: "table" },
  circuit: { label: "Circuit", icon: "chip" },
  train: { label: "Train", icon: "play" },
  optimise: { label: "Optimise", icon: "shield" },
};

/** Mounts the Lab into `root`; everything it adds ends with `signal`. */
export function lab(root: HTMLElement, host: LabHost, signal: AbortSignal): void {
  followTheme(root, signal);
  root.classList.add("ql-labroot");
  const pages = new Map<Tab, HTMLElement>();
  const buttons = new Map<Tab, HTMLButtonElement>();
  const mounted = new Set<Tab>();
  const progress = h("span", { class: "ql-pill acc", hidden: true });
  const solving = h("span", { class: "ql-pill acc", hidden: true }, "solving");
  const forward = h("button", { class: "ql-btn", type: "button" }, icon("play"), "Train");
  const train = trainBar(host, (tab) => go(tab), signal);
  const panelBox = h("div", { class: "ql-lab-panel", hidden: true });
  const panelLink = oneAtATime(host.link("panel"), signal);
  let panelLife: AbortController | undefined;
  let current: Tab = host.tab();

  const bar = h("div", { class: "ql-lab-list", role: "tablist", "aria-label": "Lab" });
  for (const tab of TABS) {
    const { label, icon: glyph } = NAMES[tab];
    const id = `ql-${host.id}-${tab}`;
    const button = h(
      "button",
      { type: "button", role: "tab", id, title: label, "aria-controls": `${id}-page`, dataset: { tab } },
      icon(glyph),
      h("span", { class: "ql-lab-name" }, label),
      tab === "train" && progress,
      tab === "optimise" && solving,
    );
    on(button, "click", () => show(tab, true), signal);
    buttons.set(tab, button);
    pages.set(
      tab,
      h("section", { role: "tabpanel", id: `${id}-page`, "aria-labelledby": id, class: "ql-lab-page" }),
    );
    bar.append(button);
  }
  on(bar, "keydown", (event) => stepTab(event, buttons, (tab) => show(tab, true)), signal);
  on(forward, "click", () => go("train"), signal);
  root.style.setProperty("--ql-lab-height", `${host.height()}px`);
  fill(root, h("div", { class: "ql-lab-tabs" }, bar, h("span", { class: "ql-lab-end" }, forward)), [
    ...pages.values(),
  ]);
  pages.get("train")?.append(train.element, train.empty, panelBox);

  /** Shows a tab from a button elsewhere, and takes the focus along, since the button may now be hidden. */
  function go(tab: Tab): void {
    show(tab, true);
    buttons.get(tab)?.focus({ preventScroll: true });
  }

  function mount(tab: Tab): void {
    if (mounted.has(tab)) return;
    mounted.add(tab);
    const page = pages.get(tab);
    if (!page) return;
    if (tab === "data") data(box(page), host.link("data"), {}, signal);
    if (tab === "circuit") {
      const plotly = () => loadPlotly(host.link("optimise"), signal);
      designer(box(page), host.store, { plotly }, signal);
    }
    if (tab === "optimise") {
      const busy = (running: boolean): void => {
        solving.hidden = !running;
      };
      optimise(box(page), host.link("optimise"), { busy }, signal);
    }
  }

  function show(tab: Tab, chosen: boolean): void {
    current = tab;
    mount(tab);
    for (const [name, button] of buttons) {
      const active = name === tab;
      button.setAttribute("aria-selected", String(active));
      button.tabIndex = active ? 0 : -1;
      button.classList.toggle("on", active);
      const page = pages.get(name);
      if (page) page.hidden = !active;
    }
    forward.hidden = tab !== "circuit";
    if (chosen) host.setTab(tab);
  }

  let shownRun: string | null = null;
  function update(state: LabState): void {
    const running = state.run && (state.run.state === "running" || state.run.state === "paused");
    progress.hidden = !running;
    if (running && state.run) {
      setText(progress, `${Math.floor(state.run.progress * 100)} %`);
      progress.className = `ql-pill ${state.run.state === "paused" ? "warn" : "acc"}`;
      progress.title = state.run.state;
    }
    train.update(state);
    forward.classList.toggle("primary", state.features !== null && (drawn(host.store.get())?.gates ?? 0) > 0);
    const run = state.run?.id ?? null;
    if (run !== shownRun) {
      panelLife?.abort();
      panelLife = undefined;
      fill(panelBox);
      panelBox.hidden = run === null;
      if (run) {
        panelLife = new AbortController();
        const { connection } = host;
        panel(box(panelBox), panelLink, { run, ...(connection ? { connection } : {}) }, panelLife.signal);
      }
      shownRun = run;
    }
  }

  const stopState = host.onState(update);
  const stopDrawing = host.store.subscribe(() => update(host.state()));
  const stopGo = host.onGo(go);
  signal.addEventListener("abort", () => {
    panelLife?.abort();
    stopState();
    stopDrawing();
    stopGo();
    root.replaceChildren();
  });
  show(current, false);
  update(host.state());
}

/** A link with one listener for good, handed on to the panels: one that is over leaves nothing behind. */
function oneAtATime(link: Link, signal: AbortSignal): Link {
  const heard = new Set<Parameters<Link["onMessage"]>[0]>();
  const stop = link.onMessage((message, buffers) => {
    for (const callback of [...heard]) callback(message, buffers);
  });
  signal.addEventListener("abort", stop, { once: true });
  return {
    send: (message, buffers) => link.send(message, buffers),
    onMessage(callback) {
      heard.add(callback);
      return () => heard.delete(callback);
    },
  };
}

function box(page: HTMLElement): HTMLElement {
  const inner = h("div", { class: "ql-lab-view" });
  page.append(inner);
  return inner;
}

function stepTab(event: KeyboardEvent, buttons: Map<Tab, HTMLButtonElement>, show: (tab: Tab) => void): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const from = TABS.findIndex((tab) => buttons.get(tab) === event.target);
  if (step === undefined || from < 0) return;
  const tab = TABS[(from + step + TABS.length) % TABS.length];
  if (!tab) return;
  event.preventDefault();
  event.stopPropagation();
  show(tab);
  buttons.get(tab)?.focus();
}

export type { LabError };
