/**
 * The training panel: follows one run over a link, shows its figures and steers it. It wires session, panes and
 * controls together; what is drawn is decided in the pane files, what is known in stream/.
 */

import { lowerBound } from "../stream/bucket";
import type { Link } from "../stream/client";
import type { Action, OrderValue } from "../stream/messages";
import type { Timers } from "../stream/session";
import { isActive } from "../stream/state";
import { fill, h, on } from "./dom";
import { circuitPane } from "./panecircuit";
import { confusionPane } from "./paneconfusion";
import { arranged, DEFAULTS, type Settings, specsFor } from "./panecurves";
import { isLog } from "./panefigure";
import { bar } from "./panelbar";
import { openBranch } from "./panelbranch";
import { painter } from "./paneldraw";
import { emptyPanel } from "./panelempty";
import { resizer } from "./panelfoot";
import { type GridPane, grid as paneGrid } from "./panelgrid";
import { hover } from "./panelhover";
import { loop } from "./panelloop";
import { notes } from "./panelnotes";
import { progress } from "./panelprogress";
import { openScript } from "./panelscript";
import { Members } from "./panelset";
import { sheet } from "./panelsheet";
import { side } from "./panelside";
import { steer } from "./panelsteer";
import type { Panel, PanelOptions } from "./paneltypes";
import { shown } from "./panelwords";
import { type PlotPane, plotPane } from "./paneplot";
import { readTokens, type Tokens } from "./panetokens";
import { loadPlotly, type Plotly } from "./plotly";
import { followTheme } from "./theme";

