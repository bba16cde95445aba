/** Matrices written out in gates, for OpenQASM: the same state, few gates where entries are zero, lines of their operation. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCircuit } from "../../src/core/check";
import { type Circuit, empty, type Op } from "../../src/core/circuit";
import { toQasm3 } from "../../src/core/qasm3";
import { readQasm } from "../../src/core/qasmread";
import { isState, type State } from "../../src/core/simulate";
import { steps } from "../../src/core/synth";
import { parse } from "../../src/core/text";
import { simulate } from "../../src/core/trajectories";
import { written } from "../../src/core/written";
import { anyMatrix, circuit, gate, vectors } from "./helpers";

const X = [0.3, -1.1, 0.7, 2.2];
const W = Array.from({ length: 13 }, (_, i) => 0.4 * i - 1);

function state(c: Circuit): State {
  const found = simulate(c, X, W);
  if (!isState(found)) throw new Error("no state");
  return found;
}
const distance = (a: State, b: State): number =>
  Math.max(...Array.from(a.re, (v, i) => Math.hypot(v - b.re[i]!, a.im[i]! - b.im[i]!)));

const none = { params: [], controls: [], anticontrols: [], clbits: [] };
const start = (n: number): Op[] =>
  Array.from({ length: n }, (_, q) => ({
    ...circuit(n, gate("u", q, ["0.7", "0.3", "-1.1"])).ops[0]!,
    id: `s${q}`,
  }));

describe("decomposition", () => {
  it("is the matrix, with any controls", () => {
    const drawn = fc.tuple(
      fc.integer({ min: 1, max: 3 }).chain(anyMatrix),
      fc.array(fc.nat(2), { minLength: 2, maxLength: 2 }),
    );
    fc.assert(
      fc.property(drawn, ([matrix, kinds]) => {
        const k = Math.log2(matrix.length);
        const rest = [k, k + 1];
        const controls = rest.filter((_, i) => kinds[i] === 1);
        const anticontrols = rest.filter((_, i) => kinds[i] === 2);
        const qubits = Array.from({ length: k }, (_, i) => k - 1 - i);
        const op: Op = { ...none, id: "m", gate: "unitary", qubits, matrix, controls, anticontrols };
        const c = checkCircuit({ ...empty(k + 2), ops: [...start(k + 2), op] });
        const out = written(c);
        expect(steps(matrix).length).toBeLessThanOrEqual([0, 1, 6, 28][k]!);
        expect(out.circuit.ops.every((o) => !o.matrix)).toBe(true);
        expect(out.circuit.ops.slice(k + 2).every((o) => out.origin.get(o.id) === "m")).toBe(true);
        expect(distance(state(checkCircuit(out.circuit)), state(c))).toBeLessThan(1e-10);
      }),
      { numRuns: 150 },
    );
  });

  it("takes one step for a controlled gate", () => {
    const cx = [0, 3, 2, 1].map((k) => [0, 1, 2, 3].map((i) => [i === k ? 1 : 0, 0] as const));
    expect(steps(cx)).toMatchObject([{ target: 1, fixed: [[0, 1]] }]);
    expect(steps([0, 1].map((k) => [0, 1].map((i) => [i === k ? 1 : 0, 0] as const)))).toEqual([]);
  });
});

describe("OpenQASM 3", () => {
  const { circuits } = vectors<{ circuits: { name: string; text: string }[] }>("circuits");
  const chosen = circuits.filter((v) => v.name === "unitary matrices" || v.name === "blocks");
  it.each(chosen)("of $name comes back as the same state", ({ text }) => {
    const c = parse(text);
    const code = toQasm3(c);
    expect(distance(state(read(code.text)), state(c))).toBeLessThan(1e-9);
    for (const id of code.lines) expect(id === null || c.ops.some((op) => op.id === id)).toBe(true);
  });
});

const read = (text: string): Circuit => readQasm(text).circuit;
