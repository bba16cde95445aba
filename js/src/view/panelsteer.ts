/** The *Steer* card: batch size, freezing and thawing of parts; the weights of terms are in steerterms.ts. Sends orders; decides nothing. */

import type { Action, OrderValue } from "../stream/messages";
import type { ClientState } from "../stream/state";
import { h, on, setText } from "./dom";
import { plural } from "./format";
import { openPop } from "./panelpop";
import { type Terms, terms } from "./steerterms";

export interface Steer {
  /** Keeps an open card in step with the run. */
  update(state: ClientState): void;
  open(root: HTMLElement, anchor: HTMLElement): void;
}

const PARTS = [
  ["circuit", "Circuit"],
  ["head", "Head"],
] as const;

export function steer(order: (action: Action, value: OrderValue) => void): Steer {
  let now: ClientState | null = null;
  let refresh: (() => void) | null = null;

  return {
    update(state) {
      now = state;
      refresh?.();
    },
    open(root, anchor) {
      const batch = h("input", {
        class: "ql-field mono",
        type: "text",
        inputmode: "numeric",
        autocomplete: "off",
        "aria-label": "Batch size",
        style: "width:72px",
      });
      const soon = h("span", { class: "ql-pill acc ql-soon", role: "status" }, "at the next step");
      const frozen = h("span", { class: "cap", role: "status" });
      const buttons: HTMLButtonElement[] = [];
      let weights: Terms | null = null;
      const put = (first = false): void => {
        const status = now?.status;
        if (!status) return;
        const live = status.state === "running" || status.state === "paused" || status.state === "waiting";
        const asked = now?.asked;
        const off = !live || now?.lost !== null;
        batch.disabled = off || status.batch == null;
        for (const button of buttons) button.disabled = off || asked?.part != null;
        soon.classList.toggle("on", asked?.batch != null || asked?.part != null);
        // what is being typed is left alone
        if (first || (batch.getRootNode() as Document | ShadowRoot).activeElement !== batch)
          batch.value = String(asked?.batch ?? status.batch ?? "–");
        const held = status.frozen?.length ?? 0;
        weights?.update(now as ClientState, off || asked?.part != null);
        setText(frozen, held === 0 ? "No weight is frozen." : `${plural(held, "weight")} frozen.`);
      };
      openPop(root, anchor, "Batch size, frozen weights, terms of the loss", (_pop, signal) => {
        weights = terms(order, signal);
        signal.addEventListener("abort", () => (refresh = null), { once: true });
        const fault = (): boolean => !/^\d+$/.test(batch.value.trim()) || Number(batch.value) < 1;
        const send = (): void => {
          const wrong = fault();
          batch.setAttribute("aria-invalid", String(wrong));
          batch.title = wrong ? "a whole number from 1 on" : "";
          if (!wrong && Number(batch.value) !== now?.status?.batch) order("batch", Number(batch.value));
        };
        on(batch, "change", send, signal);
        on(batch, "keydown", (event) => event.key === "Enter" && send(), signal);
        const rows = PARTS.map(([part, word]) => {
          const make = (action: "freeze" | "thaw", text: string): HTMLButtonElement => {
            const button = h(
              "button",
              { type: "button", class: "ql-btn", "aria-label": `${text} ${word.toLowerCase()}` },
              text,
            );
            on(button, "click", () => order(action, part), signal);
            buttons.push(button);
            return button;
          };
          return h(
            "div",
            { class: "row between" },
            h("span", { class: "ql-lab" }, word),
            h("span", { class: "row" }, make("freeze", "Freeze"), make("thaw", "Thaw")),
          );
        });
        return [
          h(
            "div",
            { class: "ql-pop-form" },
            h("div", { class: "row between" }, h("h3", null, "Steer"), soon),
            h("label", { class: "row between" }, h("span", { class: "ql-lab" }, "Batch size"), batch),
            rows,
            frozen,
            weights.element,
          ),
        ];
      });
      refresh = put;
      put(true);
    },
  };
}
