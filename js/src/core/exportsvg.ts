/**
 * The drawing as an SVG file of its own: colours and type written in, nothing from the page. From the layout, as the
 * canvas is; text is escaped here, since this one is markup.
 */

import { altText } from "./alttext";
import type { Circuit } from "./circuit";
import { layout, type Placed } from "./layout";

export type Theme = "light" | "dark";
type Paint = readonly [fill: string, edge: string, ink: string];

const FAMILIES: Record<Theme, Record<string, Paint>> = {
  light: {
    data: ["#dcebf9", "#1a6db0", "#0a3e6a"],
    weight: ["#fdeac4", "#9c5d00", "#593600"],
    mixed: ["url(#mix)", "#5c6775", "#1d2530"],
    fixed: ["#eceff3", "#5c6775", "#1d2530"],
    entangle: ["#d2efe3", "#128a63", "#08432f"],
    block: ["#f5e6f3", "#74307f", "#4d1f48"],
    read: ["#ffffff", "#1d2530", "#1d2530"],
  },
  dark: {
    data: ["#14344f", "#62aeea", "#d6ebfc"],
    weight: ["#47320c", "#e0a23a", "#fde9c4"],
    mixed: ["url(#mix)", "#9aa5b2", "#e8ebef"],
    fixed: ["#2b323b", "#8f9ba9", "#e8ebef"],
    entangle: ["#0e3b2e", "#52d6a8", "#d0f4e6"],
    block: ["#372036", "#c07fd0", "#f7dff4"],
    read: ["#1c2026", "#d5dae1", "#d5dae1"],
  },
};
const PAGE = {
  light: { back: "#ffffff", ink: "#1d2530", wire: "#6b7686", quiet: "#5c6775" },
  dark: { back: "#15181c", ink: "#e8ebef", wire: "#8f9ba9", quiet: "#9aa5b2" },
} as const;
const SANS = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif";
const MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const n = (v: number): string => String(Math.round(v * 100) / 100);

type Attributes = Record<string, string | number>;
function tag(name: string, attributes: Attributes, inner = ""): string {
  const list = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? n(value) : escaped(value)}"`,
  );
  return inner === "" ? `<${name}${list.join("")}/>` : `<${name}${list.join("")}>${inner}</${name}>`;
}
const text = (x: number, y: number, content: string, more: Attributes): string =>
  tag("text", { x, y, "text-anchor": "middle", ...more }, escaped(content));

function gate(p: Placed, theme: Theme): string {
  const page = PAGE[theme];
  const [fill, edge, ink] = FAMILIES[theme][p.block === undefined ? p.family : "block"]!;
  const line = { stroke: edge, "stroke-width": 2, fill: "none" };
  const parts: string[] = p.links.map((l) => tag("path", { d: `M${n(l.x)},${n(l.y1)}V${n(l.y2)}`, ...line }));
  for (const box of p.boxes) {
    const cx = box.x + box.w / 2;
    const cy = box.y + box.h / 2;
    if (p.kind === "barrier") {
      const d = `M${n(cx)},${n(box.y)}V${n(box.y + box.h)}`;
      parts.push(
        tag("path", { d, stroke: page.quiet, "stroke-width": 2, "stroke-dasharray": "2 4", fill: "none" }),
      );
      continue;
    }
    const dash: Attributes = p.block === undefined ? {} : { "stroke-dasharray": "5 3" };
    const rect = {
      x: box.x,
      y: box.y,
      width: box.w,
      height: box.h,
      rx: 4,
      fill,
      stroke: edge,
      "stroke-width": 1.5,
      ...dash,
    };
    parts.push(tag("rect", rect));
    if (p.kind === "measure") {
      const d = `M${n(box.x + 8)},${n(box.y + 28)}a12,12 0 0 1 24,0M${n(box.x + 20)},${n(box.y + 28)}l8,-14`;
      parts.push(
        tag("path", { d, fill: "none", stroke: edge, "stroke-width": 1.6, "stroke-linecap": "round" }),
      );
      continue;
    }
    const angled = p.angle !== "" && box === p.boxes[0];
    const name = { "font-family": SANS, "font-size": 13, "font-weight": 600, fill: ink };
    parts.push(text(cx, angled ? cy - 2 : cy + 4.5, p.label, name));
    const small = { "font-family": p.block === undefined ? MONO : SANS, "font-size": 11, fill: ink };
    if (angled) parts.push(text(cx, cy + (box.h > 60 ? 13 : 12.5), p.angle, small));
  }
  for (const q of p.ports)
    parts.push(
      text(q.x, q.y + 4, q.text, { "text-anchor": "start", "font-family": SANS, "font-size": 11, fill: ink }),
    );
  if (p.target) {
    const { x, y, r } = p.target;
    const body = p.family === "read" ? fill : FAMILIES[theme].entangle![0];
    parts.push(tag("circle", { cx: x, cy: y, r, fill: body, stroke: edge, "stroke-width": 1.5 }));
    parts.push(tag("path", { d: `M${n(x - 7)},${n(y)}h14M${n(x)},${n(y - 7)}v14`, ...line }));
  }
  for (const { x, y } of p.crosses)
    parts.push(tag("path", { d: `M${n(x - 7)},${n(y - 7)}l14,14M${n(x + 7)},${n(y - 7)}l-14,14`, ...line }));
  for (const d of p.dots) {
    const ring = { fill: page.back, stroke: edge, "stroke-width": 2 };
    parts.push(tag("circle", { cx: d.x, cy: d.y, r: 5, ...(d.anti ? ring : { fill: edge }) }));
  }
  if (p.tag) {
    const { x, y, w, h } = p.tag;
    parts.push(tag("rect", { x, y, width: w, height: h, rx: 3, fill: page.back, stroke: page.ink }));
    parts.push(
      text(x + w / 2, y + 10.5, p.tag.text, { "font-family": MONO, "font-size": 11, fill: page.ink }),
    );
  }
  return tag("g", {}, parts.join(""));
}

