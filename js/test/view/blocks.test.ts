// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { circuit, designerPage, frame, read } from "./helpers";

const here = designerPage();
const main = () => here.root.querySelector<SVGElement>(".ql-main")!;
const labels = () =>
  [...here.root.querySelectorAll(".ql-gates > g")].map((g) => g.getAttribute("aria-label"));
const value = () => JSON.parse(here.store.get());

const mount = (c = circuit(2, "h 0", "cx 0 1", "ry 1 w[0]")): Promise<void> => here.mount(c);
async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    const [mod, plain] = key.startsWith("Shift+") ? [true, key.slice(6)] : [false, key];
    const ctrlKey = plain.startsWith("Ctrl+");
    const event = {
      key: plain.replace("Ctrl+", ""),
      shiftKey: mod,
      ctrlKey,
      bubbles: true,
      cancelable: true,
    };
    main().dispatchEvent(new KeyboardEvent("keydown", event));
    await frame();
  }
}

describe("blocks", () => {
  it("are made of a selection, opened, edited for all instances, and written out again, by keys alone", async () => {
    await mount();
    await press("Ctrl+a", "G");
    expect(labels()).toEqual([expect.stringContaining("block 1")]);
    expect(value().blocks).toHaveLength(1);
    await press("d"); // a second instance: both print once
    expect(labels()).toEqual([expect.stringContaining("block 1, 2 times")]);
    expect(value().ops).toHaveLength(2);
    await press("Home", "Shift+K");
    expect(labels()).toHaveLength(2);

    await press("Enter");
    expect(labels()).toHaveLength(3);
    expect(here.root.querySelector<HTMLElement>(".ql-back")!.hidden).toBe(false);
    await press("End", "z");
    expect(value().blocks[0].ops).toHaveLength(4);
    await press("K");
    expect(labels()).toHaveLength(2);
    expect(here.root.querySelector<HTMLElement>(".ql-back")!.hidden).toBe(true);

    await press("Home", "Shift+G");
    expect(read(here.store).filter((t) => !t.startsWith("block"))).toEqual([
      "h 0",
      "cx 0 1",
      "ry 1 w[0]",
      "z 0",
    ]);
    await press("Ctrl+z", "Ctrl+z", "Ctrl+z", "Ctrl+z");
    expect(read(here.store)).toEqual(["h 0", "cx 0 1", "ry 1 w[0]"]);
    expect(value().blocks).toBeUndefined();
  });

  it("are named in the inspector, and placed from the palette", async () => {
    await mount();
    await press("Ctrl+a", "G");
    const name = here.root.querySelector<HTMLInputElement>("[aria-label='Name of the block']")!;
    name.value = "ring";
    name.dispatchEvent(new Event("change", { bubbles: true }));
    await frame();
    expect(value().blocks[0].name).toBe("ring");
    expect(labels()[0]).toContain("ring");
    here.root.querySelector<HTMLElement>("[data-tile='b-ring']")!.click();
    await frame();
    expect(value().ops.map((o: { gate: string }) => o.gate)).toEqual(["block:ring", "block:ring"]);
  });

  it("refuse what can't be in one, and change nothing", async () => {
    await mount(circuit(1, "h 0", "measure 0"));
    const before = here.store.get();
    await press("Ctrl+a", "G");
    expect(here.store.get()).toBe(before);
    expect(here.root.querySelector(".ql-note")!.textContent).toContain("measure can't be in a block");
  });

  it("leave OpenQASM to read only, since it would dissolve them", async () => {
    await mount();
    await press("Ctrl+a", "G");
    expect(here.root.querySelector(".ql-two:not([hidden])")).toBeNull();
    expect(here.root.querySelector(".ql-code-why")!.textContent).toContain("Blocks are written out here");
    expect(here.root.querySelector(".ql-code")!.textContent).toContain("ry(w_0) q[1];");
  });
});

describe("the state marker", () => {
  const heading = () => here.root.querySelector(".ql-state-about")!.textContent!;

  it("goes column by column and back to the end", async () => {
    await mount();
    await press("[", "[");
    expect(heading()).toContain("before column 1");
    const q0 = () => here.root.querySelector(".ql-bl svg")!.getAttribute("aria-label")!;
    expect(q0()).toContain("x 1.00");
    await press("[");
    expect(heading()).toContain("before column 0");
    expect(q0()).toContain("z 1.00");
    await press("}");
    expect(heading()).toBe("");
    expect(q0()).toContain("length 0.00");
  });

  it("shows one branch of a measurement in the middle, and another on demand", async () => {
    await mount(circuit(2, "h 0", "measure 0", "cx 0 1"));
    const seen = new Set<string>();
    for (let i = 0; i < 12; i++) {
      expect(heading()).toMatch(/One branch: c0 = [01], P 0\.500.*seed \d+/);
      seen.add(/c0 = (.)/.exec(heading())![1]!);
      [...here.root.querySelectorAll<HTMLElement>(".ql-state-about button")].at(-1)!.click();
      await frame();
    }
    expect([...seen].sort()).toEqual(["0", "1"]);
  });

  it("says that a large circuit is not simulated, and shows its light cone where that fits", async () => {
    await mount(circuit(20, "h 0", "cx 0 1", "h 19"));
    const words = here.root.querySelector<HTMLElement>(".ql-state-words")!;
    expect(words.textContent).toContain("20 wires need 16 MB a copy; shown to 16.");
    words.querySelector("button")!.click();
    await frame();
    expect(words.hidden).toBe(true);
    expect(heading()).toContain("light cone of Z₀, 2 wires");
    expect(here.root.querySelectorAll(".ql-bl")).toHaveLength(2);
  });
});

describe("steering", () => {
  const field = (label: string) =>
    here.root.querySelector<HTMLSelectElement>(`.ql-insp [aria-label='${label}']`)!;
  async function choose(label: string, to: string): Promise<void> {
    field(label).value = to;
    field(label).dispatchEvent(new Event("change", { bubbles: true }));
    await frame();
  }

  it("puts a condition on a gate, changes and removes it", async () => {
    await mount(circuit(2, "measure 0", "x 1"));
    await press("ArrowDown");
    await choose("Only if this bit", "0");
    expect(value().ops[1].if).toEqual({ clbits: [0], value: 1 });
    await choose("is equal to", "0");
    expect(value().ops[1].if).toEqual({ clbits: [0], value: 0 });
    await choose("is equal to", "5");
    expect(here.root.querySelector(".ql-note")!.textContent).toContain("doesn't fit");
    await choose("Only if this bit", "");
    expect(value().ops[1].if).toBeUndefined();
  });

  it("lets a measurement write another bit, or a new one", async () => {
    await mount(circuit(1, "measure 0"));
    await press("Home");
    await choose("Bit", "1");
    expect(value().clbits).toEqual(["c0", "c1"]);
    expect(value().ops[0].clbits).toEqual([1]);
  });

  it("takes five controls and anti-controls by keys", async () => {
    await mount(circuit(6));
    await press(
      "c",
      "ArrowDown",
      "o",
      "ArrowDown",
      "c",
      "ArrowDown",
      "o",
      "ArrowDown",
      "c",
      "ArrowDown",
      "x",
    );
    expect(value().ops).toEqual([
      { id: "g1", gate: "x", qubits: [5], controls: [0, 2, 4], anticontrols: [1, 3] },
    ]);
  });
});
