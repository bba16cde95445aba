/** The left column as a floating sheet where the panel is narrow: opened by a button, closed by Escape or a press elsewhere. */

import { on } from "./dom";

export function sheet(
  root: HTMLElement,
  button: HTMLElement,
  column: HTMLElement,
  signal: AbortSignal,
): void {
  const open = (is: boolean): void => {
    root.classList.toggle("ql-side-open", is);
    button.setAttribute("aria-expanded", String(is));
  };
  on(button, "click", () => open(!root.classList.contains("ql-side-open")), signal);
  on(
    root,
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !root.classList.contains("ql-side-open")) return;
      event.stopPropagation();
      open(false);
      button.focus();
    },
    signal,
  );
  on(
    root.ownerDocument,
    "pointerdown",
    (event) => {
      const at = event.composedPath();
      if (!at.includes(column) && !at.includes(button)) open(false);
    },
    signal,
  );
}
