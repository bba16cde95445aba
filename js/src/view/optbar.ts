/** The bar of the Optimise view: what is solved, how, and Solve or Stop. Sends, decides nothing. */

import { h, on, setText } from "./dom";
import { icon } from "./icons";
import { copyButton } from "./optcopy";
import type { FormMessage, Settings, Status, ToKernel } from "./opttypes";

const COARSE: readonly (readonly [string, string])[] = [
  ["qaoa", "QAOA, p = 8"],
  ["path_integral", "Path integral"],
  ["bifurcation", "Bifurcation"],
  ["discrete_bifurcation", "Discrete bifurcation"],
  ["annealing", "Annealing"],
  ["none", "None"],
];
const REFINE: readonly (readonly [string, string])[] = [
  ["auto", "What suits"],
  ["cp_sat", "CP-SAT"],
  ["milp", "MILP"],
  ["local", "Local search"],
  ["none", "None"],
];

export interface SolveBar {
  readonly element: HTMLElement;
  /** ``ablating``: whether an ablation goes on. */
  update(form: FormMessage | undefined, status: Status | null, ablating: boolean): void;
}

export function solveBar(
  port: { send: (message: ToKernel) => void; code: () => string },
  signal: AbortSignal,
): SolveBar {
  const set = (settings: Partial<Settings>): void => port.send({ type: "set", settings });
  const menu = (label: string, options: readonly (readonly [string, string])[], key: "coarse" | "refine") => {
    const select = h(
      "select",
      { class: "ql-field", "aria-label": label },
      options.map(([value, text]) => h("option", { value }, text)),
    );
    on(select, "change", () => set({ [key]: select.value }), signal);
    const element = h(
      "label",
      null,
      h("span", { class: "ql-lab" }, label),
      h("span", { class: "ql-opt-pick" }, select, icon("chevron")),
    );
    return { select, element };
  };
  const field = (
    label: string,
    key: "time_limit" | "seed",
    width: number,
    unit: string,
    ok: (v: number) => boolean,
  ) => {
    const input = h("input", {
      class: "ql-field mono",
      type: "text",
      inputmode: "decimal",
      style: `width:${width}px`,
      "aria-label": unit ? `${label}, ${unit}` : label,
    });
    const commit = (): void => {
      const value = Number(input.value);
      const right = input.value.trim() !== "" && ok(value);
      input.setAttribute("aria-invalid", String(!right));
      input.title = right ? "" : key === "seed" ? "A whole number from 0" : "Seconds above 0";
      if (right) set({ [key]: value });
    };
    on(input, "change", commit, signal);
    on(input, "keydown", (event) => event.stopPropagation(), signal);
    const element = h(
      "label",
      null,
      h("span", { class: "ql-lab" }, label),
      input,
      unit && h("span", { class: "cap" }, unit),
    );
    return { input, element };
  };
  const coarse = menu("Coarse", COARSE, "coarse");
  const refine = menu("Refine", REFINE, "refine");
  const limit = field("Limit", "time_limit", 56, "s", (v) => v > 0 && v <= 86_400);
  const seed = field("Seed", "seed", 56, "", (v) => Number.isInteger(v) && v >= 0);
  const title = h("span", { class: "ql-title" });
  const about = h("span", { class: "cap ql-opt-about" });
  const copy = copyButton("Copy as code", "Copy the Python lines that solve this", port.code, signal);
  copy.classList.add("low");
  const word = h("span", null, "Solve");
  const act = h("button", { class: "ql-btn primary", type: "button" }, icon("play"), word);
  const ablate = h(
    "button",
    { class: "ql-btn lower", type: "button", "aria-label": "Ablate" },
    icon("branch"),
    h("span", null, "Ablate"),
  );
  const halt = h("span", null, "Stop");
  const stop = h("button", { class: "ql-btn primary", type: "button", hidden: true }, icon("stop"), halt);
  on(act, "click", () => port.send({ type: "solve" }), signal);
  on(ablate, "click", () => port.send({ type: "ablate" }), signal);
  on(
    stop,
    "click",
    () => {
      port.send({ type: "stop" });
      stop.disabled = true;
      setText(halt, "Stopping");
    },
    signal,
  );
  const element = h(
    "div",
    { class: "ql-bar ql-opt-head", hidden: true },
    title,
    about,
    h("span", { class: "sep" }),
    coarse.element,
    refine.element,
    limit.element,
    seed.element,
    h("span", { class: "row end" }, copy, ablate, act, stop),
  );

  return {
    element,
    update(form, status, ablating) {
      const running = status?.state === "running" || ablating;
      element.hidden = form?.form == null;
      if (!form?.form) return;
      setText(title, form.form.name);
      title.title = form.form.name;
      setText(about, form.about);
      about.title = form.about;
      for (const [menu, key] of [
        [coarse.select, "coarse"],
        [refine.select, "refine"],
      ] as const) {
        for (const option of menu.options) {
          const lacks = form.missing[option.value];
          option.disabled = lacks !== undefined;
          option.title = lacks ?? "";
        }
        menu.value = form.settings[key];
      }
      for (const [input, value] of [
        [limit.input, form.settings.time_limit],
        [seed.input, form.settings.seed],
      ] as const)
        if (input !== document.activeElement && input.getAttribute("aria-invalid") !== "true")
          input.value = String(value);
      const wrong = form.faults.length > 0;
      const bare = form.settings.coarse === "none";
      const held = [act, ablate, stop].includes(document.activeElement as HTMLButtonElement);
      act.hidden = running;
      act.disabled = wrong;
      act.title = wrong ? "Mend the cells first" : "";
      ablate.disabled = wrong || bare || running;
      ablate.title = wrong
        ? act.title
        : bare
          ? "Choose a coarse stage to leave out"
          : "Solve with and without the coarse stage, on five seeds each";
      setText(word, status ? "Solve again" : "Solve");
      if (stop.hidden === running) {
        stop.hidden = !running;
        stop.disabled = false;
        setText(halt, "Stop");
        if (held) (running ? stop : act).focus(); // the one that was pressed has gone
      }
      copy.disabled = form.code === "";
    },
  };
}
