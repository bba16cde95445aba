/** The Branch card: from which step, with which learning rate, under which name. Sends one order; decides nothing. */

import type { BranchOrder, Status } from "../stream/messages";
import { h, on, setText } from "./dom";
import { thousands } from "./format";
import { openPop } from "./panelpop";

/** The newest checkpoint at or before a step: from it on the steps are made again. */
export function snapped(step: number, checkpoints: readonly number[]): number {
  return checkpoints.reduce((best, at) => (at <= step && at > best ? at : best), 0);
}

/** Opens the card; `step` is where the cursor is. */
export function openBranch(
  root: HTMLElement,
  anchor: HTMLElement,
  status: Status,
  step: number,
  start: (order: BranchOrder) => void,
  at?: { x: number; y: number },
): void {
  const field = (label: string, value: string, wide = 84): HTMLInputElement =>
    h("input", {
      class: "ql-field mono",
      type: "text",
      spellcheck: "false",
      autocomplete: "off",
      "aria-label": label,
      value,
      style: `width:${wide}px`,
    });
  const from = field("Step to branch from", String(Math.min(Math.max(0, Math.round(step)), status.step)));
  const lr = field("Learning rate of the branch", String(status.lr));
  const name = field("Name of the branch, optional", "", 150);
  name.placeholder = "as this run";
  const note = h("p", { class: "cap ql-pop-note" });
  const go = h("button", { type: "submit", class: "ql-btn primary" }, "Start branch");
  const row = (text: string, input: HTMLElement): HTMLElement =>
    h("label", { class: "row between" }, h("span", { class: "ql-lab" }, text), input);
  const number = (input: HTMLInputElement): number =>
    input.value.trim() === "" ? Number.NaN : Number(input.value.trim().replace("−", "-").replace(",", "."));
  const check = (): string => {
    const at = number(from);
    const rate = number(lr);
    const whole = Number.isInteger(at) && at >= 0 && at <= status.step;
    from.setAttribute("aria-invalid", String(!whole));
    lr.setAttribute("aria-invalid", String(!(rate > 0)));
    if (!whole) return `Step: a whole number from 0 to ${thousands(status.step)}.`;
    if (!(rate > 0)) return "Learning rate: a number above 0, such as 0.01.";
    return "";
  };
  const told = (): void => {
    const fault = check();
    const near = snapped(number(from), status.checkpoints ?? []);
    const again = number(from) - near;
    const where = near > 0 ? `the checkpoint of step ${thousands(near)}` : "the start";
    setText(
      note,
      fault || `From ${where}${again > 0 ? `; ${thousands(again)} steps are made again, to the bit` : ""}.`,
    );
    note.classList.toggle("ql-bad", fault !== "");
    go.disabled = fault !== "";
  };
  openPop(
    root,
    anchor,
    "Branch",
    (pop, signal) => {
      const form = h(
        "form",
        { class: "ql-pop-form" },
        h("h3", null, "Branch"),
        row("From step", from),
        row("Learning rate", lr),
        row("Name", name),
        note,
        h("div", { class: "row end-all" }, go),
      );
      on(form, "input", told, signal);
      on(
        form,
        "submit",
        (event) => {
          event.preventDefault();
          if (check()) return;
          const text = name.value.trim().slice(0, 200);
          start({ step: number(from), lr: number(lr), ...(text ? { name: text } : {}) });
          pop.close();
        },
        signal,
      );
      return [form];
    },
    at,
  );
  told();
  from.select();
}
