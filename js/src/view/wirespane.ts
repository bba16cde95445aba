/** The Wires tab: names to edit, wires to remove and to add. */
import { wiresOf } from "../core/circuit";
import { fill, h, on } from "./dom";
import { plural } from "./format";
import { icon } from "./icons";
import type { Session } from "./session";

/** Removes a wire; where gates are on it, asks first by a note with the way on. */
export function removeWire(session: Session, wire: number): void {
  const users = session.circuit.ops.filter(
    (op) => wiresOf(op).includes(wire) && op.gate !== "barrier",
  ).length;
  if (users === 0 || session.circuit.qubits.length === 1) {
    session.run({ type: "removeWire", wire });
    return;
  }
  session.notify({
    kind: "warn",
    text: `${session.circuit.qubits[wire]} has ${plural(users, "gate")} on it.`,
    action: {
      label: "Remove with its gates",
      run: () => session.run({ type: "removeWire", wire, force: true }),
    },
  });
}

/** The wire one up or down, and with it what is selected. */
export function moveWire(session: Session, wire: number, by: number): void {
  const to = wire + by;
  if (to < 0 || to >= session.circuit.qubits.length) return;
  if (session.run({ type: "moveWire", wire, to })) session.selectWire(to);
}

export function wiresPane(session: Session, signal: AbortSignal): { el: HTMLElement; update(): void } {
  const lock = session.locked !== undefined;
  const rows = session.circuit.qubits.map((_, wire) => {
    const input = h("input", {
      class: "ql-field grow",
      maxlength: 64,
      spellcheck: false,
      "aria-label": `Name of wire ${wire}`,
      readonly: lock,
    });
    const rename = (): void => {
      const name = input.value.trim();
      if (name !== session.circuit.qubits[wire] && !session.run({ type: "renameWire", wire, name }))
        input.value = session.circuit.qubits[wire] ?? "";
    };
    on(input, "change", rename, signal);
    on(
      input,
      "keydown",
      (event) => {
        if (event.key === "Enter") rename();
        if (event.key !== "Escape") return;
        input.value = session.circuit.qubits[wire] ?? "";
        event.stopPropagation();
      },
      signal,
    );
    const gone = h(
      "button",
      {
        class: "ql-btn icon quiet danger",
        type: "button",
        "aria-label": `Remove wire ${session.circuit.qubits[wire]}`,
        disabled: lock,
      },
      icon("trash"),
    );
    on(gone, "click", () => removeWire(session, wire), signal);
    const step = (by: number, word: string, off: boolean): HTMLButtonElement => {
      const b = h(
        "button",
        {
          class: `ql-btn icon quiet ql-${word}`,
          type: "button",
          title: `Move ${word}`,
          disabled: lock || off,
        },
        icon("chevron"),
      );
      on(b, "click", () => moveWire(session, wire, by), signal);
      return b;
    };
    const up = step(-1, "up", wire === 0);
    const down = step(1, "down", wire === session.circuit.qubits.length - 1);
    const uses = h("span", { class: "cap nowrap ql-uses" });
    const paint = (): void => {
      const root = input.getRootNode() as Document | ShadowRoot;
      if (root.activeElement !== input) input.value = session.circuit.qubits[wire] ?? "";
      const n = session.circuit.ops.filter((op) => wiresOf(op).includes(wire)).length;
      uses.textContent = plural(n, "gate");
      const name = session.circuit.qubits[wire];
      gone.setAttribute("aria-label", `Remove wire ${name}`);
      up.setAttribute("aria-label", `Move wire ${name} up`);
      down.setAttribute("aria-label", `Move wire ${name} down`);
      row.classList.toggle("on", session.wire === wire);
    };
    const row = h(
      "div",
      { class: "row ql-wire-row" },
      h("span", { class: "cap ql-ix" }, wire),
      input,
      uses,
      up,
      down,
      gone,
    );
    return { row, paint };
  });
  const add = h("button", { class: "ql-btn", type: "button", disabled: lock }, icon("plus"), "Add wire");
  on(add, "click", () => session.run({ type: "addWire" }), signal);
  const el = h("div", { class: "ql-wires-pane" });
  fill(
    el,
    rows.map((r) => r.row),
    h("div", { class: "row" }, add),
  );
  return {
    el,
    update() {
      for (const r of rows) r.paint();
    },
  };
}
