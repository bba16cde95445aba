import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Circuit } from "../../src/core/circuit";
import { commutes } from "../../src/core/commute";
import { GATES } from "../../src/core/gates.gen";
import { matrix } from "../../src/core/matrices";
import { bloch, expectationZ, isState, probabilities, type State } from "../../src/core/simulate";
import { simulate } from "../../src/core/trajectories";
import { anyCircuit, circuit, gate } from "./helpers";

function state(c: Circuit, x: number[] = [], w: number[] = []): State {
  const result = simulate(c, x, w);
  if (!isState(result)) throw new Error("no state");
  return result;
}
const xs = [0.3, -0.8, 1.1, 2.2];
const ws = Array.from({ length: 13 }, (_, i) => Math.sin(i + 1));

describe("matrices", () => {
  it.each(Object.keys(GATES).filter((g) => GATES[g]!.unitary))(
    "%s is unitary, and its flags are true",
    (name) => {
      const row = GATES[name]!;
      const angles = row.params.map((_, i) => 0.7 + i * 0.4);
      const m = matrix(name, angles)!;
      const d = 2 ** row.targets;
      expect(m.re).toHaveLength(d * d);
      const product = (adjoint: boolean): number[][] =>
        Array.from({ length: d }, (_, i) =>
          Array.from({ length: d }, (_, j) => {
            let re = 0;
            let im = 0;
            for (let k = 0; k < d; k++) {
              const [ar, ai] = [m.re[i * d + k]!, m.im[i * d + k]!];
              const [br, bi] = adjoint
                ? [m.re[j * d + k]!, -m.im[j * d + k]!]
                : [m.re[k * d + j]!, m.im[k * d + j]!];
              re += ar * br - ai * bi;
              im += ar * bi + ai * br;
            }
            return Math.hypot(re - (i === j ? 1 : 0), im);
          }),
        );
      for (const v of product(true).flat()) expect(v).toBeLessThan(1e-12);
      if (row.hermitian) for (const v of product(false).flat()) expect(v).toBeLessThan(1e-12);
      const off = m.re.some((v, i) => i % (d + 1) !== 0 && Math.hypot(v, m.im[i]!) > 1e-12);
      expect(!off).toBe(row.diagonal);
    },
  );

  it("has none for what isn't unitary", () => expect(matrix("measure")).toBeUndefined());
});

