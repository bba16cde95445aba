/**
 * Blocks: named gates defined by other gates; the twin of qlab/circuit/blocks.py. A block holds only what has a matrix,
 * and barriers, so that an instance may have controls and a condition. Its angles read the x and w of the whole circuit.
 * docs/decisions/006-unitary-and-blocks.md says why. Commands on blocks are in blockcommands.ts.
 */
import { type Block, blockOf, type Circuit, highestId, type Op, rowOf } from "./circuit";
import { CircuitError } from "./errors";
import { checkLimit, checkName, LIMITS, quoted } from "./names";

export const MAX_NESTING = 8;

type Blocks = readonly Block[];
type Wires = Pick<Circuit, "qubits" | "clbits" | "blocks">;
/** check.ts imports this file, so it hands its own rule in. */
type CheckOp = (op: Op, c: Wires) => Op;

const byName = (blocks: Blocks): Map<string, Block> => new Map(blocks.map((b) => [b.name, b]));

/** An error with the block in front of its place. */
export function inside(name: string, e: unknown): unknown {
  if (!(e instanceof CircuitError)) return e;
  const where = e.where ? `block ${name}, ${e.where}` : `block ${name}`;
  return new CircuitError(e.message, { where, cure: e.cure, field: e.field, block: name });
}

const fail = (message: string, where: string, cure: string): never => {
  throw new CircuitError(message, { where, cure, block: /^block (.*)$/.exec(where)?.[1] });
};

/** The definitions in normal form; throws for a bad name or operation, for recursion and for deep nesting. */
export function checkBlocks(blocks: Blocks, checkOp: CheckOp): Blocks {
  checkLimit("blocks", blocks.length);
  const sizes = new Map<string, number>();
  for (const [i, block] of blocks.entries()) {
    checkName(block.name, `blocks[${i}]`);
    if (sizes.has(block.name))
      fail(
        `two blocks are called ${quoted(block.name)}`,
        `field blocks[${i}]`,
        "give each block its own name",
      );
    sizes.set(block.name, block.qubits);
  }
  const checked = blocks.map((block) => {
    try {
      return checkBlock(block, blocks, checkOp);
    } catch (e) {
      throw inside(block.name, e);
    }
  });
  checkNesting(byName(blocks));
  return checked;
}

function checkBlock(block: Block, blocks: Blocks, checkOp: CheckOp): Block {
  if (block.qubits < 1) fail("a block needs at least one qubit", "field qubits", "use 1 or more");
  checkLimit("qubits", block.qubits);
  checkLimit("ops", block.ops.length);
  const wires = { qubits: Array.from({ length: block.qubits }, (_, i) => `q${i}`), clbits: [], blocks };
  const seen = new Set<string>();
  const ops = block.ops.map((op) => {
    const info = { opId: op.id, where: `op ${op.id}` };
    if (!(rowOf(op)?.unitary ?? false) && op.gate !== "barrier") {
      const where = `op ${op.id}, field gate`;
      const more = { ...info, where, field: "gate", cure: "use gates and barriers only" };
      throw new CircuitError(`${op.gate} can't be in a block`, more);
    }
    if (op.condition) {
      const more = {
        where: `op ${op.id}, field if`,
        field: "if",
        cure: "put the condition on the whole block",
      };
      throw new CircuitError("a condition can't be in a block", { ...info, ...more });
    }
    const one = checkOp(op, wires);
    if (seen.has(op.id)) {
      throw new CircuitError(`the id ${op.id} is used twice`, {
        ...info,
        cure: "give each operation its own id",
      });
    }
    seen.add(op.id);
    return one;
  });
  return { ...block, ops };
}

const innerOf = (block: Block): string[] =>
  [...new Set(block.ops.flatMap((op) => blockOf(op) ?? []))].sort((a, b) => (a < b ? -1 : 1));

function checkNesting(blocks: Map<string, Block>): void {
  const depths = new Map<string, number>();
  for (const root of blocks.keys()) {
    const stack: [string, boolean][] = [[root, false]];
    const open = new Set<string>();
    while (stack.length > 0) {
      const [name, leaving] = stack.pop()!;
      const where = `block ${name}`;
      const inner = innerOf(blocks.get(name)!);
      if (leaving) {
        open.delete(name);
        const depth = 1 + Math.max(0, ...inner.map((k) => depths.get(k)!));
        depths.set(name, depth);
        if (depth > MAX_NESTING)
          fail(`block ${name} nests deeper than ${MAX_NESTING}`, where, "write out some of its blocks");
      } else if (open.has(name)) {
        fail(`block ${name} contains itself`, where, "leave it out of its own definition");
      } else if (!depths.has(name)) {
        open.add(name);
        stack.push([name, true], ...inner.map((k): [string, boolean] => [k, false]));
      }
    }
  }
}

