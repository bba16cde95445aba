/**
 * The circuit as OpenQASM 3, OpenQASM 2 or Qiskit. OpenQASM is edited where it stands (codetwoway.ts); Qiskit's program,
 * and OpenQASM 2 of a circuit with symbols, which it can't say, are to read and copy.
 */
import type { Circuit } from "../core/circuit";
import { CircuitError, sentence } from "../core/errors";
import { type Code, toQasm2, toQasm3, toQiskit } from "../core/qasm";
import { rowsOf } from "./codelines";
import { type TwoWay, twoWay } from "./codetwoway";
import { fill, h, on, setText } from "./dom";
import { thousands } from "./format";
import { icon } from "./icons";
import { type Session, statsOf } from "./session";
import { tokens } from "./tokens";

type Language = "qasm3" | "qasm2" | "qiskit";
const MOST = 500;

export function codePane(
  session: Session,
  leave: () => void,
  signal: AbortSignal,
): { el: HTMLElement; update(): void } {
  const languages: [Language, string][] = [
    ["qasm3", "OpenQASM 3"],
    ["qasm2", "QASM 2"],
    ["qiskit", "Qiskit"],
  ];
  let language: Language = "qasm3";
  let open = new Set<number>();
  let shownFor = "";
  let last: { circuit: Circuit; trial: unknown; language: Language; code: Code | string } | undefined;
  const buttons = languages.map(([key, name]) => {
    const button = h("button", { type: "button", role: "tab" }, name);
    on(
      button,
      "click",
      () => {
        language = key;
        open = new Set();
        update();
      },
      signal,
    );
    return button;
  });
  const copy = h(
    "button",
    { class: "ql-btn icon quiet", type: "button", "aria-label": "Copy code", title: "Copy code" },
    icon("copy"),
  );
  const lines = h("div", { class: "ql-code", tabindex: 0, role: "region" });
  const head = h(
    "div",
    { class: "ql-codehead" },
    h("div", { class: "ql-tabs", role: "tablist", "aria-label": "Code" }, buttons),
    copy,
  );
  const editors = {
    qasm3: twoWay(session, "OpenQASM 3", leave, signal),
    qasm2: twoWay(session, "OpenQASM 2", leave, signal),
  };
  const why = h("p", { class: "ql-code-why cap" });
  const reason = (): string =>
    session.broken !== undefined
      ? "The text as it stands. It is left untouched; mend it in a text editor, and the drawing follows."
      : (session.circuit.blocks?.length ?? 0) > 0
        ? "Blocks are written out here, so this text is only to read. Open a block, or ungroup it, to edit its text."
        : session.circuit.ops.some((op) => op.matrix)
          ? "OpenQASM has no matrices, so this text is only to read."
          : "OpenQASM 2 has no inputs: these are the trial values. Edit in OpenQASM 3.";
  const el = h("div", { class: "ql-codep" }, head, why, editors.qasm3.el, editors.qasm2.el, lines);

  /** The field in which this language is edited; undefined where it can only be read. */
  function editable(): TwoWay | undefined {
    if (language === "qiskit" || session.broken !== undefined) return undefined;
    // OpenQASM has no blocks: what it says would dissolve them
    if ((session.circuit.blocks?.length ?? 0) > 0 || session.circuit.ops.some((op) => op.matrix))
      return undefined;
    const st = statsOf(session.circuit);
    if (language === "qasm2" && (st.inputs + st.weights > 0 || typeof code() === "string")) return undefined;
    return editors[language];
  }

  function code(): Code | string {
    const { circuit, trial, broken } = session;
    if (broken !== undefined) return { text: broken, lines: [] };
    if (
      last &&
      last.circuit === circuit &&
      last.language === language &&
      (language !== "qasm2" || last.trial === trial)
    )
      return last.code;
    let made: Code | string;
    try {
      made =
        language === "qasm3"
          ? toQasm3(circuit)
          : language === "qiskit"
            ? toQiskit(circuit)
            : toQasm2(circuit, trial.x, trial.w);
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error;
      made = sentence(error);
    }
    last = { circuit, trial, language, code: made };
    return made;
  }

  on(
    copy,
    "click",
    () => {
      const made = code();
      const text = editable()?.text() ?? (typeof made === "string" ? undefined : made.text);
      if (text === undefined) return;
      void writeClipboard(text, el).then((ok) => {
        fill(copy, icon(ok ? "check" : "warn"));
        session.say(ok ? "Code copied." : "The browser did not allow copying; select the lines instead.");
        setTimeout(() => fill(copy, icon("copy")), 1500);
      });
    },
    signal,
  );

  function update(): void {
    languages.forEach(([key], i) => {
      buttons[i]!.classList.toggle("on", key === language);
      buttons[i]!.setAttribute("aria-selected", String(key === language));
    });
    const editor = editable();
    for (const one of Object.values(editors)) one.el.hidden = one !== editor;
    lines.hidden = editor !== undefined;
    why.hidden = (language === "qiskit" && session.broken === undefined) || editor !== undefined;
    setText(why, why.hidden ? "" : reason());
    if (editor) {
      copy.disabled = false;
      editor.update(() => code() as Code);
      return;
    }
    const made = code();
    lines.setAttribute("aria-label", languages.find(([key]) => key === language)![1]);
    copy.disabled = typeof made === "string";
    if (typeof made === "string") {
      shownFor = "";
      fill(lines, h("p", { class: "sub ql-code-none" }, made));
      return;
    }
    const keep = new Set(session.selection);
    const key = [language, made.text, session.selection.join(), [...open].join()].join("\n");
    if (key === shownFor) return;
    shownFor = key;
    const all = made.text.replace(/\n$/, "").split("\n");
    // a text with an error is shown whole
    const plain = session.broken !== undefined ? new Set(all.map((_, i) => i + 1)) : open;
    const rows = rowsOf(all, made.lines, plain, keep);
    const first = rows.findIndex((r) => r.id !== null && keep.has(r.id));
    const from = first > MOST - 20 ? first - 20 : 0;
    const part = rows.slice(from, from + MOST);
    fill(
      lines,
      from > 0 && h("div", { class: "ql-cl more" }, `… ${thousands(from)} rows above`),
      part.map((row) => {
        const on = row.id !== null && keep.has(row.id);
        const text = row.folded
          ? h(
              "button",
              { type: "button", class: "ql-fold", dataset: { open: row.number } },
              `${row.text} … ${row.folded} lines`,
            )
          : h("code", null, tokens(row.text));
        return h(
          "div",
          {
            class: on
              ? "ql-cl on"
              : session.broken !== undefined && row.number === session.brokenLine
                ? "ql-cl bad"
                : "ql-cl",
            dataset: { id: row.id ?? "" },
          },
          h("i", null, row.number),
          text,
        );
      }),
      rows.length > from + MOST &&
        h(
          "div",
          { class: "ql-cl more" },
          `… ${thousands(rows.length - from - MOST)} more rows; Copy takes all`,
        ),
    );
    const lit = lines.querySelector<HTMLElement>(".ql-cl.on");
    if (lit) {
      const top = lit.offsetTop - lines.offsetTop;
      if (top < lines.scrollTop || top + 20 > lines.scrollTop + lines.clientHeight)
        lines.scrollTop = top - lines.clientHeight / 3;
    }
  }

  on(
    lines,
    "click",
    (event) => {
      if (!(event.target instanceof Element)) return;
      const fold = event.target.closest<HTMLElement>("[data-open]");
      if (fold) {
        open.add(Number(fold.dataset.open));
        update();
        return;
      }
      if ((el.ownerDocument.getSelection()?.toString() ?? "") !== "") return; // text is being selected
      const id = event.target.closest<HTMLElement>(".ql-cl")?.dataset.id;
      if (id) session.select([id], event.shiftKey);
    },
    signal,
  );

  return { el, update };
}

/** Copies text; where the browser withholds its clipboard, by a text field that is selected. */
export async function writeClipboard(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "ql-away", value: text, tabindex: -1 });
    near.append(area);
    area.select();
    const ok = document.execCommand("copy");
    area.remove();
    return ok;
  }
}
