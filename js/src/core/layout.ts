/**
 * Where everything of a circuit is drawn, in px, as plain geometry. The drawing, hit tests and drop zones all read this;
 * it knows neither SVG nor pointers, and stores nothing in the circuit.
 */
import type { Circuit, Family, Op } from "./circuit";
import { columns } from "./columns";
import { type Hit, hitTest, type Rect } from "./hit";
import { labelWidth, METRICS, type Metrics, wireLabel } from "./metrics";
import { naturalWidth, place } from "./placed";

export { insertIndex, upToColumn } from "./columns";
export type { Hit, Rect } from "./hit";
export { METRICS, type Metrics } from "./metrics";

export type Kind = "box" | "target" | "dot" | "swap" | "measure" | "reset" | "barrier";

export interface Placed extends Rect {
  readonly id: string;
  /** Index in ops. */
  readonly index: number;
  readonly col: number;
  readonly kind: Kind;
  readonly family: Family;
  /** The name of the block it stands for; its angle is then how many gates that holds. */
  readonly block: string | undefined;
  /** Name on the box, angle as drawn (elided) and in full; "" without one. */
  readonly label: string;
  readonly angle: string;
  readonly fullAngle: string;
  /** One box; two for distant wires (the angle belongs on the first, upper one); the dotted strokes of a barrier. */
  readonly boxes: readonly (Rect & { readonly wire: number })[];
  /** Controls, and (`control` false) the target of a controlled Z. */
  readonly dots: readonly {
    readonly x: number;
    readonly y: number;
    readonly anti: boolean;
    readonly wire: number;
    readonly control: boolean;
  }[];
  readonly links: readonly { readonly x: number; readonly y1: number; readonly y2: number }[];
  /** The ⊕ of a controlled X. */
  readonly target?: { readonly x: number; readonly y: number; readonly r: number; readonly wire: number };
  /** The two × of a SWAP. */
  readonly crosses: readonly { readonly x: number; readonly y: number; readonly wire: number }[];
  /** Port digits of a gate on several wires; x, y is the middle of the digit's left edge. */
  readonly ports: readonly { readonly x: number; readonly y: number; readonly text: string }[];
  /** Double line to (or, with `up`, from) the classical wire. */
  readonly cline?: { readonly x: number; readonly y1: number; readonly y2: number; readonly up: boolean };
  /** "c[0] = 1" of a condition. */
  readonly tag?: Rect & { readonly text: string };
}

export interface Layout {
  readonly metrics: Metrics;
  readonly columns: readonly { readonly x: number; readonly w: number }[];
  readonly width: number;
  readonly height: number;
  /** Width of the label area; wires begin there. */
  readonly labelW: number;
  /** `name` may be elided. */
  readonly wires: readonly { readonly y: number; readonly name: string }[];
  /** y of the classical wire, if there is one. */
  readonly cwire?: number;
  /** Bit numbers at the arrow heads: those of one column together ("0, 2"). */
  readonly cmarks: readonly { readonly x: number; readonly col: number; readonly text: string }[];
  /** In the order of ops. */
  readonly items: readonly Placed[];
  readonly byId: ReadonlyMap<string, Placed>;
  /** What "add wire" may take. */
  readonly foot: Rect;
  /** The drop zone of a cell; columns beyond the last are as wide as an empty one. */
  cell(col: number, wire: number): Rect;
  /** The items of a column. */
  inColumn(col: number): readonly Placed[];
  /** What is under a point. */
  hit(x: number, y: number): Hit | null;
}

const FIRST_WIRE = 30;
const CWIRE = 48;
const LEAD = 4;

export function layout(c: Circuit, override: Partial<Metrics> = {}): Layout {
  const m = { ...METRICS, ...override };
  const cols = columns(c);
  const widths: number[] = [];
  c.ops.forEach((op, i) => {
    const w = naturalWidth(op, m, c.blocks) + m.gap;
    widths[cols[i]!] = Math.max(widths[cols[i]!] ?? m.colMin, w);
  });
  const labelW = labelWidth(m, c.qubits);
  let x = labelW + LEAD;
  const strips = widths.map((w) => {
    const strip = { x, w };
    x += w;
    return strip;
  });
  const wires = c.qubits.map((name, i) => ({
    y: m.ruler + FIRST_WIRE + i * m.pitch,
    name: wireLabel(m, name),
  }));
  const last = wires.at(-1)?.y ?? m.ruler;
  const cwire = c.clbits.length > 0 ? last + CWIRE : undefined;
  const items = c.ops.map((op, i) => {
    const strip = strips[cols[i]!]!;
    return place(op, i, cols[i]!, strip.x + strip.w / 2, {
      m,
      y: (q) => wires[q]?.y ?? last,
      cwire,
      blocks: c.blocks,
    });
  });
  const byColumn: Placed[][] = strips.map(() => []);
  for (const item of items) byColumn[item.col]!.push(item);
  const foot = { x: 10, y: (cwire ?? last + 14) + 16, w: 72, h: 24 };
  const shape = {
    metrics: m,
    columns: strips,
    width: x + m.colMin,
    height: foot.y + foot.h + 2,
    labelW,
    wires,
    ...(cwire === undefined ? {} : { cwire }),
    cmarks: bitMarks(c.ops, items),
    items,
    byId: new Map(items.map((item) => [item.id, item])),
    foot,
    inColumn: (col: number) => byColumn[col] ?? [],
    cell(col: number, wire: number): Rect {
      const strip = strips[col] ?? { x: x + (col - strips.length) * m.colMin, w: m.colMin };
      return { x: strip.x, y: (wires[wire]?.y ?? last) - m.pitch / 2, w: strip.w, h: m.pitch };
    },
  };
  return { ...shape, hit: (px, py) => hitTest(shape, px, py) };
}

function bitMarks(ops: readonly Op[], items: readonly Placed[]): Layout["cmarks"] {
  const marks = new Map<number, { x: number; bits: number[] }>();
  items.forEach((item, i) => {
    if (item.kind !== "measure" || !item.cline) return;
    const mark = marks.get(item.col) ?? { x: item.cline.x, bits: [] };
    mark.bits.push(...ops[i]!.clbits);
    marks.set(item.col, mark);
  });
  return [...marks].map(([col, { x, bits }]) => ({ x, col, text: bits.sort((a, b) => a - b).join(", ") }));
}