export type { Settings } from "./panecurves";
export type { Connection, Panel, PanelOptions } from "./paneltypes";

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
  const script = (run: string, text: string): void => openScript(root, head.script, run, text);
  const members = new Members(link, timers, options.run ?? "", changed, relisted, script, options.comm);
  const paint = painter(
    members,
    () => {
      tokens ??= readTokens(root);
      return { settings, zoom, reset, picked, theme, tokens, panes, columns: columnsSeen };
    },
    timers,
  );
  let settings = arranged(DEFAULTS, options.settings);
  let zoom: [number, number] | null = null;
  let reset = 0;
  let picked: number | null = null;
  let plotly: Plotly | null = null;
  let plotFault: string | null = null;
  let pausedAt: number | null = null;
  let columnsSeen = "";
  let paneSet = "";
  let panes: PlotPane[] = [];
  let paneLife = new AbortController();
  let theme = 0;
  let tokens: Tokens | null = null;
  const current = () => members.current;
  const state = () => members.current.session.state;

  const { dark } = followTheme(root, signal, (now) => {
    tokens = null;
    theme++;
    options.onTheme?.(now.dark ? "dark" : "light");
    draw.plots();
  });
  options.onTheme?.(dark ? "dark" : "light");
  root.classList.add("ql-panel");
  root.setAttribute("data-lm-suppress-shortcuts", "true");

  const order = (action: Action, value?: OrderValue): void => current().session.control(action, value);
  const head = bar(order, signal);
  const line = progress();
  const steering = steer(order);
  const arrange = (patch: Partial<Settings>, final = true): void => {
    settings = { ...settings, ...patch };
    if (patch.across) setZoom(null);
    aside.settings(settings);
    grid.arrange(settings);
    if (final) options.onSettings?.(settings);
    draw.words();
    draw.plots();
  };
  const aside = side(
    arrange,
    (step) => {
      picked = picked === step ? null : step;
      if (picked !== null) tip.pin(picked);
      draw.words();
      draw.plots();
    },
    {
      toggle: (id) => members.toggle(id),
      choose: (id) => members.choose(id),
      point(id) {
        if (members.list.length < 2 || members.pointed === id) return;
        members.pointed = id;
        draw.plots();
      },
    },
    signal,
  );
  const confusion = confusionPane();
  const circuit = circuitPane((machine) => members.tasks.transpile(current(), machine), signal);
  const grid = paneGrid(root, arrange, signal);
  const act = { reconnect, reopen, dismiss: () => current().session.dismiss(), retryPlots: fetchPlots };
  const banner = notes(act, signal);
  const tip = hover(
    () => panes,
    () => paint.scene(),
  );
  const scroll = h("div", { class: "ql-panes-scroll" }, grid.element, tip.element);
  const foot = resizer(root, options.height ?? 720, options.onHeight, signal);
  const empty = options.run ? null : emptyPanel(signal);
  const main = empty ?? h("div", { class: "ql-lay" }, aside.element, scroll);
  fill(root, empty ? [] : [head.element, line.element], banner.element, main, foot.element);
  sheet(root, head.view, aside.element, signal);
  aside.settings(settings);
  grid.arrange(settings);
  on(head.branch, "click", () => branchFrom(tip.cursor() ?? state().status?.step ?? 0), signal);
  on(head.steer, "click", () => steering.open(root, head.steer), signal);
  on(head.panes, "click", () => grid.choose(head.panes), signal);

  on(head.script, "click", () => members.tasks.script(current()), signal);

  const draw = loop(
    drawWords,
    () => paint.draw(root.isConnected ? plotly : null, tip.refresh, () => draw.plots()),
    signal,
  );
  if (!empty) {
    build(EXPECTED);
    members.open();
    fetchPlots();
    const { connection } = options;
    if (connection) {
      const follow = (): void => members.connected(connection.connected());
      const stop = connection.onChange(follow);
      signal.addEventListener("abort", stop, { once: true });
      follow();
    }
    const stopClock = timers.every(1000, () => pausedAt !== null && draw.words());
    signal.addEventListener("abort", () => {
      stopClock();
      members.close();
      paneLife.abort();
      root.replaceChildren();
      root.classList.remove("ql-panel");
    });
  }

  function changed(): void {
    const { columns } = state();
    if (columns.length > 0 && columns.join() !== columnsSeen) build(columns);
    const paused = state().status?.state === "paused";
    pausedAt = paused ? (pausedAt ?? timers.now()) : null;
    draw.words();
    draw.plots();
  }

  function relisted(): void {
    setZoom(null);
    build(columnsSeen === "" ? EXPECTED : columnsSeen.split(","));
    changed();
  }

  function setZoom(range: [number, number] | null): void {
    zoom = range;
    if (!range) {
      reset++;
      current().zoom.clear();
    } else finer(range);
    draw.plots();
  }

  /** Rows that stand for many are asked for anew, for the zoomed part alone. */
  function finer([x0, x1]: [number, number]): void {
    const { session, curves, zoom: closer } = current();
    const { columns } = session;
    if (columns.n >= columns.rows) return;
    const x = curves.x(settings.across);
    const step = columns.column("step");
    const first = step[0] ?? 0;
    const row = (i: number): number => (step[Math.min(step.length - 1, Math.max(0, i))] ?? first) - first;
    closer.to(
      Math.max(0, row(lowerBound(x, x0) - 2)),
      Math.min(columns.rows, row(lowerBound(x, x1) + 2) + 1),
    );
  }

  function build(columns: readonly string[]): void {
    columnsSeen = columns.join();
    const specs = specsFor(columns).filter(
      (spec) => !spec.view || members.tasks.offered.has(spec.watch ?? ""),
    );
    const key = specs.map((spec) => `${spec.id}${spec.title}${spec.curves.length}`).join();
    if (key === paneSet) return;
    paneSet = key;
    paneLife.abort();
    paneLife = new AbortController();
    const events = {
      hover: tip.at,
      step: tip.step,
      changed: () => draw.plots(),
      zoom: setZoom,
      picked(pane: PlotPane, x: number | null) {
        if (x !== null) tip.at(pane, x);
        const step = tip.cursor();
        const at = tip.element.getBoundingClientRect();
        if (step !== null && !head.branch.disabled) branchFrom(step, { x: at.left, y: at.top });
      },
    };
    panes = specs.map((spec) => plotPane(spec, `qlab-${options.run}`, events, paneLife.signal));
    const plots = panes.map((pane): GridPane => {
      const { spec, element } = pane;
      const about = spec.view
        ? `${spec.unit}; computed while shown`
        : spec.watch
          ? `${spec.unit}; measured while shown`
          : spec.unit;
      const log = spec.ownAxis || spec.id === "ent" ? {} : { log: () => isLog(spec, settings) };
      const width = spec.id === "loss" ? 2 : 1;
      return { id: spec.id, title: spec.title, about, element, width, ...log, download: pane.download };
    });
    const others: GridPane[] = [
      { id: "circ", title: "Circuit", about: "depth and gates", element: circuit.element, width: 2 },
    ];
    if (!columns.includes("r2"))
      others.push({
        id: "conf",
        title: "Confusion",
        about: "validation",
        element: confusion.element,
        width: 1,
      });
    grid.set([...plots, ...others]);
  }

  function drawWords(): void {
    const { session, curves } = current();
    const now = session.state;
    const { status } = now;
    curves.use(session.columns, settings, status);
    const title = now.name || current().name || options.title || "Run";
    const is = shown(now);
    root.dataset.state = is;
    root.classList.toggle("ql-lost", is === "disconnected");
    root.classList.toggle("ql-loading", is === "loading" || (now.have === 0 && now.total > 0));
    head.update(now, title);
    steering.update(now);
    const pausedFor = pausedAt === null ? null : (timers.now() - pausedAt) / 1000;
    line.update(now, curves, pausedFor);
    aside.update(now, curves, members, title, picked);
    confusion.update(status?.confusion ?? null, !status ? "loading" : isActive(status) ? "active" : "ended");
    const { tasks } = members;
    circuit.update(
      status?.stats ?? null,
      current().readings.of("transpiled").at(-1)?.[2],
      tasks.offered.has("transpiled"),
    );
    const last = Math.max(status?.step ?? 0, session.columns.column("step").at(-1) ?? 0);
    banner.update(now, last, plotFault, options.connection?.gone?.() ?? false);
    foot.update(now, is);
    const visible = new Set(grid.shown());
    const looked = panes.filter(({ spec }) => spec.watch && visible.has(spec.id));
    const names = (view: boolean): string[] =>
      looked.flatMap(({ spec }) => (Boolean(spec.view) === view && spec.watch ? [spec.watch] : []));
    members.watch(new Set(names(false)));
    tasks.want(current(), names(true));
  }

  function branchFrom(step: number, at?: { x: number; y: number }): void {
    const { status } = state();
    if (status) openBranch(root, head.branch, status, step, (value) => order("branch", value), at);
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

  function reopen(): boolean {
    return options.connection?.reopen?.(current().id) ?? false;
  }

  function reconnect(): void {
    const { connection } = options;
    connection?.retry?.();
    members.reconnect();
    setTimeout(() => {
      // only where the host still says so: else the kernel is merely busy, and asking goes on
      if (!signal.aborted && state().phase === "opening" && connection?.connected() === false)
        members.connected(false);
    }, GRACE);
  }

  drawWords();
  return {
    arrange(patch) {
      settings = arranged(settings, patch);
      aside.settings(settings);
      grid.arrange(settings);
      draw.plots();
    },
    resize: foot.resize,
  };
}
