// @vitest-environment happy-dom
/** Which plots of a panel are drawn when drawing takes long: the first each time, the others in turn, none forgotten. */
import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../../src/view/panecurves";
import { type Look, painter } from "../../src/view/paneldraw";
import { Members } from "../../src/view/panelset";
import type { PlotPane } from "../../src/view/paneplot";
import type { Plotly } from "../../src/view/plotly";
import { bench } from "./helpers";

/** A painter of panes that take `cost` ms each, and whose drawings are written down. */
function painting(ids: readonly string[], cost: number) {
  const b = bench();
  b.kernel.step(10);
  let now = 0;
  const timers = { ...b.timers, now: () => now };
  const nothing = (): void => {};
  const members = new Members(b.link, timers, "01JD7-42", nothing, nothing, nothing);
  members.open();
  const drawn: string[] = [];
  const panes = ids.map((id) => {
    let last = "";
    const draw = (_plotly: Plotly, _scene: unknown, key: string): boolean => {
      if (key === last) return false;
      last = key;
      now += cost;
      drawn.push(id);
      return true;
    };
    const element = document.createElement("i");
    document.body.append(element);
    return { spec: { id, scale: "linear" }, element, draw, describe: nothing } as unknown as PlotPane;
  });
  let theme = 0;
  const look = (): Look =>
    ({
      settings: DEFAULTS,
      zoom: null,
      reset: 0,
      picked: null,
      theme,
      tokens: {},
      panes,
      columns: "",
    }) as unknown as Look;
  const paint = painter(members, look, timers);
  return {
    /** One drawing: the panes that were drawn, and whether another is asked for. */
    draw(changed: boolean): [string, boolean] {
      if (changed) theme++;
      drawn.length = 0;
      let more = false;
      const steps = paint.draw({} as Plotly, nothing, () => {
        more = true;
      });
      while (!steps.next().done);
      return [drawn.join(""), more];
    },
  };
}

describe("drawing the panes", () => {
  it("draws all of them at once where that is quick", () => {
    expect(painting(["a", "b", "c"], 1).draw(true)).toEqual(["abc", false]);
  });

  it("draws the first each time and the others in turn where it takes long, while rows come", () => {
    const { draw } = painting(["a", "b", "c"], 40);
    const turns = Array.from({ length: 6 }, () => draw(true)[0]);
    expect(turns).toEqual(["a", "a", "ab", "a", "a", "ac"]);
  });

  it("asks for more until none is left, once no more rows come", () => {
    const { draw } = painting(["a", "b", "c"], 40);
    const turns = [draw(true), draw(false), draw(false), draw(false)];
    expect(turns.map(([ids]) => ids).join("")).toBe("abc");
    expect(turns.at(-1)).toEqual(["", false]);
  });
});
