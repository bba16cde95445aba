/** anywidget entry of the training panel: its link, its settings, and whether there is a kernel. No view logic. */

import type { RenderProps } from "@anywidget/types";
import { panel, type Settings } from "../../view/panel";
import { connection } from "./connection";
import { modelLink, onTrait } from "./model";
import { keepStill } from "./still";

interface Traits {
  address: string;
  run_id: string;
  title: string;
  height: number;
  settings: Partial<Settings>;
}

function render({ model, el, signal }: RenderProps<Traits>): void {
  keepStill(model, signal);
  const view = panel(
    el,
    modelLink(model, signal),
    {
      run: model.get("run_id"),
      title: model.get("title"),
      comm: model.get("address"),
      height: model.get("height"),
      settings: model.get("settings"),
      connection: connection(model, el, signal),
      onHeight: (height) => {
        model.set("height", height);
        model.save_changes();
      },
      onTheme: (theme) => model.send({ type: "theme", theme }),
      onSettings: (now) => {
        model.set("settings", { ...now });
        model.save_changes();
      },
    },
    signal,
  );
  onTrait(model, "settings", () => view.arrange(model.get("settings")), signal);
  onTrait(model, "height", () => view.resize(model.get("height")), signal);
}

export default { render };
