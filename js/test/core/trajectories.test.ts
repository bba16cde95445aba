import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Circuit } from "../../src/core/circuit";
import { apply } from "../../src/core/edit";
import { layout } from "../../src/core/layout";
import { isState, type SimResult, type State } from "../../src/core/simulate";
import { parse, print } from "../../src/core/text";
import { type Branch, Runner, simulate, uniform } from "../../src/core/trajectories";
import { anyCircuit, circuit, gate, vectors } from "./helpers";

interface Row {
  readonly name: string;
  readonly text: string;
  readonly branches: { lots: Record<string, number>; p: number; re: number[]; im: number[] }[];
}
const ROWS = vectors<Row[]>("branches");

function state(r: SimResult): State & { readonly branch?: Branch } {
  if (!isState(r)) throw new Error("no state");
  return r;
}

const distance = (a: { re: ArrayLike<number>; im: ArrayLike<number> }, b: typeof a): number =>
  Math.max(...Array.from(a.re, (v, i) => Math.hypot(v - b.re[i]!, a.im[i]! - b.im[i]!)));

describe("branches", () => {
  it.each(ROWS.map((row) => [row.name, row] as const))("are Qiskit's, and as frequent: %s", (_, row) => {
    const c = parse(row.text);
    const seen = row.branches.map(() => 0);
    const runs = 600;
    for (let seed = 1; seed <= runs; seed++) {
      const s = state(simulate(c, [], [], c.ops.length, 16, seed));
      const lots = Object.fromEntries((s.branch?.lots ?? []).map((lot) => [lot.opId, lot.outcome]));
      const at = row.branches.findIndex((b) => Object.entries(b.lots).every(([id, v]) => lots[id] === v));
      const found = row.branches[at]!;
      expect(lots).toEqual(found.lots);
      expect(s.branch?.p ?? 1).toBeCloseTo(found.p, 9);
      expect(distance(s, found)).toBeLessThan(1e-9);
      seen[at]! += 1;
    }
    row.branches.forEach(({ p }, i) => {
      expect(Math.abs(seen[i]! / runs - p)).toBeLessThanOrEqual(4.5 * Math.sqrt((p * (1 - p)) / runs));
    });
  });

  it("stay the same for the same seed, and differ among seeds", () => {
    const c = parse(ROWS[0]!.text);
    const outcomes = (seed: number) =>
      state(simulate(c, [], [], 9, 16, seed)).branch!.lots.map((l) => l.outcome);
    expect(outcomes(5)).toEqual(outcomes(5));
    expect(new Set(Array.from({ length: 20 }, (_, i) => outcomes(i)[0])).size).toBe(2);
  });

  it("draw evenly", () => {
    const all = Array.from({ length: 4000 }, (_, i) => uniform(Math.floor(i / 4), i % 4));
    expect(all.every((u) => u >= 0 && u < 1)).toBe(true);
    const tenths = Array.from({ length: 10 }, (_, k) => all.filter((u) => Math.floor(u * 10) === k).length);
    for (const n of tenths) expect(Math.abs(n - 400)).toBeLessThan(100);
  });
});

describe("a runner", () => {
  it("gives after any edit what a fresh run gives, at any column", () => {
    fc.assert(
      fc.property(
        fc.array(anyCircuit(4, 30), { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        (circuits, col, seed) => {
          const runner = new Runner();
          for (const c of circuits) {
            // the same circuit again with one operation less, as undo and redo give it: other objects, equal content
            const shorter = parse(print({ ...c, ops: c.ops.slice(0, -1) }));
            for (const [one, at] of [
              [c, undefined],
              [shorter, undefined],
              [c, col],
              [c, undefined],
            ] as const) {
              const kept = state(runner.run(one, [0.3], [0.7], { col: at, seed }));
              const fresh = state(new Runner().run(one, [0.3], [0.7], { col: at, seed }));
              if (fresh.re.some(Number.isNaN)) expect(kept.re.some(Number.isNaN)).toBe(true);
              else expect(distance(kept, fresh)).toBeLessThan(1e-9);
              expect(kept.branch?.lots.map((l) => [l.opId, l.outcome])).toEqual(
                fresh.branch?.lots.map((l) => [l.opId, l.outcome]),
              );
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("in parts gives what it gives in one, and what an ended run has kept is of use", () => {
    const c = wide(6, 60);
    const whole = state(new Runner().run(c, [], []));
    const runner = new Runner();
    const { parts } = runner.begin(c, [], []);
    for (let k = 0; k < c.ops.length / 2; k++) expect(parts.next().done).toBe(false);
    const before = runner.applied;
    const again = runner.begin(c, [], []);
    expect(again.work).toBeLessThan(0.6 * c.ops.length * 2 ** 6);
    let step = again.parts.next();
    while (!step.done) step = again.parts.next();
    expect(distance(state(step.value), whole)).toBe(0);
    const fresh = new Runner();
    fresh.run(c, [], []);
    expect(runner.applied - before).toBeLessThan(0.6 * fresh.applied);
    expect(() => parts.next()).toThrow("a later run has begun");
  });

  it("shows the state left of a column", () => {
    const c = circuit(2, gate("x", 0), gate("x", 1), gate("cx", [0, 1]), gate("h", 0));
    const largest = (s: State) => s.re.findIndex((v) => Math.abs(v) > 0.99);
    const at = (col: number) => largest(state(new Runner().run(c, [], [], { col })));
    expect([0, 1, 2].map(at)).toEqual([0, 3, 1]);
  });

  it("notices a changed trial value", () => {
    const c = circuit(1, gate("ry", 0, "w[0]"));
    const runner = new Runner();
    const first = state(runner.run(c, [], [0.5])).re[1];
    expect(state(runner.run(c, [], [1.5])).re[1]).not.toBeCloseTo(first!, 3);
    expect(state(runner.run(c, [], [0.5])).re[1]).toBeCloseTo(first!, 12);
  });
});

/** 200 columns of rotations and CX pairs. */
function wide(n: number, cols: number): Circuit {
  const gates = Array.from({ length: cols }, (_, col) =>
    Array.from({ length: n }, (_, q) =>
      col % 2 === 0 ? gate("ry", q, String(0.1 + q)) : q % 2 === 0 ? gate("cx", [q, (q + 1) % n]) : [],
    ).flat(),
  ).flat();
  const ops = gates.map((g, i) => ({ params: [], anticontrols: [], clbits: [], ...g, id: `g${i}` }));
  return {
    name: "wide",
    qubits: Array.from({ length: n }, (_, i) => `q${i}`),
    clbits: [],
    names: {},
    ops: ops.map((op) =>
      op.gate === "cx"
        ? { ...op, gate: "x", qubits: [op.qubits[1]!], controls: [op.qubits[0]!] }
        : { ...op, controls: [] },
    ),
  };
}

describe("what an edit costs, in matrices applied", () => {
  it("is at least 5 times less in the last column of 200 than in the first", () => {
    const c = wide(4, 200);
    const last = layout(c).columns.length - 1;
    expect(last).toBe(199);
    const cost = (index: number): number => {
      const runner = new Runner();
      runner.run(c, [], []);
      const before = runner.applied;
      const op = c.ops[index]!;
      const changed =
        op.gate === "ry"
          ? apply(c, { type: "params", id: op.id, params: ["0.77"] })
          : apply(c, { type: "remove", ids: [op.id] });
      runner.run(changed, [], []);
      return runner.applied - before;
    };
    const [first, end] = [cost(0), cost(c.ops.length - 1)];
    expect(end).toBeGreaterThan(0);
    expect(first / end).toBeGreaterThanOrEqual(5);
  });
});
