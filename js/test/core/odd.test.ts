import { describe, expect, it } from "vitest";
import { type Circuit, nInputs, nWeights } from "../../src/core/circuit";
import { symbols } from "../../src/core/expr";
import { readQasm } from "../../src/core/qasmread";
import { isState, type State } from "../../src/core/simulate";
import { simulate } from "../../src/core/trajectories";
import { gate, vectors } from "./helpers";

interface Row {
  readonly name: string;
  readonly text: string;
  /** What Qiskit reads, as plain OpenQASM 2; "" without a unitary, null where Qiskit refuses. */
  readonly reading: string | null;
  /** Line and column of what qlab refuses. */
  readonly refused: string | null;
}
const ROWS = vectors<Row[]>("odd");

/** The state a circuit makes of one that is different on every wire; symbols have values in order of their names. */
function image(c: Circuit): State {
  const used = new Map(
    c.ops.flatMap((op) => op.params.flatMap(symbols)).map((s) => [`${s.kind}[${s.index}]`, s]),
  );
  const names = [...used.keys()].sort((a, b) => ((c.names[a] ?? a) < (c.names[b] ?? b) ? -1 : 1));
  const x = Array<number>(nInputs(c)).fill(0);
  const w = Array<number>(nWeights(c)).fill(0);
  names.forEach((name, i) => {
    const { kind, index } = used.get(name)!;
    (kind === "x" ? x : w)[index] = 0.1 + 0.37 * i;
  });
  const start = c.qubits.flatMap((_, q) => [
    gate("ry", q, String(0.4 + q)),
    gate("rz", q, String(0.9 - q / 3)),
  ]);
  const ops = [
    ...start.map((op, i) => ({ controls: [], anticontrols: [], clbits: [], params: [], ...op, id: `s${i}` })),
    ...c.ops.filter((op) => !["measure", "reset", "barrier"].includes(op.gate)),
  ];
  const made = simulate({ ...c, ops } as Circuit, x, w);
  if (!isState(made)) throw new Error("too large");
  return made;
}

function overlap(a: State, b: State): number {
  let re = 0;
  let im = 0;
  a.re.forEach((v, i) => {
    re += v * b.re[i]! + a.im[i]! * b.im[i]!;
    im += v * b.im[i]! - a.im[i]! * b.re[i]!;
  });
  return Math.hypot(re, im);
}

describe("odd but legal programs", () => {
  it.each(ROWS.map((row) => [row.name, row] as const))("are Qiskit's, or refused by place: %s", (_, row) => {
    if (row.refused) {
      const [line, column] = row.refused.split(":");
      expect(() => readQasm(row.text)).toThrow(
        expect.objectContaining({
          where: `line ${line}, column ${column}`,
          cure: expect.stringMatching(/./),
        }),
      );
      return;
    }
    const c = readQasm(row.text).circuit;
    if (!row.reading) return;
    const theirs = readQasm(row.reading).circuit;
    expect(c.qubits).toHaveLength(theirs.qubits.length);
    expect(Math.abs(overlap(image(c), image(theirs)) - 1)).toBeLessThan(1e-8);
  });
});
