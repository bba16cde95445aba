/**
 * The canonical text: JSON, one operation a line, the same bytes as qlab/circuit/text.py. Reading accepts any order of
 * keys and of controls and any spelling of an angle; printing is always in normal form. No knowledge of files or drawings.
 */
import { inside } from "./blocks";
import { checkArity, checkCircuit } from "./check";
import { type Block, blockOf, type Circuit, type Condition, type Op } from "./circuit";
import { gateCure } from "./close";
import { CircuitError } from "./errors";
import { parseParams, printExpr } from "./expr";
import { GATES, resolve, UNITARY } from "./gates.gen";
import { dumps, type Json, parseJson } from "./json";
import { checkLimit, checkName } from "./names";
import { fromPairs, printMatrix } from "./unitary";

const FORMAT = "circuit/1";
const KEYS = ["qlab", "name", "qubits", "clbits", "names", "blocks", "ops"];
const OP_KEYS = [
  "id",
  "gate",
  "qubits",
  "params",
  "matrix",
  "label",
  "controls",
  "anticontrols",
  "clbits",
  "if",
];
const BLOCK_KEYS = ["name", "qubits", "ops"];
const INT_FIELDS = ["qubits", "controls", "anticontrols", "clbits"] as const;

/** A value as a message shows it. */
const shown = (v: Json | undefined): string => [...dumps(v ?? null)].slice(0, 40).join("");

function fail(message: string, where: string, cure: string): never {
  const found = /^op ([A-Za-z_]\w{0,31})(?:, field (.*))?$/.exec(where);
  const field = found ? found[2] : /^field (.*)$/.exec(where)?.[1];
  throw new CircuitError(message, { where, cure, field, opId: found?.[1] });
}

/** Read a circuit's text; throws CircuitError with line and column, or operation and field. */
export function parse(text: string): Circuit {
  checkLimit("text", text.length * 3 > 1_000_000 ? new TextEncoder().encode(text).length : text.length);
  const data = parseJson(text);
  if (!(data instanceof Map)) {
    return fail(
      "the text is not a circuit, but another value",
      "line 1, column 1",
      `begin with {"qlab": "${FORMAT}", ...}`,
    );
  }
  onlyKeys(data, KEYS, "");
  if (data.get("qlab") !== FORMAT) {
    fail(
      `the format is ${shown(data.get("qlab"))}, not ${FORMAT}`,
      "field qlab",
      `write "${FORMAT}", or update qlab`,
    );
  }
  const qubits = names(data.get("qubits"), "qubits");
  const clbits = names(data.has("clbits") ? data.get("clbits") : [], "clbits");
  const rows = list(data.get("ops"), "field ops");
  checkLimit("ops", rows.length);
  const given = data.get("names") ?? new Map();
  if (!(given instanceof Map) || (data.has("names") && data.get("names") === null)) {
    return fail("names is not an object", "field names", 'write {"w[0]": "θ[0]"}');
  }
  const name = (data.has("name") ? data.get("name") : "circuit") as string;
  const blocks = list(data.has("blocks") ? data.get("blocks") : [], "field blocks").map(block);
  // checkCircuit refuses a name that is no text.
  return checkCircuit({ name, qubits, clbits, names: plain(given), blocks, ops: rows.map(operation) });
}

function block(row: Json, index: number): Block {
  const where = `field blocks[${index}]`;
  if (!(row instanceof Map)) {
    return fail(`block ${index} is not an object`, where, 'write {"name": "A", "qubits": 1, "ops": []}');
  }
  onlyKeys(row, BLOCK_KEYS, where, "a block");
  const name = row.get("name");
  checkName(name, `blocks[${index}]`);
  try {
    const qubits = integer(row.get("qubits"), "field qubits");
    const rows = list(row.get("ops"), "field ops");
    checkLimit("ops", rows.length);
    return { name: name as string, qubits, ops: rows.map(operation) };
  } catch (e) {
    throw inside(name as string, e);
  }
}

/** Entries of a Map as an object, a key such as __proto__ being nothing special. */
function plain(map: Map<string, Json>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, value] of map) {
    Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return out;
}

function onlyKeys(
  data: Map<string, Json>,
  known: readonly string[],
  where: string,
  what = where ? "an operation" : "a circuit",
): void {
  for (const key of data.keys()) {
    if (known.includes(key)) continue;
    const message = `${shown(key)} is not a field of ${what}`;
    fail(
      message,
      where || `field ${[...key].slice(0, 40).join("")}`,
      `remove it; the fields are ${known.join(", ")}`,
    );
  }
}

function list(value: Json | undefined, where: string): Json[] {
  if (Array.isArray(value)) return value;
  const what = value === undefined || value === null ? "nothing" : shown(value);
  return fail(`${where.slice(where.lastIndexOf(" ") + 1)} is ${what}, not a list`, where, "write [ ]");
}

function names(value: Json | undefined, field: string): string[] {
  const found = list(value, `field ${field}`);
  for (const name of found) {
    if (typeof name !== "string") {
      fail(`${field} holds ${shown(name)}, not only names`, `field ${field}`, 'write ["q0", "q1"]');
    }
  }
  return found as string[];
}

function integer(value: Json | undefined, where: string): number {
  if (Number.isInteger(value)) return value as number;
  return fail(`${shown(value)} is not an integer`, where, "write 0");
}

