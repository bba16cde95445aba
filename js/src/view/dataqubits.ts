/** *To qubits*: the choice as a form, what it costs, and the button that hands the features on. Sends, computes nothing. */

import { balance } from "./databalance";
import { previewOf } from "./datapreview";
import { faultNote } from "./datasource";
import { splitBar } from "./datasplit";
import type { Choice, Dataset, Encoding, Fault, Plan, PlanMessage, Preview } from "./datatypes";
import { fill, h, headRow, on } from "./dom";
import { percent, plural, thousands } from "./format";
import { icon } from "./icons";

const REDUCE = [
  ["", "none"],
  ["pca", "PCA"],
  ["lda", "LDA"],
  ["select", "select"],
] as const;
const IMPUTE = [
  ["median", "median of training rows"],
  ["mean", "mean of training rows"],
  ["most_frequent", "most frequent value"],
  ["drop", "leave such rows out"],
] as const;
/** Why an encoding has no gates to draw. */
const UNDRAWN: Readonly<Record<string, string>> = {
  amplitude: "Training prepares the amplitudes in front of the drawing by itself",
  raw: "Raw features have no gates of their own: place x[i] in the designer",
};

export interface QubitEvents {
  choose(set: Partial<Choice>): void;
  use(): void;
  /** Use them, and draw the gates that read them. */
  encode(): void;
}

export interface Qubits {
  readonly element: HTMLElement;
  dataset(dataset: Dataset): void;
  update(message: PlanMessage): void;
  preview(preview: Preview | null): void;
  fail(fault: Fault): void;
}

let count = 0;

