import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apply } from "../../src/core/edit";
import { print } from "../../src/core/text";
import type { Source } from "../../src/view/drag";
import { type Place, plan } from "../../src/view/drop";
import { layoutOf } from "../../src/view/session";
import { TILES } from "../../src/view/tiles";
import { circuit, shown } from "./helpers";

const tile = (id: string): Source => ({ kind: "tile", tile: TILES.find((t) => t.id === id)! });
const at = (col: number, wire: number, between = false): Place => ({ col, wire, between });

function dropped(c: ReturnType<typeof circuit>, source: Source, place: Place): string[] | string {
  const result = plan(c, layoutOf(c), source, place);
  return result.ok ? shown(result.circuit) : result.reason;
}
const grab = (id: string, wire: number, col: number): Source => ({ kind: "ops", ids: [id], wire, col });

describe("drop from the palette", () => {
  it("encodes the x last used on the wire, else the wire's own; trains the next free w", () => {
    expect(dropped(circuit(3), tile("e-ry"), at(0, 2))).toEqual(["ry 2 x[2]"]);
    expect(dropped(circuit(3, "ry 2 x[7]"), tile("e-rz"), at(1, 2))).toEqual(["ry 2 x[7]", "rz 2 x[7]"]);
    expect(dropped(circuit(3, "ry 0 w[4]"), tile("t-u"), at(1, 1))).toEqual([
      "ry 0 w[4]",
      "u 1 w[5] w[6] w[7]",
    ]);
  });

  it("puts a gate before the one in the cell, behind the last one otherwise", () => {
    const c = circuit(2, "h 0", "x 0");
    expect(dropped(c, tile("f-s"), at(1, 0))).toEqual(["h 0", "s 0", "x 0"]);
    expect(dropped(c, tile("f-s"), at(5, 0))).toEqual(["h 0", "x 0", "s 0"]);
  });

  it("spreads two-wire gates downwards and refuses where there is no wire", () => {
    expect(dropped(circuit(3), tile("e-cx"), at(0, 1))).toEqual(["cx 1 2"]);
    expect(dropped(circuit(3), tile("t-rzz"), at(0, 2))).toMatch(
      /^RZZ needs two wires; q2 is the last\. Drop it on q1/,
    );
  });

  it("adds a control to the nearest gate of the column", () => {
    const c = circuit(4, "x 0", "y 3");
    expect(dropped(c, tile("e-control"), at(0, 2))).toEqual(["x 0", "cy 2 3"]);
    expect(dropped(c, tile("e-anticontrol"), at(0, 1))).toEqual(["cx 1 0", "y 3"]);
    expect(dropped(c, tile("e-control"), at(4, 1))).toMatch(/^Column 4 has no gate to control/);
  });

  it("puts a condition on a gate once a bit is measured", () => {
    expect(dropped(circuit(2, "x 0"), tile("r-if"), at(0, 0))).toMatch(
      /none is measured yet\. Measure a wire first/,
    );
    const c = circuit(2, "measure 0", "x 1");
    const result = plan(c, layoutOf(c), tile("r-if"), at(0, 1));
    expect(result.ok && result.circuit.ops[1]!.condition).toEqual({ clbits: [0], value: 1 });
  });
});

describe("drop of a gate", () => {
  const row = circuit(2, "h 0", "x 0", "y 0");

  it("changes places with the neighbour it is dropped on, either way", () => {
    expect(dropped(row, grab("g1", 0, 0), at(1, 0))).toEqual(["x 0", "h 0", "y 0"]);
    expect(dropped(row, grab("g3", 0, 2), at(1, 0))).toEqual(["h 0", "y 0", "x 0"]);
    expect(dropped(row, grab("g1", 0, 0), at(2, 0))).toEqual(["x 0", "y 0", "h 0"]);
  });

  it("goes between columns", () => {
    expect(dropped(row, grab("g1", 0, 0), at(2, 0, true))).toEqual(["x 0", "h 0", "y 0"]);
  });

  it("takes its controls along and refuses to leave the wires", () => {
    const c = circuit(3, "cx 0 1");
    expect(dropped(c, grab("g1", 1, 0), at(0, 2))).toEqual(["cx 1 2"]);
    expect(dropped(c, grab("g1", 0, 0), at(0, 2))).toMatch(/needs two wires; q2 is the last/);
  });

  it("dropped where it is changes nothing", () => {
    expect(dropped(row, grab("g2", 0, 1), at(1, 0))).toEqual(shown(row));
  });
});

describe("drop anywhere", () => {
  const anyPlace = fc.record({ col: fc.nat(6), wire: fc.nat(3), between: fc.boolean() });
  const c = circuit(4, "h 0", "cx 0 1", "ry 1 w[0]", "rzz 2 3 w[1]", "x 3", "swap 1 2");

  it("shows what it does: the preview is the command applied", () => {
    const source = fc.oneof(
      fc.constantFrom(...TILES).map((t): Source => ({ kind: "tile", tile: t })),
      fc
        .constantFrom(...layoutOf(c).items)
        .map((p): Source => ({ kind: "ops", ids: [p.id], wire: c.ops[p.index]!.qubits[0]!, col: p.col })),
    );
    fc.assert(
      fc.property(source, anyPlace, (s, place) => {
        const result = plan(c, layoutOf(c), s, place);
        if (!result.ok) {
          expect(result.reason).toMatch(/\.$/);
          return;
        }
        expect(print(apply(c, result.command))).toBe(print(result.circuit));
        for (const id of result.ids) expect(layoutOf(result.circuit).byId.has(id)).toBe(true);
      }),
    );
  });

  it("leaves the gate at the column of the drop, or further left where its wire is free", () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        const result = plan(c, layoutOf(c), tile("f-t"), place);
        expect(result.ok).toBe(true);
        if (!result.ok) return;
        expect(layoutOf(result.circuit).byId.get(result.ids[0]!)!.col).toBeLessThanOrEqual(place.col);
      }),
    );
  });
});
