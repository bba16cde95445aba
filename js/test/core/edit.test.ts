import fc from "fast-check";
import { expect, describe as group, it } from "vitest";
import type { Circuit } from "../../src/core/circuit";
import { apply, type Command, describe, insertIndex } from "../../src/core/edit";
import { CircuitError, sentence } from "../../src/core/errors";
import { canUndo, create, current, push, redo, undo } from "../../src/core/history";
import { layout } from "../../src/core/layout";
import { parse, print } from "../../src/core/text";
import { anyCircuit, anyOp, circuit, gate } from "./helpers";

const lines = (c: Circuit): string[] =>
  c.ops.map((op) => `${op.id} ${op.gate} ${op.controls.join("")}>${op.qubits.join("")}`);
function refusal(c: Circuit, cmd: Command): string {
  const before = print(c);
  try {
    apply(c, cmd);
  } catch (e) {
    expect(print(c)).toBe(before);
    if (e instanceof CircuitError) return sentence(e);
  }
  throw new Error("the command was legal");
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value === "object" && value !== null) for (const v of Object.values(value)) deepFreeze(v);
  return Object.freeze(value);
};

group("insert", () => {
  it("normalises aliases and gives the next id", () => {
    expect(lines(circuit(3, gate("cx", [0, 1]), gate("toffoli", [2, 0, 1]), gate("mcz", [0, 1, 2])))).toEqual(
      ["g1 x 0>1", "g2 x 02>1", "g3 z 01>2"],
    );
  });

  it("finds a bit for a measurement, or adds one", () => {
    const c = circuit(2, gate("measure", 0), gate("measure", 1));
    expect(c.clbits).toEqual(["c0", "c1"]);
    expect(c.ops.map((op) => op.clbits)).toEqual([[0], [1]]);
  });

  it("says what doesn't fit and the cure", () => {
    const c = circuit(2);
    expect(refusal(c, { type: "insert", op: gate("rzz", [1, 2], "pi"), at: 0 })).toBe(
      "RZZ needs two wires; q1 is the last. Drop it on q0, or add a wire.",
    );
    expect(refusal(circuit(1), { type: "insert", op: gate("cx", [0, 1]), at: 0 })).toBe(
      "X needs two wires; q0 is the last. Add a wire.",
    );
    expect(refusal(c, { type: "insert", op: gate("foo", [0]), at: 0 })).toMatch(/is not a gate/);
    expect(refusal(c, { type: "insert", op: gate("x", [0], [], { controls: [0] }), at: 0 })).toMatch(
      /used twice/,
    );
  });
});

