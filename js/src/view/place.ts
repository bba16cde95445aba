/** Placing from the keyboard or by a click on a tile: at the cursor, and where the cursor goes next. No DOM. */
import { type Circuit, findOp, wiresOf } from "../core/circuit";
import { apply, insertIndex, type NewOp, opName } from "../core/edit";
import { CircuitError, sentence } from "../core/errors";
import { conditionOn, draft, gateNear } from "./drop";
import { layoutOf, type Session, statsOf } from "./session";
import type { Tile } from "./tiles";
import { warnIfChanged } from "./warn";

/** Controls marked by C and O on the way to the target. */
export interface Mark {
  readonly wire: number;
  readonly anti: boolean;
}

export interface Placement {
  readonly gate: string;
  readonly param: "" | "x" | "w";
  readonly fill: boolean;
  readonly marks: readonly Mark[];
}

function insertAt(c: Circuit, op: NewOp, col: number): { circuit: Circuit; id: string } {
  const wires = [...op.qubits, ...(op.controls ?? []), ...(op.anticontrols ?? [])];
  const at = insertIndex(
    layoutOf(c),
    c,
    wires.filter((q) => q < c.qubits.length),
    col,
  );
  const had = new Set(c.ops.map((o) => o.id));
  const circuit = apply(c, { type: "insert", op, at, col });
  return { circuit, id: circuit.ops.find((o) => !had.has(o.id))!.id };
}

const columnOf = (c: Circuit, id: string): number => layoutOf(c).byId.get(id)?.col ?? 0;

function guarded(session: Session, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    session.refuse(sentence(error));
  }
}

/** Places a gate at the cursor, or one on each wire from it down; returns the ids of what was placed. */
export function placeAt(session: Session, p: Placement): readonly string[] {
  let ids: string[] = [];
  guarded(session, () => {
    const { col, wire } = session.cursor;
    const before = session.circuit;
    if (p.gate === "if") {
      const over = session.selected ?? gateNear(before, layoutOf(before), col, wire);
      session.run(conditionOn(before, over));
      return;
    }
    const size = Math.max(1, draft(before, p.gate, p.param, wire).qubits.length);
    const fill = p.fill && p.gate !== "barrier";
    const wires = fill
      ? Array.from({ length: Math.floor((before.qubits.length - wire) / size) }, (_, i) => wire + i * size)
      : [wire];
    let c = before;
    for (const w of wires) {
      const op = draft(c, p.gate, p.param, w);
      const marks = p.marks.filter((m) => !op.qubits.includes(m.wire));
      const made = insertAt(
        c,
        {
          ...op,
          controls: marks.filter((m) => !m.anti).map((m) => m.wire),
          anticontrols: marks.filter((m) => m.anti).map((m) => m.wire),
        },
        col,
      );
      c = made.circuit;
      ids.push(made.id);
    }
    if (ids.length === 0) return;
    const first = findOp(c, ids[0]!)!;
    const name = `${opName(first)} added`;
    const more =
      ids.length > 1
        ? ` on ${ids.length} places from ${c.qubits[wire]}`
        : `, ${c.qubits[wire]}, column ${columnOf(c, ids[0]!)}`;
    session.commit(c, `${name}${more}. Depth ${statsOf(c).depth}.`);
    if (session.circuit !== c) {
      ids = []; // a lock said no
      return;
    }
    session.selection = first.matrix ? ids : []; // a matrix is yet to be written
    advance(session, ids, fill);
  });
  return ids;
}

/** One wire down, or to the next column after the last wire and after a fill. */
function advance(session: Session, ids: readonly string[], fill: boolean): void {
  const c = session.circuit;
  const { wire } = session.cursor;
  const last = findOp(c, ids.at(-1)!)!;
  const below = (wiresOf(last).at(-1) ?? wire) + 1;
  const cols = ids.map((id) => columnOf(c, id));
  if (fill) {
    session.setCursor({ col: Math.max(...cols) + 1, wire });
    return;
  }
  const col = Math.max(session.cursor.col, cols[0] ?? 0);
  session.setCursor(below < c.qubits.length ? { col, wire: below } : { col: col + 1, wire: 0 });
}

