/** The parts of the inspector about one gate: picture, wires, controls, condition, actions. Each only sends commands. */
import { blockOf, findOp, type Op, rowOf, wiresOf } from "../core/circuit";
import { type Child, h, on, s } from "./dom";
import { FAMILY_CLASS } from "./gatenode";
import { groupable, groupSelected } from "./grouping";
import { icon } from "./icons";
import { type MenuItem, menuButton } from "./menu";
import { layoutOf, type Session } from "./session";

export interface InspectorHost {
  root(): HTMLElement;
  focusCanvas(): void;
}

export interface Context {
  readonly session: Session;
  readonly host: InspectorHost;
  /** Ends when the panel turns to another gate. */
  readonly signal: AbortSignal;
}

export function title(op: Op): string {
  const row = rowOf(op)!;
  const n = op.controls.length + op.anticontrols.length;
  const own = blockOf(op) ?? row.title;
  if (n === 0) return own;
  const base = own.replace(/^Pauli /, "");
  const lower =
    base === "Hadamard" || base.length === 1 ? base : base.charAt(0).toLowerCase() + base.slice(1);
  return n === 1 ? `Controlled ${lower}` : `${base}, ${n} controls`;
}

export function picture(session: Session, op: Op): SVGElement {
  const p = layoutOf(session.circuit).byId.get(op.id);
  const label = `${"C".repeat(op.controls.length + op.anticontrols.length)}${rowOf(op)?.label ?? op.gate}`;
  const size = [...label].length > 4 ? "nm small" : "nm";
  return s(
    "svg",
    { viewBox: "0 0 40 40", width: 36, height: 36, "aria-hidden": "true" },
    s(
      "g",
      { class: `g ${blockOf(op) === undefined ? FAMILY_CLASS[p?.family ?? "fixed"] : "g-block"}` },
      s("rect", { x: 1, y: 1, width: 38, height: 38, rx: 4 }),
      s("text", { class: size, x: 20, y: 24.5 }, [...label].slice(0, 6).join("")),
    ),
  );
}

export function wireLine({ session, signal }: Context, op: Op, wire: number, i: number): HTMLElement {
  const options = session.circuit.qubits.map((name, q) => h("option", { value: q }, name));
  const select = h(
    "select",
    {
      class: "ql-field grow",
      "aria-label": op.qubits.length > 1 ? `Wire of port ${i}` : "Wire",
      value: wire,
      disabled: Boolean(session.locked),
    },
    options,
  );
  on(
    select,
    "change",
    () => {
      const to = Number(select.value);
      const qubits = op.qubits.map((q, k) => (k === i ? to : q === to ? wire : q));
      if (!session.run({ type: "qubits", id: op.id, qubits })) select.value = String(wire);
    },
    signal,
  );
  return h(
    "div",
    { class: "row" },
    h("span", { class: "ql-lab" }, op.qubits.length > 1 ? `Wire ${i}` : "Wire"),
    select,
  );
}

export function controls({ session, host, signal }: Context, op: Op): HTMLElement {
  const chips = [
    ...op.controls.map((wire) => ({ wire, anti: false })),
    ...op.anticontrols.map((wire) => ({ wire, anti: true })),
  ].sort((a, b) => a.wire - b.wire);
  const chip = ({ wire, anti }: { wire: number; anti: boolean }): HTMLElement => {
    const name = session.circuit.qubits[wire];
    const flip = h(
      "button",
      {
        type: "button",
        class: "ql-chip-main",
        title: anti ? "Acts on 0; click for a control" : "Acts on 1; click for an anti-control",
        disabled: Boolean(session.locked),
      },
      h("i", { class: anti ? "ring" : "dot" }),
      name,
    );
    on(flip, "click", () => session.run({ type: "control", id: op.id, wire, anti: !anti }), signal);
    const off = h(
      "button",
      { type: "button", "aria-label": `Remove the control on ${name}`, disabled: Boolean(session.locked) },
      icon("close"),
    );
    on(off, "click", () => session.run({ type: "uncontrol", id: op.id, wire }), signal);
    return h("span", { class: "ql-chip" }, flip, off);
  };
  const free = session.circuit.qubits.map((_, q) => q).filter((q) => !wiresOf(op).includes(q));
  const items = (): MenuItem[] =>
    free.flatMap((wire) => [
      {
        label: `${session.circuit.qubits[wire]}`,
        note: "control, acts on 1",
        run: () => session.run({ type: "control", id: op.id, wire, anti: false }),
      },
      {
        label: `${session.circuit.qubits[wire]}`,
        note: "anti-control, acts on 0",
        run: () => session.run({ type: "control", id: op.id, wire, anti: true }),
      },
    ]);
  const add =
    free.length > 0 && !session.locked
      ? menuButton(
          host.root,
          { class: "ql-btn quiet ql-acc", label: "Add control" },
          [icon("plus"), "Add control"],
          items,
          signal,
        )
      : chips.length === 0
        ? h("span", { class: "cap" }, "No free wire")
        : null;
  return h(
    "div",
    { class: "row ql-ctl" },
    h("span", { class: "ql-lab" }, "Controls"),
    h("div", { class: "row wrap grow" }, chips.map(chip), add),
  );
}

export const line = (name: string, value: string): HTMLElement =>
  h("div", { class: "row" }, h("span", { class: "ql-lab" }, name), h("span", { class: "sub" }, value));

export function actions({ session, host, signal }: Context): Child {
  if (session.locked) return null;
  const copy = h("button", { class: "ql-btn grow", type: "button" }, icon("copy"), "Duplicate");
  const del = h(
    "button",
    { class: "ql-btn icon danger", type: "button", "aria-label": "Delete", title: "Delete (Del)" },
    icon("trash"),
  );
  on(copy, "click", () => session.run({ type: "duplicate", ids: [...session.selection] }), signal);
  on(
    del,
    "click",
    () => {
      session.run({ type: "remove", ids: [...session.selection] });
      host.focusCanvas();
    },
    signal,
  );
  const one = session.selected;
  const plain = session.selection.every((id) => groupable(findOp(session.circuit, id)));
  const group = h(
    "button",
    {
      class: "ql-btn grow",
      type: "button",
      disabled: !plain,
      title: plain ? "G" : "Only gates without a condition",
    },
    icon("group"),
    "Group",
  );
  on(group, "click", () => groupSelected(session), signal);
  const isBlock = one && blockOf(one) !== undefined;
  return h("div", { class: "row wrap ql-acts" }, copy, !isBlock && group, del);
}
