/** The answer as a picture: schedule, allocation, cut graph, items, heaps. Pure SVG and tables; every text is text. */

import { type Child, h, headRow, s } from "./dom";
import { number, thousands } from "./format";
import type { Figure } from "./opttypes";

const TITLES: Readonly<Record<Figure["kind"], string>> = {
  gantt: "Schedule",
  matrix: "Allocation",
  graph: "Cut",
  items: "Items",
  heaps: "Heaps",
};
export const figureTitle = (figure: Figure | null): string => (figure ? TITLES[figure.kind] : "Answer");

const colour = (k: number): string => `var(--ql-s${(k % 8) + 1})`;
const fillOf = (k: number): string => `color-mix(in oklab, ${colour(k)} 26%, var(--ql-bg))`;

/** Round steps of an axis up to `end`: about `count` of them. */
export function ticks(end: number, count: number): number[] {
  const raw = Math.max(end, 1e-9) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10) * power;
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, k) => k * step);
}

/** The picture of an answer in `width` pixels. */
export function drawFigure(figure: Figure, width: number): Node {
  switch (figure.kind) {
    case "gantt":
      return gantt(figure, width);
    case "matrix":
      return matrix(figure);
    case "graph":
      return graph(figure, width);
    case "items":
      return items(figure, width);
    case "heaps":
      return heaps(figure, width);
  }
}

function gantt(f: Extract<Figure, { kind: "gantt" }>, width: number): Node {
  const shop = f.owners > 0;
  const pitch = shop ? 33 : 24;
  const left = 84;
  const wide = Math.max(320, width);
  const plot = wide - left - 96;
  const loads = f.loads ?? [];
  const top = 24;
  const bottom = top + f.rows.length * pitch;
  const tall = bottom + 24 + loads.length * 44;
  const x = (time: number): number => left + (time / Math.max(1, f.end)) * plot;
  const out: Child[] = [];
  for (const time of ticks(f.end, plot / 90))
    out.push(
      s("line", { class: "gl", x1: x(time), x2: x(time), y1: top, y2: bottom + loads.length * 44 }),
      s("text", { class: "tk", x: x(time), y: tall - 6, "text-anchor": "middle" }, thousands(time)),
    );
  f.rows.forEach((name, row) => {
    out.push(
      s(
        "text",
        {
          x: left - 12,
          y: top + row * pitch + pitch / 2 + 4,
          "text-anchor": "end",
          style: "font-weight:600",
        },
        name,
      ),
    );
  });
  for (const bar of f.bars) {
    const y = top + bar.row * pitch + 3;
    const long = Math.max(1, x(bar.end) - x(bar.start) - 1.4);
    const k = shop ? bar.owner : 0;
    const name = shop ? `j${bar.owner}` : String(bar.owner);
    const said = `${f.owner} ${bar.owner}, ${f.rows[bar.row]}: ${bar.start} to ${bar.end}`;
    const tall = pitch - 7;
    out.push(
      s(
        "g",
        { class: "ql-opt-bar", dataset: { owner: bar.owner } },
        s("title", null, `${said}${bar.critical ? ", critical" : ""}`),
        s("rect", {
          x: x(bar.start) + 0.7,
          y,
          width: long,
          height: tall,
          rx: 3,
          style: `fill:${fillOf(k)};stroke:${colour(k)}`,
          "stroke-width": bar.critical ? 2.5 : 1,
        }),
        long > 7 * name.length + 2
          ? s(
              "text",
              {
                x: x(bar.start) + 0.7 + long / 2,
                y: y + tall / 2 + 4,
                "text-anchor": "middle",
                style: `font-weight:${bar.critical ? 600 : 400}`,
              },
              name,
            )
          : null,
      ),
    );
  }
  loads.forEach((load, k) => {
    const base = bottom + (k + 1) * 44 - 4;
    const y = (v: number): number => base - (v / Math.max(1, load.capacity)) * 30;
    const path = load.times
      .map(
        (t, i) =>
          `${i === 0 ? "M" : "L"}${x(t)},${y(load.used[Math.max(0, i - 1)] ?? 0)}L${x(t)},${y(load.used[i] ?? 0)}`,
      )
      .join("");
    out.push(
      s("text", { x: left - 12, y: base - 10, "text-anchor": "end", style: "font-weight:600" }, load.name),
      s("path", {
        d: `${path}L${x(f.end)},${base}L${x(0)},${base}Z`,
        style: `fill:${fillOf(k + 1)};stroke:${colour(k + 1)}`,
      }),
      s("line", {
        x1: x(0),
        x2: x(f.end),
        y1: y(load.capacity),
        y2: y(load.capacity),
        style: "stroke:var(--ql-ink-2)",
        "stroke-dasharray": "4 3",
      }),
      s("text", { class: "tk", x: x(f.end) + 6, y: y(load.capacity) + 4 }, `of ${load.capacity}`),
    );
  });
  out.push(
    s("line", {
      x1: x(f.end),
      x2: x(f.end),
      y1: 16,
      y2: bottom,
      style: "stroke:var(--ql-ok)",
      "stroke-width": 2,
    }),
    s("rect", { x: x(f.end) - 1, y: 0, width: 92, height: 18, rx: 3, style: "fill:var(--ql-ok-soft)" }),
    s(
      "text",
      { x: x(f.end) + 6, y: 13, style: "fill:var(--ql-ok);font-weight:600" },
      `makespan ${thousands(f.end)}`,
    ),
  );
  const label = `Schedule: ${f.bars.length} tasks, makespan ${f.end}`;
  return s(
    "svg",
    { role: "img", "aria-label": label, width: wide, height: tall, viewBox: `0 0 ${wide} ${tall}` },
    out,
  );
}

