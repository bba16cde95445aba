/** A small menu under a button: arrows, Enter, Esc, a click elsewhere closes it. Knows only labels and actions. */
import { type Child, h, on } from "./dom";

export interface MenuItem {
  readonly label: string;
  readonly note?: string;
  readonly picture?: Child;
  run(): void;
}

/** Opens the menu; it closes itself and gives the focus back to the button. */
export function openMenu(
  root: HTMLElement,
  button: HTMLElement,
  label: string,
  items: readonly MenuItem[],
): void {
  const life = new AbortController();
  const menu = h("div", { class: "ql-menu", role: "menu", "aria-label": label });
  const rows = items.map((item) =>
    h(
      "button",
      { type: "button", role: "menuitem", tabindex: -1 },
      item.picture,
      h(
        "span",
        { class: "grow" },
        h("b", null, item.label),
        item.note && h("span", { class: "cap" }, item.note),
      ),
    ),
  );
  menu.append(...rows);
  const close = (back = true): void => {
    if (life.signal.aborted) return;
    life.abort();
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  };
  const { signal } = life;
  rows.forEach((row, i) => {
    on(
      row,
      "click",
      () => {
        close();
        items[i]!.run();
      },
      signal,
    );
  });
  on(
    menu,
    "keydown",
    (event) => {
      const doc = menu.getRootNode() as Document | ShadowRoot;
      const at = rows.indexOf(doc.activeElement as HTMLButtonElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
      if (to !== undefined) rows[(to + rows.length) % rows.length]?.focus();
      else if (event.key === "Escape" || event.key === "Tab") close();
      else if (event.key !== "Enter" && event.key !== " ") return;
      if (event.key !== "Enter" && event.key !== " ") event.preventDefault();
      event.stopPropagation();
    },
    signal,
  );
  on(
    root,
    "pointerdown",
    (event) => {
      if (!(event.target instanceof Node) || !menu.contains(event.target)) close(false);
    },
    signal,
    { capture: true },
  );
  on(
    menu,
    "focusout",
    (event) => {
      if (!(event.relatedTarget instanceof Node) || !menu.contains(event.relatedTarget)) close(false);
    },
    signal,
  );
  root.append(menu);
  const box = root.getBoundingClientRect();
  const at = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left - box.left, box.width - menu.offsetWidth - 8));
  const below = at.bottom - box.top + 4;
  const above = at.top - box.top - menu.offsetHeight - 4;
  const top = below + menu.offsetHeight > box.height - 8 && above > 8 ? above : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
  menu.style.maxHeight = `${Math.max(120, box.height - top - 8)}px`;
  button.setAttribute("aria-expanded", "true");
  rows[0]?.focus();
}

/** A button that opens a menu. */
export function menuButton(
  root: () => HTMLElement,
  props: { class: string; label: string },
  content: Child[],
  items: () => readonly MenuItem[],
  signal: AbortSignal,
): HTMLButtonElement {
  const button = h(
    "button",
    {
      class: props.class,
      type: "button",
      "aria-label": props.label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    },
    content,
  );
  on(button, "click", () => openMenu(root(), button, props.label, items()), signal);
  return button;
}
