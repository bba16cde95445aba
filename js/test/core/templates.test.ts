import { describe, expect, it } from "vitest";
import type { Circuit } from "../../src/core/circuit";
import * as t from "../../src/core/templates";
import { print } from "../../src/core/text";
import { vectors } from "./helpers";

interface Row {
  readonly template: string;
  readonly n: number;
  // biome-ignore lint/suspicious/noExplicitAny: each template has arguments of its own
  readonly args: { readonly [key: string]: any };
  readonly text: string;
}

const MAKE: Record<string, (n: number, a: Row["args"]) => Circuit> = {
  angle_encoding: (n, a) => t.angleEncoding(n, a.gate),
  reuploading: (n, a) => t.reuploading(n, a.layers),
  hardware_efficient: (n, a) => t.hardwareEfficient(n, a.layers),
  real_amplitudes: (n, a) => t.realAmplitudes(n, a.reps, a.entanglement),
  efficient_su2: (n, a) => t.efficientSu2(n, a.reps, a.entanglement),
  two_local: (n, a) => t.twoLocal(n, a.gates, a.entanglers, a.reps, a.entanglement),
  z_feature_map: (n, a) => t.zFeatureMap(n, a.reps),
  zz_feature_map: (n, a) => t.zzFeatureMap(n, a.reps, a.entanglement),
  pauli_feature_map: (n, a) => t.pauliFeatureMap(n, a.paulis, a.reps, a.entanglement),
  amplitude_encoding: (_, a) => t.amplitudeEncoding(a.values),
  qaoa: (n, a) => t.qaoa(n, a.edges, a.reps),
  qcnn: (n) => t.qcnn(n),
  ghz: (n) => t.ghz(n),
  qft: (n, a) => t.qft(n, a.inverse, a.swaps),
};

describe("templates are Python's, byte for byte", () => {
  const rows = vectors<Row[]>("templates");
  it.each(Object.keys(MAKE))("%s", (name) => {
    const own = rows.filter((row) => row.template === name);
    expect(own.length).toBeGreaterThan(2);
    for (const row of own)
      expect(print(MAKE[name]!(row.n, row.args)), JSON.stringify(row.args)).toBe(row.text);
  });

  it("refuse what doesn't fit, with the cure", () => {
    expect(() => t.qcnn(6)).toThrow("can't halve 6");
    expect(() => t.twoLocal(2, ["cx"])).toThrow("cx is no gate on 1 qubit");
    expect(() => t.twoLocal(2, ["ry"], ["barrier"])).toThrow("no gate on 2 qubits");
    expect(() => t.pauliFeatureMap(2, ["ZZZ"])).toThrow("doesn't fit 2 qubits");
    expect(() => t.amplitudeEncoding([0, 0])).toThrow("all 0");
    expect(() => t.amplitudeEncoding([])).toThrow("0 amplitudes");
  });
});
