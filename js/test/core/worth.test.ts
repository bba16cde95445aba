import { describe, expect, it } from "vitest";
import { isState, type State } from "../../src/core/simulate";
import { parse } from "../../src/core/text";
import { simulate } from "../../src/core/trajectories";
import {
  BINS,
  divergence,
  fidelity,
  haarShares,
  mean,
  meyerWallach,
  obstacle,
  plateau,
  Sampler,
  slope,
  variance,
  type Worth,
} from "../../src/core/worth";
import { circuit, gate, vectors } from "./helpers";

interface Row {
  readonly name: string;
  readonly text: string;
  readonly x: number[];
  readonly pairs: { a: number[]; b: number[]; j: number }[];
  readonly fidelities: number[];
  readonly kl: number;
  readonly q: number[];
  readonly q_mean: number;
  readonly q_error: number;
  readonly slopes: number[];
  readonly variance: number;
}

function state(...args: Parameters<typeof simulate>): State {
  const s = simulate(...args);
  if (!isState(s)) throw new Error("no state");
  return s;
}

describe("what an ansatz is worth, beside Qiskit and numpy", () => {
  it.each(vectors<Row[]>("worth").map((row) => [row.name, row] as const))("%s", (_, row) => {
    const c = parse(row.text);
    const n = c.qubits.length;
    const states = row.pairs.map(({ a, b }) => [state(c, row.x, a), state(c, row.x, b)] as const);
    states.forEach(([a, b], i) => {
      expect(fidelity(a, b)).toBeCloseTo(row.fidelities[i]!, 9);
      expect(meyerWallach(a, n)).toBeCloseTo(row.q[2 * i]!, 9);
      expect(meyerWallach(b, n)).toBeCloseTo(row.q[2 * i + 1]!, 9);
      const { a: w, j } = row.pairs[i]!;
      expect(slope(c, row.x, w, j)).toBeCloseTo(row.slopes[i]!, 7);
    });
    expect(divergence(row.fidelities, n)).toBeCloseTo(row.kl, 9);
    expect(mean(row.q).value).toBeCloseTo(row.q_mean, 9);
    expect(mean(row.q).error).toBeCloseTo(row.q_error, 9);
    expect(variance(row.slopes).value).toBeCloseTo(row.variance, 9);
  });

  it("Haar's shares add up to 1, and more of them lie low for more wires", () => {
    for (const n of [1, 4, 10]) expect(haarShares(n).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(haarShares(1)[BINS - 1]).toBeCloseTo(1 / BINS, 12);
    expect(haarShares(6)[0]!).toBeGreaterThan(haarShares(2)[0]!);
  });

  it("tells a poor ansatz from a good one, with errors that shrink", () => {
    const poor = circuit(2, gate("rz", 0, "w[0]"), gate("rz", 1, "w[1]"));
    const good = circuit(
      2,
      ...[0, 2, 4].flatMap((k) => [
        gate("u", 0, [`w[${3 * k}]`, `w[${3 * k + 1}]`, `w[${3 * k + 2}]`]),
        gate("u", 1, [`w[${3 * k + 3}]`, `w[${3 * k + 4}]`, `w[${3 * k + 5}]`]),
        gate("cx", [0, 1]),
      ]),
    );
    const taken = (c: typeof poor, samples: number) => {
      const sampler = new Sampler(c, [], 3);
      for (let i = 0; i < samples; i++) sampler.step();
      return sampler.worth();
    };
    const [bad, fine] = [taken(poor, 300), taken(good, 300)];
    expect(bad.expressibility.value).toBeGreaterThan(3); // all fidelities are 1
    expect(fine.expressibility.value).toBeLessThan(0.3);
    expect(bad.entanglement.value).toBeCloseTo(0, 9);
    expect(fine.entanglement.value).toBeGreaterThan(0.2);
    expect(bad.gradient.value).toBeCloseTo(0, 9);
    expect(fine.gradient.value).toBeGreaterThan(0.02);
    expect(taken(good, 1200).entanglement.error).toBeLessThan(0.7 * fine.entanglement.error);
  });

  it("covers the truth as often as a standard error should", () => {
    // of RY(w) the slope of Z is −sin w: its variance is 1/2
    const c = circuit(1, gate("ry", 0, "w[0]"));
    let within = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const sampler = new Sampler(c, [], seed);
      for (let i = 0; i < 100; i++) sampler.step();
      const { value, error } = sampler.worth().gradient;
      if (Math.abs(value - 0.5) < 2 * error) within += 1;
    }
    expect(within).toBeGreaterThanOrEqual(51);
  });

  it("tells of a plateau only where it can be told: from four wires on, two errors off the guide", () => {
    const of = (n: number, value: number, error: number) =>
      plateau({ ...({} as Worth), guide: 2 ** -n, gradient: { value, error } });
    expect([of(4, 0.03, 0.01), of(4, 0.1, 0.01)]).toEqual([true, false]);
    expect([of(4, 0.05, 0.01), of(4, 0.08, 0.01)]).toEqual([undefined, undefined]);
    for (const n of [1, 2, 3]) expect([of(n, 0, 0), of(n, 0.9, 0.01)]).toEqual([undefined, undefined]);
  });

  it("says why there is nothing to estimate", () => {
    expect(obstacle(circuit(1, gate("h", 0)), 14)).toContain("no weight");
    expect(obstacle(circuit(15, gate("ry", 0, "w[0]")), 14)).toBe("Estimated to 14 wires.");
    const mid = circuit(1, gate("ry", 0, "w[0]"), gate("h", 0), gate("measure", 0), gate("x", 0));
    expect(obstacle(mid, 14)).toContain("in the middle");
    expect(obstacle(circuit(1, gate("ry", 0, "w[0]"), gate("measure", 0)), 14)).toBeUndefined();
  });
});
