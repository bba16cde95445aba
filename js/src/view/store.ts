/**
 * The designer's only door to its host: a trait, a document's text or a variable in a test each supply one.
 * Only the circuit's canonical text passes; selection, zoom and trial values never do.
 */

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

export interface Store {
  get(): string;
  set(text: string): void;
  /** Calls back when the text, the status, the refusal or the lock may have changed; returns the way out. */
  subscribe(callback: () => void): () => void;
  status?(): StoreStatus;
  /** The last text the host refused, if it still stands. */
  error?(): StoreError | undefined;
  /** Why nothing may be changed, or undefined where it may. */
  locked?(): string | undefined;
}
