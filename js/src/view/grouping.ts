/** Grouping a selection into a named block, and back; where it is named and opened. No DOM. */
import { blockOf, findOp, type Op, rowOf } from "../core/circuit";
import { apply } from "../core/edit";
import { CircuitError, sentence } from "../core/errors";
import { layoutOf, statsOf, withRuns } from "./layouts";
import type { Session } from "./session";

/** Instances one behind the other, at most. */
const MOST = 200;

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
  const ids = runOf(session, op.id);
  attempt(session, () => {
    const next = ids.reduce((c, one) => apply(c, { type: "ungroup", id: one }), session.circuit);
    session.commit(next, `${blockOf(op)} written out. Depth ${statsOf(next).depth}.`);
    session.select(session.circuit.ops.filter((o) => !had.has(o.id)).map((o) => o.id));
  });
}

/** The instances that an operation stands for where they print once; else itself. */
export const runOf = (session: Session, id: string): readonly string[] => withRuns(session.circuit, [id]);

/** So many instances one behind the other, in one step of undo. */
export function setRepeats(session: Session, id: string, times: number, key?: string): void {
  const ids = layoutOf(session.circuit).items.find((p) => p.run?.ids.includes(id))?.run?.ids ?? [id];
  const n = Math.max(1, Math.min(MOST, Math.trunc(times)));
  if (!Number.isFinite(n) || n === ids.length) return;
  attempt(session, () => {
    let next = session.circuit;
    for (let i = ids.length; i < n; i++) next = apply(next, { type: "duplicate", ids: [ids.at(-1)!] });
    if (n < ids.length) next = apply(next, { type: "remove", ids: ids.slice(n) });
    session.commit(next, `${blockOf(findOp(next, ids[0]!)!)} × ${n}. Depth ${statsOf(next).depth}.`, key);
    session.select([ids[0]!]);
  });
}

/** One more of a block; of other gates a block that stands twice. */
export function repeatSelected(session: Session): void {
  const one = session.selected;
  if (one && blockOf(one) !== undefined) {
    const run = layoutOf(session.circuit).items.find((p) => p.run?.ids.includes(one.id))?.run;
    setRepeats(session, one.id, (run?.ids.length ?? 1) + 1);
    return;
  }
  const name = freeBlockName(session);
  attempt(session, () => {
    const grouped = apply(session.circuit, { type: "group", ids: [...session.selection], name });
    const made = grouped.ops.find((op) => blockOf(op) === name)!;
    const next = apply(grouped, { type: "duplicate", ids: [made.id] });
    session.commit(next, `${name} × 2. Depth ${statsOf(next).depth}.`);
    session.select([made.id]);
  });
}

function attempt(session: Session, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    session.refuse(sentence(error));
  }
}

/** K: the gates of a block in place, or closed again; with none at hand, from a definition back to the circuit. */
export function toggleBlock(session: Session, id: string | undefined): void {
  const op = id === undefined ? undefined : findOp(session.circuit, id);
  if (op && blockOf(op) !== undefined) session.toggle("open", runOf(session, op.id)[0]!);
  else if (session.inside !== undefined) session.open(undefined);
  else session.refuse("No block is selected. G makes one of a selection.");
}

/** Shift K: each instance of a run, or one for all. */
export function toggleRun(session: Session, id: string | undefined): void {
  const run = layoutOf(session.circuit).items.find((p) => id !== undefined && p.run?.ids.includes(id))?.run;
  if (run) session.toggle("unrolled", run.ids[0]!);
  else session.refuse("Nothing is repeated here. Select a block that stands several times in a row.");
}
