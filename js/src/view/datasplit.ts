/** The bar that divides the rows: two handles to drag or to move with the arrow keys, in steps of five percent. */

import { fill, h, on, setText } from "./dom";
import { thousands } from "./format";

const STEP = 5;

export interface SplitBar {
  readonly element: HTMLElement;
  update(
    val: number,
    test: number,
    rows: { train: number; val: number; test: number } | null,
    stratified: boolean,
  ): void;
}

export function splitBar(change: (val: number, test: number) => void, signal: AbortSignal): SplitBar {
  const parts = ["train", "val", "test"].map((name) => h("i", { class: name }));
  const handles = ["End of the training rows", "End of the validation rows"].map((label) =>
    h("b", { role: "slider", tabindex: 0, "aria-label": label, "aria-valuemin": 5, "aria-valuemax": 100 }),
  );
  const track = h("div", { class: "ql-data-split" }, parts, handles);
  const words = h("div", { class: "ql-data-shares cap" });
  const element = h("div", null, track, words);
  let ends = [60, 80];
  let kind = true;
  let rows: { train: number; val: number; test: number } | null = null;

  function draw(): void {
    const [a = 60, b = 80] = ends;
    const shares = [a, b - a, 100 - b];
    const counts = rows ? [rows.train, rows.val, rows.test] : [];
    parts.forEach((part, i) => {
      part.style.flexGrow = String(shares[i]);
      part.hidden = shares[i] === 0;
      setText(part, counts[i] === undefined ? "" : thousands(counts[i] ?? 0));
    });
    handles.forEach((handle, i) => {
      handle.style.left = `${ends[i]}%`;
      handle.setAttribute("aria-valuenow", String(ends[i]));
      handle.setAttribute("aria-valuetext", `${ends[i]} %`);
    });
    const names = ["train", "val", "test"].map((name, i) => `${name} ${shares[i]} %`);
    fill(
      words,
      h("span", null, names[0]),
      h("span", null, names[1]),
      h("span", null, names[2], kind && ", stratified"),
    );
  }

  function move(i: number, to: number): boolean {
    const next = [...ends];
    const rounded = Math.round(to / STEP) * STEP;
    next[i] =
      i === 0
        ? Math.min(Math.max(STEP, rounded), next[1] ?? 100)
        : Math.min(Math.max(next[0] ?? 0, rounded), 100);
    const moved = next[i] !== ends[i];
    ends = next;
    rows = moved ? null : rows;
    if (moved) draw();
    return moved;
  }
  const send = (): void => {
    const [a = 60, b = 80] = ends;
    change((b - a) / 100, (100 - b) / 100);
  };

  handles.forEach((handle, i) => {
    let held = false;
    let moved = false;
    on(
      handle,
      "pointerdown",
      (event) => {
        event.preventDefault();
        handle.focus();
        handle.setPointerCapture(event.pointerId);
        held = true;
        moved = false;
      },
      signal,
    );
    on(
      handle,
      "pointermove",
      (event) => {
        if (!held) return;
        const box = track.getBoundingClientRect();
        moved = move(i, ((event.clientX - box.left) / box.width) * 100) || moved;
      },
      signal,
    );
    for (const type of ["pointerup", "pointercancel"] as const)
      on(
        handle,
        type,
        () => {
          if (held && moved) send();
          held = false;
        },
        signal,
      );
    on(
      handle,
      "keydown",
      (event) => {
        const by = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        if (move(i, (ends[i] ?? 0) + by)) send();
      },
      signal,
    );
  });

  return {
    element,
    update(val, test, counts, stratified) {
      const b = Math.round((1 - test) * 100);
      ends = [Math.round((1 - test - val) * 100), b];
      rows = counts;
      kind = stratified;
      draw();
    },
  };
}
