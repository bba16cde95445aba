/**
 * The circuit designer as one function: builds the parts, gives each the session, and redraws them at most once a frame.
 * It knows its host only as a Store; what a part does is in the part.
 */

import { isState } from "../core/simulate";
import { canvas as makeCanvas } from "./canvas";
import { codePane } from "./codepane";
import { conflictPanel } from "./conflict";
import { fill, h, on, setText } from "./dom";
import { fixed } from "./format";
import { announce, type DesignerHandle } from "./handle";
import { icon } from "./icons";
import { inspector } from "./inspector";
import { keyboard } from "./keyboard";
import { openKeySheet } from "./keysheet";
import { overlays } from "./overlays";
import { palette } from "./palette";
import { placeTile } from "./place";
import { pointer } from "./pointer";
import { layoutOf, type Panel, Session } from "./session";
import { guardShortcuts } from "./shortcuts";
import { stateOf } from "./simulation";
import { statePanel } from "./statepanel";
import { statStrip } from "./statstrip";
import type { Store } from "./store";
import { followTheme } from "./theme";
import type { Tile } from "./tiles";
import { toolbar } from "./toolbar";
import type { LoadPlotly } from "./worthplot";

export interface DesignerOptions {
  /** Fills its host (a document area, a tab) instead of having a height of its own. */
  readonly document?: boolean;
  /** Height in px in a cell; at most 85 % of what is visible. */
  readonly height?: number;
  /** Why nothing may be changed; undefined where it may. */
  readonly readOnly?: string;
  /** Gets plotly.js, asked for when the first plot opens; without it plots are plain SVG. */
  readonly plotly?: LoadPlotly;
}

/** How long the code may lag behind a slider that never rests, in ms. */
const PATIENCE = 250;
const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2];

