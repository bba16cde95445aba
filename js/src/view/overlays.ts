/** What lies over the drawing as HTML: the empty state, "add wire", the bar of the selection, the note. */
import { blockOf, findOp, type Op } from "../core/circuit";
import type { Layout, Placed } from "../core/layout";
import type { Canvas } from "./canvas";
import { fill, h, on } from "./dom";
import { groupSelected, repeatSelected } from "./grouping";
import { icon } from "./icons";
import { EDITABLE } from "./matrixfield";
import { layoutOf, type Note, type Session } from "./session";
import { defaults, FIRST } from "./templates";
import { insertTemplate } from "./templatesheet";
import { thumbnail } from "./thumbnail";
import { passedNow } from "./warn";
import { moveWire, removeWire } from "./wirespane";

/** Whether there is something in a gate to be written: a definition, an angle, the entries of a matrix. */
const isEditable = (op: Op): boolean =>
  blockOf(op) !== undefined ||
  op.params.length > 0 ||
  (op.matrix !== undefined && op.matrix.length <= EDITABLE);

export function overlays(
  session: Session,
  canvas: Canvas,
  dragging: () => boolean,
  edit: () => void,
  signal: AbortSignal,
): { update(): void } {
  const stack = canvas.scroll.firstElementChild as HTMLElement;
  const add = h("button", { class: "ql-addwire", type: "button" }, icon("plus"), "add wire");
  on(add, "click", () => session.run({ type: "addWire" }), signal);
  const float = h("div", { class: "ql-float", role: "toolbar", "aria-label": "Selection" });
  const empty = h("div", { class: "ql-empty" });
  stack.append(add, float, empty);
  const notes = h("div", { class: "ql-notes" });
  canvas.el.append(notes);
  let noted: Note | undefined;
  let timer = 0;
  let builtFor = "";
  let floatFor = "";

  const button = (
    label: string,
    picture: Parameters<typeof icon>[0],
    act: () => void,
    look: "" | "danger" | "leads" = "",
  ): HTMLButtonElement => {
    const b = h(
      "button",
      {
        class: `ql-btn icon quiet${look === "danger" ? " danger" : ""}`,
        type: "button",
        "aria-label": label,
        title: label,
      },
      icon(picture),
    );
    b.addEventListener("click", () => {
      act();
      if (look !== "leads") canvas.main.focus({ preventScroll: true });
    });
    return b;
  };

  function bar(): void {
    const l = layoutOf(session.circuit);
    const z = session.zoom;
    const wire = session.wire;
    const items = session.selection.flatMap((id) => l.byId.get(id) ?? []);
    const hide = session.locked !== undefined || dragging() || (items.length === 0 && wire === undefined);
    float.hidden = hide;
    if (hide) return;
    const editable = session.selected !== undefined && isEditable(session.selected);
    const what = wire === undefined ? `gates:${editable}` : `wire:${wire}`;
    if (what !== floatFor) {
      floatFor = what;
      if (wire === undefined)
        fill(
          float,
          editable && button("Edit (Enter)", "pencil", edit, "leads"),
          button("Duplicate", "copy", () => session.run({ type: "duplicate", ids: [...session.selection] })),
          button("Group (G)", "group", () => groupSelected(session)),
          button("Repeat", "refresh", () => repeatSelected(session)),
          button(
            "Delete",
            "trash",
            () => session.run({ type: "remove", ids: [...session.selection] }),
            "danger",
          ),
        );
      else
        fill(
          float,
          button("Move the wire up", "arrowup", () => moveWire(session, wire, -1)),
          button("Move the wire down", "arrowdown", () => moveWire(session, wire, 1)),
          button("Add a wire below", "plus", () => session.run({ type: "addWire", at: wire + 1 })),
          button("Remove the wire", "trash", () => removeWire(session, wire), "danger"),
        );
    }
    if (wire !== undefined) {
      float.style.transform = `translate(${8}px,${(l.wires[wire]!.y + 10) * z}px)`;
      return;
    }
    const { x, y } = spot(l, items, z, canvas.sight);
    float.style.transform = `translate(${x}px,${y}px)`;
  }

  function vacant(): void {
    const show = session.circuit.ops.length === 0 && !session.preview && session.locked === undefined;
    empty.hidden = !show;
    if (!show) return;
    const l = layoutOf(session.circuit);
    const z = session.zoom;
    const cell = l.cell(0, 0);
    const key = `${session.circuit.qubits.length}:${z}:${cell.x}`;
    if (key === builtFor) return;
    builtFor = key;
    const n = session.circuit.qubits.length;
    const cards = FIRST.map((t) => {
      const card = h(
        "button",
        { class: "ql-tpl", type: "button" },
        thumbnail(t.build(Math.min(3, n), defaults(t)), 108, 40),
        h("b", null, t.title),
        h("span", null, t.note(n)),
      );
      card.addEventListener("click", () => {
        insertTemplate(session, t);
        canvas.main.focus({ preventScroll: true });
      });
      return card;
    });
    const kbd = (k: string) => h("span", { class: "ql-kbd" }, k);
    const zone = h("div", { class: "ql-empty-cell" });
    zone.style.cssText = `left:${(cell.x + 2) * z}px;top:${(cell.y + 4) * z}px;width:${(cell.w - 4) * z}px;height:${(cell.h - 8) * z}px`;
    const text = h(
      "div",
      { class: "ql-empty-text" },
      h("p", null, "Drag a gate here, or press ", kbd("E"), " ", kbd("Y")),
      h("div", { class: "ql-tpls" }, cards),
    );
    text.style.cssText = `left:${(cell.x + cell.w) * z + 14}px;top:${(cell.y + l.metrics.pitch / 2) * z - 12}px`;
    fill(empty, zone, text);
  }

  function note(): void {
    if (session.note === noted) return;
    noted = session.note;
    window.clearTimeout(timer);
    if (!noted) {
      passedNow.delete(session);
      canvas.passed = [];
      fill(notes);
      return;
    }
    const mine = noted;
    canvas.passed = (passedNow.get(session) ?? []).filter((id) => findOp(session.circuit, id));
    const close = h(
      "button",
      { class: "ql-btn icon quiet", type: "button", "aria-label": "Close" },
      icon("close"),
    );
    const end = () => {
      if (session.note === mine) session.notify(undefined);
    };
    close.addEventListener("click", end);
    const action =
      mine.action && h("button", { class: "ql-btn quiet ql-acc", type: "button" }, mine.action.label);
    action?.addEventListener("click", () => {
      end();
      mine.action?.run();
      canvas.main.focus({ preventScroll: true });
    });
    fill(
      notes,
      h(
        "div",
        { class: `ql-note ${mine.kind}`, role: mine.kind === "err" ? "alert" : "status" },
        icon(mine.kind === "info" ? "info" : "warn"),
        h("span", { class: "grow" }, mine.text),
        action,
        close,
      ),
    );
    if (mine.ms) timer = window.setTimeout(end, mine.ms);
  }

  signal.addEventListener("abort", () => window.clearTimeout(timer), { once: true });
  return {
    update() {
      const l = layoutOf(session.shown);
      const z = session.zoom;
      add.hidden = session.locked !== undefined;
      add.style.transform = `translate(${l.foot.x * z}px,${l.foot.y * z}px)`;
      note();
      bar();
      vacant();
    },
  };
}

