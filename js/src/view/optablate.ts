/** With and without the coarse stage: the pairs of an ablation as a table, and its verdict. Draws, decides nothing. */

import { fill, h, headRow, on } from "./dom";
import { number } from "./format";
import { icon } from "./icons";
import { refusal, seconds } from "./optanswer";
import { sentence } from "./optgrid";
import type { Ablation, Pair } from "./opttypes";

const winner = (pair: Pair, sense: "min" | "max"): "with" | "without" | "" => {
  const gain = (sense === "min" ? 1 : -1) * (pair.without - pair.with);
  return Math.abs(gain) <= 1e-9 ? "" : gain > 0 ? "with" : "without";
};

export interface AblationView {
  readonly element: HTMLElement;
  update(ablation: Ablation | null): void;
}

export function ablationView(signal: AbortSignal): AblationView {
  const element = h("section", { class: "ql-opt-ablation", hidden: true });
  let closed = "";
  let shown: Ablation | null = null;

  function paint(): void {
    element.hidden = shown === null || shown.key === closed;
    if (!shown || element.hidden) return;
    const a = shown;
    const close = h(
      "button",
      { class: "ql-btn quiet icon", type: "button", title: "Close", "aria-label": "Close the comparison" },
      icon("close"),
    );
    on(
      close,
      "click",
      () => {
        closed = a.key;
        paint();
      },
      signal,
    );
    const bold = (pair: Pair, side: "with" | "without") =>
      h("td", { class: winner(pair, a.sense) === side ? "best" : "" }, number(pair[side], 7));
    const rows = a.rows.map((pair) =>
      h(
        "tr",
        null,
        h("th", { scope: "row" }, `${pair.seed}`),
        bold(pair, "with"),
        bold(pair, "without"),
        h("td", null, winner(pair, a.sense) || "equal"),
        h("td", null, seconds(pair.seconds_with)),
        h("td", null, seconds(pair.seconds_without)),
      ),
    );
    const heads = ["Seed", "With", "Without", "Better", "Time with", "Time without"];
    const going = a.preparing || `pair ${a.rows.length + 1} of ${a.total}, at most ${a.limit} s a solve`;
    fill(
      element,
      h(
        "div",
        { class: "row between" },
        h("h2", null, `${a.objective} of ${a.name} with and without ${a.method}`),
        a.running ? h("span", { class: "sub", role: "status" }, sentence(going)) : close,
      ),
      a.error && refusal(a.error, null, signal),
      rows.length > 0 &&
        h(
          "table",
          null,
          headRow(heads.map((text) => h("th", { scope: "col" }, text))),
          h("tbody", null, rows),
        ),
      a.verdict &&
        h(
          "p",
          null,
          h("b", null, sentence(a.verdict)),
          a.stopped ? " Stopped; the pairs so far count." : null,
        ),
    );
  }

  return {
    element,
    update(ablation) {
      shown = ablation;
      paint();
    },
  };
}
