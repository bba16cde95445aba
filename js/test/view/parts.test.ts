import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { empty, nInputs, nWeights } from "../../src/core/circuit";
import { isState } from "../../src/core/simulate";
import { simulate } from "../../src/core/trajectories";
import { crc32, refusal } from "../../src/host/widget/circuitstore";
import { axis, phaseColour } from "../../src/view/amplitudes";
import { project } from "../../src/view/blochview";
import { rowsOf } from "../../src/view/codelines";
import { bytes, duration, fixed, number, thousands } from "../../src/view/format";
import { bars } from "../../src/view/simulation";
import { appended, defaults, TEMPLATES } from "../../src/view/templates";
import { searchTiles, TILES, tileName } from "../../src/view/tiles";
import { grow, startValue, withValue } from "../../src/view/trial";
import { passedBy } from "../../src/view/warn";
import { circuit, shown } from "./helpers";

describe("palette search", () => {
  it.each([
    ["cnot", "cx"],
    ["toffoli", "ccx"],
    ["ccx", "ccx"],
    ["sdg", "sdg"],
    ["v", "sx"],
    ["fredkin", "cswap"],
    ["iswap", "iswap"],
    ["meter", "measure"],
    ["anti", "anticontrol"],
    ["hadamard", "h"],
    ["echoed", "ecr"],
    ["u3", "u"],
  ])("%s finds %s first", (query, gate) => {
    expect(searchTiles(query)[0]?.gate).toBe(gate);
  });

  it("offers a rotation for data and for a weight", () => {
    expect(searchTiles("ry").slice(0, 2).map(tileName)).toEqual([
      "RY x, encode: Rotation about Y",
      "RY w, train: Rotation about Y",
    ]);
  });

  it("finds nothing for nothing and for nonsense", () => {
    expect(searchTiles("  ")).toEqual([]);
    expect(searchTiles("qwertz")).toEqual([]);
  });

  it("has no two tiles of one id", () => {
    const ids = [...TILES, ...searchTiles("c")].map((t) => t.id);
    expect(new Set(TILES.map((t) => t.id)).size).toBe(TILES.length);
    expect(ids.length).toBeGreaterThan(TILES.length);
  });
});

describe("templates", () => {
  it.each(TEMPLATES.map((t) => [t.id, t] as const))("%s fits any number of wires", (_, t) => {
    // a QCNN halves its wires, and a string of two Paulis needs two
    for (const n of t.id === "qcnn" ? [2, 4] : t.id === "pauli" ? [2, 3, 5] : [1, 2, 3, 5]) {
      const c = t.build(n, defaults(t));
      expect(c.qubits).toHaveLength(t.id === "amplitude" ? 2 : n);
      expect(isState(simulate(c, Array(nInputs(c)).fill(0.1), Array(nWeights(c)).fill(0.2)))).toBe(true);
    }
  });

  it("go behind what is there, with weights of their own", () => {
    const [angle, , real] = TEMPLATES;
    const c = appended(appended(empty(2), angle!), real!);
    expect(c.name).toBe("angle_encoding");
    expect(shown(c).slice(0, 4)).toEqual(["ry 0 x[0]", "ry 1 x[1]", "ry 0 w[0]", "ry 1 w[1]"]);
    expect(nWeights(appended(c, real!))).toBe(12);
  });
});

describe("state", () => {
  it("shows all to 64 states and the 32 largest with the rest beyond", () => {
    const of = (n: number) => simulate(circuit(n, ...Array.from({ length: n }, (_, q) => `h ${q}`)), [], []);
    const small = of(3);
    const large = of(7);
    if (!isState(small) || !isState(large)) throw new Error("too large");
    expect(bars(small).map((b) => b.bits)).toEqual(["000", "001", "010", "011", "100", "101", "110", "111"]);
    const list = bars(large);
    expect(list).toHaveLength(33);
    expect(list.at(-1)).toMatchObject({ bits: "" });
    expect(list.reduce((sum, b) => sum + b.p, 0)).toBeCloseTo(1, 12);
  });

  it("has axes that end at a round number above the largest bar", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1, noNaN: true }), (max) => {
        const { top, ticks } = axis(max);
        expect(top).toBeGreaterThanOrEqual(max - 1e-9);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks[0]).toBe(0);
      }),
    );
  });

  it("colours 0 blue and π orange, and turns without a seam", () => {
    expect(phaseColour(0)).toContain(" 255)");
    expect(phaseColour(Math.PI)).toContain(" 75)");
    expect(phaseColour(-Math.PI)).toContain(" 75)");
  });

  it("points up for 0 and down for 1", () => {
    expect(project({ x: 0, y: 0, z: 1 })[1]).toBeLessThan(0);
    expect(project({ x: 0, y: 0, z: -1 })[1]).toBeGreaterThan(0);
  });
});

