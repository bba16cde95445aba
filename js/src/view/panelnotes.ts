/** The banners between progress and plots: disconnected, silent, refused, failed. Each says what is so and what to do. */

import type { RunError } from "../stream/messages";
import type { ClientState } from "../stream/state";
import { h, on } from "./dom";
import { thousands } from "./format";
import { icon } from "./icons";
import { copyButton, keyed } from "./panelparts";
import { clock, isLost } from "./panelwords";

export interface Notes {
  readonly element: HTMLElement;
  update(state: ClientState, step: number, plotFault: string | null, gone: boolean): void;
}

/** One sentence from a message that may or may not end like one. */
export const sentence = (text: string): string => {
  const trimmed = text.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
};

export function notes(
  act: { reconnect(): void; reopen(): boolean; dismiss(): void; retryPlots(): void },
  signal: AbortSignal,
): Notes {
  const element = h("div", { class: "ql-notes" });
  const draw = keyed();
  const button = (word: string, run: () => void, kind = ""): HTMLElement => {
    const made = h("button", { type: "button", class: `ql-btn ${kind}` }, word);
    on(made, "click", run, signal);
    return made;
  };
  return {
    element,
    update(state, step, plotFault, gone) {
      const { silent, refusal, status, phase } = state;
      const lost = isLost(state) ? state.lost : null;
      const error = status?.state === "failed" ? status.error : null;
      const key = [
        lost,
        gone,
        silent,
        refusal?.message,
        refusal?.cure,
        error?.message,
        error?.where,
        status?.warning?.message,
        phase === "opening" && lost === null,
        plotFault,
      ].join("|");
      draw(element, key, () => {
        const list: HTMLElement[] = [];
        const upTo = step > 0 ? ` The panel shows the run up to step ${thousands(step)}.` : "";
        if (lost !== null && gone) {
          const text = `The kernel was restarted or shut down at ${clock(lost)}.${upTo} The run is stored.`;
          list.push(note("warn", "link", [text], wayBack(state.run, act.reopen, signal)));
        } else if (lost !== null) {
          const text = `No kernel since ${clock(lost)}.${upTo}`;
          list.push(note("warn", "link", [text], button("Reconnect", act.reconnect, "primary")));
        }
        if (state.lost === null && silent !== null)
          list.push(
            note(
              "warn",
              "link",
              [`No answer from the kernel since ${clock(silent)}. It may be busy with a cell.`],
              button("Ask again", act.reconnect),
            ),
          );
        const warned = status?.warning;
        if (warned)
          list.push(
            note("warn", "warn", [sentence(warned.message), warned.cure && ` ${sentence(warned.cure)}`]),
          );
        if (refusal)
          list.push(
            note(
              "err",
              "warn",
              [sentence(refusal.message), refusal.cure && ` ${sentence(refusal.cure)}`],
              button("Dismiss", act.dismiss, "quiet"),
            ),
          );
        if (plotFault)
          list.push(
            note(
              "err",
              "warn",
              [`The plots can't be drawn: ${sentence(plotFault)}`],
              button("Try again", act.retryPlots),
            ),
          );
        if (error) list.push(failed(error, step, signal));
        return list;
      });
    },
  };
}

/** *Open run …*: in a new cell where the host can do that, else the code to run is copied. */
function wayBack(run: string, reopen: () => boolean, signal: AbortSignal): HTMLElement {
  const code = `import qlab\n\nqlab.open_run("${run}").panel`;
  const copy = copyButton(`Copy the code that opens run ${run}`, () => code, signal);
  const open = h("button", { type: "button", class: "ql-btn primary" }, `Open run ${run}`);
  on(
    open,
    "click",
    () => {
      if (reopen()) return;
      open.replaceWith(copy);
      copy.click();
    },
    signal,
  );
  return open;
}

function note(
  kind: "warn" | "err",
  glyph: "warn" | "link",
  text: (string | null | undefined | Node)[],
  ...actions: HTMLElement[]
): HTMLElement {
  const role = kind === "err" ? "alert" : "status";
  return h(
    "div",
    { class: `ql-note ${kind}`, role },
    icon(glyph),
    h("span", { class: "grow" }, text),
    ...actions,
  );
}

function failed(error: RunError, step: number, signal: AbortSignal): HTMLElement {
  const trace = error.traceback?.trim();
  const known = error.message.includes(error.type) || error.type === "TrainError" ? "" : `${error.type}: `;
  const at = /^step (\d+)$/.exec(error.where ?? "")?.[1];
  const head = h("b", null, `Failed at step ${thousands(at === undefined ? step : Number(at))}. `);
  const where = error.where && at === undefined && !/^run\b/.test(error.where) ? ` (${error.where})` : "";
  const text = h(
    "div",
    { class: "grow" },
    head,
    sentence(`${known}${error.message.replace(/\.$/, "")}${where}`),
    error.cure && h("div", null, sentence(error.cure)),
    trace && h("details", null, h("summary", null, "Traceback"), h("pre", { tabindex: 0 }, trace)),
  );
  const copy = trace && copyButton("Copy traceback", () => trace, signal);
  if (copy) copy.prepend(icon("copy"));
  return h("div", { class: "ql-note err", role: "alert" }, icon("warn"), text, copy);
}
