/** The circuit's statistics as figures, and its gates by name as bars. */

import type { CircuitStats } from "../stream/messages";
import { h, on } from "./dom";
import { thousands } from "./format";
import { keyed } from "./panelparts";
import { faultOf } from "./paneviews";

export interface CircuitPane {
  readonly element: HTMLElement;
  /** `transpiled` is the kernel's newest answer; without `offered` none can be asked for. */
  update(stats: CircuitStats | null, transpiled: Values | undefined, offered: boolean): void;
}

type Values = Readonly<Record<string, unknown>>;
const BARS = 6;
/** Kinds of machine a circuit can be transpiled for, by how their qubits are joined. */
const MACHINES = [
  ["", "as trained"],
  ["full", "all to all"],
  ["line", "a line"],
  ["ring", "a ring"],
  ["grid", "a grid"],
  ["heavy-hex", "heavy hexagons"],
] as const;

export function circuitPane(transpile: (machine: string) => void, signal: AbortSignal): CircuitPane {
  const body = h("div", { class: "ql-circ" });
  const machine = h(
    "select",
    { class: "ql-field ql-circ-machine", "aria-label": "Transpiled for", hidden: true },
    MACHINES.map(([value, text]) => h("option", { value }, text)),
  );
  let asked = "";
  on(
    machine,
    "change",
    () => {
      asked = machine.value;
      if (asked) transpile(asked);
    },
    signal,
  );
  const element = h(
    "section",
    { class: "ql-pane ql-pane-circ", "aria-label": "Circuit statistics" },
    h(
      "header",
      { class: "row" },
      h("h2", null, "Circuit"),
      h("span", { class: "cap ql-circ-word" }, "as trained"),
      machine,
    ),
    body,
  );
  const draw = keyed();
  return {
    element,
    update(stats, transpiled, offered) {
      machine.hidden = !offered;
      (machine.previousElementSibling as HTMLElement).hidden = offered;
      if (!stats) return draw(body, "", () => [h("div", { class: "ql-skeleton" }, h("i"), h("i"), h("i"))]);
      const shown = transpiled && (transpiled.backend === asked || transpiled.fault) ? transpiled : null;
      draw(body, JSON.stringify([stats, asked, asked && shown]), () =>
        asked === "" ? [figures(stats), bars(stats)] : forMachine(shown, stats),
      );
    },
  };
}

/** What transpiling makes of the circuit, beside what it was. */
function forMachine(found: Values | null, stats: CircuitStats): HTMLElement[] {
  if (!found) return [h("p", { class: "cap", role: "status" }, "Transpiling.")];
  const fault = faultOf(found);
  if (fault) return [h("p", { class: "cap", role: "status" }, fault)];
  const before = (found.before ?? {}) as Readonly<Record<string, number>>;
  const rows: [string, unknown, unknown][] = [
    ["depth", found.depth, before.depth ?? stats.depth],
    ["2-qubit depth", found.two_qubit_depth, stats.depth2],
    ["gates", found.size, before.size ?? stats.gates],
    ["two-qubit", found.two_qubit, before.two_qubit ?? stats.gates2],
  ];
  const list = h(
    "dl",
    { class: "ql-circ-figures" },
    rows.map(([name, value, was]) =>
      h(
        "div",
        null,
        h("dt", null, name),
        h(
          "dd",
          null,
          thousands(Number(value)),
          h("small", { class: "cap" }, ` was ${thousands(Number(was))}`),
        ),
      ),
    ),
  );
  return [list, bars({ ...stats, counts: (found.counts ?? {}) as Record<string, number> })];
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
