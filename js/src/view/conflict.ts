/** The choice between two versions of a circuit, changed in Python and here at once. It only asks; session.settle decides. */
import { toQasm3 } from "../core/qasm";
import { parse } from "../core/text";
import { type Child, fill, h } from "./dom";
import type { Session } from "./session";
import type { Conflict } from "./store";
import { tokens } from "./tokens";

type Mark = "" | "+" | "−";

/** The lines of both texts, those that only one has marked; longest common subsequence, or plain for long texts. */
export function compared(
  a: readonly string[],
  b: readonly string[],
): { a: [Mark, string][]; b: [Mark, string][] } {
  if (a.length * b.length > 4e6) {
    const [inA, inB] = [new Set(a), new Set(b)];
    return {
      a: a.map((line) => [inB.has(line) ? "" : "+", line]),
      b: b.map((line) => [inA.has(line) ? "" : "−", line]),
    };
  }
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * width + j] =
        a[i] === b[j]
          ? best[(i + 1) * width + j + 1]! + 1
          : Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
  const out = { a: [] as [Mark, string][], b: [] as [Mark, string][] };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.a.push(["", a[i++]!]);
      out.b.push(["", b[j++]!]);
    } else if (j >= b.length || (i < a.length && best[(i + 1) * width + j]! >= best[i * width + j + 1]!))
      out.a.push(["+", a[i++]!]);
    else out.b.push(["−", b[j++]!]);
  }
  return out;
}

const FEW = 4;

export function conflictPanel(session: Session, signal: AbortSignal): { el: HTMLElement; update(): void } {
  const el = h("div", {
    class: "ql-conflict",
    role: "alertdialog",
    "aria-label": "Changed in Python and here",
  });
  el.hidden = true;
  let shown: Conflict | undefined;
  let all = false;

  function button(label: string, act: () => void, cls = ""): HTMLButtonElement {
    const b = h("button", { class: `ql-btn ${cls}`, type: "button" }, label);
    b.addEventListener("click", act, { signal });
    return b;
  }

  function side(title: string, rows: readonly [Mark, string][]): Child {
    const own = rows.filter(([mark]) => mark !== "");
    const few = all ? rows : own.slice(0, FEW);
    const more = all ? 0 : own.length - few.length;
    return h(
      "div",
      { class: "ql-conflict-side" },
      h("b", null, title),
      few.map(([mark, line]) =>
        h(
          "div",
          { class: mark === "" ? "ql-diff" : mark === "+" ? "ql-diff add" : "ql-diff del" },
          h("i", null, mark || " "),
          tokens(line),
        ),
      ),
      few.length === 0 && h("div", { class: "cap" }, "no line of its own"),
      more > 0 && h("div", { class: "cap" }, `and ${more} more`),
    );
  }

  function build(found: Conflict): void {
    const lines = (text: string): string[] => toQasm3(parse(text)).text.trimEnd().split("\n");
    const { a, b } = compared(lines(found.mine), lines(found.theirs));
    const time = new Date(found.since).toTimeString().slice(0, 5);
    const keep = button("Keep mine", () => session.settle("mine"), "primary");
    fill(
      el,
      h("h2", null, "Changed in Python and here"),
      h("p", { class: "sub" }, `The circuit changed on both sides since ${time}.`),
      h("div", { class: "ql-conflict-sides" }, side("Here", a), side("Python", b)),
      h(
        "div",
        { class: "row wrap" },
        keep,
        button("Take Python's", () => session.settle("theirs")),
        button(
          all ? "Only the differences" : "Compare",
          () => {
            all = !all;
            build(found);
          },
          "quiet",
        ),
      ),
      h("p", { class: "cap" }, "The other one stays in undo."),
    );
    keep.focus();
  }

  return {
    el,
    update() {
      const found = session.conflict;
      el.hidden = found === undefined;
      if (found === shown) return;
      shown = found;
      all = false;
      if (found) build(found);
      else fill(el);
    },
  };
}
