/** A circuit as a small picture: the same drawing, scaled down, without text. */
import type { Circuit } from "../core/circuit";
import { s } from "./dom";
import { gateNode, originOf } from "./gatenode";
import { layoutOf } from "./session";

export function thumbnail(c: Circuit, width: number, height: number): SVGSVGElement {
  const l = layoutOf(c);
  const x = l.labelW;
  const y = l.metrics.ruler + 4;
  const w = Math.max(1, l.width - l.labelW - l.metrics.colMin + 8);
  const h = l.wires.at(-1)!.y + 26 - y;
  const svg = s("svg", {
    class: "ql-thumb",
    viewBox: `${x} ${y} ${w} ${h}`,
    width,
    height,
    preserveAspectRatio: "xMinYMid meet",
    "aria-hidden": "true",
  });
  for (const wire of l.wires)
    svg.append(s("line", { class: "wire", x1: x, x2: x + w, y1: wire.y, y2: wire.y }));
  for (const p of l.items) {
    const g = gateNode(p);
    const o = originOf(p);
    g.setAttribute("transform", `translate(${o.x},${o.y})`);
    svg.append(g);
  }
  return svg;
}
