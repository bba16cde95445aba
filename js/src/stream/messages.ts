/** What panel and kernel say to each other, as types only (contract §7). No code here, so that both ends stay honest. */

/** A message channel to the kernel; a listener gets the JSON part and its binary buffers. */
export interface Link {
  send(message: object, buffers?: ArrayBuffer[]): void;
  onMessage(callback: (message: never, buffers: DataView[]) => void): () => void;
}

export type RunState = "waiting" | "running" | "paused" | "done" | "stopped" | "failed" | "interrupted";
export type Action = "pause" | "resume" | "stop" | "lr";

export interface Intervention {
  readonly step: number;
  readonly time: number;
  readonly kind: string;
  readonly old: unknown;
  readonly new: unknown;
  readonly text: string;
}

export interface CircuitStats {
  readonly depth: number;
  readonly depth2: number;
  readonly gates: number;
  readonly gates2: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly weights: number;
  readonly inputs: number;
}

export interface Confusion {
  readonly labels: readonly string[];
  readonly matrix: readonly (readonly number[])[];
  readonly step: number;
}

export interface RunError {
  readonly type: string;
  readonly message: string;
  readonly where?: string | null;
  readonly cure?: string | null;
  readonly traceback?: string | null;
}

export interface Status {
  readonly state: RunState;
  readonly step: number;
  readonly total: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly lr: number;
  readonly lr_pending: number | null;
  readonly stats: CircuitStats;
  readonly events: readonly Intervention[];
  readonly confusion: Confusion | null;
  readonly error: RunError | null;
  readonly metrics: Readonly<Record<string, number | null>> | null;
  readonly elapsed: number;
  readonly seed: number | null;
  readonly baseline: { readonly name: string; readonly accuracy?: number; readonly r2?: number } | null;
}

interface OfRun {
  readonly run: string;
}

export interface Hello extends OfRun {
  readonly type: "hello";
  readonly client: string;
  readonly seq: number;
  readonly name: string;
  readonly columns: readonly string[];
  readonly n: number;
  readonly status: Status;
}

export interface Append extends OfRun {
  readonly type: "append";
  readonly seq: number;
  readonly from: number;
  readonly n: number;
}

export interface History extends OfRun {
  readonly type: "history";
  readonly id: string;
  readonly from: number;
  readonly n: number;
  readonly total: number;
  readonly exact: boolean;
}

export interface StatusMessage extends OfRun {
  readonly type: "status";
  readonly seq: number;
  /** Rows there are, so that a lost tail is noticed. */
  readonly n?: number;
  readonly status: Status;
}

export interface Refusal {
  readonly type: "error";
  readonly run?: string | null;
  readonly message: string;
  readonly cure?: string | null;
}

export type FromKernel = Hello | Append | History | StatusMessage | Refusal | { readonly type: "plotly" };

export type ToKernel =
  | { type: "open"; client: string; run: string }
  | { type: "ack"; client: string; run: string; seq: number }
  | { type: "pull"; client: string; run: string; id: string; from: number; to: number; points: number }
  | { type: "control"; client: string; run: string; action: Action; value?: number }
  | { type: "close"; client: string; run: string };