group("other commands", () => {
  const c = circuit(
    4,
    gate("h", 0),
    gate("cx", [0, 1]),
    gate("ry", 2, "w[5]"),
    gate("barrier", [0, 1, 2, 3]),
  );

  it("moves a selection as it is", () => {
    expect(lines(apply(c, { type: "move", ids: ["g1", "g2"], at: 3, dWire: 1 }))).toEqual([
      "g3 ry >2",
      "g1 h >1",
      "g2 x 1>2",
      "g4 barrier >0123",
    ]);
    expect(refusal(c, { type: "move", ids: ["g2"], at: 0, dWire: 3 })).toBe(
      "X needs two wires; q3 is the last. Drop it on q2, or add a wire.",
    );
    expect(refusal(c, { type: "move", ids: ["g2"], at: 0, dWire: -1 })).toMatch(/q0 is the first/);
    expect(apply(c, { type: "move", ids: ["g2"], at: 1, dWire: 0 })).toEqual(c);
  });

  it("duplicates behind the last of them", () => {
    expect(lines(apply(c, { type: "duplicate", ids: ["g1", "g3"] }))).toEqual([
      "g1 h >0",
      "g2 x 0>1",
      "g3 ry >2",
      "g5 h >0",
      "g6 ry >2",
      "g4 barrier >0123",
    ]);
  });

  it("adds, turns and removes controls", () => {
    const one = apply(c, { type: "control", id: "g3", wire: 3, anti: true });
    expect(one.ops[2]!.anticontrols).toEqual([3]);
    const other = apply(one, { type: "control", id: "g3", wire: 3, anti: false });
    expect([other.ops[2]!.controls, other.ops[2]!.anticontrols]).toEqual([[3], []]);
    expect(apply(other, { type: "uncontrol", id: "g3", wire: 3 })).toEqual(c);
    expect(refusal(c, { type: "control", id: "g1", wire: 0, anti: false })).toBe(
      "Wire q0 is a target of H. Put the control on another wire.",
    );
    expect(refusal(c, { type: "control", id: "g4", wire: 0, anti: false })).toMatch(/target/);
    expect(refusal(c, { type: "uncontrol", id: "g1", wire: 1 })).toMatch(/not a control/);
  });

  it("adds wires in the middle and removes them again", () => {
    const more = apply(c, { type: "addWire", at: 1, name: "a" });
    expect(more.qubits).toEqual(["q0", "a", "q1", "q2", "q3"]);
    expect(more.ops[1]!.qubits).toEqual([2]);
    expect(apply(more, { type: "removeWire", wire: 1 })).toEqual(c);
    expect(apply(c, { type: "addWire" }).qubits.at(-1)).toBe("q4");
  });

  it("removes a used wire only by force; barriers shrink", () => {
    expect(refusal(c, { type: "removeWire", wire: 1 })).toBe(
      "Wire q1 has one gate on it. Remove or move it first.",
    );
    const less = apply(c, { type: "removeWire", wire: 1, force: true });
    expect(lines(less)).toEqual(["g1 h >0", "g3 ry >1", "g4 barrier >012"]);
    expect(refusal(circuit(1), { type: "removeWire", wire: 0 })).toMatch(/the only one/);
  });

  it("moves a wire with its gates, and back", () => {
    const moved = apply(c, { type: "moveWire", wire: 0, to: 2 });
    expect(moved.qubits).toEqual(["q1", "q2", "q0", "q3"]);
    expect(moved.ops[0]!.qubits).toEqual(c.ops[0]!.qubits.map((q) => (q === 0 ? 2 : q <= 2 ? q - 1 : q)));
    expect(apply(moved, { type: "moveWire", wire: 2, to: 0 })).toEqual(c);
    expect(refusal(c, { type: "moveWire", wire: 9, to: 0 })).toMatch(/no wire 9/);
  });

  it("renames within the rules", () => {
    expect(apply(c, { type: "renameWire", wire: 1, name: "anc" }).qubits[1]).toBe("anc");
    expect(refusal(c, { type: "renameWire", wire: 1, name: "q0" })).toMatch(/two wires/i);
    expect(refusal(c, { type: "renameWire", wire: 1, name: "a\nb" })).toMatch(/not valid/);
    expect(refusal(c, { type: "rename", name: "" })).toMatch(/not valid/);
  });

  it("edits angles, with the column of an error", () => {
    expect(lines(apply(c, { type: "params", id: "g3", params: ["2 * w[5]"] }))[2]).toBe("g3 ry >2");
    try {
      apply(c, { type: "params", id: "g3", params: ["2*"] });
      expect.unreachable();
    } catch (e) {
      expect(e).toMatchObject({
        where: "op g3, field params[0], column 3",
        column: 3,
        opId: "g3",
        field: "params[0]",
      });
    }
    expect(refusal(c, { type: "params", id: "g1", params: ["1"] })).toMatch(/needs no angles/);
    expect(refusal(c, { type: "remove", ids: ["g9"] })).toMatch(/no operation g9/);
  });
});