const BAR = { w: 116, h: 30 };

/** Where the bar of a selection hides the least: above it, below, beside; above where nothing is free. */
function spot(
  l: Layout,
  items: readonly Placed[],
  z: number,
  sight: Canvas["sight"],
): { x: number; y: number } {
  const left = Math.min(...items.map((p) => p.x)) * z;
  const top = Math.min(...items.map((p) => p.y)) * z;
  const right = Math.max(...items.map((p) => p.x + p.w)) * z;
  const bottom = Math.max(...items.map((p) => p.y + p.h)) * z;
  const mid = Math.max(l.labelW * z, (left + right - BAR.w) / 2);
  const above = { x: mid, y: Math.max(0, top - BAR.h - 6) };
  const places = [
    above,
    { x: mid, y: bottom + 6 },
    { x: right + 8, y: top + 4 },
    { x: left - BAR.w - 8, y: top + 4 },
  ];
  const clear = ({ x, y }: { x: number; y: number }): boolean =>
    x >= l.labelW * z &&
    x + BAR.w <= sight.left + sight.w &&
    y + BAR.h <= sight.top + sight.h &&
    y >= sight.top &&
    l.items.every(
      (p) => p.x * z > x + BAR.w || (p.x + p.w) * z < x || p.y * z > y + BAR.h || (p.y + p.h) * z < y,
    );
  return places.find(clear) ?? above;
}
