// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { logTicks } from "../../src/view/paneaxis";
import { confusionPane } from "../../src/view/paneconfusion";
import { decades } from "../../src/view/panelbar";
import { sentence } from "../../src/view/panelnotes";
import { choice, slider } from "../../src/view/panelparts";
import { figureText, metricName, paceText, span, timeLeft } from "../../src/view/panelwords";
import { bySteps, chip } from "../../src/view/panemarks";
import { plain } from "../../src/view/panetokens";

const end = new AbortController();
const key = (el: HTMLElement, name: string, type = "keydown") =>
  el.dispatchEvent(new KeyboardEvent(type, { key: name, bubbles: true, cancelable: true }));
afterEach(() => vi.restoreAllMocks());

describe("words", () => {
  it("tell the time left from 5 % on", () => {
    expect(timeLeft(10, 480, 0.035)).toBe("estimating");
    expect(timeLeft(312, 480, 0.035)).toBe("about 6 s left");
    expect(timeLeft(479, 480, 0.035)).toBe("less than 1 s left");
    expect(timeLeft(480, 480, 0.035)).toBe("");
    expect([span(65), span(3700)]).toEqual(["1 min 5 s", "1 h 1 min"]);
  });
  it("tell figures with a real minus and few digits", () => {
    expect([0.151234, -0.5, 0, 12.345, 1234, 1.2e-5, Number.NaN].map(figureText)).toEqual([
      "0.151",
      "−0.500",
      "0.000",
      "12.35",
      "1,234",
      "1.2e−5",
      "–",
    ]);
    expect([paceText(0.0351), paceText(0.0012), paceText(2), paceText(Number.NaN)]).toEqual([
      "35 ms a step",
      "1.2 ms a step",
      "2.00 s a step",
      "",
    ]);
    expect([metricName("val_accuracy"), metricName("test_r2")]).toEqual(["validation accuracy", "test R²"]);
    expect(sentence("loss is NaN")).toBe("Loss is NaN.");
  });
  it("read mixed colours as every parser can", () => {
    expect(plain("color(srgb 1 0.5 0)")).toBe("rgb(255, 128, 0)");
    expect(plain("color(srgb 0 0 0 / 0.4)")).toBe("rgba(0, 0, 0, 0.4)");
    expect(plain("rgb(1, 2, 3)")).toBe("rgb(1, 2, 3)");
  });
});

describe("axes", () => {
  it("have powers of ten, or 1, 2 and 5 where these are few", () => {
    const within = (low: number, high: number) =>
      logTicks(low, high).tickvals.filter((v) => v >= low && v <= high);
    expect(within(0.001, 1)).toEqual([0.001, 0.01, 0.1, 1]);
    expect(within(0.05, 1)).toEqual([0.05, 0.1, 0.2, 0.5, 1]);
    expect(within(1e-9, 1).length).toBeLessThan(8);
    expect(logTicks(1e-6, 1e-5).ticktext[1]).toBe("2×10<sup>−7</sup>");
  });
  it("of the learning rate widen for a rate outside", () => {
    expect([decades(0.01), decades(0.5), decades(1e-6), decades(1e-4)]).toEqual([
      [-4, -1],
      [-4, 0],
      [-6, -1],
      [-4, -1],
    ]);
  });
});

describe("interventions", () => {
  const event = (step: number, kind: string, old: unknown = null, now: unknown = null) => ({
    step,
    time: 0,
    kind,
    old,
    new: now,
    text: "",
  });
  it("of one step are one chip, from the first rate to the last", () => {
    const steps = bySteps([
      event(3, "pause"),
      event(3, "lr", 0.1, 0.05),
      event(3, "lr", 0.05, 0.02),
      event(3, "resume"),
      event(9, "stop"),
    ]);
    expect([...steps.keys()]).toEqual([3, 9]);
    expect([...steps.values()].map(chip)).toEqual(["lr 0.1 → 0.02, paused", "stopped"]);
  });
});

describe("a slider", () => {
  const calls: [string, number][] = [];
  const make = () => {
    calls.length = 0;
    const made = slider(
      {
        label: "x",
        min: 0,
        max: 1,
        step: 0.1,
        page: 0.5,
        text: String,
        input: (v) => calls.push(["input", v]),
        commit: (v) => calls.push(["commit", v]),
      },
      end.signal,
    );
    made.set(0.5);
    vi.spyOn(made.element, "getBoundingClientRect").mockReturnValue({ left: 0, width: 100 } as DOMRect);
    return made;
  };
  const pointer = (el: HTMLElement, type: string, x: number) =>
    el.dispatchEvent(new MouseEvent(type, { clientX: x, button: 0, bubbles: true, cancelable: true }));
  it("decides on release, not while it is drawn", () => {
    const { element } = make();
    pointer(element, "pointerdown", 70);
    pointer(element, "pointermove", 81);
    expect(calls.map(([name]) => name)).toEqual(["input", "input"]);
    pointer(element, "pointerup", 81);
    expect(calls.at(-1)?.[0]).toBe("commit");
    expect(calls.at(-1)?.[1]).toBeCloseTo(0.8);
  });
  it("takes Escape back and decides nothing", () => {
    const made = make();
    pointer(made.element, "pointerdown", 90);
    key(made.element, "Escape");
    expect(made.element.getAttribute("aria-valuenow")).toBe("0.5");
    expect(calls.some(([name]) => name === "commit")).toBe(false);
  });
  it("moves by keys and decides when they are let go", () => {
    const { element } = make();
    key(element, "ArrowRight");
    key(element, "ArrowRight");
    expect(calls.map(([name]) => name)).toEqual(["input", "input"]);
    key(element, "ArrowRight", "keyup");
    expect(calls.at(-1)).toEqual(["commit", 0.7]);
    key(element, "End");
    key(element, "Enter");
    expect(calls.at(-1)).toEqual(["commit", 1]);
  });
  it("ignores everything when disabled, and outside values while it is held", () => {
    const made = make();
    pointer(made.element, "pointerdown", 70);
    made.set(0.1);
    expect(made.element.getAttribute("aria-valuenow")).toBe("0.7");
    made.disable(true);
    calls.length = 0;
    pointer(made.element, "pointerdown", 10);
    key(made.element, "ArrowRight");
    expect(calls).toEqual([]);
  });
});

it("a choice moves with the arrows and is made at once", () => {
  const chosen: string[] = [];
  const made = choice(
    "c",
    [
      ["a", "A"],
      ["b", "B"],
    ],
    (v) => chosen.push(v),
    end.signal,
  );
  made.set("a");
  key(made.element, "ArrowRight");
  key(made.element, "ArrowRight");
  expect(chosen).toEqual(["b", "a"]);
});

it("the confusion matrix says counts, shares of the true class and accuracy", () => {
  const pane = confusionPane();
  pane.update(null, "active");
  expect(pane.element.textContent).toContain("Comes with the first evaluation.");
  pane.update(
    {
      labels: ["3", "5"],
      matrix: [
        [35, 1],
        [2, 35],
      ],
      step: 312,
    },
    "active",
  );
  const cells = [...pane.element.querySelectorAll(".ql-conf-cell")];
  expect(cells.map((c) => c.textContent)).toEqual(["3597 %", "13 %", "25 %", "3595 %"]);
  expect(cells.map((c) => c.classList.contains("hi"))).toEqual([true, false, false, true]);
  expect(pane.element.textContent).toContain("73 validation rows, step 312");
  expect(pane.element.textContent).toContain("accuracy 0.959");
});