group("describe", () => {
  const c = circuit(3, gate("h", 2), gate("x", 2));
  it.each<[Command, string]>([
    [{ type: "insert", op: gate("ry", 2, "w[5]"), at: 2 }, "RY w[5] added, q2, column 2. Depth 3."],
    [{ type: "insert", op: gate("cx", [0, 1]), at: 2 }, "CX added, q1, column 0. Depth 2."],
    [{ type: "move", ids: ["g1"], at: 2, dWire: -1 }, "H moved to q1, column 0. Depth 1."],
    [{ type: "remove", ids: ["g1"] }, "H removed, q2. Depth 1."],
    [{ type: "remove", ids: ["g1", "g2"] }, "2 gates removed. Depth 0."],
    [{ type: "addWire" }, "Wire q3 added. 4 wires."],
    [{ type: "control", id: "g2", wire: 0, anti: false }, "Control added on q0: CX, q2, column 1. Depth 2."],
  ])("%o", (cmd, text) => expect(describe(c, cmd)).toBe(text));
});

group("insertIndex", () => {
  it("lands in the column aimed at, or slides left", () => {
    const c = circuit(2, gate("h", 0), gate("x", 0), gate("y", 0));
    const l = layout(c);
    expect([0, 1, 2, 3, 9].map((col) => insertIndex(l, c, [0], col))).toEqual([0, 1, 2, 3, 3]);
    expect([0, 5].map((col) => insertIndex(l, c, [1], col))).toEqual([3, 3]);
  });

  it("is the nearest possible column, and with col nothing jumps over the new gate", () => {
    fc.assert(
      fc.property(anyCircuit(5, 15), fc.nat(12), fc.nat(4), fc.nat(4), (c, col, a, b) => {
        const n = c.qubits.length;
        const wires = [...new Set([a % n, b % n])];
        const op = wires.length === 2 ? gate("swap", wires) : gate("h", wires);
        const before = layout(c);
        const at = insertIndex(before, c, wires, col);
        const landed = (index: number): number => {
          const after = apply(c, { type: "insert", op: { ...op, id: "new" }, at: index });
          return layout(after).byId.get("new")!.col;
        };
        const reachable = c.ops.map((_, i) => landed(i)).concat(landed(c.ops.length));
        expect(landed(at)).toBe(Math.max(...reachable.filter((k) => k <= col)));

        const lifted = layout(apply(c, { type: "insert", op: { ...op, id: "new" }, at, col }));
        const mine = lifted.byId.get("new")!.col;
        expect(mine).toBeLessThanOrEqual(col);
        for (const old of before.items) {
          const now = lifted.byId.get(old.id)!;
          if (old.col < col) expect(now.col).toBe(old.col);
          else expect(now.col).toBeGreaterThanOrEqual(old.col);
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** A command that may or may not be legal, drawn for a circuit by dice. */
const anyCommand = (
  c: Circuit,
  dice: readonly number[],
  op: Extract<Command, { type: "insert" }>["op"],
): Command => {
  const [kind, a, b, d] = dice as [number, number, number, number];
  const id = c.ops.length > 0 ? c.ops[a % c.ops.length]!.id : "g1";
  const ids = c.ops.filter((_, i) => (b >> (i % 8)) & 1).map((o) => o.id);
  const wire = d % (c.qubits.length + 1);
  const all: Command[] = [
    { type: "insert", op, at: a },
    { type: "insert", op, at: a % (c.ops.length + 1), col: b % 6 },
    { type: "move", ids, at: a % (c.ops.length + 1), dWire: (d % 3) - 1 },
    { type: "move", ids, at: a % (c.ops.length + 1), dWire: 0, col: b % 6 },
    { type: "remove", ids: [id] },
    { type: "duplicate", ids },
    { type: "params", id, params: ["x[0] * 2"] },
    { type: "control", id, wire, anti: b % 2 === 0 },
    { type: "uncontrol", id, wire },
    { type: "condition", id, condition: b % 2 === 0 ? null : { clbits: [0], value: 1 } },
    { type: "qubits", id, qubits: [wire] },
    { type: "addWire", at: wire },
    { type: "removeWire", wire, force: b % 2 === 0 },
    { type: "renameWire", wire, name: `n${a}` },
    { type: "rename", name: `c${a}` },
  ];
  return all[kind % all.length]!;
};

group("random commands", () => {
  it("never change their argument; undo and redo give the texts back byte for byte; every text is canonical", () => {
    let done = 0;
    const step = fc.tuple(fc.array(fc.nat(999), { minLength: 4, maxLength: 4 }), anyOp(3, 1));
    fc.assert(
      fc.property(anyCircuit(4, 6), fc.array(step, { minLength: 20, maxLength: 20 }), (start, steps) => {
        let c = deepFreeze(start);
        let h = create(print(c));
        const texts = [print(c)];
        for (const [dice, op] of steps) {
          const cmd = anyCommand(c, dice, op);
          try {
            c = deepFreeze(apply(c, cmd));
            describe(parse(texts.at(-1)!), cmd);
          } catch (e) {
            if (!(e instanceof CircuitError)) throw e;
            expect(e.cure, e.message).toBeTruthy();
            continue;
          }
          done += 1;
          const text = print(c);
          expect(print(parse(text))).toBe(text);
          expect(parse(text)).toEqual(c);
          h = push(h, text);
          if (text !== texts.at(-1)) texts.push(text);
        }
        for (const text of texts.toReversed()) {
          expect(current(h)).toBe(text);
          h = undo(h);
        }
        for (const text of texts) {
          expect(current(h)).toBe(text);
          h = redo(h);
        }
      }),
      { numRuns: 250 },
    );
    expect(done).toBeGreaterThan(2000);
  });

  it("10,000 of them in one history: undo all is the start, redo all the end", () => {
    const dice = fc.array(fc.nat(999), { minLength: 4, maxLength: 4 });
    const drawn = fc.sample(fc.tuple(dice, anyOp(3, 1)), { numRuns: 32_000, seed: 4 });
    let c = circuit(4, gate("h", 0), gate("cx", [0, 1]));
    const start = print(c);
    let h = create(start);
    let done = 0;
    for (const [numbers, op] of drawn) {
      if (done === 10_000) break;
      const long = c.ops.length > 16 ? c.ops.slice(8).map((one) => one.id) : undefined;
      try {
        c = apply(c, long ? { type: "remove", ids: long } : anyCommand(c, numbers, op));
      } catch (e) {
        if (!(e instanceof CircuitError)) throw e;
        continue;
      }
      const next = push(h, print(c));
      if (next !== h) done += 1;
      h = next;
    }
    expect(done).toBe(10_000);
    const end = current(h);
    let steps = 0;
    for (let before = undo(h); before !== h; before = undo(h)) {
      h = before;
      steps += 1;
    }
    expect([steps, current(h)]).toEqual([10_000, start]);
    for (let after = redo(h); after !== h; after = redo(h)) h = after;
    expect(current(h)).toBe(end);
  });
});

group("history", () => {
  it("merges one gesture, keeps none that returns", () => {
    let h = create("a");
    /** All texts before this one, and this one. */
    const list = (at: typeof h): string[] => (canUndo(at) ? [...list(undo(at)), current(at)] : [current(at)]);
    for (const t of ["b", "c", "d"]) h = push(h, t, "slider");
    expect(list(h)).toEqual(["a", "d"]);
    h = push(h, "e", "other");
    expect(list(h)).toEqual(["a", "d", "e"]);
    h = push(push(h, "f", "drag"), "e", "drag");
    expect(list(h)).toEqual(["a", "d", "e"]);
    expect(push(h, "e")).toBe(h);
    h = push(undo(undo(h)), "z");
    expect(list(h)).toEqual(["a", "z"]);
    expect(redo(h)).toBe(h);
  });
});
