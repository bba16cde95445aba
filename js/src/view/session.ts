/**
 * One open designer without its DOM: the circuit, its history, and what survives a redraw (selection, cursor, trial
 * values, zoom, notes). Every change of the circuit goes through `commit`, so that each is one undo step, one text to the
 * store and one spoken sentence. Views read it and ask it; they never change the circuit themselves.
 */
import { type Circuit, empty, findOp, nInputs, nWeights, type Op, wiresOf } from "../core/circuit";
import { apply, blockCircuit, type Command, describe } from "../core/edit";
import { CircuitError, sentence } from "../core/errors";
import { CLOSED, type Look } from "../core/repeats";
import { parse, print } from "../core/text";
import { readText, refusal } from "./arrival";
import { layoutOf, lookAt, statsOf, withRuns } from "./layouts";
import { Past } from "./past";
import type { Cursor, Mode, Note, Panel, Preview, Tab } from "./sessiontypes";
import type { Conflict, Store, StoreStatus } from "./store";
import { grow, type Trial, withValue } from "./trial";

export { layoutOf, statsOf } from "./layouts";
export type { Cursor, Mode, Note, Panel, Preview, Tab } from "./sessiontypes";

export class Session {
  /** What is drawn and edited: the circuit, or the definition of the block that is open. */
  circuit: Circuit;
  /** The circuit as a whole. */
  root: Circuit;
  /** The block whose definition is open. */
  inside: string | undefined;
  preview: Preview | undefined;
  selection: readonly string[] = [];
  /** Which blocks are drawn open. */
  look: Look = CLOSED;
  /** A wire chosen by its label. */
  wire: number | undefined;
  cursor: Cursor = { col: 0, wire: 0 };
  trial: Trial = { x: [], w: [] };
  /** The column the state is shown left of; undefined for the end. */
  marker: number | undefined;
  /** Which branch of measurements in the middle is shown. */
  seed = 1;
  /** Whether the light cone is simulated where the whole is too large. */
  coneOnly = false;
  zoom = 1;
  mode: Mode = "amplitudes";
  tab: Tab = "gate";
  panel: Panel = "gate";
  note: Note | undefined;
  /** The text that could not be read, if the store holds such a one. */
  broken: string | undefined;
  /** Whether there ever was one that could. */
  good = false;
  /** The line of its error, counted from 1. */
  brokenLine: number | undefined;
  /** What the live region says. */
  spoken = "";
  readonly #past: Past;
  #bursts = 0;
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly store: Store,
    signal: AbortSignal,
    private readonly fixedLock?: string,
  ) {
    const text = store.get();
    this.root = this.#read(text) ?? empty(1);
    this.circuit = this.root;
    lookAt(this.circuit, this.look);
    this.#past = new Past(this.broken === undefined ? print(this.root) : text);
    this.#grow();
    const leave = store.subscribe(() => this.#fromStore());
    signal.addEventListener("abort", leave, { once: true });
    this.note = refusal(this.store) ?? this.note;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(): void {
    for (const listener of this.#listeners) listener();
  }

  /** What is drawn: the preview while there is one. */
  get shown(): Circuit {
    return this.preview?.circuit ?? this.circuit;
  }

  get locked(): string | undefined {
    if (this.broken !== undefined) return "The text is not a circuit";
    if (this.conflict) return "Choose a version first";
    return this.fixedLock ?? this.store.locked?.();
  }

  /** Two versions of which one has to be chosen; nothing can be changed until then. */
  get conflict(): Conflict | undefined {
    return this.store.conflict?.();
  }

  /** Chooses one of two versions; the other goes to the undo list. */
  settle(keep: "mine" | "theirs"): void {
    const found = this.conflict;
    if (!found) return;
    const order = keep === "mine" ? (["mine", "theirs", "mine"] as const) : (["mine", "theirs"] as const);
    const circuits = { mine: parse(found.mine), theirs: parse(found.theirs) };
    for (const side of order) this.#past.push(found[side], circuits[side]);
    const circuit = circuits[keep];
    this.preview = undefined;
    this.note = undefined;
    this.store.settle?.(found[keep]);
    this.#become(circuit);
    const [kept, other] = keep === "mine" ? ["Your version", "Python's"] : ["Python's version", "yours"];
    this.spoken = `${kept} is kept; undo brings back ${other}.`;
    this.emit();
  }

  get status(): StoreStatus | undefined {
    return this.store.status?.();
  }

  get text(): string {
    return this.#past.text;
  }

  get canUndo(): boolean {
    return !this.locked && this.#past.canUndo;
  }

  get canRedo(): boolean {
    return !this.locked && this.#past.canRedo;
  }

  /** The one selected operation, if it is one; of a run that prints once the first. */
  get selected(): Op | undefined {
    const [id] = this.selection;
    if (id === undefined) return undefined;
    const one = this.selection.length === 1;
    return one || withRuns(this.circuit, [id]).length === this.selection.length
      ? findOp(this.circuit, id)
      : undefined;
  }

  /** Opens or closes what is drawn of a block: its gates, or each instance of a run. */
  toggle(part: keyof Look, id: string): void {
    const set = new Set(this.look[part]);
    const opened = !set.delete(id);
    if (opened) set.add(id);
    this.look = { ...this.look, [part]: set };
    lookAt(this.circuit, this.look);
    this.selection = withRuns(this.circuit, this.selection);
    const what = part === "open" ? ["Opened in place.", "Closed."] : ["Each one printed.", "Printed once."];
    this.spoken = what[opened ? 0 : 1]!;
    this.emit();
  }

  /** Carries a command out; a refusal becomes a note and changes nothing. */
  run(command: Command, key?: string): boolean {
    try {
      const next = apply(this.circuit, command);
      const spoken = describe(this.circuit, command);
      this.commit(next, spoken, key);
      return true;
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error;
      this.refuse(sentence(error));
      return false;
    }
  }

  /** The only way the circuit changes from here; `key` joins the steps of one gesture. */
  commit(next: Circuit, spoken: string, key?: string): void {
    if (this.locked) {
      this.refuse(`${this.locked}.`);
      return;
    }
    let root: Circuit;
    try {
      root = this.#whole(next);
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error;
      this.refuse(sentence(error));
      return;
    }
    const text = print(root);
    this.preview = undefined;
    if (text !== this.text) {
      this.#past.push(text, root, key);
      if (this.inside !== undefined) this.inside = next.name;
      this.#become(root, next);
      this.note = undefined;
      this.spoken = spoken;
      this.store.set(text);
    }
    this.emit();
  }

  /** The circuit as a whole with this as its open definition; throws where an instance doesn't fit it any more. */
  #whole(next: Circuit): Circuit {
    if (this.inside === undefined) return next;
    const root = apply(this.root, { type: "define", name: this.inside, definition: next });
    return next.name === this.inside
      ? root
      : apply(root, { type: "renameBlock", name: this.inside, to: next.name });
  }

  /** Opens the definition of a block, or with undefined goes back to the circuit. */
  open(name: string | undefined): void {
    if (name === this.inside) return;
    const left = this.inside;
    this.inside = name;
    this.selection = [];
    this.marker = undefined;
    this.cursor = { col: 0, wire: 0 };
    this.wire = undefined;
    this.#become(this.root);
    this.spoken =
      name === undefined ? `Back to the circuit from ${left}.` : `Definition of ${name}. K goes back.`;
    this.emit();
  }

  undo(): void {
    if (!this.locked) this.#step(this.#past.undo(), "Undone");
  }

  redo(): void {
    if (!this.locked) this.#step(this.#past.redo(), "Redone");
  }

  #step(next: Circuit | undefined, word: string): void {
    if (!next) return;
    this.preview = undefined;
    this.#become(next);
    this.note = undefined;
    this.spoken = `${word}. Depth ${statsOf(this.circuit).depth}.`;
    this.store.set(this.text);
    this.emit();
  }

  /** A key for one gesture or typing burst. */
  burst(name: string): string {
    this.#bursts += 1;
    return `${name}:${this.#bursts}`;
  }

  select(ids: readonly string[], add = false): void {
    const chosen = withRuns(this.circuit, ids);
    const all = add ? [...this.selection, ...chosen] : chosen;
    // shift-click on what is selected takes it out again
    const twice = new Set(add ? chosen.filter((id) => this.selection.includes(id)) : []);
    this.selection = [...new Set(all)].filter((id) => !twice.has(id));
    this.wire = undefined;
    if (this.selection.length > 0) this.tab = "gate";
    this.emit();
  }

  selectWire(wire: number): void {
    this.selection = this.circuit.ops.filter((op) => wiresOf(op).includes(wire)).map((op) => op.id);
    this.wire = wire;
    this.tab = "wires";
    this.emit();
  }

  setCursor(cursor: Cursor): void {
    const wire = Math.max(0, Math.min(this.circuit.qubits.length - 1, cursor.wire));
    this.cursor = { col: Math.max(0, Math.min(cursor.col, layoutOf(this.circuit).columns.length)), wire };
    this.emit();
  }

  /** Puts the state marker left of a column; past the last one is the end. */
  setMarker(col: number | undefined): void {
    const last = layoutOf(this.shown).columns.length;
    const to = col === undefined || col >= last ? undefined : Math.max(0, col);
    if (to === this.marker) return;
    this.marker = to;
    this.spoken = to === undefined ? "State at the end." : `State before column ${to}.`;
    this.emit();
  }

  /** Another branch of the measurements in the middle. */
  reroll(): void {
    this.seed += 1;
    this.spoken = `Branch of seed ${this.seed}.`;
    this.emit();
  }

  setTrial(kind: "x" | "w", index: number, value: number): void {
    this.trial = withValue(this.trial, kind, index, value);
    this.emit();
  }

  show(preview: Preview | undefined): void {
    this.preview = preview;
    if (preview) lookAt(preview.circuit, this.look);
    if (preview) this.trial = grow(this.trial, nInputs(preview.circuit), nWeights(preview.circuit));
    this.emit();
  }

  set<K extends "zoom" | "mode" | "tab" | "panel" | "coneOnly">(key: K, value: Session[K]): void {
    (this as Session)[key] = value;
    this.emit();
  }

  say(text: string): void {
    this.spoken = text;
    this.emit();
  }

  notify(note: Note | undefined): void {
    this.note = note;
    if (note) this.spoken = note.text;
    this.emit();
  }

  refuse(text: string): void {
    this.notify({ kind: "err", text, ms: 8000 });
  }

  /** `shown`: what is drawn of it, where that is known already. */
  #become(root: Circuit, shown?: Circuit): void {
    this.root = root;
    const open = root.blocks?.some((b) => b.name === this.inside) ? this.inside : undefined;
    if (open === undefined && this.inside !== undefined) this.cursor = { col: 0, wire: 0 };
    this.inside = open;
    const c = shown ?? (open === undefined ? root : blockCircuit(root, open));
    this.circuit = c;
    lookAt(c, this.look);
    const kept = withRuns(
      c,
      this.selection.filter((id) => findOp(c, id)),
    );
    if (kept.length !== this.selection.length) this.selection = kept;
    if (this.wire !== undefined && this.wire >= c.qubits.length) this.wire = undefined;
    if (this.marker !== undefined && this.marker >= layoutOf(c).columns.length) this.marker = undefined;
    const wire = Math.min(this.cursor.wire, c.qubits.length - 1);
    if (wire !== this.cursor.wire) this.cursor = { ...this.cursor, wire };
    this.#grow();
  }

  #grow(): void {
    this.trial = grow(this.trial, nInputs(this.circuit), nWeights(this.circuit));
  }

  #read(text: string): Circuit | undefined {
    const found = readText(this.store, text, this.good);
    if ("circuit" in found) {
      this.broken = undefined;
      this.good = true;
      return found.circuit;
    }
    this.broken = text;
    this.brokenLine = found.broken.line;
    this.note = found.broken.note;
    return undefined;
  }

  #fromStore(): void {
    if (this.conflict) {
      this.preview = undefined;
      this.spoken = "Changed in Python and here. Choose a version.";
      this.emit();
      return;
    }
    const text = this.store.get();
    if (text !== this.text && text !== this.broken) {
      const circuit = this.#read(text);
      if (circuit) {
        this.#past.push(print(circuit), circuit);
        this.preview = undefined;
        this.note = undefined;
        this.#become(circuit);
        this.spoken = `The circuit was changed outside. Depth ${statsOf(circuit).depth}.`;
      }
    } else if (text === this.text && this.broken !== undefined) {
      this.broken = undefined;
      this.note = undefined;
    }
    this.note = refusal(this.store) ?? this.note;
    this.emit();
  }
}
