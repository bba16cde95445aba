// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { parse, print } from "../../src/core/text";
import { circuitStore, crc32 } from "../../src/host/widget/circuitstore";
import { compared } from "../../src/view/conflict";
import { designer } from "../../src/view/designer";
import { page } from "../page";
import { circuit, shown } from "./helpers";

type Callback = () => void;

/** A model as anywidget gives it, and Python behind it, whose post is delivered when the test says so. */
function pair(start: string) {
  const traits: Record<string, unknown> = {
    circuit_text: start,
    accepted: crc32(start),
    error: "",
    read_only: false,
  };
  const handlers = new Map<string, Set<Callback>>();
  const change = (name: string, value: unknown): void => {
    if (traits[name] === value) return;
    traits[name] = value;
    for (const cb of [...(handlers.get(`change:${name}`) ?? [])]) cb();
  };
  let python = start;
  let unsaved: string | undefined;
  const toPython: string[] = [];
  const toPage: [string, unknown][] = [];
  return {
    model: {
      get: (name: string) => traits[name],
      set: (name: string, value: string) => {
        if (traits[name] !== value) unsaved = value;
        change(name, value);
      },
      save_changes: () => {
        if (unsaved !== undefined) toPython.push(unsaved);
        unsaved = undefined;
      },
      on: (name: string, cb: Callback) => handlers.set(name, (handlers.get(name) ?? new Set()).add(cb)),
      off: (name: string, cb: Callback) => handlers.get(name)?.delete(cb),
    },
    /** d.circuit = … */
    assign(text: string): void {
      python = text;
      toPage.push(["circuit_text", text], ["accepted", crc32(text)]);
    },
    /** Python takes what the page sent; as its trait does, it refuses `bad` and sends the last good text back. */
    serve(bad = false): void {
      for (const text of toPython.splice(0)) {
        if (bad) toPage.push(["error", JSON.stringify({ message: "no" })], ["circuit_text", python]);
        else {
          python = text;
          toPage.push(["accepted", crc32(text)]);
        }
      }
    },
    deliver(): void {
      for (const [name, value] of toPage.splice(0)) change(name, value);
    },
    python: () => shown(parse(python)),
    page: () => shown(parse(String(traits.circuit_text))),
  };
}

const here = page();
const frame = () => new Promise((done) => setTimeout(done, 40));
const panel = () => here.root.querySelector<HTMLElement>(".ql-conflict")!;
const button = (name: string) => [...panel().querySelectorAll("button")].find((b) => b.textContent === name)!;
async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  here.root
    .querySelector(".ql-main")!
    .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  await frame();
}

const start = circuit(2, "h 0");
const theirs = circuit(2, "h 0", "ry 1 w[0]");

async function mount(kernel = pair(print(start))) {
  designer(here.root, circuitStore(kernel.model as never, here.end.signal), {}, here.end.signal);
  await frame();
  return kernel;
}

/** An edit here and one in Python, before either has heard of the other. */
async function both() {
  const kernel = await mount();
  kernel.assign(print(theirs));
  await press("End");
  await press("x");
  kernel.deliver();
  await frame();
  kernel.serve();
  kernel.deliver();
  await frame();
  return kernel;
}

describe("both sides edited at once", () => {
  it("asks, shows what differs, and changes nothing until then", async () => {
    await both();
    expect(panel().hidden).toBe(false);
    const [mine, python] = [...panel().querySelectorAll(".ql-conflict-side")];
    expect(mine!.textContent).toContain("x q[0];");
    expect(python!.textContent).toContain("ry(w_0) q[1];");
    expect(mine!.textContent).not.toContain("h q[0]");
    await press("z");
    expect(here.root.querySelector(".ql-gates")!.children).toHaveLength(2);
  });

  it("keeps mine on both sides, Python's in undo", async () => {
    const kernel = await both();
    button("Keep mine").click();
    await frame();
    kernel.serve();
    kernel.deliver();
    await frame();
    expect(panel().hidden).toBe(true);
    expect(kernel.python()).toEqual(["h 0", "x 0"]);
    expect(kernel.page()).toEqual(["h 0", "x 0"]);
    await press("z", { ctrlKey: true });
    expect(kernel.page()).toEqual(["h 0", "ry 1 w[0]"]);
  });

  it("takes Python's on both sides, mine in undo", async () => {
    const kernel = await both();
    button("Take Python's").click();
    await frame();
    kernel.serve();
    kernel.deliver();
    await frame();
    expect(kernel.python()).toEqual(["h 0", "ry 1 w[0]"]);
    expect(kernel.page()).toEqual(["h 0", "ry 1 w[0]"]);
    await press("z", { ctrlKey: true });
    expect(kernel.page()).toEqual(["h 0", "x 0"]);
  });

  it("compares all lines on demand", async () => {
    await both();
    button("Compare").click();
    expect(panel().querySelector(".ql-conflict-side")!.textContent).toContain("h q[0];");
  });

  it("is no conflict when Python answered first, nor when it refused", async () => {
    const kernel = await mount();
    await press("x");
    kernel.serve();
    kernel.assign(print(theirs));
    kernel.deliver();
    await frame();
    expect(panel().hidden).toBe(true);
    expect(here.root.querySelectorAll(".ql-gates > g")).toHaveLength(2);
    await press("y");
    kernel.serve(true);
    kernel.deliver();
    await frame();
    expect(panel().hidden).toBe(true);
    expect(here.root.querySelector(".ql-note")!.textContent).toContain("Python refused");
  });
});

describe("comparing", () => {
  it("marks the lines only one side has", () => {
    expect(compared(["a", "b", "d"], ["a", "c", "d", "e"])).toEqual({
      a: [
        ["", "a"],
        ["+", "b"],
        ["", "d"],
      ],
      b: [
        ["", "a"],
        ["−", "c"],
        ["", "d"],
        ["−", "e"],
      ],
    });
    const long = Array.from({ length: 3000 }, (_, i) => `line ${i}`);
    expect(compared(long, long.slice(1)).a[0]).toEqual(["+", "line 0"]);
  });
});
