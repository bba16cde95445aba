/**
 * OpenQASM as the other side of the drawing. Each keystroke is read: a good text becomes the circuit at once, a bad one
 * is marked with place and cure while the drawing keeps the last good text. An edit elsewhere prints the text anew, but
 * never over a text that could not be read: that stays until the person mends it or takes the drawing.
 */
import { adopt } from "../core/adopt";
import type { Circuit } from "../core/circuit";
import { CircuitError, sentence } from "../core/errors";
import type { Code } from "../core/qasm";
import { QasmError, readQasm } from "../core/qasmread";
import { codeEditor } from "./codeeditor";
import { fill, h } from "./dom";
import { icon } from "./icons";
import { type Session, statsOf } from "./session";

export interface TwoWay {
  readonly el: HTMLElement;
  text(): string;
  /** `print` writes the circuit where the text has to be written anew. */
  update(print: () => Code): void;
}

interface Trouble {
  readonly offset: number;
  readonly line: number;
  readonly text: string;
}

export function twoWay(session: Session, label: string, leave: () => void, signal: AbortSignal): TwoWay {
  /** The circuit the text stands for, and the text as it was last put or read. */
  let about: Circuit | undefined;
  let base = "";
  let trouble: Trouble | undefined;
  let stale = false;
  /** Of each line, the operations written in it. */
  let ids: (readonly string[])[] = [];
  let burst = "";
  let backwards = false;
  let printed: (() => Code) | undefined;
  let shown = "";

  const editor = codeEditor(label, { typed, caret, key, left: () => (burst = "") }, signal);
  const banner = h("div", { class: "ql-code-err", role: "status" });
  banner.hidden = true;
  const el = h("div", { class: "ql-two" }, editor.el, banner);

  function typed(): void {
    const text = editor.field.value;
    burst ||= session.burst("code");
    try {
      const { circuit, offsets } = readQasm(text);
      const next = adopt(session.circuit, circuit);
      trouble = undefined;
      stale = false;
      about = next;
      const starts = lineStarts(text);
      ids = starts.map(() => []);
      offsets.forEach((offset, i) => {
        const line = starts.findLastIndex((start) => start <= offset);
        ids[line] = [...(ids[line] ?? []), next.ops[i]!.id];
      });
      session.commit(next, `Read. Depth ${statsOf(next).depth}.`, burst);
      about = session.circuit; // the same where nothing but the words changed
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error;
      const offset = error instanceof QasmError ? error.offset : 0;
      trouble = { offset, line: error.line ?? 1, text: sentence(error) };
    }
    show();
  }

  function caret(line: number): void {
    const found = ids[line] ?? [];
    const same =
      found.length === session.selection.length && found.every((id) => session.selection.includes(id));
    if (found.length > 0 && !same && !trouble) session.select([...found]);
  }

  function key(event: KeyboardEvent): boolean {
    if (event.key === "Escape") {
      leave();
      return true;
    }
    const mod = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (!mod || event.altKey || (letter !== "z" && letter !== "y")) return false;
    const redo = letter === "y" || event.shiftKey;
    // the field undoes what was typed in it; what came before, the session does
    if (redo ? backwards : editor.field.value !== base) {
      backwards = true;
      return false;
    }
    if (redo) session.redo();
    else session.undo();
    return true;
  }

  function renew(): void {
    const code = printed!();
    base = code.text;
    trouble = undefined;
    stale = false;
    backwards = false;
    burst = "";
    about = session.circuit;
    ids = code.lines.map((id) => (id === null ? [] : [id]));
    editor.put(base);
  }

  let last: readonly unknown[] = [];

  /** Marks, wave and banner; the caret stays where it is. */
  function show(): void {
    const now = [session.selection, ids, trouble, stale, el.hidden];
    if (last.length > 0 && now.every((v, i) => v === last[i])) return;
    last = now;
    const chosen = new Set(session.selection);
    const lit = new Set(ids.flatMap((list, i) => (list.some((id) => chosen.has(id)) ? [i] : [])));
    editor.mark(trouble ? new Set() : lit);
    editor.fault(trouble && { offset: trouble.offset, line: trouble.line, message: trouble.text });
    const key = `${trouble?.line}:${trouble?.text}:${stale}`;
    if (key !== shown) {
      shown = key;
      tell();
      if (trouble) editor.reveal(trouble.line - 1); // what is said has just taken a part of the room
    }
    const root = el.getRootNode() as Document | ShadowRoot;
    const first = lit.values().next().value;
    if (root.activeElement !== editor.field && first !== undefined) editor.reveal(first);
    editor.paint();
  }

  function tell(): void {
    banner.hidden = trouble === undefined;
    fill(banner);
    if (!trouble) return;
    const { line, offset, text } = trouble;
    const button = (name: string, act: () => void): HTMLButtonElement => {
      const b = h("button", { class: "ql-btn quiet ql-acc", type: "button" }, name);
      b.addEventListener("click", act, { signal });
      return b;
    };
    const take = () => {
      renew();
      show();
    };
    fill(
      banner,
      icon("warn"),
      h(
        "span",
        { class: "grow" },
        h("b", null, `Line ${line}: ${text}`),
        " ",
        stale ? "The drawing was changed meanwhile." : "The drawing shows the last good text.",
      ),
      h(
        "span",
        { class: "ql-code-acts" },
        button(`Go to line ${line}`, () => editor.goTo(offset)),
        button(stale ? "Take the drawing" : "Last good text", take),
      ),
    );
  }

  return {
    el,
    text: () => editor.field.value,
    update(print) {
      printed = print;
      editor.field.readOnly = session.locked !== undefined;
      if (session.circuit !== about) {
        if (!trouble) renew();
        else if (about !== undefined) stale = true;
      }
      show();
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
