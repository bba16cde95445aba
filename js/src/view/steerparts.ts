/** The parts of the inspector about steering: the bit a measurement writes, the condition of a gate, a block's name and definition. */
import type { Op } from "../core/circuit";
import { type Child, h, on } from "./dom";
import { plural } from "./format";
import type { Context } from "./gateparts";
import { setRepeats, toggleBlock, toggleRun, ungroupOp } from "./grouping";
import { layoutOf } from "./layouts";

const row = (name: string, ...children: Child[]): HTMLElement =>
  h("div", { class: "row" }, h("span", { class: "ql-lab" }, name), children);

/** Which classical bit a measurement writes; the last choice is a new one. */
export function bitLine({ session, signal }: Context, op: Op): HTMLElement {
  const { clbits } = session.circuit;
  const now = op.clbits[0] ?? 0;
  const options = [...clbits, "new bit"].map((name, i) => h("option", { value: i }, name));
  const select = h(
    "select",
    { class: "ql-field grow", "aria-label": "Bit", value: now, disabled: Boolean(session.locked) },
    options,
  );
  on(
    select,
    "change",
    () => {
      if (!session.run({ type: "clbits", id: op.id, clbits: [Number(select.value)] }))
        select.value = String(now);
    },
    signal,
  );
  return row("Bit", select);
}

/** "Only if c0 = 1": none, one bit and its value, or of several bits their number. */
export function condition({ session, signal }: Context, op: Op): HTMLElement {
  const { clbits } = session.circuit;
  const given = op.condition;
  const locked = Boolean(session.locked);
  const several = given !== undefined && given.clbits.length > 1;
  const choice = given === undefined ? "" : several ? "many" : String(given.clbits[0]);
  const bit = h(
    "select",
    { class: "ql-field grow", "aria-label": "Only if this bit", value: choice, disabled: locked },
    h("option", { value: "" }, "always"),
    several && h("option", { value: "many" }, given.clbits.map((b) => clbits[b]).join(", ")),
    clbits.map((name, i) => h("option", { value: i }, name)),
  );
  const top = given ? 2 ** given.clbits.length - 1 : 1;
  const value = h("input", {
    class: "ql-num",
    type: "number",
    min: 0,
    max: top,
    step: 1,
    "aria-label": "is equal to",
    value: given?.value ?? 1,
    disabled: locked || given === undefined,
  });
  const send = (): void => {
    const bits = bit.value === "many" ? [...given!.clbits] : [Number(bit.value)];
    const next = bit.value === "" ? null : { clbits: bits, value: Number(value.value) };
    if (session.run({ type: "condition", id: op.id, condition: next })) return;
    bit.value = choice;
    value.value = String(given?.value ?? 1);
  };
  on(bit, "change", send, signal);
  on(value, "change", send, signal);
  return row("Only if", bit, h("span", { class: "cap" }, "="), value);
}

/** A block's name, which all its instances share, and the ways in and out. */
export function blockParts({ session, host, signal }: Context, op: Op, name: string): HTMLElement {
  const block = session.root.blocks?.find((b) => b.name === name);
  const locked = Boolean(session.locked);
  const input = h("input", {
    class: "ql-field grow",
    value: name,
    "aria-label": "Name of the block",
    maxlength: 64,
    disabled: locked || session.inside !== undefined,
  });
  on(
    input,
    "change",
    () => {
      const to = input.value.trim();
      if (to === name) return;
      if (!session.run({ type: "renameBlock", name, to })) input.value = name;
    },
    signal,
  );
  on(
    input,
    "keydown",
    (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      if (event.key === "Escape") input.value = name;
      event.stopPropagation();
      input.blur();
      host.focusCanvas();
    },
    signal,
  );
  const press = (label: string, key: string, act: () => void, off = false): HTMLButtonElement => {
    const b = h("button", { class: "ql-btn grow", type: "button", title: key, disabled: off }, label);
    on(
      b,
      "click",
      () => {
        act();
        host.focusCanvas();
      },
      signal,
    );
    return b;
  };
  const placed = layoutOf(session.circuit).items.find((p) => p.run?.ids.includes(op.id));
  const times = placed?.run?.ids.length ?? 1;
  const repeats = h("input", {
    class: "ql-num",
    type: "number",
    min: 1,
    max: 200,
    step: 1,
    value: times,
    "aria-label": "Repeats",
    disabled: locked,
  });
  const repeat = (): void => setRepeats(session, op.id, Number(repeats.value));
  on(repeats, "change", repeat, signal);
  on(repeats, "keydown", (event) => event.key === "Enter" && repeat(), signal);
  const isOpen = session.look.open.has(op.id);
  const uses = session.circuit.ops.filter((o) => o.gate === op.gate).length;
  return h(
    "div",
    { class: "ql-box" },
    row("Name", input),
    h(
      "div",
      { class: "cap" },
      `${plural(block?.ops.length ?? 0, "gate")}, ${plural(uses, "instance")}. A change of the definition changes all.`,
    ),
    h(
      "div",
      { class: "row" },
      h("span", { class: "ql-lab" }, "Repeats"),
      repeats,
      placed?.run &&
        press(placed.run.rolled ? "Print each" : "Print once", "Shift K", () => toggleRun(session, op.id)),
    ),
    h(
      "div",
      { class: "row wrap" },
      press(isOpen ? "Close" : "Open", "K: its gates in place", () => toggleBlock(session, op.id)),
      press("Definition", "Enter: edit what all instances do", () => session.open(name)),
      press("Ungroup", "Shift G", () => ungroupOp(session, op.id), locked),
    ),
  );
}