/** Mounts the designer into `root` until `signal` ends. */
export function designer(
  root: HTMLElement,
  store: Store,
  opts: DesignerOptions,
  signal: AbortSignal,
): DesignerHandle {
  const session = new Session(store, signal, opts.readOnly);
  root.classList.add("ql", "ql-ds");
  root.classList.toggle("is-document", opts.document === true);
  root.style.setProperty("--ql-h", `${opts.height ?? 720}px`);
  followTheme(root, signal, () => schedule());

  const focusCanvas = (): void => canvas.main.focus({ preventScroll: true });
  const put = (tile: Tile): void => keys.placed(placeTile(session, tile));
  const sheet = (): void => openKeySheet(root, focusCanvas);
  const canvas = makeCanvas(session, signal);
  root.style.setProperty("--ql-mix", canvas.mix);
  const host = { root: () => root, focusCanvas, zoom, sheet, plotly: opts.plotly };
  const bar = toolbar(session, host, signal);
  const tiles = palette(put, focusCanvas, signal);
  const strip = statStrip(session, host, () => strip.update(), signal);
  const state = statePanel(session, signal);
  const gate = inspector(session, host, signal);
  const code = codePane(session, focusCanvas, signal);
  const versions = conflictPanel(session, signal);
  const live = h("div", { class: "ql-sr", "aria-live": "polite", "aria-atomic": "true" });
  const status = h("span", { class: "row", role: "status" });
  const timing = h("span", { class: "low" });
  const hint = h("span", { class: "ql-hint" });
  const kbd = (key: string) => h("span", { class: "ql-kbd" }, key);
  const foot = h(
    "footer",
    { class: "ql-foot" },
    status,
    timing,
    h(
      "span",
      { class: "end row low" },
      hint,
      kbd("←"),
      kbd("→"),
      " move ",
      kbd("R"),
      " rotation ",
      kbd("C"),
      " control ",
      kbd("?"),
      " all keys",
    ),
  );
  const panels: [Panel, string][] = [
    ["gate", "Gate"],
    ["state", "State"],
    ["stats", "Statistics"],
    ["code", "Code"],
  ];
  const tabs = panels.map(([panel, name]) => {
    const tab = h("button", { type: "button", role: "tab" }, name);
    on(
      tab,
      "click",
      () => {
        if (panel === "gate") session.set("tab", "gate");
        session.set("panel", panel);
      },
      signal,
    );
    return tab;
  });
  const main = h(
    "div",
    { class: "ql-work" },
    canvas.el,
    h("div", { class: "ql-tabs ql-panel-tabs", role: "tablist" }, tabs),
    h("section", { class: "ql-below" }, strip.el, state.el),
    h("aside", { class: "ql-side", "aria-label": "Gate and code" }, gate.el, code.el),
  );
  root.append(bar.el, h("div", { class: "ql-lay" }, tiles.el, main), foot, live, versions.el);
  if (!opts.document) root.append(grip(root, signal));
  signal.addEventListener("abort", () => root.replaceChildren(), { once: true });

  const drags = pointer(
    session,
    {
      root,
      canvas,
      tileOf: tiles.tileOf,
      onTile(tile) {
        put(tile);
        focusCanvas();
      },
      repaint: () => canvas.update(),
    },
    signal,
  );
  const over = overlays(
    session,
    canvas,
    () => root.classList.contains("is-dragging"),
    () => keys.edit(),
    signal,
  );
  const keys = keyboard(
    session,
    {
      root,
      canvas,
      cancelDrag: drags.cancel,
      search: tiles.focusSearch,
      sheet,
      editParts: () => {
        session.set("panel", "gate");
        paint();
        return gate.edit();
      },
      zoom,
      hint: (text) => setText(hint, text),
    },
    signal,
  );

  guardShortcuts(root, signal); // after the designer's own keys

  function zoom(by: -1 | 0 | 1): void {
    if (by === 0) {
      const l = layoutOf(session.circuit);
      const fit = Math.min(canvas.scroll.clientWidth / l.width, canvas.scroll.clientHeight / l.height);
      session.set("zoom", Math.max(0.25, Math.min(1, Math.floor(fit * 100) / 100)));
      return;
    }
    const now = session.zoom;
    const next = by > 0 ? ZOOMS.find((z) => z > now + 0.001) : ZOOMS.findLast((z) => z < now - 0.001);
    session.set("zoom", next ?? now);
  }

  /** A block can't hold itself. */
  const blocks = (): string[] =>
    (session.root.blocks ?? []).map((b) => b.name).filter((name) => name !== session.inside);

  const active = (): Element | null => (root.getRootNode() as Document | ShadowRoot).activeElement;
  /** What had the focus may be gone with its gate; the keys must not go to the page. */
  function keepFocus(update: () => void): void {
    const within = (): boolean => active() !== root && root.contains(active());
    const had = within();
    update();
    if (had && !within()) focusCanvas();
  }

  let tall = 0;
  let painted = false;
  function paint(): void {
    keepFocus(picture);
    painted = true;
  }

  /** What an edit is made for: the drawing and its state. The panels follow in the next frame. */
  function picture(): void {
    root.classList.toggle("is-locked", session.locked !== undefined && !session.conflict);
    root.classList.toggle("is-text", session.broken !== undefined && !session.good);
    if (root.dataset.panel !== session.panel) root.dataset.panel = session.panel;
    // a property set anew restyles all below it, so only when it differs
    const now = Math.ceil(layoutOf(session.circuit).height * session.zoom) + 12;
    if (now !== tall) canvas.el.style.setProperty("--ql-cv-h", `${now}px`);
    tall = now;
    panels.forEach(([panel], i) => {
      tabs[i]!.classList.toggle("on", panel === session.panel);
      tabs[i]!.setAttribute("aria-selected", String(panel === session.panel));
    });
    bar.update();
    tiles.update(blocks());
    versions.update();
    over.update();
    canvas.update();
    state.update();
    beside();
    text();
    footer();
    setText(live, session.spoken);
  }

  let following = 0;
  /** The figures, and the gate's panel where it is about another gate; a slider in it moves with the picture. */
  function follow(): void {
    following = 0;
    if (signal.aborted) return;
    keepFocus(() => {
      strip.update();
      if (gate.stale()) gate.update();
    });
  }
  function beside(): void {
    if (!painted || gate.el.contains(active()) || !gate.stale()) gate.update();
    cancelAnimationFrame(following);
    if (painted) following = requestAnimationFrame(follow);
    else strip.update();
  }

  let waiting = 0;
  let since = 0;
  /** The text comes after the picture: in the next quiet frame, or at once while the focus is in it. */
  function text(): void {
    const now = performance.now();
    cancelAnimationFrame(waiting);
    if (!painted || code.el.contains(active())) {
      since = 0;
      code.update();
      return;
    }
    if (since > 0 && now - since > PATIENCE) {
      since = 0;
      setTimeout(() => signal.aborted || code.update()); // not in the frame of the picture
      return;
    }
    if (since === 0) since = now;
    waiting = requestAnimationFrame(() => {
      if (signal.aborted || frame) return;
      since = 0;
      code.update();
    });
  }

  function footer(): void {
    const said =
      session.broken !== undefined ? { state: "off" as const, text: "Not a circuit" } : session.status;
    const key = said ? `${said.state}:${said.text}` : "";
    if (status.dataset.key !== key) {
      status.dataset.key = key;
      fill(
        status,
        said &&
          h(
            "span",
            { class: `ql-${said.state}` },
            icon(said.state === "step" ? "check" : said.state === "off" ? "warn" : "refresh"),
          ),
        said?.text,
      );
    }
    const { ms, result, behind } = stateOf(session);
    const took = `state in ${ms < 0.1 ? "0.1" : fixed(ms, ms < 10 ? 1 : 0)} ms, in the browser`;
    setText(timing, behind ? "simulating" : result && isState(result) ? took : "");
  }

  let frame = 0;
  function schedule(): void {
    if (frame || signal.aborted) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (!signal.aborted) paint();
    });
  }
  session.onChange(schedule);
  paint();
  const handle: DesignerHandle = {
    root,
    signal,
    circuit: () => session.shown,
    whole: () => session.root,
    text: () => session.text,
    blocks,
    locked: () => session.locked,
    place: put,
    grab: drags.grab,
    focus: focusCanvas,
    onChange: (callback) => session.onChange(callback),
  };
  announce(handle);
  return handle;
}

/** The handle at the foot that changes the height. */
function grip(root: HTMLElement, signal: AbortSignal): HTMLElement {
  const el = h("div", { class: "ql-grip", title: "Drag to change the height" });
  let start: { y: number; height: number } | undefined;
  on(
    el,
    "pointerdown",
    (event) => {
      start = { y: event.clientY, height: root.getBoundingClientRect().height };
      el.setPointerCapture(event.pointerId);
      event.preventDefault();
      event.stopPropagation();
    },
    signal,
  );
  on(
    el,
    "pointermove",
    (event) => {
      if (start)
        root.style.setProperty("--ql-h", `${Math.max(420, start.height + event.clientY - start.y)}px`);
    },
    signal,
  );
  on(
    el,
    "pointerup",
    () => {
      start = undefined;
    },
    signal,
  );
  return el;
}
