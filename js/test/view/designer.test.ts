// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { print } from "../../src/core/text";
import { circuit, designerPage, frame, read } from "./helpers";

const here = designerPage();

const mount = (c = circuit(3)): Promise<void> => here.mount(c);

const canvas = (): SVGSVGElement => here.root.querySelector<SVGSVGElement>(".ql-main")!;

async function press(...keys: string[]): Promise<void> {
  for (const written of keys) {
    const parts = written.split("+");
    const init = {
      key: parts.at(-1)!,
      shiftKey: parts.includes("Shift"),
      ctrlKey: parts.includes("Ctrl"),
      bubbles: true,
    };
    canvas().dispatchEvent(new KeyboardEvent("keydown", init));
  }
  await frame();
}

describe("designer", () => {
  it("draws each operation once, labelled in reading order", async () => {
    await mount(circuit(2, "ry 0 x[0]", "ry 1 x[1]", "cx 0 1"));
    const labels = [...here.root.querySelectorAll(".ql-gates > .g")].map((g) => g.getAttribute("aria-label"));
    expect(labels).toEqual(["RY x[0], q0, column 0", "RY x[1], q1, column 0", "CX, q1, column 1"]);
    expect(canvas().getAttribute("role")).toBe("application");
    expect(here.root.dataset.lmSuppressShortcuts).toBe("true");
  });

  it("builds an ansatz from the keyboard alone and speaks it", async () => {
    await mount(circuit(2));
    await press("Shift+E", "y", "Shift+R", "z", "l");
    expect(read(here.store)).toEqual(["ry 0 x[0]", "ry 1 x[1]", "rz 0 w[0]", "rz 1 w[1]", "cx 0 1"]);
    expect(here.root.querySelector("[aria-live]")!.textContent).toBe("Chain of 1 CX added. Depth 3.");
    await press("Ctrl+z", "Ctrl+z", "Ctrl+z");
    expect(read(here.store)).toEqual([]);
  });

  it("keeps handled keys from the page and lets others pass", async () => {
    await mount(circuit(2));
    const seen: string[] = [];
    document.body.addEventListener("keydown", (event) => seen.push(event.key), { signal: here.end.signal });
    await press("h", "q", "Ctrl+s");
    expect(seen).toEqual(["q", "s"]);
  });

  it("edits an angle live and keeps the last good one", async () => {
    await mount(circuit(1, "ry 0 w[0]"));
    await press("Home", "Enter");
    const input = here.root.querySelector<HTMLInputElement>(".ql-angle-in")!;
    expect(input.value).toBe("w[0]");
    const enter = (text: string) => {
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    enter("2*w[0]");
    enter("2*w[0]*");
    await frame();
    expect(read(here.store)).toEqual(["ry 0 2*w[0]"]);
    expect(here.root.querySelector(".ql-angle-err")!.textContent).toMatch(/^A value was expected after \*/);
    expect(input.getAttribute("aria-invalid")).toBe("true");
  });

  it("never turns a name into markup", async () => {
    const c = { ...circuit(1, "h 0"), name: "<img src=x onerror=alert(1)>", qubits: ["<b>q</b>"] };
    await mount(c);
    expect(here.root.querySelector("img, .ql-labels b")).toBeNull();
    expect(here.root.textContent).toContain("<b>q</b>");
  });

  it("offers templates while it is empty", async () => {
    await mount(circuit(3));
    const card = here.root.querySelectorAll<HTMLButtonElement>(".ql-tpl")[0]!;
    card.click();
    await frame();
    expect(read(here.store)).toEqual(["ry 0 x[0]", "ry 1 x[1]", "ry 2 x[2]"]);
    expect(here.root.querySelector<HTMLElement>(".ql-empty")!.hidden).toBe(true);
  });

  it("says why a large state is not shown and goes on drawing", async () => {
    await mount(circuit(20, "h 0"));
    expect(here.root.querySelector(".ql-state-words")!.textContent).toMatch(
      /20 wires need 16 MB a copy; shown to 16/,
    );
    expect(here.root.querySelectorAll(".ql-gates > .g")).toHaveLength(1);
  });

  it("leaves nothing behind", async () => {
    await mount(circuit(2, "h 0"));
    here.end.abort();
    expect(here.root.childElementCount).toBe(0);
    here.store.put(print(circuit(2, "x 0")));
    await frame();
    expect(here.root.childElementCount).toBe(0);
  });

  it("takes a matrix by hand, names the cell of a fault, and offers the nearest unitary", async () => {
    await mount(circuit(2));
    const search = here.root.querySelector<HTMLInputElement>(".ql-pal input")!;
    search.value = "any matrix on one";
    search.dispatchEvent(new Event("input", { bubbles: true }));
    search.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await frame();
    const cells = () => [...here.root.querySelectorAll<HTMLInputElement>(".ql-cell")];
    const matrix = () => JSON.parse(here.store.get()).ops[0].matrix;
    const write = (...texts: string[]): void => {
      for (const [i, text] of texts.entries()) cells()[i]!.value = text;
      cells()
        .at(-1)!
        .dispatchEvent(new Event("change", { bubbles: true }));
    };
    expect(cells().map((c) => c.value)).toEqual(["1", "0", "0", "1"]);
    const edit = here.root.querySelector<HTMLElement>(".ql-float [aria-label='Edit (Enter)']")!;
    edit.click();
    expect(document.activeElement).toBe(cells()[0]);
    cells()[0]!.value = "2";
    cells()[0]!.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }),
    );
    expect(cells()[0]!.value).toBe("1");
    expect(document.activeElement).toBe(here.root.querySelector(".ql-main"));
    write("1/sqrt(2)", "1/sqrt(2)", "1/sqrt(2)", "-1/");
    const said = () => here.root.querySelector(".ql-matrix [role=alert]")!;
    expect(said().textContent).toContain("Row 1, column 1, character 4: A value was expected after /.");
    expect(cells().map((c) => c.getAttribute("aria-invalid"))).toEqual(["false", "false", "false", "true"]);
    expect(matrix()[0]).toEqual([
      [1, 0],
      [0, 0],
    ]);

    write("0.707", "0.707", "0.707", "-0.707");
    expect(said().textContent).toMatch(
      /not unitary: column 0 doesn't have length 1.*nearest unitary, at most 0.00011/,
    );
    said().querySelector("button")!.click();
    await frame();
    expect(matrix()[1][1]).toEqual([expect.closeTo(-Math.SQRT1_2, 14), 0]);
    expect(said().textContent).toBe("");
    expect(cells()[3]!.value).toBe("-1/sqrt(2)");

    write("exp(i*pi/4)", "0", "0", "1");
    await frame();
    expect(matrix()[0][0]).toEqual([expect.closeTo(Math.SQRT1_2, 14), expect.closeTo(Math.SQRT1_2, 14)]);
    await press("Ctrl+z");
    expect(matrix()[1][1][0]).toBeCloseTo(-Math.SQRT1_2, 14);
    expect(cells()[3]!.value).toBe("-1/sqrt(2)");
  });

  it("keeps fractions of pi where a slider comes to rest on them; with Shift it is fine", async () => {
    await mount(circuit(1, "ry 0 pi/2"));
    await press("Home", "Shift");
    const slider = here.root.querySelector<HTMLElement>(".ql-insp-all [role=slider]")!;
    slider.getBoundingClientRect = () => ({ left: 0, width: 200 }) as DOMRect;
    slider.setPointerCapture = () => {};
    slider.hasPointerCapture = () => true;
    const point = (type: string, clientX: number, more: object = {}) =>
      slider.dispatchEvent(new PointerEvent(type, { clientX, button: 0, bubbles: true, ...more }));
    const angle = () => read(here.store)[0]!.split(" ")[2];
    point("pointerdown", 150);
    expect(angle()).toBe("pi/2");
    for (const [x, text] of [
      [163, "5*pi/8"],
      [167, "2*pi/3"],
      [100, "0"],
      [0, "-pi"],
      [62, "-3*pi/8"],
    ] as const) {
      point("pointermove", x);
      expect(angle()).toBe(text);
    }
    point("pointermove", 63, { shiftKey: true });
    expect(angle()).toMatch(/^-1\.\d{1,3}$/);
    point("pointerup", 63);
    await press("Ctrl+z"); // one drag, one step
    expect(angle()).toBe("pi/2");
  });
});
