/**
 * The filters in force: the typed condition and a brush a column. While one is dragged only the newest is asked for, one
 * answer at a time; letting go applies it. The kernel decides what holds, a refusal brings back what held before.
 */

import { withBrush } from "./databins";
import type { Brush, Brushes, CrossMessage, Dataset, ToKernel } from "./datatypes";

export interface Filters {
  /** What the kernel says is in force. */
  dataset(dataset: Dataset): void;
  /** Another condition, as it was typed. */
  condition(text: string): void;
  /** A brush that is dragged, or was let go; null takes it away. */
  brush(name: string, brush: Brush | null, done: boolean): void;
  /** No brush, no condition. */
  clearAll(): void;
  cross(message: CrossMessage): void;
  /** The kernel refused: as before. */
  fail(): void;
}

export type Shown = { condition: string; brushes: Brushes; cross: CrossMessage | null };

export function filters(send: (message: ToKernel) => void, changed: (shown: Shown) => void): Filters {
  let key = "";
  let condition = "";
  let kept: Brushes = {}; // in force
  let keptCross: CrossMessage | null = null;
  let brushes: Brushes = {}; // as shown, ahead of the kernel while one is dragged
  let cross: CrossMessage | null = null;
  let dragging = false;
  let ids = 0;
  let open = 0; // the question that is not answered yet
  let late = false; // a newer one waits

  const tell = (): void => changed({ condition, brushes, cross });
  function ask(): void {
    late = open > 0;
    if (late) return;
    open = ++ids;
    send({ type: "brush", id: open, ranges: brushes });
  }
  function apply(): void {
    dragging = late = false;
    open = 0; // the kernel answers what holds, no more what was dragged
    send({ type: "filter", condition, ranges: brushes });
  }

  return {
    dataset(dataset) {
      if (dataset.key !== key) {
        cross = keptCross = null;
        open = 0;
        dragging = false;
      }
      key = dataset.key;
      condition = dataset.condition;
      kept = dataset.ranges ?? {};
      if (!dragging) brushes = kept;
      if (Object.keys(kept).length === 0) keptCross = null;
      if (Object.keys(brushes).length === 0) cross = null;
      tell();
    },
    condition(text) {
      if (text === condition) return;
      send({ type: "filter", condition: text, ranges: kept });
    },
    brush(name, brush, done) {
      brushes = withBrush(brushes, name, brush);
      if (!done) {
        dragging = true;
        ask();
      } else apply();
      tell();
    },
    clearAll() {
      brushes = {};
      condition = "";
      apply();
      tell();
    },
    cross(message) {
      if (message.key !== key) return;
      if (message.id === null) {
        keptCross = message;
        if (!dragging) cross = message;
      } else {
        if (message.id !== open) return;
        open = 0;
        if (Object.keys(brushes).length > 0) cross = message;
        if (late) ask();
      }
      tell();
    },
    fail() {
      dragging = false;
      open = 0;
      brushes = kept;
      cross = keptCross;
      tell();
    },
  };
}
