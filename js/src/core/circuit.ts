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
 * - simulate.ts returns State | {tooLarge, …} | {unsupported, opId}; use isState(). commute.ts: commutes(a, b).
 */
import { type Expr, type Sym, symbols, visit } from "./expr";
import { GATES } from "./gates.gen";

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
}

export interface Circuit {
  readonly name: string;
  readonly qubits: readonly string[];
  readonly clbits: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly ops: readonly Op[];
}

export type Family = "data" | "weight" | "mixed" | "fixed" | "entangle" | "read";

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

/** The colour family; always computed, never stored. */
export function family(op: Op): Family {
  let x = false;
  let w = false;
  for (const e of op.params) {
    visit(e, (s) => {
      if (s.kind === "x") x = true;
      else w = true;
    });
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
  for (const op of c.ops) {
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
  "c".repeat(op.controls.length + op.anticontrols.length) + op.gate;

export const findOp = (c: Circuit, id: string): Op | undefined => c.ops.find((op) => op.id === id);
