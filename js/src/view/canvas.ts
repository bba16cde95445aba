/**
 * The drawing: wires, gates, ruler and labels as SVG, kept in step with the session. Only columns near the view are in
 * the DOM; a gate that moves slides, one that is the same is left alone. It reads geometry from core/layout and decides
 * nothing: pointer.ts and keys handle what a person does on it.
 */
import { opName } from "../core/edit";
import type { Layout, Placed, Rect } from "../core/layout";
import { fill, h, on, s } from "./dom";
import { classicalLine, gateNode, originOf, signature } from "./gatenode";
import { minimap } from "./minimap";
import { overDrawing } from "./overdrawing";
import { ruler as makeRuler } from "./ruler";
import { layoutOf, type Session } from "./session";

/** Where a drop would go. */
export interface Zone {
  readonly rect: Rect;
  readonly bad: boolean;
  readonly bar: boolean;
}

export interface Canvas {
  readonly el: HTMLElement;
  readonly scroll: HTMLElement;
  readonly main: SVGSVGElement;
  /** The split fill of a gate that reads both, for --ql-mix; unique on the page. */
  readonly mix: string;
  /** Set by the drag in hand. */
  zone: Zone | undefined;
  marquee: Rect | undefined;
  /** Outlined as passed by a gate they do not commute with. */
  passed: readonly string[];
  update(): void;
  /** What is in sight, in px of the screen from the drawing's corner: as of the last event, so that reading it costs nothing. */
  readonly sight: { readonly left: number; readonly top: number; readonly w: number; readonly h: number };
  /** A point of the screen in the drawing's own px. */
  at(clientX: number, clientY: number): { x: number; y: number };
  reveal(rect: Rect): void;
}

interface Drawn {
  readonly node: SVGGElement;
  readonly line: SVGGElement | undefined;
  readonly key: string;
  /** What it was drawn from: the same objects need no second look. */
  readonly from: readonly unknown[];
}

/** How far the view goes, in px, before columns are added and taken away. */
const STEP = 320;
/** The picture grows in steps of so many px, and what is too much is cut off: a new size is a new layout of all in it. */
const GROWTH = 512;
/** More gates than this jump to their new places instead of sliding. */
const SLIDING = 8;

let count = 0;

