/** The progress bar and its line: step, epoch, pace, time left. Shows; computes nothing it is not given. */

import type { ClientState } from "../stream/state";
import { fill, h } from "./dom";
import { thousands } from "./format";
import type { Curves } from "./panecurves";
import { figureText, metricName, paceText, shown, span, timeLeft } from "./panelwords";

export interface Progress {
  readonly element: HTMLElement;
  update(state: ClientState, curves: Curves, pausedFor: number | null): void;
}

export function progress(): Progress {
  const fillBar = h("i");
  const bar = h(
    "div",
    { class: "ql-prog ql-big", role: "progressbar", "aria-label": "Steps made", "aria-valuemin": 0 },
    fillBar,
  );
  const line = h("div", { class: "row sub ql-progline" });
  const element = h("div", { class: "ql-progress" }, bar, line);
  let last = "";
  return {
    element,
    update(state, curves, pausedFor) {
      const { status } = state;
      const is = shown(state);
      const steps = curves.columns.column("step");
      const times = curves.columns.column("time");
      const step = Math.max(status?.step ?? 0, steps.at(-1) ?? 0);
      const total = status?.total ?? 0;
      const elapsed = Math.max(status?.elapsed ?? 0, times.at(-1) ?? 0);
      const epoch = Math.max(status?.epoch ?? 0, curves.columns.column("epoch").at(-1) ?? 0);
      const pace = curves.pace();
      fillBar.style.width = `${total > 0 ? Math.min(100, (100 * step) / total) : 0}%`;
      bar.dataset.is = is;
      bar.setAttribute("aria-valuemax", String(total));
      bar.setAttribute("aria-valuenow", String(step));
      const left = [
        total > 0 ? `*Step ${thousands(step)}* of ${thousands(total)}` : "",
        status && epoch > 0 ? `epoch ${thousands(epoch)} of ${thousands(status.epochs)}` : "",
        step > 0 && paceText(pace) ? paceText(pace) : "",
      ];
      const right: string[] = [];
      if (is === "loading") left.push(`Reading the history of run ${state.run}`);
      if (is === "running") right.push(`*${timeLeft(step, total, pace)}`);
      else if (is === "paused" && pausedFor !== null) right.push(`paused for ${span(pausedFor)}`);
      else if (status?.metrics && (is === "done" || is === "stopped"))
        for (const name of ["test_accuracy", "test_r2"]) {
          const value = status.metrics[name];
          if (value != null) right.push(`${metricName(name)} *${figureText(value)}`);
        }
      if (step > 0) right.push(`elapsed ${span(elapsed)}`);
      const key = `${left.join("\n")}\n\n${right.join("\n")}`;
      if (key === last) return;
      last = key;
      line.classList.toggle("ql-late", is === "loading");
      fill(
        line,
        left.filter(Boolean).map(part),
        h("span", { class: "end" }),
        right.filter(Boolean).map(part),
      );
    },
  };
}

/** "plain *bold* plain" as one span. */
function part(text: string): HTMLElement {
  const pieces = text.split("*");
  return h(
    "span",
    { class: "nowrap" },
    pieces.map((piece, i) => (i % 2 ? h("b", null, piece) : piece)),
  );
}
