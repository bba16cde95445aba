/** Hands the picture of a panel to whoever can write it into the notebook; says so to the kernel when nobody can. */

import type { AnyModel } from "@anywidget/types";
import type { Still } from "../../stream/still";

// biome-ignore lint/suspicious/noExplicitAny: traits differ from widget to widget
type Model = AnyModel<any>;

export function keepStill(model: Model, signal: AbortSignal): void {
  const take = (content: unknown): void => {
    const detail = content as Still | null;
    if (detail?.type !== "still") return;
    const event = new CustomEvent("qlab:still", { detail, cancelable: true });
    model.send({ type: "still", kept: !document.dispatchEvent(event) });
  };
  model.on("msg:custom", take);
  signal.addEventListener("abort", () => model.off("msg:custom", take), { once: true });
}
