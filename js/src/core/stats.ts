/** Exact statistics of a circuit, the same figures as qlab/circuit/stats.py. Estimates (expressibility…) are not here. */
import { flattened } from "./blocks";
import { type Circuit, clbitsOf, displayName, symbolsOf, wiresOf } from "./circuit";

export interface Stats {
  readonly depth: number;
  readonly depth2: number;
  readonly gates: number;
  readonly gates2: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly weights: number;
  readonly inputs: number;
  readonly light_cone: readonly number[];
}

/** Blocks count written out. */
export function stats(whole: Circuit): Stats {
  const c = flattened(whole).circuit;
  const level = new Int32Array(c.qubits.length + c.clbits.length);
  const level2 = new Int32Array(c.qubits.length + c.clbits.length);
  const counts: Record<string, number> = {};
  const symbols = new Set<string>();
  let gates = 0;
  let gates2 = 0;
  for (const op of c.ops) {
    for (const s of symbolsOf(op)) symbols.add(`${s.kind}${s.index}`);
    const name = displayName(op);
    counts[name] = (counts[name] ?? 0) + 1;
    const qubits = wiresOf(op);
    const lines = [...qubits, ...clbitsOf(op).map((b) => c.qubits.length + b)];
    // A barrier aligns its wires without counting.
    const counts1 = op.gate !== "barrier";
    const counts2 = counts1 && qubits.length >= 2;
    if (counts1) gates += 1;
    if (counts2) gates2 += 1;
    raise(level, lines, counts1 ? 1 : 0);
    raise(level2, lines, counts2 ? 1 : 0);
  }
  const count = (kind: string): number => [...symbols].filter((s) => s.startsWith(kind)).length;
  return {
    depth: level.reduce((a, b) => Math.max(a, b), 0),
    depth2: level2.reduce((a, b) => Math.max(a, b), 0),
    gates,
    gates2,
    counts,
    weights: count("w"),
    inputs: count("x"),
    light_cone: lightCone(c),
  };
}

function raise(level: Int32Array, lines: readonly number[], by: number): void {
  if (lines.length === 0) return;
  let top = 0;
  for (const q of lines) top = Math.max(top, level[q]!);
  for (const q of lines) level[q] = top + by;
}

/** The qubits that can influence Z on qubit 0 at the end, ascending. */
function lightCone(c: Circuit): number[] {
  const lines = new Set<number>([0]);
  for (let i = c.ops.length - 1; i >= 0; i--) {
    const op = c.ops[i]!;
    if (op.gate === "barrier") continue;
    const used = [...wiresOf(op), ...clbitsOf(op).map((b) => c.qubits.length + b)];
    if (used.some((q) => lines.has(q))) for (const q of used) lines.add(q);
  }
  return [...lines].filter((q) => q < c.qubits.length).sort((a, b) => a - b);
}
