/** What the live region speaks after a command. Sentences only; no decisions. */

import { shortAngle } from "./anglelabel";
import { type Circuit, findOp, type Op } from "./circuit";
import { columns } from "./columns";
import { labelOf } from "./commands";
import { apply, type Command } from "./edit";
import { printExpr } from "./expr";
import { stats } from "./stats";

/** "RY w[5]", "CX", "U pi,0,pi": the name a person hears or reads. */
export function opName(op: Op): string {
  const controls = "C".repeat(op.controls.length + op.anticontrols.length);
  const label = { measure: "Measure", reset: "Reset", barrier: "Barrier" }[op.gate] ?? labelOf(op);
  const angles = shortAngle(op.params.map(printExpr).join(", "));
  return `${controls}${label}${angles && ` ${angles}`}`;
}

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

/** The spoken sentence of a legal command: "RY w[5] added, q2, column 7. Depth 9." */
export function describe(before: Circuit, cmd: Command): string {
  const after = apply(before, cmd);
  const depth = ` Depth ${stats(after).depth}.`;
  const place = (id: string): string => {
    const index = after.ops.findIndex((op) => op.id === id);
    const op = after.ops[index]!;
    const wires = op.qubits.map((q) => after.qubits[q]).join(" ");
    return `${wires && `${wires}, `}column ${columns(after)[index]}`;
  };
  const several = (ids: readonly string[], verb: string): string =>
    `${count(new Set(ids).size, "gate")} ${verb}.${depth}`;
  const one = (ids: readonly string[]): Op | undefined =>
    ids.length === 1 ? findOp(before, ids[0]!) : undefined;
  switch (cmd.type) {
    case "insert": {
      const had = new Set(before.ops.map((op) => op.id));
      const op = after.ops.find((o) => !had.has(o.id))!;
      return `${opName(op)} added, ${place(op.id)}.${depth}`;
    }
    case "move": {
      const op = one(cmd.ids);
      return op ? `${opName(op)} moved to ${place(op.id)}.${depth}` : several(cmd.ids, "moved");
    }
    case "remove": {
      const op = one(cmd.ids);
      if (!op) return several(cmd.ids, "removed");
      const wires = op.qubits.map((q) => before.qubits[q]).join(" ");
      return `${opName(op)} removed${wires && `, ${wires}`}.${depth}`;
    }
    case "duplicate": {
      const op = one(cmd.ids);
      return op ? `${opName(op)} duplicated.${depth}` : several(cmd.ids, "duplicated");
    }
    case "params":
    case "qubits":
      return `Now ${opName(findOp(after, cmd.id)!)}, ${place(cmd.id)}.`;
    case "matrix":
      return `Matrix of ${opName(findOp(after, cmd.id)!)} changed, ${place(cmd.id)}.`;
    case "control":
      return `${cmd.anti ? "Anti-control" : "Control"} added on ${before.qubits[cmd.wire]}: ${opName(findOp(after, cmd.id)!)}, ${place(cmd.id)}.${depth}`;
    case "uncontrol":
      return `Control removed from ${before.qubits[cmd.wire]}: ${opName(findOp(after, cmd.id)!)}, ${place(cmd.id)}.${depth}`;
    case "clbits":
      return `${opName(findOp(after, cmd.id)!)} now into ${cmd.clbits.map((b) => after.clbits[b]).join(", ")}.`;
    case "condition":
      return `${opName(findOp(after, cmd.id)!)} ${cmd.condition ? `only if bits ${cmd.condition.clbits.join(", ")} are ${cmd.condition.value}` : "always"}.${depth}`;
    case "addWire": {
      const name = after.qubits.find((q) => !before.qubits.includes(q));
      return `Wire ${name} added. ${count(after.qubits.length, "wire")}.`;
    }
    case "removeWire":
      return `Wire ${before.qubits[cmd.wire]} removed. ${count(after.qubits.length, "wire")}.${depth}`;
    case "renameWire":
      return `Wire ${before.qubits[cmd.wire]} is now ${cmd.name}.`;
    case "moveWire":
      return `Wire ${before.qubits[cmd.wire]} is now number ${after.qubits.indexOf(before.qubits[cmd.wire]!)}.`;
    case "group":
      return `${count(new Set(cmd.ids).size, "gate")} grouped as ${cmd.name}.${depth}`;
    case "ungroup": {
      const old = findOp(before, cmd.id)!;
      return `${opName(old)} ungrouped: ${count(after.ops.length - before.ops.length + 1, "gate")}.${depth}`;
    }
    case "define":
      return `Block ${cmd.name} is now ${count(cmd.definition.ops.length, "gate")}.${depth}`;
    case "undefine":
      return `Block ${cmd.name} removed.`;
    case "renameBlock":
      return `Block ${cmd.name} is now ${cmd.to}.`;
    case "rename":
      return `Circuit is now ${cmd.name}.`;
    case "replace":
      return `Circuit replaced: ${count(after.ops.length, "gate")} on ${count(after.qubits.length, "wire")}.${depth}`;
  }
}