function operation(row: Json, index: number): Op {
  if (!(row instanceof Map)) {
    return fail(`operation ${index} is not an object`, `op ${index}`, 'write {"id": "g1", ...}');
  }
  const id = row.get("id");
  if (typeof id !== "string") {
    return fail(`operation ${index} has no id`, `op ${index}, field id`, 'write "id": "g1"');
  }
  const where = `op ${[...id].slice(0, 32).join("")}`;
  onlyKeys(row, OP_KEYS, where);
  const gate = gateName(row.get("gate"), `${where}, field gate`);
  const params = list(row.has("params") ? row.get("params") : [], `${where}, field params`);
  params.forEach((p, i) => {
    if (typeof p !== "string" && typeof p !== "number") {
      fail("an angle must be a text or a number", `${where}, field params[${i}]`, 'write "x[0]"');
    }
  });
  const ints = Object.fromEntries(INT_FIELDS.map((key) => [key, integers(row, key, where)])) as Record<
    (typeof INT_FIELDS)[number],
    number[]
  >;
  // How many there are comes before what they say.
  checkArity({ id, gate, ...ints, params: params.map(() => ({ type: "pi" })) });
  const more: { -readonly [key in "condition" | "matrix" | "label"]?: Op[key] } = {};
  const angles = parseParams(params.map(angle), where);
  if (row.has("if")) more.condition = condition(row.get("if"), `${where}, field if`);
  if (row.has("matrix")) more.matrix = fromPairs(row.get("matrix"), `${where}, field matrix`);
  // checkCircuit refuses a label that is no text.
  if (row.has("label")) more.label = row.get("label") as string;
  return { id, gate, ...ints, params: angles, ...more } as Op;
}

/** A number as the text that stands for it; an infinite one is caught by the grammar. */
const angle = (p: Json): string => (typeof p === "number" ? String(p) : (p as string));

function gateName(gate: Json | undefined, where: string): string {
  if (typeof gate === "string" && (Object.hasOwn(GATES, gate) || gate === UNITARY.name || blockOf({ gate })))
    return gate;
  const found = typeof gate === "string" ? resolve(gate) : undefined;
  if (!found)
    return fail(`the gate ${shown(gate)} is unknown`, where, gateCure(typeof gate === "string" ? gate : ""));
  const cure = `write "${found.gate}"${found.controls !== 0 ? " with controls" : ""}`;
  return fail(`${shown(gate)} is not a gate in normal form`, where, cure);
}

function integers(row: Map<string, Json>, key: string, where: string): number[] {
  const place = `${where}, field ${key}`;
  return list(row.has(key) ? row.get(key) : [], place).map((v) => integer(v, place));
}

function condition(value: Json | undefined, where: string): Condition {
  const bits = value instanceof Map ? value.get("clbits") : undefined;
  if (!(value instanceof Map) || value.size !== 2 || !value.has("value") || !Array.isArray(bits)) {
    return fail("if needs clbits and a value", where, 'write "if": {"clbits": [0], "value": 1}');
  }
  return { clbits: bits.map((b) => integer(b, where)), value: integer(value.get("value"), where) };
}

const ints = (values: readonly number[]): string => `[${values.join(", ")}]`;
const texts = (values: readonly string[]): string => `[${values.map((t) => JSON.stringify(t)).join(", ")}]`;

/** One operation as its line of the canonical text, without the comma. */
export function printOp(op: Op): string {
  const gate = blockOf(op) === undefined ? `"${op.gate}"` : JSON.stringify(op.gate);
  const parts = [`"id": "${op.id}"`, `"gate": ${gate}`, `"qubits": ${ints(op.qubits)}`];
  if (op.params.length > 0) parts.push(`"params": ${texts(op.params.map(printExpr))}`);
  if (op.matrix) parts.push(`"matrix": ${printMatrix(op.matrix)}`);
  if (op.label !== undefined) parts.push(`"label": ${JSON.stringify(op.label)}`);
  if (op.controls.length > 0) parts.push(`"controls": ${ints(op.controls)}`);
  if (op.anticontrols.length > 0) parts.push(`"anticontrols": ${ints(op.anticontrols)}`);
  if (op.clbits.length > 0) parts.push(`"clbits": ${ints(op.clbits)}`);
  if (op.condition)
    parts.push(`"if": {"clbits": ${ints(op.condition.clbits)}, "value": ${op.condition.value}}`);
  return `{${parts.join(", ")}}`;
}

const printOps = (ops: readonly Op[]): string =>
  ops.length > 0 ? `"ops": [\n${ops.map(printOp).join(",\n")}\n]` : '"ops": []';

const printBlock = (b: Block): string =>
  `{"name": ${JSON.stringify(b.name)}, "qubits": ${b.qubits}, ${printOps(b.ops)}}`;

/** The canonical text, with its final newline; `names` is taken to be in normal form, as parse and apply return it. */
export function print(c: Circuit): string {
  const head = [`"qlab": "${FORMAT}"`, `"name": ${JSON.stringify(c.name)}`, `"qubits": ${texts(c.qubits)}`];
  if (c.clbits.length > 0) head.push(`"clbits": ${texts(c.clbits)}`);
  const pairs = Object.entries(c.names).map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`);
  if (pairs.length > 0) head.push(`"names": {${pairs.join(", ")}}`);
  if (c.blocks && c.blocks.length > 0) head.push(`"blocks": [\n${c.blocks.map(printBlock).join(",\n")}\n]`);
  head.push(printOps(c.ops));
  return `{\n${head.join(",\n")}\n}\n`;
}