/** Throw when the operations are too many with all blocks written out. */
export function checkExpanded(ops: readonly Op[], blocks: Blocks): void {
  const known = byName(blocks);
  const counts = new Map<string, number>();
  const size = (op: Op): number => {
    const name = blockOf(op);
    if (name === undefined) return 1;
    if (!counts.has(name)) counts.set(name, total(known.get(name)!.ops));
    return counts.get(name)!;
  };
  const total = (list: readonly Op[]): number => list.reduce((sum, op) => sum + size(op), 0);
  const n = total(ops);
  if (n <= LIMITS.ops) return;
  const message = `${n} operations with the blocks written out, over the limit of ${LIMITS.ops}`;
  throw new CircuitError(message, { where: "field ops", field: "ops", cure: "make it smaller" });
}

const ascending = (a: number, b: number): number => a - b;

/**
 * An operation of a definition as it acts for an instance: on its wires, with its controls and condition. A global phase
 * under controls is a phase of the last control.
 */
export function placed(inner: Op, instance: Op): Op[] {
  const to = (list: readonly number[]): number[] => list.map((q) => instance.qubits[q]!);
  const op: Op = { ...inner, qubits: to(inner.qubits), controls: [], anticontrols: [] };
  if (inner.gate === "barrier") return [op];
  const ones = [...to(inner.controls), ...instance.controls].sort(ascending);
  const zeros = [...to(inner.anticontrols), ...instance.anticontrols].sort(ascending);
  const when = instance.condition ? { condition: instance.condition } : {};
  const full: Op = { ...op, controls: ones, anticontrols: zeros, ...when };
  if (op.gate !== "gphase" || ones.length + zeros.length === 0) return [full];
  if (ones.length > 0) return [{ ...full, gate: "p", qubits: ones.slice(-1), controls: ones.slice(0, -1) }];
  const turned = { ...full, gate: "p", qubits: zeros.slice(-1), anticontrols: zeros.slice(0, -1) };
  const none = { params: [], controls: [], anticontrols: [], clbits: [] };
  const flip: Op = { id: "x", gate: "x", qubits: zeros.slice(-1), ...none, ...when };
  return [flip, turned, { ...flip }];
}

/** An operation with its block written out; ids join those of the instance and of the operation, not yet unique. */
export function expanded(op: Op, blocks: Blocks | undefined): Op[] {
  const name = blockOf(op);
  if (name === undefined) return [op];
  const ops = blocks?.find((b) => b.name === name)?.ops ?? [];
  return ops.flatMap((inner) =>
    placed({ ...inner, id: `${op.id}_${inner.id}` }, op).flatMap((one) => expanded(one, blocks)),
  );
}

const ID = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;

/** The operation under an id of its own: as it is where free and valid, else the next g number. */
export function withId(op: Op, taken: Set<string>, top: { id: number }): Op {
  let id = op.id;
  if (taken.has(id) || !ID.test(id)) {
    do id = `g${++top.id}`;
    while (taken.has(id));
  }
  taken.add(id);
  return id === op.id ? op : { ...op, id };
}

/** The circuit with all blocks written out, and for each written-out operation the id of the instance it is part of. */
export function flattened(c: Circuit): { circuit: Circuit; origin: ReadonlyMap<string, string> } {
  const origin = new Map<string, string>();
  const { blocks, ...bare } = c;
  if (!blocks || blocks.length === 0) return { circuit: c, origin };
  const taken = new Set(c.ops.map((op) => op.id));
  const top = { id: highestId(c) };
  const ops = c.ops.flatMap((op) => {
    if (blockOf(op) === undefined) return [op];
    return expanded(op, blocks).map((one) => {
      const named = withId(one, taken, top);
      origin.set(named.id, op.id);
      return named;
    });
  });
  return { circuit: { ...bare, ops }, origin };
}

/** The blocks that operations use, directly or not, in the order of `blocks`. */
export function needed(ops: readonly Op[], blocks: Blocks): Block[] {
  const known = byName(blocks);
  const used = new Set<string>();
  const todo = ops.flatMap((op) => blockOf(op) ?? []);
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (used.has(name) || !known.has(name)) continue;
    used.add(name);
    todo.push(...known.get(name)!.ops.flatMap((op) => blockOf(op) ?? []));
  }
  return blocks.filter((b) => used.has(b.name));
}
