// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { data } from "../../src/view/data";
import { choice, dataset, datasetMessage, type FakeLink, fakeLink, plan } from "./helpers";

let root: HTMLElement;
let link: FakeLink;
let end: AbortController;

const frame = () => new Promise((done) => setTimeout(done, 40));
const all = (selector: string): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(selector)];
const one = (selector: string): HTMLElement => {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
};
const last = (): unknown => link.sent.at(-1);
const key = (target: HTMLElement, name: string): boolean =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
const card = (name: string): HTMLElement => one(`.ql-data-head[aria-label^="${name},"]`);

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  end = new AbortController();
  link = fakeLink();
  data(root, link, { height: 760 }, end.signal);
});
afterEach(() => {
  end.abort();
  root.remove();
});

function show(): void {
  link.tell(datasetMessage());
  link.tell(plan());
}

describe("the source", () => {
  it("asks at once, and offers a way on when nothing is open", () => {
    expect(link.sent).toEqual([{ type: "open" }]);
    link.tell(datasetMessage(null));
    [...root.querySelectorAll<HTMLElement>(".ql-data-empty button")]
      .find((b) => b.textContent === "iris")
      ?.click();
    expect(last()).toEqual({ type: "load", source: "iris" });
  });

  it("loads on Enter, shows the refusal where it happened and keeps what was there", () => {
    show();
    const input = one(".ql-data-source input") as HTMLInputElement;
    input.value = " pengins.csv ";
    key(input, "Enter");
    expect(last()).toEqual({ type: "load", source: "pengins.csv" });
    link.tell({
      type: "error",
      at: "load",
      message: "there is no file 'pengins.csv'",
      cure: "use 'penguins.csv'",
    });
    expect(one(".ql-data-source .ql-note").textContent).toBe(
      "There is no file 'pengins.csv'. Use 'penguins.csv'.",
    );
    expect(all(".ql-data-card")).toHaveLength(3);
    card("b").dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
    show(); // the answer to a choice: the refusal is still true
    expect(all(".ql-data-source .ql-note")).toHaveLength(1);
    show();
    expect(all(".ql-data-source .ql-note")).toHaveLength(0);
  });

  it("opens the gallery with the keyboard and closes it with Esc", () => {
    show();
    const button = one('[aria-haspopup="true"]');
    button.click();
    expect(one(".ql-data-gallery").hidden).toBe(false);
    key(one(".ql-data-set"), "Escape");
    expect(one(".ql-data-gallery").hidden).toBe(true);
    button.click();
    one(".ql-data-set").click();
    expect(last()).toEqual({ type: "load", source: "iris" });
  });

  it("switches and closes datasets by their tabs", () => {
    show();
    all(".ql-data-tabs button").at(-1)?.click();
    expect(last()).toEqual({ type: "pick", key: "k2" });
    one(".ql-data-shut").click();
    expect(last()).toEqual({ type: "close", key: "k1" });
  });
});

describe("columns", () => {
  it("are toggled by a click and made the target by a shift-click", () => {
    show();
    expect(all(".ql-data-card").map((c) => c.className)).toEqual([
      "ql-data-card y",
      "ql-data-card x",
      "ql-data-card x",
    ]);
    card("a").click();
    expect(last()).toEqual({ type: "choose", set: { columns: ["b"] } });
    link.tell(plan({}, { columns: ["b"] }));
    expect(card("a").getAttribute("aria-pressed")).toBe("false");
    card("a").click();
    expect(last()).toEqual({ type: "choose", set: { columns: ["b", "a"] } });
    card("b").dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
    expect(last()).toEqual({ type: "choose", set: { target: "b" } });
    const sent = link.sent.length;
    card("kind").click();
    expect(link.sent).toHaveLength(sent);
  });

  it("filters by a condition and shows its fault beside the field", () => {
    show();
    const field = one(".ql-data-filter input") as HTMLInputElement;
    field.value = "a > 3";
    key(field, "Enter");
    expect(last()).toEqual({ type: "filter", condition: "a > 3", ranges: {} });
    link.tell({ type: "error", at: "filter", message: "unknown column 'c'", cure: "use 'a'" });
    expect(all(".ql-note.err")).toHaveLength(1);
    link.tell(datasetMessage(dataset({ rows: 9, condition: "a > 3", hash: "h2" })));
    expect(one(".ql-data-figures").textContent).toContain("9 rows of 1,000");
    one(".ql-data-clear").click();
    expect(last()).toEqual({ type: "filter", condition: "", ranges: {} });
  });
});

