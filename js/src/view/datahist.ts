/** The small picture on a column card: a histogram stacked by class, or the most frequent values. Draws, decides nothing. */

import type { Value } from "./datatypes";
import { h, s, setText } from "./dom";
import { thousands } from "./format";

const CLASS_COLOURS = ["--ql-s7", "--ql-s6", "--ql-s5", "--ql-s4"];
const WIDTH = 176;
const HEIGHT = 52;

type Counts = readonly (readonly number[])[];

/** The colour of class number `index`; past the fourth there is none left. */
export function classColour(index: number): string {
  return `var(${CLASS_COLOURS[index] ?? "--ql-ink-3"})`;
}

export interface Histogram {
  readonly element: SVGSVGElement;
  /** Shows which part of each bar passes the filters, the rest faded; null: all of it. */
  part(counts: Counts | null): void;
}

/**
 * Bars of a histogram; `counts` has one row a class, `plain` paints them all in one colour, and `full` is the count that
 * fills the height.
 */
export function histogram(counts: Counts, plain: string | null, full = highest(counts)): Histogram {
  const most = Math.max(1, full);
  const rows = (given: Counts): Counts => (plain === null || given.length === 0 ? given : [sums(given)]);
  const all = rows(counts).map((_, k) => s("path", { fill: plain ?? classColour(k) }));
  const some = rows(counts).map((_, k) => s("path", { fill: plain ?? classColour(k) }));
  const behind = s("g", { class: "all" }, all);
  const element = s(
    "svg",
    {
      class: "ql-data-hist",
      viewBox: `0 0 ${WIDTH} ${HEIGHT + 1}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    s("line", { x1: 0, x2: WIDTH, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5, class: "ax" }),
    behind,
    some,
  );
  draw(all, rows(counts), most);
  return {
    element,
    part(passed) {
      behind.classList.toggle("faded", passed !== null);
      draw(some, rows(passed ?? []), most);
    },
  };
}

function highest(counts: Counts): number {
  return Math.max(1, ...sums(counts));
}

/** All classes together. */
function sums(counts: Counts): number[] {
  const bins = counts[0]?.length ?? 0;
  return Array.from({ length: bins }, (_, i) => counts.reduce((sum, row) => sum + (row[i] ?? 0), 0));
}

/** One path a class, each bar standing on the class before. */
function draw(paths: readonly SVGPathElement[], counts: Counts, most: number): void {
  const bins = counts[0]?.length ?? 0;
  const pitch = WIDTH / Math.max(bins, 1);
  const wide = Math.max(1, pitch - 1);
  const top = new Array<number>(bins).fill(HEIGHT);
  paths.forEach((path, k) => {
    let d = "";
    for (let i = 0; i < bins; i++) {
      const height = ((counts[k]?.[i] ?? 0) / most) * (HEIGHT - 2);
      if (height === 0) continue;
      top[i] = (top[i] ?? HEIGHT) - height;
      d += `M${(i * pitch + 0.5).toFixed(2)} ${top[i]?.toFixed(2)}h${wide.toFixed(2)}v${height.toFixed(2)}h-${wide.toFixed(2)}z`;
    }
    path.setAttribute("d", d);
  });
}

export interface Bar {
  readonly label: string;
  /** Null stands for missing. */
  readonly value: Value | null;
  readonly count: number;
  readonly colour: string;
}

export interface Bars {
  readonly element: HTMLElement;
  /** Which values are filtered to, and how many rows of each pass the other filters; null: no filter. */
  part(counts: readonly number[] | null, chosen: readonly (Value | null)[]): void;
  readonly buttons: readonly HTMLButtonElement[];
}

/** Up to three bars with their labels and counts; each is a button that filters to its value. */
export function bars(rows: readonly Bar[], pick: (value: Value | null) => void): Bars {
  const most = Math.max(1, ...rows.map((row) => row.count));
  const wide = (count: number): string => `${count === 0 ? 0 : Math.max(2, (100 * count) / most)}%`;
  const made = rows.map((row) => {
    const all = h("b", { style: `width:${wide(row.count)};background:${row.colour}` });
    const some = h("b", { style: `background:${row.colour}` });
    const figure = h("em", null, thousands(row.count));
    const button = h(
      "button",
      {
        type: "button",
        class: "ql-data-bar",
        "aria-pressed": "false",
        "aria-label": `Only ${row.label}, ${thousands(row.count)} rows`,
      },
      h("span", { title: row.label }, row.label),
      h("i", null, all, some),
      figure,
    );
    button.addEventListener("click", () => pick(row.value));
    return { row, all, some, figure, button };
  });
  return {
    element: h(
      "div",
      { class: "ql-data-top" },
      made.map((m) => m.button),
    ),
    buttons: made.map((m) => m.button),
    part(counts, chosen) {
      made.forEach(({ row, all, some, figure, button }, i) => {
        const found = counts?.[i] ?? -1;
        const count = found < 0 ? row.count : found; // of missing cells only the whole number is known
        const picked = chosen.includes(row.value);
        all.classList.toggle("faded", counts !== null || chosen.length > 0);
        const shown = counts === null && chosen.length === 0 ? 0 : chosen.length > 0 && !picked ? 0 : count;
        some.style.width = wide(shown);
        setText(figure, thousands(count));
        button.setAttribute("aria-pressed", String(picked));
      });
    },
  };
}
