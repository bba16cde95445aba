// @vitest-environment happy-dom
/** What the charts of the optimisation panel are made of. */
import { describe, expect, it } from "vitest";
import { energy, multiple, progress, tint, tuning } from "../../src/view/optcharts";
import { drawFigure, ticks } from "../../src/view/optfigure";
import type { Coarse } from "../../src/view/opttypes";
import type { Tokens } from "../../src/view/panetokens";
import { status } from "./opthelpers";

const tokens = {
  series: ["rgb(1, 2, 3)", "rgb(4, 5, 6)"],
  ink: "rgb(9, 9, 9)",
  ink3: "rgb(8, 8, 8)",
} as unknown as Tokens;
const coarse = (changes: Partial<Coarse>): Coarse => ({
  p_opt: 0.043,
  uniform: 0.00012,
  times_uniform: 358,
  log2_times_uniform: null,
  bits: 15,
  windows: 6,
  ...changes,
});

describe("the charts", () => {
  it("carries incumbent and bound on to now, and is not flattened by a first bound far off", () => {
    const { data, layout } = progress(
      status({
        bounds: [
          [0, -1e6, "ranges"],
          [0.5, 27, "x"],
        ],
      }),
      tokens,
    );
    const [, bound, incumbent] = data as unknown as { x: number[]; y: number[] }[];
    expect(incumbent?.x.at(-1)).toBe(1.5);
    expect(bound?.y).toEqual([-1e6, 27, 27]);
    const [low] = (layout.yaxis?.range ?? []) as number[];
    expect(low).toBeGreaterThan(0);
  });

  it("shows each evaluation while angles are tuned, and the energies once there are any", () => {
    const told = coarse({
      p_opt: null,
      times_uniform: null,
      energies: [
        [1, -3, -3],
        [2, -2, -3],
        [6, -4.5, -4.5],
      ],
    });
    expect(energy(told, tokens, "green", "cost")).toBeNull();
    const [best, each] = (tuning(told, tokens, "solve 1")?.data ?? []) as unknown as {
      x: number[];
      y: number[];
    }[];
    expect(each).toMatchObject({ x: [1, 2, 6], y: [-3, -2, -4.5] });
    expect(best?.y).toEqual([-3, -3, -4.5]);
    expect(tuning(coarse({}), tokens, "solve 1")).toBeNull();
  });

  it("says how many times guessing, and when it is worse", () => {
    expect(multiple(coarse({}))).toEqual({ figure: "358 ×", words: "uniform\nP(opt) 4.3 %", worse: false });
    expect(multiple(coarse({ times_uniform: 0.5 }))?.words).toContain("worse than guessing");
    expect(multiple(coarse({ times_uniform: null }))).toBeNull();
    expect(energy(null, tokens, "green", "cost")).toBeNull();
    const bars = energy(
      coarse({
        histogram: [
          [0, 1, 2],
          [0.1, 0.9],
          [0.5, 0.5],
        ],
      }),
      tokens,
      "green",
      "cost",
    );
    expect(bars?.data[0]).toMatchObject({ y: [10, 90] });
    expect(tint("rgb(1, 2, 3)", 0.5)).toBe("rgba(1, 2, 3, 0.5)");
  });

  it("draws a schedule to scale, with its critical chain", () => {
    const bar = { row: 0, owner: 1, task: 0, critical: true };
    const bars = [
      { ...bar, start: 0, end: 5 },
      { ...bar, start: 5, end: 10, critical: false },
    ];
    const svg = drawFigure(
      { kind: "gantt", rows: ["m"], bars, end: 10, owner: "job", owners: 2 },
      480,
    ) as Element;
    const [a, b] = [...svg.querySelectorAll(".ql-opt-bar rect")];
    expect(Number(b?.getAttribute("x")) - Number(a?.getAttribute("x"))).toBeCloseTo((480 - 180) / 2);
    expect([a, b].map((r) => r?.getAttribute("stroke-width"))).toEqual(["2.5", "1"]);
    expect(ticks(27, 5)).toEqual([0, 10, 20]);
  });
});
