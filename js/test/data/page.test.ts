import { describe, expect, it } from "vitest";
import { inputs, roleOf } from "../../src/view/datacards";
import {
  cellText,
  decimals,
  decodePage,
  rowAt,
  scrollHeight,
  scrollTo,
  TALLEST,
} from "../../src/view/datapage";
import { reduced } from "../../src/view/dataqubits";
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
    expect(decodePage(message, new DataView(shifted.buffer, 8))).toEqual({
      from: 40,
      n: 3,
      columns: [
        [1, null, -2.5],
        ["aß", null, "é"],
        ["True", null, "False"],
      ],
    });
  });

  it("shows a column with the decimals it needs", () => {
    expect(decimals([1, 2, null])).toBe(0);
    expect(decimals([18.7, 18])).toBe(1);
    expect(decimals([0.1234567])).toBe(4);
    expect(decimals([1e-9])).toBe(4);
    expect(cellText(3750, 0, "mass")).toBe("3,750");
    expect(cellText(2007, 0, "year")).toBe("2007");
    expect(cellText(-18, 1, "x")).toBe("−18.0");
    expect(cellText(1e12, 0, "x")).toBe("1000000000000");
  });
});

describe("the scroll position", () => {
  it.each([0, 1, 13, 344, 285_714, 1_500_000, 100_000_000])("reaches every row of %i", (rows) => {
    const view = 364;
    const room = scrollHeight(rows, 28) - view;
    expect(scrollHeight(rows, 28)).toBeLessThanOrEqual(TALLEST);
    expect(rowAt(0, view, rows, 28)).toBe(0);
    expect(rowAt(Math.max(0, room), view, rows, 28)).toBeCloseTo(Math.max(0, rows - view / 28), 3);
    for (const row of [0, 5, Math.floor(rows / 2), rows - 20])
      if (row >= 0 && row < rows - 20)
        expect(rowAt(scrollTo(row, view, rows, 28), view, rows, 28)).toBeCloseTo(row, 3);
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
    expect(inputs("a", choice({ columns: ["a"], reduce: "pca" }), columns)).toBe("feature");
    expect(["y", "a", "z"].map((n) => roleOf(n, c))).toEqual(["y", "x", "off"]);
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
