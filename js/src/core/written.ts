/** A circuit as OpenQASM can say it: blocks and matrices written out in gates, each line still known as its operation's. */
import { flattened } from "./blocks";
import { type Circuit, highestId, type Op } from "./circuit";
import { decomposed } from "./synth";

/** The circuit in gates of the table alone, and for each written-out operation the id of the one it is part of. */
export function written(c: Circuit): { circuit: Circuit; origin: ReadonlyMap<string, string> } {
  const flat = flattened(c);
  if (!flat.circuit.ops.some((op) => op.matrix)) return flat;
  const origin = new Map(flat.origin);
  let top = Math.max(highestId(c), highestId(flat.circuit));
  const ops = flat.circuit.ops.flatMap((op): Op[] => {
    if (!op.matrix) return [op];
    return decomposed(op).map((one) => {
      const id = `g${++top}`;
      origin.set(id, flat.origin.get(op.id) ?? op.id);
      return { ...one, id };
    });
  });
  return { circuit: { ...flat.circuit, ops }, origin };
}
