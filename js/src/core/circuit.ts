/**
 * The circuit as a plain, frozen-by-type value, and small questions about it. Mirrors qlab/circuit/model.py.
 * Nothing here changes a circuit (edit.ts does, by returning a new one) and nothing here draws.
 *
 * Differences from the contract's §9, all additions:
 * - edit.ts: `insert` and `move` take an optional `col`, the column of the drop: with it, gates drawn left of that column
 *   on the wires concerned stay left even where the order of the text says otherwise (pass it with `at: insertIndex(…)`).
 *   `move.at` counts in the ops as they are before the move. NewOp needs only gate and qubits; aliases ("cx") are
 *   resolved; a measurement without clbits takes a free bit or adds one. `removeWire` takes `force`; commands `qubits`
 *   and `condition` are new. insertIndex is exported by both edit.ts and layout.ts.
 * - errors.ts: sentence(error) is the text for the pointer; CircuitError also has `line`.
 * - layout.ts: hit() of an op says `part` ("body" or "control") and `wire`; dots have `wire` and `control` (false: the
 *   target of a CZ); Placed has kind, crosses, ports, cline, tag, fullAngle; Layout has byId, inColumn, cmarks, foot,
 *   labelW. Columns beyond the last exist for cell() and hit(). upToColumn(c, col) is what the state marker simulates.
 * - trajectories.ts simulates: a state with its branch, or {tooLarge, …}; use isState(). commute.ts: commutes(a, b).
 */
import { type Expr, type Sym, symbols, visit } from "./expr";
import { BLOCK, GATES, type GateRow, UNITARY } from "./gates.gen";
import type { Rows } from "./unitary";

export interface Condition {
  readonly clbits: readonly number[];
  readonly value: number;
}

export interface Op {
  readonly id: string;
  readonly gate: string;
  readonly qubits: readonly number[];
  readonly params: readonly Expr[];
  readonly controls: readonly number[];
  readonly anticontrols: readonly number[];
  readonly clbits: readonly number[];
  readonly condition?: Condition;
  /** Of "unitary" only; with `label`, what the drawing calls it. */
  readonly matrix?: Rows;
  readonly label?: string;
}

/** A named gate, defined by gates and barriers on wires 0 to qubits − 1; an operation with gate "block:NAME" stands for it. */
export interface Block {
  readonly name: string;
  readonly qubits: number;
  readonly ops: readonly Op[];
}

export interface Circuit {
  readonly name: string;
  readonly qubits: readonly string[];
  readonly clbits: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  /** Left out where there is none. */
  readonly blocks?: readonly Block[];
  readonly ops: readonly Op[];
}

export type Family = "data" | "weight" | "mixed" | "fixed" | "entangle" | "read";

/** The name of the block an operation stands for, or undefined. */
export const blockOf = (op: Pick<Op, "gate">): string | undefined =>
  op.gate.startsWith(BLOCK) ? op.gate.slice(BLOCK.length) : undefined;

/** The row of the gate table; for a matrix or a block one made up for its qubits. */
export function rowOf(op: Pick<Op, "gate" | "qubits"> & Partial<Op>): GateRow | undefined {
  if (Object.hasOwn(GATES, op.gate)) return GATES[op.gate];
  const name = blockOf(op);
  const row = { ...UNITARY, targets: op.qubits.length, variadic: false };
  if (op.gate === UNITARY.name) return { ...row, label: op.label ?? UNITARY.label };
  return name ? { ...row, name: op.gate, label: name, title: `Block ${name}`, qiskit: name } : undefined;
}

const ascending = (a: number, b: number): number => a - b;

/** All qubits of an operation, targets and controls, ascending. */
export function wiresOf(op: Op): number[] {
  return [...op.qubits, ...op.controls, ...op.anticontrols].sort(ascending);
}

/** Lowest and highest wire, or undefined for a global phase. */
export function spanOf(op: Op): [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = -1;
  for (const group of [op.qubits, op.controls, op.anticontrols]) {
    for (const q of group) {
      if (q < low) low = q;
      if (q > high) high = q;
    }
  }
  return high < 0 ? undefined : [low, high];
}

