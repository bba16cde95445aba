/** After a move: says so when the gate passed gates it does not commute with, and offers Undo. */
import { type Circuit, findOp, type Op, wiresOf } from "../core/circuit";
import { commutes } from "../core/commute";
import { opName } from "../core/edit";
import type { Session } from "./session";

/** Pairs whose order on a shared wire differs between the two circuits, as [moved, passed]; only those that matter. */
export function passedBy(before: Circuit, after: Circuit, ids: readonly string[]): [Op, Op][] {
  const place = (c: Circuit) => new Map(c.ops.map((op, i) => [op.id, i]));
  const was = place(before);
  const is = place(after);
  const pairs: [Op, Op][] = [];
  for (const id of ids) {
    const old = findOp(before, id);
    const now = findOp(after, id);
    if (!old || !now || wiresOf(old).join() !== wiresOf(now).join()) continue; // on other wires it is another gate
    for (const other of after.ops) {
      if (ids.includes(other.id)) continue;
      const crossed = was.get(id)! < was.get(other.id)! !== is.get(id)! < is.get(other.id)!;
      if (crossed && !commutes(now, other)) pairs.push([now, other]);
    }
  }
  return pairs;
}

/** What the drawing outlines while the note stands. */
export const passedNow = new WeakMap<Session, readonly string[]>();

export function warnIfChanged(session: Session, before: Circuit, ids: readonly string[]): void {
  const pairs = passedBy(before, session.circuit, ids);
  const first = pairs[0];
  if (!first) return;
  const wires = wiresOf(first[1])
    .map((q) => session.circuit.qubits[q])
    .join(" ");
  const more = pairs.length > 1 ? ` and ${pairs.length - 1} more` : "";
  passedNow.set(session, [...new Set(pairs.map(([, other]) => other.id))]);
  session.notify({
    kind: "warn",
    text: `Changes the unitary: ${opName(first[0])} passed ${opName(first[1])} ${wires}${more}.`,
    action: { label: "Undo", run: () => session.undo() },
    ms: 6000,
  });
}
