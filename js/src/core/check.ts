/**
 * The rules every circuit obeys, checked at each boundary: reading a text, applying a command. The same rules and words
 * as qlab/circuit/ops.py. Returns normal form; nothing here repairs.
 */
import { checkBlocks, checkExpanded } from "./blocks";
import { blockOf, type Circuit, type Op, rowOf } from "./circuit";
import { CircuitError, type ErrorInfo } from "./errors";
import { BLOCK, type GateRow, UNITARY } from "./gates.gen";
import { checkLimit, checkName, checkNames } from "./names";
import { checkMatrix, MAX_TARGETS } from "./unitary";

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
  const { blocks: given = [], ...bare } = c;
  const names = checkNames(c);
  const blocks = checkBlocks(given, checkOp);
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
  if (blocks.length === 0) return { ...bare, names, ops };
  checkExpanded(ops, blocks);
  return { ...bare, names, blocks, ops };
}

const sorted = (values: readonly number[]): readonly number[] => {
  for (let i = 1; i < values.length; i++) {
    if (values[i - 1]! > values[i]!) return [...values].sort((a, b) => a - b);
  }
  return values;
};

/** Its row of the gate table, after checking how many qubits and angles it has. */
export function checkArity(op: Op): GateRow {
  const made = rowOf(op);
  // A matrix and a block say themselves on how many qubits they act: at least one.
  const row =
    made && (made.name === UNITARY.name || blockOf(op)) ? { ...made, targets: 1, variadic: true } : made;
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
export function checkOp(op: Op, c: Pick<Circuit, "qubits" | "clbits" | "blocks">): Op {
  const row = checkArity(op);
  const name = blockOf(op);
  if (name !== undefined) checkInstance(op, name, c.blocks ?? []);
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
  if (op.gate === UNITARY.name || op.matrix !== undefined || op.label !== undefined) checkUnitary(op);
  if (op.condition) checkCondition(op, c.clbits.length);
  return { ...op, controls: sorted(op.controls), anticontrols: sorted(op.anticontrols) };
}

function checkInstance(op: Op, name: string, blocks: NonNullable<Circuit["blocks"]>): void {
  const block = blocks.find((b) => b.name === name);
  if (!block) {
    const known = blocks.slice(0, 4).map((b) => `"${BLOCK}${b.name}"`);
    const cure = `define it in blocks${known.length > 0 ? `, or use ${known.join(", ")}` : ""}`;
    fail(op, "gate", `the block "${name}" is not defined`, cure);
  }
  const n = block.qubits;
  if (n === op.qubits.length) return;
  const needs = `${n} qubit${s(n)}`;
  fail(op, "qubits", `block ${name} acts on ${needs}, got ${op.qubits.length}`, `give ${needs}`);
}

function checkUnitary(op: Op): void {
  if (op.gate !== UNITARY.name) {
    const field = op.matrix === undefined ? "label" : "matrix";
    fail(op, field, `${op.gate} takes no ${field}`, "leave it out");
  }
  if (op.label !== undefined) {
    try {
      checkName(op.label, "label");
    } catch (e) {
      fail(op, "label", (e as CircuitError).message, (e as CircuitError).cure ?? "");
    }
  }
  const n = op.qubits.length;
  if (n > MAX_TARGETS) {
    fail(
      op,
      "qubits",
      `unitary takes 1 to ${MAX_TARGETS} qubits, got ${n}`,
      `use 1 to ${MAX_TARGETS} qubits`,
    );
  }
  if (op.matrix === undefined) {
    const cure = "give a matrix: [[[0, 0], [1, 0]], [[1, 0], [0, 0]]]";
    fail(op, "matrix", "unitary needs a matrix", cure);
  }
  checkMatrix(op.matrix, `op ${op.id}, field matrix`);
  const size = op.matrix.length;
  if (size === 2 ** n) return;
  const needs = `${n} qubit${n === 1 ? " needs" : "s need"} ${2 ** n} × ${2 ** n}`;
  fail(
    op,
    "matrix",
    `the matrix is ${size} × ${size}, but ${needs}`,
    "make matrix and qubits fit each other",
  );
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
