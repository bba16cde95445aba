/** Grouping a selection into a named block, and back; where it is named and opened. No DOM. */
import { blockOf, findOp, type Op, rowOf } from "../core/circuit";
import type { Session } from "./session";

/** Whether an operation may be part of a block. */
export const groupable = (op: Op | undefined): boolean =>
  op !== undefined && !op.condition && ((rowOf(op)?.unitary ?? false) || op.gate === "barrier");

/** The first free name of the form block 2. */
export function freeBlockName(session: Session): string {
  const taken = new Set((session.root.blocks ?? []).map((b) => b.name));
  let n = 1;
  while (taken.has(`block ${n}`)) n += 1;
  return `block ${n}`;
}

/** The selection becomes an instance of a new block, which is selected, to be named in the inspector. */
export function groupSelected(session: Session): void {
  const ids = [...session.selection];
  if (ids.length === 0) {
    session.refuse("No gate is selected. Select one or more, then press G.");
    return;
  }
  const name = freeBlockName(session);
  if (!session.run({ type: "group", ids, name })) return;
  const made = session.circuit.ops.find((op) => blockOf(op) === name);
  if (made) session.select([made.id]);
}

/** The instance is written out again. */
export function ungroupOp(session: Session, id: string | undefined): void {
  const op = id === undefined ? undefined : findOp(session.circuit, id);
  if (!op || blockOf(op) === undefined) {
    session.refuse("No block is selected. Select one, then press Shift G.");
    return;
  }
  const had = new Set(session.circuit.ops.map((o) => o.id));
  if (session.run({ type: "ungroup", id: op.id }))
    session.select(session.circuit.ops.filter((o) => !had.has(o.id)).map((o) => o.id));
}

/** K: the definition of a block, or from a definition back to the circuit. */
export function toggleBlock(session: Session, id: string | undefined): void {
  const op = id === undefined ? undefined : findOp(session.circuit, id);
  const name = op && blockOf(op);
  if (name !== undefined) session.open(name);
  else if (session.inside !== undefined) session.open(undefined);
  else session.refuse("No block is selected. G makes one of a selection.");
}
