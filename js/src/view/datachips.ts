/** The filters in force as chips, each with a button that takes it away. */

import { words } from "./databins";
import type { Brushes, Column } from "./datatypes";
import { fill, h } from "./dom";
import { icon } from "./icons";

export interface ChipEvents {
  /** Takes away the brush of a column; null: all filters. */
  clear(column: string | null): void;
  clearCondition(): void;
}

export interface Chips {
  readonly element: HTMLElement;
  show(condition: string, brushes: Brushes, columns: readonly Column[]): void;
}

export function chips(events: ChipEvents): Chips {
  const element = h("div", { class: "ql-data-chips", role: "group", "aria-label": "Filters", hidden: true });
  function chip(what: string, how: string, clear: () => void): HTMLElement {
    const button = h(
      "button",
      { type: "button", "aria-label": `Clear the filter ${what} ${how}` },
      icon("close"),
    );
    button.addEventListener("click", clear);
    return h(
      "span",
      { class: "ql-data-chip", title: `${what} ${how}` },
      h("b", null, what),
      how && h("span", null, how),
      button,
    );
  }
  let before = "";
  return {
    element,
    show(condition, brushes, columns) {
      const now = JSON.stringify([condition, brushes]);
      if (now === before) return;
      before = now;
      const all = Object.entries(brushes).map(([name, brush]) =>
        chip(name, words(name, brush, columns.find((c) => c.name === name)?.type), () => events.clear(name)),
      );
      if (condition) all.unshift(chip(condition, "", events.clearCondition));
      element.hidden = all.length === 0;
      const every = h("button", { type: "button", class: "ql-btn quiet" }, "Clear all");
      every.addEventListener("click", () => events.clear(null));
      fill(element, icon("filter"), all, all.length > 1 && every);
    },
  };
}
