/**
 * How blocks are drawn: a run of equal instances in neighbouring columns prints once with × n, and an instance may be
 * opened in place. Only the drawing: columns keep their numbers, those that are not printed have no width. Pure.
 */
import { placed } from "./blocks";
import { type Block, blockOf, type Circuit, type Op } from "./circuit";
import { columns } from "./columns";

/** What the reader has opened. */
export interface Look {
  /** Instances whose gates are drawn in place; of a run the first. */
  readonly open: ReadonlySet<string>;
  /** First instances of runs that print each one. */
  readonly unrolled: ReadonlySet<string>;
}

export const CLOSED: Look = { open: new Set(), unrolled: new Set() };

/** Indices in ops of equal instances one behind the other, two or more. */
export type Run = readonly number[];

/** The runs of a circuit: between two instances nothing else starts in the columns that would not be printed. */
export function runs(c: Circuit, cols: readonly number[]): Run[] {
  if (!c.blocks || c.blocks.length === 0) return [];
  const crowd: number[] = [];
  for (const col of cols) crowd[col] = (crowd[col] ?? 0) + 1;
  const last = new Map<string, number[]>();
  const all: number[][] = [];
  c.ops.forEach((op, i) => {
    if (blockOf(op) === undefined) return;
    const key = JSON.stringify([op.gate, op.qubits, op.controls, op.anticontrols, op.condition]);
    const run = last.get(key);
    if (run && cols[i] === cols[run.at(-1)!]! + 1 && crowd[cols[i]!] === 1) run.push(i);
    else {
      const fresh = [i];
      last.set(key, fresh);
      all.push(fresh);
    }
  });
  return all.filter((run) => run.length > 1);
}

/** The gates of an instance as they lie on its wires, and their columns among themselves; conditions stay outside. */
export function within(op: Op, c: Circuit): { ops: Op[]; cols: number[] } {
  const block = c.blocks?.find((b) => b.name === blockOf(op));
  const { condition: _, ...bare } = op;
  const ops = (block?.ops ?? []).flatMap((inner) => placed(inner, bare));
  return { ops, cols: columns({ ...c, clbits: [], ops }) };
}

/** "5 gates", "1 gate, × 3": what stands under the name of a block. */
export function sizeText(op: Op, blocks: readonly Block[] | undefined, times: number): string {
  const n = blocks?.find((b) => b.name === blockOf(op))?.ops.length ?? 0;
  return `${n} ${n === 1 ? "gate" : "gates"}${times > 1 ? `, × ${times}` : ""}`;
}
