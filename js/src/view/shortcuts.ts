/**
 * Keeps a host's shortcuts away from a widget that has keys of its own, and hands back those it has no use for.
 * JupyterLab matches a shortcut at the focused element before it looks for the attribute further up, so the attribute
 * has to be on whatever has the focus; and it then suppresses Ctrl S too, which nobody wants to lose.
 */
import { on } from "./dom";

const ATTRIBUTE = "data-lm-suppress-shortcuts";
/** What a field, the clipboard or the designer does itself. */
const OURS = new Set(["a", "c", "v", "x", "y", "z"]);

export function guardShortcuts(root: HTMLElement, signal: AbortSignal): void {
  root.setAttribute(ATTRIBUTE, "true");
  on(
    root,
    "focusin",
    (event) => {
      if (event.target instanceof Element) event.target.setAttribute(ATTRIBUTE, "true");
    },
    signal,
  );
  on(
    root,
    "keydown",
    (event) => {
      const mod = event.ctrlKey || event.metaKey;
      if (!mod || event.defaultPrevented || OURS.has(event.key.toLowerCase()) || !root.parentElement) return;
      const { key, code, keyCode, ctrlKey, metaKey, shiftKey, altKey } = event;
      const init = { key, code, keyCode, ctrlKey, metaKey, shiftKey, altKey };
      const copy = new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true, composed: true });
      event.stopPropagation();
      if (!root.parentElement.dispatchEvent(copy)) event.preventDefault();
    },
    signal,
  );
}
