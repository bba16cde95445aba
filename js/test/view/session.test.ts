import { describe, expect, it } from "vitest";
import { print } from "../../src/core/text";
import { chain, nudge, placeAt } from "../../src/view/place";
import { Session } from "../../src/view/session";
import { circuit, fakeStore, read, session, shown } from "./helpers";

const fill = (gate: string, param: "" | "x" | "w") => ({ gate, param, fill: true, marks: [] });

describe("session", () => {
  it("sends one canonical text for each command", () => {
    const { s, store } = session(circuit(2));
    s.run({ type: "insert", op: { gate: "h", qubits: [0] }, at: 0 });
    expect(store.texts).toEqual([print(s.circuit)]);
    expect(s.spoken).toBe("H added, q0, column 0. Depth 1.");
  });

  it("refuses with a note and changes nothing", () => {
    const { s, store } = session(circuit(2));
    expect(s.run({ type: "insert", op: { gate: "rzz", qubits: [1, 2] }, at: 0 })).toBe(false);
    expect(store.texts).toEqual([]);
    expect(s.note?.text).toMatch(/add a wire/i);
  });

  it("undoes everything back to the first text, byte for byte, and redoes it", () => {
    const first = circuit(3, "h 0");
    const { s, store } = session(first);
    s.run({ type: "insert", op: { gate: "x", qubits: [1] }, at: 1 });
    s.run({ type: "renameWire", wire: 2, name: "anc" });
    s.run({ type: "removeWire", wire: 2 });
    const last = store.get();
    while (s.canUndo) s.undo();
    expect(store.get()).toBe(print(first));
    while (s.canRedo) s.redo();
    expect(store.get()).toBe(last);
  });

  it("joins one typing burst to one step", () => {
    const { s } = session(circuit(1, "ry 0 w[0]"));
    const key = s.burst("angle");
    for (const text of ["2", "2*w[0]", "2*w[0]+pi"]) s.run({ type: "params", id: "g1", params: [text] }, key);
    s.undo();
    expect(shown(s.circuit)).toEqual(["ry 0 w[0]"]);
  });

  it("takes a change from outside as a step that can be undone", () => {
    const { s, store } = session(circuit(1, "h 0"));
    store.put(print(circuit(1, "x 0")));
    expect(shown(s.circuit)).toEqual(["x 0"]);
    s.undo();
    expect(read(store)).toEqual(["h 0"]);
  });

  it("keeps the drawing when the text breaks, locks editing, and mends itself", () => {
    const { s, store } = session(circuit(1, "h 0"));
    store.put("{bad");
    expect(shown(s.circuit)).toEqual(["h 0"]);
    expect(s.note?.text).toMatch(/line 1, column 2.*last good text/);
    expect(s.run({ type: "rename", name: "b" })).toBe(true);
    expect(store.texts).toEqual([]);
    store.put(print(circuit(1, "z 0")));
    expect(s.locked).toBeUndefined();
    expect(shown(s.circuit)).toEqual(["z 0"]);
  });

  it("opens on a broken text without overwriting it", () => {
    const store = fakeStore("not json");
    const s = new Session(store, new AbortController().signal);
    expect(s.locked).toBeDefined();
    s.run({ type: "addWire" });
    expect(store.get()).toBe("not json");
  });

  it("says why Python refused", () => {
    const { s, store } = session(circuit(1, "h 0"));
    store.put(store.get(), { message: "the exponent is too large", where: "op g3", cure: "use 16" });
    expect(s.note?.text).toBe("Python refused the circuit: the exponent is too large (at op g3). Use 16.");
  });

  it("changes nothing while it is locked", () => {
    const { s, store } = session(circuit(1, "h 0"));
    store.lock = "This designer is read-only";
    s.run({ type: "addWire" });
    s.undo();
    expect(store.texts).toEqual([]);
  });

  it("keeps trial values out of the text", () => {
    const { s, store } = session(circuit(1, "ry 0 w[3]"));
    expect(s.trial.w).toHaveLength(4);
    s.setTrial("w", 3, 1.25);
    expect(s.trial.w[3]).toBe(1.25);
    expect(store.texts).toEqual([]);
  });

  it("forgets what a removed gate was selected for", () => {
    const { s } = session(circuit(2, "h 0", "x 1"));
    s.select(["g1", "g2"]);
    s.run({ type: "remove", ids: ["g1"] });
    expect(s.selection).toEqual(["g2"]);
  });

  it("stops listening when its signal ends", () => {
    const { s, store, end } = session(circuit(1, "h 0"));
    end.abort();
    store.put(print(circuit(1, "x 0")));
    expect(shown(s.circuit)).toEqual(["h 0"]);
  });
});

describe("placing", () => {
  it("builds two layers on four wires with six placements", () => {
    const { s } = session(circuit(4));
    for (let layer = 0; layer < 2; layer++) {
      placeAt(s, fill("ry", "x"));
      placeAt(s, fill("ry", "w"));
      chain(s, false);
    }
    const layer = (k: number) => [
      ...[0, 1, 2, 3].map((q) => `ry ${q} x[${q}]`),
      ...[0, 1, 2, 3].map((q) => `ry ${q} w[${4 * k + q}]`),
      "cx 0 1",
      "cx 1 2",
      "cx 2 3",
    ];
    expect(shown(s.circuit)).toEqual([...layer(0), ...layer(1)]);
    for (let i = 0; i < 6; i++) s.undo();
    expect(s.circuit.ops).toEqual([]);
  });

  it("puts controls that were marked on the way", () => {
    const { s } = session(circuit(3));
    s.setCursor({ col: 0, wire: 2 });
    const marks = [
      { wire: 0, anti: false },
      { wire: 1, anti: true },
    ];
    placeAt(s, { gate: "x", param: "", fill: false, marks });
    expect(shown(s.circuit)).toEqual(["ccx 0 1 2"]);
    expect(s.circuit.ops[0]!.anticontrols).toEqual([1]);
  });

  it("moves the cursor one wire down, and on to the next column after the last", () => {
    const { s } = session(circuit(2));
    const h = { gate: "h", param: "", fill: false, marks: [] } as const;
    placeAt(s, h);
    expect(s.cursor).toEqual({ col: 0, wire: 1 });
    placeAt(s, h);
    expect(s.cursor).toEqual({ col: 1, wire: 0 });
  });

  it("nudges a gate past its neighbour and to another wire", () => {
    const { s } = session(circuit(2, "h 0", "x 0"));
    s.select(["g1"]);
    nudge(s, 1, 0);
    expect(shown(s.circuit)).toEqual(["x 0", "h 0"]);
    nudge(s, -1, 0);
    expect(shown(s.circuit)).toEqual(["h 0", "x 0"]);
    nudge(s, 0, 1);
    expect(shown(s.circuit)).toContain("h 1");
    nudge(s, 0, 1);
    expect(s.note?.kind).toBe("err");
  });
});
