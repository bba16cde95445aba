/** Commands of edit.ts about blocks; the twin of qlab/circuit/grouping.py. Pure: each returns a new, checked circuit. */
import { needed, placed, withId } from "./blocks";
import { checkCircuit } from "./check";
import {
  type Block,
  blockOf,
  type Circuit,
  clbitsOf,
  empty,
  highestId,
  type Op,
  rowOf,
  wiresOf,
} from "./circuit";
import { CircuitError } from "./errors";
import { BLOCK } from "./gates.gen";
import { quoted } from "./names";

function find(c: Circuit, id: string): Op {
  const op = c.ops.find((o) => o.id === id);
  if (op) return op;
  throw new CircuitError(`there is no operation ${id}`, { opId: id, cure: "select a gate of the circuit" });
}

function findBlock(c: Circuit, name: string): Block {
  const block = c.blocks?.find((b) => b.name === name);
  if (block) return block;
  throw new CircuitError(`the block ${quoted(name)} is not defined`, {
    block: name,
    cure: "choose one of the circuit",
  });
}

function users(c: Circuit, name: string): string[] {
  const uses = (ops: readonly Op[]): Op[] => ops.filter((op) => blockOf(op) === name);
  return [
    ...uses(c.ops).map((op) => `op ${op.id}`),
    ...(c.blocks ?? []).filter((b) => uses(b.ops).length > 0).map((b) => `block ${b.name}`),
  ];
}

/** The definition of a block as a circuit of its own, to draw and to edit; `define` takes it back. */
export function blockCircuit(c: Circuit, name: string): Circuit {
  const block = findBlock(c, name);
  const others = (c.blocks ?? []).filter((b) => b.name !== name);
  return checkCircuit({ ...empty(block.qubits, name), blocks: needed(block.ops, others), ops: block.ops });
}

const rewired = (op: Op, at: (q: number) => number): Op => ({
  ...op,
  qubits: op.qubits.map(at),
  controls: op.controls.map(at),
  anticontrols: op.anticontrols.map(at),
});

/**
 * The operations become one instance of a new block, on their wires in ascending order. What lies between them goes in
 * front of it, or behind it where it depends on one of them.
 */
export function group(c: Circuit, ids: readonly string[], name: string): Circuit {
  for (const id of ids) find(c, id);
  if (ids.length === 0)
    throw new CircuitError("no operation is selected", { cure: "select one or more gates" });
  if (c.blocks?.some((b) => b.name === name)) {
    throw new CircuitError(`there is already a block ${name}`, { block: name, cure: "choose another name" });
  }
  const { chosen, before, after } = gathered(c, new Set(ids));
  const used = [...new Set(chosen.flatMap(wiresOf))].sort((a, b) => a - b);
  const wires = used.length > 0 ? used : [0];
  const ops = chosen.map((op) => rewired(op, (q) => wires.indexOf(q)));
  const none = { params: [], controls: [], anticontrols: [], clbits: [] };
  const instance: Op = { id: `g${highestId(c) + 1}`, gate: BLOCK + name, qubits: wires, ...none };
  const blocks = [...(c.blocks ?? []), { name, qubits: wires.length, ops }];
  return checkCircuit({ ...c, blocks, ops: [...before, instance, ...after] });
}

function gathered(c: Circuit, wanted: ReadonlySet<string>): { chosen: Op[]; before: Op[]; after: Op[] } {
  const [chosen, before, after]: [Op[], Op[], Op[]] = [[], [], []];
  const mine = new Set<number>();
  /** Lines that what must come behind touches, and who. */
  const late = new Map<number, string>();
  const last = c.ops.findLastIndex((op) => wanted.has(op.id));
  for (const [i, op] of c.ops.entries()) {
    const lines = [...wiresOf(op), ...clbitsOf(op).map((bit) => -1 - bit)];
    if (wanted.has(op.id)) {
      if ((!rowOf(op)?.unitary && op.gate !== "barrier") || op.condition) {
        const what = op.condition ? "a gate with a condition" : op.gate;
        const info = { opId: op.id, where: `op ${op.id}`, cure: "leave it out of the selection" };
        throw new CircuitError(`${what} can't be in a block`, info);
      }
      const line = lines.find((q) => late.has(q));
      if (line !== undefined) {
        const id = late.get(line)!;
        const info = { opId: id, where: `op ${id}`, cure: "add it to the selection" };
        throw new CircuitError(`op ${id} must stay between the operations to be grouped`, info);
      }
      chosen.push(op);
      for (const q of lines) mine.add(q);
    } else if (i > last || lines.some((q) => mine.has(q) || late.has(q))) {
      after.push(op);
      for (const q of lines) if (!late.has(q)) late.set(q, op.id);
    } else {
      before.push(op);
    }
  }
  return { chosen, before, after };
}

/** An instance is replaced by what its block holds; the last one takes the block away, so that this undoes `group`. */
export function ungroup(c: Circuit, id: string): Circuit {
  const instance = find(c, id);
  const name = blockOf(instance);
  if (name === undefined) {
    const info = { opId: id, where: `op ${id}`, cure: "choose an instance" };
    throw new CircuitError(`op ${id} (${instance.gate}) is no block`, info);
  }
  const taken = new Set(c.ops.filter((op) => op.id !== id).map((op) => op.id));
  const top = { id: highestId(c) };
  const inner = findBlock(c, name).ops.flatMap((op) => placed(op, instance));
  const ops = c.ops.flatMap((op) => (op.id === id ? inner.map((one) => withId(one, taken, top)) : [op]));
  const left = checkCircuit({ ...c, ops });
  return users(left, name).length > 0 ? left : undefine(left, name);
}

/** Define a block, or redefine it: all instances follow. Blocks that an edited circuit brings along are defined too. */
export function define(
  c: Circuit,
  name: string,
  definition: Pick<Circuit, "ops" | "blocks" | "qubits">,
): Circuit {
  const old = c.blocks ?? [];
  const block: Block = { name, qubits: definition.qubits.length, ops: definition.ops };
  let blocks = old;
  for (const one of [...(definition.blocks ?? []), block]) {
    blocks = blocks.some((b) => b.name === one.name)
      ? blocks.map((b) => (b.name === one.name ? one : b))
      : [...blocks, one];
  }
  return checkCircuit({ ...c, blocks });
}

/** Drop a definition that nothing uses. */
export function undefine(c: Circuit, name: string): Circuit {
  findBlock(c, name);
  const user = users(c, name)[0];
  if (user) {
    const info = { block: name, where: `block ${name}`, cure: "ungroup it first" };
    throw new CircuitError(`block ${name} is used by ${user}`, info);
  }
  return checkCircuit({ ...c, blocks: c.blocks!.filter((b) => b.name !== name) });
}

/** Another name, for the definition and all its instances. */
export function renameBlock(c: Circuit, name: string, to: string): Circuit {
  findBlock(c, name);
  if (to !== name && c.blocks!.some((b) => b.name === to)) {
    throw new CircuitError(`there is already a block ${to}`, { block: to, cure: "choose another name" });
  }
  const regated = (op: Op): Op => (blockOf(op) === name ? { ...op, gate: BLOCK + to } : op);
  const blocks = c.blocks!.map((b) => ({
    ...b,
    name: b.name === name ? to : b.name,
    ops: b.ops.map(regated),
  }));
  return checkCircuit({ ...c, blocks, ops: c.ops.map(regated) });
}
