// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { data } from "../../src/view/data";
import { bound, rangeOf, shareOf, toggled, withBrush, words } from "../../src/view/databins";
import { filters, type Shown } from "../../src/view/datafilter";
import type { CrossMessage, ToKernel } from "../../src/view/datatypes";
import { column, dataset, datasetMessage, type FakeLink, fakeLink, plan } from "./helpers";

describe("bars and values", () => {
  const ten = column("m", { low: 0, high: 10, counts: [[1, 1, 1, 1, 1]] });
  it("a brush over bars is a range of values, whole numbers for whole numbers", () => {
    expect(rangeOf(ten, 1, 2)).toEqual([2, 6]);
    expect(rangeOf(ten, 4, 3)).toEqual([6, 10]);
    expect(rangeOf(ten, -5, 99)).toEqual([0, 10]);
    const few = column("k", { type: "int", low: 1, high: 3, counts: [[4, 5, 6]], span: [0.5, 3.5] });
    expect(rangeOf(few, 0, 0)).toEqual([1, 1]);
    expect(rangeOf(few, 1, 2)).toEqual([2, 3]);
    const mass = column("g", { type: "int", low: 2700, high: 6300, counts: [new Array<number>(22).fill(1)] });
    expect(rangeOf(mass, 11, 20)).toEqual([4500, 6136]);
    expect(rangeOf(column("t", { counts: [], low: null, high: null }), 0, 1)).toBeNull();
  });
  it("a brush over dates takes whole days or whole seconds, and says them", () => {
    const day = 86_400;
    const dates = column("when", {
      type: "date",
      low: 0,
      high: 44 * day,
      counts: [new Array<number>(22).fill(1)],
    });
    expect(rangeOf({ ...dates, daily: true }, 0, 1)).toEqual([0, 4 * day]);
    expect(rangeOf({ ...dates, high: 45 * day, daily: true }, 1, 1)).toEqual([3 * day, 4 * day]);
    expect(rangeOf({ ...dates, high: 45 * day }, 1, 1)).toEqual([176_727, 353_455]);
    const few = column("when", { type: "date", daily: true, low: 0, high: 2 * day, counts: [[1, 0, 1]] });
    const each = { ...few, span: [-day / 2, 2.5 * day] as const };
    expect(rangeOf(each, 2, 2)).toEqual([2 * day, 2 * day]);
    expect(shareOf(each, [2 * day, 2 * day])[0]).toBeCloseTo(2 / 3, 9);
    expect(words("when", [0, 19_000 * day], "date")).toBe("1970-01-01 to 2022-01-08");
    expect(bound("when", 19_000 * day + 3_723, "date")).toBe("2022-01-08 01:02");
    expect(bound("when", -62_135_596_800, "date")).toBe("0001-01-01");
    expect(bound("when", 1e18, "date")).toBe("1e18");
  });
  it("a range covers the bars it came from", () => {
    for (const about of [ten, column("k", { type: "int", low: 1, high: 5, counts: [[1, 1, 1, 1, 1]] })])
      for (let a = 0; a < 5; a++)
        for (let b = a; b < 5; b++) {
          const [from, to] = shareOf(about, rangeOf(about, a, b)!);
          expect(from).toBeCloseTo(a / 5, 6);
          expect(to).toBeCloseTo((b + 1) / 5, 6);
        }
  });
  it("is said in words", () => {
    expect(words("mass", [4500, 6136])).toBe("4,500 to 6,136");
    expect(words("year", [2007, 2008])).toBe("2007 to 2008");
    expect(words("sex", { values: ["male", null] })).toBe("male or missing");
    expect(bound("x", -0.12345678)).toBe("−0.1235");
  });
  it("values come and go, and the last one takes the brush along", () => {
    expect(toggled(undefined, "a")).toEqual({ values: ["a"] });
    expect(toggled({ values: ["a"] }, null)).toEqual({ values: ["a", null] });
    expect(toggled({ values: ["a"] }, "a")).toBeNull();
    expect(withBrush({ a: [0, 1] }, "a", null)).toEqual({});
    expect(withBrush({ a: [0, 1] }, "b", [2, 3])).toEqual({ a: [0, 1], b: [2, 3] });
  });
});

const crossOf = (id: number | null, rows = 7): CrossMessage => ({
  type: "cross",
  key: "k1",
  id,
  rows,
  total: 1000,
  columns: [
    {
      name: "b",
      counts: [
        [1, 0, 0],
        [0, 1, 0],
      ],
    },
  ],
});

describe("the filters in force", () => {
  let sent: ToKernel[];
  let shown: Shown | undefined;
  const make = () =>
    filters(
      (message) => sent.push(message),
      (next) => {
        shown = next;
      },
    );
  beforeEach(() => {
    sent = [];
  });

  it("asks for the newest brush only, one answer at a time", () => {
    const cuts = make();
    cuts.dataset(dataset());
    for (let i = 1; i <= 5; i++) cuts.brush("a", [0, i], false);
    expect(sent).toEqual([{ type: "brush", id: 1, ranges: { a: [0, 1] } }]);
    cuts.cross(crossOf(1));
    expect(sent.slice(1)).toEqual([{ type: "brush", id: 2, ranges: { a: [0, 5] } }]);
    cuts.cross(crossOf(1, 99)); // an older answer changes nothing
    expect(shown?.cross?.rows).toBe(7);
    cuts.brush("a", [0, 5], true);
    expect(sent.at(-1)).toEqual({ type: "filter", condition: "", ranges: { a: [0, 5] } });
  });

  it("a refusal brings back what held, and another dataset has filters of its own", () => {
    const cuts = make();
    cuts.dataset(dataset({ ranges: { b: [1, 2] } }));
    cuts.cross(crossOf(null, 50));
    cuts.brush("a", [0, 1], true);
    expect(shown?.brushes).toEqual({ b: [1, 2], a: [0, 1] });
    cuts.fail();
    expect(shown).toEqual({ condition: "", brushes: { b: [1, 2] }, cross: crossOf(null, 50) });
    cuts.dataset(dataset({ key: "k2" }));
    expect(shown).toEqual({ condition: "", brushes: {}, cross: null });
  });
});

