/** What lies under a point of the drawing, by geometry alone. */
import type { Layout, Placed } from "./layout";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type Hit =
  | {
      readonly kind: "op";
      readonly id: string;
      readonly part: "body" | "control" | "roll";
      readonly wire?: number;
    }
  | { readonly kind: "cell"; readonly col: number; readonly wire: number }
  /** Before column `col`. */
  | { readonly kind: "between"; readonly col: number; readonly wire: number }
  | { readonly kind: "label"; readonly wire: number }
  | { readonly kind: "ruler"; readonly col: number };

/** Half the least target of a small mark, and of a line. */
const MARK = 14;
const LINE = 6;

const inside = (r: Rect, x: number, y: number, slack = 0): boolean =>
  x >= r.x - slack && x <= r.x + r.w + slack && y >= r.y && y <= r.y + r.h;
const near = (p: { x: number; y: number }, x: number, y: number): boolean =>
  Math.abs(p.x - x) <= MARK && Math.abs(p.y - y) <= MARK;

/** The middle of the arrow that rolls a run of equal blocks up, or out. */
export const rollArrow = (item: Placed): { x: number; y: number } | undefined =>
  item.run && { x: item.x + item.w - 12, y: item.y + 13 };

/** The part of one item under a point, if any. */
function partAt(item: Placed, x: number, y: number): Hit | null {
  const body = { kind: "op", id: item.id, part: "body" } as const;
  const arrow = rollArrow(item);
  if (arrow && near(arrow, x, y)) return { kind: "op", id: item.id, part: "roll" };
  if (item.kind === "barrier") return inside(item, x, y, LINE) ? body : null;
  for (const box of item.boxes) if (inside(box, x, y)) return { ...body, wire: box.wire };
  if (item.target && near(item.target, x, y)) return { ...body, wire: item.target.wire };
  for (const cross of item.crosses) if (near(cross, x, y)) return { ...body, wire: cross.wire };
  for (const dot of item.dots)
    if (near(dot, x, y)) return { ...body, part: dot.control ? "control" : "body", wire: dot.wire };
  if (item.tag && inside(item.tag, x, y)) return body;
  for (const link of item.links)
    if (Math.abs(link.x - x) <= LINE && y >= link.y1 && y <= link.y2) return body;
  return null;
}

/** The column whose strip holds x; columns beyond the last go on at the least width. */
function columnAt(layout: Pick<Layout, "columns" | "labelW" | "metrics">, x: number): number {
  const strips = layout.columns;
  const last = strips.at(-1);
  const end = last ? last.x + last.w : layout.labelW + 4;
  if (x >= end) return strips.length + Math.floor((x - end) / layout.metrics.colMin);
  let low = 0;
  let high = strips.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (strips[middle]!.x <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function hitTest(layout: Omit<Layout, "hit">, x: number, y: number): Hit | null {
  const { metrics: m, wires } = layout;
  if (x < 0 || y < 0) return null;
  const col = columnAt(layout, Math.max(x, layout.labelW));
  if (y < m.ruler) return x < layout.labelW ? null : { kind: "ruler", col };
  if (x >= layout.labelW) {
    for (const item of layout.inColumn(col)) {
      const found = partAt(item, x, y);
      if (found) return found;
    }
  }
  const first = wires[0]?.y ?? 0;
  const wire = Math.round((y - first) / m.pitch);
  if (wire < 0 || wire >= wires.length) return null;
  if (x < layout.labelW) return { kind: "label", wire };
  const zone = layout.cell(col, wire);
  const edge = m.gap / 2;
  // To the right of the last column there is nothing to part.
  if (x < zone.x + edge && col <= layout.columns.length) return { kind: "between", col, wire };
  if (x > zone.x + zone.w - edge && col < layout.columns.length)
    return { kind: "between", col: layout.after(col), wire };
  return { kind: "cell", col, wire };
}
