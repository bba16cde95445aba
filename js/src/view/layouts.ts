/** Layout and statistics of the circuits on the page, computed once for each; and which of their blocks are open. */
import type { Circuit } from "../core/circuit";
import { type Layout, layout } from "../core/layout";
import type { Look } from "../core/repeats";
import { type Stats, stats } from "../core/stats";

const layouts = new WeakMap<Circuit, Layout>();
const looks = new WeakMap<Circuit, Look>();
const statistics = new WeakMap<Circuit, Stats>();

/** Room for a finger, where that is what points. */
const TOUCH = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;
const ROOM = TOUCH ? { colMin: 64, pitch: 64, gate: 46 } : {};

/** Where everything lies: as `lookAt` was told, else with all blocks closed and each instance for itself. */
export function layoutOf(c: Circuit): Layout {
  const known = layouts.get(c) ?? layout(c, ROOM, looks.get(c));
  layouts.set(c, known);
  return known;
}

export function statsOf(c: Circuit): Stats {
  const known = statistics.get(c) ?? stats(c);
  statistics.set(c, known);
  return known;
}

/** From now on the circuit is laid out with these blocks open. */
export function lookAt(c: Circuit, look: Look): void {
  if (!c.blocks || c.blocks.length === 0 || looks.get(c) === look) return;
  looks.set(c, look);
  layouts.delete(c);
}

/** The operations, and of runs that print once all they stand for. */
export function withRuns(c: Circuit, ids: readonly string[]): readonly string[] {
  if (!c.blocks || c.blocks.length === 0) return ids;
  const runs = new Map(
    layoutOf(c).items.flatMap(({ run }) => (run?.rolled ? run.ids.map((id) => [id, run.ids] as const) : [])),
  );
  return runs.size === 0 ? ids : [...new Set(ids.flatMap((id) => runs.get(id) ?? [id]))];
}
