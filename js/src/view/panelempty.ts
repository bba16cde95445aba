/** What stands in place of the panel when there is no run: the sentence, and the call to copy. */

import { h } from "./dom";
import { icon } from "./icons";
import { copyButton } from "./panelparts";

const CALL = "run = qlab.train(circuit, features)\nrun.panel";

export function emptyPanel(signal: AbortSignal): HTMLElement {
  const copy = copyButton("Copy", () => CALL, signal, "primary");
  copy.prepend(icon("copy"));
  return h(
    "div",
    { class: "ql-panel-empty" },
    h("h2", null, "No run yet"),
    h("p", { class: "sub" }, "Train a circuit on features and its curves appear here."),
    h("pre", { class: "mono" }, CALL),
    copy,
  );
}
