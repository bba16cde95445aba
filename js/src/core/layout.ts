/**
 * Where everything of a circuit is drawn, in px, as plain geometry. The drawing, hit tests and drop zones all read this;
 * it knows neither SVG nor pointers, and stores nothing in the circuit.
 */
import type { Circuit, Family, Op } from "./circuit";
import { columns } from "./columns";
import { type Hit, hitTest, type Rect } from "./hit";
import { labelWidth, METRICS, type Metrics, wireLabel } from "./metrics";
import { naturalWidth, OUTLINE, place, placeOpen } from "./placed";
import { type Look, runs, within } from "./repeats";

export { insertIndex, upToColumn } from "./columns";
export type { Hit, Rect } from "./hit";
export { METRICS, type Metrics } from "./metrics";

export type Kind = "box" | "target" | "dot" | "swap" | "measure" | "reset" | "barrier" | "open";

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
  /** Of an opened block: its gates in place, and its name. */
  readonly inner?: readonly Placed[];
  readonly name?: Rect & { readonly text: string };
  /** The first of equal instances one behind the other; `rolled` prints it alone for all of them. */
  readonly run?: { readonly ids: readonly string[]; readonly rolled: boolean };
  /** One that the first of its run stands for: at the same place, not drawn. */
  readonly hidden?: true;
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
  /** The next column that is printed. */
  after(col: number): number;
  /** The items of a column that are drawn. */
  inColumn(col: number): readonly Placed[];
  /** What is under a point. */
  hit(x: number, y: number): Hit | null;
}

const FIRST_WIRE = 30;
const CWIRE = 48;
const LEAD = 4;

/** With a look, equal instances of a block print once and opened blocks show their gates; without, neither. */
export function layout(c: Circuit, override: Partial<Metrics> = {}, look?: Look): Layout {
  const m = { ...METRICS, ...override };
  const cols = columns(c);
  const found = look ? runs(c, cols) : [];
  const first = new Map(found.map((run) => [run[0]!, run]));
  const rolled = (i: number): boolean => !look?.unrolled.has(c.ops[i]!.id);
  const times = (i: number): number => (first.has(i) && rolled(i) ? first.get(i)!.length : 1);
  const behind = new Map(
    found.flatMap((run) => (rolled(run[0]!) ? run.slice(1).map((i) => [i, run[0]!] as const) : [])),
  );
  const opened = new Map(
    c.ops.flatMap((op, i) => (look?.open.has(op.id) ? [[i, openWidths(op, c, m)] as const] : [])),
  );
  const widths: number[] = [];
  c.ops.forEach((op, i) => {
    const col = cols[i]!;
    if (behind.has(i)) widths[col] = 0;
    else {
      const own = opened.get(i)?.total ?? naturalWidth(op, m, c.blocks, times(i));
      widths[col] = Math.max(widths[col] ?? m.colMin, own + m.gap);
    }
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
  const frame = { m, y: (q: number) => wires[q]?.y ?? last, cwire, blocks: c.blocks };
  const items: Placed[] = [];
  c.ops.forEach((op, i) => {
    const col = cols[i]!;
    const before = behind.get(i);
    if (before !== undefined) {
      const { run: _, ...same } = items[before]!;
      items.push({ ...same, id: op.id, index: i, col, hidden: true });
      return;
    }
    const strip = strips[col]!;
    const middle = strip.x + strip.w / 2;
    const open = opened.get(i);
    const item = open
      ? openAt(op, i, col, middle - open.total / 2, open, frame, times(i))
      : place(op, i, col, middle, frame, times(i));
    const ids = first.get(i)?.map((k) => c.ops[k]!.id);
    items.push(ids ? { ...item, run: { ids, rolled: rolled(i) } } : item);
  });
  spread(items);
  const byColumn: Placed[][] = strips.map(() => []);
  for (const item of items) if (!item.hidden) byColumn[item.col]!.push(item);
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
    after(col: number): number {
      let next = col + 1;
      while (strips[next]?.w === 0) next += 1;
      return next;
    },
    cell(col: number, wire: number): Rect {
      const strip = strips[col] ?? { x: x + (col - strips.length) * m.colMin, w: m.colMin };
      return { x: strip.x, y: (wires[wire]?.y ?? last) - m.pitch / 2, w: strip.w, h: m.pitch };
    },
  };
  return { ...shape, hit: (px, py) => hitTest(shape, px, py) };
}

/** Where other double lines fall in a column, those of its conditions stand beside: a reading is not a writing. */
function spread(items: Placed[]): void {
  const lines = new Map<number, number[]>();
  items.forEach((item, i) => {
    if (item.cline && !item.hidden) lines.set(item.col, [...(lines.get(item.col) ?? []), i]);
  });
  for (const list of lines.values()) {
    if (list.length < 2) continue;
    let k = 0;
    for (const i of list) {
      const { cline } = items[i]!;
      // to the left, since the numbers of the bits stand on the right
      if (cline?.up) items[i] = { ...items[i]!, cline: { ...cline, x: cline.x - 10 - 6 * (k++ % 2) } };
    }
  }
}

interface Opened {
  readonly ops: readonly Op[];
  readonly cols: readonly number[];
  readonly widths: readonly number[];
  readonly total: number;
}

function openWidths(op: Op, c: Circuit, m: Metrics): Opened {
  const { ops, cols } = within(op, c);
  const widths: number[] = [];
  ops.forEach((one, i) => {
    const w = naturalWidth(one, m, c.blocks) + m.gap;
    widths[cols[i]!] = Math.max(widths[cols[i]!] ?? 0, w);
  });
  return {
    ops,
    cols,
    widths,
    total:
      Math.max(
        m.colMin,
        widths.reduce((sum, w) => sum + w, 0),
      ) +
      2 * OUTLINE,
  };
}

function openAt(
  op: Op,
  index: number,
  col: number,
  left: number,
  { ops, cols, widths, total }: Opened,
  frame: Parameters<typeof place>[4],
  times: number,
): Placed {
  const middles: number[] = [];
  widths.reduce((x, w) => {
    middles.push(x + w / 2);
    return x + w;
  }, left + OUTLINE);
  const inner = ops.map((one, i) => ({ ...place(one, index, col, middles[cols[i]!]!, frame), id: op.id }));
  return placeOpen(op, index, col, left, total, inner, frame, times);
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
