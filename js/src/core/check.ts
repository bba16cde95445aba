/**
 * The rules every circuit obeys, checked at each boundary: reading a text, applying a command. The same rules and words
 * as qlab/circuit/ops.py. Returns normal form; nothing here repairs.
 */
import type { Circuit, Op } from "./circuit";
import { CircuitError, type ErrorInfo } from "./errors";
import { GATES, type GateRow } from "./gates.gen";
import { checkLimit, checkNames } from "./names";

const ID = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;

function fail(op: Op, field: string | undefined, message: string, cure: string): never {
  const info: ErrorInfo = {
    opId: op.id,
    field,
    cure,
    where: `op ${op.id}${field ? `, field ${field}` : ""}`,
  };
  throw new CircuitError(message, info);
}

const s = (n: number): string => (n === 1 ? "" : "s");

/** The circuit in normal form, or a CircuitError that says which rule it breaks. */
export function checkCircuit(c: Circuit): Circuit {
  if (c.qubits.length === 0) {
    const info = { where: "field qubits", field: "qubits", cure: "use 1 or more" };
    throw new CircuitError("a circuit needs at least one wire", info);
  }
  checkLimit("qubits", c.qubits.length);
  checkLimit("clbits", c.clbits.length);
  checkLimit("ops", c.ops.length);
  const names = checkNames(c);
  const ids = new Set<string>();
  const ops = c.ops.map((op) => {
    const checked = checkOp(op, c);
    if (ids.has(op.id)) {
      const info = { opId: op.id, where: `op ${op.id}`, cure: "give each operation its own id" };
      throw new CircuitError(`the id ${op.id} is used twice`, info);
    }
    ids.add(op.id);
    return checked;
  });
  return { ...c, names, ops };
}

const sorted = (values: readonly number[]): readonly number[] => {
  for (let i = 1; i < values.length; i++) {
    if (values[i - 1]! > values[i]!) return [...values].sort((a, b) => a - b);
  }
  return values;
};

/** Its row of the gate table, after checking how many qubits and angles it has. */
export function checkArity(op: Op): GateRow {
  const row = Object.hasOwn(GATES, op.gate) ? GATES[op.gate] : undefined;
  if (!row)
    return fail(op, "gate", `the gate ${JSON.stringify(op.gate)} is unknown`, "use a gate of the palette");
  const n = op.qubits.length;
  if (n < row.targets || (n > row.targets && !row.variadic)) {
    const least = row.variadic ? "at least " : "";
    const needs = `${least}${row.targets} qubit${s(row.targets)}`;
    fail(op, "qubits", `${op.gate} needs ${needs}, got ${n}`, `give ${needs}`);
  }
  const angles = row.params.length;
  if (op.params.length !== angles) {
    const names = angles > 0 ? ` (${row.params.join(", ")})` : "";
    const message = `${op.gate} needs ${angles || "no"} angle${s(angles)}${names}, got ${op.params.length}`;
    fail(op, "params", message, angles > 0 ? `give ${angles} angle${s(angles)}` : "leave the angles out");
  }
  return row;
}

/** One operation in normal form on the wires of `c`. */
export function checkOp(op: Op, c: Pick<Circuit, "qubits" | "clbits">): Op {
  const row = checkArity(op);
  if (!ID.test(op.id)) {
    fail(
      op,
      undefined,
      `the id '${op.id}' is not valid`,
      "use up to 32 letters, digits or _, no digit first",
    );
  }
  const seen = new Set<number>();
  for (const field of ["qubits", "controls", "anticontrols"] as const) {
    for (const q of op[field]) {
      inRange(op, "qubit", q, c.qubits.length, field);
      if (seen.has(q)) fail(op, field, `qubit ${q} is used twice`, "use a different qubit for each place");
      seen.add(q);
    }
  }
  if (op.controls.length + op.anticontrols.length > 0 && !row.controllable) {
    const cure = row.unitary ? "use p on the last control" : "leave them out, or use a condition";
    fail(op, "controls", `${op.gate} can't have controls`, cure);
  }
  if (op.clbits.length !== row.clbits) {
    const message = `${op.gate} takes ${row.clbits} classical bit${s(row.clbits)}, got ${op.clbits.length}`;
    fail(op, "clbits", message, row.clbits > 0 ? "give clbits=[0]" : "leave clbits out");
  }
  for (const bit of op.clbits) inRange(op, "classical bit", bit, c.clbits.length, "clbits");
  if (op.condition) checkCondition(op, c.clbits.length);
  return { ...op, controls: sorted(op.controls), anticontrols: sorted(op.anticontrols) };
}

function inRange(op: Op, what: string, index: number, n: number, field: string): void {
  if (index >= 0 && index < n) return;
  fail(
    op,
    field,
    `${what} ${index} is out of range`,
    n > 0 ? `use 0 to ${n - 1}` : `add a ${what} to the circuit`,
  );
}

function checkCondition(op: Op, n: number): void {
  const { clbits, value } = op.condition!;
  if (op.gate === "barrier") fail(op, "if", "barrier can't have a condition", "leave it out");
  for (const bit of clbits) inRange(op, "classical bit", bit, n, "if");
  if (clbits.length === 0 || new Set(clbits).size < clbits.length) {
    fail(op, "if", "the condition needs distinct classical bits", "name each bit once");
  }
  const top = 2 ** clbits.length - 1;
  if (!(value >= 0 && value <= top)) {
    fail(op, "if", `the value ${value} doesn't fit ${clbits.length} bits`, `use 0 to ${top}`);
  }
}
