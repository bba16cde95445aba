/** The circuit as a Python program for Qiskit. */
import { flattened } from "./blocks";
import { type Circuit, nInputs, nWeights, type Op } from "./circuit";
import { type Code, Lines } from "./code";
import { type Expr, printExpr } from "./expr";

const CLASSES: Record<string, string> = {
  id: "IGate",
  rxx: "RXXGate",
  ryy: "RYYGate",
  rzz: "RZZGate",
  rzx: "RZXGate",
  iswap: "iSwapGate",
  ecr: "ECRGate",
  dcx: "DCXGate",
  xx_plus_yy: "XXPlusYYGate",
  xx_minus_yy: "XXMinusYYGate",
  sdg: "SdgGate",
  tdg: "TdgGate",
  sx: "SXGate",
  sxdg: "SXdgGate",
  swap: "SwapGate",
  p: "PhaseGate",
  rx: "RXGate",
  ry: "RYGate",
  rz: "RZGate",
};
const classOf = (gate: string): string => CLASSES[gate] ?? `${gate.toUpperCase()}Gate`;

/** Methods of QuantumCircuit for a gate with 1, 2, … plain controls. */
const METHODS: Record<string, readonly string[]> = {
  x: ["cx", "ccx"],
  y: ["cy"],
  z: ["cz", "ccz"],
  h: ["ch"],
  s: ["cs"],
  sdg: ["csdg"],
  sx: ["csx"],
  p: ["cp"],
  rx: ["crx"],
  ry: ["cry"],
  rz: ["crz"],
  swap: ["cswap"],
};
const BINDING = { "+": 1, "-": 1, "*": 2, "/": 2, "**": 4 } as const;

/** Python text: numpy for numbers, methods of Qiskit's expressions where a symbol is read. */
function python(e: Expr): string {
  return render(e)[0];
}

function render(e: Expr): [string, number] {
  const wrap = (inner: Expr, least: number): string => {
    const [text, level] = render(inner);
    return level < least ? `(${text})` : text;
  };
  switch (e.type) {
    case "pi":
      return ["np.pi", 5];
    case "neg":
      return [`-${wrap(e.a, 3)}`, 3];
    case "call": {
      const symbolic = /[xw]\[/.test(printExpr(e.a));
      if (!symbolic) return [`np.${e.fn}(${python(e.a)})`, 5];
      return e.fn === "sqrt" ? [`${wrap(e.a, 5)}**0.5`, 4] : [`${wrap(e.a, 5)}.${e.fn}()`, 5];
    }
    case "bin": {
      const level = BINDING[e.op];
      const b = e.op === "**" ? printExpr(e.b) : wrap(e.b, level + 1);
      return [`${wrap(e.a, e.op === "**" ? 5 : level)}${e.op === "**" ? "**" : ` ${e.op} `}${b}`, level];
    }
    default:
      return [printExpr(e), 5];
  }
}

export function toQiskit(given: Circuit): Code {
  const { circuit: c, origin } = flattened(given);
  const out = new Lines();
  const [inputs, weights] = [nInputs(c), nWeights(c)];
  const body = c.ops.flatMap((op) => call(op).map((line) => ({ line, id: origin.get(op.id) ?? op.id })));
  const text = body.map((b) => b.line).join("\n");
  if (/\bnp\./.test(text)) out.add("import numpy as np");
  out.add("from qiskit import QuantumCircuit");
  const named = Object.keys(c.names);
  const vectors = (["x", "w"] as const).filter((k) => (k === "x" ? inputs : weights) > 0);
  const own = vectors.filter((k) => named.some((s) => s.startsWith(k)));
  const imports = [
    ...(own.length > 0 ? ["Parameter"] : []),
    ...(own.length < vectors.length ? ["ParameterVector"] : []),
  ];
  if (imports.length > 0) out.add(`from qiskit.circuit import ${imports.join(", ")}`);
  const classes = [...new Set([...text.matchAll(/\b(\w+Gate)\(/g)].map((m) => m[1]!))].sort();
  if (classes.length > 0) out.add(`from qiskit.circuit.library import ${classes.join(", ")}`);
  out.add("");
  for (const k of vectors) {
    const n = k === "x" ? inputs : weights;
    const name = (i: number): string => JSON.stringify(c.names[`${k}[${i}]`] ?? `${k}[${i}]`);
    const list = (): string => Array.from({ length: n }, (_, i) => `Parameter(${name(i)})`).join(", ");
    out.add(own.includes(k) ? `${k} = [${list()}]` : `${k} = ParameterVector("${k}", ${n})`);
  }
  const size = c.clbits.length > 0 ? `${c.qubits.length}, ${c.clbits.length}` : `${c.qubits.length}`;
  out.add(`qc = QuantumCircuit(${size}, name=${JSON.stringify(c.name)})`);
  for (const { line, id } of body) out.add(line, id);
  return out.code();
}

function call(op: Op): string[] {
  const plain = statement(op);
  if (!op.condition) return [plain];
  const { clbits, value } = op.condition;
  const lines = clbits.map(
    (bit, i) => `${"    ".repeat(i)}with qc.if_test((qc.clbits[${bit}], ${(value >> i) & 1})):`,
  );
  return [...lines, "    ".repeat(clbits.length) + plain];
}

function statement(op: Op): string {
  const angles = op.params.map(python);
  const args = (...list: (string | number)[]): string => list.join(", ");
  if (op.gate === "measure") return `qc.measure(${op.qubits[0]}, ${op.clbits[0]})`;
  if (op.gate === "gphase") return `qc.append(GlobalPhaseGate(${angles[0]}), [])`;
  if (
    op.matrix ||
    op.gate === "xx_plus_yy" ||
    op.gate === "xx_minus_yy" ||
    op.controls.length + op.anticontrols.length > 0
  ) {
    const method = op.anticontrols.length === 0 ? METHODS[op.gate]?.[op.controls.length - 1] : undefined;
    if (method) return `qc.${method}(${args(...angles, ...op.controls, ...op.qubits)})`;
    return append(op, angles);
  }
  return `qc.${op.gate}(${args(...angles, ...op.qubits)})`;
}

function matrixGate(op: Op): string {
  const entry = ([re, im]: readonly [number, number]): string =>
    im === 0 ? String(re) : `${re}${im < 0 ? "-" : "+"}${Math.abs(im)}j`;
  const rows = op.matrix!.map((row) => `[${row.map((v) => entry(v as [number, number])).join(", ")}]`);
  const label = op.label === undefined ? "" : `, label=${JSON.stringify(op.label)}`;
  return `UnitaryGate([${rows.join(", ")}]${label})`;
}

function append(op: Op, angles: readonly string[]): string {
  const all = [...op.controls.map((q) => [q, 1]), ...op.anticontrols.map((q) => [q, 0])];
  const qubits = [...all.map(([q]) => q), ...op.qubits].join(", ");
  const gate = op.matrix ? matrixGate(op) : `${classOf(op.gate)}(${angles.join(", ")})`;
  if (all.length === 0) return `qc.append(${gate}, [${qubits}])`;
  // The first control is the last character of ctrl_state.
  const state =
    op.anticontrols.length > 0
      ? `, ctrl_state="${all
          .map(([, bit]) => bit)
          .reverse()
          .join("")}"`
      : "";
  return `qc.append(${gate}.control(${all.length}${state}), [${qubits}])`;
}
