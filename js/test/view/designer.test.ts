// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { print } from "../../src/core/text";
import { designer } from "../../src/view/designer";
import { circuit, type FakeStore, fakeStore, read } from "./helpers";

let root: HTMLElement;
let end: AbortController;
let store: FakeStore;

/** The picture, and the frame after it, in which the text follows. */
const frame = () =>
  new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 40));

async function mount(c = circuit(3)): Promise<void> {
  store = fakeStore(print(c));
  designer(root, store, {}, end.signal);
  await frame();
}

const canvas = (): SVGSVGElement => root.querySelector<SVGSVGElement>(".ql-main")!;

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

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  end = new AbortController();
});
afterEach(() => {
  end.abort();
  root.remove();
});

describe("designer", () => {
  it("draws each operation once, labelled in reading order", async () => {
    await mount(circuit(2, "ry 0 x[0]", "ry 1 x[1]", "cx 0 1"));
    const labels = [...root.querySelectorAll(".ql-gates > .g")].map((g) => g.getAttribute("aria-label"));
    expect(labels).toEqual(["RY x[0], q0, column 0", "RY x[1], q1, column 0", "CX, q1, column 1"]);
    expect(canvas().getAttribute("role")).toBe("application");
    expect(root.dataset.lmSuppressShortcuts).toBe("true");
  });

  it("builds an ansatz from the keyboard alone and speaks it", async () => {
    await mount(circuit(2));
    await press("Shift+E", "y", "Shift+R", "z", "l");
    expect(read(store)).toEqual(["ry 0 x[0]", "ry 1 x[1]", "rz 0 w[0]", "rz 1 w[1]", "cx 0 1"]);
    expect(root.querySelector("[aria-live]")!.textContent).toBe("Chain of 1 CX added. Depth 3.");
    await press("Ctrl+z", "Ctrl+z", "Ctrl+z");
    expect(read(store)).toEqual([]);
  });

  it("keeps handled keys from the page and lets others pass", async () => {
    await mount(circuit(2));
    const seen: string[] = [];
    document.body.addEventListener("keydown", (event) => seen.push(event.key), { signal: end.signal });
    await press("h", "q", "Ctrl+s");
    expect(seen).toEqual(["q", "s"]);
  });

  it("edits an angle live and keeps the last good one", async () => {
    await mount(circuit(1, "ry 0 w[0]"));
    await press("Home", "Enter");
    const input = root.querySelector<HTMLInputElement>(".ql-angle-in")!;
    expect(input.value).toBe("w[0]");
    const enter = (text: string) => {
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    enter("2*w[0]");
    enter("2*w[0]*");
    await frame();
    expect(read(store)).toEqual(["ry 0 2*w[0]"]);
    expect(root.querySelector(".ql-angle-err")!.textContent).toMatch(/^A value was expected after \*/);
    expect(input.getAttribute("aria-invalid")).toBe("true");
  });

  it("never turns a name into markup", async () => {
    const c = { ...circuit(1, "h 0"), name: "<img src=x onerror=alert(1)>", qubits: ["<b>q</b>"] };
    await mount(c);
    expect(root.querySelector("img, .ql-labels b")).toBeNull();
    expect(root.textContent).toContain("<b>q</b>");
  });

  it("offers templates while it is empty", async () => {
    await mount(circuit(3));
    const card = root.querySelectorAll<HTMLButtonElement>(".ql-tpl")[0]!;
    card.click();
    await frame();
    expect(read(store)).toEqual(["ry 0 x[0]", "ry 1 x[1]", "ry 2 x[2]"]);
    expect(root.querySelector<HTMLElement>(".ql-empty")!.hidden).toBe(true);
  });

  it("says why a large state is not shown and goes on drawing", async () => {
    await mount(circuit(20, "h 0"));
    expect(root.querySelector(".ql-state-words")!.textContent).toMatch(
      /20 wires need 16 MB a copy; shown to 16/,
    );
    expect(root.querySelectorAll(".ql-gates > .g")).toHaveLength(1);
  });

  it("leaves nothing behind", async () => {
    await mount(circuit(2, "h 0"));
    end.abort();
    expect(root.childElementCount).toBe(0);
    store.put(print(circuit(2, "x 0")));
    await frame();
    expect(root.childElementCount).toBe(0);
  });
});
