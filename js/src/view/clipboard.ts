/** Copy, cut and paste of gates within the page: the text is OpenQASM 3, pasting takes the operations as they were. */
import { type Circuit, highestId, nextWeight, type Op, wiresOf } from "../core/circuit";
import { apply, insertIndex } from "../core/edit";
import { CircuitError, sentence } from "../core/errors";
import { toQasm3 } from "../core/qasm";
import { layoutOf, type Session, statsOf } from "./session";

interface Clip {
  readonly text: string;
  readonly ops: readonly Op[];
  readonly top: number;
}

let clip: Clip | undefined;

/** The selected operations as OpenQASM 3, kept for a paste; undefined with nothing selected. */
export function copied(session: Session): string | undefined {
  const chosen = new Set(session.selection);
  const ops = session.circuit.ops.filter((op) => chosen.has(op.id));
  if (ops.length === 0) return undefined;
  const part: Circuit = { ...session.circuit, ops };
  const { text } = toQasm3(part);
  clip = { text, ops, top: Math.min(...ops.flatMap(wiresOf)) };
  return text;
}

/** Puts the copied gates at the cursor; other text than the last copy is not read here. */
export function pasted(session: Session, text: string): void {
  if (clip?.text.trim() !== text.trim()) {
    session.refuse("Only gates copied in a designer of this page can be pasted.");
    return;
  }
  const { cursor } = session;
  let c = session.circuit;
  const ids: string[] = [];
  try {
    const by = cursor.wire - clip.top;
    const shift = (list: readonly number[]): number[] => list.map((q) => q + by);
    const wires = clip.ops.flatMap((op) => shift(wiresOf(op))).filter((q) => q < c.qubits.length);
    let at = insertIndex(layoutOf(c), c, wires.length > 0 ? wires : [0], cursor.col);
    for (const op of clip.ops) {
      const id = `g${highestId(c) + 1}`;
      const moved = {
        ...op,
        id,
        qubits: shift(op.qubits),
        controls: shift(op.controls),
        anticontrols: shift(op.anticontrols),
      };
      const clbits = op.clbits.filter((b) => b < c.clbits.length);
      c = apply(c, { type: "insert", op: { ...moved, clbits }, at });
      ids.push(id);
      at += 1;
    }
    session.commit(c, `${ids.length} pasted. ${nextWeight(c)} weights. Depth ${statsOf(c).depth}.`);
    session.select(ids);
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    session.refuse(sentence(error));
  }
}
