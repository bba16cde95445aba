/** The panel beside the drawing: the selected gate, the trial values, the wires. Rebuilt when what it is about changes. */
import { blockOf, findOp, nInputs, nWeights, type Op, rowOf, symbolsOf } from "../core/circuit";
import { opName } from "../core/edit";
import { printExpr, symbols } from "../core/expr";
import { type AngleField, angleField, GREEK } from "./anglefield";
import { angleText, evaluateSafely, nearestPart } from "./anglevalue";
import { type Child, fill, h, on } from "./dom";
import { plural } from "./format";
import { actions, controls, type InspectorHost, line, picture, title, wireLine } from "./gateparts";
import { EDITABLE, type MatrixField, matrixField } from "./matrixfield";
import { layoutOf, type Session, statsOf, type Tab } from "./session";
import { type SliderRow, sliderRow } from "./slider";
import { bitLine, blockParts, condition } from "./steerparts";
import { wiresPane } from "./wirespane";

export interface Inspector {
  readonly el: HTMLElement;
  update(): void;
  /** Whether it is about something else by now, and an update would build it anew. */
  stale(): boolean;
  /** Puts the cursor in the angle field or the matrix; false if the selection has neither. */
  edit(): boolean;
}

export function inspector(session: Session, host: InspectorHost, signal: AbortSignal): Inspector {
  const tabs = h("div", { class: "ql-tabs ql-insp-tabs", role: "tablist" });
  // three boxes that stay: a field that is typed in must not be moved
  const head = h("div", { class: "ql-box" });
  const fields = h("div", { class: "ql-box ql-angles" });
  const body = h("div", { class: "ql-box" });
  const all = h("div", { class: "ql-insp", role: "tabpanel" }, head, fields, body);
  const el = h("div", { class: "ql-insp-all" }, tabs, all);
  let about = "";
  let life = new AbortController();
  let fieldLife = new AbortController();
  let fieldsOf = "";
  let angles: AngleField[] = [];
  let sliders: SliderRow[] = [];
  let extra: (() => void) | undefined;
  let grid: MatrixField | undefined;
  signal.addEventListener(
    "abort",
    () => {
      life.abort();
      fieldLife.abort();
    },
    { once: true },
  );

  const names: [Tab, string][] = [
    ["gate", "Gate"],
    ["weights", "Weights"],
    ["wires", "Wires"],
  ];
  const buttons = names.map(([tab, name]) => {
    const button = h("button", { type: "button", role: "tab" }, name);
    on(button, "click", () => session.set("tab", tab), signal);
    return button;
  });
  const count = h("span", { class: "ql-tag w" });
  buttons[1]!.append(count);
  tabs.append(...buttons);

  function subject(): string {
    const lock = session.locked ? "locked" : "";
    const op = session.selected;
    if (session.tab === "weights") return `weights:${nInputs(session.circuit)}:${nWeights(session.circuit)}`;
    if (session.tab === "wires") return `wires:${lock}:${session.circuit.qubits.length}`;
    if (!op)
      return `none:${session.selection.length}:${session.selection.length ? "" : session.circuit.name}`;
    const reads = op.params.map((e) => symbols(e).map((y) => y.kind + y.index)).join(";");
    const wires = [op.qubits, op.controls, op.anticontrols, op.clbits, op.condition?.clbits ?? []].join(";");
    const { run } = layoutOf(session.circuit).byId.get(op.id) ?? {};
    const look = [session.look.open.has(op.id), run?.ids.length, run?.rolled, session.selection.length];
    const steer = [op.condition?.value, session.circuit.clbits, op.label, ...look];
    return [op.id, op.gate, op.params.length, reads, wires, lock, session.circuit.qubits, steer].join("|");
  }

  function update(): void {
    names.forEach(([tab], i) => {
      buttons[i]!.classList.toggle("on", session.tab === tab);
      buttons[i]!.setAttribute("aria-selected", String(session.tab === tab));
    });
    const weights = statsOf(session.circuit).weights;
    count.textContent = String(weights);
    count.hidden = weights === 0;
    const now = subject();
    if (now !== about) rebuild(now);
    for (const part of [...angles, ...sliders]) part.update();
    extra?.();
  }

  function rebuild(now: string): void {
    life.abort();
    about = now;
    life = new AbortController();
    sliders = [];
    extra = undefined;
    grid = undefined;
    const op = session.selected;
    const gate = session.tab === "gate" ? op : undefined;
    angleFields(gate);
    fill(head);
    if (session.tab === "weights") weightsBody();
    else if (session.tab === "wires") {
      const pane = wiresPane(session, life.signal);
      extra = pane.update;
      fill(body, pane.el);
    } else if (gate) gateBody(gate);
    else overview();
  }

  function angleFields(op: Op | undefined): void {
    const now = op ? `${op.id}:${op.params.length}:${session.locked ?? ""}` : "";
    if (now === fieldsOf) return;
    fieldsOf = now;
    fieldLife.abort();
    fieldLife = new AbortController();
    const names = op ? rowOf(op)!.params : [];
    angles = names.map((name, i) =>
      angleField(session, op!.id, i, name, names.length, leave, fieldLife.signal),
    );
    fill(
      fields,
      angles.map((a) => a.el),
    );
  }

  const slider = (kind: "x" | "w", index: number): SliderRow => {
    const name = `${kind}[${index}]`;
    const get = (): number => session.trial[kind][index] ?? 0;
    const set = (value: number): void => session.setTrial(kind, index, value);
    const row = sliderRow({ name, about: `Trial value of ${name}`, kind, get, set }, life.signal);
    sliders.push(row);
    return row;
  };

  /** Of an angle that is a number: it changes the circuit, one drag in one step of undo. */
  function numeric(op: Op, index: number, name: string, count: number): SliderRow {
    let key = "";
    const now = (): Op | undefined => findOp(session.circuit, op.id);
    const set = (value: number): void => {
      const params = now()?.params.map((e, i) => (i === index ? angleText(value) : printExpr(e)));
      if (params) session.run({ type: "params", id: op.id, params }, key);
    };
    const get = (): number => {
      const e = now()?.params[index];
      return e ? evaluateSafely(e, session.trial) : 0;
    };
    const begin = (): void => {
      key = session.burst(`slide:${op.id}:${index}`);
    };
    const label = count > 1 ? (GREEK[name] ?? name) : "angle";
    const about = count > 1 ? `Angle ${label}, slider` : "Angle, slider";
    const row = sliderRow(
      { name: label, about, kind: "fixed", get, set, begin, snap: nearestPart },
      life.signal,
    );
    sliders.push(row);
    return row;
  }

  function gateBody(op: Op): void {
    const row = rowOf(op)!;
    const block = blockOf(op);
    const context = { session, host, signal: life.signal };
    const alone = session.selection.length === 1; // not a run that prints once
    const place = h("div", { class: "cap" });
    const small = op.matrix !== undefined && op.matrix.length <= EDITABLE;
    const cells = small ? matrixField(session, op.id, host.focusCanvas, life.signal) : undefined;
    grid = cells;
    extra = () => {
      cells?.update();
      const p = layoutOf(session.circuit).byId.get(op.id);
      const on = op.qubits.map((q) => session.circuit.qubits[q]).join(", ");
      place.textContent = p ? `column ${p.col} on ${on}, id ${op.id}` : "";
    };
    fill(
      head,
      h(
        "div",
        { class: "row ql-insp-head" },
        picture(session, op),
        h("div", { class: "grow" }, h("div", { class: "ql-strong" }, title(op)), place),
      ),
    );
    fill(
      body,
      block !== undefined && blockParts(context, op, block),
      op.matrix && (cells?.el ?? line("Matrix", `${op.matrix.length} × ${op.matrix.length}`)),
      op.params.length > 0 &&
        h(
          "div",
          { class: "ql-sls" },
          symbolsOf(op).map((y) => slider(y.kind, y.index).el),
          session.locked
            ? null
            : op.params.map(
                (e, i) => symbols(e).length === 0 && numeric(op, i, row.params[i] ?? "", op.params.length).el,
              ),
        ),
      op.gate === "barrier" || !alone
        ? null
        : h(
            "div",
            { class: "ql-wireline" },
            op.qubits.map((q, i) => wireLine(context, op, q, i)),
          ),
      op.clbits.length > 0 && bitLine(context, op),
      row.controllable && alone && controls(context, op),
      op.gate !== "barrier" && alone && session.circuit.clbits.length > 0 && condition(context, op),
      actions(context),
    );
  }

  function overview(): void {
    const n = session.selection.length;
    if (n > 1) {
      const list = session.selection
        .slice(0, 6)
        .map((id) => h("div", { class: "cap" }, opName(findOp(session.circuit, id)!)));
      fill(
        body,
        h("div", { class: "ql-strong" }, `${plural(n, "gate")} selected`),
        h("div", null, list, n > 6 && h("div", { class: "cap" }, `and ${n - 6} more`)),
        actions({ session, host, signal: life.signal }),
      );
      return;
    }
    const values = h("dl", { class: "ql-facts" });
    extra = () => {
      const c = session.circuit;
      const st = statsOf(c);
      const facts: [string, string][] = [
        ["Wires", String(c.qubits.length)],
        ["Classical bits", String(c.clbits.length)],
        ["Inputs", st.inputs === 0 ? "none" : `${st.inputs}, at trial values`],
        ["Weights", st.weights === 0 ? "none" : `${st.weights}, at trial values`],
      ];
      fill(
        values,
        facts.map(([k, v]) => [h("dt", null, k), h("dd", null, v)]),
      );
    };
    fill(
      body,
      h("div", { class: "ql-strong" }, session.circuit.name),
      values,
      h("p", { class: "cap" }, "Nothing is selected. Click a gate to see its angle, wire and controls."),
    );
  }

  function weightsBody(): void {
    const c = session.circuit;
    const rows = (kind: "x" | "w", n: number): Child =>
      n > 0 && [
        h(
          "h3",
          null,
          kind === "x" ? "Inputs" : "Weights",
          " ",
          h("span", { class: "cap" }, "trial values, not stored"),
        ),
        h(
          "div",
          { class: "ql-sls" },
          Array.from({ length: Math.min(n, 64) }, (_, i) => slider(kind, i).el),
        ),
        n > 64 && h("p", { class: "cap" }, `The first 64 of ${n}.`),
      ];
    const none = nInputs(c) + nWeights(c) === 0;
    fill(
      body,
      rows("x", nInputs(c)),
      rows("w", nWeights(c)),
      none && h("p", { class: "cap" }, "No angle reads x or w yet. Press R Y for a trained rotation."),
    );
  }

  /** Tab goes on to the next angle of the circuit, Enter and Esc back to the drawing. */
  function leave(how: "stay" | "next" | "previous" | "leave"): boolean {
    if (how === "leave") {
      host.focusCanvas();
      return true;
    }
    const root = el.getRootNode() as Document | ShadowRoot;
    const at = angles.findIndex((a) => a.input === root.activeElement);
    const step = how === "next" ? 1 : -1;
    const beside = angles[at + step];
    if (beside) {
      beside.input.focus();
      return true;
    }
    const items = [...layoutOf(session.circuit).items].sort((a, b) => a.col - b.col || a.y - b.y);
    const angled = items.filter((p) => p.fullAngle !== "" && p.block === undefined);
    const next = angled[angled.findIndex((p) => p.id === session.selection[0]) + step];
    if (!next) return false;
    session.select([next.id]);
    update();
    (step > 0 ? angles[0] : angles.at(-1))?.input.focus();
    return true;
  }

  return {
    el,
    update,
    stale: () => subject() !== about,
    edit() {
      if (session.tab !== "gate") session.set("tab", "gate");
      update();
      const first = angles[0]?.input ?? grid;
      first?.focus();
      return first !== undefined;
    },
  };
}
