// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { previewOf } from "../../src/view/datapreview";
import type { Plan, Preview } from "../../src/view/datatypes";

const plan = { target: "t", names: ["a", "b", "c", "zero0"], qubits: 2 };
const preview: Preview = { row: 3, label: "two", part: "test", filled: [], angles: [0.6, -0.8, 0, 0] };

const texts = (root: Element, selector: string): string[] =>
  [...root.querySelectorAll(selector)].map((node) => node.textContent ?? "");

test("amplitudes are bars of their basis states, to the left where negative", () => {
  const root = previewOf({ ...plan, encode: "amplitude" } as unknown as Plan, preview);
  expect(texts(root, ".ql-data-x")).toEqual(["|00⟩", "|01⟩", "|10⟩", "|11⟩"]);
  expect(texts(root, ".ql-data-angle")).toEqual(["+0.600", "−0.800", "0.000", "0.000"]);
  expect(texts(root, "h3 + .cap")).toEqual(["amplitude"]);
  const bars = [...root.querySelectorAll(".g-data rect")].map((r) => [
    Number(r.getAttribute("x")),
    Number(r.getAttribute("width")),
  ]);
  expect(bars[0]![0]).toBe(112);
  expect(bars[1]![0]! + bars[1]![1]!).toBeCloseTo(112);
  expect(bars[1]![1]! / bars[0]![1]!).toBeCloseTo(0.8 / 0.6);
});

test("bits turn their wire by half a turn or not at all", () => {
  const bits = { ...preview, angles: [1, 0] };
  const root = previewOf({ ...plan, names: ["a", "b"], encode: "basis" } as unknown as Plan, bits);
  expect(texts(root, ".ql-data-angle")).toEqual(["1", "0"]);
  expect(texts(root, "h3 + .cap")).toEqual(["bit"]);
  expect(texts(root, ".nm")).toEqual(["RY", "RY"]);
});
