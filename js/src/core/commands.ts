/** What each command of edit.ts does. Every function returns a new, checked circuit or throws; none changes its argument. */
import { checkOp } from "./check";
import { type Circuit, type Condition, displayName, highestId, type Op, rowOf, wiresOf } from "./circuit";
import { gateCure } from "./close";
import { columns, drawSpan, lift } from "./columns";
import type { NewOp } from "./edit";
import { CircuitError } from "./errors";
import { parseParams } from "./expr";
import { resolve } from "./gates.gen";
import { LIMITS } from "./names";

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const spelled = (n: number): string => NUMBERS[n] ?? String(n);
/** "one gate", "12 gates". */
export const plural = (n: number, word: string): string => `${spelled(n)} ${word}${n === 1 ? "" : "s"}`;
export const labelOf = (op: Pick<Op, "gate"> & Partial<Op>): string =>
  rowOf({ qubits: [], ...op })?.label ?? op.gate;

function find(c: Circuit, id: string): Op {
  const op = c.ops.find((o) => o.id === id);
  if (!op)
    throw new CircuitError(`there is no operation ${id}`, { opId: id, cure: "select a gate of the circuit" });
  return op;
}

function selection(c: Circuit, ids: readonly string[]): Set<string> {
  for (const id of ids) find(c, id);
  return new Set(ids);
}

/** Change fields of one operation. */
export function change(c: Circuit, id: string, changes: Partial<Op>): Circuit {
  const op = checkOp({ ...find(c, id), ...changes }, c);
  return { ...c, ops: c.ops.map((o) => (o.id === id ? op : o)) };
}

/** Resolve aliases and fill what was left out; a measurement without a bit takes the first free one, or a new one. */
function complete(c: Circuit, draft: NewOp): { op: Op; clbits: readonly string[] } {
  const found = resolve(draft.gate);
  if (!found)
    throw new CircuitError(`${JSON.stringify(draft.gate)} is not a gate`, {
      cure: gateCure(draft.gate),
    });
  const row = rowOf({ gate: found.gate, qubits: [] })!;
  const leading = found.controls < 0 ? Math.max(0, draft.qubits.length - row.targets) : found.controls;
  let clbits = draft.clbits ?? [];
  let register = c.clbits;
  if (row.clbits > 0 && clbits.length === 0) {
    const taken = new Set(c.ops.flatMap((op) => op.clbits));
    const free = c.clbits.findIndex((_, i) => !taken.has(i));
    clbits = [free < 0 ? c.clbits.length : free];
    if (free < 0) register = [...c.clbits, freeName(c.clbits, "c", c.clbits.length)];
  }
  const op: Op = {
    id: draft.id ?? `g${highestId(c) + 1}`,
    gate: found.gate,
    qubits: draft.qubits.slice(leading),
    params: draft.params ?? [],
    controls: [...draft.qubits.slice(0, leading), ...(draft.controls ?? [])],
    anticontrols: draft.anticontrols ?? [],
    clbits,
    ...(draft.condition ? { condition: draft.condition } : {}),
    ...(draft.matrix ? { matrix: draft.matrix } : {}),
    ...(draft.label === undefined ? {} : { label: draft.label }),
  };
  return { op, clbits: register };
}

function fits(c: Circuit, op: Op): void {
  const wires = wiresOf(op);
  if (wires.length === 0) return;
  const low = wires[0]!;
  const high = wires.at(-1)!;
  const size = high - low + 1;
  if (low >= 0 && high < c.qubits.length) return;
  const needs = `${labelOf(op)} needs ${plural(size, "wire")}`;
  const end = low < 0 ? `${c.qubits[0]} is the first` : `${c.qubits.at(-1)} is the last`;
  const room = c.qubits.length - size;
  const cure =
    room < 0 ? "add a wire" : `drop it on ${c.qubits[low < 0 ? 0 : room]}${low < 0 ? "" : ", or add a wire"}`;
  throw new CircuitError(`${needs}; ${end}`, { opId: op.id, field: "qubits", cure });
}

function limit(count: number): void {
  if (count > LIMITS.ops) {
    throw new CircuitError(`${count} operations, over the limit of ${LIMITS.ops}`, {
      field: "ops",
      cure: "remove some first",
    });
  }
}

const clamp = (at: number, length: number): number => Math.max(0, Math.min(length, Math.trunc(at)));

export function insert(c: Circuit, draft: NewOp, at: number, col?: number): Circuit {
  const { op, clbits } = complete(c, draft);
  fits(c, op);
  if (c.ops.some((o) => o.id === op.id)) {
    throw new CircuitError(`the id ${op.id} is used twice`, {
      opId: op.id,
      field: "id",
      cure: "leave the id out",
    });
  }
  limit(c.ops.length + 1);
  const grown = { ...c, clbits };
  const checked = checkOp(op, grown);
  let order: readonly Op[] = c.ops;
  let index = clamp(at, order.length);
  if (col !== undefined) ({ ops: order, at: index } = lift(order, columns(c), index, drawSpan(checked), col));
  return { ...grown, ops: [...order.slice(0, index), checked, ...order.slice(index)] };
}

