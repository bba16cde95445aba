/** The left column, a floating sheet where the panel is narrow: the run, view settings, interventions. */

import type { Intervention } from "../stream/messages";
import type { ClientState } from "../stream/state";
import { h, on, setText } from "./dom";
import { thousands } from "./format";
import type { Across, Curves, Settings } from "./panecurves";
import { runsList } from "./panellist";
import { choice, keyed, slider } from "./panelparts";
import type { Members } from "./panelset";
import { figureText, metricName } from "./panelwords";
import { bySteps, describe } from "./panemarks";

export interface Side {
  readonly element: HTMLElement;
  settings(settings: Settings): void;
  update(state: ClientState, curves: Curves, members: Members, title: string, picked: number | null): void;
}

export function side(
  change: (patch: Partial<Settings>, final: boolean) => void,
  pick: (step: number) => void,
  act: Parameters<typeof runsList>[0],
  signal: AbortSignal,
): Side {
  const runs = runsList(act, signal);
  const heading = h("h2", null, "Run");
  const figures = h("dl", { class: "ql-figures" });
  const amount = h("span", { class: "num sub ql-amount" });
  const smooth = slider(
    {
      label: "Smoothing of training curves",
      min: 0,
      max: 0.99,
      step: 0.01,
      page: 0.1,
      text: (value) => value.toFixed(2),
      input: (value) => {
        setText(amount, value.toFixed(2));
        change({ smoothing: Number(value.toFixed(2)) }, false);
      },
      commit: (value) => change({ smoothing: Number(value.toFixed(2)) }, true),
    },
    signal,
  );
  const across = choice<Across>(
    "Across",
    [
      ["step", "Step"],
      ["epoch", "Epoch"],
      ["time", "Time"],
    ],
    (value) => change({ across: value }, true),
    signal,
  );
  const axis = choice<"linear" | "log">(
    "Loss axis",
    [
      ["linear", "Linear"],
      ["log", "Log"],
    ],
    (value) => change({ logLoss: value === "log" }, true),
    signal,
  );
  const list = h("ol", { class: "ql-events" });
  const label = (text: string): HTMLElement => h("span", { class: "ql-lab ql-w56" }, text);
  const element = h(
    "aside",
    { class: "ql-side", "aria-label": "Run, view and interventions" },
    h("div", { class: "row between" }, heading, h("span", { class: "cap" }, "val loss")),
    runs.element,
    figures,
    h(
      "div",
      { class: "ql-ctl" },
      h("h3", null, "View"),
      h("div", { class: "row" }, label("Smooth"), smooth.element, amount),
      h("div", { class: "row" }, label("Across"), across.element),
      h("div", { class: "row" }, label("Loss axis"), axis.element),
    ),
    h("div", { class: "ql-ctl" }, h("h3", null, "Interventions"), list),
  );
  on(
    list,
    "click",
    (event) => {
      const step = (event.target as Element).closest<HTMLElement>("[data-step]")?.dataset.step;
      if (step !== undefined) pick(Number(step));
    },
    signal,
  );
  const events = keyed();
  const shows = keyed();

  return {
    element,
    settings(settings) {
      if (!smooth.dragging) {
        smooth.set(settings.smoothing);
        setText(amount, settings.smoothing.toFixed(2));
      }
      across.set(settings.across);
      axis.set(settings.logLoss ? "log" : "linear");
    },
    update(state, curves, members, title, picked) {
      setText(heading, members.list.length > 1 ? `Runs, ${members.list.length}` : "Run");
      runs.update(members, title);
      const rows = summary(state, curves);
      shows(figures, rows.join("\n"), () =>
        rows.map(([key, text]) => h("div", null, h("dt", null, key), h("dd", null, text))),
      );
      const steps = [...bySteps(state.status?.events ?? [])].reverse();
      const key = `${picked} ${steps.map(([at, all]) => `${at}:${all.map((e) => e.kind)}`).join()}`;
      events(list, key, () =>
        steps.length === 0
          ? [h("li", { class: "cap" }, "none so far")]
          : steps.map(([at, all]) => row(at, told(all), at === picked)),
      );
    },
  };
}

/** A pause that ended before the next step is one thing. */
const told = (events: readonly Intervention[]): (readonly [string, string])[] =>
  events.filter((e) => e.kind !== "resume" || !events.some((other) => other.kind === "pause")).map(describe);

function row(step: number, what: readonly (readonly [string, string])[], on: boolean): HTMLElement {
  const parts = what.map(([word, rest], i) => [
    i > 0 && ", ",
    h("b", null, word),
    rest && ` ${rest.replace("→", "to")}`,
  ]);
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: on ? "on" : "", "aria-pressed": String(on), dataset: { step } },
      h("i", null, thousands(step)),
      h("span", null, parts),
    ),
  );
}

/** The figures under the run: best so far, the newest of each, and the final ones. */
function summary({ status }: ClientState, { columns }: Curves): [string, string][] {
  const rows: [string, string][] = [];
  const losses = columns.column("val_loss");
  let best = -1;
  for (let i = 0; i < losses.length; i++)
    if (Number.isFinite(losses[i]) && (best < 0 || (losses[i] as number) < (losses[best] as number)))
      best = i;
  if (best >= 0)
    rows.push([
      `best, step ${thousands(columns.column("step")[best] as number)}`,
      figureText(losses[best] as number),
    ]);
  const merit = columns.has("r2") ? "r2" : "accuracy";
  for (const column of [`val_${merit}`, "loss"]) {
    const value = columns.column(column)[columns.newest(column)];
    if (value !== undefined)
      rows.push([metricName(column === "loss" ? "train_loss" : column), figureText(value)]);
  }
  for (const [key, value] of Object.entries(status?.metrics ?? {}))
    if (key.startsWith("test_") && value !== null) rows.push([metricName(key), figureText(value)]);
  return rows;
}
