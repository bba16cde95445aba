/** A small floating card under a button of the panel: Escape or a press elsewhere closes it. Knows no content. */

import { type Child, h, on } from "./dom";

export interface Pop {
  readonly element: HTMLElement;
  close(back?: boolean): void;
}

/** Opens the card under `anchor`, or at a place in `root`; a second one closes the first. */
export function openPop(
  root: HTMLElement,
  anchor: HTMLElement,
  label: string,
  content: (pop: Pop, signal: AbortSignal) => Child[],
  at?: { x: number; y: number },
): Pop {
  for (const old of root.querySelectorAll<HTMLElement & { qlClose?: () => void }>(":scope > .ql-pop"))
    old.qlClose?.();
  const life = new AbortController();
  const { signal } = life;
  const element: HTMLElement & { qlClose?: () => void } = h("div", {
    class: "ql-pop",
    role: "dialog",
    "aria-label": label,
    tabindex: -1,
  });
  const pop: Pop = {
    element,
    close(back = true) {
      if (signal.aborted) return;
      life.abort();
      element.remove();
      anchor.setAttribute("aria-expanded", "false");
      if (back) anchor.focus({ preventScroll: true });
    },
  };
  element.qlClose = () => pop.close(false);
  element.append(...(content(pop, signal).filter((c) => c instanceof Node) as Node[]));
  on(
    element,
    "keydown",
    (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        pop.close();
      }
      event.stopPropagation();
    },
    signal,
  );
  on(
    root.ownerDocument,
    "pointerdown",
    (event) => {
      const path = event.composedPath();
      if (!path.includes(element) && !path.includes(anchor)) pop.close(false);
    },
    signal,
    { capture: true },
  );
  root.append(element);
  const box = root.getBoundingClientRect();
  const from = anchor.getBoundingClientRect();
  const x = at ? at.x - box.left + 8 : from.left - box.left;
  const y = at ? at.y - box.top + 8 : from.bottom - box.top + 4;
  const left = Math.max(8, Math.min(x, box.width - element.offsetWidth - 8));
  const top = Math.max(8, Math.min(y, box.height - Math.min(element.offsetHeight, box.height - 64) - 8));
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
  element.style.maxHeight = `${Math.max(140, box.height - top - 8)}px`;
  anchor.setAttribute("aria-expanded", "true");
  const first = element.querySelector<HTMLElement>("input, button, select");
  (first ?? element).focus({ preventScroll: true });
  return pop;
}
