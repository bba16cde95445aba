/** ASAP columns, and where in the list of operations a drop at a column goes. Columns are never stored. */
import { type Circuit, clbitsOf, type Op, spanOf } from "./circuit";

/** The wires an operation covers in the drawing, from first to last; a global phase is drawn on wire 0. */
export const drawSpan = (op: Op): [number, number] => spanOf(op) ?? [0, 0];

/** The column of each operation, in list order. */
export function columns(c: Circuit): number[] {
  const wires = new Int32Array(Math.max(1, c.qubits.length));
  const bits = new Int32Array(c.clbits.length);
  return c.ops.map((op) => {
    const [low, high] = drawSpan(op);
    const clbits = op.clbits.length > 0 || op.condition ? clbitsOf(op) : [];
    let col = 0;
    for (let q = low; q <= high; q++) if (wires[q]! > col) col = wires[q]!;
    for (const b of clbits) if (bits[b]! > col) col = bits[b]!;
    wires.fill(col + 1, low, high + 1);
    for (const b of clbits) bits[b] = col + 1;
    return col;
  });
}

/**
 * The index at which an operation on `wires` is inserted so that it shows at column `col`, or, where its wires are free
 * further left, as far right as possible up to there: before the first operation on its wires at `col` or beyond.
 */
export function insertIndex(
  layout: { readonly items: readonly { readonly col: number }[] },
  c: Circuit,
  wires: readonly number[],
  col: number,
): number {
  const first = wires.length > 0 ? Math.min(...wires) : 0;
  const last = wires.length > 0 ? Math.max(...wires) : 0;
  for (let i = 0; i < c.ops.length; i++) {
    const [low, high] = drawSpan(c.ops[i]!);
    if (low <= last && high >= first && layout.items[i]!.col >= col) return i;
  }
  return c.ops.length;
}

/**
 * Operations that are left of `col` on `wires` but come at `at` or later in the list, with all they depend on, put in
 * front of `at`. Returns the new order and where `at` is now. The drawing of the operations themselves doesn't change.
 */
export function lift(
  ops: readonly Op[],
  cols: readonly number[],
  at: number,
  wires: readonly number[],
  col: number,
): { ops: Op[]; at: number } {
  const first = Math.min(...wires);
  const last = Math.max(...wires);
  const needed = new Set<number>();
  const bits = new Set<number>();
  const lifted = new Set<number>();
  for (let i = ops.length - 1; i >= at; i--) {
    const op = ops[i]!;
    const [low, high] = drawSpan(op);
    let take = low <= last && high >= first && cols[i]! < col;
    for (let q = low; q <= high && !take; q++) take = needed.has(q);
    take ||= clbitsOf(op).some((b) => bits.has(b));
    if (!take) continue;
    lifted.add(i);
    for (let q = low; q <= high; q++) needed.add(q);
    for (const b of clbitsOf(op)) bits.add(b);
  }
  const part = (wanted: boolean): Op[] => ops.filter((_, i) => i >= at && lifted.has(i) === wanted);
  return { ops: [...ops.slice(0, at), ...part(true), ...part(false)], at: at + lifted.size };
}

/** The circuit with only what is drawn left of `col`: what the state marker shows. */
export function upToColumn(c: Circuit, col: number): Circuit {
  const cols = columns(c);
  return { ...c, ops: c.ops.filter((_, i) => cols[i]! < col) };
}
