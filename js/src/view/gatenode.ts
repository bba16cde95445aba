/**
 * One operation as SVG, from its geometry alone. The group stands at its own origin (middle of the column, top of the
 * gate) and is moved by a transform, so that a gate that only moves is not drawn again. No listeners.
 */
import type { Family } from "../core/circuit";
import { rollArrow } from "../core/hit";
import type { Placed } from "../core/layout";
import { s } from "./dom";

/** The class that colours a family of gates, wherever one is drawn. */
export const FAMILY_CLASS: Record<Family, string> = {
  data: "g-data",
  weight: "g-weight",
  mixed: "g-mixed",
  fixed: "g-fixed",
  entangle: "g-ent",
  read: "g-meas",
};

export interface Origin {
  readonly x: number;
  readonly y: number;
}

export const originOf = (p: Placed): Origin => ({ x: p.x + p.w / 2, y: p.y });

const round = (v: number): number => Math.round(v * 10) / 10;

/** Equal for two placements that look the same but for their place. */
export function signature(p: Placed): string {
  const { x, y } = originOf(p);
  const flat: (string | number)[] = [
    p.kind,
    p.block ?? "",
    p.family,
    p.label,
    p.fullAngle,
    p.tag?.text ?? "",
  ];
  for (const b of p.boxes) flat.push(round(b.x - x), round(b.y - y), round(b.w), round(b.h));
  for (const d of p.dots) flat.push(d.anti ? "o" : "c", round(d.x - x), round(d.y - y));
  for (const l of p.links) flat.push(round(l.y1 - y), round(l.y2 - y));
  if (p.target) flat.push("t", round(p.target.y - y));
  for (const c of p.crosses) flat.push("x", round(c.y - y));
  for (const q of p.ports) flat.push(q.text, round(q.y - y));
  if (p.run) flat.push("run", p.run.ids.length, String(p.run.rolled));
  for (const one of p.inner ?? []) flat.push(signature(one), round(one.x - x), round(one.y - y));
  return flat.join("|");
}

function texts(p: Placed, box: Placed["boxes"][number], o: Origin): SVGElement[] {
  const cx = box.x + box.w / 2 - o.x;
  const cy = box.y + box.h / 2 - o.y;
  const tall = box.h > 60;
  const angled = p.angle !== "" && box === p.boxes[0];
  const nm = s("text", { class: "nm", x: cx, y: angled ? cy - 2 : cy + 4.5 }, p.label);
  if (!angled) return [nm];
  return [nm, s("text", { class: "an", x: cx, y: cy + (tall ? 13 : 12.5) }, p.angle)];
}

function meter(box: Placed["boxes"][number], o: Origin): SVGElement {
  const x = box.x + box.w / 2 - o.x;
  const y = box.y + box.h / 2 + 8 - o.y;
  return s("path", { class: "mt", d: `M${x - 12},${y}a12,12 0 0 1 24,0M${x},${y}l8,-14` });
}

/** Everything of one gate but the double line to the classical wire. */
export function gateNode(p: Placed): SVGGElement {
  const o = originOf(p);
  const family = p.block === undefined ? FAMILY_CLASS[p.family] : p.kind === "open" ? "g-open" : "g-block";
  const g = s("g", { class: `g ${family} k-${p.kind}` });
  for (const l of p.links)
    g.append(s("path", { class: "lk", d: `M${round(l.x - o.x)},${round(l.y1 - o.y)}V${round(l.y2 - o.y)}` }));
  for (const box of p.boxes) {
    const x = round(box.x - o.x);
    const y = round(box.y - o.y);
    if (p.kind === "barrier") {
      g.append(s("path", { class: "bar", d: `M${x + 1},${y}V${round(y + box.h)}` }));
      continue;
    }
    g.append(s("rect", { x, y, width: round(box.w), height: round(box.h), rx: p.kind === "open" ? 6 : 4 }));
    if (p.kind === "open") continue;
    if (p.kind === "measure") g.append(meter(box, o));
    else g.append(...texts(p, box, o));
  }
  for (const q of p.ports)
    g.append(s("text", { class: "port", x: round(q.x - o.x), y: round(q.y - o.y) + 4 }, q.text));
  if (p.target) {
    const x = round(p.target.x - o.x);
    const y = round(p.target.y - o.y);
    g.append(s("circle", { class: "body", cx: x, cy: y, r: p.target.r }));
    g.append(s("path", { class: "lk", d: `M${x - 7},${y}h14M${x},${y - 7}v14` }));
  }
  for (const c of p.crosses) {
    const x = round(c.x - o.x);
    const y = round(c.y - o.y);
    g.append(s("path", { class: "lk", d: `M${x - 7},${y - 7}l14,14M${x + 7},${y - 7}l-14,14` }));
  }
  for (const d of p.dots)
    g.append(
      s("circle", { class: d.anti ? "ring" : "dot", cx: round(d.x - o.x), cy: round(d.y - o.y), r: 5 }),
    );
  for (const one of p.inner ?? []) {
    const at = originOf(one);
    const node = gateNode(one);
    node.setAttribute("transform", `translate(${round(at.x - o.x)},${round(at.y - o.y)})`);
    g.append(node);
  }
  if (p.name) {
    const x = round(p.name.x - o.x);
    const y = round(p.name.y - o.y);
    g.append(s("rect", { class: "namebox", x, y, width: round(p.name.w), height: p.name.h, rx: 3 }));
    g.append(s("text", { class: "name", x: x + 6, y: y + 10.5 }, p.name.text));
  }
  const arrow = rollArrow(p);
  if (arrow && p.run) {
    const x = round(arrow.x - o.x);
    const y = round(arrow.y - o.y);
    const d = p.run.rolled ? `M${x - 2},${y - 4}l4,4l-4,4` : `M${x + 2},${y - 4}l-4,4l4,4`;
    const about = p.run.rolled ? `Print each of the ${p.run.ids.length}` : "Print one for all";
    g.append(
      s(
        "g",
        { class: "roll" },
        s("circle", { cx: x, cy: y, r: 9 }),
        s("path", { d }),
        s("title", null, about),
      ),
    );
  }
  if (p.tag) {
    const x = round(p.tag.x - o.x);
    const y = round(p.tag.y - o.y);
    g.append(s("rect", { class: "tagbox", x, y, width: round(p.tag.w), height: p.tag.h, rx: 3 }));
    g.append(s("text", { class: "tag", x: x + p.tag.w / 2, y: y + 10.5 }, p.tag.text));
  }
  if (p.fullAngle !== p.angle && !p.inner) g.append(s("title", null, `${p.label} ${p.fullAngle}`));
  return g;
}

/** The double line between a gate and the classical wire, drawn behind all gates, in the drawing's own coordinates. */
export function classicalLine(p: Placed): SVGGElement | undefined {
  if (!p.cline) return undefined;
  const { x, y1, y2, up } = p.cline;
  const end = up ? y2 - 1.5 : y2 - 8;
  const g = s("g", { class: "cline" }, s("path", { d: `M${x - 1.5},${y1}V${end}M${x + 1.5},${y1}V${end}` }));
  g.append(
    up
      ? s("circle", { class: "head", cx: x, cy: y2, r: 3 })
      : s("path", { class: "head", d: `M${x - 5},${y2 - 8}h10l-5,7z` }),
  );
  return g;
}
