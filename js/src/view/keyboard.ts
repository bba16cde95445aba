/** Carries out what keys.ts decides, for keys pressed while the drawing has the focus. Listens on the widget only. */
import { blockOf, findOp } from "../core/circuit";
import type { Canvas } from "./canvas";
import { copied, pasted } from "./clipboard";
import { on } from "./dom";
import { groupSelected, toggleBlock, toggleRun, ungroupOp } from "./grouping";
import { IDLE, type KeyAction, type KeyState, press } from "./keys";
import { chain, cursorText, type Mark, nudge, opAt, placeAt, reindex } from "./place";
import { layoutOf, type Session } from "./session";
import { moveWire } from "./wirespane";

export interface KeyHost {
  readonly root: HTMLElement;
  readonly canvas: Canvas;
  cancelDrag(): boolean;
  search(): void;
  sheet(): void;
  /** Puts the cursor in what can be written of the selected gate; false where there is nothing. */
  editParts(): boolean;
  zoom(by: -1 | 0 | 1): void;
  /** What the keys typed so far wait for; "" for nothing. */
  hint(text: string): void;
}

const WAITS: Record<string, string> = {
  e: "E … X Y Z P: encode",
  r: "R … X Y Z P U: train",
  control: "arrow, then the gate",
};

export function keyboard(
  session: Session,
  host: KeyHost,
  signal: AbortSignal,
): { placed(ids: readonly string[]): void; edit(): void } {
  let state: KeyState = IDLE;
  let marks: Mark[] = [];
  let last: readonly string[] = [];
  let indexKey = "";
  const { root, canvas } = host;

  function field(target: EventTarget | null): boolean {
    return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  function handle(event: KeyboardEvent): void {
    if (event.isComposing || ["Control", "Shift", "Alt", "Meta"].includes(event.key)) return;
    if (event.key === "Escape" && host.cancelDrag()) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    // AltGr types [ and ] on many keyboards, and comes as Ctrl Alt
    const typed = event.getModifierState("AltGraph") && event.key.length === 1;
    const mod = !typed && (event.ctrlKey || event.metaKey);
    const onCanvas = event.target === canvas.main || event.target === root;
    // undo works wherever the focus is, but in a field that has its own
    if (!onCanvas && (field(event.target) || !mod) && event.key !== "/" && event.key !== "?") return;
    if (field(event.target)) return;
    const { state: next, action } = press(state, {
      key: event.key,
      shift: event.shiftKey,
      alt: event.altKey && !typed,
      mod,
    });
    if (!action) return;
    state = next;
    event.preventDefault();
    event.stopPropagation();
    if (session.locked && changes(action)) session.refuse(`${session.locked}.`);
    else act(action);
    if (state.prefix !== "control") marks = [];
    host.hint(WAITS[state.prefix] ?? (state.indexing && !state.digits ? "digits change the index" : ""));
  }

  function act(action: KeyAction): void {
    switch (action.type) {
      case "place": {
        const controls = action.controlled ? marks : [];
        last = placeAt(session, {
          gate: action.gate,
          param: action.param,
          fill: action.fill,
          marks: controls,
        });
        indexKey = session.burst("index");
        follow();
        break;
      }
      case "index":
        reindex(session, last, action.index, indexKey);
        break;
      case "control":
        marks = [
          ...marks.filter((m) => m.wire !== session.cursor.wire),
          { wire: session.cursor.wire, anti: action.anti },
        ];
        session.say(
          `${action.anti ? "Anti-control" : "Control"} on ${session.circuit.qubits[session.cursor.wire]}. Go to the target and press a gate.`,
        );
        break;
      case "cursor":
        move(action);
        break;
      case "shift":
        if (session.wire !== undefined && action.dy !== 0) moveWire(session, session.wire, action.dy);
        else nudge(session, action.dx, action.dy);
        follow();
        break;
      case "chain":
        chain(session, action.ring);
        follow();
        break;
      case "zoom":
        host.zoom(action.by);
        break;
      case "marker": {
        const end = layoutOf(session.circuit).columns.length;
        const at = session.marker ?? end;
        session.setMarker(action.by === "end" ? undefined : at + action.by);
        break;
      }
      case "edit":
        edit();
        break;
      case "remove":
        remove();
        break;
      case "duplicate":
        if (chosen().length > 0) session.run({ type: "duplicate", ids: [...chosen()] });
        break;
      case "group":
        if (session.selection.length === 0) session.select(chosen());
        groupSelected(session);
        break;
      case "ungroup":
        ungroupOp(session, chosen()[0]);
        break;
      case "block":
        toggleBlock(session, chosen()[0]);
        break;
      case "roll":
        toggleRun(session, chosen()[0]);
        break;
      case "undo":
        session.undo();
        break;
      case "redo":
        session.redo();
        break;
      case "all":
        session.select(session.circuit.ops.map((op) => op.id));
        break;
      case "search":
        host.search();
        break;
      case "sheet":
        host.sheet();
        break;
      case "cancel":
        if (session.selection.length === 0 && !session.note && session.inside !== undefined) {
          session.open(undefined);
          break;
        }
        session.select([]);
        session.notify(undefined);
        break;
    }
  }

  /** The selection, or what is under the cursor. */
  function chosen(): readonly string[] {
    const under = opAt(session);
    return session.selection.length > 0 ? session.selection : under ? [under.id] : [];
  }

  function remove(): void {
    const ids = chosen();
    if (ids.length > 0) session.run({ type: "remove", ids: [...ids] });
  }

  function edit(): void {
    const under = opAt(session);
    if (!session.selected && under) session.select([under.id]);
    const block = session.selected && blockOf(session.selected);
    if (block !== undefined) session.open(block);
    else if (session.selected && !host.editParts()) session.say("This gate has no angle.");
  }

  function move(action: Extract<KeyAction, { type: "cursor" }>): void {
    const { col, wire } = session.cursor;
    const l = layoutOf(session.circuit);
    const far = action.jump ? Number.MAX_SAFE_INTEGER : 1;
    const from = opAt(session);
    let to = Math.max(0, col + action.dx * far);
    while (l.columns[to]?.w === 0) to += action.dx || 1; // over what a run stands for
    session.setCursor({
      col: action.jump === "row" && action.dx > 0 ? l.columns.length : to,
      wire: Math.max(0, wire + action.dy * far),
    });
    const under = opAt(session);
    if (action.extend) {
      const both = [from, under].flatMap((op) => (op && findOp(session.circuit, op.id) ? [op.id] : []));
      session.select([...new Set([...session.selection, ...both])]);
    } else if (state.prefix !== "control") session.select(under ? [under.id] : []);
    session.say(cursorText(session));
    follow();
  }

  function follow(): void {
    canvas.reveal(layoutOf(session.circuit).cell(session.cursor.col, session.cursor.wire));
  }

  on(root, "keydown", handle, signal);
  // the cursor shows for those who use it
  on(root, "keydown", () => canvas.main.classList.add("is-keyed"), signal, { capture: true });
  on(root, "pointerdown", () => canvas.main.classList.remove("is-keyed"), signal, { capture: true });
  for (const type of ["copy", "cut"] as const) {
    on(
      root,
      type,
      (event) => {
        if (event.target !== canvas.main && event.target !== root) return;
        const text = copied(session);
        if (text === undefined) return;
        event.clipboardData?.setData("text/plain", text);
        event.preventDefault();
        event.stopPropagation();
        if (type === "cut" && !session.locked) session.run({ type: "remove", ids: [...session.selection] });
        else session.say(`${session.selection.length} copied.`);
      },
      signal,
    );
  }
  on(
    root,
    "paste",
    (event) => {
      if ((event.target !== canvas.main && event.target !== root) || session.locked) return;
      event.preventDefault();
      event.stopPropagation();
      pasted(session, event.clipboardData?.getData("text/plain") ?? "");
    },
    signal,
  );

  return {
    edit,
    /** After a click on a tile: digits now change its index. */
    placed(ids) {
      last = ids;
      indexKey = session.burst("index");
      state = { ...IDLE, indexing: true };
    },
  };
}

const CHANGES = new Set([
  "place",
  "index",
  "control",
  "shift",
  "chain",
  "remove",
  "duplicate",
  "group",
  "ungroup",
]);
const changes = (action: KeyAction): boolean => CHANGES.has(action.type);
