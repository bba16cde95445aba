// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { print } from "../../src/core/text";
import { designer } from "../../src/view/designer";
import { page } from "../page";
import { circuit, fakeStore } from "./helpers";

const here = page();
const cell = (name: string) =>
  [...here.root.querySelectorAll<HTMLButtonElement>(".ql-worth .ql-st")].find((b) =>
    b.textContent!.startsWith(name),
  )!;
async function until(ready: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !ready(); i++) await new Promise((done) => setTimeout(done, 20));
  expect(ready()).toBe(true);
}

describe("the estimates of the strip", () => {
  it("come in the background with error bars, and the next edit makes them old and starts anew", async () => {
    const store = fakeStore(print(circuit(2, "ry 0 w[0]", "ry 1 w[1]", "cx 0 1")));
    designer(here.root, store, {}, here.end.signal);
    await until(() => /±/.test(cell("Entanglement").textContent!));
    const gradient = cell("Gradient variance");
    expect(gradient.textContent).toMatch(/0\.\d+ ± \.\d+/);
    expect(gradient.classList.contains("is-old")).toBe(false);
    const main = here.root.querySelector(".ql-main")!;
    main.dispatchEvent(new KeyboardEvent("keydown", { key: "h", bubbles: true }));
    await until(() => gradient.classList.contains("is-old"));
    expect(gradient.textContent).toMatch(/±/);
    await until(() => !gradient.classList.contains("is-old"));

    cell("Expressibility").click();
    const sheet = here.root.querySelector(".ql-plotsheet")!;
    expect(sheet.querySelectorAll(".ql-plot-bar")).toHaveLength(75);
    expect(sheet.textContent).toContain("Haar");
    sheet.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(here.root.querySelector(".ql-plotsheet")).toBeNull();
  });

  it("are drawn by Plotly with error bars where there is one, and by SVG where it is refused", async () => {
    const calls: { type: string; error_y?: { array: number[] } }[][] = [];
    const purged: unknown[] = [];
    const plotly = {
      react: (_: unknown, data: (typeof calls)[number]) => Promise.resolve(calls.push(data)),
      purge: (div: unknown) => purged.push(div),
    };
    let answer: () => Promise<never> = () => Promise.reject(new Error("not built"));
    const store = fakeStore(print(circuit(2, "ry 0 w[0]", "ry 1 w[1]", "cx 0 1")));
    designer(here.root, store, { plotly: () => answer() }, here.end.signal);
    await until(() => cell("Gradient variance") && !cell("Gradient variance").disabled);
    cell("Gradient variance").click();
    await new Promise((done) => setTimeout(done));
    expect(here.root.querySelectorAll(".ql-plot-bar").length).toBeGreaterThan(0);
    expect(here.root.querySelectorAll(".ql-plot-err").length).toBeGreaterThan(0);
    here.root.querySelector<HTMLElement>(".ql-plotsheet [aria-label='Close']")!.click();

    answer = () => Promise.resolve(plotly as never);
    cell("Gradient variance").click();
    await until(() => calls.length === 1);
    expect(calls[0]!.map((trace) => trace.type)).toEqual(["bar", "scatter"]);
    expect(calls[0]![0]!.error_y!.array.some((e) => e > 0)).toBe(true);
    expect(here.root.querySelector(".ql-plot-bar")).toBeNull();
    here.root.querySelector<HTMLElement>(".ql-plotsheet [aria-label='Close']")!.click();
    expect(purged).toHaveLength(1);
  });

  it("say why there are none", async () => {
    designer(here.root, fakeStore(print(circuit(1, "h 0"))), {}, here.end.signal);
    await until(() => cell("Entanglement") !== undefined);
    expect(cell("Entanglement").title).toContain("no weight");
    expect(cell("Entanglement").disabled).toBe(true);
  });
});
