/** The small picture on a column card: a histogram stacked by class, or the most frequent values. Draws, decides nothing. */

import { type Child, h, s } from "./dom";
import { thousands } from "./format";

const CLASS_COLOURS = ["--ql-s7", "--ql-s6", "--ql-s5", "--ql-s4"];
const WIDTH = 176;
const HEIGHT = 52;

/** The colour of class number `index`; past the fourth there is none left. */
export function classColour(index: number): string {
  return `var(${CLASS_COLOURS[index] ?? "--ql-ink-3"})`;
}

/** Bars of a histogram; `counts` has one row a class, and `plain` paints them all in one colour. */
export function histogram(counts: readonly (readonly number[])[], plain: string | null): SVGSVGElement {
  const bins = counts[0]?.length ?? 0;
  const totals = Array.from({ length: bins }, (_, i) => counts.reduce((sum, row) => sum + (row[i] ?? 0), 0));
  const most = Math.max(1, ...totals);
  const pitch = WIDTH / Math.max(bins, 1);
  const bars: Child[] = [];
  for (let i = 0; i < bins; i++) {
    let y = HEIGHT;
    counts.forEach((row, k) => {
      const height = ((row[i] ?? 0) / most) * (HEIGHT - 2);
      if (height === 0) return;
      y -= height;
      const bar = {
        x: i * pitch + 0.5,
        y,
        width: Math.max(1, pitch - 1),
        height,
        fill: plain ?? classColour(k),
      };
      bars.push(s("rect", bar));
    });
  }
  return s(
    "svg",
    {
      class: "ql-data-hist",
      viewBox: `0 0 ${WIDTH} ${HEIGHT + 1}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    s("line", { x1: 0, x2: WIDTH, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5, class: "ax" }),
    bars,
  );
}

export interface Bar {
  readonly label: string;
  readonly count: number;
  readonly colour: string;
}

/** Up to three bars with their labels and counts. */
export function bars(rows: readonly Bar[]): HTMLElement {
  const most = Math.max(1, ...rows.map((row) => row.count));
  return h(
    "div",
    { class: "ql-data-top" },
    rows.map((row) => [
      h("span", { title: row.label }, row.label),
      h(
        "i",
        null,
        h("b", { style: `width:${Math.max(2, (100 * row.count) / most)}%;background:${row.colour}` }),
      ),
      h("em", null, thousands(row.count)),
    ]),
  );
}
