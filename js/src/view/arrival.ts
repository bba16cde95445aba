/** What comes from the store: a text that is a circuit or isn't, a refusal of the host. Words only; it changes nothing. */
import type { Circuit } from "../core/circuit";
import { CircuitError, sentence } from "../core/errors";
import { parse } from "../core/text";
import type { Note } from "./sessiontypes";
import type { Store } from "./store";

/** Why a text is not a circuit. */
export interface Broken {
  readonly note: Note;
  /** The line of the error, counted from 1. */
  readonly line: number | undefined;
}

/** The circuit of a text, or why it is none; `good`: whether a drawing of an earlier text is shown. */
export function readText(
  store: Store,
  text: string,
  good: boolean,
): { circuit: Circuit } | { broken: Broken } {
  try {
    return { circuit: store.parse && !text.startsWith("{") ? store.parse(text) : parse(text) };
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    const where = error.where ? ` (${error.where})` : "";
    const now = good ? "The drawing shows the last good text." : "It is left as it is.";
    const said = `This text is not a circuit${where}: ${sentence(error)} ${now}`;
    return { broken: { note: { kind: "err", text: said }, line: error.line } };
  }
}

/** What the host says of a text that it refused; the drawing is kept. */
export function refusal(store: Store): Note | undefined {
  const error = store.error?.();
  if (!error) return undefined;
  const where = error.where ? ` (at ${error.where})` : "";
  const cure = error.cure ? ` ${error.cure.charAt(0).toUpperCase()}${error.cure.slice(1)}.` : "";
  return { kind: "err", text: `Python refused the circuit: ${error.message}${where}.${cure}` };
}
