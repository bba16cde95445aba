/** The bar above the training panel: what would be trained, with which settings, and *Train*. Sends, decides nothing. */

import { nWeights } from "../core/circuit";
import { parse } from "../core/text";
import { fill, h, on } from "./dom";
import { plural } from "./format";
import { icon } from "./icons";
import type { LabHost, LabState, Tab, TrainSettings } from "./labstate";

interface Field {
  readonly key: keyof TrainSettings;
  readonly label: string;
  readonly value: string;
  readonly width: number;
  /** The sentence shown when the text is not usable; null when it is. */
  readonly fault: (value: number) => string | null;
}

const whole = (name: string, least: number) => (v: number) =>
  Number.isInteger(v) && v >= least ? null : `${name}: a whole number from ${least} on`;

const FIELDS: readonly Field[] = [
  {
    key: "lr",
    label: "Learning rate",
    value: "0.05",
    width: 72,
    fault: (v) => (v > 0 && Number.isFinite(v) ? null : "Learning rate: a number above 0"),
  },
  { key: "epochs", label: "Epochs", value: "30", width: 64, fault: whole("Epochs", 1) },
  { key: "batch", label: "Batch", value: "32", width: 64, fault: whole("Batch", 1) },
  { key: "seed", label: "Seed", value: "7", width: 64, fault: whole("Seed", 0) },
];

export interface TrainBar {
  readonly element: HTMLElement;
  update(state: LabState): void;
}

/** Builds the bar; `go` opens another tab when something is missing. */
export function trainBar(host: LabHost, go: (tab: Tab) => void, signal: AbortSignal): TrainBar {
  const optimizer = h(
    "select",
    { class: "ql-field", "aria-label": "Optimizer" },
    h("option", { value: "adam" }, "Adam"),
    h("option", { value: "sgd" }, "SGD"),
  );
  const inputs = new Map<keyof TrainSettings, HTMLInputElement>();
  const note = h("div", { class: "ql-lab-note", role: "alert" });
  const about = h("span", { class: "cap ql-lab-about" });
  const start = h("button", { class: "ql-btn", type: "button" }, icon("play"), "Train");
  const element = h("div", { class: "ql-lab-train" });
  const controls: HTMLElement[] = [
    h("label", { class: "ql-lab-field" }, h("span", { class: "ql-lab" }, "Optimizer"), optimizer),
  ];
  for (const field of FIELDS) {
    const input = h("input", {
      class: "ql-field mono",
      type: "text",
      inputmode: "decimal",
      value: field.value,
      style: `width:${field.width}px`,
      "aria-label": field.label,
    });
    on(input, "keydown", (event) => event.key === "Enter" && send(), signal);
    on(
      input,
      "input",
      () => input.setAttribute("aria-invalid", String(field.fault(Number(input.value)) !== null)),
      signal,
    );
    inputs.set(field.key, input);
    controls.push(h("label", { class: "ql-lab-field" }, h("span", { class: "ql-lab" }, field.label), input));
  }
  fill(element, h("div", { class: "ql-bar" }, controls, start, about), note);

  function problem(text: string, cure?: { label: string; tab: Tab } | null): void {
    const action = cure && h("button", { class: "ql-btn quiet", type: "button" }, cure.label);
    if (action && cure) on(action, "click", () => go(cure.tab), signal);
    fill(note, h("div", { class: "ql-note err" }, icon("warn"), h("span", { class: "grow" }, text), action));
  }

  function send(): void {
    for (const field of FIELDS) {
      const fault = field.fault(Number(inputs.get(field.key)?.value));
      if (fault) {
        problem(fault);
        inputs.get(field.key)?.focus();
        return;
      }
    }
    const value = (key: keyof TrainSettings): number => Number(inputs.get(key)?.value);
    fill(note);
    host.train({
      optimizer: optimizer.value,
      lr: value("lr"),
      epochs: value("epochs"),
      batch: value("batch"),
      seed: value("seed"),
    });
  }
  on(start, "click", send, signal);

  return {
    element,
    update(state) {
      const active =
        state.run?.state === "running" || state.run?.state === "paused" || state.run?.state === "waiting";
      start.disabled = active || !state.features;
      start.classList.toggle("primary", !active && state.features !== null);
      if (state.error) {
        const { message, cure } = state.error;
        problem(cure ? `${message}. ${cure}.`.replaceAll("..", ".") : message);
      } else if (!state.features) {
        problemFree(
          note,
          "No features yet. Pick a dataset and press Use these features.",
          "Choose data",
          () => go("data"),
          signal,
        );
      } else fill(note);
      fill(about, describe(state, host.store.get()));
    },
  };
}

function problemFree(
  note: HTMLElement,
  text: string,
  label: string,
  act: () => void,
  signal: AbortSignal,
): void {
  const action = h("button", { class: "ql-btn primary", type: "button" }, label);
  on(action, "click", act, signal);
  fill(note, h("div", { class: "ql-lab-empty" }, h("p", { class: "sub" }, text), action));
}

/** "digits on 6 qubits, 36 weights", or as much of it as is known. */
export function describe(state: LabState, circuit: string): string {
  const parts: string[] = [];
  if (state.features) parts.push(`${state.features.name}, ${plural(state.features.rows, "training row")}`);
  try {
    const c = parse(circuit);
    parts.push(`${plural(c.qubits.length, "qubit")}, ${plural(nWeights(c), "weight")}`);
  } catch {
    // an unreadable circuit is reported by the designer, where it can be mended
  }
  return parts.join("; ");
}
