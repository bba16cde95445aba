/** Whether two operations may change places. Numeric: both orders on a random state at generic angles. For a warning only. */
import { clbitsOf, type Op, wiresOf } from "./circuit";
import { type Expr, evaluate, mapSymbols, num } from "./expr";
import { GATES } from "./gates.gen";
import type { State } from "./kernel";
import { applyOp } from "./simulate";

/** Up to this many joint wires the answer is exact up to rounding; beyond, "no" unless the wires are apart. */
const MAX_JOINT = 12;

/** Irrational-looking values in (0, 1), so that equal results aren't an accident of round angles. */
const generic = Array.from({ length: 64 }, (_, i) => 0.1 + 0.8 * (((i + 1) * 0.6180339887498949) % 1));

export function commutes(a: Op, b: Op): boolean {
  if (a.gate === "barrier" || b.gate === "barrier") return true;
  if (conflict(a, b) || conflict(b, a)) return false;
  const wires = [...new Set([...wiresOf(a), ...wiresOf(b)])];
  if (wires.length === a.qubits.length + a.controls.length + a.anticontrols.length + wiresOf(b).length)
    return true;
  const [u, v] = [asUnitary(a), asUnitary(b)];
  if (!u || !v || wires.length > MAX_JOINT) return false;
  return commuteOn(local(u, wires), local(v, wires), wires.length);
}

/** Whether `a` writes a classical bit that `b` reads or writes. */
const conflict = (a: Op, b: Op): boolean => a.clbits.some((bit) => clbitsOf(b).includes(bit));

/** A measurement commutes with what commutes with Z; a reset, and what only its definition tells, with nothing. */
function asUnitary(op: Op): Op | undefined {
  if (op.gate === "measure") return { ...op, gate: "z", clbits: [] };
  return GATES[op.gate]?.unitary || op.matrix ? op : undefined;
}

/** The same operation on wires 0…k−1, its symbols within the list of generic values. */
function local(op: Op, wires: readonly number[]): Op {
  const at = (q: number): number => wires.indexOf(q);
  return {
    ...op,
    qubits: op.qubits.map(at),
    controls: op.controls.map(at),
    anticontrols: op.anticontrols.map(at),
    params: op.params.map(finite),
  };
}

function finite(e: Expr): Expr {
  const short = mapSymbols(e, (s) => ({ kind: s.kind, index: s.index % 61 }));
  return Number.isFinite(evaluate(short, generic, offset)) ? short : num(0.7390851332151607);
}

const offset = generic.map((v) => 1 - v * 0.9);

function commuteOn(a: Op, b: Op, n: number): boolean {
  const start = (): State => {
    const size = 2 ** n;
    // A fixed dense vector with no symmetry among wires.
    const re = Float64Array.from({ length: size }, (_, i) => Math.sin(1 + i * 1.7 + i * i * 0.37));
    const im = Float64Array.from({ length: size }, (_, i) => Math.cos(2 + i * 2.3 + i * i * 0.11));
    return { re, im };
  };
  const ab = start();
  applyOp(ab, a, generic, offset);
  applyOp(ab, b, generic, offset);
  const ba = start();
  applyOp(ba, b, generic, offset);
  applyOp(ba, a, generic, offset);
  return ab.re.every((v, i) => Math.abs(v - ba.re[i]!) < 1e-9 && Math.abs(ab.im[i]! - ba.im[i]!) < 1e-9);
}
