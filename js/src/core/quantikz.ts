/**
 * A circuit as LaTeX for the tikz library quantikz2, one table row a wire and one for the classical bits. Gates on wires
 * that are apart stand on each with a link through what lies between. Names are escaped.
 */

import { shortAngle } from "./anglelabel";
import { blockOf, type Circuit, clbitsOf, type Op, rowOf, wiresOf } from "./circuit";
import { columns } from "./columns";
import { type Expr, printExpr } from "./expr";

const SPECIAL: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\ensuremath{<}",
  ">": "\\ensuremath{>}",
  "|": "\\ensuremath{|}",
  "−": "\\ensuremath{-}",
  "√": "\\ensuremath{\\surd}",
  "†": "\\dag{}",
};
const GREEK =
  "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon varphi chi psi omega".split(
    " ",
  );
const CAPITAL = "Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega".split(" ");
const OTHER: Record<string, string> = { ϕ: "phi", ϵ: "epsilon", ϑ: "vartheta", ϖ: "varpi", ϱ: "varrho" };

/** One character beyond ASCII: a Greek letter by its name; what old TeX can't set by its code there. */
function wide(c: string): string {
  const small = GREEK[c.codePointAt(0)! - 0x3b1];
  const at = CAPITAL.indexOf(c);
  const name = small ?? OTHER[c] ?? (at >= 0 ? CAPITAL[at + 1] : undefined);
  if (name) return `\\ensuremath{${name.length > 1 ? "\\" : ""}${name}}`;
  if (/[\u00c0-\u017e]/.test(c)) return c;
  const code = c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return `\\ifdefined\\Umathchar ${c}\\else U+${code}\\fi{}`;
}

/** Plain text as LaTeX shows it. */
const escaped = (text: string): string =>
  [...text.normalize("NFC")]
    .map((c) => SPECIAL[c] ?? (/[#$%&_]/.test(c) ? `\\${c}` : c > "~" ? wide(c) : c))
    .join("");

const NAMES: Record<string, string> = {
  rx: "R_x",
  ry: "R_y",
  rz: "R_z",
  rxx: "R_{xx}",
  ryy: "R_{yy}",
  rzz: "R_{zz}",
  rzx: "R_{zx}",
  sx: "\\sqrt{X}",
  sxdg: "\\sqrt{X}^\\dagger",
  sdg: "S^\\dagger",
  tdg: "T^\\dagger",
};

/** Angles as mathematics: 2\pi x_{0}. */
function mathematics(e: Expr): string {
  return shortAngle(printExpr(e))
    .replace(/\b([xw])\[(\d+)\]/g, "$1_{$2}")
    .replace(/\bpi\b/g, "\\pi ")
    .replace(/\*\*(-?\d+)/g, "^{$1}")
    .replace(/\b(arcsin|arccos|arctan|sin|cos|tan|exp|log)\b/g, "\\$1")
    .replace(/\bsqrt\(/g, "\\operatorname{sqrt}(")
    .replace(/\*/g, "\\,")
    .replace(/\\pi (?=[),/+-]|$)/g, "\\pi");
}

function label(op: Op): string {
  const name = blockOf(op);
  if (name !== undefined) return `\\text{${escaped(name)}}`;
  const base = NAMES[op.gate] ?? `\\text{${escaped(rowOf(op)?.label ?? op.gate)}}`;
  return op.params.length > 0 ? `${base}(${op.params.map(mathematics).join(", ")})` : base;
}

/** What stands on a wire of an operation that is not part of a box. */
function mark(op: Op, q: number): string {
  if (op.controls.includes(q)) return "\\control{}";
  if (op.anticontrols.includes(q)) return "\\ocontrol{}";
  if (op.gate === "swap") return "\\targX{}";
  if (op.gate === "measure") return "\\meter{}";
  if (op.gate === "reset") return "\\gate{\\ket{0}}";
  const controlled = op.controls.length + op.anticontrols.length > 0;
  if (controlled && op.gate === "x") return "\\targ{}";
  if (controlled && op.gate === "z") return "\\control{}";
  return `\\gate{${label(op)}}`;
}

/** "c0=1": on the classical wire, where the gate has no box to say it in. */
function condition(op: Op, c: Circuit): string {
  const bits = op.condition?.clbits.map((b) => escaped(c.clbits[b]!)).join(",");
  return `${bits}=${op.condition?.value}`;
}

/** "if c0=1", as part of a gate's label. */
const test = (op: Op, c: Circuit): string => (op.condition ? `\\;\\text{if ${condition(op, c)}}` : "");

/** The cells of one operation: wire and what stands there. */
function cells(op: Op, c: Circuit): Map<number, string> {
  const targets = [...op.qubits].sort((a, b) => a - b);
  if (op.gate === "barrier") return new Map([[targets[0]!, "\\slice{}"]]);
  if (targets.length === 0) return new Map([[0, `\\gate{\\text{phase }${label(op)}${test(op, c)}}`]]);
  const wires = wiresOf(op);
  const out = new Map(wires.map((q) => [q, mark(op, q)]));
  const plain = mark(op, targets[0]!).startsWith("\\gate");
  const neighbours = targets.at(-1)! - targets[0]! === targets.length - 1;
  if (plain && op.gate !== "reset") {
    const order = op.qubits.every((q, i) => q === targets[i])
      ? ""
      : `_{${op.qubits.map((q) => targets.indexOf(q)).join("")}}`;
    const name = `${label(op)}${order}${test(op, c)}`;
    for (const q of targets) out.set(q, neighbours ? "" : `\\gate{${name}}`);
    if (neighbours) out.set(targets[0]!, `\\gate${targets.length > 1 ? `[${targets.length}]` : ""}{${name}}`);
  } else if (op.condition) out.set(c.qubits.length, `\\push{\\text{\\tiny ${condition(op, c)}}}`);
  const [top, bottom] = [wires[0]!, wires.at(-1)!];
  if (bottom > top && !(plain && neighbours && targets.length === wires.length))
    out.set(top, `${out.get(top)!} \\wire[d][${bottom - top}]{q}`);
  if (clbitsOf(op).length > 0)
    out.set(bottom, `${out.get(bottom)!} \\wire[d][${c.qubits.length - bottom}]{c}`);
  return out;
}

/** A quantikz environment; columns as drawn. */
export function toQuantikz(c: Circuit): string {
  const cols = columns(c);
  const count = cols.reduce((most, col) => Math.max(most, col + 1), 0);
  const names = [...c.qubits, ...(c.clbits.length > 0 ? ["c"] : [])];
  const rows = names.map((name) => [`\\lstick{${escaped(name)}}`, ...Array<string>(count + 1).fill("")]);
  c.ops.forEach((op, i) => {
    for (const [q, text] of cells(op, c)) rows[q]![cols[i]! + 1] = text;
    for (const bit of op.clbits)
      rows.at(-1)![cols[i]! + 1] = `\\push{\\text{\\tiny ${escaped(c.clbits[bit]!)}}}`;
  });
  const types = [...c.qubits.map(() => "q"), ...(c.clbits.length > 0 ? ["c"] : [])].join(",");
  const body = rows.map((row) => row.join(" & ").trimEnd()).join(" \\\\\n");
  return `% \\usepackage{tikz} \\usetikzlibrary{quantikz2}\n\\begin{quantikz}[wire types={${types}}]\n${body}\n\\end{quantikz}\n`;
}
