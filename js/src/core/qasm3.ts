/** OpenQASM 3 with the symbols as `input float x_0`. Gates outside stdgates.inc are defined in the text when used. */
import { type Circuit, type Op, symbolsOf } from "./circuit";
import { type Code, Lines } from "./code";
import { type Expr, printExpr } from "./expr";
import { dumps, type Json } from "./json";
import { written } from "./written";

/**
 * Definitions by gates of stdgates.inc alone; exact, global phase included, so that they may be controlled. Parameters
 * are in alphabetical order because Qiskit's reader binds them in that order (qiskit-qasm3-import 0.6).
 */
export const DEFINITIONS: Record<string, string> = {
  r: "gate r(alpha, beta) a { p(pi/2-beta) a; ry(alpha) a; p(beta-pi/2) a; }",
  iswap: "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
  ecr: "gate ecr a, b { rzx(pi/4) a, b; x a; rzx(-pi/4) a, b; }",
  dcx: "gate dcx a, b { cx a, b; cx b, a; }",
  rxx: "gate rxx(theta) a, b { h a; h b; cx a, b; rz(theta) b; cx a, b; h a; h b; }",
  ryy: "gate ryy(theta) a, b { rx(pi/2) a; rx(pi/2) b; cx a, b; rz(theta) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; }",
  rzz: "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }",
  rzx: "gate rzx(theta) a, b { h b; cx a, b; rz(theta) b; cx a, b; h b; }",
  xx_plus_yy:
    "gate xx_plus_yy(alpha, beta) a, b { rz(beta) a; rxx(alpha/2) a, b; ryy(alpha/2) a, b; rz(-beta) a; }",
  xx_minus_yy:
    "gate xx_minus_yy(alpha, beta) a, b { rz(-beta) b; rxx(alpha/2) a, b; ryy(-alpha/2) a, b; rz(beta) b; }",
};
const NEEDS: Record<string, readonly string[]> = {
  ecr: ["rzx"],
  xx_plus_yy: ["rxx", "ryy"],
  xx_minus_yy: ["rxx", "ryy"],
};

/** Names of stdgates.inc that stand for a gate with that many plain controls. */
const WITH_CONTROLS: Record<string, readonly string[]> = {
  x: ["cx", "ccx"],
  y: ["cy"],
  z: ["cz"],
  h: ["ch"],
  p: ["cp"],
  rx: ["crx"],
  ry: ["cry"],
  rz: ["crz"],
  swap: ["cswap"],
};

const SYMBOL = /\b([xw])\[(\d+)\]/g;
const WHOLE = /(?<![\w.[*])(?<!\*-)(\d+)(?![\w.\]])/g;

const integral = (e: Expr): boolean => {
  if (e.type === "num") return Number.isInteger(e.value);
  if (e.type === "neg") return integral(e.a);
  return e.type === "bin" && integral(e.a) && integral(e.b);
};

const dividesIntegers = (e: Expr): boolean => {
  if (e.type === "bin" && e.op === "/" && integral(e.a) && integral(e.b)) return true;
  if (e.type === "bin") return dividesIntegers(e.a) || dividesIntegers(e.b);
  return (e.type === "neg" || e.type === "call") && dividesIntegers(e.a);
};

/** An angle in OpenQASM 3, where 1/2 between integers would be 0. */
function angle(e: Expr): string {
  const text = printExpr(e);
  return (dividesIntegers(e) ? text.replace(WHOLE, "$1.0") : text).replace(SYMBOL, "$1_$2");
}

/** Names that a reader of the rest would not give, for a comment of qlab's own. */
function privateNames(c: Circuit): Map<string, Json> {
  const out = new Map<string, Json>();
  if (c.name !== "circuit") out.set("name", c.name);
  const wires = [
    ["qubits", "q"],
    ["clbits", "c"],
  ] as const;
  for (const [key, prefix] of wires)
    if (c[key].some((name, i) => name !== `${prefix}${i}`)) out.set(key, [...c[key]]);
  if (Object.keys(c.names).length > 0) out.set("names", new Map(Object.entries(c.names)));
  return out;
}

