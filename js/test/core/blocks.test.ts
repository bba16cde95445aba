/** Matrices and blocks: the text, the state, and every command of blocks with undo. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flattened, needed } from "../../src/core/blocks";
import { type Circuit, empty, family, nInputs, nWeights } from "../../src/core/circuit";
import { apply, blockCircuit, type Command, describe as spoken } from "../../src/core/edit";
import { CircuitError } from "../../src/core/errors";
import { create, current, push, redo, undo } from "../../src/core/history";
import { layout } from "../../src/core/layout";
import { isState, type State } from "../../src/core/simulate";
import { stats } from "../../src/core/stats";
import { parse, print } from "../../src/core/text";
import { simulate } from "../../src/core/trajectories";
import { anyGrouped, circuit, gate } from "./helpers";

const X = [0.3, -1.1, 0.7, 2.2];
const W = Array.from({ length: 13 }, (_, i) => 0.4 * i - 1);

function state(c: Circuit): State {
  const found = simulate(c, X, W);
  if (!isState(found)) throw new Error("no state");
  return found;
}
const distance = (a: State, b: State): number =>
  Math.max(...Array.from(a.re, (v, i) => Math.hypot(v - b.re[i]!, a.im[i]! - b.im[i]!)));

function refusal(c: Circuit, cmd: Command): CircuitError {
  const before = print(c);
  try {
    apply(c, cmd);
  } catch (e) {
    expect(print(c)).toBe(before);
    if (e instanceof CircuitError && e.cure) return e;
    throw e;
  }
  throw new Error("the command was legal");
}

const bell = circuit(3, gate("h", 0), gate("x", 2), gate("cx", [0, 1]), gate("ry", 2, "w[4]"), gate("z", 1));
const grouped = apply(bell, { type: "group", ids: ["g1", "g3"], name: "Bell" });

describe("text", () => {
  it("of matrices and blocks is undone by parse, exactly", () => {
    fc.assert(
      fc.property(anyGrouped(6, 12), (c) => {
        expect(parse(print(c))).toEqual(c);
        expect(print(parse(print(c)))).toBe(print(c));
      }),
      { numRuns: 300 },
    );
  });

  it("throws nothing but CircuitError, wherever it is cut or spoilt", () => {
    fc.assert(
      fc.property(anyGrouped(4, 5), fc.nat(), fc.constantFrom("", "0", "[", "}", '"', "-1"), (c, at, put) => {
        const text = print(c);
        const k = at % text.length;
        try {
          parse(text.slice(0, k) + put + text.slice(k + 1));
        } catch (e) {
          expect(e).toBeInstanceOf(CircuitError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("group and ungroup", () => {
  it("take the place of the gates, and give them back", () => {
    expect(grouped.ops.map((op) => `${op.id} ${op.gate} ${op.qubits}`)).toEqual([
      "g2 x 2",
      "g6 block:Bell 0,1",
      "g4 ry 2",
      "g5 z 1",
    ]);
    const back = apply(grouped, { type: "ungroup", id: "g6" });
    expect(back.blocks).toBeUndefined();
    expect([...back.ops].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(bell.ops);
    expect(spoken(bell, { type: "group", ids: ["g1", "g3"], name: "Bell" })).toBe(
      "2 gates grouped as Bell. Depth 3.",
    );
    expect(spoken(grouped, { type: "ungroup", id: "g6" })).toBe("Bell ungrouped: 2 gates. Depth 3.");
  });

  it("keep the state, and so does writing out", () => {
    fc.assert(
      fc.property(anyGrouped(5, 8), (c) => {
        const flat = flattened(c);
        expect(flat.circuit.blocks).toBeUndefined();
        expect(distance(state(c), state(flat.circuit))).toBeLessThan(1e-9);
        for (const op of flat.circuit.ops)
          expect(c.ops.some((o) => o.id === (flat.origin.get(op.id) ?? op.id))).toBe(true);
        expect(stats(c)).toEqual(stats(flat.circuit));
        let open = c;
        for (let i = 0; i < 3; i++) {
          const instance = open.ops.find((op) => op.gate.startsWith("block:"));
          if (instance) open = apply(open, { type: "ungroup", id: instance.id });
        }
        expect(distance(state(c), state(open))).toBeLessThan(1e-9);
      }),
      { numRuns: 150 },
    );
  });

  it("name what must stay between, and what can't be in a block", () => {
    const c = circuit(2, gate("h", 0), gate("cx", [0, 1]), gate("x", 1), gate("measure", 0));
    const between = refusal(c, { type: "group", ids: ["g1", "g3"], name: "A" });
    expect([between.message, between.opId]).toEqual([
      "op g2 must stay between the operations to be grouped",
      "g2",
    ]);
    expect(refusal(c, { type: "group", ids: ["g4"], name: "A" }).message).toBe("measure can't be in a block");
    expect(refusal(c, { type: "group", ids: [], name: "A" }).message).toMatch(/no operation/);
    expect(refusal(grouped, { type: "group", ids: ["g2"], name: "Bell" }).message).toMatch(/already a block/);
    expect(refusal(grouped, { type: "ungroup", id: "g2" }).message).toBe("op g2 (x) is no block");
  });
});

describe("definitions", () => {
  const two = apply(grouped, {
    type: "insert",
    op: gate("block:Bell", [2, 1], [], { controls: [0] }),
    at: 4,
  });
  const inner = apply(blockCircuit(two, "Bell"), { type: "insert", op: gate("ry", 1, "x[2]*w[7]"), at: 2 });
  const edited = apply(two, { type: "define", name: "Bell", definition: inner });

  it("are followed by all instances", () => {
    expect(stats(edited).counts).toEqual({ x: 1, h: 1, cx: 1, ry: 2, z: 1, ch: 1, ccx: 1, cry: 1 });
    expect([nInputs(edited), nWeights(edited)]).toEqual([3, 8]);
    const instance = edited.ops.find((op) => op.gate === "block:Bell")!;
    expect(family(instance, edited.blocks)).toBe("mixed");
    expect(layout(edited).byId.get(instance.id)).toMatchObject({
      kind: "box",
      label: "Bell",
      family: "mixed",
    });
    expect(parse(print(edited))).toEqual(edited);
  });

  it("refuse what no longer fits, recursion, and removal while used", () => {
    const wide = { ...empty(3), ops: [] };
    const misfit = refusal(two, { type: "define", name: "Bell", definition: wide });
    expect([misfit.message, misfit.opId]).toEqual(["block Bell acts on 3 qubits, got 2", "g6"]);
    const itself = { ...blockCircuit(two, "Bell"), ops: [{ ...two.ops.find((op) => op.id === "g6")! }] };
    expect(refusal(two, { type: "define", name: "Bell", definition: itself })).toMatchObject({
      message: "block Bell contains itself",
      block: "Bell",
    });
    expect(refusal(two, { type: "undefine", name: "Bell" }).message).toBe("block Bell is used by op g6");
    const bit = circuit(2, gate("measure", 0));
    expect(refusal(two, { type: "define", name: "M", definition: bit })).toMatchObject({
      block: "M",
      where: "block M, op g1, field gate",
    });
  });

  it("are kept without an instance, renamed everywhere, and copied with what they need", () => {
    const none = apply(two, { type: "remove", ids: ["g6", "g7"] });
    expect(none.blocks).toHaveLength(1);
    expect(apply(none, { type: "undefine", name: "Bell" }).blocks).toBeUndefined();
    const renamed = apply(two, { type: "renameBlock", name: "Bell", to: "Paar" });
    expect(renamed.ops.filter((op) => op.gate === "block:Paar")).toHaveLength(2);
    expect(distance(state(renamed), state(two))).toBe(0);
    const outer = apply(two, { type: "group", ids: ["g6", "g2"], name: "Outer" });
    const instance = outer.ops.filter((op) => op.gate === "block:Outer");
    expect(needed(instance, outer.blocks!).map((b) => b.name)).toEqual(["Bell", "Outer"]);
  });

  it("undo and redo byte for byte", () => {
    const steps: Command[] = [
      { type: "group", ids: ["g1", "g3"], name: "A" },
      { type: "define", name: "A", definition: circuit(2, gate("swap", [0, 1]), gate("ry", 0, "w[3]")) },
      { type: "renameBlock", name: "A", to: "B" },
      { type: "group", ids: ["g6", "g4"], name: "C" },
      { type: "ungroup", id: "g7" },
    ];
    let c = bell;
    let h = create(print(c));
    const texts = [print(c)];
    for (const cmd of steps) {
      expect(spoken(c, cmd)).toBeTruthy();
      c = apply(c, cmd);
      texts.push(print(c));
      h = push(h, print(c));
    }
    for (const text of texts.toReversed()) {
      expect(current(h)).toBe(text);
      h = undo(h);
    }
    for (const text of texts) {
      expect(current(h)).toBe(text);
      h = redo(h);
    }
  });
});

describe("matrices", () => {
  it("are inserted, controlled and drawn as one box with ports", () => {
    const swap = [0, 2, 1, 3].map((k) => [0, 1, 2, 3].map((i) => [i === k ? 1 : 0, 0] as const));
    const c = circuit(3, gate("h", 0), { gate: "unitary", qubits: [2, 1], matrix: swap, label: "SW" });
    const controlled = apply(c, { type: "control", id: "g2", wire: 0, anti: false });
    const fredkin = circuit(3, gate("h", 0), gate("cswap", [0, 2, 1]));
    expect(distance(state(controlled), state(fredkin))).toBe(0);
    const item = layout(controlled).byId.get("g2")!;
    expect([item.label, item.boxes.length, item.ports.length, item.dots.length]).toEqual(["SW", 1, 2, 1]);
    expect(refusal(c, { type: "qubits", id: "g2", qubits: [0] })).toMatchObject({
      field: "matrix",
      opId: "g2",
    });
    expect(stats(controlled).counts).toEqual({ h: 1, cunitary: 1 });
  });
});
