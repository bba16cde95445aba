import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellText, decimals, decodePage, type Page } from "../../src/view/datapage";
import { reduced } from "../../src/view/dataqubits";
import { inputs, moved, roleOf } from "../../src/view/dataroles";
import {
  type Area,
  type Place,
  rowAt,
  scrolled,
  scrollHeight,
  scrollTo,
  stuck,
  TALLEST,
} from "../../src/view/datascroll";
import { choice, column } from "./helpers";

// The same block as in tests/widgets/test_data.py.
const VECTOR =
  "AAAAAAAA8D8AAAAAAAD4fwAAAAAAAATAAAAAAAMAAAADAAAABQAAAAABAGHDn8OpAAAAAAQAAAAEAAAACQAAAAABAFRydWVGYWxzZQAAAAA=";

describe("a page", () => {
  it("is decoded as the kernel packed it, wherever its buffer begins", () => {
    const bytes = Buffer.from(VECTOR, "base64");
    const shifted = new Uint8Array(bytes.length + 8);
    shifted.set(bytes, 8);
    const message = {
      type: "page" as const,
      hash: "h",
      id: 1,
      from: 40,
      n: 3,
      columns: [
        { kind: "number" as const, at: 0 },
        { kind: "text" as const, at: 24 },
        { kind: "text" as const, at: 48 },
      ],
    };
    const page = decodePage(message, new DataView(shifted.buffer, 8));
    expect([page.from, page.n, page.columns]).toEqual([40, 3, 3]);
    expect([0, 1, 2].map((c) => [0, 1, 2].map((i) => page.cell(c, i)))).toEqual([
      [1, null, -2.5],
      ["aß", null, "é"],
      ["True", null, "False"],
    ]);
    expect([page.cell(0, 3), page.cell(0, -1), page.cell(9, 0)]).toEqual([null, null, null]);
    expect([page.row(2), page.pixels(0)]).toEqual([42, null]);
  });

  it("knows the rows of a sorted page and their pictures", () => {
    const block = new DataView(new ArrayBuffer(8 + 2 * 6), 0);
    block.setUint32(0, 7, true);
    block.setUint32(4, 3, true);
    for (let i = 0; i < 12; i++) block.setUint8(8 + i, 20 * i);
    const image = { at: 8, width: 3, height: 2 };
    const about = { type: "page" as const, hash: "h", id: 1, from: 0, n: 2, columns: [], rows: 0, image };
    const page = decodePage(about, block);
    expect([page.row(0), page.row(1)]).toEqual([7, 3]);
    expect([...(page.pixels(1) ?? [])]).toEqual([120, 140, 160, 180, 200, 220]);
    expect(page.pixels(2)).toBeNull();
  });

  it("shows a column with the decimals it needs", () => {
    expect(decimals(of([1, 2, null]), 0)).toBe(0);
    expect(decimals(of([18.7, 18]), 0)).toBe(1);
    expect(decimals(of([18.7, 18]), 0, 3)).toBe(3);
    expect(decimals(of([0.1234567]), 0)).toBe(4);
    expect(decimals(of([1e-9]), 0)).toBe(4);
    expect(cellText(3750, 0, "mass")).toBe("3,750");
    expect(cellText(2007, 0, "year")).toBe("2007");
    expect(cellText(-18, 1, "x")).toBe("−18.0");
    expect(cellText(1e12, 0, "x")).toBe("1000000000000");
  });
});

const of = (values: readonly (number | null)[]): Page => ({
  from: 0,
  n: values.length,
  columns: 1,
  cell: (_c, i) => values[i] ?? null,
  row: (i) => i,
  pixels: () => null,
});

