/** The small values that a session holds and views read. */
import type { Circuit } from "../core/circuit";

export interface Note {
  readonly kind: "err" | "warn" | "info";
  readonly text: string;
  readonly action?: { readonly label: string; run(): void };
  /** Closed by itself after so many ms. */
  readonly ms?: number;
}

/** The circuit as if a drag were dropped now. */
export interface Preview {
  readonly circuit: Circuit;
  readonly ids: readonly string[];
}

export interface Cursor {
  readonly col: number;
  readonly wire: number;
}

export type Mode = "amplitudes" | "probabilities" | "both";
export type Tab = "gate" | "weights" | "wires";
export type Panel = "gate" | "state" | "stats" | "code";
