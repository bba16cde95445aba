/**
 * Pointer events on palette and drawing, translated for the pure parts: drag.ts says what phase a gesture is in, drop.ts
 * what a drop would do; here is only the picture that follows the pointer, the zone, the marquee and scrolling by itself.
 */
import { findOp } from "../core/circuit";
import type { Rect } from "../core/layout";
import type { Canvas } from "./canvas";
import { h, on, s } from "./dom";
import { AT_REST, type DragEvent, type DragState, type Source, step } from "./drag";
import { type Place, type Plan, plan } from "./drop";
import { gateNode, originOf } from "./gatenode";
import { boundaryAt, onFlag } from "./marker";
import { layoutOf, type Session } from "./session";
import { tilePicture } from "./tilenode";
import type { Tile } from "./tiles";
import { warnIfChanged } from "./warn";

export interface Parts {
  readonly root: HTMLElement;
  readonly canvas: Canvas;
  tileOf(target: EventTarget | null): Tile | undefined;
  /** A click, not a drag, on a tile. */
  onTile(tile: Tile): void;
  /** Brings the canvas up to date without a change of the session. */
  repaint(): void;
}

export interface Pointer {
  /** Esc: whether there was a gesture to end. */
  cancel(): boolean;
  /** Takes over a press on a tile that lies outside the designer. */
  grab(tile: Tile, event: PointerEvent): void;
}

const EDGE = 32;