function matrix(f: Extract<Figure, { kind: "matrix" }>): Node {
  const columns = Array.from({ length: f.columns }, (_, k) => k);
  const costs = f.costs;
  const picked = f.chosen.map((c, r) => costs?.[r]?.[c] ?? 0);
  const foot = (k: number): string => {
    if (f.loads?.[k]) return `${number(f.loads[k][0])} of ${number(f.loads[k][1])}`;
    return String(f.chosen.filter((c) => c === k).length);
  };
  return h(
    "table",
    { class: "ql-opt-matrix", "aria-label": `Which ${f.row} gets which ${f.column}` },
    headRow(
      h("td"),
      columns.map((k) => h("th", { scope: "col" }, `${f.column} ${k}`)),
      costs && h("th", { scope: "col" }, "cost"),
    ),
    h(
      "tbody",
      null,
      f.chosen.map((chosen, r) =>
        h(
          "tr",
          null,
          h("th", { scope: "row" }, `${f.row} ${r}`),
          columns.map((k) =>
            h(
              "td",
              { class: k === chosen ? "on" : "" },
              costs ? number(costs[r]?.[k] ?? 0) : k === chosen ? "1" : "",
            ),
          ),
          costs && h("td", { class: "sum" }, number(picked[r] ?? 0)),
        ),
      ),
      h(
        "tr",
        { class: "foot" },
        h("th", { scope: "row" }, f.loads ? "used" : "taken"),
        columns.map((k) => h("td", { class: "sum" }, foot(k))),
        costs && h("td", { class: "sum" }, number(picked.reduce((a, b) => a + b, 0))),
      ),
    ),
  );
}

function graph(f: Extract<Figure, { kind: "graph" }>, width: number): Node {
  const n = f.nodes.length;
  const size = Math.min(Math.max(280, width), n > 40 ? 460 : 320);
  const r = size / 2 - 24;
  const at = (k: number): [number, number] => {
    const angle = (2 * Math.PI * k) / n - Math.PI / 2;
    return [size / 2 + r * Math.cos(angle), size / 2 + r * Math.sin(angle)];
  };
  const edges = f.edges.map(([u, v, w]) => {
    const cut = f.sides[u] !== f.sides[v];
    const [x1, y1] = at(u);
    const [x2, y2] = at(v);
    const style = cut ? "stroke:var(--ql-ink)" : "stroke:var(--ql-line-2)";
    return s(
      "line",
      { x1, y1, x2, y2, style, "stroke-width": cut ? 2.4 : 1, "stroke-dasharray": cut ? null : "3 3" },
      s("title", null, `${f.nodes[u]} to ${f.nodes[v]}, weight ${number(w)}${cut ? ", cut" : ""}`),
    );
  });
  const small = n > 40;
  const nodes = f.nodes.map((name, k) => {
    const [cx, cy] = at(k);
    const side = f.sides[k] ?? 0;
    const style = `fill:${fillOf(side)};stroke:${colour(side)}`;
    return s(
      "g",
      null,
      s("title", null, `node ${name}, side ${side}`),
      side === 0
        ? s("circle", { cx, cy, r: small ? 5 : 13, style, "stroke-width": 1.6 })
        : s("rect", {
            x: cx - (small ? 5 : 12),
            y: cy - (small ? 5 : 12),
            width: small ? 10 : 24,
            height: small ? 10 : 24,
            rx: 3,
            style,
            "stroke-width": 1.6,
          }),
      small
        ? null
        : s(
            "text",
            { x: cx, y: cy + 4, "text-anchor": "middle", style: "font-weight:600" },
            name.slice(0, 4),
          ),
    );
  });
  const cuts = f.edges.filter(([u, v]) => f.sides[u] !== f.sides[v]).length;
  const names = (side: number): string => f.nodes.filter((_, k) => f.sides[k] === side).join(", ");
  return h(
    "div",
    { class: "ql-opt-graph" },
    s(
      "svg",
      {
        role: "img",
        "aria-label": `${cuts} of ${f.edges.length} edges cut`,
        width: size,
        height: size,
        viewBox: `0 0 ${size} ${size}`,
      },
      edges,
      nodes,
    ),
    h(
      "dl",
      { class: "ql-opt-sides" },
      h("dt", null, "Edges cut"),
      h("dd", null, `${cuts} of ${f.edges.length}`),
      h("dt", null, "Side 0, round"),
      h("dd", null, names(0) || "none"),
      h("dt", null, "Side 1, square"),
      h("dd", null, names(1) || "none"),
    ),
  );
}

