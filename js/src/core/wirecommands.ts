/** Adding, removing and renaming wires: commands of edit.ts that change the wires themselves. Pure, as commands.ts. */
import { checkCircuit } from "./check";
import { type Circuit, type Op, wiresOf } from "./circuit";
import { freeName, plural } from "./commands";
import { CircuitError } from "./errors";
import { LIMITS } from "./names";

const rewire = (op: Op, to: (q: number) => number): Op => ({
  ...op,
  qubits: op.qubits.map(to),
  controls: op.controls.map(to),
  anticontrols: op.anticontrols.map(to),
});

export function addWire(c: Circuit, at = c.qubits.length, name?: string): Circuit {
  if (c.qubits.length >= LIMITS.qubits) {
    throw new CircuitError(`a circuit has at most ${LIMITS.qubits} wires`, {
      field: "qubits",
      cure: "remove a wire first",
    });
  }
  const index = Math.max(0, Math.min(c.qubits.length, Math.trunc(at)));
  const added = name ?? freeName(c.qubits, "q", c.qubits.length);
  const qubits = [...c.qubits.slice(0, index), added, ...c.qubits.slice(index)];
  const ops =
    index === c.qubits.length ? c.ops : c.ops.map((op) => rewire(op, (q) => (q >= index ? q + 1 : q)));
  return checkCircuit({ ...c, qubits, ops });
}

export function removeWire(c: Circuit, wire: number, force: boolean): Circuit {
  const name = c.qubits[wire];
  if (name === undefined)
    throw new CircuitError(`there is no wire ${wire}`, { cure: `use 0 to ${c.qubits.length - 1}` });
  if (c.qubits.length === 1)
    throw new CircuitError(`wire ${name} is the only one`, {
      field: "qubits",
      cure: "add another wire first",
    });
  // A barrier only gets shorter; any other operation on the wire needs it.
  const needs = (op: Op): boolean =>
    wiresOf(op).includes(wire) && !(op.gate === "barrier" && op.qubits.length > 1);
  const users = c.ops.filter(needs).length;
  if (users > 0 && !force) {
    const cure = users === 1 ? "remove or move it first" : "remove or move them first";
    throw new CircuitError(`wire ${name} has ${plural(users, "gate")} on it`, { field: "qubits", cure });
  }
  const ops = c.ops
    .filter((op) => !needs(op))
    .map((op) =>
      rewire({ ...op, qubits: op.qubits.filter((q) => q !== wire) }, (q) => (q > wire ? q - 1 : q)),
    );
  return { ...c, qubits: c.qubits.filter((_, i) => i !== wire), ops };
}

export function renameWire(c: Circuit, wire: number, name: string): Circuit {
  if (c.qubits[wire] === undefined)
    throw new CircuitError(`there is no wire ${wire}`, { cure: `use 0 to ${c.qubits.length - 1}` });
  return checkCircuit({ ...c, qubits: c.qubits.map((q, i) => (i === wire ? name : q)) });
}

/** The wire to another place; its gates go with it. */
export function moveWire(c: Circuit, wire: number, to: number): Circuit {
  if (c.qubits[wire] === undefined)
    throw new CircuitError(`there is no wire ${wire}`, { cure: `use 0 to ${c.qubits.length - 1}` });
  const end = Math.max(0, Math.min(c.qubits.length - 1, Math.trunc(to)));
  const order = c.qubits.map((_, q) => q).filter((q) => q !== wire);
  order.splice(end, 0, wire);
  const place = new Map(order.map((q, i) => [q, i]));
  const qubits = order.map((q) => c.qubits[q]!);
  return checkCircuit({ ...c, qubits, ops: c.ops.map((op) => rewire(op, (q) => place.get(q)!)) });
}
