/** anywidget entry of the Lab: one model, its messages split by channel. Must not hold logic of the views. */

import type { RenderProps } from "@anywidget/types";
import { lab } from "../../view/lab";
import type { LabHost, LabState, Tab } from "../../view/labstate";
import { circuitStore } from "./circuitstore";
import { connection } from "./connection";
import { modelLink, onTrait } from "./model";

interface Traits {
  circuit_text: string;
  state: LabState;
  tab: Tab;
  height: number;
}
let count = 0;

function render({ model, el, signal }: RenderProps<Traits> & { signal: AbortSignal }): void {
  const own = modelLink(model, signal, "lab");
  const host: LabHost = {
    id: `lab${count++}`,
    store: circuitStore(model, signal),
    link: (channel) => modelLink(model, signal, channel),
    state: () => model.get("state"),
    onState: (callback) => onTrait(model, "state", () => callback(model.get("state")), signal),
    onGo: (callback) =>
      own.onMessage(({ type, tab }: { type?: string; tab?: Tab }) => {
        if (type === "go" && tab) callback(tab);
      }),
    tab: () => model.get("tab"),
    setTab: (tab) => {
      model.set("tab", tab);
      model.save_changes();
    },
    height: () => model.get("height"),
    connection: connection(model, el, signal),
    train: (settings) => own.send({ type: "train", settings }),
  };
  lab(el, host, signal);
}

export default { render };