/** A complete SVG document with the alt text as its description. */
export function toSvg(c: Circuit, theme: Theme = "light"): { text: string; width: number; height: number } {
  const l = layout(c);
  const page = PAGE[theme];
  const top = l.metrics.ruler - 4;
  const [width, height] = [l.width - l.metrics.colMin + 20, l.foot.y - top - 2];
  const end = width - 8;
  const [from] = [l.labelW - 4];
  const wire = { stroke: page.wire, "stroke-width": 1.25 };
  const label = {
    "text-anchor": "start",
    "font-family": SANS,
    "font-size": 12,
    "font-weight": 600,
    fill: page.ink,
  };
  const { cwire } = l;
  const lines = [
    ...l.wires.map(({ y }) => tag("line", { x1: from, x2: end, y1: y, y2: y, ...wire })),
    ...(cwire === undefined
      ? []
      : [-1.5, 1.5].map((d) => tag("line", { x1: from, x2: end, y1: cwire + d, y2: cwire + d, ...wire }))),
    ...l.items.flatMap((p) => (p.cline ? [classical(p.cline, page.wire)] : [])),
  ];
  const names = [
    ...l.wires.map((w) => text(12, w.y + 4, w.name, label)),
    ...(cwire === undefined ? [] : [text(12, cwire + 4, "c", label)]),
    ...l.cmarks.map((m) =>
      text(m.x + 8, cwire! - 6, m.text, {
        "text-anchor": "start",
        "font-family": SANS,
        "font-size": 11,
        fill: page.quiet,
      }),
    ),
  ];
  const [data, weight] = [FAMILIES[theme].data![0], FAMILIES[theme].weight![0]];
  const stops =
    tag("stop", { offset: ".5", "stop-color": data }) + tag("stop", { offset: ".5", "stop-color": weight });
  const mix = tag("defs", {}, tag("linearGradient", { id: "mix", x1: 0, y1: 0, x2: 1, y2: 1 }, stops));
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 ${n(top)} ${n(width)} ${n(height)}" role="img">`;
  const about = `<title>${escaped(c.name)}</title><desc>${escaped(altText(c))}</desc>`;
  const back = tag("rect", { x: 0, y: top, width, height, fill: page.back });
  const gates = l.items.map((p) => gate(p, theme));
  return {
    text: [head, about, mix, back, ...lines, ...names, ...gates, "</svg>\n"].join("\n"),
    width,
    height,
  };
}

function classical(l: NonNullable<Placed["cline"]>, stroke: string): string {
  const end = l.up ? l.y2 - 1.5 : l.y2 - 8;
  const d = `M${n(l.x - 1.5)},${n(l.y1)}V${n(end)}M${n(l.x + 1.5)},${n(l.y1)}V${n(end)}`;
  const head = l.up
    ? tag("circle", { cx: l.x, cy: l.y2, r: 3, fill: stroke })
    : tag("path", { d: `M${n(l.x - 5)},${n(l.y2 - 8)}h10l-5,7z`, fill: stroke });
  return tag("path", { d, fill: "none", stroke }) + head;
}
