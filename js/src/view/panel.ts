/**
 * The training panel: follows one run over a link, shows its figures and steers it. It wires session, panes and
 * controls together; what is drawn is decided in the pane files, what is known in stream/.
 */

import type { Link } from "../stream/client";
import type { Action } from "../stream/messages";
import { Session, type Timers } from "../stream/session";
import { isActive } from "../stream/state";
import { fill, h, on } from "./dom";
import { circuitPane } from "./panecircuit";
import { confusionPane } from "./paneconfusion";
import { arranged, Curves, DEFAULTS, type Settings, specsFor } from "./panecurves";
import type { Scene } from "./panefigure";
import { bar } from "./panelbar";
import { emptyPanel } from "./panelempty";
import { resizer } from "./panelfoot";
import { hover } from "./panelhover";
import { loop } from "./panelloop";
import { notes } from "./panelnotes";
import { progress } from "./panelprogress";
import { side } from "./panelside";
import { shown } from "./panelwords";
import { type PlotPane, plotPane } from "./paneplot";
import { readTokens } from "./panetokens";
import { loadPlotly, type Plotly } from "./plotly";
import { followTheme } from "./theme";

export type { Settings } from "./panecurves";

/** How the host tells whether there is a kernel at the other end. */
export interface Connection {
  connected(): boolean;
  /** Whether the kernel that had the run is gone for good, so that no reconnection can help. */
  gone?(): boolean;
  onChange(callback: () => void): () => void;
}

export interface PanelOptions {
  /** Id of the run; empty or null shows what to do to get one. */
  readonly run: string | null;
  readonly title?: string;
  /** CSS pixels; never more than 85 % of the window. */
  readonly height?: number;
  readonly onHeight?: (height: number) => void;
  readonly settings?: Partial<Settings>;
  readonly onSettings?: (settings: Settings) => void;
  readonly connection?: Connection;
  readonly timers?: Timers;
}

export interface Panel {
  /** Takes settings changed outside. */
  arrange(settings: Partial<Settings>): void;
  resize(height: number): void;
}

const EXPECTED = [
  "step",
  "epoch",
  "time",
  "loss",
  "accuracy",
  "grad_norm",
  "lr",
  "step_ms",
  "val_loss",
  "val_accuracy",
];
const GRACE = 3000;

const clockOf = (): Timers => ({
  now: () => Date.now(),
  every(ms, callback) {
    const id = setInterval(callback, ms);
    return () => clearInterval(id);
  },
});

