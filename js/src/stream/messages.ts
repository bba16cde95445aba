/** What panel and kernel say to each other, as types only (contract §7). No code here, so that both ends stay honest. */

/** A message channel to the kernel; a listener gets the JSON part and its binary buffers. */
export interface Link {
  send(message: object, buffers?: ArrayBuffer[]): void;
  onMessage(callback: (message: never, buffers: DataView[]) => void): () => void;
}

export type RunState = "waiting" | "running" | "paused" | "done" | "stopped" | "failed" | "interrupted";
export type Action =
  | "pause"
  | "resume"
  | "stop"
  | "lr"
  | "batch"
  | "freeze"
  | "thaw"
  | "branch"
  | "term"
  | "watch";

/** What a branch starts from and changes. */
export interface BranchOrder {
  readonly step?: number;
  readonly lr?: number;
  readonly name?: string;
}
export type OrderValue =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | readonly [string, number]
  | BranchOrder;

/** One reading of an instrument: step, seconds, values. */
export type Reading = readonly [number, number, Readonly<Record<string, unknown>>];

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
  readonly batch?: number | null;
  readonly frozen?: readonly number[];
  readonly terms?: Readonly<Record<string, number>>;
  readonly watched?: readonly string[];
  readonly warning?: { readonly message: string; readonly cure?: string | null } | null;
  readonly parent?: { readonly run: string; readonly step: number } | null;
  readonly checkpoints?: readonly number[];
  readonly measured?: Readonly<Record<string, Reading>>;
  readonly machine?: Machine | null;
}

/** What the kernel's machine has to do: a share of all its cores, bytes of this process. */
export interface Machine {
  readonly cpu: number | null;
  readonly cores: number;
  readonly memory: number;
  readonly threads: number;
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
  readonly id?: string | null;
  readonly message: string;
  readonly cure?: string | null;
}

/** One run of a panel of several. */
export interface SetRow {
  readonly id: string;
  readonly name: string;
  readonly state: RunState;
  readonly parent: string | null;
  readonly parent_step: number | null;
}

/** Messages about runs beside the streams; a session passes them over. */
export type Aside =
  | {
      readonly type: "set";
      readonly client?: string | null;
      readonly current: string;
      readonly runs: readonly SetRow[];
      /** Figures the runs can be asked for. */
      readonly views?: readonly string[];
    }
  | {
      readonly type: "branched" | "resumed";
      readonly run: string;
      readonly child: string;
      readonly name: string;
    }
  | {
      readonly type: "view";
      readonly run: string;
      readonly client?: string | null;
      readonly id?: string | null;
      readonly name: string;
      readonly value: Readonly<Record<string, unknown>> | null;
      readonly fault?: { readonly message: string; readonly cure?: string | null } | null;
    }
  | {
      readonly type: "script";
      readonly run: string;
      readonly client?: string | null;
      readonly text: string;
    }
  | {
      readonly type: "readings";
      readonly run: string;
      readonly name: string;
      readonly rows: readonly Reading[];
    };

export type FromKernel = Hello | Append | History | StatusMessage | Refusal | { readonly type: "plotly" };

export type ToKernel =
  | { type: "open"; client: string; run: string }
  | { type: "ack"; client: string; run: string; seq: number }
  | { type: "pull"; client: string; run: string; id: string; from: number; to: number; points: number }
  | { type: "control"; client: string; run: string; action: Action; value?: OrderValue }
  | { type: "close"; client: string; run: string };
