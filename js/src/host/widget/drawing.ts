/**
 * Keeps the drawing in the notebook up to date, so that a saved notebook shows the circuit as it was last, without a
 * kernel. It draws in quiet moments and hands the picture to the labextension (host/lab/stills.ts); elsewhere the
 * picture of the cell's own run stays.
 */
import { altText } from "../../core/alttext";
import { toSvg } from "../../core/exportsvg";
import type { Link } from "../../stream/messages";
import { h } from "../../view/dom";
import type { DesignerHandle } from "../../view/handle";

/** How long nothing must have changed, in ms. */
const QUIET = 700;
/** Operations beyond which a picture would swell the notebook. */
const MOST = 600;

/** The circuit as HTML that stands alone. */
export function still(handle: Pick<DesignerHandle, "whole" | "root">): string {
  const c = handle.whole();
  const caption = h("p", null, h("small", null, `${c.name}, saved view`));
  if (c.ops.length > MOST) {
    const words = `${c.ops.length} operations on ${c.qubits.length} wires: too large for a picture.`;
    return h("div", null, h("p", null, words), caption).innerHTML;
  }
  const { text, width } = toSvg(c, handle.root.classList.contains("ql-dark") ? "dark" : "light");
  const src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  return h("div", null, h("img", { alt: altText(c), src, width: Math.round(width) }), caption).innerHTML;
}

export function keepDrawing(handle: DesignerHandle, link: Link): void {
  let model: string | undefined;
  let kept = handle.text();
  let timer = 0;
  const stop = link.onMessage((message: { type?: string; model?: string }) => {
    if (message?.type === "who") model = message.model;
  });
  const write = (): void => {
    const text = handle.text();
    if (text === kept || model === undefined) return;
    kept = text;
    const detail = { type: "still", model, data: { "text/html": still(handle) }, metadata: {} };
    document.dispatchEvent(new CustomEvent("qlab:still", { detail, cancelable: true }));
  };
  handle.onChange(() => {
    clearTimeout(timer);
    if (handle.text() !== kept) timer = window.setTimeout(write, QUIET);
  });
  handle.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    stop();
  });
  link.send({ type: "who" } as never);
}
