/** Dragging over a histogram: a band with two handles that the arrow keys move too. It says bars, the card knows values. */

import { h, on } from "./dom";

const CLICK = 4; // pixels: less is no drag

export interface BrushEvents {
  /** Bars `first … last` while it is dragged. */
  move(first: number, last: number): void;
  /** The drag ended, or a key moved a handle. */
  done(): void;
  clear(): void;
  /** It was pressed and let go without a drag. */
  click(event: PointerEvent): void;
}

export interface BrushBand {
  readonly element: HTMLElement;
  readonly handles: readonly HTMLElement[];
  /** Where the band lies, as shares of the width, and its ends in words; null: no brush. */
  set(band: readonly [from: number, to: number] | null, said: readonly [string, string]): void;
}

export function brushBand(bins: number, name: string, events: BrushEvents, signal: AbortSignal): BrushBand {
  const band = h("i", { hidden: true });
  const handles = ["from", "to"].map((end) =>
    h("b", {
      role: "slider",
      tabindex: -1,
      class: end,
      "aria-label": `${name}, ${end}`,
      "aria-valuemin": 0,
      "aria-valuemax": bins,
    }),
  );
  const element = h("div", { class: "ql-data-brush" }, band, handles);
  let ends: [number, number] = [0, bins]; // edges
  let start: { x: number; bin: number; moved: boolean } | null = null;

  const binAt = (x: number): number => {
    const box = element.getBoundingClientRect();
    return Math.min(bins - 1, Math.max(0, Math.floor(((x - box.left) / Math.max(1, box.width)) * bins)));
  };
  const stop = (event: PointerEvent): void => {
    if (!start) return;
    const { moved } = start;
    start = null;
    if (moved) events.done();
    else if (event.type === "pointerup") events.click(event);
  };
  on(
    element,
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      const handle = handles.indexOf(event.target as HTMLElement);
      // a handle is dragged against the other end
      const bin = handle === 0 ? ends[1] - 1 : handle === 1 ? ends[0] : binAt(event.clientX);
      start = { x: event.clientX, bin, moved: false };
      element.setPointerCapture(event.pointerId);
      event.preventDefault();
    },
    signal,
  );
  on(
    element,
    "pointermove",
    (event) => {
      if (!start || (!start.moved && Math.abs(event.clientX - start.x) < CLICK)) return;
      start.moved = true;
      const at = binAt(event.clientX);
      events.move(Math.min(start.bin, at), Math.max(start.bin, at));
    },
    signal,
  );
  on(element, "pointerup", stop, signal);
  on(element, "pointercancel", stop, signal);
  handles.forEach((handle, i) => {
    on(
      handle,
      "keydown",
      (event) => {
        const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4 }[
          event.key
        ];
        const to = event.key === "Home" ? 0 : event.key === "End" ? bins : by && (ends[i] ?? 0) + by;
        if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        event.stopPropagation();
        const [a, b] = i === 0 ? [Math.min(to, ends[1] - 1), ends[1]] : [ends[0], Math.max(to, ends[0] + 1)];
        const low = Math.max(0, a);
        const high = Math.min(bins, b);
        if (low === 0 && high === bins) events.clear();
        else {
          events.move(low, high - 1);
          events.done();
        }
      },
      signal,
    );
  });
  return {
    element,
    handles,
    set(at, said) {
      band.hidden = at === null;
      element.classList.toggle("on", at !== null);
      const [from, to] = at ?? [0, 1];
      ends = [Math.round(from * bins), Math.max(Math.round(from * bins) + 1, Math.round(to * bins))];
      band.style.left = `${100 * from}%`;
      band.style.width = `${100 * (to - from)}%`;
      handles.forEach((handle, i) => {
        handle.style.left = `${100 * (i === 0 ? from : to)}%`;
        handle.setAttribute("aria-valuenow", String(ends[i]));
        handle.setAttribute("aria-valuetext", said[i] ?? "");
      });
    },
  };
}