export function canvas(session: Session, signal: AbortSignal): Canvas {
  count += 1;
  const mix = `ql-mix-${count}`;
  const wires = s("g", { class: "ql-wires", "aria-hidden": "true" });
  const under = s("g", { "aria-hidden": "true" });
  const marks = s("g", { "aria-hidden": "true" });
  const halos = s("g", { "aria-hidden": "true" });
  const gates = s("g", { class: "ql-gates" });
  const over = s("g", { "aria-hidden": "true" });
  const main = s(
    "svg",
    { class: "ql-main", role: "application", tabindex: 0, "aria-roledescription": "circuit" },
    s(
      "defs",
      null,
      s(
        "linearGradient",
        { id: mix, x1: 0, y1: 0, x2: 1, y2: 1 },
        s("stop", { offset: ".5", "stop-color": "var(--ql-data-fill)" }),
        s("stop", { offset: ".5", "stop-color": "var(--ql-weight-fill)" }),
      ),
    ),
    wires,
    under,
    marks,
    halos,
    gates,
    over,
  );
  const ruler = s("svg", { class: "ql-ruler", "aria-hidden": "true" });
  const rule = makeRuler(ruler);
  const labels = s("svg", { class: "ql-labels", "aria-hidden": "true" });
  const corner = h("div", { class: "ql-corner", "aria-hidden": "true" });
  const stack = h("div", { class: "ql-stack" }, main, ruler, labels, corner);
  const scroll = h("div", { class: "ql-scroll" }, stack);
  const map = minimap(session, scroll, signal);
  const el = h(
    "section",
    { class: "ql-cv", "aria-label": "Circuit", style: `--ql-mix: url(#${mix})` },
    map.el,
    scroll,
  );
  const drawn = new Map<string, Drawn>();
  /** Gates that slide from the next frame on: in this one they stand where they were, and the picture need not wait. */
  const sliding = new Map<SVGGElement, string>();
  // sizes and scroll position are kept from their events: reading them while drawing would force a layout each time
  let view = { w: 0, h: 0 };
  let left = 0;
  let top = 0;

  const self: Canvas = {
    el,
    scroll,
    main,
    mix: `url(#${mix})`,
    zone: undefined,
    marquee: undefined,
    passed: [],
    get sight() {
      return { left, top, ...view };
    },
    update,
    at(clientX, clientY) {
      const box = main.getBoundingClientRect();
      return { x: (clientX - box.left) / session.zoom, y: (clientY - box.top) / session.zoom };
    },
    reveal(rect) {
      const z = session.zoom;
      const l = layoutOf(session.shown);
      const left = rect.x * z - l.labelW * z - 8;
      const right = (rect.x + rect.w) * z + 16 - scroll.clientWidth;
      if (scroll.scrollLeft > left) scroll.scrollLeft = Math.max(0, left);
      else if (scroll.scrollLeft < right) scroll.scrollLeft = right;
      const top = (rect.y - l.metrics.ruler) * z - 4;
      const bottom = (rect.y + rect.h) * z + 8 - scroll.clientHeight;
      if (scroll.scrollTop > top) scroll.scrollTop = Math.max(0, top);
      else if (scroll.scrollTop < bottom) scroll.scrollTop = bottom;
    },
  };

  function update(): void {
    const l = layoutOf(session.shown);
    const z = session.zoom;
    if (view.w === 0) {
      map.update();
      view = { w: scroll.clientWidth || 720, h: scroll.clientHeight || 320 };
    }
    const whole = { w: Math.max(l.width, view.w / z), h: Math.max(l.height, view.h / z) };
    const [W, H] = [roomFor(whole.w), roomFor(whole.h)];
    attribute(stack, "style", `width: ${whole.w * z}px; height: ${whole.h * z}px`);
    size(main, W, H, z);
    size(ruler, W, l.metrics.ruler, z);
    size(labels, l.labelW, H, z);
    corner.style.width = `${l.labelW * z}px`;
    corner.style.height = `${l.metrics.ruler * z}px`;
    el.dataset.zoom = z < 0.45 ? "bare" : z < 0.7 ? "names" : "full";
    const c = session.shown;
    attribute(
      main,
      "aria-label",
      `Circuit ${c.name}, ${c.qubits.length} wires, ${l.columns.length} columns, ${c.ops.length} operations`,
    );
    drawWires(l, W);
    drawGates(l);
    drawRuler(l, W);
    drawLabels(l);
    const marked = overDrawing(session, self, l);
    fill(halos, marked.behind);
    fill(over, marked.before);
    if (!later) later = requestAnimationFrame(after);
  }

  let later = 0;
  /** What the picture needn't wait for: the map, and that gates set off. */
  function after(): void {
    later = 0;
    if (signal.aborted) return;
    for (const [node, to] of sliding) {
      node.classList.add("slides");
      node.setAttribute("style", to);
    }
    sliding.clear();
    map.update();
    map.frame(left, view.w);
  }

  /** Whether a part is to be drawn anew, and notes what it is drawn from. */
  const known = new Map<string, readonly unknown[]>();
  function anew(part: string, ...from: unknown[]): boolean {
    if (known.get(part)?.every((v, i) => v === from[i])) return false;
    known.set(part, from);
    return true;
  }

  function drawWires(l: Layout, W: number): void {
    const marks0 = l.cmarks.map((m) => `${m.x}:${m.text}`).join();
    if (!anew("wires", W, l.labelW, l.cwire, l.wires.length, marks0)) return;
    fill(
      wires,
      l.wires.map((w) => s("line", { class: "wire", x1: l.labelW - 4, x2: W, y1: w.y, y2: w.y })),
      l.cwire !== undefined && [
        s("line", { class: "cwire", x1: l.labelW - 4, x2: W, y1: l.cwire - 1.5, y2: l.cwire - 1.5 }),
        s("line", { class: "cwire", x1: l.labelW - 4, x2: W, y1: l.cwire + 1.5, y2: l.cwire + 1.5 }),
      ],
    );
    fill(
      marks,
      l.cmarks.map((m) => s("text", { class: "tk", x: m.x + 8, y: (l.cwire ?? 0) - 6 }, m.text)),
    );
  }

  /** What is drawn: the view and more on each side, in steps, so that most of a scroll changes nothing. */
  const span = (z: number): [number, number] => {
    const at = Math.round(left / STEP) * STEP;
    return [(at - STEP) / z, (at + view.w + STEP) / z];
  };

  function visible(l: Layout): Placed[] {
    const z = session.zoom;
    const [from, to] = span(z);
    const all: Placed[] = [];
    l.columns.forEach((strip, col) => {
      if (strip.x + strip.w >= from && strip.x <= to)
        all.push(...[...l.inColumn(col)].sort((a, b) => a.y - b.y));
    });
    return all;
  }

  function drawGates(l: Layout): void {
    const items = visible(l);
    const keep = new Set(items.map((p) => p.id));
    for (const [id, d] of drawn) {
      if (keep.has(id)) continue;
      d.node.remove();
      d.line?.remove();
      drawn.delete(id);
    }
    const ghosts = new Set(session.preview?.ids);
    let next: ChildNode | null = gates.firstChild;
    const moved = new Map<SVGGElement, string>();
    for (const p of items) {
      const op = session.shown.ops[p.index]!;
      const old = drawn.get(p.id);
      const from = [p, op, session.shown.qubits, ghosts.has(p.id)];
      if (old?.from.every((v, i) => v === from[i])) {
        if (old.node === next) next = next.nextSibling;
        else gates.insertBefore(old.node, next);
        continue;
      }
      const key = signature(p);
      const node = old?.key === key ? old.node : gateNode(p);
      if (old && old.node !== node) {
        if (next === old.node) next = node;
        old.node.replaceWith(node);
      }
      old?.line?.remove();
      const line = classicalLine(p);
      if (line) under.append(line);
      drawn.set(p.id, { node, line, key, from });
      const on = op.qubits.map((q) => session.shown.qubits[q]).join(" ");
      if (node !== old?.node) {
        node.dataset.id = p.id;
        node.setAttribute("role", "img");
      }
      const times = p.run?.rolled ? `, ${p.run.ids.length} times` : "";
      attribute(node, "aria-label", `${opName(op)}${times}, ${on}, column ${p.col}`);
      node.classList.toggle("is-ghost", ghosts.has(p.id));
      const o = originOf(p);
      const to = `transform: translate(${o.x}px, ${o.y}px)`;
      if (node.getAttribute("style") !== to) moved.set(node, to);
      sliding.delete(node);
      // reading order: by column, then from the top
      if (node === next) next = next.nextSibling;
      else gates.insertBefore(node, next);
    }
    // each gate that slides is a layer of its own for the browser
    const many = moved.size > SLIDING;
    for (const [node, to] of moved) {
      if (!many && node.hasAttribute("style")) {
        sliding.set(node, to);
        continue;
      }
      node.classList.remove("slides");
      node.setAttribute("style", to);
    }
  }

  function drawRuler(l: Layout, W: number): void {
    const [from, to] = span(session.zoom);
    const lit = new Set(session.selection.map((id) => l.byId.get(id)?.col));
    rule({ layout: l, width: W, from, to, marker: session.marker, lit });
  }

  function drawLabels(l: Layout): void {
    const { qubits, clbits } = session.shown;
    if (!anew("labels", l.labelW, l.cwire, session.wire, qubits.join("\n"), clbits.length)) return;
    fill(
      labels,
      s("rect", { class: "back", width: l.labelW - 4, height: "100%" }),
      l.wires.map((w, i) => {
        const on = session.wire === i ? "name on" : "name";
        return s("text", { class: on, x: 12, y: w.y + 4 }, w.name, s("title", null, qubits[i] ?? ""));
      }),
      l.cwire !== undefined && [
        s("text", { class: "name", x: 12, y: l.cwire + 4 }, "c"),
        s(
          "text",
          { class: "tk", x: l.labelW - 12, y: l.cwire + 4, "text-anchor": "end" },
          `${clbits.length} ${clbits.length === 1 ? "bit" : "bits"}`,
        ),
      ],
    );
  }

  let frame = 0;
  on(
    scroll,
    "scroll",
    () => {
      left = scroll.scrollLeft; // now, while nothing is changed that would have to be laid out for it
      top = scroll.scrollTop;
      map.frame(left, view.w);
      if (frame) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (signal.aborted) return;
        const l = layoutOf(session.shown);
        drawGates(l);
        drawRuler(l, roomFor(Math.max(l.width, view.w / session.zoom)));
      });
    },
    signal,
    { passive: true },
  );
  const watch = new ResizeObserver(() => {
    view = { w: scroll.clientWidth || view.w, h: scroll.clientHeight || view.h };
    session.emit();
  });
  watch.observe(scroll);
  signal.addEventListener("abort", () => watch.disconnect(), { once: true });
  return self;
}

const roomFor = (px: number): number => Math.ceil(px / GROWTH) * GROWTH;

/** Sets what differs: an attribute set anew makes the browser look at it again. */
function attribute(el: Element, name: string, value: string): boolean {
  if (el.getAttribute(name) === value) return false;
  el.setAttribute(name, value);
  return true;
}

function size(svg: SVGSVGElement, w: number, height: number, zoom: number): void {
  attribute(svg, "width", String(Math.round(w * zoom * 100) / 100));
  attribute(svg, "height", String(Math.round(height * zoom * 100) / 100));
  attribute(svg, "viewBox", `0 0 ${w} ${height}`);
}