export function toQasm3(given: Circuit): Code {
  const { circuit: c, origin } = written(given);
  const out = new Lines();
  out.add("OPENQASM 3.0;");
  out.add('include "stdgates.inc";');
  const names = privateNames(c);
  if (names.size > 0) out.add(`// qlab ${dumps(names)}`);
  for (const name of definitionsOf(c)) out.add(DEFINITIONS[name]!);
  for (const name of symbolNames(c)) out.add(`input float ${name};`);
  out.add(`qubit[${c.qubits.length}] q;`);
  if (c.clbits.length > 0) out.add(`bit[${c.clbits.length}] c;`);
  for (const op of c.ops)
    for (const text of statements(op)) out.add(conditional(op, text), origin.get(op.id) ?? op.id);
  return out.code();
}

function definitionsOf(c: Circuit): string[] {
  const used = new Set<string>();
  for (const op of c.ops) {
    for (const name of [...(NEEDS[op.gate] ?? []), op.gate]) if (name in DEFINITIONS) used.add(name);
  }
  return Object.keys(DEFINITIONS)
    .filter((name) => used.has(name))
    .sort((a, b) => rank(a) - rank(b));
}

/** Definitions that use others come after them. */
const rank = (name: string): number => (name in NEEDS ? 1 : 0);

function symbolNames(c: Circuit): string[] {
  const seen = new Map<string, [string, number]>();
  for (const op of c.ops) for (const s of symbolsOf(op)) seen.set(`${s.kind}_${s.index}`, [s.kind, s.index]);
  return [...seen]
    .sort(([, a], [, b]) => (a[0] === b[0] ? a[1] - b[1] : a[0] === "x" ? -1 : 1))
    .map(([name]) => name);
}

/** Nested, so that any choice of bits can be said. */
function conditional(op: Op, statement: string): string {
  if (!op.condition) return statement;
  const { clbits, value } = op.condition;
  return clbits.reduceRight(
    (inner, bit, i) => `if (c[${bit}] == ${(value >> i) & 1 ? "true" : "false"}) { ${inner} }`,
    statement,
  );
}

function statements(op: Op): string[] {
  const q = (list: readonly number[]): string => list.map((i) => `q[${i}]`).join(", ");
  if (op.gate === "measure") return [`c[${op.clbits[0]}] = measure ${q(op.qubits)};`];
  if (op.gate === "reset" || op.gate === "barrier") return [`${op.gate} ${q(op.qubits)};`];
  const angles = op.params.length > 0 ? `(${op.params.map(angle).join(", ")})` : "";
  if (op.gate === "gphase") return [`gphase${angles};`];
  if (op.gate === "u" && op.controls.length + op.anticontrols.length > 0) return controlledU(op, q);
  const [name, builtIn] = named(op);
  const rest = op.controls.slice(0, op.controls.length - builtIn);
  const own = op.controls.slice(op.controls.length - builtIn);
  const prefix = `${modifier("ctrl", rest.length)}${modifier("negctrl", op.anticontrols.length)}`;
  return [`${prefix}${name}${angles} ${q([...rest, ...op.anticontrols, ...own, ...op.qubits])};`];
}

const modifier = (word: string, n: number): string =>
  n === 0 ? "" : n === 1 ? `${word} @ ` : `${word}(${n}) @ `;

/** The name, and how many controls it already has. */
function named(op: Op): [string, number] {
  if (op.gate === "sxdg") return ["inv @ sx", 0];
  if (op.gate === "u") return ["U", 0];
  const names = op.anticontrols.length === 0 ? WITH_CONTROLS[op.gate] : undefined;
  const name = names?.[op.controls.length - 1];
  return name === undefined ? [op.gate, 0] : [name, op.controls.length];
}

/** By stdgates' cu, since the phase of a controlled U differs between OpenQASM 3 and Qiskit. */
function controlledU(op: Op, q: (list: readonly number[]) => string): string[] {
  const angles = op.params.map(angle).join(", ");
  const flip = op.controls.length === 0 ? op.anticontrols.slice(0, 1) : [];
  const anti = op.anticontrols.slice(flip.length);
  const controls = [...op.controls, ...flip];
  const rest = controls.slice(0, -1);
  const prefix = `${modifier("ctrl", rest.length)}${modifier("negctrl", anti.length)}`;
  const gate = `${prefix}cu(${angles}, 0) ${q([...rest, ...anti, ...controls.slice(-1), ...op.qubits])};`;
  const around = flip.map((i) => `x q[${i}];`);
  return [...around, gate, ...around];
}
