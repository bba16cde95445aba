/** The sheet that asks for a template's settings, with its drawing as it will be. It inserts nothing until told. */
import { CircuitError, sentence } from "../core/errors";
import { stats } from "../core/stats";
import { openDialog } from "./dialog";
import { fill, h, on } from "./dom";
import { type Session, statsOf } from "./session";
import { appended, defaults, type Setting, type Template, type Values } from "./templates";
import { thumbnail } from "./thumbnail";

/** Puts a template behind what is there, with these settings. */
export function insertTemplate(session: Session, of: Template, values: Values = defaults(of)): boolean {
  try {
    const next = appended(session.circuit, of, values);
    session.commit(next, `${of.title} added. Depth ${statsOf(next).depth}.`);
    return true;
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    session.refuse(sentence(error));
    return false;
  }
}

export function openTemplate(root: HTMLElement, session: Session, of: Template, back: () => void): void {
  const values: Record<string, number | string> = { ...defaults(of) };
  const picture = h("div", { class: "ql-tplsheet-pic" });
  const figures = h("p", { class: "cap" });
  const error = h("p", { class: "ql-angle-err", role: "alert" });
  const insert = h("button", { class: "ql-btn primary", type: "submit" }, "Insert");
  const cancel = h("button", { class: "ql-btn", type: "button" }, "Cancel");

  function field(s: Setting, signal: AbortSignal): HTMLElement {
    const id = `ql-tpl-${of.id}-${s.key}`;
    const input =
      s.kind === "choice"
        ? h(
            "select",
            { class: "ql-field", id, value: s.value },
            s.choices.map((c) => h("option", { value: c }, c.replaceAll("_", " "))),
          )
        : h("input", {
            class: "ql-field",
            id,
            value: s.value,
            ...(s.kind === "count"
              ? { type: "number", min: 0, max: s.most, step: 1 }
              : { placeholder: s.hint, spellcheck: false }),
          });
    on(
      input,
      "input",
      () => {
        values[s.key] =
          s.kind === "count" ? Math.max(0, Math.min(s.most, Math.trunc(Number(input.value)))) : input.value;
        draw();
      },
      signal,
    );
    return h("label", { class: "ql-tplsheet-row", for: id }, h("span", { class: "ql-lab" }, s.label), input);
  }

  function draw(): void {
    try {
      const n = session.circuit.qubits.length;
      const made = of.build(n, values);
      const st = stats(made);
      appended(session.circuit, of, values);
      fill(picture, thumbnail({ ...made, ops: made.ops.slice(0, 240) }, 420, 150));
      const more = made.qubits.length > n ? `, ${made.qubits.length - n} more wires` : "";
      figures.textContent = `${st.gates} gates, depth ${st.depth}, ${st.weights} weights, ${st.inputs} inputs${more}`;
      error.textContent = "";
      insert.disabled = false;
    } catch (fault) {
      if (!(fault instanceof CircuitError)) throw fault;
      error.textContent = sentence(fault);
      insert.disabled = true;
    }
  }

  const submit = (): boolean => !insert.disabled && insertTemplate(session, of, values);
  openDialog(root, { title: of.title, class: "ql-tplsheet", submit, back }, ({ signal, end }) => {
    on(cancel, "click", end, signal);
    draw();
    return [
      of.settings.map((one) => field(one, signal)),
      picture,
      figures,
      error,
      h("div", { class: "row" }, insert, cancel),
    ];
  });
}
