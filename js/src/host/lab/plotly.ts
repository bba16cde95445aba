// Offers plotly.js once per page to every panel, loaded when the first one asks. Must not load it at start-up.
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";

const KEY = Symbol.for("qlab.plotly");

export const plotly: JupyterFrontEndPlugin<void> = {
  id: "qlab:plotly",
  description: "Loads plotly.js once per page for qlab's panels.",
  autoStart: true,
  activate: () => {
    if (KEY in globalThis) return;
    let loading: Promise<unknown> | undefined;
    Object.defineProperty(globalThis, KEY, {
      configurable: true,
      get: () => {
        loading ??= import("plotly.js-cartesian-dist-min").then((m) => m.default ?? m);
        return loading;
      },
    });
  },
};
