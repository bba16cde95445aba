/**
 * A plain text field for OpenQASM with a picture of its lines behind it: numbers, coloured symbols, the selected gate's
 * lines, a wave under an error and its message. It holds the text a person types; what the text means is codetwoway.ts.
 * Only the lines in view are in the DOM.
 */
import { fill, h, on } from "./dom";
import { tokens } from "./tokens";

export interface Fault {
  /** UTF-16 units from the start. */
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface EditorEvents {
  /** The person changed the text. */
  typed(): void;
  /** The caret is in this line (from 0) of the field that has the focus. */
  caret(line: number): void;
  /** True when it was dealt with: then the field does nothing. */
  key(event: KeyboardEvent): boolean;
  left(): void;
}

export interface Editor {
  readonly el: HTMLElement;
  readonly field: HTMLTextAreaElement;
  /** Replaces the text; the caret stays in its line and column as far as they exist. */
  put(text: string): void;
  mark(lines: ReadonlySet<number>): void;
  fault(fault: Fault | undefined): void;
  reveal(line: number): void;
  goTo(offset: number): void;
  paint(): void;
}

const LINE = 20;
const TOP = 8;
const MORE = 8;

export function codeEditor(label: string, events: EditorEvents, signal: AbortSignal): Editor {
  const field = h("textarea", {
    class: "ql-ed-in",
    "aria-label": `${label}, editable`,
    spellcheck: false,
    autocomplete: "off",
    autocapitalize: "off",
    wrap: "off",
  });
  const gutter = h("div", { class: "ql-ed-gut", "aria-hidden": "true" });
  const layer = h("div", { class: "ql-ed-lines", "aria-hidden": "true" });
  const clip = h("div", { class: "ql-ed-clip" }, layer);
  const el = h("div", { class: "ql-ed" }, gutter, h("div", { class: "ql-ed-box" }, clip, field));
  let lines: string[] = [""];
  let starts: number[] = [0];
  let marked: ReadonlySet<number> = new Set();
  let fault: Fault | undefined;
  let caretLine = -1;

  function measure(): void {
    lines = field.value.split("\n");
    let at = 0;
    starts = lines.map((line) => {
      const start = at;
      at += line.length + 1;
      return start;
    });
  }

  /** The line (from 0) an offset lies in. */
  function lineOf(offset: number): number {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function row(i: number): HTMLElement {
    const text = lines[i]!;
    const line = h("div", {
      class: marked.has(i) ? "ql-ed-line on" : "ql-ed-line",
      style: `top:${TOP + i * LINE}px`,
    });
    const bad = fault?.line === i + 1 ? fault : undefined;
    if (!bad) {
      line.append(...coloured(text));
      return line;
    }
    const from = Math.min(text.length, Math.max(0, bad.offset - starts[i]!));
    const word = /^(?:[\p{L}\p{N}_.]+|"[^"]*"?|\S)/u.exec(text.slice(from))?.[0] ?? "";
    line.append(
      ...coloured(text.slice(0, from)),
      h("span", { class: "ql-ed-bad" }, word || " "),
      ...coloured(text.slice(from + word.length)),
      h("span", { class: "ql-ed-msg" }, bad.message),
    );
    return line;
  }

  function paint(): void {
    const { scrollTop, scrollLeft, clientHeight } = field;
    const from = Math.max(0, Math.floor((scrollTop - TOP) / LINE) - MORE);
    const to = Math.min(lines.length, Math.ceil((scrollTop + (clientHeight || 400)) / LINE) + MORE);
    const shown = Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
    fill(layer, shown.map(row));
    layer.style.transform = `translate(${-scrollLeft}px,${-scrollTop}px)`;
    fill(
      gutter,
      shown.map((i) =>
        h(
          "i",
          {
            class: `${marked.has(i) ? "on" : ""}${fault?.line === i + 1 ? " bad" : ""}`,
            style: `top:${TOP + i * LINE - scrollTop}px`,
          },
          i + 1,
        ),
      ),
    );
    el.style.setProperty("--ql-gut", `${Math.max(2, String(lines.length).length)}ch`);
  }

  function look(): void {
    const root = el.getRootNode() as Document | ShadowRoot;
    if (root.activeElement !== field) return;
    const line = lineOf(field.selectionStart);
    if (line === caretLine) return;
    caretLine = line;
    events.caret(line);
  }

  on(
    field,
    "input",
    () => {
      measure();
      caretLine = lineOf(field.selectionStart);
      events.typed();
      paint();
    },
    signal,
  );
  on(field, "scroll", paint, signal, { passive: true });
  for (const type of ["keyup", "pointerup", "select", "focus"] as const) on(field, type, look, signal);
  on(
    field,
    "keydown",
    (event) => {
      if (event.isComposing) return;
      // a notebook takes Enter for itself, so the line is broken here
      const line = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (line && !field.readOnly) breakLine(field);
      else if (!events.key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    signal,
  );
  on(
    field,
    "blur",
    () => {
      caretLine = -1;
      events.left();
    },
    signal,
  );

  return {
    el,
    field,
    put(text) {
      if (field.value === text) return;
      const at = lineOf(field.selectionStart);
      const column = field.selectionStart - starts[at]!;
      const { scrollTop, scrollLeft } = field;
      field.value = text;
      measure();
      const line = Math.min(at, lines.length - 1);
      const caret = starts[line]! + Math.min(column, lines[line]!.length);
      field.setSelectionRange(caret, caret);
      field.scrollTop = scrollTop;
      field.scrollLeft = scrollLeft;
    },
    mark(set) {
      marked = set;
    },
    fault(found) {
      fault = found;
      field.setAttribute("aria-invalid", String(found !== undefined));
    },
    reveal(line) {
      const top = TOP + line * LINE;
      const over = top + LINE + TOP - field.scrollTop - field.clientHeight;
      if (over > 0 && over <= 4 * LINE)
        field.scrollTop += over; // just below the edge: no jump
      else if (top < field.scrollTop || over > 0) field.scrollTop = Math.max(0, top - field.clientHeight / 3);
    },
    goTo(offset) {
      field.focus();
      field.setSelectionRange(offset, offset);
      this.reveal(lineOf(offset));
      paint();
    },
    paint,
  };
}

/** As if typed, so that the field's own undo knows it. */
function breakLine(field: HTMLTextAreaElement): void {
  if (field.ownerDocument.execCommand?.("insertText", false, "\n")) return;
  field.setRangeText("\n", field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const COMMENT = /\/\/.*$/;

/** A line with its symbols coloured and its comment grey. */
function coloured(text: string): Node[] {
  const at = text.search(COMMENT);
  if (at < 0) return tokens(text);
  return [...tokens(text.slice(0, at)), h("span", { class: "ql-ed-note" }, text.slice(at))];
}