/** Mounts the panel into `root`; everything it adds ends with `signal`. */
export function panel(root: HTMLElement, link: Link, options: PanelOptions, signal: AbortSignal): Panel {
  const timers = options.timers ?? clockOf();
  const session = new Session(link, crypto.randomUUID(), options.run ?? "", timers, changed);
  const curves = new Curves();
  let settings = arranged(DEFAULTS, options.settings);
  let zoom: [number, number] | null = null;
  let reset = 0;
  let picked: number | null = null;
  let plotly: Plotly | null = null;
  let plotFault: string | null = null;
  let pausedAt: number | null = null;
  let described = 0;
  let columnsSeen = "";
  let panes: PlotPane[] = [];
  let paneLife = new AbortController();
  let theme = 0;

  followTheme(root, signal, () => {
    tokens = null;
    theme++;
    draw.plots();
  });
  root.classList.add("ql-panel");
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  let tokens: Scene["tokens"] | null = null;

  const order = (action: Action, value?: number): void => session.control(action, value);
  const head = bar(order, signal);
  const line = progress();
  const aside = side(
    (patch, final) => {
      settings = { ...settings, ...patch };
      if (patch.across) zoom = null;
      aside.settings(settings);
      if (final) options.onSettings?.(settings);
      draw.plots();
    },
    (step) => {
      picked = picked === step ? null : step;
      if (picked !== null) tip.pin(picked);
      draw.words();
      draw.plots();
    },
    signal,
  );
  const confusion = confusionPane();
  const circuit = circuitPane();
  const grid = h("div", { class: "ql-panes" });
  const banner = notes({ reconnect, dismiss: () => session.dismiss(), retryPlots: fetchPlots }, signal);
  const tip = hover(
    () => panes,
    () => scene(),
  );
  const scroll = h("div", { class: "ql-panes-scroll" }, grid, tip.element);
  const foot = resizer(root, options.height ?? 720, options.onHeight, signal);
  const empty = options.run ? null : emptyPanel(signal);
  const main = empty ?? h("div", { class: "ql-lay" }, aside.element, scroll);
  fill(root, empty ? [] : [head.element, line.element], banner.element, main, foot.element);
  sheet();
  aside.settings(settings);

  const draw = loop(drawWords, drawPlots, signal);
  if (!empty) {
    build(EXPECTED);
    session.open();
    fetchPlots();
    const { connection } = options;
    if (connection) {
      const follow = (): void => session.connected(connection.connected());
      const stop = connection.onChange(follow);
      signal.addEventListener("abort", stop, { once: true });
      follow();
    }
    const stopClock = timers.every(1000, () => pausedAt !== null && draw.words());
    signal.addEventListener("abort", () => {
      stopClock();
      session.close();
      paneLife.abort();
      root.replaceChildren();
      root.classList.remove("ql-panel");
    });
  }

  function changed(): void {
    const { columns } = session.state;
    if (columns.length > 0 && columns.join() !== columnsSeen) build(columns);
    const paused = session.state.status?.state === "paused";
    pausedAt = paused ? (pausedAt ?? timers.now()) : null;
    draw.words();
    draw.plots();
  }

  function build(columns: readonly string[]): void {
    if (columns.join() === columnsSeen) return;
    const before = panes.map((pane) => pane.spec.id).join();
    columnsSeen = columns.join();
    const specs = specsFor(columns);
    if (specs.map((spec) => `${spec.id}${spec.title}`).join() === before) return;
    paneLife.abort();
    paneLife = new AbortController();
    const events = {
      hover: tip.at,
      step: tip.step,
      changed: () => draw.plots(),
      zoom(range: [number, number] | null) {
        zoom = range;
        if (!range) reset++;
        draw.plots();
      },
    };
    panes = specs.map((spec) => plotPane(spec, `qlab-${options.run}`, events, paneLife.signal));
    const regression = columns.includes("r2");
    grid.classList.toggle("ql-no-conf", regression);
    const [first, ...rest] = panes.map((pane) => pane.element);
    fill(grid, first, !regression && confusion.element, rest, circuit.element);
  }

  function scene(): Scene {
    tokens ??= readTokens(root);
    const { status } = session.state;
    curves.use(session.columns, settings, status);
    return { run: options.run ?? "", curves, settings, status, tokens, zoom, reset, picked };
  }

  function drawWords(): void {
    const { state } = session;
    const { status } = state;
    curves.use(session.columns, settings, status);
    const title = state.name || options.title || "Run";
    const is = shown(state);
    root.dataset.state = is;
    root.classList.toggle("ql-lost", is === "disconnected");
    root.classList.toggle("ql-loading", is === "loading" || (state.have === 0 && state.total > 0));
    head.update(state, title);
    const pausedFor = pausedAt === null ? null : (timers.now() - pausedAt) / 1000;
    line.update(state, curves, pausedFor);
    aside.update(state, curves, title, picked);
    confusion.update(status?.confusion ?? null, !status ? "loading" : isActive(status) ? "active" : "ended");
    circuit.update(status?.stats ?? null);
    const last = Math.max(status?.step ?? 0, session.columns.column("step").at(-1) ?? 0);
    banner.update(state, last, plotFault, options.connection?.gone?.() ?? false);
    foot.update(state, is);
  }

  /** One pane a step, so that a page stays smooth while all of them are drawn. */
  function* drawPlots(): Generator<void> {
    if (!plotly || !root.isConnected) return;
    const { status, phase, have } = session.state;
    // before the first rows a pane keeps its grey bars, so that nothing jumps
    if (phase === "idle" || (status === null && have === 0)) return;
    for (const pane of panes) {
      if (!panes.includes(pane)) return; // rebuilt meanwhile, for other columns
      const now = scene();
      const { across, smoothing, logLoss } = settings;
      const { columns, state } = session;
      const log = pane.spec.scale === "loss" && logLoss;
      const rows = [columns.version, columnsSeen.length, state.status?.state, state.status?.total];
      const marks = [picked, state.status?.events.length, state.status?.baseline?.name];
      if (pane.draw(plotly, now, [...rows, ...marks, across, smoothing, log, zoom, reset, theme].join()))
        yield;
    }
    tip.refresh();
    const at = timers.now();
    if (at - described < 1000 && isActive(status)) return;
    described = at;
    const now = scene();
    for (const pane of panes) pane.describe(now);
  }

  function fetchPlots(): void {
    plotFault = null;
    loadPlotly(link, signal).then(
      (loaded) => {
        plotly = loaded;
        draw.plots();
      },
      (error: unknown) => {
        if (signal.aborted) return;
        plotFault = error instanceof Error ? error.message : String(error);
        draw.words();
      },
    );
  }

  function reconnect(): void {
    session.reconnect();
    const { connection } = options;
    setTimeout(() => {
      // only where the host still says so: else the kernel is merely busy, and asking goes on
      if (!signal.aborted && session.state.phase === "opening" && connection?.connected() === false)
        session.connected(false);
    }, GRACE);
  }

  /** Below 1200 px the left column is a sheet, opened by the View button. */
  function sheet(): void {
    const open = (is: boolean): void => {
      root.classList.toggle("ql-side-open", is);
      head.view.setAttribute("aria-expanded", String(is));
    };
    on(head.view, "click", () => open(!root.classList.contains("ql-side-open")), signal);
    on(
      root,
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !root.classList.contains("ql-side-open")) return;
        event.stopPropagation();
        open(false);
        head.view.focus();
      },
      signal,
    );
    on(
      root.ownerDocument,
      "pointerdown",
      (event) => {
        const at = event.composedPath();
        if (!at.includes(aside.element) && !at.includes(head.view)) open(false);
      },
      signal,
    );
  }

  drawWords();
  return {
    arrange(patch) {
      settings = arranged(settings, patch);
      aside.settings(settings);
      draw.plots();
    },
    resize: foot.resize,
  };
}
