/**
 * The whole of a long circuit in 40 px above the drawing, with the part in view as a frame: click or drag to go there.
 * Painted on a canvas, since a thousand gates are too many elements. For the pointer only: keys move the cursor instead.
 */
import type { Family } from "../core/circuit";
import type { Layout } from "../core/layout";
import { h, on } from "./dom";
import { layoutOf, type Session } from "./session";

/** Up to so many columns the drawing is its own map. */
export const MAP_FROM = 60;
const HEIGHT = 40;
const EDGE = 4;

const INK: Record<Family | "block", string> = {
  data: "--ql-data",
  weight: "--ql-weight",
  mixed: "--ql-mixed",
  fixed: "--ql-fixed",
  entangle: "--ql-ent",
  read: "--ql-meas",
  block: "--ql-group",
};

export interface Minimap {
  readonly el: HTMLElement;
  /** The circuit, the zoom or the theme may have changed. */
  update(): void;
  /** Only the view has moved. */
  frame(left: number, width: number): void;
}

export function minimap(session: Session, scroll: HTMLElement, signal: AbortSignal): Minimap {
  const picture = h("canvas", { class: "ql-map-pic" });
  const view = h("div", { class: "ql-map-view" });
  const el = h(
    "div",
    { class: "ql-map", "aria-hidden": "true", title: "Drag to move the view" },
    picture,
    view,
  );
  el.hidden = true;
  let width = 0;
  let about: readonly unknown[] = [];
  let seen = { left: 0, width: 0 };
  let dragging = false;

  /** Px of the map for one of the drawing. */
  const scale = (l: Layout): number => (width - 2 * EDGE) / Math.max(1, l.width - l.labelW);

  function update(): void {
    const l = layoutOf(session.shown);
    const show = l.columns.length > MAP_FROM;
    if (el.hidden === show) {
      el.hidden = !show;
      width = 0;
    }
    if (!show) return;
    if (width === 0) width = el.clientWidth || 720;
    const style = getComputedStyle(el);
    const theme = style.getPropertyValue("--ql-data") + style.getPropertyValue("--ql-bg");
    const now = [l, width, theme];
    if (!now.every((v, i) => v === about[i])) {
      about = now;
      paint(l, style);
    }
    frame(seen.left, seen.width);
  }

  function paint(l: Layout, style: CSSStyleDeclaration): void {
    const sharp = Math.min(2, window.devicePixelRatio || 1);
    picture.width = Math.round(width * sharp);
    picture.height = Math.round(HEIGHT * sharp);
    const pen = picture.getContext("2d");
    if (!pen) return;
    pen.scale(sharp, sharp);
    const k = scale(l);
    const row = (HEIGHT - 2 * EDGE) / Math.max(1, l.wires.length);
    const first = l.wires[0]?.y ?? 0;
    const down = (y: number): number => EDGE + ((y - first) / l.metrics.pitch + 0.5) * row;
    const tall = Math.max(1, Math.min(6, row * 0.7));
    const inks = new Map<string, string>();
    for (const p of l.items) {
      if (p.hidden) continue;
      const name = INK[p.block === undefined ? p.family : "block"];
      let ink = inks.get(name);
      if (ink === undefined) {
        ink = style.getPropertyValue(name).trim() || "gray";
        inks.set(name, ink);
      }
      pen.fillStyle = ink;
      const x = EDGE + (p.x - l.labelW) * k;
      const w = Math.max(1, p.w * k - 0.5);
      for (const link of p.links)
        pen.fillRect(x + w / 2 - 0.4, down(link.y1), 0.8, down(link.y2) - down(link.y1));
      const middles = p.boxes.length > 0 ? p.boxes.map((b) => b.y + b.h / 2) : [p.y + p.h / 2];
      const ends = [...middles, ...p.dots.map((d) => d.y), ...(p.target ? [p.target.y] : [])];
      for (const y of p.boxes.length > 0 ? ends : ends.slice(1)) pen.fillRect(x, down(y) - tall / 2, w, tall);
    }
  }

  function frame(left: number, wide: number): void {
    seen = { left, width: wide };
    if (el.hidden || width === 0) return;
    const l = layoutOf(session.shown);
    const k = scale(l) / session.zoom;
    const room = Math.max(0, wide - l.labelW * session.zoom);
    view.style.transform = `translateX(${EDGE + left * k}px)`;
    view.style.width = `${Math.max(8, Math.min(width - 2 * EDGE, room * k))}px`;
  }

  function go(event: PointerEvent): void {
    const l = layoutOf(session.shown);
    const at = (event.clientX - el.getBoundingClientRect().left - EDGE) / (scale(l) / session.zoom);
    scroll.scrollLeft = at - Math.max(0, seen.width - l.labelW * session.zoom) / 2;
  }

  on(
    el,
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      dragging = true;
      el.setPointerCapture(event.pointerId);
      event.preventDefault();
      go(event);
    },
    signal,
  );
  on(el, "pointermove", (event) => dragging && go(event), signal);
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const)
    on(
      el,
      type,
      () => {
        dragging = false;
      },
      signal,
    );
  const watch = new ResizeObserver(() => {
    if (el.hidden || el.clientWidth === width) return;
    width = el.clientWidth;
    update();
  });
  watch.observe(el);
  signal.addEventListener("abort", () => watch.disconnect(), { once: true });
  return { el, update, frame };
}
