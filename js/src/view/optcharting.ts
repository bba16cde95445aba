/** The two charts beside each other, drawn by the page's one Plotly. Waits for it, and redraws only what has changed. */

import type { Link } from "../stream/messages";
import { fill, h, setText } from "./dom";
import { number } from "./format";
import { type Chart, energy, multiple, progress, tuning } from "./optcharts";
import type { Status } from "./opttypes";
import { config } from "./panelayout";
import { plain, readTokens, type Tokens } from "./panetokens";
import { loadPlotly, type Plotly } from "./plotly";

export interface Charts {
  readonly element: HTMLElement;
  update(status: Status): void;
  retheme(): void;
}

export function optCharts(root: HTMLElement, link: Link, signal: AbortSignal): Charts {
  const boxes = [0, 1].map(() => {
    const plot = h("div");
    const text = h("p", null, "Loading the plots");
    return { plot, text, body: h("div", { class: "ql-opt-plot" }, plot, text) };
  });
  const [left, right] = boxes as [(typeof boxes)[0], (typeof boxes)[0]];
  const times = h("span", { class: "ql-opt-times" });
  const key = (label: string, style: string, line = false): HTMLElement =>
    h("span", { class: "ql-opt-key" }, h("i", { class: line ? "line" : "", style }), label);
  const keys = h("span", { class: "row end" });
  const showKeys = (tuned: boolean): void => {
    const now = tuned ? ["energy", "best so far"] : ["coarse", "uniform"];
    if (keys.textContent !== now.join(""))
      fill(
        keys,
        key(now[0] ?? "", "background:var(--ql-s1)"),
        key(now[1] ?? "", "border-color:var(--ql-ink-2)", true),
      );
  };
  showKeys(false);
  const element = h(
    "div",
    { class: "ql-opt-duo" },
    h(
      "section",
      null,
      h("div", { class: "row ql-opt-top" }, h("h2", null, "Energy of the coarse pass"), keys),
      left.body,
      times,
    ),
    h(
      "section",
      null,
      h(
        "div",
        { class: "row ql-opt-top" },
        h("h2", null, "Incumbent and bound"),
        h(
          "span",
          { class: "row end" },
          key("incumbent", "border-color:var(--ql-ink)", true),
          key("bound", "border-color:var(--ql-s2);border-top-style:dashed", true),
        ),
      ),
      right.body,
    ),
  );
  let plotly: Plotly | undefined;
  let broken = "";
  let tokens: Tokens | undefined;
  let ok = "";
  let now: Status | undefined;
  let asked = false;
  const last = ["", ""];

  const sizes = new ResizeObserver(() => draw());
  sizes.observe(left.body);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    for (const box of boxes) plotly?.purge(box.plot);
  });

  function put(k: 0 | 1, chart: Chart | null, why: string, label: string): void {
    const box = boxes[k];
    if (!box) return;
    const width = Math.round(box.body.clientWidth);
    const height = Math.round(box.body.clientHeight);
    const full = JSON.stringify([chart?.data, chart?.layout, width, height, why]);
    if (full === last[k] || width < 20) return;
    last[k] = full;
    box.plot.hidden = chart === null;
    box.text.hidden = chart !== null;
    setText(box.text, why);
    box.body.setAttribute("role", "group");
    box.body.setAttribute("aria-label", label);
    if (chart && plotly)
      void plotly.react(
        box.plot,
        chart.data,
        { ...chart.layout, width, height } as never,
        config(`optimise-${k}`),
      );
  }

  function draw(): void {
    if (!now || !root.isConnected || element.clientWidth < 20) return;
    if (!tokens) {
      tokens = readTokens(root);
      const probe = h("span", { style: "display:none;color:var(--ql-ok)" });
      root.append(probe);
      ok = plain(getComputedStyle(probe).color);
      probe.remove();
    }
    const wait = broken || "Loading the plots";
    const c = now.coarse;
    const stage = now.stages.find((s) => s.stage === "coarse");
    const running = now.state === "running";
    const label = c?.windows ? "cost within the last window" : c?.values ? "value" : "cost with penalties";
    const spread = energy(c, tokens, ok, label);
    const tuned = spread ? null : tuning(c, tokens, now.key);
    const bars = spread ?? tuned;
    showKeys(tuned !== null);
    const none = stage
      ? stage.seconds === null
        ? "The coarse pass goes on"
        : stage.summary || "The coarse pass told no energies"
      : running
        ? "Not begun yet"
        : "No coarse pass was asked for";
    const newest = c?.energies?.at(-1);
    const told =
      tuned && newest ? `Best energy ${number(newest[2], 6)} after ${newest[0]} evaluations` : none;
    put(0, plotly ? bars : null, plotly || !bars ? none : wait, `Energy of the coarse pass. ${told}`);
    const found = now.incumbents.length + now.bounds.length > 0;
    const said = `Incumbent ${now.value ?? "none"}, bound ${now.bound ?? "none"} after ${now.seconds.toFixed(2)} s`;
    put(1, plotly && found ? progress(now, tokens) : null, found ? wait : "Nothing found so far", said);
  }

  return {
    element,
    update(status) {
      now = status;
      const many = multiple(status.coarse);
      times.hidden = many === null;
      times.classList.toggle("worse", many?.worse ?? false);
      fill(times, many && [h("b", null, many.figure), h("span", null, many.words)]);
      if (!asked) {
        asked = true;
        loadPlotly(link, signal).then(
          (loaded) => {
            plotly = loaded;
            draw();
          },
          (error: Error) => {
            broken = error.message;
            asked = false;
            draw();
          },
        );
      }
      draw();
    },
    retheme() {
      const again = (): void => {
        tokens = undefined;
        if (!signal.aborted) draw();
      };
      again();
      setTimeout(again, 400); // the host's own style sheet may come after its theme's name
    },
  };
}