/** The classical bits an operation reads or writes. */
export const clbitsOf = (op: Op): number[] => [...op.clbits, ...(op.condition?.clbits ?? [])];

/** The symbols of all angles of an operation, x before w. */
export function symbolsOf(op: Op): Sym[] {
  if (op.params.length === 1) return symbols(op.params[0]!);
  const all = new Map<string, Sym>();
  for (const e of op.params) for (const s of symbols(e)) all.set(`${s.kind}${s.index}`, s);
  return [...all.values()].sort((a, b) => (a.kind === b.kind ? a.index - b.index : a.kind === "x" ? -1 : 1));
}

/** The operations, and those of the blocks that they use, each definition once. */
export function withInner(ops: readonly Op[], blocks: readonly Block[] | undefined): readonly Op[] {
  if (!blocks || blocks.length === 0) return ops;
  const known = new Map(blocks.map((b) => [b.name, b]));
  const done = new Set<string>();
  const out = [...ops];
  for (let i = 0; i < out.length; i++) {
    const name = blockOf(out[i]!);
    if (name === undefined || done.has(name)) continue;
    done.add(name);
    out.push(...(known.get(name)?.ops ?? []));
  }
  return out;
}

/** The colour family; always computed, never stored. A block's is that of what it reads: give the circuit's blocks. */
export function family(op: Op, blocks?: readonly Block[]): Family {
  let x = false;
  let w = false;
  for (const one of blockOf(op) === undefined ? [op] : withInner([op], blocks)) {
    for (const e of one.params) {
      visit(e, (s) => {
        if (s.kind === "x") x = true;
        else w = true;
      });
    }
  }
  if (x) return w ? "mixed" : "data";
  if (w) return "weight";
  if (GATES[op.gate]?.kind === "read" || op.condition) return "read";
  return op.controls.length + op.anticontrols.length > 0 || op.qubits.length > 1 ? "entangle" : "fixed";
}

/** A circuit of `n` wires q0…, with nothing on them. */
export function empty(n: number, name = "circuit"): Circuit {
  return { name, qubits: Array.from({ length: n }, (_, i) => `q${i}`), clbits: [], names: {}, ops: [] };
}

function highest(c: Circuit, kind: "x" | "w"): number {
  let max = -1;
  for (const op of withInner(c.ops, c.blocks)) {
    for (const e of op.params)
      visit(e, (s) => {
        if (s.kind === kind && s.index > max) max = s.index;
      });
  }
  return max;
}

/** 1 + the highest x index read, 0 if none is. */
export const nInputs = (c: Circuit): number => highest(c, "x") + 1;
/** 1 + the highest w index read, 0 if none is. */
export const nWeights = (c: Circuit): number => highest(c, "w") + 1;
/** The index a new trainable gate takes. */
export const nextWeight = (c: Circuit): number => nWeights(c);

/** The next free id of the form g<number>. */
export const nextId = (c: Circuit): string => `g${highestId(c) + 1}`;

export function highestId(c: Circuit): number {
  let max = 0;
  for (const op of c.ops) {
    if (!/^g\d{1,9}$/.test(op.id)) continue;
    const n = Number(op.id.slice(1));
    if (n > max) max = n;
  }
  return max;
}

/** The x index last read on a wire, or undefined: what "Encode" takes for a second layer. */
export function lastInputOn(c: Circuit, wire: number): number | undefined {
  for (let i = c.ops.length - 1; i >= 0; i--) {
    const op = c.ops[i]!;
    if (!op.qubits.includes(wire)) continue;
    const x = symbolsOf(op).filter((s) => s.kind === "x");
    if (x.length > 0) return x.at(-1)!.index;
  }
  return undefined;
}

/** "cx", "ccx", "ry": the name with one c for each control, as counted and as Qiskit spells it. */
export const displayName = (op: Op): string =>
  "c".repeat(op.controls.length + op.anticontrols.length) + (blockOf(op) ?? op.gate);

export const findOp = (c: Circuit, id: string): Op | undefined => c.ops.find((op) => op.id === id);
