/** Figures asked for as a whole: what is drawn of an answer, when it is asked for, and the machine of a circuit. */
// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { idle } from "../../src/stream/state";
import { circuitPane } from "../../src/view/panecircuit";
import { loadOf } from "../../src/view/panelfoot";
import type { Tokens } from "../../src/view/panetokens";
import { faultOf, viewFigure, viewRows } from "../../src/view/paneviews";
import { weightOf } from "../../src/view/steerterms";
import { status } from "../stream/fake";

const tokens = {
  ink: "#111",
  ink2: "#222",
  bg: "#fff",
  err: "#c00",
  classes: ["#0a0", "#00a"],
  sequential: ["#eef", "#114"],
  mix: (color: string, opacity: number) => `${color}/${opacity}`,
} as unknown as Tokens;
const decision = {
  step: 120,
  axes: ["sepal", "petal<b>"],
  explained: [0.6, 0.2],
  x: [0, 1],
  y: [0, 1],
  classes: ["a", "b"],
  label: [
    [0, 0],
    [0, 1],
  ],
  p: [
    [0.9, 0.8],
    [0.6, 0.7],
  ],
  points: { x: [0.1, 0.9], y: [0.2, 0.8], label: [0, 1], right: [true, false] },
};

it("draws each region in the colour of its class, the line between two, and the rows that are answered wrong", () => {
  const { data, xaxis, note } = viewFigure(decision, tokens);
  const kinds = data.map((d) => d.type);
  expect(kinds).toEqual(["heatmap", "heatmap", "contour", "scatter", "scatter"]);
  expect((data[0] as { z: unknown }).z).toEqual([
    [0.9, 0.8],
    [0.6, null],
  ]);
  const [, wrong] = data.slice(3) as unknown as { x: number[]; marker: { line: { color: string[] } } }[];
  expect(wrong?.x).toEqual([0.9]);
  expect(wrong?.marker.line.color).toEqual(["#c00"]);
  expect((xaxis as { title: { text: string } }).title.text).toBe("sepal");
  expect(note).toBe("step 120, the plane shows 80 % of the spread");
  expect(viewRows(decision)).toEqual([
    ["a", "1 of 1 rows right"],
    ["b", "0 of 1 rows right"],
  ]);
});

it("draws values instead of classes in regression, and rows alone in an embedding", () => {
  const plane = {
    ...decision,
    classes: null,
    label: null,
    lo: 0,
    hi: 1,
    points: { x: [0], y: [0], value: [0.4] },
  };
  expect(viewFigure(plane, tokens).data.map((d) => d.type)).toEqual(["heatmap", "scatter"]);
  const { p: _p, x: _x, y: _y, label: _label, ...rows } = decision;
  expect(viewFigure(rows, tokens).data.map((d) => d.type)).toEqual(["scatter", "scatter"]);
});

it("says why there is no figure", () => {
  expect(faultOf({ fault: { message: "Qiskit is missing", cure: "install it" } })).toBe(
    "Qiskit is missing. install it",
  );
  expect(faultOf(decision)).toBe("");
});

it("shows depth and gates for the machine chosen, beside those as trained", () => {
  const asked: string[] = [];
  const pane = circuitPane((machine) => asked.push(machine), new AbortController().signal);
  const { stats } = status();
  pane.update(stats, undefined, true);
  const select = pane.element.querySelector("select") as HTMLSelectElement;
  expect(pane.element.textContent).toContain("depth5");
  select.value = "line";
  select.dispatchEvent(new Event("change"));
  expect(asked).toEqual(["line"]);
  pane.update(stats, undefined, true);
  expect(pane.element.querySelector("[role=status]")?.textContent).toBe("Transpiling.");
  const answer = {
    backend: "line",
    depth: 18,
    two_qubit: 9,
    two_qubit_depth: 8,
    size: 40,
    counts: { cx: 9, rz: 31 },
  };
  pane.update(stats, { ...answer, backend: "ring" }, true); // an older answer
  expect(pane.element.querySelector("[role=status]")).not.toBeNull();
  pane.update(stats, answer, true);
  expect(pane.element.textContent).toContain("depth18 was 5");
  pane.update(stats, { fault: { message: "no Qiskit" } }, true);
  expect(pane.element.textContent).toContain("no Qiskit");
  pane.update(stats, undefined, false);
  expect(select.hidden).toBe(true);
});

it("tells the load of the machine in the footer while there is a kernel", () => {
  const state = idle("c", "R1");
  const machine = { cpu: 0.612, cores: 2, memory: 214e6, threads: 2 };
  expect(loadOf({ ...state, status: status({ machine }) })).toBe("2 threads, 61 % busy, 214 MB");
  expect(loadOf({ ...state, status: status({ machine: null }) })).toBe("");
  expect(loadOf({ ...state, status: status({ machine }), lost: 1 })).toBe("");
});

it("takes weights from 0 on, as people type them", () => {
  expect(["0", "0,5", "1e-3", "−1", "", "x"].map(weightOf)).toEqual([0, 0.5, 0.001, null, null, null]);
});
