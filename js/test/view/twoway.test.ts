// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { print } from "../../src/core/text";
import { circuit, designerPage, fakeStore, frame, read } from "./helpers";

const here = designerPage();

const field = () => here.root.querySelector<HTMLTextAreaElement>(".ql-two:not([hidden]) .ql-ed-in")!;
const banner = () => here.root.querySelector<HTMLElement>(".ql-two:not([hidden]) .ql-code-err")!;
const gates = () => [...here.root.querySelectorAll(".ql-gates > g")].map((g) => g.getAttribute("aria-label"));

const mount = (c = circuit(2, "h 0", "ry 1 w[0]")): Promise<void> => here.mount(c);

async function type(text: string): Promise<void> {
  field().focus();
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
  await frame();
}

async function press(key: string, more: KeyboardEventInit = {}): Promise<boolean> {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  field().dispatchEvent(event);
  await frame();
  return event.defaultPrevented;
}

describe("the OpenQASM pane", () => {
  it("makes the circuit of each good text, and leaves the text as it was typed", async () => {
    await mount();
    const text = `${field().value}  // mine\ncx q[0],   q[1];`;
    await type(text);
    expect(read(here.store)).toEqual(["h 0", "ry 1 w[0]", "cx 0 1"]);
    expect(field().value).toBe(text);
    expect(gates()).toHaveLength(3);
  });

  it("keeps the last good drawing on an error, and says line, cause and cure", async () => {
    await mount();
    await type(field().value.replace("ry(w_0) q[1];", "ry(w_0 *) q[1];"));
    expect(read(here.store)).toEqual(["h 0", "ry 1 w[0]"]);
    expect(banner().textContent).toContain("Line 6: A value was expected before ')'. Write a number");
    expect(banner().textContent).toContain("The drawing shows the last good text.");
    expect(here.root.querySelector(".ql-ed-bad")!.textContent).toBe(")");
    expect(here.root.querySelector(".ql-ed-gut .bad")!.textContent).toBe("6");
    expect(field().getAttribute("aria-invalid")).toBe("true");
    await type(field().value.replace("*)", "*2)"));
    expect(read(here.store)).toEqual(["h 0", "ry 1 w[0]*2"]);
    expect(banner().hidden).toBe(true);
  });

  it("goes to the error, and back to the last good text", async () => {
    await mount();
    const good = field().value;
    await type(good.replace("h q[0];", "hh q[0];"));
    const [go, back] = [...banner().querySelectorAll("button")];
    go!.click();
    expect(field().selectionStart).toBe(field().value.indexOf("hh"));
    back!.click();
    await frame();
    expect(field().value).toBe(good);
    expect(banner().hidden).toBe(true);
  });

  it("is printed anew after an edit of the drawing, but not over a text with an error", async () => {
    await mount();
    const main = here.root.querySelector<SVGElement>(".ql-main")!;
    const x = () => main.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
    x();
    await frame();
    expect(field().value).toContain("x q[0];");
    const broken = field().value.replace("h q[0];", "h q[9];");
    await type(broken);
    x();
    await frame();
    expect(field().value).toBe(broken);
    expect(banner().textContent).toContain("The drawing was changed meanwhile.");
    expect(read(here.store)).toHaveLength(4);
    banner().querySelectorAll("button")[1]!.click();
    await frame();
    expect(field().value).not.toContain("q[9]");
    expect(field().value.match(/x q\[/g)).toHaveLength(2);
  });

  it("is one step of undo for a burst, and hands Ctrl Z on when nothing is left to undo in it", async () => {
    await mount();
    const before = field().value;
    await type(`${before}x q[0];`);
    await type(`${before}x q[0];z q[0];`);
    expect(await press("z", { ctrlKey: true })).toBe(false); // the field's own
    await type(before); // what the browser does
    expect(read(here.store)).toEqual(["h 0", "ry 1 w[0]"]);
    here.root
      .querySelector<SVGElement>(".ql-main")!
      .dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
    await frame();
    expect(read(here.store)).toHaveLength(3);
    expect(await press("z", { ctrlKey: true })).toBe(true);
    expect(read(here.store)).toHaveLength(2);
  });

  it("selects the gate of the caret's line, and marks the line of the selected gate", async () => {
    await mount();
    field().focus();
    const at = field().value.indexOf("ry(");
    field().setSelectionRange(at, at);
    field().dispatchEvent(new Event("keyup", { bubbles: true }));
    await frame();
    expect(here.root.querySelector(".ql-insp")!.textContent).toContain("Rotation about Y");
    expect(here.root.querySelector(".ql-ed-line.on")!.textContent).toBe("ry(w_0) q[1];");
  });

  it("keeps the ids of gates it didn't touch", async () => {
    await mount(circuit(2, "h 0", "ry 1 w[0]", "cx 0 1"));
    await type(field().value.replace("ry(w_0) q[1];", "ry(w_0) q[1];\nz q[0];"));
    expect(JSON.parse(here.store.get()).ops.map((o: { id: string }) => o.id)).toEqual([
      "g1",
      "g2",
      "g4",
      "g3",
    ]);
  });

  it("reads OpenQASM 2 pasted over it, and shows OpenQASM 2 to read where there are symbols", async () => {
    await mount();
    await type('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nu2(0,pi) q[0];\n');
    expect(read(here.store)).toEqual(["u 0 pi/2 0 pi"]);
    const tab = [...here.root.querySelectorAll<HTMLElement>(".ql-codehead [role=tab]")].find(
      (t) => t.textContent === "QASM 2",
    )!;
    tab.click();
    expect(field().value).toContain("qreg q[2];");
    await type(`${field().value}x q[1];\n`);
    expect(read(here.store)).toEqual(
      ["u 0 pi/2 0 pi", "x 1"].map((t) => t.replace("pi/2 0 pi", "1.5707963267948966 0 3.141592653589793")),
    );
  });

  it("shows OpenQASM 2 only to read where there are symbols, and says why", async () => {
    await mount();
    [...here.root.querySelectorAll<HTMLElement>(".ql-codehead [role=tab]")]
      .find((t) => t.textContent === "QASM 2")!
      .click();
    expect(field()).toBeNull();
    expect(here.root.querySelector(".ql-code-why")!.textContent).toContain("trial values");
  });

  it("can't be typed in where the designer is locked", async () => {
    const store = fakeStore(print(circuit(1, "h 0")));
    store.lock = "Read-only";
    await here.mount(store);
    await frame();
    expect(field().readOnly).toBe(true);
  });

  it("never puts text into the page as markup", async () => {
    await mount();
    await type(`${field().value}// <img src=x onerror="window.hit=1"> "><script>window.hit=1</script>`);
    await type(`${field().value}\n<img src=x onerror="window.hit=1">`);
    expect(here.root.querySelector("img, script")).toBeNull();
    expect((globalThis as { hit?: number }).hit).toBeUndefined();
  });
});

describe("pasting into the drawing", () => {
  async function paste(text: string): Promise<void> {
    const main = here.root.querySelector<SVGElement>(".ql-main")!;
    const event = new Event("paste", { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { getData: () => text } });
    main.dispatchEvent(event);
    await frame();
  }

  it("takes a program into an empty drawing, wires and all", async () => {
    await mount(circuit(1));
    await paste(
      'OPENQASM 2.0; include "qelib1.inc"; qreg a[2]; creg m[1]; h a[0]; cx a[0],a[1]; measure a[1] -> m[0];',
    );
    expect(read(here.store)).toEqual(["h 0", "cx 0 1", "measure 1"]);
    expect(JSON.parse(here.store.get()).qubits).toEqual(["a0", "a1"]);
  });

  it("takes statements without declarations, at the cursor, into new bits", async () => {
    await mount(circuit(3, "h 0"));
    await paste("ry(x_0*w_2) q[0];\nc[0] = measure q[1];\nif (c[0]) { x q[0]; }");
    expect(read(here.store)).toEqual(["ry 0 x[0]*w[2]", "measure 1", "x 0", "h 0"]);
    await paste("measure q[0] -> c[0];");
    expect(JSON.parse(here.store.get()).clbits).toEqual(["c0", "c1"]);
  });

  it("adds the wires that are missing", async () => {
    await mount(circuit(1, "h 0"));
    await paste("cx q[0], q[2];");
    expect(JSON.parse(here.store.get()).qubits).toHaveLength(3);
    expect(here.root.querySelector("[aria-live]")!.textContent).toContain("2 wires added");
  });

  it("refuses other text with its place and changes nothing", async () => {
    await mount(circuit(1, "h 0"));
    await paste("qubit[2] q;\nnot a gate;");
    expect(read(here.store)).toEqual(["h 0"]);
    expect(here.root.querySelector(".ql-note")!.textContent).toContain("line 2, column 7");
    await paste("  ");
    expect(here.root.querySelector(".ql-note")!.textContent).toContain("holds no text");
  });
});
