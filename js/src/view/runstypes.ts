/** What the list of stored runs says to its host and hears from the kernel. Types only. */

import type { RunRow } from "./runsrows";

export interface RunsHost {
  /** Shows the panel of one run, or of several over each other; false where the host can't. */
  open(runs: readonly string[]): boolean;
  resume(run: string): boolean;
}

export interface Answer {
  readonly type: string;
  readonly client?: string | null;
  readonly id?: string | null;
  readonly message?: string;
  readonly cure?: string | null;
  readonly all?: number;
  readonly total?: number;
  readonly folder?: string;
  readonly rows?: readonly RunRow[];
  readonly tags?: readonly string[];
  readonly action?: string;
  readonly count?: number;
  readonly text?: string;
  readonly run?: string;
}

export interface RunsView {
  refresh(): void;
  /** Nothing can be asked at present: the sentence, and a way on. Null when there is a kernel again. */
  away(content: Node[] | null): void;
}
