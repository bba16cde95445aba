/** The script of a run in a card: to read, copy and save. It replays the run; the text comes from the kernel. */

import { h, on } from "./dom";
import { icon } from "./icons";
import { copyButton } from "./panelparts";
import { openPop } from "./panelpop";

export function openScript(root: HTMLElement, anchor: HTMLElement, run: string, text: string): void {
  openPop(root, anchor, "Script of the run", (_pop, signal) => {
    const save = h("button", { type: "button", class: "ql-btn" }, icon("download"), h("span", null, "Save"));
    on(
      save,
      "click",
      () => {
        const url = URL.createObjectURL(new Blob([text], { type: "text/x-python" }));
        const link = h("a", { href: url, download: `run-${run}.py`, hidden: true });
        root.append(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(url), 10_000);
      },
      signal,
    );
    const copy = copyButton("Copy", () => text, signal, "primary");
    return [
      h(
        "div",
        { class: "ql-pop-form ql-pop-script" },
        h("h3", null, "Script"),
        h("p", { class: "cap" }, "Replays this run, interventions included, to the last bit."),
        h("pre", { tabindex: 0, class: "mono" }, text),
        h("div", { class: "row end-all" }, save, copy),
      ),
    ];
  });
}
