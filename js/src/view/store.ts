/**
 * The designer's only door to its host: a trait, a document's text or a variable in a test each supply one.
 * Only the circuit's canonical text passes; selection, zoom and trial values never do.
 */

import type { Circuit } from "../core/circuit";

/** What the host last said about the text; shown in the foot of the view. */
export interface StoreStatus {
  readonly state: "step" | "wait" | "off";
  readonly text: string;
}

/** A refusal by the host, as qlab's errors print themselves. */
export interface StoreError {
  readonly message: string;
  readonly where?: string | undefined;
  readonly cure?: string | undefined;
}

/** Both sides changed the text before either heard of the other. */
export interface Conflict {
  readonly mine: string;
  readonly theirs: string;
  /** Of the last text both agreed on; a time of day in ms. */
  readonly since: number;
}

export interface Store {
  get(): string;
  set(text: string): void;
  /** Calls back when the text, the status, the refusal or the lock may have changed; returns the way out. */
  subscribe(callback: () => void): () => void;
  status?(): StoreStatus;
  /** The last text the host refused, if it still stands. */
  error?(): StoreError | undefined;
  /** Two texts of which one has to be chosen; `get` is still the person's own. */
  conflict?(): Conflict | undefined;
  /** Ends a conflict: this text is what both sides hold from now on. */
  settle?(text: string): void;
  /** Reads a text of another format than the canonical one; what `get` gives is always tried as canonical first. */
  parse?(text: string): Circuit;
  /** Why nothing may be changed, or undefined where it may. */
  locked?(): string | undefined;
}