/** Segments of one horizontal bar. */
function stack(
  parts: { text: string; share: number; k: number; title: string }[],
  y: number,
  left: number,
  wide: number,
): Child[] {
  let from = left;
  return parts.map((part) => {
    const long = part.share * wide;
    const x = from;
    from += long;
    return s(
      "g",
      null,
      s("title", null, part.title),
      s("rect", {
        x: x + 0.7,
        y,
        width: Math.max(0.6, long - 1.4),
        height: 28,
        rx: 3,
        style: `fill:${fillOf(part.k)};stroke:${colour(part.k)}`,
      }),
      long > 7 * part.text.length + 6
        ? s("text", { x: x + long / 2, y: y + 18, "text-anchor": "middle" }, part.text)
        : null,
    );
  });
}

function items(f: Extract<Figure, { kind: "items" }>, width: number): Node {
  const wide = Math.max(320, width);
  const plot = wide - 84 - 96;
  const all = f.weights.map((w, k) => ({ w, k, on: f.taken[k] === 1 }));
  const used = all.filter((i) => i.on).reduce((a, i) => a + i.w, 0);
  const left = all.filter((i) => !i.on).reduce((a, i) => a + i.w, 0);
  const most = Math.max(used, left, f.capacity, 1e-9);
  const parts = (on: boolean) =>
    all
      .filter((i) => i.on === on && i.w > 0)
      .map((i) => ({
        text: `item ${i.k}`,
        share: i.w / most,
        k: on ? 0 : 7,
        title: `item ${i.k}: value ${number(f.values[i.k] ?? 0)}, weight ${number(i.w)}`,
      }));
  const cap = 84 + (f.capacity / most) * plot;
  return s(
    "svg",
    {
      role: "img",
      "aria-label": `${number(used)} of ${number(f.capacity)} used`,
      width: wide,
      height: 108,
      viewBox: `0 0 ${wide} 108`,
    },
    s("text", { x: 72, y: 43, "text-anchor": "end", style: "font-weight:600" }, "taken"),
    stack(parts(true), 25, 84, plot),
    s("text", { x: 72, y: 83, "text-anchor": "end", style: "font-weight:600" }, "left"),
    stack(parts(false), 65, 84, plot),
    s("line", { x1: cap, x2: cap, y1: 16, y2: 58, style: "stroke:var(--ql-ink)", "stroke-width": 2 }),
    s(
      "text",
      { x: cap, y: 12, "text-anchor": "middle", style: "font-weight:600" },
      `${number(used)} of ${number(f.capacity)}`,
    ),
  );
}

function heaps(f: Extract<Figure, { kind: "heaps" }>, width: number): Node {
  const wide = Math.max(320, width);
  const plot = wide - 84 - 96;
  const of = (side: number) => f.numbers.map((v, k) => ({ v, k })).filter(({ k }) => f.sides[k] === side);
  const sum = (side: number): number => of(side).reduce((a, { v }) => a + Math.abs(v), 0);
  const most = Math.max(sum(0), sum(1), 1e-9);
  const row = (side: number): Child[] => {
    const y = 8 + side * 40;
    const total = of(side).reduce((a, { v }) => a + v, 0);
    return [
      s("text", { x: 72, y: y + 18, "text-anchor": "end", style: "font-weight:600" }, `heap ${side}`),
      stack(
        of(side).map(({ v }) => ({ text: number(v), share: Math.abs(v) / most, k: side, title: number(v) })),
        y,
        84,
        plot,
      ),
      s(
        "text",
        { x: 84 + (sum(side) / most) * plot + 10, y: y + 18, style: "font-weight:600" },
        `sum ${number(total, 8)}`,
      ),
    ];
  };
  const label = "Two heaps of numbers";
  return s(
    "svg",
    { role: "img", "aria-label": label, width: wide, height: 88, viewBox: `0 0 ${wide} 88` },
    row(0),
    row(1),
  );
}