const shift = (values: readonly number[], by: number): number[] => values.map((v) => v + by);

export function move(c: Circuit, ids: readonly string[], at: number, dWire: number, col?: number): Circuit {
  const chosen = selection(c, ids);
  if (chosen.size === 0) return c;
  const moved = c.ops
    .filter((op) => chosen.has(op.id))
    .map((op) => {
      const to =
        dWire === 0
          ? op
          : {
              ...op,
              qubits: shift(op.qubits, dWire),
              controls: shift(op.controls, dWire),
              anticontrols: shift(op.anticontrols, dWire),
            };
      fits(c, to);
      return to;
    });
  const stays = c.ops.flatMap((op, i) => (chosen.has(op.id) ? [] : [i]));
  const end = clamp(at, c.ops.length);
  let index = stays.filter((i) => i < end).length;
  let order = stays.map((i) => c.ops[i]!);
  if (col !== undefined) {
    const cols = columns(c);
    const wires = moved.flatMap(drawSpan);
    ({ ops: order, at: index } = lift(
      order,
      stays.map((i) => cols[i]!),
      index,
      wires,
      col,
    ));
  }
  return { ...c, ops: [...order.slice(0, index), ...moved, ...order.slice(index)] };
}

export function remove(c: Circuit, ids: readonly string[]): Circuit {
  const chosen = selection(c, ids);
  return chosen.size === 0 ? c : { ...c, ops: c.ops.filter((op) => !chosen.has(op.id)) };
}

/** Copies go, together and with new ids, right after the last of the originals. */
export function duplicate(c: Circuit, ids: readonly string[]): Circuit {
  const chosen = selection(c, ids);
  if (chosen.size === 0) return c;
  limit(c.ops.length + chosen.size);
  let id = highestId(c);
  const copies = c.ops.filter((op) => chosen.has(op.id)).map((op) => ({ ...op, id: `g${++id}` }));
  const end = c.ops.findLastIndex((op) => chosen.has(op.id)) + 1;
  return { ...c, ops: [...c.ops.slice(0, end), ...copies, ...c.ops.slice(end)] };
}

export function setParams(c: Circuit, id: string, texts: readonly string[]): Circuit {
  find(c, id);
  return change(c, id, { params: parseParams(texts, `op ${id}`) });
}

/** The bits an operation writes; the index one past the last adds a bit. */
export function setBits(c: Circuit, id: string, clbits: readonly number[]): Circuit {
  const more = clbits.includes(c.clbits.length);
  const grown = more ? { ...c, clbits: [...c.clbits, freeName(c.clbits, "c", c.clbits.length)] } : c;
  return change(grown, id, { clbits });
}

export function setCondition(c: Circuit, id: string, condition: Condition | null): Circuit {
  if (condition) return change(c, id, { condition });
  const { condition: _, ...plain } = find(c, id);
  return { ...c, ops: c.ops.map((op) => (op.id === id ? plain : op)) };
}

export function control(c: Circuit, id: string, wire: number, anti: boolean): Circuit {
  const op = find(c, id);
  const name = c.qubits[wire];
  if (name === undefined) {
    throw new CircuitError(`there is no wire ${wire}; ${c.qubits.at(-1)} is the last`, {
      opId: id,
      cure: "add a wire",
    });
  }
  if (op.qubits.includes(wire)) {
    throw new CircuitError(`wire ${name} is a target of ${labelOf(op)}`, {
      opId: id,
      field: "controls",
      cure: "put the control on another wire",
    });
  }
  const without = (list: readonly number[]): number[] => list.filter((q) => q !== wire);
  const controls = without(op.controls);
  const anticontrols = without(op.anticontrols);
  (anti ? anticontrols : controls).push(wire);
  return change(c, id, { controls, anticontrols });
}

export function uncontrol(c: Circuit, id: string, wire: number): Circuit {
  const op = find(c, id);
  if (!op.controls.includes(wire) && !op.anticontrols.includes(wire)) {
    const name = c.qubits[wire] ?? String(wire);
    throw new CircuitError(`wire ${name} is not a control of ${displayName(op)}`, {
      opId: id,
      cure: "pick one of its dots",
    });
  }
  const without = (list: readonly number[]): number[] => list.filter((q) => q !== wire);
  return change(c, id, { controls: without(op.controls), anticontrols: without(op.anticontrols) });
}

/** The first free name of the form q5. */
export function freeName(names: readonly string[], prefix: string, from: number): string {
  let n = from;
  while (names.includes(`${prefix}${n}`)) n += 1;
  return `${prefix}${n}`;
}
