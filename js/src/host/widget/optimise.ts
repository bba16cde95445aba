/** anywidget entry of one solve in a cell: the Optimise view over the solve's own link. No view logic. */

import type { RenderProps } from "@anywidget/types";
import { optimise } from "../../view/optimise";
import { modelLink } from "./model";
import { keepStill } from "./still";

interface Traits {
  title: string;
}

function render({ model, el, signal }: RenderProps<Traits>): void {
  keepStill(model, signal);
  el.classList.add("ql-opt-alone");
  optimise(el, modelLink(model, signal), {}, signal);
}

export default { render };
