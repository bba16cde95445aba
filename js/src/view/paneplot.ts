/** One plot pane: header, Plotly, hover line, hidden table. Draws when told to and only what has changed. */

import type { PlotlyHTMLElement } from "plotly.js";
import { fill, h, on, s, setText } from "./dom";
import type { Curve, PaneSpec, Style } from "./panecurves";
import { figure, fullRange, isLog, plotWidth, type Scene } from "./panefigure";
import { instrument, readingRows } from "./paneinstruments";
import { config, MARGIN } from "./panelayout";
import { figureText } from "./panelwords";
import type { Plotly } from "./plotly";

export interface PaneEvents {
  /** The pointer, or the arrow keys, are at this place of the x axis; null when they have left. */
  hover(pane: PlotPane, x: number | null): void;
  step(pane: PlotPane, by: number): void;
  zoom(range: [number, number] | null): void;
  /** A click, or Enter, at this place of the x axis; null is where the line is. */
  picked(pane: PlotPane, x: number | null): void;
  changed(): void;
}

export interface PlotPane {
  readonly spec: PaneSpec;
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  readonly ready: boolean;
  /** Draws if `key` differs from the last one and the pane can be seen; says whether it did. */
  draw(plotly: Plotly, scene: Scene, key: string): boolean;
  /** The line at x, with a dot on the main curve at y; null takes it away. */
  line(scene: Scene, x: number | null, y: number): number;
  describe(scene: Scene): void;
  /** Saves the picture as a file. */
  download(): void;
}

const KEYS: Record<Style, [string, string]> = {
  val: ["2", ""],
  smooth: ["1.6", "2 3"],
  raw: ["1", ""],
};

function legend(curve: Curve): HTMLElement {
  const [width, dash] = KEYS[curve.style];
  const path = s("path", {
    d: "M0,4H18",
    stroke: "var(--ql-ink-2)",
    "stroke-width": width,
    "stroke-dasharray": dash,
  });
  return h(
    "span",
    { class: "ql-key" },
    s("svg", { width: 18, height: 8, viewBox: "0 0 18 8", "aria-hidden": "true" }, path),
    curve.label,
  );
}

/** The unit, with "log" said where the scale is so. */
function unitText(spec: PaneSpec, { settings }: Scene): string {
  const bare = spec.unit.replace(/(, )?log$/, "");
  const log = isLog(spec, settings) ? "log" : "";
  return [bare, log].filter(Boolean).join(", ");
}

