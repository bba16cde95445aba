/** anywidget entry of the designer: gives the view its Store and its height. Must not hold logic of the view. */
import type { RenderProps } from "@anywidget/types";
import { designer } from "../../view/designer";
import { loadPlotly } from "../../view/plotly";
import { circuitStore } from "./circuitstore";
import { keepDrawing } from "./drawing";
import { modelLink } from "./model";

interface Traits {
  circuit_text: string;
  accepted: number;
  error: string;
  read_only: boolean;
  height: number;
}

function render({ model, el, signal }: RenderProps<Traits>): () => void {
  const life = new AbortController();
  signal?.addEventListener("abort", () => life.abort(), { once: true });
  const root = document.createElement("div");
  el.append(root);
  const plotly = () => loadPlotly(modelLink(model, life.signal), life.signal);
  const options = { height: model.get("height"), plotly };
  const handle = designer(root, circuitStore(model, life.signal), options, life.signal);
  keepDrawing(handle, modelLink(model, life.signal));
  const resize = (): void => root.style.setProperty("--ql-h", `${model.get("height")}px`);
  model.on("change:height", resize);
  life.signal.addEventListener("abort", () => {
    model.off("change:height", resize);
    root.remove();
  });
  return () => life.abort();
}

export default { render };