describe("a card", () => {
  let root: HTMLElement;
  let link: FakeLink;
  let end: AbortController;
  const one = (selector: string): HTMLElement => root.querySelector<HTMLElement>(selector)!;
  const card = (name: string): HTMLElement =>
    one(`.ql-data-head[aria-label^="${name},"]`).closest<HTMLElement>(".ql-data-card")!;
  const key = (target: HTMLElement, name: string, more = {}): boolean =>
    target.dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }),
    );
  beforeEach(() => {
    root = document.createElement("div");
    document.body.append(root);
    end = new AbortController();
    link = fakeLink();
    data(root, link, {}, end.signal);
    link.tell(datasetMessage());
    link.tell(plan());
  });
  afterEach(() => {
    end.abort();
    root.remove();
  });

  it("is brushed with the keys, the others follow, a chip says so and clears it", () => {
    const [from] = [...card("a").querySelectorAll<HTMLElement>("[role=slider]")];
    key(from!, "ArrowRight");
    expect(link.sent.at(-1)).toEqual({ type: "filter", condition: "", ranges: { a: [1.33333, 4] } });
    link.tell(datasetMessage(dataset({ ranges: { a: [1.33333, 4] }, rows: 7, hash: "h2" })));
    link.tell(crossOf(null));
    expect(one(".ql-data-chip").textContent).toBe("a1.333 to 4");
    expect(one(".ql-data-figures").textContent).toContain("7 rows of 1,000");
    expect(card("b").querySelector(".faded")).not.toBeNull();
    expect(card("a").classList.contains("brushed")).toBe(true);
    expect(from!.getAttribute("aria-valuetext")).toBe("1.333");
    one(".ql-data-chip button").click();
    expect(link.sent.at(-1)).toEqual({ type: "filter", condition: "", ranges: {} });
  });

  it("filters to values of a text, and Esc takes it away", () => {
    const bar = card("kind").querySelectorAll<HTMLElement>(".ql-data-bar");
    bar[1]!.click();
    expect(link.sent.at(-1)).toEqual({
      type: "filter",
      condition: "",
      ranges: { kind: { values: ["two"] } },
    });
    expect(bar[1]!.getAttribute("aria-pressed")).toBe("true");
    key(bar[1]!, "Escape");
    expect(link.sent.at(-1)).toEqual({ type: "filter", condition: "", ranges: {} });
  });

  it("keeps the focus when the dataset is told again, and only one card is a stop of Tab", () => {
    const head = card("b").querySelector<HTMLElement>(".ql-data-head")!;
    head.focus();
    link.tell(datasetMessage(dataset({ hash: "h3" })));
    expect(document.activeElement).toBe(head);
    const stops = [...root.querySelectorAll<HTMLElement>(".ql-data-head")].filter((h) => h.tabIndex === 0);
    expect(stops).toEqual([head]);
    key(head, "ArrowLeft");
    expect(document.activeElement).toBe(card("a").querySelector(".ql-data-head"));
    key(document.activeElement as HTMLElement, "Enter", { shiftKey: true });
    expect(link.sent.at(-1)).toEqual({ type: "choose", set: { target: "a" } });
  });

  it("a feature is moved among the others with Alt and an arrow", () => {
    const head = card("a").querySelector<HTMLElement>(".ql-data-head")!;
    head.focus();
    key(head, "ArrowRight", { altKey: true });
    expect(link.sent.at(-1)).toEqual({ type: "choose", set: { columns: ["b", "a"] } });
    link.tell(plan({}, { columns: ["b", "a"] }));
    const order = [...root.querySelectorAll(".ql-data-card .ql-data-name")].map((n) => n.textContent);
    expect(order).toEqual(["kind", "b", "a"]);
    expect(document.activeElement).toBe(head);
  });
});

describe("pixel columns", () => {
  it("are one card and one picture a row, and are picked together", () => {
    const root = document.createElement("div");
    document.body.append(root);
    const link = fakeLink();
    const end = new AbortController();
    data(root, link, {}, end.signal);
    const image = { columns: ["a", "b"], width: 2, height: 1, low: 0, high: 4 };
    link.tell(datasetMessage(dataset({ image, grid: ["kind"], shown: 1 })));
    link.tell(plan());
    const names = [...root.querySelectorAll(".ql-data-card .ql-data-name")].map((n) => n.textContent);
    expect(names).toEqual(["kind", "image"]);
    root.querySelector<HTMLElement>('.ql-data-head[aria-label^="image,"]')!.click();
    expect(link.sent.at(-1)).toEqual({ type: "choose", set: { columns: [] } });
    link.tell(plan({}, { columns: [] }));
    root.querySelector<HTMLElement>('.ql-data-head[aria-label^="image,"]')!.click();
    expect(link.sent.at(-1)).toEqual({ type: "choose", set: { columns: ["a", "b"] } });
    root.querySelector<HTMLElement>(".ql-data-more")!.click();
    expect(root.querySelectorAll(".ql-data-card")).toHaveLength(4);
    end.abort();
    root.remove();
  });
});