export function plotPane(spec: PaneSpec, name: string, events: PaneEvents, signal: AbortSignal): PlotPane {
  const unit = h("span", { class: "cap" }, spec.unit);
  const lead = spec.curves.filter((c) => c.style !== "raw").reverse();
  const keys = lead.length > 1 ? h("span", { class: "end row ql-keys" }, lead.map(legend)) : null;
  const div = h("div", { class: "ql-plot" });
  const rule = h("i", { class: "ql-rule" });
  const dot = h("i", { class: "ql-dot" });
  const skeleton = h(
    "div",
    { class: "ql-skeleton", "aria-hidden": "true" },
    Array.from({ length: 14 }, (_, i) =>
      h("i", { style: `height:${24 + 60 * Math.abs(Math.sin(i * 0.9 + spec.title.length))}%` }),
    ),
  );
  const body = h(
    "div",
    {
      class: "ql-plot-body",
      role: "group",
      "aria-roledescription": "plot",
      tabindex: 0,
      "aria-label": spec.title,
    },
    div,
    rule,
    dot,
    skeleton,
  );
  const table = h("table", { class: "ql-sr" });
  const word = h("p", { class: "ql-plot-note cap" });
  body.append(word);
  const element = h(
    "section",
    { class: `ql-pane ql-pane-${spec.id}`, "aria-label": spec.title },
    h("header", { class: "row" }, h("h2", null, spec.title), unit, keys),
    body,
    table,
  );

  let width = 0;
  let height = 0;
  let seen = true;
  let held = false;
  let last = "";
  let layout: { yaxis?: { range?: unknown } } = {};
  let gd: PlotlyHTMLElement | undefined;
  let used: Plotly | undefined;

  const sizes = new ResizeObserver(([entry]) => {
    if (!entry) return;
    width = Math.round(entry.contentRect.width);
    height = Math.round(entry.contentRect.height);
    events.changed();
  });
  sizes.observe(body);
  const sights =
    typeof IntersectionObserver === "undefined"
      ? null
      : new IntersectionObserver((entries) => {
          seen = entries.at(-1)?.isIntersecting ?? true;
          if (seen) events.changed();
        });
  sights?.observe(element);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    sights?.disconnect();
    if (gd) used?.purge(gd);
  });

  let scene: Scene | undefined;
  const range = (): readonly [number, number] => (scene ? (scene.zoom ?? fullRange(scene)) : [0, 1]);
  const placed = (event: PointerEvent): number | null => {
    const left = event.clientX - body.getBoundingClientRect().left - MARGIN.l;
    const wide = plotWidth(width);
    if (left < -2 || left > wide + 2) return null;
    const [x0, x1] = range();
    return x0 + (left / wide) * (x1 - x0);
  };
  on(body, "pointermove", (event) => events.hover(api, placed(event)), signal);
  on(body, "pointerleave", () => events.hover(api, null), signal);
  // Plotly replaces its drag layer when it draws: none while a zoom box is being pulled
  const hold = (is: boolean): void => {
    if (held && !is) events.changed();
    held = is;
  };
  let pressed: { x: number; y: number } | null = null;
  on(
    body,
    "pointerdown",
    (event) => {
      const tool = event.target instanceof Element && event.target.closest(".modebar-container");
      pressed = event.button === 0 && !tool ? { x: event.clientX, y: event.clientY } : null;
      hold(true);
    },
    signal,
    { capture: true },
  );
  // on the window: Plotly lays a cover over the page while the button is down
  on(
    window,
    "pointerup",
    (event) => {
      const from = pressed;
      pressed = null;
      if (!from || spec.ownAxis || Math.hypot(event.clientX - from.x, event.clientY - from.y) >= 4) return;
      const x = placed(event);
      if (x !== null) events.picked(api, x);
    },
    signal,
    { capture: true },
  );
  for (const type of ["pointerup", "pointercancel"] as const)
    on(window, type, () => hold(false), signal, { capture: true });
  on(
    body,
    "keydown",
    (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -1e9, End: 1e9 }[event.key];
      if (event.altKey || event.ctrlKey || event.metaKey || spec.ownAxis) return;
      const enter = event.key === "Enter" && event.target === body;
      if (by === undefined && event.key !== "Escape" && !enter) return;
      event.preventDefault();
      event.stopPropagation();
      if (enter) events.picked(api, null);
      else if (by === undefined) events.hover(api, null);
      else events.step(api, by);
    },
    signal,
  );
  on(body, "blur", () => events.hover(api, null), signal);

  function listen(plot: PlotlyHTMLElement): void {
    if (spec.ownAxis) return;
    plot.on("plotly_relayout", (event) => {
      const { "xaxis.range[0]": a, "xaxis.range[1]": b } = event as Record<string, unknown>;
      if (typeof a === "number" && typeof b === "number" && b > a) events.zoom([a, b]);
      else if ("xaxis.range" in event || "xaxis.autorange" in event) events.zoom(null);
    });
    plot.on("plotly_doubleclick", () => events.zoom(null));
  }

  const api: PlotPane = {
    spec,
    element,
    body,
    get ready() {
      return gd !== undefined;
    },
    draw(plotly, next, key) {
      scene = next;
      const full = `${key} ${width} ${height}`;
      if (full === last || !seen || held || width < 20) return false;
      last = full;
      setText(unit, unitText(spec, next));
      if (spec.watch) setText(word, instrument(spec, next).note);
      word.dataset.empty = String(spec.watch !== undefined && instrument(spec, next).data.length === 0);
      const drawn = figure(spec, next, plotWidth(width));
      layout = { ...drawn.layout, width, height } as typeof layout;
      const first = !gd;
      void plotly.react(div, drawn.data, layout as never, config(`${name}-${spec.id}`));
      gd = div as unknown as PlotlyHTMLElement;
      used = plotly;
      if (first) {
        listen(gd);
        skeleton.remove();
        events.changed();
      }
      return true;
    },
    line(now, x, y) {
      scene = now;
      const [x0, x1] = range();
      const visible = !spec.ownAxis && x !== null && x >= x0 && x <= x1 && gd !== undefined;
      rule.hidden = !visible;
      dot.hidden = true;
      if (!visible || x === null) return 0;
      const left = MARGIN.l + ((x - x0) / (x1 - x0)) * plotWidth(width);
      rule.style.transform = `translateX(${left}px)`;
      const span = layout.yaxis?.range;
      const value = isLog(spec, now.settings) ? Math.log10(y) : y;
      if (Array.isArray(span) && Number.isFinite(value)) {
        const [low, high] = span as [number, number];
        const share = (value - low) / (high - low);
        dot.hidden = share < 0 || share > 1;
        const top = MARGIN.t + (1 - share) * (height - MARGIN.t - MARGIN.b);
        dot.style.transform = `translate(${left}px, ${top}px)`;
      }
      return left;
    },
    download() {
      if (gd) void used?.downloadImage(gd, { format: "svg", width, height, filename: `${name}-${spec.id}` });
    },
    describe(now) {
      const steps = now.curves.columns.column("step");
      const end = steps.length - 1;
      const rows = spec.watch
        ? readingRows(spec, now)
        : lead.map((curve) => [curve.label, figureText(now.curves.at(curve, end))] as const);
      const at =
        rows.length === 0 || end < 0
          ? "nothing measured yet"
          : `step ${steps[end]}: ${rows.map((row) => row.join(" ")).join(", ")}`;
      const across = now.settings.across;
      body.setAttribute("aria-label", `${spec.title} against ${across}, ${at}. Arrow keys read values.`);
      fill(
        table,
        h("caption", null, `${spec.title}, last values`),
        h(
          "tbody",
          null,
          rows.map(([label, text]) => h("tr", null, h("th", { scope: "row" }, label), h("td", null, text))),
        ),
      );
    },
  };
  rule.hidden = dot.hidden = true;
  return api;
}