describe("code rows", () => {
  const lines = ["head;", ...Array.from({ length: 8 }, (_, i) => `ry(w_${i}) q[${i}];`), "cx q[0], q[1];"];
  const ids = [null, ...Array.from({ length: 8 }, (_, i) => `g${i}`), "g8"];

  it("folds a run of alike lines", () => {
    expect(rowsOf(lines, ids, new Set(), new Set()).map((r) => [r.number, r.folded])).toEqual([
      [1, 0],
      [2, 8],
      [10, 0],
    ]);
  });

  it("never folds a line that is selected, and unfolds on demand", () => {
    const kept = rowsOf(lines, ids, new Set(), new Set(["g6"]));
    expect(kept.map((r) => r.folded)).toEqual([0, 6, 0, 0, 0]);
    expect(kept.some((r) => r.id === "g6")).toBe(true);
    expect(rowsOf(lines, ids, new Set([2]), new Set())).toHaveLength(10);
  });

  it("stands for every line exactly once", () => {
    const sum = rowsOf(lines, ids, new Set(), new Set(["g3"])).reduce((n, r) => n + Math.max(1, r.folded), 0);
    expect(sum).toBe(lines.length);
  });
});

describe("warning", () => {
  it("names what a gate was moved past, if that matters", () => {
    const before = circuit(2, "ry 0 w[0]", "cx 0 1", "rz 0 w[1]");
    const swap = (...ids: string[]) => ({
      ...before,
      ops: ids.map((id) => before.ops.find((op) => op.id === id)!),
    });
    expect(passedBy(before, swap("g2", "g1", "g3"), ["g1"]).map(([, other]) => other.id)).toEqual(["g2"]);
    expect(passedBy(before, swap("g1", "g3", "g2"), ["g3"])).toEqual([]);
  });
});

describe("trial values", () => {
  it("start spread, within range, and the same each time", () => {
    for (let i = 0; i < 200; i++) expect(Math.abs(startValue("w", i))).toBeLessThanOrEqual(1.5);
    expect(startValue("x", 3)).toBe(startValue("x", 3));
  });

  it("grow and keep what was set", () => {
    const t = withValue(grow({ x: [], w: [] }, 1, 2), "w", 1, 0.5);
    expect(grow(t, 1, 4).w.slice(0, 2)).toEqual([t.w[0], 0.5]);
    expect(grow(t, 1, 2)).toBe(t);
  });
});

describe("numbers", () => {
  it("have a real minus and groups of three", () => {
    expect([fixed(-0.5), fixed(-0.001), fixed(0.5, 3, true)]).toEqual(["−0.50", "0.00", "+0.500"]);
    expect([thousands(1500000), thousands(-1234.5)]).toEqual(["1,500,000", "−1,234.5"]);
    expect([number(0), number(1e-7), number(Number.NaN), number(12345)]).toEqual([
      "0",
      "1e−7",
      "not a number",
      "12,350",
    ]);
    expect([bytes(16e6), bytes(950), bytes(9.7e9)]).toEqual(["16 MB", "950 B", "9.7 GB"]);
    expect([duration(0.0123), duration(6.2), duration(125), duration(3700)]).toEqual([
      "12 ms",
      "6.2 s",
      "2 min 5 s",
      "1 h 1 min",
    ]);
  });
});

describe("the trait store", () => {
  it("checks texts as Python's zlib does", () => {
    expect(crc32("")).toBe(0);
    expect(crc32("123456789")).toBe(0xcbf43926);
    expect(crc32("θ[0]")).toBe(crc32("\u03b8[0]"));
  });

  it("reads a refusal, whatever it holds", () => {
    expect(refusal("")).toBeUndefined();
    expect(refusal('{"message": "m", "where": "op g1", "cure": null}')).toEqual({
      message: "m",
      where: "op g1",
      cure: undefined,
    });
    expect(refusal("plain")).toEqual({ message: "plain" });
  });
});