/** A chain or ring of CX over the wires of the selection, or over all. */
export function chain(session: Session, ring: boolean): void {
  guarded(session, () => {
    const before = session.circuit;
    const chosen = [...new Set(session.selection.flatMap((id) => wiresOf(findOp(before, id)!)))].sort(
      (a, b) => a - b,
    );
    const wires = chosen.length > 1 ? chosen : before.qubits.map((_, i) => i);
    if (wires.length < 2) throw new CircuitError("CX needs two wires", { cure: "add a wire" });
    const pairs = wires.slice(1).map((q, i) => [wires[i]!, q]);
    if (ring && wires.length > 2) pairs.push([wires.at(-1)!, wires[0]!]);
    const cols = session.selection.map((id) => columnOf(before, id));
    let col = chosen.length > 1 ? Math.max(...cols) + 1 : session.cursor.col;
    let c = before;
    for (const qubits of pairs) {
      const made = insertAt(c, { gate: "cx", qubits }, col);
      c = made.circuit;
      col = columnOf(c, made.id) + 1; // the next shares a wire with it
    }
    session.commit(c, `${ring ? "Ring" : "Chain"} of ${pairs.length} CX added. Depth ${statsOf(c).depth}.`);
    if (session.circuit === c) session.setCursor({ col, wire: session.cursor.wire });
  });
}

/** Digits after a placement: the index of what its angle reads. */
export function reindex(session: Session, ids: readonly string[], index: number, key: string): void {
  const op = ids.length === 1 ? findOp(session.circuit, ids[0]!) : undefined;
  const e = op?.params[0];
  if (op?.params.length !== 1 || e?.type !== "sym") return;
  session.run({ type: "params", id: op.id, params: [`${e.kind}[${index}]`] }, key);
}

/** A click on a tile, or Enter on it: as the keyboard would. */
export function placeTile(session: Session, tile: Tile): readonly string[] {
  const { cursor, circuit } = session;
  if (tile.gate === "control" || tile.gate === "anticontrol") {
    const anti = tile.gate === "anticontrol";
    const op = session.selected ?? gateNear(circuit, layoutOf(circuit), cursor.col, cursor.wire);
    const free = circuit.qubits.map((_, q) => q).filter((q) => op && !wiresOf(op).includes(q));
    if (!op || free.length === 0) {
      session.refuse("A control needs a gate: select one first, or drop the control in its column.");
      return [];
    }
    const nearest = free.sort((a, b) => Math.abs(a - op.qubits[0]!) - Math.abs(b - op.qubits[0]!))[0]!;
    session.run({ type: "control", id: op.id, wire: nearest, anti });
    return [];
  }
  return placeAt(session, { gate: tile.gate, param: tile.param, fill: false, marks: [] });
}

/** Alt with an arrow: the selection one cell on. */
export function nudge(session: Session, dx: number, dy: number): void {
  const { circuit: c, selection: ids } = session;
  if (ids.length === 0) {
    session.refuse("Nothing is selected. Select a gate first.");
    return;
  }
  const items = ids.map((id) => layoutOf(c).byId.get(id)!);
  const from = dx < 0 ? Math.min(...items.map((i) => i.col)) : Math.max(...items.map((i) => i.col));
  const col = Math.max(0, dx > 0 ? from + 2 : from + dx);
  const wires = ids.flatMap((id) => wiresOf(findOp(c, id)!)).map((q) => q + dy);
  const inside = wires.filter((q) => q >= 0 && q < c.qubits.length);
  const at = insertIndex(layoutOf(c), c, inside.length > 0 ? inside : [0], col);
  if (session.run({ type: "move", ids: [...ids], at, dWire: dy, col })) warnIfChanged(session, c, ids);
}

/** The spoken place of the cursor: "q1, column 6, RY x[1]". */
export function cursorText(session: Session): string {
  const { circuit: c, cursor } = session;
  const op = opAt(session);
  return `${c.qubits[cursor.wire]}, column ${cursor.col}, ${op ? opName(op) : "empty"}`;
}

/** The operation under the cursor. */
export function opAt(session: Session) {
  const { circuit: c, cursor } = session;
  const found = layoutOf(c)
    .inColumn(cursor.col)
    .find((item) => wiresOf(c.ops[item.index]!).includes(cursor.wire));
  return found && c.ops[found.index];
}
