/** How far a file is read: figures, bar, *Cancel*, and histograms that grow. It shows what the kernel says, no more. */

import { bound } from "./databins";
import { histogram } from "./datahist";
import type { LoadingMessage } from "./datatypes";
import { fill, h, on, setText } from "./dom";
import { bytes, duration, plural, thousands } from "./format";
import { icon } from "./icons";

const MOVES = new Set(["upload", "read"]);
const MOST = 12; // histograms
const LATE = 250; // milliseconds: what is read sooner needs no bar

export interface Loading {
  readonly element: HTMLElement;
  /** A load begins: shown if it takes long. */
  start(): void;
  update(message: LoadingMessage): void;
  end(): void;
}

export function loading(cancel: () => void, signal: AbortSignal): Loading {
  const name = h("b");
  const rows = h("span");
  const left = h("b");
  const speed = h("span");
  const fillBar = h("i");
  const bar = h(
    "div",
    {
      class: "ql-data-progress",
      role: "progressbar",
      "aria-label": "Loading",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
    },
    fillBar,
  );
  const stop = h("button", { type: "button", class: "ql-btn quiet" }, icon("close"), "Cancel");
  const plan = h("span");
  const bad = h("span");
  const grown = h("div", { class: "ql-data-growing", "aria-hidden": "true" });
  const element = h(
    "section",
    { class: "ql-data-loading", hidden: true, "aria-label": "Loading" },
    h("div", { class: "row between" }, h("span", { class: "row" }, name, rows), h("span", null, left, speed)),
    h("div", { class: "row" }, bar, stop),
    h("div", { class: "row cap" }, plan, bad),
    grown,
  );
  let wait: ReturnType<typeof setTimeout> | undefined;
  let going = false;
  on(
    stop,
    "click",
    () => {
      stop.disabled = true;
      cancel();
    },
    signal,
  );
  signal.addEventListener("abort", () => clearTimeout(wait));

  return {
    element,
    start() {
      going = true;
      stop.disabled = false;
      for (const node of [rows, left, speed, plan, bad]) setText(node, "");
      fill(grown);
      fillBar.style.width = "0";
      clearTimeout(wait);
      wait = setTimeout(() => {
        element.hidden = !going;
      }, LATE);
    },
    update(message) {
      if (!going) this.start();
      const { estimate: about, total, done } = message;
      const share = total > 0 ? Math.min(1, done / total) : 0;
      setText(name, message.source.split("/").at(-1) ?? message.source);
      setText(rows, figures(message));
      setText(
        left,
        message.left === null || !MOVES.has(message.stage) ? "" : `${duration(message.left)} left`,
      );
      setText(speed, message.seconds > 0 && done > 0 ? `${bytes(done / message.seconds)}/s` : "");
      fillBar.style.width = `${100 * share}%`;
      bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
      bar.setAttribute("aria-valuetext", `${Math.round(100 * share)} %, ${figures(message)}`);
      setText(plan, about ? needs(about) : "");
      setText(bad, about ? `${plural(message.bad, "bad row")} so far` : "");
      bad.classList.toggle("ql-data-warn", message.bad > 0);
      fill(
        grown,
        message.columns.slice(0, MOST).map((column) => growing(column, share)),
      );
    },
    end() {
      going = false;
      clearTimeout(wait);
      element.hidden = true;
    },
  };
}

/** A histogram on its way to its full height; the axis is fixed from the sample. */
function growing({ name, counts, low, high }: LoadingMessage["columns"][number], share: number): HTMLElement {
  const full = Math.max(1, ...counts) / Math.max(share, 0.02);
  const ends = low === undefined || high === undefined ? null : [bound(name, low), bound(name, high)];
  return h(
    "figure",
    null,
    h("figcaption", { class: "cap", title: name }, name),
    histogram([counts], "var(--ql-ink-3)", full).element,
    ends &&
      h(
        "footer",
        { class: "cap" },
        ends.map((end) => h("span", null, end)),
      ),
  );
}

/** "930,000 of about 1,500,000 rows, 134 MB of 216 MB". */
export function figures(message: LoadingMessage): string {
  const { estimate: about, rows, done, total, stage } = message;
  if (stage === "upload") return `${bytes(done)} of ${bytes(total)} sent to the kernel`;
  if (stage === "check") return `compared with the cache, ${bytes(done)} of ${bytes(total)}`;
  if (!about) return total > 0 ? `${bytes(done)} of ${bytes(total)}` : "";
  const word = about.exact ? "" : "about ";
  if (stage === "estimate")
    return `${word}${thousands(rough(about.rows))} rows, ${bytes(total)}, ${duration(about.seconds)}`;
  return `${thousands(rows)} of ${word}${thousands(rough(about.rows))} rows, ${bytes(done)} of ${bytes(total)}`;
}

/** "will need 192 MB, 9.4 GB free: kept in memory". */
export function needs(about: NonNullable<LoadingMessage["estimate"]>): string {
  const place = about.mapped ? "mapped from disk" : "kept in memory";
  return `will need ${bytes(about.nbytes)}, ${bytes(about.free)} free: ${place}`;
}

/** An estimate is no exact number and must not look like one. */
function rough(count: number): number {
  return count < 1000 ? count : Number(count.toPrecision(3));
}
