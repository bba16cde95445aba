/** anywidget entry of the table of stored runs. What opens a panel is asked of the page (a plugin may hear). */

import type { RenderProps } from "@anywidget/types";
import { runs } from "../../view/runs";
import { modelLink, onTrait } from "./model";

interface Traits {
  height: number;
}

function render({ model, el, signal }: RenderProps<Traits>): void {
  const ask = (detail: object): boolean =>
    !el.dispatchEvent(
      new CustomEvent("qlab:open-run", { detail, bubbles: true, composed: true, cancelable: true }),
    );
  const size = (): void => el.style.setProperty("max-height", `min(${model.get("height")}px, 85vh)`);
  size();
  const view = runs(
    el,
    modelLink(model, signal),
    {
      open: ([run, ...others]) => ask({ run, others }),
      resume: (run) => ask({ run, resume: true }),
    },
    signal,
  );
  onTrait(model, "height", size, signal);
  view.refresh();
}

export default { render };
