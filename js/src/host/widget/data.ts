/** anywidget entry of the data view: its link and its height. No view logic. */

import type { RenderProps } from "@anywidget/types";
import { data } from "../../view/data";
import { modelLink, onTrait } from "./model";

interface Traits {
  height: number;
}

function render({ model, el, signal }: RenderProps<Traits> & { signal: AbortSignal }): void {
  const view = data(el, modelLink(model, signal), { height: model.get("height") }, signal);
  onTrait(model, "height", () => view.resize(model.get("height")), signal);
}

export default { render };
