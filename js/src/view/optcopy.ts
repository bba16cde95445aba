/** A button that copies a text and says whether it did. */

import { writeClipboard } from "./codepane";
import { h, on, setText } from "./dom";
import { icon } from "./icons";

export function copyButton(
  label: string,
  title: string,
  text: () => string,
  signal: AbortSignal,
): HTMLButtonElement {
  const word = h("span", { "aria-live": "polite" }, label);
  const button = h(
    "button",
    { type: "button", class: "ql-btn", title, "aria-label": label },
    icon("copy"),
    word,
  );
  on(
    button,
    "click",
    async () => {
      const done = await writeClipboard(text(), button);
      setText(word, done ? "Copied" : "Not copied");
      setTimeout(() => setText(word, label), 1600);
    },
    signal,
  );
  return button;
}
