/** The circuit as OpenQASM 3, OpenQASM 2 or Qiskit, to read and copy; the selected gates' lines are marked. */
import type { Circuit } from "../core/circuit";
import { CircuitError, sentence } from "../core/errors";
import { type Code, toQasm2, toQasm3, toQiskit } from "../core/qasm";
import { rowsOf } from "./codelines";
import { fill, h, on } from "./dom";
import { thousands } from "./format";
import { icon } from "./icons";
import type { Session } from "./session";
import { tokens } from "./tokens";

type Language = "qasm3" | "qasm2" | "qiskit";
const MOST = 500;

export function codePane(session: Session, signal: AbortSignal): { el: HTMLElement; update(): void } {
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
  const el = h("div", { class: "ql-codep" }, head, lines);

  function code(): Code | string {
    const { circuit, trial } = session;
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
      if (typeof made === "string") return;
      void writeClipboard(made.text, el).then((ok) => {
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
    const rows = rowsOf(all, made.lines, open, keep);
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
          { class: on ? "ql-cl on" : "ql-cl", dataset: { id: row.id ?? "" } },
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
