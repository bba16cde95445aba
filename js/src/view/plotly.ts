/**
 * Gets plotly.js once per page: from the labextension or an earlier panel if either offers it, else from the kernel.
 * The only code that runs a script; nothing is ever fetched from a network address. Types only, no bundled module.
 */

import type * as PlotlyModule from "plotly.js";
import type { Link } from "../stream/client";

export type Plotly = Pick<typeof PlotlyModule, "react" | "relayout" | "purge" | "toImage" | "downloadImage">;

/** Milliseconds until the kernel is asked again: the source is 1.5 MB, and a kernel may be busy. */
const RETRY = 15000;
const KEY = Symbol.for("qlab.plotly");
const page = globalThis as unknown as { [KEY]?: Promise<Plotly>; Plotly?: unknown; moduleName?: unknown };

/** Why waiting ended without an answer: the panel that asked has gone. */
class Abandoned extends Error {}

/** The plotly.js that the page offers already, without asking a kernel; rejects where there is none. */
export const offeredPlotly = (): Promise<Plotly> =>
  page[KEY] ?? Promise.reject(new Error("no plotting code here"));

/** The page's plotly.js; rejects when the kernel refuses, or when `signal` ends first. */
export async function loadPlotly(link: Link, signal: AbortSignal): Promise<Plotly> {
  for (;;) {
    page[KEY] ??= fetchPlotly(link, signal);
    const shared = page[KEY];
    try {
      return await shared;
    } catch (error) {
      if (page[KEY] === shared) delete page[KEY];
      // the panel that asked for all of us has gone: this one asks
      if (!(error instanceof Abandoned) || signal.aborted) throw error;
    }
  }
}

function fetchPlotly(link: Link, signal: AbortSignal): Promise<Plotly> {
  return new Promise<DataView>((resolve, reject) => {
    const stop = link.onMessage(
      (message: { type?: string; message?: string; cure?: string | null }, buffers) => {
        if (message?.type === "plotly" && buffers[0]) settle(() => resolve(buffers[0] as DataView));
        else if (message?.type === "error" && /plot/i.test(message.message ?? ""))
          settle(() => reject(new Error([message.message, message.cure].filter(Boolean).join("; "))));
      },
    );
    const again = setInterval(() => link.send({ type: "plotly" }), RETRY);
    const settle = (finish: () => void): void => {
      stop();
      clearInterval(again);
      signal.removeEventListener("abort", abandon);
      finish();
    };
    const abandon = (): void => settle(() => reject(new Abandoned("the panel was closed")));
    signal.addEventListener("abort", abandon);
    link.send({ type: "plotly" });
  }).then(run);
}

/** Runs the source as a script in a scope without AMD or CommonJS, and leaves the page's globals as they were. */
function run(source: DataView): Promise<Plotly> {
  const before = { Plotly: page.Plotly, moduleName: page.moduleName };
  const body = source as unknown as BlobPart;
  const parts: BlobPart[] = ["(function(define,module,exports){", body, "\n}).call(globalThis);"];
  const address = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
  const script = document.createElement("script");
  return new Promise<Plotly>((resolve, reject) => {
    script.onload = () => {
      const plotly = page.Plotly as Plotly | undefined;
      for (const name of ["Plotly", "moduleName"] as const)
        if (before[name] === undefined) delete page[name];
        else page[name] = before[name];
      if (plotly && plotly !== before.Plotly) resolve(plotly);
      else reject(new Error("the plotting code did not start"));
    };
    script.onerror = () => reject(new Error("the page refused to run the plotting code"));
    script.src = address;
    document.head.append(script);
  }).finally(() => {
    script.remove();
    URL.revokeObjectURL(address);
  });
}
