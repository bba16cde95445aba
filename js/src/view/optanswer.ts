/** The head of the answer: value, bound, gap, the certificate's verdict, and the stages as one bar. Draws, decides nothing. */

import { fill, h, on } from "./dom";
import { duration, number, percent } from "./format";
import { icon } from "./icons";
import { copyButton } from "./optcopy";
import { sentence } from "./optgrid";
import type { Refusal, Stage, Status } from "./opttypes";

const STAGES: Readonly<Record<string, string>> = { coarse: "Coarse", refine: "Refine", verify: "Verify" };
const RUNNING = "running";

/** A certificate's sentences about trust, as people read them. */
const TONES: Readonly<Record<string, string>> = {
  proved: "ok",
  claimed: "info",
  within: "info",
  open: "",
  fails: "err",
};

const hero = (label: string, value: string, tone = ""): HTMLElement =>
  h("div", { class: "ql-opt-hero" }, h("span", { class: "cap" }, label), h("b", { class: tone }, value));

/** Time as the bar prints it: 0.31 s, 12.4 s, 2 ms. */
export const seconds = (value: number): string =>
  value < 0.0995 || value >= 60 ? duration(value) : `${value.toFixed(2)} s`;

export function answerHead(box: HTMLElement, status: Status, signal: AbortSignal): void {
  const value = status.value === null ? "–" : number(status.value, 7);
  const bound = status.bound === null ? "–" : number(status.bound, 6);
  const gap = status.gap === null ? "–" : percent(status.gap, status.gap === 0 ? 0 : 1);
  const wild = status.gap !== null && status.gap > 10;
  fill(
    box,
    hero(status.objective, value),
    hero(status.sense === "min" ? "Lower bound" : "Upper bound", bound),
    hero("Gap", wild ? "wide" : gap, status.gap === 0 ? "ok" : ""),
    badge(status, signal),
  );
}

/** What is said where no certificate is: on the way, after a pass that proves nothing, after a fault. */
function unverified(status: Status): [string, string] {
  if (status.preparing) return ["Preparing", sentence(status.preparing)];
  const found = status.value === null ? "No feasible point" : `Found by ${status.found_by}`;
  if (status.state === RUNNING)
    return ["Solving", status.value === null ? `${found} so far` : `${found}; Stop keeps it and its bound`];
  if (status.state === "failed") return ["No answer", "The solve failed"];
  return ["Not verified", `${found}; this pass alone proves nothing`];
}

function badge(status: Status, signal: AbortSignal): HTMLElement {
  const c = status.certificate;
  if (!c) {
    const [title, words] = unverified(status);
    return h(
      "div",
      { class: "ql-opt-cert" },
      h("div", { class: "grow" }, h("b", null, title), h("div", { class: "sub" }, words)),
    );
  }
  const tone = TONES[c.kind] ?? "";
  const stopped = status.state === "stopped" ? `Stopped after ${seconds(status.seconds)}; ` : "";
  const told = h("div", { class: "sub", title: c.detail }, sentence(`${stopped}${c.text}`));
  const shield = icon(c.kind === "fails" ? "warn" : c.kind === "proved" ? "shield" : "info");
  return h(
    "div",
    { class: `ql-opt-cert ${tone}` },
    h("span", { class: "ql-opt-shield" }, shield),
    h("div", { class: "grow" }, h("b", null, c.title), told),
    copyButton("Certificate", "Copy the certificate as JSON", () => c.json, signal),
  );
}

/** The stages side by side, in proportion to their time, with what each added. */
export function stageBar(box: HTMLElement, status: Status): void {
  const shown: (Stage | string)[] = [
    ...status.stages,
    ...(status.state === RUNNING
      ? status.planned.filter((p) => !status.stages.some((s) => s.stage === p))
      : []),
  ];
  const known = status.stages.map((s) => s.seconds ?? Math.max(0, status.seconds - s.began));
  const total = Math.max(
    1e-6,
    known.reduce((a, b) => a + b, 0),
  );
  fill(
    box,
    shown.map((stage, k) => {
      if (typeof stage === "string")
        return h(
          "div",
          { class: "ql-opt-stage wait", style: "flex-grow:0" },
          h("div", { class: "row between" }, h("b", null, STAGES[stage] ?? stage)),
          h("i", { class: "bar" }),
          h("div", { class: "cap" }, "waits"),
        );
      const share = Math.max(0.02, (known[k] ?? 0) / total);
      const kind = stage.stage === "verify" ? "v" : stage.stage === "refine" ? "r" : "c";
      const time = stage.seconds === null ? "running" : seconds(stage.seconds);
      const name = stage.stage === "verify" ? "Verify" : `${STAGES[stage.stage]}, ${stage.method}`;
      const nothing = stage.added === "added nothing";
      return h(
        "div",
        { class: "ql-opt-stage", style: `flex-grow:${share.toFixed(3)}` },
        h("div", { class: "row between" }, h("b", null, name), h("span", null, time)),
        h("i", { class: `bar ${kind}` }),
        h("div", { class: "cap", title: stage.summary }, stage.summary),
        h("div", { class: nothing ? "added none" : "added" }, stage.added),
      );
    }),
  );
}

/** An error of a file or a solve: what, where, and what to do; the constraints that conflict as a list. */
export function refusal(
  error: Refusal,
  act: { label: string; run: () => void } | null,
  signal: AbortSignal,
): HTMLElement {
  const button = act && h("button", { class: "ql-btn", type: "button" }, act.label);
  if (button && act) on(button, "click", act.run, signal);
  const names = error.conflict ?? [];
  return h(
    "div",
    { class: "ql-note err", role: "alert" },
    icon("warn"),
    h(
      "div",
      { class: "grow" },
      h("b", null, sentence(error.message)),
      error.where ? h("span", { class: "sub" }, ` At ${error.where}.`) : null,
      error.cure ? h("div", null, sentence(error.cure)) : null,
      names.length > 0 &&
        h(
          "ul",
          null,
          names.map((name) => h("li", null, name)),
        ),
    ),
    button,
  );
}