describe("to qubits", () => {
  it("sends each option and hands the features on", () => {
    show();
    const form = one(".ql-data-form");
    const press = (label: string): void =>
      [...form.querySelectorAll("button")].find((b) => b.textContent === label)?.click();
    press("PCA");
    expect(last()).toEqual({ type: "choose", set: { reduce: "pca", qubits: 2 } });
    all(".ql-data-class")
      .find((b) => b.textContent === "two")
      ?.click();
    expect(last()).toEqual({ type: "choose", set: { classes: ["<b>one</b>", "three"] } });
    const handle = all(".ql-data-split > b")[1] as HTMLElement;
    key(handle, "ArrowRight");
    expect(last()).toEqual({ type: "choose", set: { val: 0.25, test: 0.15 } });
    const iqp = all(".ql-data-cost input")[1] as HTMLInputElement;
    iqp.dispatchEvent(new Event("change", { bubbles: true }));
    expect(last()).toEqual({ type: "choose", set: { encode: "iqp" } });
    one(".ql-data-use").click();
    expect(last()).toEqual({ type: "use" });
    link.tell(plan({ used: true }));
    expect(one(".ql-data-used").textContent).toBe("In use: 2 qubits, 600 training rows");
    expect(one(".ql-data-preview svg").getAttribute("aria-label")).toBe(
      "Row 1, two encoded: a 1.500, b −0.500",
    );
    expect(one(".ql-data-facts").textContent).toContain("7c1e…a90");
  });

  it("offers the gates of an encoding where there is a designer, and says which have none", () => {
    show();
    const draw = one(".ql-data-draw") as HTMLButtonElement;
    expect(draw.hidden).toBe(true);
    link.tell(plan({ designer: true }));
    expect([draw.hidden, draw.disabled]).toEqual([false, false]);
    draw.click();
    expect(last()).toEqual({ type: "use", encode: true });
    link.tell(plan({ designer: true, choice: choice({ encode: "raw" }) }));
    expect(draw.disabled).toBe(true);
    expect(draw.title).toContain("place x[i]");
  });

  it("says why a choice gives no features, and keeps the button off", () => {
    show();
    const error = { message: "9 qubits are asked for", cure: "use qubits=2" };
    link.tell(plan({ plan: null, error, preview: null }));
    expect(one(".ql-data-answer .ql-note.err").textContent).toContain("Use qubits=2.");
    expect((one(".ql-data-use") as HTMLButtonElement).disabled).toBe(true);
  });
});

describe("the grid", () => {
  const columns = [0, 800, 1600].map((at) => ({ kind: "number" as const, at }));
  const block = new DataView(new ArrayBuffer(2400));
  for (let i = 0; i < 300; i++) block.setFloat64(8 * i, i === 0 ? Number.NaN : i + 0.5, true);
  const view = (): HTMLElement => one(".ql-data-scroll");
  const page = (changes: object = {}): void =>
    link.tell({ type: "page", hash: "h1", id: 1, from: 0, n: 100, columns, ...changes }, [block]);

  it("asks for what is seen and paints it when it comes", async () => {
    show();
    await frame();
    const asked = link.sent.find((m) => m.type === "page");
    expect(asked).toEqual({ type: "page", id: 1, from: 0, n: 100 });
    expect(all(".ql-data-lines .wait").length).toBeGreaterThan(0);
    page({ hash: "old" });
    await frame();
    expect(all(".ql-data-lines .wait").length).toBeGreaterThan(0);
    page();
    await frame();
    const row = one(".ql-data-lines [data-row='0']");
    expect([...row.children].slice(0, 2).map((c) => c.textContent)).toEqual(["1", "missing"]);
    expect(row.getAttribute("aria-rowindex")).toBe("2");
    (one(".ql-data-lines [data-row='1']").lastElementChild as HTMLElement).click();
    expect(last()).toEqual({ type: "row", row: 1 });
  });

  it("moves the cursor with the keys, one row asked for at a time, and tells a screen reader where it is", async () => {
    show();
    await frame();
    page();
    await frame();
    key(view(), "ArrowDown");
    key(view(), "ArrowDown");
    key(view(), "ArrowDown");
    expect(link.sent.filter((m) => m.type === "row")).toEqual([{ type: "row", row: 1 }]);
    link.tell({ type: "preview", key: "k1", preview: null });
    expect(link.sent.filter((m) => m.type === "row").at(-1)).toEqual({ type: "row", row: 3 });
    link.tell({ type: "preview", key: "k1", preview: null });
    expect(view().getAttribute("aria-rowcount")).toBe("1001");
    expect(view().getAttribute("aria-colcount")).toBe("4");
    key(view(), "Home");
    expect(last()).toEqual({ type: "row", row: 0 });
    const named = view().getAttribute("aria-activedescendant") ?? "";
    const cell = document.getElementById(named);
    expect(cell?.getAttribute("role")).toBe("gridcell");
    expect(cell?.closest("[data-row]")?.getAttribute("data-row")).toBe("0");
  });

  it("goes to the header above the first row and sorts there, as a click does", async () => {
    show();
    await frame();
    key(view(), "ArrowUp");
    const head = document.getElementById(view().getAttribute("aria-activedescendant") ?? "");
    expect(head?.getAttribute("role")).toBe("columnheader");
    expect(head?.getAttribute("aria-sort")).toBe("none");
    key(view(), "Enter");
    expect(last()).toEqual({ type: "sort", by: "a", descending: false });
    expect(view().getAttribute("aria-busy")).toBe("true");
    const sorted = (descending: boolean) =>
      link.tell(datasetMessage(dataset({ hash: `s${descending}`, sort: { by: "a", descending } })));
    sorted(false);
    expect(view().hasAttribute("aria-busy")).toBe(false);
    expect(one(".head [data-column='0']").getAttribute("aria-sort")).toBe("ascending");
    one(".head [data-column='0']").click();
    expect(last()).toEqual({ type: "sort", by: "a", descending: true });
    sorted(true);
    one(".head [data-column='0']").click();
    expect(last()).toEqual({ type: "sort", by: null, descending: false });
  });

  it("picks the row of the dataset, in whatever order the rows are shown", async () => {
    show();
    link.tell(datasetMessage(dataset({ hash: "s", sort: { by: "a", descending: true } })));
    await frame();
    const order = new DataView(new ArrayBuffer(2800));
    for (let i = 0; i < 100; i++) order.setUint32(2400 + 4 * i, 999 - i, true);
    link.tell({ type: "page", hash: "s", id: 9, from: 0, n: 100, columns, rows: 2400 }, [order]);
    await frame();
    expect(one(".ql-data-lines [data-row='2'] .id").textContent).toBe("998");
    one(".ql-data-lines [data-row='2'] .id").click();
    expect(last()).toEqual({ type: "row", row: 997 });
    await frame();
    expect(all(".ql-data-lines .picked").map((l) => l.dataset.row)).toEqual(["2"]);
  });

  it("asks for smaller pages of a wide table, and again for one that got lost", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      link.tell(datasetMessage(dataset({ page: 40 })));
      const asked = () => link.sent.filter((m) => m.type === "page");
      expect(asked()).toEqual([{ type: "page", id: 1, from: 0, n: 20 }]);
      vi.advanceTimersByTime(3100);
      vi.useRealTimers();
      await frame();
      expect(asked().at(-1)).toEqual({ type: "page", id: 2, from: 0, n: 20 });
    } finally {
      vi.useRealTimers();
    }
  });

  it("shows everything of a file as text, never as markup", () => {
    show();
    expect(root.querySelector("img, script, .ql-data-top b b")).toBeNull();
    expect(one(".ql-data-badrows").textContent).toContain("<script>alert(1)</script>");
    expect(one(".ql-data-legend").textContent).toContain("<b>one</b>");
  });
});

