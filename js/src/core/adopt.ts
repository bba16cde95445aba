/**
 * Ids for a circuit that was read anew: operations that are as they were keep their id, so that selection and drawing
 * follow them. Everything but the ids is left as it is.
 */
import { type Circuit, highestId, type Op } from "./circuit";
import { printOp } from "./text";

const bare = (op: Op): string => printOp({ ...op, id: "g" });

/** `next` with the ids of `old`: the same front, the same end, and between them one for one where as many were replaced. */
export function adopt(old: Circuit, next: Circuit): Circuit {
  const a = old.ops.map(bare);
  const b = next.ops.map(bare);
  let front = 0;
  while (front < a.length && front < b.length && a[front] === b[front]) front += 1;
  let end = 0;
  while (end < a.length - front && end < b.length - front && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const paired = a.length === b.length;
  let top = highestId(old);
  const ids = next.ops.map((_, i) => {
    if (i < front || paired) return old.ops[i]!.id;
    if (i >= b.length - end) return old.ops[i - b.length + a.length]!.id;
    return `g${++top}`;
  });
  return { ...next, ops: next.ops.map((op, i) => (op.id === ids[i] ? op : { ...op, id: ids[i]! })) };
}
