/** OpenQASM 2: numbers only, so every angle is evaluated at trial values. What qelib1.inc lacks is written out by its gates. */
import { type Circuit, displayName, type Op, symbolsOf } from "./circuit";
import { type Code, Lines } from "./code";
import { type Elementary, expand } from "./decompose";
import { CircuitError } from "./errors";
import { evaluate } from "./expr";
import { written } from "./written";

/** Print at inputs x and weights w; throws CircuitError for a symbol without a value. */
export function toQasm2(given: Circuit, x?: ArrayLike<number>, w?: ArrayLike<number>): Code {
  const { circuit: c, origin } = written(given);
  const out = new Lines();
  out.add("OPENQASM 2.0;");
  out.add('include "qelib1.inc";');
  out.add(`qreg q[${c.qubits.length}];`);
  const split = c.ops.some((op) => op.condition && !isWhole(op, c));
  if (split) c.clbits.forEach((_, i) => void out.add(`creg c${i}[1];`));
  else if (c.clbits.length > 0) out.add(`creg c[${c.clbits.length}];`);
  const bit = (i: number): string => (split ? `c${i}[0]` : `c[${i}]`);
  for (const op of c.ops) {
    const prefix = condition(op, split);
    for (const text of statements(op, bit, x, w)) out.add(prefix + text, origin.get(op.id) ?? op.id);
  }
  return out.code();
}

const isWhole = (op: Op, c: Circuit): boolean =>
  op.condition!.clbits.length === c.clbits.length && op.condition!.clbits.every((b, i) => b === i);

function condition(op: Op, split: boolean): string {
  if (!op.condition) return "";
  const { clbits, value } = op.condition;
  if (!split) return `if(c==${value}) `;
  if (clbits.length === 1) return `if(c${clbits[0]}==${value}) `;
  throw new CircuitError("OpenQASM 2 can't compare some of the bits of a register", {
    where: `op ${op.id}`,
    opId: op.id,
    cure: "use OpenQASM 3",
  });
}

function statements(
  op: Op,
  bit: (i: number) => string,
  x: ArrayLike<number> | undefined,
  w: ArrayLike<number> | undefined,
): string[] {
  const q = (list: readonly number[]): string => list.map((i) => `q[${i}]`).join(",");
  if (op.gate === "measure") return [`measure ${q(op.qubits)} -> ${bit(op.clbits[0]!)};`];
  if (op.gate === "reset" || op.gate === "barrier") return [`${op.gate} ${q(op.qubits)};`];
  for (const s of symbolsOf(op)) {
    const given = s.kind === "x" ? x : w;
    if (given === undefined || s.index >= given.length) {
      throw new CircuitError(`${s.kind}[${s.index}] has no value, and OpenQASM 2 knows only numbers`, {
        where: `op ${op.id}`,
        opId: op.id,
        cure: "use OpenQASM 3, or give trial values",
      });
    }
  }
  const angles = op.params.map((e) => evaluate(e, x ?? [], w ?? []));
  const parts = expand(op.gate, angles, op.controls, op.anticontrols, op.qubits);
  if (!parts) {
    throw new CircuitError(`OpenQASM 2 has no ${displayName(op).toUpperCase()}`, {
      where: `op ${op.id}`,
      opId: op.id,
      cure: "use OpenQASM 3",
    });
  }
  return parts.map(
    (e: Elementary) => `${e.name}${e.angles.length > 0 ? `(${e.angles.join(",")})` : ""} ${q(e.qubits)};`,
  );
}
