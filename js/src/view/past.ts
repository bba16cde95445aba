/**
 * The history of one session: texts, as the store and a test know them, with the circuits of the latest beside them, so
 * that a step back costs no parsing and finds what was laid out. It decides nothing about what is a step.
 */
import type { Circuit } from "../core/circuit";
import { canRedo, canUndo, create, current, type History, push, redo, undo } from "../core/history";
import { parse } from "../core/text";

/** How many circuits are kept; a text beyond them is parsed again. */
const KEPT = 32;

export class Past {
  #history: History;
  readonly #circuits = new Map<string, Circuit>();

  constructor(text: string) {
    this.#history = create(text);
  }

  get text(): string {
    return current(this.#history);
  }

  get canUndo(): boolean {
    return canUndo(this.#history);
  }

  get canRedo(): boolean {
    return canRedo(this.#history);
  }

  /** One step more: `text` is what `circuit` prints; steps of one `key` are one. */
  push(text: string, circuit: Circuit, key?: string): void {
    this.#keep(text, circuit);
    this.#history = push(this.#history, text, key);
  }

  /** The circuit before, or undefined where there is none. */
  undo(): Circuit | undefined {
    return this.#go(undo(this.#history));
  }

  redo(): Circuit | undefined {
    return this.#go(redo(this.#history));
  }

  #go(next: History): Circuit | undefined {
    if (next === this.#history) return undefined;
    this.#history = next;
    const circuit = this.#circuits.get(this.text) ?? parse(this.text);
    this.#keep(this.text, circuit);
    return circuit;
  }

  #keep(text: string, circuit: Circuit): void {
    this.#circuits.delete(text); // the latest last
    this.#circuits.set(text, circuit);
    if (this.#circuits.size > KEPT) this.#circuits.delete(this.#circuits.keys().next().value!);
  }
}