describe("the scroll position", () => {
  const area = (rows: number): Area => ({ rows, rowHeight: 28, view: 364 });

  it.each([0, 1, 13, 344, 285_714, 1_500_000, 100_000_000])("reaches every row of %i", (rows) => {
    const a = area(rows);
    const room = scrollHeight(rows, 28) - a.view;
    expect(scrollHeight(rows, 28)).toBeLessThanOrEqual(TALLEST);
    expect(rowAt(0, a)).toBe(0);
    expect(rowAt(Math.max(0, room), a)).toBeCloseTo(Math.max(0, rows - a.view / 28), 3);
    for (const row of [0, 5, Math.floor(rows / 2), rows - 20])
      if (row >= 0 && row < rows - 20) expect(rowAt(scrollTo(row, a), a)).toBeCloseTo(row, 3);
  });

  it("moves by true pixels with the wheel, however many rows there are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 100_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.integer({ min: -900, max: 900 }), { maxLength: 40 }),
        (rows, share, wheel) => {
          const a = area(rows);
          const last = Math.max(0, rows - a.view / 28);
          let place = { row: share * last, top: scrollTo(share * last, a) };
          for (const by of wheel) {
            const room = scrollHeight(rows, 28) - a.view;
            const before = place;
            const top = Math.min(room, Math.max(0, place.top + by)); // as a browser bounds it
            place = scrolled(place, top, a);
            const expected = Math.min(last, Math.max(0, before.row + (top - before.top) / 28));
            expect(place.row).toBeCloseTo(expected, 4);
            if (stuck(place, a)) place = { row: place.row, top: scrollTo(place.row, a) };
            expect(stuck(place, a) && place.top !== scrollTo(place.row, a)).toBe(false);
          }
        },
      ),
    );
  });

  it("takes a dragged thumb as a share of the rows, and the wheel still reaches both ends", () => {
    const a = area(1_500_000);
    const half = scrolled({ row: 0, top: 0 }, (TALLEST - a.view) / 2, a);
    expect(half.row).toBeCloseTo((1_500_000 - 13) / 2, 0);
    for (const [start, by, end] of [
      [100, -100, 0],
      [1_499_800, 100, 1_500_000 - 13],
    ] as const) {
      let place: Place = { row: start, top: scrollTo(start, a) };
      let turns = 0;
      for (; Math.abs(place.row - end) > 1e-6 && turns < 60; turns++)
        place = scrolled(place, Math.min(TALLEST - a.view, Math.max(0, place.top + by)), a);
      expect(place.row).toBeCloseTo(end, 6);
      expect(turns).toBe(Math.ceil((Math.abs(end - start) * 28) / 100));
    }
  });
});

describe("roles", () => {
  const columns = [
    column("a"),
    column("w", { type: "text", unique: 3 }),
    column("b"),
    column("t", { type: "text", unique: 2 }),
  ];
  it("number the inputs in the order of the features", () => {
    const c = choice({ target: "y", columns: ["a", "w", "t", "b"] });
    expect(["a", "w", "t", "b"].map((n) => inputs(n, c, columns))).toEqual([
      "x[0]",
      "x[1…3]",
      "x[4]",
      "x[5]",
    ]);
    expect(inputs("a", choice({ columns: ["a"], reduce: "pca" }), columns)).toBe("x");
    expect(["y", "a", "z"].map((n) => roleOf(n, c))).toEqual(["y", "x", "off"]);
  });
  it("a feature moves to another place, and no further than the ends", () => {
    const names = ["a", "b", "c"];
    expect(moved(names, "a", 1)).toEqual(["b", "a", "c"]);
    expect(moved(names, "c", -2)).toEqual(["c", "a", "b"]);
    expect(moved(names, "a", -1)).toBe(names);
    expect(moved(names, "z", 1)).toBe(names);
  });
  it("a reduction starts with a number of qubits it can give", () => {
    const plan = { qubits: 61, classes: [0, 1, 2] } as never;
    expect(reduced("", choice({ reduce: "pca", qubits: 3 }), plan)).toEqual({ reduce: null, qubits: null });
    expect(reduced("pca", choice({}), plan)).toEqual({ reduce: "pca", qubits: 4 });
    expect(reduced("lda", choice({ qubits: 8, reduce: "pca" }), plan)).toEqual({ reduce: "lda", qubits: 2 });
    expect(reduced("select", choice({ qubits: 8, reduce: "pca" }), plan)).toEqual({
      reduce: "select",
      qubits: 8,
    });
  });
});
