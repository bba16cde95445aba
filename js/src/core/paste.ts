/** Putting gates of one circuit into another at a place: wires shifted, bits and blocks of their own. Pure. */
import { type Block, type Circuit, highestId, type Op, wiresOf } from "./circuit";
import { insertIndex } from "./columns";
import { freeName } from "./commands";
import { apply } from "./edit";
import { layout } from "./layout";
import { addWire } from "./wirecommands";

export interface Pasted {
  readonly circuit: Circuit;
  readonly ids: readonly string[];
  /** Wires added because there were too few. */
  readonly added: number;
}

/**
 * `c` with the operations of `part` from column `col` on, their first used wire on `wire` or as near as they fit. Bits
 * that they write become new ones; symbols stay as they are.
 */
export function paste(c: Circuit, part: Pick<Circuit, "ops" | "blocks">, col: number, wire: number): Pasted {
  const used = part.ops.flatMap(wiresOf);
  if (used.length === 0 && part.ops.length === 0) return { circuit: c, ids: [], added: 0 };
  const top = used.length > 0 ? Math.min(...used) : 0;
  const height = used.length > 0 ? Math.max(...used) - top + 1 : 1;
  let circuit = withBlocks(c, part.blocks ?? []);
  const added = Math.max(0, height - c.qubits.length);
  for (let i = 0; i < added; i++) circuit = addWire(circuit);
  const first = Math.max(0, Math.min(wire, circuit.qubits.length - height));
  const shift = (list: readonly number[]): number[] => list.map((q) => q - top + first);

  const bits = new Map<number, number>();
  let clbits = [...circuit.clbits];
  const bit = (b: number, written: boolean): number => {
    const known = bits.get(b);
    if (known !== undefined) return known;
    const to = !written && b < c.clbits.length ? b : clbits.length;
    if (to === clbits.length) clbits = [...clbits, freeName(clbits, "c", clbits.length)];
    bits.set(b, to);
    return to;
  };
  let top_ = highestId(circuit);
  const ops = part.ops.map((op): Op => {
    // a condition first: it reads what was written before this operation
    const condition = op.condition && {
      ...op.condition,
      clbits: op.condition.clbits.map((b) => bit(b, false)),
    };
    const own = op.clbits.map((b) => bit(b, true));
    const { condition: _, ...plain } = op;
    return {
      ...plain,
      id: `g${++top_}`,
      qubits: shift(op.qubits),
      controls: shift(op.controls),
      anticontrols: shift(op.anticontrols),
      clbits: own,
      ...(condition ? { condition } : {}),
    };
  });
  circuit = { ...circuit, clbits };
  const wires = used.length > 0 ? shift([...new Set(used)]) : [0];
  let at = insertIndex(layout(circuit), circuit, wires, col);
  for (const op of ops) circuit = apply(circuit, { type: "insert", op, at: at++ });
  return { circuit, ids: ops.map((op) => op.id), added };
}

/** Definitions that are missing come along; one of the same name that is here already stays. */
function withBlocks(c: Circuit, given: readonly Block[]): Circuit {
  const known = new Set((c.blocks ?? []).map((b) => b.name));
  const missing = given.filter((b) => !known.has(b.name));
  return missing.length === 0 ? c : { ...c, blocks: [...(c.blocks ?? []), ...missing] };
}