it("lets go of everything when its owner ends", () => {
  show();
  end.abort();
  expect(link.listeners).toBe(0);
  expect(root.childElementCount).toBe(0);
});

describe("a long load", () => {
  const about = { rows: 1499568, nbytes: 192e6, seconds: 2.4, free: 9.4e9, mapped: false, exact: false };
  const loading = (changes: object): void =>
    link.tell({
      type: "loading",
      source: "/data/flights.csv",
      stage: "read",
      done: 134e6,
      total: 216e6,
      rows: 930000,
      bad: 2,
      seconds: 1.5,
      left: 0.9,
      estimate: about,
      columns: [{ name: "speed", counts: [1, 5, 2] }],
      ...changes,
    } as never);
  const text = (): string => one(".ql-data-loading").textContent ?? "";

  it("says the estimate first, then how far it is, and what it will need", async () => {
    show();
    loading({ stage: "estimate", done: 0, rows: 0, bad: 0, seconds: 0.02, left: null, columns: [] });
    expect(text()).toContain("about 1,500,000 rows");
    loading({});
    await new Promise((done) => setTimeout(done, 300));
    expect(one(".ql-data-loading").hidden).toBe(false);
    expect(text()).toContain("930,000 of about 1,500,000 rows, 134 MB of 216 MB");
    expect(text()).toContain("900 ms left");
    expect(text()).toContain("will need 192 MB, 9.4 GB free: kept in memory");
    expect(text()).toContain("2 bad rows so far");
    expect(one(".ql-data-progress").getAttribute("aria-valuenow")).toBe("62");
    expect(all(".ql-data-growing figure").length).toBe(1);
    loading({ estimate: { ...about, mapped: true } });
    expect(text()).toContain("mapped from disk");
  });

  it("is stopped by Cancel and goes away when it is stopped, done or refused", () => {
    show();
    loading({});
    const stop = [...one(".ql-data-loading").querySelectorAll("button")][0] as HTMLButtonElement;
    stop.click();
    expect(last()).toEqual({ type: "cancel" });
    expect(stop.disabled).toBe(true);
    link.tell({ type: "loading", source: null });
    expect(one(".ql-data-loading").hidden).toBe(true);
    expect((one(".ql-data-load") as HTMLButtonElement).disabled).toBe(false);
    loading({});
    expect(stop.disabled).toBe(false);
    show();
    expect(one(".ql-data-loading").hidden).toBe(true);
  });
});
