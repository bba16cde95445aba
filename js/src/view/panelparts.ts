/** Small controls of the panel: a slider and a row of choices, for pointer and keyboard alike. They know no run. */

import { fill, h, on, setText } from "./dom";

export interface SliderOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** PageUp and PageDown. */
  readonly page: number;
  /** The value as read aloud. */
  readonly text: (value: number) => string;
  /** Each movement, before it is decided. */
  readonly input: (value: number) => void;
  /** Released, Enter, or the key let go. */
  readonly commit: (value: number) => void;
  /** Escape: as before. */
  readonly cancel?: () => void;
}

export interface Slider {
  readonly element: HTMLElement;
  readonly dragging: boolean;
  set(value: number, range?: readonly [number, number]): void;
  disable(is: boolean): void;
}

export function slider(options: SliderOptions, signal: AbortSignal): Slider {
  const bar = h("i");
  const thumb = h("b");
  const element = h(
    "div",
    { class: "ql-slider", role: "slider", tabindex: 0, "aria-label": options.label },
    bar,
    thumb,
  );
  let { min, max } = options;
  let value = min;
  let start = min;
  let active = false;
  let keyed = false;
  let off = false;

  function show(): void {
    const share = max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0;
    bar.style.width = thumb.style.left = `${100 * share}%`;
    element.setAttribute("aria-valuemin", String(min));
    element.setAttribute("aria-valuemax", String(max));
    element.setAttribute("aria-valuenow", String(Number(value.toPrecision(6))));
    element.setAttribute("aria-valuetext", options.text(value));
  }
  function move(to: number): void {
    value = Math.min(max, Math.max(min, to));
    show();
    options.input(value);
  }
  function end(keep: boolean): void {
    const was = active || keyed;
    active = keyed = false;
    if (!was) return;
    if (keep) options.commit(value);
    else {
      value = start;
      show();
      options.cancel?.();
    }
  }
  const at = (event: PointerEvent): number => {
    const box = element.getBoundingClientRect();
    const raw = min + ((event.clientX - box.left) / Math.max(1, box.width)) * (max - min);
    return min + Math.round((raw - min) / options.step) * options.step;
  };
  on(
    element,
    "pointerdown",
    (event) => {
      if (off || event.button !== 0) return;
      event.preventDefault();
      element.focus({ preventScroll: true });
      element.setPointerCapture?.(event.pointerId);
      start = value;
      active = true;
      move(at(event));
    },
    signal,
  );
  on(element, "pointermove", (event) => active && move(at(event)), signal);
  on(element, "pointerup", () => active && end(true), signal);
  on(element, "pointercancel", () => end(false), signal);
  on(
    element,
    "keydown",
    (event) => {
      if (off) return;
      const steps: Record<string, number> = {
        ArrowRight: options.step,
        ArrowUp: options.step,
        ArrowLeft: -options.step,
        ArrowDown: -options.step,
        PageUp: options.page,
        PageDown: -options.page,
        Home: Number.NEGATIVE_INFINITY,
        End: Number.POSITIVE_INFINITY,
      };
      const by = steps[event.key];
      if (by === undefined && event.key !== "Enter" && event.key !== "Escape") return;
      if (event.key === "Escape" && !active && !keyed) return;
      event.preventDefault();
      event.stopPropagation();
      if (by === undefined) return end(event.key === "Enter");
      if (!keyed && !active) start = value;
      keyed = true;
      move(value + by);
    },
    signal,
  );
  on(element, "keyup", (event) => event.key !== "Tab" && keyed && end(true), signal);
  on(element, "blur", () => end(true), signal);
  show();
  return {
    element,
    get dragging() {
      return active || keyed;
    },
    set(next, range) {
      if (active || keyed) return;
      if (range) [min, max] = range;
      value = next;
      show();
    },
    disable(is) {
      off = is;
      element.setAttribute("aria-disabled", String(is));
      element.tabIndex = is ? -1 : 0;
      if (is) end(false);
    },
  };
}

export interface Choice<T extends string> {
  readonly element: HTMLElement;
  set(value: T): void;
}

/** One of a few, as a radio group: arrows move, the choice is made at once. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  chosen: (value: T) => void,
  signal: AbortSignal,
): Choice<T> {
  const buttons = options.map(([value, text]) =>
    h("button", { type: "button", role: "radio", dataset: { value } }, text),
  );
  const element = h("div", { class: "ql-seg", role: "radiogroup", "aria-label": label }, buttons);
  const set = (value: string): void => {
    for (const button of buttons) {
      const is = button.dataset.value === value;
      button.classList.toggle("on", is);
      button.setAttribute("aria-checked", String(is));
      button.tabIndex = is ? 0 : -1;
    }
  };
  const pick = (button: HTMLButtonElement | undefined): void => {
    if (!button) return;
    set(button.dataset.value ?? "");
    button.focus({ preventScroll: true });
    chosen(button.dataset.value as T);
  };
  on(element, "click", (event) => pick(buttons.find((b) => b.contains(event.target as Node))), signal);
  on(
    element,
    "keydown",
    (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const now = buttons.findIndex((b) => b.tabIndex === 0);
      if (by === undefined || now < 0) return;
      event.preventDefault();
      event.stopPropagation();
      pick(buttons[(now + by + buttons.length) % buttons.length]);
    },
    signal,
  );
  return { element, set };
}

/** A button that copies a text and says so on itself for a moment. */
export function copyButton(
  label: string,
  text: () => string,
  signal: AbortSignal,
  kind = "",
): HTMLButtonElement {
  const word = h("span", null, label);
  const button = h("button", { type: "button", class: `ql-btn ${kind}` }, word);
  on(
    button,
    "click",
    async () => {
      const done = await copy(text(), button);
      setText(word, done ? "Copied" : "Select and copy by hand");
      setTimeout(() => setText(word, label), 1600);
    },
    signal,
  );
  return button;
}

async function copy(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // no permission or no secure page: the old way, from a field of our own
    const field = h("textarea", { style: "position:absolute;left:-9999px", value: text });
    near.after(field);
    field.select();
    const done = document.execCommand?.("copy") ?? false;
    field.remove();
    near.focus();
    return done;
  }
}

/** Replaces the children only when `key` has changed, so that focus and open details survive redraws. */
export function keyed(): (box: Element, key: string, build: () => Node[]) => void {
  let last: string | undefined;
  return (box, key, build) => {
    if (key === last) return;
    last = key;
    fill(box, build());
  };
}
