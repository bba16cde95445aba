/**
 * Edits as plain data. `apply` is pure: it returns a new circuit, or throws a CircuitError with a cure and changes nothing.
 * Selection, cursor and preview are the view's business.
 */
import * as blocks from "./blockcommands";
import { checkCircuit } from "./check";
import type { Circuit, Condition, Op } from "./circuit";
import * as act from "./commands";
import type { Rows } from "./unitary";
import * as wires from "./wirecommands";

export { blockCircuit } from "./blockcommands";
export { insertIndex } from "./columns";
export { describe, opName } from "./describe";

/** An operation to be: everything but gate and qubits may be left out; aliases such as "cx" are accepted. */
export type NewOp = Pick<Op, "gate" | "qubits"> & Partial<Omit<Op, "gate" | "qubits">>;

export type Command =
  /** `at`: index in ops. With `col`, gates drawn left of it stay left of the new one (see columns.lift). */
  | { type: "insert"; op: NewOp; at: number; col?: number }
  /** `at`: index in the ops as they are before the move. */
  | { type: "move"; ids: string[]; at: number; dWire: number; col?: number }
  | { type: "remove"; ids: string[] }
  | { type: "duplicate"; ids: string[] }
  | { type: "params"; id: string; params: string[] }
  | { type: "matrix"; id: string; matrix: Rows }
  | { type: "control"; id: string; wire: number; anti: boolean }
  | { type: "uncontrol"; id: string; wire: number }
  | { type: "qubits"; id: string; qubits: number[] }
  /** The bits a measurement writes; the index one past the last is a new bit. */
  | { type: "clbits"; id: string; clbits: number[] }
  | { type: "condition"; id: string; condition: Condition | null }
  | { type: "addWire"; at?: number; name?: string }
  | { type: "removeWire"; wire: number; force?: boolean }
  | { type: "renameWire"; wire: number; name: string }
  | { type: "moveWire"; wire: number; to: number }
  | { type: "rename"; name: string }
  /** `definition`: such as blockCircuit(c, name), edited; all instances follow. */
  | { type: "group"; ids: string[]; name: string }
  | { type: "ungroup"; id: string }
  | { type: "define"; name: string; definition: Circuit }
  | { type: "undefine"; name: string }
  | { type: "renameBlock"; name: string; to: string }
  | { type: "replace"; circuit: Circuit };

export function apply(c: Circuit, cmd: Command): Circuit {
  switch (cmd.type) {
    case "insert":
      return act.insert(c, cmd.op, cmd.at, cmd.col);
    case "move":
      return act.move(c, cmd.ids, cmd.at, cmd.dWire, cmd.col);
    case "remove":
      return act.remove(c, cmd.ids);
    case "duplicate":
      return act.duplicate(c, cmd.ids);
    case "params":
      return act.setParams(c, cmd.id, cmd.params);
    case "matrix":
      return act.change(c, cmd.id, { matrix: cmd.matrix });
    case "control":
      return act.control(c, cmd.id, cmd.wire, cmd.anti);
    case "uncontrol":
      return act.uncontrol(c, cmd.id, cmd.wire);
    case "qubits":
      return act.change(c, cmd.id, { qubits: cmd.qubits });
    case "clbits":
      return act.setBits(c, cmd.id, cmd.clbits);
    case "condition":
      return act.setCondition(c, cmd.id, cmd.condition);
    case "addWire":
      return wires.addWire(c, cmd.at, cmd.name);
    case "removeWire":
      return wires.removeWire(c, cmd.wire, cmd.force === true);
    case "renameWire":
      return wires.renameWire(c, cmd.wire, cmd.name);
    case "moveWire":
      return wires.moveWire(c, cmd.wire, cmd.to);
    case "rename":
      return checkCircuit({ ...c, name: cmd.name });
    case "group":
      return blocks.group(c, cmd.ids, cmd.name);
    case "ungroup":
      return blocks.ungroup(c, cmd.id);
    case "define":
      return blocks.define(c, cmd.name, cmd.definition);
    case "undefine":
      return blocks.undefine(c, cmd.name);
    case "renameBlock":
      return blocks.renameBlock(c, cmd.name, cmd.to);
    case "replace":
      return checkCircuit(cmd.circuit);
  }
}