describe("simulate", () => {
  it("Bell, little-endian", () => {
    const s = state(circuit(2, gate("h", 0), gate("cx", [0, 1])));
    expect([...probabilities(s)].map((p) => +p.toFixed(12))).toEqual([0.5, 0, 0, 0.5]);
    expect(bloch(s, 2).map((b) => +b.r.toFixed(12))).toEqual([0, 0]);
    expect([...probabilities(state(circuit(3, gate("x", 1))))].indexOf(1)).toBe(2);
  });

  it("obeys controls on 1 and on 0", () => {
    const c = circuit(3, gate("x", 0), gate("x", 2, [], { controls: [0], anticontrols: [1] }));
    expect(probabilities(state(c))[0b101]).toBeCloseTo(1, 12);
    const d = circuit(3, gate("x", 2, [], { controls: [0], anticontrols: [1] }));
    expect(probabilities(state(d))[0]).toBeCloseTo(1, 12);
  });

  it("reads inputs and weights", () => {
    const s = state(circuit(1, gate("ry", 0, "w[0]*x[0]")), [0.5], [0.8]);
    expect(expectationZ(s, 0)).toBeCloseTo(Math.cos(0.4), 12);
    expect(bloch(s, 1)[0]!.x).toBeCloseTo(Math.sin(0.4), 12);
    const y = state(circuit(1, gate("rx", 0, "pi/2")));
    expect(bloch(y, 1)[0]!.y).toBeCloseTo(-1, 12);
  });

  it("keeps the norm, and controls are conditional whatever the gate", () => {
    fc.assert(
      fc.property(anyCircuit(6, 25, true), (c) => {
        const s = state(c, xs, ws);
        expect(probabilities(s).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
        for (const b of bloch(s, c.qubits.length)) expect(b.r).toBeLessThan(1 + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it("a control on 0 equals a control on 1 between X gates", () => {
    fc.assert(
      fc.property(anyCircuit(4, 8, true), anyCircuit(4, 8, true), (before, c) => {
        const wide = {
          ...c,
          qubits: ["a", "b", "c", "d"],
          ops: [...before.ops, ...c.ops].map((op, i) => ({ ...op, id: `g${i}` })),
        };
        const flipped = wide.ops.flatMap((op) => {
          const x = op.anticontrols.map((q, i) => ({
            ...op,
            id: `x${op.id}_${i}`,
            gate: "x",
            qubits: [q],
            params: [],
            controls: [],
            anticontrols: [],
          }));
          return [...x, { ...op, controls: [...op.controls, ...op.anticontrols], anticontrols: [] }, ...x];
        });
        const [a, b] = [state(wide, xs, ws), state({ ...wide, ops: flipped }, xs, ws)];
        for (let i = 0; i < a.re.length; i++)
          expect(Math.hypot(a.re[i]! - b.re[i]!, a.im[i]! - b.im[i]!)).toBeLessThan(1e-10);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses what it can't do, by name", () => {
    expect(simulate(circuit(20), [], [])).toMatchObject({
      tooLarge: true,
      qubits: 20,
      limit: 16,
      bytes: 16 * 2 ** 20,
    });
    expect(
      isState(simulate(circuit(2, gate("h", 0), gate("measure", 0), gate("barrier", [0, 1])), [], [])),
    ).toBe(true);
  });

  it("stops where asked", () => {
    const c = circuit(1, gate("x", 0), gate("x", 0));
    const s = simulate(c, [], [], 1);
    expect(isState(s) && probabilities(s)[1]).toBe(1);
  });
});

describe("commutes", () => {
  const pair = (a: ReturnType<typeof gate>, b: ReturnType<typeof gate>): boolean => {
    const c = circuit(8, a, b);
    return commutes(c.ops[0]!, c.ops[1]!);
  };
  it.each([
    [gate("h", 0), gate("x", 1), true],
    [gate("h", 0), gate("x", 0), false],
    [gate("rz", 0, "w[0]"), gate("cx", [0, 1]), true],
    [gate("rz", 1, "w[0]"), gate("cx", [0, 1]), false],
    [gate("x", 1), gate("cx", [0, 1]), true],
    [gate("rx", 0, "w[0]"), gate("rx", 0, "x[0]"), true],
    [gate("rx", 0, "w[0]"), gate("ry", 0, "w[0]"), false],
    [gate("rzz", [0, 1], "x[0]"), gate("cz", [1, 2]), true],
    [gate("cx", [0, 1]), gate("cx", [0, 2]), true],
    [gate("cx", [0, 1]), gate("cx", [1, 2]), false],
    [gate("measure", 0), gate("rz", 0, "x[0]"), true],
    [gate("measure", 0), gate("h", 0), false],
    [gate("measure", 0), gate("x", 1, [], { condition: { clbits: [0], value: 1 } }), false],
    [gate("reset", 0), gate("z", 0), false],
    [gate("barrier", [0, 1]), gate("x", 0), true],
    [gate("ry", 0, "arcsin(w[0]*9)"), gate("ry", 0, "log(-x[3])"), true],
    [gate("mcx", [0, 1, 2, 3, 4, 5, 6]), gate("mcz", [0, 1, 2, 3, 4, 5, 7]), true],
    [gate("gphase", [], "pi"), gate("h", 0), true],
  ])("%# %o %o", (a, b, expected) => {
    expect(pair(a, b)).toBe(expected);
  });

  it("is symmetric, and true when the orders give one state", () => {
    fc.assert(
      fc.property(anyCircuit(3, 2, true), (c) => {
        fc.pre(c.ops.length === 2);
        const [a, b] = c.ops as [(typeof c.ops)[0], (typeof c.ops)[0]];
        expect(commutes(a, b)).toBe(commutes(b, a));
      }),
      { numRuns: 300 },
    );
  });
});
