/** The bar above the training panel: what would be trained, with which settings, and *Train*. Sends, decides nothing. */

import { nWeights } from "../core/circuit";
import { parse } from "../core/text";
import { fill, h, on, setText } from "./dom";
import { plural } from "./format";
import { icon } from "./icons";
import type { LabError, LabHost, LabState, Tab, TrainSettings } from "./labstate";

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
  /** What fills the page until there is a run. */
  readonly empty: HTMLElement;
  update(state: LabState): void;
}

const OPEN: Record<Tab, string> = {
  data: "Choose data",
  circuit: "Open Circuit",
  train: "Open Train",
  optimise: "Open Optimise",
};

/** Builds the bar; `go` opens another tab when something is missing. */
export function trainBar(host: LabHost, go: (tab: Tab) => void, signal: AbortSignal): TrainBar {
  const optimizer = h(
    "select",
    { class: "ql-field ql-lab-select", "aria-label": "Optimizer" },
    h("option", { value: "adam" }, "Adam"),
    h("option", { value: "sgd" }, "SGD"),
  );
  const inputs = new Map<keyof TrainSettings, HTMLInputElement>();
  const note = h("div", { class: "ql-lab-note", role: "alert" });
  const about = h("span", { class: "cap ql-lab-about" });
  const start = h("button", { class: "ql-btn", type: "button" }, icon("play"), "Train");
  const element = h("div", { class: "ql-lab-train" });
  const empty = h("div", { class: "ql-lab-empty" });
  let fault: string | null = null; // of a field, found here
  let noted = "";
  let emptied = "";
  const controls: HTMLElement[] = [
    h(
      "label",
      { class: "ql-lab-field" },
      h("span", { class: "ql-lab" }, "Optimizer"),
      h("span", { class: "ql-lab-pick" }, optimizer, icon("chevron")),
    ),
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
      () => {
        input.setAttribute("aria-invalid", String(field.fault(Number(input.value)) !== null));
        if (fault !== null) update(host.state(), null);
      },
      signal,
    );
    inputs.set(field.key, input);
    controls.push(h("label", { class: "ql-lab-field" }, h("span", { class: "ql-lab" }, field.label), input));
  }
  fill(
    element,
    h("div", { class: "ql-bar" }, h("div", { class: "ql-lab-controls" }, controls, start), about),
    note,
  );

  function send(): void {
    if (start.disabled) return;
    for (const field of FIELDS) {
      const wrong = field.fault(Number(inputs.get(field.key)?.value));
      if (wrong) {
        update(host.state(), wrong);
        inputs.get(field.key)?.focus();
        return;
      }
    }
    const value = (key: keyof TrainSettings): number => Number(inputs.get(key)?.value);
    update(host.state(), null);
    host.train({
      optimizer: optimizer.value,
      lr: value("lr"),
      epochs: value("epochs"),
      batch: value("batch"),
      seed: value("seed"),
    });
  }
  on(start, "click", send, signal);

  function button(tab: Tab, kind: string): HTMLButtonElement {
    const action = h("button", { class: `ql-btn ${kind}`, type: "button" }, OPEN[tab]);
    action.addEventListener("click", () => go(tab)); // ends with the button
    return action;
  }

  /** The note under the bar is rebuilt only when it says something else: its button keeps the focus. */
  function say(text: string, tab: Tab | null): void {
    const now = `${text} ${tab}`;
    if (now === noted) return;
    noted = now;
    const words = h("span", { class: "grow" }, text);
    fill(note, text && h("div", { class: "ql-note err" }, icon("warn"), words, tab && button(tab, "")));
  }

  function showEmpty(state: LabState, hidden: boolean): void {
    empty.hidden = hidden;
    const { title, text, tab } = nextStep(state, host.store.get());
    const now = `${title} ${text}`;
    if (hidden || now === emptied) return;
    emptied = now;
    fill(empty, h("h2", null, title), h("p", { class: "sub" }, text), tab && button(tab, "primary"));
  }

  function update(state: LabState, wrong: string | null): void {
    fault = wrong;
    const active = ["running", "paused", "waiting"].includes(state.run?.state ?? "");
    const next = nextStep(state, host.store.get());
    start.disabled = active || !state.features;
    start.classList.toggle("primary", !start.disabled && (next.tab === null || state.run !== null));
    if (fault) say(fault, null);
    else if (state.error) say(sentence(state.error), state.error.tab ?? null);
    else say("", null);
    showEmpty(state, state.run !== null || state.error !== null);
    setText(about, describe(state, host.store.get()));
    about.title = about.textContent ?? "";
  }

  return { element, empty, update: (state) => update(state, fault) };
}

/** Message and cure as two sentences. */
export function sentence({ message, cure }: LabError): string {
  const said = (text: string): string =>
    text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
  return [said(message), said(cure ?? "")].filter(Boolean).join(" ");
}

/** What is to be done before or by pressing Train; `tab` says where, null is here. */
export function nextStep(state: LabState, circuit: string): { title: string; text: string; tab: Tab | null } {
  if (!state.features)
    return {
      title: "No features yet",
      text: "Pick a dataset and press Use these features.",
      tab: "data",
    };
  const about = drawn(circuit);
  if (about && about.gates === 0)
    return {
      title: "The circuit has no gates yet",
      text: "Drag a gate onto a wire, or take a template.",
      tab: "circuit",
    };
  return {
    title: "No run yet",
    text: "Press Train to start one. It goes on while you look elsewhere.",
    tab: null,
  };
}

/** Figures of the drawing, or null where its text can't be read: the designer says so, where it can be mended. */
export function drawn(circuit: string): { gates: number; qubits: number; weights: number } | null {
  try {
    const c = parse(circuit);
    return { gates: c.ops.length, qubits: c.qubits.length, weights: nWeights(c) };
  } catch {
    return null;
  }
}

/** "digits on 6 qubits, 36 weights", or as much of it as is known. */
export function describe(state: LabState, circuit: string): string {
  const parts: string[] = [];
  if (state.features) parts.push(`${state.features.name}, ${plural(state.features.rows, "training row")}`);
  const about = drawn(circuit);
  if (about) parts.push(`${plural(about.qubits, "qubit")}, ${plural(about.weights, "weight")}`);
  return parts.join("; ");
}
