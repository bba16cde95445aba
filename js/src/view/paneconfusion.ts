/** The confusion matrix as a grid of its own: counts, shares of each true class, sequential ramp. */

import type { Confusion } from "../stream/messages";
import { fill, h, setText } from "./dom";
import { thousands } from "./format";
import { keyed } from "./panelparts";

export interface ConfusionPane {
  readonly element: HTMLElement;
  update(confusion: Confusion | null, state: "loading" | "active" | "ended"): void;
}

/** Whether "predicted" and the names fit over the columns of the narrowest pane; else the words go to the caption. */
const wordyFits = (labels: readonly string[]): boolean =>
  labels.every((label) => (label.length + "predicted ".length) * labels.length <= 37);

export function confusionPane(): ConfusionPane {
  const body = h("div", { class: "ql-conf-body" });
  const caption = h("span", { class: "cap" }, "validation");
  const element = h(
    "section",
    { class: "ql-pane ql-pane-conf", "aria-label": "Confusion matrix" },
    h("header", { class: "row" }, h("h2", null, "Confusion"), caption),
    body,
  );
  const draw = keyed();
  return {
    element,
    update(confusion, state) {
      const many = !wordyFits(confusion?.labels ?? []);
      setText(caption, many ? "rows true, columns predicted" : "validation");
      if (!confusion || confusion.matrix.length === 0) {
        if (state === "loading") {
          draw(body, "", () => [h("div", { class: "ql-conf-empty" })]);
          return;
        }
        const text =
          state === "ended" ? "No validation rows were evaluated." : "Comes with the first evaluation.";
        draw(body, text, () => [h("div", { class: "ql-conf-empty" }, h("p", { class: "sub" }, text))]);
        return;
      }
      draw(body, JSON.stringify(confusion), () => grid(confusion));
    },
  };
}

function grid({ labels, matrix, step }: Confusion): Node[] {
  const n = labels.length;
  const wordy = wordyFits(labels);
  const total = matrix.flat().reduce((sum, v) => sum + v, 0);
  const right = matrix.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const head = (word: string, label: string): string => (wordy ? `${word} ${label}` : label);
  const first = labels.map((label) =>
    h(
      "span",
      { class: "ql-conf-col", role: "columnheader", title: `predicted ${label}` },
      head("predicted", label),
    ),
  );
  const rows = matrix.map((row, i) => {
    const sum = row.reduce((a, b) => a + b, 0);
    const cells = row.map((count, j) => cell(count, sum, `true ${labels[i]}, predicted ${labels[j]}`, n));
    const name = head("true", labels[i] ?? "");
    const header = h("span", { class: "ql-conf-row", role: "rowheader", title: `true ${labels[i]}` }, name);
    return h("div", { class: "ql-conf-line", role: "row" }, header, cells);
  });
  const box = h("div", {
    class: "ql-conf",
    role: "table",
    "aria-label": "Confusion matrix",
    style: `--n:${n}`,
    dataset: { size: n <= 3 ? "l" : n <= 6 ? "m" : "s" },
  });
  fill(box, h("div", { class: "ql-conf-line", role: "row" }, h("span", { role: "cell" }), first), rows);
  const caption = h(
    "div",
    { class: "row between cap" },
    h("span", null, `${thousands(total)} validation rows, step ${thousands(step)}`),
    h("span", null, total > 0 ? `accuracy ${(right / total).toFixed(3)}` : ""),
  );
  return [box, caption];
}

function cell(count: number, ofRow: number, what: string, n: number): HTMLElement {
  const share = ofRow > 0 ? count / ofRow : 0;
  const percent = `${Math.round(100 * share)} %`;
  return h(
    "span",
    {
      class: `ql-conf-cell${share > 0.5 ? " hi" : ""}${count === 0 ? " none" : ""}`,
      role: "cell",
      title: `${what}: ${thousands(count)} (${percent})`,
      style: `--share:${Math.round(8 + 84 * share)}%`,
    },
    h("b", null, thousands(count)),
    n <= 6 && h("small", null, percent),
  );
}
