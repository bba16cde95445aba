// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { qasmStore } from "../../src/host/lab/store";
import { designer } from "../../src/view/designer";
import { page } from "../page";

/** JupyterLab's text model as far as a store uses it. */
function model(text: string) {
  const slots = new Set<() => void>();
  const self = {
    dirty: false,
    toString: () => text,
    fromString(next: string) {
      text = next;
      for (const slot of slots) slot();
    },
    contentChanged: {
      connect: (slot: () => void) => slots.add(slot),
      disconnect: (slot: () => void) => slots.delete(slot),
    },
  };
  return self;
}

const here = page();
const frame = () => new Promise((done) => setTimeout(done, 40));
async function mount(text: string) {
  const m = model(text);
  designer(here.root, qasmStore(m as never), { document: true }, here.end.signal);
  await frame();
  return m;
}
async function press(key: string): Promise<void> {
  here.root.querySelector(".ql-main")!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await frame();
}

describe("a .qasm file", () => {
  it("is drawn, and saved as OpenQASM 3 after an edit", async () => {
    const m = await mount("OPENQASM 3.0;\nqubit[2] q;\nh q[0]; // mine\n");
    expect(m.dirty).toBe(false);
    await press("x");
    expect(m.dirty).toBe(true);
    expect(m.toString()).toContain("OPENQASM 3.0;");
    expect(m.toString()).toMatch(/x q\[0\];\nh q\[0\];/);
  });

  it("of version 2 stays one as long as that can say it", async () => {
    const m = await mount('// old\nOPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\n');
    await press("x");
    expect(m.toString()).toContain("OPENQASM 2.0;");
    await press("e");
    await press("y");
    expect(m.toString()).toContain("OPENQASM 3.0;");
    expect(m.toString()).toContain("input float x_");
  });

  it("that doesn't parse is shown as text with line and cure, and never overwritten", async () => {
    const text = "OPENQASM 3.0;\nqubit[2] q;\nhh q[0];\nx q[1];\n";
    const m = await mount(text);
    expect(here.root.querySelector(".ql-note")!.textContent).toContain("line 3, column 1");
    expect(here.root.querySelector(".ql-cl.bad")!.textContent).toContain("hh q[0];");
    expect(here.root.querySelector(".ql-code")!.textContent).toContain("x q[1];");
    for (const key of ["x", "Delete", "l"]) await press(key);
    expect(m.toString()).toBe(text);
    expect(m.dirty).toBe(false);
    m.fromString(text.replace("hh", "h"));
    await frame();
    expect(here.root.querySelectorAll(".ql-gates > g")).toHaveLength(2);
    expect(here.root.querySelector(".ql-note")).toBeNull();
  });

  it("changed on disk to a text with an error keeps the last good drawing", async () => {
    const m = await mount("qubit q;\nh q;\n");
    m.fromString("qubit q;\nh q\n");
    await frame();
    expect(here.root.querySelectorAll(".ql-gates > g")).toHaveLength(1);
    await press("x");
    expect(m.toString()).toBe("qubit q;\nh q\n");
  });
});
