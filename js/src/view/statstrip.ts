/** The statistics as a strip of figures: the exact ones at once, the estimated ones as they come, each with its plot. */
import { plateau } from "../core/worth";
import { fill, h, setText } from "./dom";
import { factsOf } from "./facts";
import { thousands } from "./format";
import type { Session } from "./session";
import { type LoadPlotly, openPlot, type Which, withError } from "./worthplot";
import { WorthRun } from "./worthrun";

interface StripHost {
  root(): HTMLElement;
  focusCanvas(): void;
  /** Draws the plots of the estimates, where there is one. */
  readonly plotly?: LoadPlotly | undefined;
}

const ESTIMATES: readonly (readonly [Which, string, string])[] = [
  ["expressibility", "Expressibility", "KL"],
  ["entanglement", "Entanglement", ""],
  ["gradient", "Gradient variance", ""],
];

export function statStrip(
  session: Session,
  host: StripHost,
  changed: () => void,
  signal: AbortSignal,
): { el: HTMLElement; update(): void } {
  const exact = h("div", { class: "ql-stats-row" });
  const guess = h("div", { class: "ql-stats-row ql-worth" });
  const mark = h("span", { class: "ql-pill acc ql-stats-mark" }, "preview, as if dropped");
  const el = h("div", { class: "ql-stats", role: "region", "aria-label": "Statistics" }, exact, guess, mark);
  const run = new WorthRun(session, changed, signal);
  const figures = factsOf(session.shown).map(({ name }) => {
    const figure = h("span");
    const small = h("small");
    const cell = h(
      "div",
      { class: "ql-st" },
      h("div", { class: "k" }, name),
      h("div", { class: "v" }, figure, small),
    );
    return { cell, figure, small };
  });
  fill(
    exact,
    figures.map((one) => one.cell),
  );

  const cells = ESTIMATES.map(([which, name, unit]) => {
    const value = h("div", { class: "v" });
    const bar = h("i", { class: "ql-worth-bar" });
    const cell = h("button", { class: "ql-st", type: "button" }, h("div", { class: "k" }, name), value, bar);
    cell.addEventListener(
      "click",
      () => {
        if (run.state.worth && !run.state.old)
          openPlot(host.root(), run.state.worth, which, host.focusCanvas, host.plotly);
      },
      { signal },
    );
    return { which, name, unit, cell, value, bar };
  });
  fill(
    guess,
    cells.map((c) => c.cell),
  );

  function estimates(): void {
    run.update();
    const { worth, old, progress, reason } = run.state;
    for (const { which, name, unit, cell, value, bar } of cells) {
      const found = worth?.[which];
      const flat = which === "gradient" && worth ? plateau(worth) : undefined;
      cell.classList.toggle("is-old", old || !found);
      cell.classList.toggle("is-warn", flat === true && !old);
      cell.classList.toggle("is-ok", flat === false && !old);
      cell.disabled = !found || old;
      bar.style.transform = `scaleX(${progress ?? 0})`;
      bar.hidden = progress === undefined;
      const above = ` > 2⁻${power(session.circuit.qubits.length)}`;
      const guide = flat === undefined ? "" : flat ? " plateau likely" : above;
      const text = found ? `${withError(found).join("|± ")}${unit && ` ${unit}`}${guide}` : "–|";
      const key = `${text}${reason ?? ""}`;
      if (value.dataset.key === key) continue;
      value.dataset.key = key;
      const [main, rest] = text.split("|");
      fill(value, main, rest && h("small", null, ` ${rest}`));
      cell.title = reason ?? `${name}: a click shows the plot`;
    }
  }

  return {
    el,
    update() {
      const c = session.shown;
      mark.hidden = session.preview === undefined;
      estimates();
      for (const [i, { value, unit, about }] of factsOf(c).entries()) {
        const { cell, figure, small } = figures[i]!;
        setText(figure, thousands(value));
        setText(small, unit);
        if (about !== undefined && cell.title !== about) cell.title = about;
      }
    },
  };
}

const SMALL = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const power = (n: number): string => [...String(n)].map((d) => SMALL[Number(d)]).join("");
