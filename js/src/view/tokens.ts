/** Colours the symbols of an angle or of code: x blue, w amber. Text only, never markup. */
import { h } from "./dom";

const SYMBOL = /(?<![A-Za-z0-9_])([xw])(?:_\d+|\[\d+\]?)/g;

/** The text as nodes, symbols wrapped in <b class="x"> or <b class="w">. */
export function tokens(text: string): Node[] {
  const parts: Node[] = [];
  let end = 0;
  for (const found of text.matchAll(SYMBOL)) {
    if (found.index > end) parts.push(document.createTextNode(text.slice(end, found.index)));
    parts.push(h("b", { class: found[1] ?? "x" }, found[0]));
    end = found.index + found[0].length;
  }
  if (end < text.length || parts.length === 0) parts.push(document.createTextNode(text.slice(end)));
  return parts;
}
