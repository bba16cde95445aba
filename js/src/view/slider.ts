/**
 * A slider for one angle, −π … π: drag, Shift for fine, arrows 0.01, double click types; beside it the number.
 * It knows a getter and a setter, nothing of circuits.
 */
import { h, on } from "./dom";
import { fixed } from "./format";

export interface SliderRow {
  readonly el: HTMLElement;
  update(): void;
}

const MAX = Math.PI;

export interface SliderOptions {
  /** What stands before it, and is read out: "w[0]", "angle θ". */
  readonly name: string;
  readonly about: string;
  readonly kind: "x" | "w" | "fixed";
  get(): number;
  set(value: number): void;
  /** A drag or a key begins: what it sets belongs together. */
  begin?(): void;
  /** Where a drag without Shift comes to rest. */
  snap?(value: number): number;
}

const COLOR = { x: "data", w: "weight", fixed: "accent" };

export function sliderRow(options: SliderOptions, signal: AbortSignal): SliderRow {
  const { name, about, kind, get, set } = options;
  const bar = h("i");
  const knob = h("b");
  const slider = h(
    "span",
    {
      class: "ql-slider",
      role: "slider",
      tabindex: 0,
      "aria-label": about,
      "aria-valuemin": -3.14,
      "aria-valuemax": 3.14,
      style: `--c: var(--ql-${COLOR[kind]})`,
    },
    bar,
    knob,
  );
  const field = h("input", {
    class: "ql-num mono",
    "aria-label": `${name}, value`,
    inputmode: "decimal",
    spellcheck: false,
  });
  const el = h("div", { class: "row sl" }, h("span", { class: `mono ${kind} sym` }, name), slider, field);

  function update(): void {
    const value = get();
    const at = (Math.max(-MAX, Math.min(MAX, value)) / MAX / 2 + 0.5) * 100;
    knob.style.left = `${at}%`;
    bar.style.left = `${Math.min(50, at)}%`;
    bar.style.width = `${Math.abs(at - 50)}%`;
    slider.setAttribute("aria-valuenow", value.toFixed(2));
    slider.setAttribute("aria-valuetext", `${fixed(value)} rad`);
    if (field.ownerDocument.activeElement !== field && root(field)?.activeElement !== field)
      field.value = fixed(value);
  }

  const put = (value: number): void => set(Math.round(value * 1000) / 1000);
  const drag = (value: number, fine: boolean): void => {
    const within = Math.max(-MAX, Math.min(MAX, value));
    if (options.snap && !fine) set(options.snap(within));
    else put(within);
  };
  let start: { x: number; value: number } | undefined;
  on(
    slider,
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      options.begin?.();
      slider.focus();
      slider.setPointerCapture(event.pointerId);
      const box = slider.getBoundingClientRect();
      const jump = !event.shiftKey && event.detail < 2;
      const value = jump ? ((event.clientX - box.left) / box.width) * 2 * MAX - MAX : get();
      if (jump) drag(value, false);
      start = { x: event.clientX, value };
    },
    signal,
  );
  on(
    slider,
    "pointermove",
    (event) => {
      if (!start || !slider.hasPointerCapture(event.pointerId)) return;
      const scale = (2 * MAX) / slider.getBoundingClientRect().width / (event.shiftKey ? 10 : 1);
      start = { x: event.clientX, value: start.value + (event.clientX - start.x) * scale };
      drag(start.value, event.shiftKey);
    },
    signal,
  );
  on(slider, "pointerup", () => (start = undefined), signal);
  on(slider, "dblclick", () => field.select(), signal);
  on(
    slider,
    "keydown",
    (event) => {
      const by = {
        ArrowUp: 0.01,
        ArrowRight: 0.01,
        ArrowDown: -0.01,
        ArrowLeft: -0.01,
        PageUp: 0.1,
        PageDown: -0.1,
      }[event.key];
      const to = { Home: -MAX, End: MAX }[event.key];
      if (by === undefined && to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      put(to ?? get() + by!);
    },
    signal,
  );
  const read = () => {
    const value = Number(field.value.replace("−", "-").replace(",", ".").trim());
    if (field.value.trim() !== "" && Number.isFinite(value)) put(value);
  };
  on(field, "change", read, signal);
  for (const el of [slider, field]) on(el, "focus", () => options.begin?.(), signal);
  on(
    field,
    "keydown",
    (event) => {
      if (event.key === "Enter") read();
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        put(get() + (event.key === "ArrowUp" ? 0.01 : -0.01));
        field.value = fixed(get());
      }
    },
    signal,
  );
  on(field, "blur", () => queueMicrotask(update), signal);
  return { el, update };
}

function root(el: Element): DocumentOrShadowRoot | undefined {
  const node = el.getRootNode();
  return "activeElement" in node ? (node as unknown as DocumentOrShadowRoot) : undefined;
}