export function pointer(session: Session, parts: Parts, signal: AbortSignal): Pointer {
  const { root, canvas } = parts;
  let state: DragState = AT_REST;
  let id = -1;
  let last = { x: 0, y: 0 };
  let from = { x: 0, y: 0 };
  let float: HTMLElement | undefined;
  let grip = { x: 0, y: 0 };
  let now: Plan | undefined;
  let hold = 0;
  let frame = 0;

  const source = (): Source | undefined => (state.phase === "idle" ? undefined : state.source);

  function feed(event: DragEvent): void {
    const was = source();
    const { state: next, effect } = step(state, event);
    state = next;
    if (effect === "begin") begin();
    if (effect === "begin" || effect === "move") schedule();
    if (effect === "drop") drop(was!);
    if (effect === "restore") session.say("Cancelled.");
    if (effect === "click") click(was!);
    if (state.phase === "idle") end();
  }

  function down(event: PointerEvent): void {
    if (event.button !== 0 || state.phase !== "idle") return;
    const found = sourceAt(event);
    if (found) press(found, event);
  }

  function press(found: Source, event: PointerEvent): void {
    id = event.pointerId;
    last = { x: event.clientX, y: event.clientY };
    from = canvas.at(last.x, last.y);
    const touch = event.pointerType === "touch";
    if (touch) hold = window.setTimeout(() => feed({ type: "hold" }), 250);
    feed({ type: "down", source: found, x: last.x, y: last.y, touch });
  }

  function sourceAt(event: PointerEvent): Source | undefined {
    const tile = parts.tileOf(event.target);
    if (tile) return session.locked ? undefined : { kind: "tile", tile };
    if (!(event.target instanceof Node) || !canvas.scroll.contains(event.target)) return undefined;
    if (event.target instanceof Element && event.target.closest("button, input, .ql-float, .ql-empty"))
      return undefined;
    const point = canvas.at(event.clientX, event.clientY);
    const box = canvas.scroll.getBoundingClientRect();
    if (
      event.clientX > box.left + canvas.scroll.clientWidth ||
      event.clientY > box.top + canvas.scroll.clientHeight
    )
      return undefined; // a scroll bar
    const l = layoutOf(session.circuit);
    const near = event.clientX - box.left < l.labelW * session.zoom;
    const top = event.clientY - box.top < l.metrics.ruler * session.zoom;
    if (top && !near && onFlag(l, session.marker, point.x)) return { kind: "marker" };
    const hit = near ? l.hit(4, point.y) : l.hit(point.x, top ? 4 : point.y);
    canvas.main.focus({ preventScroll: true });
    if (hit?.kind === "label") session.selectWire(hit.wire);
    else if (hit?.kind === "ruler")
      session.select(
        l.inColumn(hit.col).map((p) => p.id),
        event.shiftKey,
      );
    else if (hit?.kind === "op" && hit.part === "roll") session.toggle("unrolled", hit.id);
    else if (hit?.kind === "op") {
      const col = l.byId.get(hit.id)!.col;
      const wire = hit.wire ?? findOp(session.circuit, hit.id)!.qubits[0] ?? 0;
      if (event.shiftKey) {
        session.select([hit.id], true);
        return undefined;
      }
      if (!session.selection.includes(hit.id) || session.wire !== undefined) session.select([hit.id]);
      session.setCursor({ col, wire });
      return session.locked ? undefined : { kind: "ops", ids: session.selection, wire, col };
    } else {
      if (hit && !event.shiftKey) session.setCursor({ col: hit.col, wire: hit.wire });
      return { kind: "marquee", add: event.shiftKey };
    }
    return undefined;
  }

  function begin(): void {
    const what = source()!;
    try {
      root.setPointerCapture(id);
    } catch {
      // the pointer is gone already; the moves still come while it is over the widget
    }
    root.classList.add("is-dragging");
    canvas.main.focus({ preventScroll: true }); // so that Esc comes here
    if (what.kind === "tile") {
      const size = Math.max(24, 40 * session.zoom);
      grip = { x: size / 2, y: size / 2 };
      float = h("div", { class: "ql-drag" }, tilePicture(what.tile, size));
    } else if (what.kind === "ops") {
      const l = layoutOf(session.circuit);
      const items = what.ids.map((one) => l.byId.get(one)!);
      const x = Math.min(...items.map((p) => p.x));
      const y = Math.min(...items.map((p) => p.y));
      const w = Math.max(...items.map((p) => p.x + p.w)) - x;
      const height = Math.max(...items.map((p) => p.y + p.h)) - y;
      grip = { x: (from.x - x + 4) * session.zoom, y: (from.y - y + 16) * session.zoom };
      const box = `${x - 4} ${y - 16} ${w + 8} ${height + 24}`;
      const z = session.zoom;
      const picture = s("svg", { viewBox: box, width: (w + 8) * z, height: (height + 24) * z });
      for (const p of items) {
        const g = gateNode(p);
        const o = originOf(p);
        g.setAttribute("transform", `translate(${o.x},${o.y})`);
        picture.append(g);
      }
      float = h("div", { class: "ql-drag" }, picture);
    }
    if (float) root.append(float);
  }

  function schedule(): void {
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function tick(): void {
    frame = 0;
    const what = source();
    if (state.phase !== "dragging" || !what) return;
    if (float) {
      const box = root.getBoundingClientRect();
      float.style.transform = `translate(${last.x - box.left - grip.x}px,${last.y - box.top - grip.y}px)`;
    }
    const scrolled = scrollAtEdge();
    if (what.kind === "marquee") marquee();
    else if (what.kind === "marker")
      session.setMarker(boundaryAt(layoutOf(session.circuit), canvas.at(last.x, last.y).x));
    else look(what);
    if (scrolled) schedule();
  }

  function inCanvas(): boolean {
    const box = canvas.scroll.getBoundingClientRect();
    return last.x >= box.left && last.x <= box.right && last.y >= box.top && last.y <= box.bottom;
  }

  /** The cell under the pointer in the drawing as it was before the drag, so that what parts does not flicker. */
  function placeAt(): Place | undefined {
    if (!inCanvas()) return undefined;
    const l = layoutOf(session.circuit);
    const p = canvas.at(last.x, last.y);
    const first = l.wires[0]!.y;
    if (p.y > l.wires.at(-1)!.y + l.metrics.pitch * 0.8) return undefined;
    const wire = Math.max(0, Math.min(l.wires.length - 1, Math.round((p.y - first) / l.metrics.pitch)));
    const ruler = l.hit(Math.max(p.x, l.labelW + 1), 1); // the ruler knows the column of any x
    const col = ruler?.kind === "ruler" ? ruler.col : 0;
    const strip = l.cell(col, wire);
    const gap = l.metrics.gap / 2 + 1;
    if (col <= l.columns.length && p.x < strip.x + gap) return { col, wire, between: true };
    if (col < l.columns.length && p.x > strip.x + strip.w - gap)
      return { col: l.after(col), wire, between: true };
    return { col, wire, between: false };
  }

  function look(what: Extract<Source, { kind: "tile" | "ops" }>): void {
    const place = placeAt();
    const l = layoutOf(session.circuit);
    tip();
    if (!place) {
      now = undefined;
      canvas.zone = undefined;
      root.classList.remove("is-illegal");
      session.show(undefined);
      return;
    }
    now = plan(session.circuit, l, what, place);
    root.classList.toggle("is-illegal", !now.ok);
    if (now.ok) {
      session.show({ circuit: now.circuit, ids: now.ids });
      const shown = layoutOf(now.circuit);
      const p = shown.byId.get(now.ids[0]!);
      const strip = p && shown.columns[p.col];
      if (p && strip && place.between)
        canvas.zone = { rect: { x: strip.x - 1.5, y: p.y - 8, w: 3, h: p.h + 16 }, bad: false, bar: true };
      else canvas.zone = p && { rect: grown(p, 5), bad: false, bar: false };
    } else {
      const cell = l.cell(place.col, place.wire);
      canvas.zone = {
        rect: { x: cell.x + 1, y: cell.y + 3, w: cell.w - 2, h: cell.h - 6 },
        bad: true,
        bar: false,
      };
      session.show(undefined);
      tip(now.reason);
    }
  }

  let reason: HTMLElement | undefined;
  function tip(text?: string): void {
    if (!text) {
      reason?.remove();
      reason = undefined;
      return;
    }
    const box = root.getBoundingClientRect();
    reason ??= root.appendChild(h("div", { class: "ql-tip ql-reason", role: "status" }));
    reason.textContent = text;
    const x = Math.min(last.x - box.left + 16, box.width - reason.offsetWidth - 8);
    reason.style.transform = `translate(${Math.max(8, x)}px,${last.y - box.top + 26}px)`;
  }

  function marquee(): void {
    const to = canvas.at(last.x, last.y);
    const rect = {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      w: Math.abs(to.x - from.x),
      h: Math.abs(to.y - from.y),
    };
    canvas.marquee = rect;
    parts.repaint();
  }

  function caught(rect: Rect): string[] {
    return layoutOf(session.circuit)
      .items.filter(
        (p) => p.x < rect.x + rect.w && p.x + p.w > rect.x && p.y < rect.y + rect.h && p.y + p.h > rect.y,
      )
      .map((p) => p.id);
  }

  function scrollAtEdge(): boolean {
    const box = canvas.scroll.getBoundingClientRect();
    const what = source();
    if (!inCanvas() || (what?.kind === "tile" && last.x < box.left)) return false;
    const by = (near: number, far: number) => (near < EDGE ? near - EDGE : far < EDGE ? EDGE - far : 0) / 3;
    const l = layoutOf(session.circuit);
    const dx = by(last.x - box.left - l.labelW * session.zoom, box.right - last.x);
    const dy = by(last.y - box.top - l.metrics.ruler * session.zoom, box.bottom - last.y);
    const { scrollLeft, scrollTop } = canvas.scroll;
    canvas.scroll.scrollBy(dx, dy);
    return scrollLeft !== canvas.scroll.scrollLeft || scrollTop !== canvas.scroll.scrollTop;
  }

  function drop(what: Source): void {
    if (what.kind === "marquee") {
      const rect = canvas.marquee;
      canvas.marquee = undefined;
      if (rect) session.select(caught(rect), what.add);
      return;
    }
    if (what.kind === "marker") return;
    const done = now;
    if (!done?.ok) return;
    const before = session.circuit;
    if (session.run(done.command)) {
      session.select(done.ids);
      const p = layoutOf(session.circuit).byId.get(done.ids[0]!);
      const wire = findOp(session.circuit, done.ids[0]!)?.qubits[0] ?? 0;
      if (p) session.setCursor({ col: p.col, wire });
      if (done.command.type === "move") warnIfChanged(session, before, done.command.ids);
    }
  }

  function click(what: Source): void {
    if (what.kind === "tile") parts.onTile(what.tile);
    else if (what.kind === "marquee") {
      if (!what.add) session.select([]);
    } else if (what.kind === "ops" && what.ids.length > 1 && now === undefined) {
      const hit = layoutOf(session.circuit).hit(from.x, from.y);
      if (hit?.kind === "op") session.select([hit.id]);
    }
  }

  function end(): void {
    window.clearTimeout(hold);
    if (frame) cancelAnimationFrame(frame);
    frame = 0;
    float?.remove();
    float = undefined;
    tip();
    now = undefined;
    canvas.zone = undefined;
    canvas.marquee = undefined;
    root.classList.remove("is-dragging", "is-illegal");
    if (root.hasPointerCapture?.(id)) root.releasePointerCapture(id);
    session.show(undefined);
  }

  on(root, "pointerdown", down, signal);
  on(
    root,
    "pointermove",
    (event) => {
      if (state.phase === "idle" || event.pointerId !== id) return;
      last = { x: event.clientX, y: event.clientY };
      feed({ type: "move", x: last.x, y: last.y });
    },
    signal,
  );
  on(
    root,
    "pointerup",
    (event) => {
      if (event.pointerId !== id || state.phase === "idle") return;
      last = { x: event.clientX, y: event.clientY };
      if (state.phase === "dragging") tick(); // the drop is where the pointer is now, not where it was a frame ago
      feed({ type: "up" });
    },
    signal,
  );
  // a finger that drags must not scroll as well: the browser would take the pointer away
  on(root, "touchmove", (event) => state.phase === "dragging" && event.preventDefault(), signal, {
    passive: false,
  });
  on(root, "pointercancel", () => feed({ type: "cancel" }), signal);
  on(root, "lostpointercapture", () => feed({ type: "cancel" }), signal);
  signal.addEventListener("abort", () => feed({ type: "cancel" }), { once: true });

  return {
    cancel() {
      const busy = state.phase !== "idle";
      feed({ type: "cancel" });
      return busy;
    },
    grab(tile, event) {
      if (state.phase !== "idle" || session.locked) return;
      root.setPointerCapture(event.pointerId);
      press({ kind: "tile", tile }, event);
    },
  };
}

const grown = (r: Rect, by: number): Rect => ({ x: r.x - by, y: r.y - by, w: r.w + 2 * by, h: r.h + 2 * by });
