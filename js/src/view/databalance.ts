/** The classes of the target: which are used, and how many rows of each fall into training, validation and test. */

import { classColour } from "./datahist";
import type { Choice, Column, Dataset, Plan, Value } from "./datatypes";
import { fill, h } from "./dom";
import { thousands } from "./format";

const MOST = 20;
const PARTS = ["train", "val", "test"] as const;

export interface Balance {
  readonly element: HTMLElement;
  update(dataset: Dataset, choice: Choice, plan: Plan | null): void;
}

export function balance(choose: (classes: Value[] | null) => void): Balance {
  const body = h("tbody");
  const head = h(
    "tr",
    null,
    h("th", null, "Class"),
    h("th", null, h("span", { class: "ql-data-sr" }, "share")),
    PARTS.map((part) => h("th", { class: "n" }, part)),
  );
  const element = h(
    "div",
    { class: "ql-data-balance" },
    h("table", { "aria-label": "Rows of each class" }, h("thead", null, head), body),
  );
  let drawn = "";
  return {
    element,
    update(dataset, choice, plan) {
      const about = dataset.columns.find((c) => c.name === choice.target);
      const every = allClasses(about);
      const values = every ?? plan?.classes ?? [];
      element.hidden = values.length === 0 || values.length > MOST || plan?.task === "regression" || !about;
      const now = JSON.stringify([
        element.hidden,
        values,
        choice.classes,
        plan?.classes,
        plan?.balances,
        dataset.classes,
      ]);
      if (element.hidden || now === drawn) return;
      drawn = now;
      const used = (value: Value): boolean => choice.classes?.includes(value) ?? true;
      const at = (value: Value): number => plan?.classes?.indexOf(value) ?? -1;
      const counts = (value: Value): (number | null)[] =>
        PARTS.map((part) => (at(value) < 0 ? null : (plan?.balances?.[part][at(value)] ?? null)));
      const most = Math.max(
        1,
        ...values.map((value) => counts(value).reduce<number>((a, b) => a + (b ?? 0), 0)),
      );
      const focused = document.activeElement?.closest?.("[data-class]")?.getAttribute("data-class");
      fill(
        body,
        values.map((value, i) => {
          const label = h(
            "button",
            { type: "button", class: "ql-data-class", dataset: { class: i } },
            String(value),
          );
          label.setAttribute("aria-pressed", String(used(value)));
          label.disabled = every === null || every.length < 3;
          label.addEventListener("click", () => {
            const next = values.filter((v) => (v === value ? !used(v) : used(v)));
            choose(next.length === values.length ? null : next);
          });
          const colour = dataset.classes ? classColour(dataset.classes.indexOf(value)) : "var(--ql-ink-3)";
          const segment = (n: number | null, k: number): HTMLElement =>
            h("b", {
              class: PARTS[k] ?? "",
              style: `width:${(100 * (n ?? 0)) / most}%;background:${colour}`,
            });
          return h(
            "tr",
            { class: used(value) ? "" : "off" },
            h("td", null, label),
            h("td", null, h("i", { "aria-hidden": "true" }, counts(value).map(segment))),
            counts(value).map((n) => h("td", { class: "n" }, n === null ? "–" : thousands(n))),
          );
        }),
      );
      if (focused) body.querySelector<HTMLElement>(`[data-class="${focused}"]`)?.focus();
    },
  };
}

/** All values of a column in order, if they are few enough to be known. */
function allClasses(column: Column | undefined): Value[] | null {
  const values = (column?.top ?? []).map(([value]) => value).sort(order);
  return values.length >= 2 && values.length === column?.unique ? values : null;
}

function order(a: Value, b: Value): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}