export function qubits(events: QubitEvents, signal: AbortSignal): Qubits {
  const name = `ql-data-encoding-${count++}`;
  const target = select("Target", (value) => events.choose({ target: value }));
  const classes = balance((next) => events.choose({ classes: next }));
  const reduce = h("div", { class: "ql-seg", role: "radiogroup", "aria-label": "Reduce" });
  const size = h("input", {
    type: "number",
    min: 1,
    max: 64,
    class: "ql-field ql-data-size",
    "aria-label": "Qubits kept",
  });
  const sizeBox = h(
    "label",
    { class: "row" },
    h("span", { class: "ql-lab" }, "to"),
    size,
    h("span", { class: "cap" }, "qubits"),
  );
  const impute = select("Missing", (value) => events.choose({ impute: value }));
  fill(
    impute,
    IMPUTE.map(([value, label]) => h("option", { value }, label)),
  );
  const split = splitBar((val, test) => events.choose({ val, test }), signal);
  const seed = h("input", { type: "number", min: 0, class: "ql-field ql-data-size", "aria-label": "Seed" });
  const costs = h("tbody");
  const cost = h(
    "table",
    { class: "ql-data-cost" },
    headRow(
      h("th", null, "Encoding"),
      h("th", null, h("span", { class: "ql-data-sr" }, "how")),
      h("th", { class: "n" }, "qubits"),
      h("th", { class: "n" }, "gates"),
    ),
    costs,
  );
  const answer = h("div", { class: "ql-data-answer" });
  const use = h("button", { type: "button", class: "ql-btn primary ql-data-use" }, "Use these features");
  const draw = h(
    "button",
    { type: "button", class: "ql-btn ql-data-draw", hidden: true },
    "Encode in the designer",
  );
  const said = h("div", { class: "ql-data-used cap", "aria-live": "polite" });
  const form = h(
    "div",
    { class: "ql-data-form" },
    h("span", { class: "ql-lab" }, "Target"),
    h("span", { class: "ql-data-select" }, target, icon("chevron")),
    h("span", { class: "ql-lab" }, "Reduce"),
    h("div", { class: "row" }, reduce, sizeBox),
    h("span", { class: "ql-lab" }, "Missing"),
    h("span", { class: "ql-data-select" }, impute, icon("chevron")),
    h("span", { class: "ql-lab" }, "Split"),
    split.element,
    h("span", { class: "ql-lab" }, "Seed"),
    h("div", null, seed),
  );
  const element = h(
    "aside",
    { class: "ql-data-qubits" },
    h(
      "div",
      { class: "row between" },
      h("h2", null, "To qubits"),
      h("span", { class: "mono cap" }, "ds.features(…)"),
    ),
    form,
    classes.element,
    cost,
    answer,
    h("div", { class: "ql-data-end" }, h("div", { class: "ql-data-acts" }, use, draw), said),
  );
  let data: Dataset | undefined;
  let last: PlanMessage | undefined;

  function select(label: string, changed: (value: string) => void): HTMLSelectElement {
    const field = h("select", { class: "ql-field", "aria-label": label });
    on(field, "change", () => changed(field.value), signal);
    return field;
  }
  on(size, "change", () => events.choose({ qubits: whole(size, 1) }), signal);
  on(seed, "change", () => events.choose({ seed: whole(seed, 0) ?? 0 }), signal);
  on(use, "click", () => events.use(), signal);
  on(draw, "click", () => events.encode(), signal);

  function drawReduce(choice: Choice): void {
    fill(
      reduce,
      REDUCE.map(([value, label]) => {
        const active = value === (choice.reduce ?? "");
        const button = h(
          "button",
          { type: "button", role: "radio", class: active ? "on" : "", "aria-checked": String(active) },
          label,
        );
        button.addEventListener("click", () => events.choose(reduced(value, choice, last?.plan ?? null)));
        return button;
      }),
    );
    sizeBox.hidden = choice.reduce === null;
    if (document.activeElement !== size) size.value = String(choice.qubits ?? last?.plan?.qubits ?? "");
  }

  function drawCosts(rows: readonly Encoding[], choice: Choice): void {
    fill(
      costs,
      rows.map((row) => {
        const active = row.name === choice.encode;
        const radio = h("input", { type: "radio", name, value: row.name });
        radio.checked = active;
        radio.disabled = !row.fits;
        radio.addEventListener("change", () => events.choose({ encode: row.name }));
        const note = row.fits ? row.note : `needs ${plural(row.qubits, "qubit")}`;
        return h(
          "tr",
          { class: `${active ? "on" : ""} ${row.fits ? "" : "unfit"}` },
          h("td", null, h("label", { class: "row" }, radio, h("b", null, row.name))),
          h("td", { class: "cap" }, note),
          h("td", { class: "n" }, h("b", null, row.qubits)),
          h("td", { class: "n" }, row.gates),
        );
      }),
    );
  }

  function drawAnswer(plan: Plan, preview: Preview | null): void {
    const fact = (label: string, value: string, kind = ""): HTMLElement =>
      h("div", null, h("span", { class: "cap" }, label), h("b", { class: kind }, value));
    const unfit = plan.encodings.every((e) => !e.fits);
    const cure = "Reduce them, or pick fewer columns.";
    fill(
      answer,
      unfit &&
        h(
          "div",
          { class: "ql-note warn" },
          icon("warn"),
          h(
            "div",
            null,
            h("b", null, `${plural(plan.names.length, "feature")} need as many qubits.`),
            " ",
            cure,
          ),
        ),
      !unfit && preview && previewOf(plan, preview),
      h(
        "div",
        { class: "ql-data-facts" },
        fact("Qubits", String(plan.qubits), "big"),
        fact("Scaled on", plural(plan.rows.train, "training row")),
        fact("Clipped, unseen", percent(plan.clipped)),
        plan.dropped > 0 && fact("Left out", plural(plan.dropped, "row")),
        fact("Lineage", `${plan.lineage.slice(0, 4)}…${plan.lineage.slice(-3)}`, "mono"),
      ),
    );
  }

  return {
    element,
    dataset(dataset) {
      const names = dataset.columns.map((c) => c.name).join("\n");
      if (data?.key !== dataset.key) {
        last = undefined;
        cost.hidden = classes.element.hidden = true;
        use.disabled = draw.disabled = true;
        use.classList.remove("primary");
        split.update(0.2, 0.2, null, false);
        fill(answer, h("p", { class: "cap" }, "Looking at what is in the columns"));
        fill(said);
      }
      if (data?.columns.map((c) => c.name).join("\n") !== names)
        fill(
          target,
          dataset.columns.map((c) => h("option", { value: c.name }, c.name)),
        );
      data = dataset;
    },
    update(message) {
      last = message;
      const { choice, plan, error, used } = message;
      if (choice.target !== null) target.value = choice.target;
      impute.value = choice.impute;
      if (document.activeElement !== seed) seed.value = String(choice.seed);
      if (data) classes.update(data, choice, plan);
      keepFocus(reduce, () => drawReduce(choice));
      split.update(choice.val, choice.test, plan?.rows ?? null, plan?.task !== "regression");
      cost.hidden = plan === null;
      if (plan) {
        keepFocus(costs, () => drawCosts(plan.encodings, choice));
        drawAnswer(plan, message.preview);
      } else if (error) fill(answer, faultNote(error));
      const fits = plan?.encodings.find((e) => e.name === choice.encode)?.fits ?? false;
      use.disabled = !fits;
      draw.hidden = message.designer !== true;
      draw.disabled = !fits || choice.encode in UNDRAWN;
      draw.title = UNDRAWN[choice.encode] ?? "Use them, and draw the gates that read them";
      use.classList.toggle("primary", fits && !used);
      fill(
        said,
        used && [
          h("span", { class: "ql-data-ok" }, icon("check")),
          h(
            "span",
            null,
            `In use: ${plural(plan?.qubits ?? 0, "qubit")}, ${thousands(plan?.rows.train ?? 0)} training rows`,
          ),
        ],
      );
    },
    preview(preview) {
      if (!last?.plan) return;
      last = { ...last, preview };
      drawAnswer(last.plan as Plan, preview);
    },
    fail(fault) {
      fill(answer, faultNote(fault));
    },
  };
}

/** The options that go with a change of the reduction: a number of qubits that it can give. */
export function reduced(value: string, choice: Choice, plan: Plan | null): Partial<Choice> {
  if (value === "") return { reduce: null, qubits: null };
  const now = choice.qubits ?? Math.min(4, plan?.qubits ?? choice.columns.length);
  const most = value === "lda" ? (plan?.classes?.length ?? 2) - 1 : now;
  return { reduce: value, qubits: Math.max(1, Math.min(now, most)) };
}

/** Draws a box anew and leaves the focus on the control that stands where it was. */
function keepFocus(box: Element, draw: () => void): void {
  const all = (): HTMLElement[] => [...box.querySelectorAll<HTMLElement>("button, input")];
  const at = all().indexOf(document.activeElement as HTMLElement);
  draw();
  if (at >= 0) all()[at]?.focus({ preventScroll: true });
}

function whole(input: HTMLInputElement, least: number): number | null {
  const value = Math.round(Number(input.value));
  return Number.isFinite(value) && input.value !== "" ? Math.max(least, value) : null;
}
