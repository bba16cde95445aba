/**
 * A sheet over the designer: one dialogue with a heading and a cross. The focus stays in it, Esc or a press beside it
 * closes it, and no key or press reaches what lies under it. It knows nothing of what it shows.
 */
import { type Child, h, on } from "./dom";
import { icon } from "./icons";

export interface Dialog {
  readonly el: HTMLElement;
  /** Ends with the dialogue. */
  readonly signal: AbortSignal;
  end(): void;
}

export interface DialogOptions {
  readonly title: string;
  readonly class?: string;
  /** A form is sent by Enter; `submit` says whether that ends it. */
  readonly submit?: () => boolean;
  /** Keys that close it beside Esc. */
  readonly keys?: readonly string[];
  /** Where the focus goes afterwards. */
  readonly back: () => void;
}

const STOPS = "button:not(:disabled), input:not(:disabled), select, textarea, a[href], [tabindex='0']";

/** Opens the dialogue; `body` is made with its signal, and the first field of it gets the focus. */
export function openDialog(
  root: HTMLElement,
  options: DialogOptions,
  body: (d: Dialog) => readonly Child[],
): Dialog {
  const life = new AbortController();
  const { signal } = life;
  const close = h(
    "button",
    { class: "ql-btn icon quiet", type: "button", "aria-label": "Close" },
    icon("close"),
  );
  const el = h(options.submit ? "form" : "div", {
    class: `ql-sheet ${options.class ?? ""}`,
    role: "dialog",
    "aria-modal": "true",
    "aria-label": options.title,
  });
  const veil = h("div", { class: "ql-veil" }, el);
  const end = (): void => {
    if (signal.aborted) return;
    life.abort();
    veil.remove();
    options.back();
  };
  const dialog = { el, signal, end };
  el.append(
    h("div", { class: "row between" }, h("h2", null, options.title), close),
    h("div", { class: "ql-sheet-body" }, body(dialog)),
  );
  on(close, "click", end, signal);
  on(
    el,
    "submit",
    (event) => {
      event.preventDefault();
      if (options.submit?.()) end();
    },
    signal,
  );
  on(
    veil,
    "pointerdown",
    (event) => {
      event.stopPropagation();
      if (event.target === veil) end();
    },
    signal,
  );
  on(
    veil,
    "keydown",
    (event) => {
      event.stopPropagation();
      if (event.key === "Escape" || options.keys?.includes(event.key)) end();
      else if (event.key === "Tab") turn(event);
    },
    signal,
  );
  /** Round within the sheet. */
  function turn(event: KeyboardEvent): void {
    const stops = [...el.querySelectorAll<HTMLElement>(STOPS)];
    const at = stops.indexOf((veil.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement);
    const to = at + (event.shiftKey ? -1 : 1);
    if (at >= 0 && to >= 0 && to < stops.length) return;
    event.preventDefault();
    stops.at(to < 0 ? -1 : 0)?.focus();
  }
  root.append(veil);
  (el.querySelector<HTMLElement>("input, select, textarea") ?? close).focus();
  return dialog;
}
