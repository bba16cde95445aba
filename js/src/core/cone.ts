/** The part of a circuit that Z on its first wire depends on, as a circuit of its own: what fits where the whole doesn't. */
import { type Circuit, clbitsOf, wiresOf } from "./circuit";

/** Only the wires and operations in the backward light cone of wire 0, the wires renumbered and under their names. */
export function cone(c: Circuit): Circuit {
  const wires = new Set([0]);
  const bits = new Set<number>();
  const kept = new Set<number>();
  for (let i = c.ops.length - 1; i >= 0; i--) {
    const op = c.ops[i]!;
    if (op.gate === "barrier") continue;
    const [own, read] = [wiresOf(op), clbitsOf(op)];
    if (own.length > 0 && !own.some((q) => wires.has(q)) && !read.some((b) => bits.has(b))) continue;
    kept.add(i);
    for (const q of own) wires.add(q);
    for (const b of read) bits.add(b);
  }
  const order = [...wires].sort((a, b) => a - b);
  const to = new Map(order.map((q, i) => [q, i]));
  const map = (list: readonly number[]): number[] => list.map((q) => to.get(q)!);
  return {
    ...c,
    qubits: order.map((q) => c.qubits[q]!),
    ops: c.ops
      .filter((_, i) => kept.has(i))
      .map((op) => ({
        ...op,
        qubits: map(op.qubits),
        controls: map(op.controls),
        anticontrols: map(op.anticontrols),
      })),
  };
}
