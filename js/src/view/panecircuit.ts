/** The circuit's statistics as figures, and its gates by name as bars. */

import type { CircuitStats } from "../stream/messages";
import { h } from "./dom";
import { thousands } from "./format";
import { keyed } from "./panelparts";

export interface CircuitPane {
  readonly element: HTMLElement;
  update(stats: CircuitStats | null): void;
}

const BARS = 6;

export function circuitPane(): CircuitPane {
  const body = h("div", { class: "ql-circ" });
  const element = h(
    "section",
    { class: "ql-pane ql-pane-circ", "aria-label": "Circuit statistics" },
    h("header", { class: "row" }, h("h2", null, "Circuit"), h("span", { class: "cap" }, "as trained")),
    body,
  );
  const draw = keyed();
  return {
    element,
    update(stats) {
      if (!stats) return draw(body, "", () => [h("div", { class: "ql-skeleton" }, h("i"), h("i"), h("i"))]);
      draw(body, JSON.stringify(stats), () => [figures(stats), bars(stats)]);
    },
  };
}

function figures(stats: CircuitStats): HTMLElement {
  const rows: [string, number][] = [
    ["depth", stats.depth],
    ["2-qubit depth", stats.depth2],
    ["gates", stats.gates],
    ["two-qubit", stats.gates2],
    ["weights", stats.weights],
    ["inputs", stats.inputs],
  ];
  return h(
    "dl",
    { class: "ql-circ-figures" },
    rows.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, thousands(value)))),
  );
}

function bars(stats: CircuitStats): HTMLElement {
  const sorted = Object.entries(stats.counts).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  const shown = sorted.slice(0, sorted.length > BARS ? BARS - 1 : BARS);
  const rest = sorted.slice(shown.length).reduce((sum, [, n]) => sum + n, 0);
  if (rest > 0) shown.push([`${sorted.length - shown.length} others`, rest]);
  const most = Math.max(1, ...shown.map(([, n]) => n));
  return h(
    "dl",
    { class: "ql-circ-bars" },
    shown.map(([name, n]) =>
      h(
        "div",
        null,
        h("dt", null, name),
        h("dd", null, h("i", { style: `width:${(100 * n) / most}%` }), h("b", null, thousands(n))),
      ),
    ),
  );
}
