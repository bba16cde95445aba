/** The weights of the terms of the loss, a number field each. Sends orders; decides nothing. */

import type { Action, OrderValue } from "../stream/messages";
import type { ClientState } from "../stream/state";
import { h, on, onEnter } from "./dom";
import { keyed } from "./panelparts";

export interface Terms {
  readonly element: HTMLElement;
  update(state: ClientState, off: boolean): void;
}

const NAMES: Readonly<Record<string, string>> = {
  data: "Data loss",
  l1: "Sum of |W| (l1)",
  l2: "Sum of W² (l2)",
};

/** A weight as typed: from 0 on, with either minus sign and either decimal sign. */
export function weightOf(text: string): number | null {
  const value = Number(text.trim().replace("−", "-").replace(",", "."));
  return text.trim() !== "" && Number.isFinite(value) && value >= 0 ? value : null;
}

export function terms(order: (action: Action, value: OrderValue) => void, signal: AbortSignal): Terms {
  const element = h("div", { class: "ql-terms" });
  const draw = keyed();
  const fields = new Map<string, HTMLInputElement>();
  let now: Readonly<Record<string, number>> = {};

  function field(name: string): HTMLElement {
    const input = h("input", {
      class: "ql-field mono",
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      style: "width:84px",
      "aria-label": `Weight of ${NAMES[name] ?? name}`,
    });
    fields.set(name, input);
    const send = (): void => {
      const value = weightOf(input.value);
      input.setAttribute("aria-invalid", String(value === null));
      input.title = value === null ? "a number from 0 on, such as 0.01" : "";
      if (value !== null && value !== now[name]) order("term", [name, value]);
    };
    on(input, "change", send, signal);
    onEnter(input, send, signal);
    return h("label", { class: "row between" }, h("span", { class: "ql-lab" }, NAMES[name] ?? name), input);
  }

  return {
    element,
    update(state, off) {
      now = state.status?.terms ?? {};
      const names = Object.keys(now);
      element.hidden = names.length === 0;
      draw(element, names.join(), () => {
        fields.clear();
        return [h("h4", { class: "ql-lab" }, "Terms of the loss"), ...names.map(field)];
      });
      const { activeElement } = element.getRootNode() as Document | ShadowRoot;
      for (const [name, input] of fields) {
        input.disabled = off;
        // what is being typed is left alone
        if (activeElement !== input) {
          input.value = String(now[name] ?? 0);
          input.removeAttribute("aria-invalid");
        }
      }
    },
  };
}
