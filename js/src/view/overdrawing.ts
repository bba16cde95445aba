/** What is marked on the drawing as SVG: marker, selection, cursor, where a drop would go. It only reads, and keeps nothing. */
import type { Layout, Rect } from "../core/layout";
import type { Canvas } from "./canvas";
import { s } from "./dom";
import { markerLine } from "./marker";
import type { Session } from "./session";

function outline(cls: string, r: Rect, by: number): SVGElement {
  return s("rect", {
    class: cls,
    x: r.x - by,
    y: r.y - by,
    width: r.w + 2 * by,
    height: r.h + 2 * by,
    rx: 7,
  });
}

/** The marks behind the gates and those before them. */
export function overDrawing(
  session: Session,
  { passed, zone, marquee }: Pick<Canvas, "passed" | "zone" | "marquee">,
  l: Layout,
): { behind: SVGElement[]; before: SVGElement[] } {
  const before: SVGElement[] = [];
  const behind: SVGElement[] = [];
  const quiet = session.preview !== undefined;
  const line = markerLine(l, session.marker);
  if (line) behind.push(line);
  for (const id of quiet ? [] : session.selection) {
    const p = l.byId.get(id);
    if (!p || p.hidden) continue;
    behind.push(outline("halo", p, 7));
    before.push(outline("sel", p, 4));
  }
  for (const id of passed) {
    const p = l.byId.get(id);
    if (p) before.push(outline("passed", p, 4));
  }
  if (!quiet) {
    const { x, y, w, h } = l.cell(session.cursor.col, session.cursor.wire);
    before.push(s("rect", { class: "ql-cursor", x: x + 2, y: y + 4, width: w - 4, height: h - 8, rx: 6 }));
  }
  if (zone) {
    const { x, y, w, h } = zone.rect;
    const cls = zone.bad ? "zone bad" : "zone";
    before.push(
      zone.bar
        ? s("rect", { class: "ql-bar-zone", x, y, width: 3, height: h, rx: 1.5 })
        : s("rect", { class: cls, x, y, width: w, height: h, rx: 6 }),
    );
  }
  if (marquee) {
    const { x, y, w, h } = marquee;
    before.push(s("rect", { class: "ql-marquee", x, y, width: w, height: h }));
  }
  return { behind, before };
}
