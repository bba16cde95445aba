/**
 * What a drop at a place of the drawing means: one command, and the circuit as if it were dropped now. Pure; preview and
 * commit share it, so what is shown is what happens.
 */

import { identity } from "../core/cells";
import {
  blockOf,
  type Circuit,
  findOp,
  lastInputOn,
  nextWeight,
  type Op,
  rowOf,
  wiresOf,
} from "../core/circuit";
import { apply, type Command, insertIndex, type NewOp } from "../core/edit";
import { CircuitError, sentence } from "../core/errors";
import { type Expr, sym } from "../core/expr";
import { resolve, UNITARY } from "../core/gates.gen";
import type { Layout } from "../core/layout";
import type { Source } from "./drag";
import type { Tile } from "./tiles";

export interface Place {
  readonly col: number;
  readonly wire: number;
  readonly between: boolean;
}

export type Plan =
  | {
      readonly ok: true;
      readonly command: Command;
      readonly circuit: Circuit;
      readonly ids: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/** Which symbols the angles of a new gate read: the data last used on its wire, or the next free weights. */
export function freshParams(c: Circuit, param: "x" | "w" | "", count: number, wire: number): Expr[] {
  const first = nextWeight(c);
  const input = lastInputOn(c, wire) ?? wire;
  return Array.from({ length: count }, (_, i) => (param === "x" ? sym("x", input) : sym("w", first + i)));
}

/** The operation a tile stands for, its first wire on `wire`. */
export function draft(c: Circuit, gate: string, param: "x" | "w" | "", wire: number): NewOp {
  const size = MATRICES[gate];
  if (size !== undefined) {
    const qubits = Array.from({ length: size }, (_, i) => wire + i);
    return { gate: UNITARY.name, qubits, matrix: identity(2 ** size) };
  }
  const found = resolve(gate);
  const block = blockOf({ gate });
  const wires = block === undefined ? 0 : (c.blocks?.find((b) => b.name === block)?.qubits ?? 0);
  const row = found && rowOf({ gate: found.gate, qubits: Array<number>(wires).fill(0) });
  if (!found || !row || (block !== undefined && wires === 0))
    throw new CircuitError(`${gate} is not a gate`, { cure: "pick one of the palette" });
  if (row.variadic) return { gate, qubits: c.qubits.map((_, i) => i) };
  const span = row.targets + Math.max(0, found.controls);
  const qubits = Array.from({ length: span }, (_, i) => wire + i);
  // the angle belongs to the target, which comes after the controls
  return { gate, qubits, params: freshParams(c, param, row.params.length, wire + span - row.targets) };
}

/** Tiles of matrices that are yet to be written, with their wires. */
const MATRICES: Readonly<Record<string, number>> = { unitary: 1, unitary2: 2 };

/** The gate of a column that a condition on `wire` would belong to, or a control (`beside`): the nearest that can take it. */
export function gateNear(
  c: Circuit,
  layout: Layout,
  col: number,
  wire: number,
  beside = false,
): Op | undefined {
  const far = (op: Op): number => Math.min(...op.qubits.map((q) => Math.abs(q - wire)));
  const on = (op: Op): number => Number(beside && far(op) === 0);
  return layout
    .inColumn(col)
    .map((item) => c.ops[item.index]!)
    .filter((op) => rowOf(op)?.controllable)
    .sort((a, b) => on(a) - on(b) || far(a) - far(b))[0];
}

function tileCommand(c: Circuit, layout: Layout, tile: Tile, { col, wire }: Place): Command {
  if (tile.gate === "control" || tile.gate === "anticontrol") {
    const op = gateNear(c, layout, col, wire);
    if (!op)
      throw new CircuitError(`column ${col} has no gate to control`, {
        cure: "drop it in the column of a gate",
      });
    return { type: "control", id: op.id, wire, anti: tile.gate === "anticontrol" };
  }
  if (tile.gate === "if") return conditionOn(c, gateNear(c, layout, col, wire));
  const op = draft(c, tile.gate, tile.param, wire);
  return { type: "insert", op, at: insertIndex(layout, c, inRange(c, op.qubits), col), col };
}

/** "Only if the last measured bit is 1." */
export function conditionOn(c: Circuit, op: Op | undefined): Command {
  if (!op)
    throw new CircuitError("there is no gate here to put a condition on", { cure: "drop it on a gate" });
  if (c.clbits.length === 0)
    throw new CircuitError("if needs a measured bit; none is measured yet", { cure: "measure a wire first" });
  const bit = c.ops.findLast((o) => o.gate === "measure")?.clbits[0] ?? 0;
  return { type: "condition", id: op.id, condition: { clbits: [bit], value: 1 } };
}

const inRange = (c: Circuit, wires: readonly number[]): number[] => {
  const kept = wires.filter((q) => q >= 0 && q < c.qubits.length);
  return kept.length > 0 ? kept : [0];
};

function moveCommand(
  c: Circuit,
  layout: Layout,
  source: Extract<Source, { kind: "ops" }>,
  place: Place,
): Command {
  const ids = source.ids.filter((id) => findOp(c, id));
  const dWire = place.wire - source.wire;
  const wires = inRange(
    c,
    ids.flatMap((id) => wiresOf(findOp(c, id)!).map((q) => q + dWire)),
  );
  // Its own column closes up behind a gate that goes right, so a drop on a gate there means behind that gate.
  const over = (item: { index: number; id: string }) =>
    !ids.includes(item.id) && wiresOf(c.ops[item.index]!).some((q) => wires.includes(q));
  const right = place.col > source.col && !place.between && layout.inColumn(place.col).some(over);
  const col = right ? place.col + 1 : place.col;
  return { type: "move", ids, at: insertIndex(layout, c, wires, col), dWire, col };
}

/** The plan of dropping `source` at `place` of the drawing `layout` of `c`. */
export function plan(c: Circuit, layout: Layout, source: Source, place: Place): Plan {
  if (source.kind === "marquee" || source.kind === "marker") return { ok: false, reason: "" };
  try {
    const command =
      source.kind === "tile"
        ? tileCommand(c, layout, source.tile, place)
        : moveCommand(c, layout, source, place);
    const circuit = apply(c, command);
    const had = new Set(c.ops.map((op) => op.id));
    const fresh = circuit.ops.filter((op) => !had.has(op.id)).map((op) => op.id);
    const ids = "ids" in command ? command.ids : "id" in command ? [command.id] : fresh;
    return { ok: true, command, circuit, ids };
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    return { ok: false, reason: sentence(error) };
  }
}
