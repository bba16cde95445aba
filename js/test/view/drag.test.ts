import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AT_REST, type DragEvent, type Effect, type Source, step } from "../../src/view/drag";

const source: Source = { kind: "ops", ids: ["g1"], wire: 0, col: 0 };
const down = (touch = false): DragEvent => ({ type: "down", source, x: 100, y: 100, touch });
const move = (x: number, y = 100): DragEvent => ({ type: "move", x, y });

function effects(...events: DragEvent[]): Effect[] {
  let state = AT_REST;
  return events.map((event) => {
    const next = step(state, event);
    state = next.state;
    return next.effect;
  });
}

describe("drag", () => {
  it("is a click below 4 px and a drag from there", () => {
    expect(effects(down(), move(103), { type: "up" })).toEqual(["none", "none", "click"]);
    expect(effects(down(), move(104), move(120), { type: "up" })).toEqual(["none", "begin", "move", "drop"]);
  });

  it("takes 8 px of a finger, or holding still", () => {
    expect(effects(down(true), move(107), move(108))).toEqual(["none", "none", "begin"]);
    expect(effects(down(true), { type: "hold" }, { type: "up" })).toEqual(["none", "begin", "drop"]);
    expect(effects(down(), { type: "hold" })).toEqual(["none", "none"]);
  });

  it("restores on cancel, once, and never drops after it", () => {
    expect(effects(down(), move(120), { type: "cancel" }, { type: "up" })).toEqual([
      "none",
      "begin",
      "restore",
      "none",
    ]);
    expect(effects(down(), { type: "cancel" }, move(150))).toEqual(["none", "none", "none"]);
  });

  it("drops or restores at most once for each press, whatever comes", () => {
    const event = fc.oneof(
      fc.constant(down()),
      fc.constant(down(true)),
      fc.integer({ min: 80, max: 130 }).map((x) => move(x)),
      fc.constantFrom<DragEvent>({ type: "up" }, { type: "cancel" }, { type: "hold" }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const seen = effects(...events);
        const begun = seen.filter((e) => e === "begin").length;
        const ended = seen.filter((e) => e === "drop" || e === "restore").length;
        expect(ended === begun || ended === begun - 1).toBe(true);
      }),
    );
  });
});
