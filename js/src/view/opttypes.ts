/** What the Optimise view and the kernel say to each other, as types only. */

export interface TableData {
  readonly id: string;
  readonly title: string;
  /** operation, number, whole, mixed */
  readonly kind: string;
  readonly hint: string;
  /** What can be added: "rows", "both", or nothing. */
  readonly grow: string;
  readonly columns: readonly string[];
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Fault {
  readonly table: string | null;
  readonly row: number;
  readonly column: number;
  readonly message: string;
  readonly cure: string;
}

export interface Settings {
  readonly coarse: string;
  readonly refine: string;
  readonly time_limit: number;
  readonly seed: number;
}

export interface FormMessage {
  readonly type: "form";
  readonly templates: readonly { readonly kind: string; readonly title: string }[];
  readonly settings: Settings;
  /** Methods that can't be chosen, each with what is missing. */
  readonly missing: Readonly<Record<string, string>>;
  readonly form: {
    readonly kind: string;
    readonly title: string;
    readonly name: string;
    readonly tables: readonly TableData[];
  } | null;
  readonly faults: readonly Fault[];
  readonly size: readonly (readonly [string, string])[];
  readonly about: string;
  readonly code: string;
  readonly objective?: string;
  /** The problem is another one than the answer shown. */
  readonly stale: boolean;
  readonly circuit: CircuitOffer;
}

/** Whether the designer can open the coarse pass's circuit; its size, or why not. */
export interface CircuitOffer {
  readonly can: boolean;
  readonly why: string;
}

export interface Pair {
  readonly seed: number;
  readonly with: number;
  readonly without: number;
  readonly seconds_with: number;
  readonly seconds_without: number;
}

export interface Ablation {
  readonly key: string;
  readonly name: string;
  readonly running: boolean;
  readonly stopped: boolean;
  readonly method: string;
  readonly objective: string;
  readonly sense: "min" | "max";
  readonly total: number;
  readonly limit: number;
  readonly rows: readonly Pair[];
  readonly verdict: string;
  readonly preparing: string;
  readonly error: Refusal | null;
}

export interface Stage {
  readonly stage: string;
  readonly method: string;
  readonly began: number;
  /** null while it goes on */
  readonly seconds: number | null;
  readonly added: string;
  readonly summary: string;
}

export interface Coarse {
  readonly p_opt: number | null;
  readonly uniform: number | null;
  readonly times_uniform: number | null;
  readonly log2_times_uniform: number | null;
  readonly bits: number | null;
  readonly windows: number | null;
  /** Edges of the bins, the coarse pass's probability in each, uniform guessing's. */
  readonly histogram?: readonly [readonly number[], readonly number[], readonly number[]];
  readonly values?: readonly number[];
  readonly gammas?: readonly number[];
  readonly betas?: readonly number[];
  /** While angles are tuned: number of the evaluation, its energy, the best so far. */
  readonly energies?: readonly (readonly [number, number, number])[];
}

export interface Certificate {
  readonly kind: "proved" | "claimed" | "within" | "open" | "fails";
  readonly title: string;
  readonly text: string;
  /** What the checker said, in full. */
  readonly detail?: string;
  readonly json: string;
}

export interface Refusal {
  readonly message: string;
  readonly where?: string | null;
  readonly cure?: string | null;
  readonly conflict?: readonly string[];
}

export interface Status {
  readonly key: string;
  readonly name: string;
  /** running, optimal, stopped, time limit, done, failed */
  readonly state: string;
  readonly sense: "min" | "max";
  readonly objective: string;
  readonly value: number | null;
  readonly bound: number | null;
  readonly bound_source: string;
  readonly gap: number | null;
  readonly found_by: string;
  readonly seconds: number;
  readonly limit: number;
  readonly planned: readonly string[];
  readonly stages: readonly Stage[];
  readonly incumbents: readonly (readonly [number, number])[];
  readonly bounds: readonly (readonly [number, number, string])[];
  readonly coarse: Coarse | null;
  readonly certificate: Certificate | null;
  readonly error: Refusal | null;
  readonly stale: boolean;
  /** What is made ready before the clock starts; empty afterwards. */
  readonly preparing: string;
  /** Told once it has ended. */
  readonly circuit?: CircuitOffer;
}

export interface Bar {
  readonly row: number;
  readonly start: number;
  readonly end: number;
  readonly owner: number;
  readonly task: number;
  readonly critical: boolean;
}

export type Figure =
  | {
      readonly kind: "gantt";
      readonly rows: readonly string[];
      readonly bars: readonly Bar[];
      readonly end: number;
      readonly owner: string;
      /** Of a job shop: how many jobs there are; 0 is one colour for all. */
      readonly owners: number;
      readonly loads?: readonly {
        readonly name: string;
        readonly capacity: number;
        readonly times: readonly number[];
        readonly used: readonly number[];
      }[];
    }
  | {
      readonly kind: "matrix";
      readonly row: string;
      readonly column: string;
      readonly columns: number;
      readonly chosen: readonly number[];
      readonly costs: readonly (readonly number[])[] | null;
      readonly loads: readonly (readonly [number, number])[] | null;
    }
  | {
      readonly kind: "graph";
      readonly nodes: readonly string[];
      readonly sides: readonly number[];
      readonly edges: readonly (readonly [number, number, number])[];
    }
  | {
      readonly kind: "items";
      readonly taken: readonly number[];
      readonly values: readonly number[];
      readonly weights: readonly number[];
      readonly capacity: number;
    }
  | { readonly kind: "heaps"; readonly numbers: readonly number[]; readonly sides: readonly number[] };

export type FromKernel =
  | FormMessage
  | { readonly type: "status"; readonly status: Status | null }
  | { readonly type: "ablation"; readonly ablation: Ablation | null }
  | { readonly type: "figure"; readonly key: string; readonly figure: Figure | null }
  | ({ readonly type: "refused"; readonly at: string } & Refusal)
  | { readonly type: "plotly" };

export type ToKernel =
  | { type: "open" | "solve" | "ablate" | "circuit" | "stop" | "clear" | "plotly" }
  | { type: "template"; kind: string; anew?: boolean }
  | { type: "read"; path: string }
  | { type: "edit"; change: string; table?: string; row?: number; column?: number; text?: string }
  | { type: "set"; settings: Partial<Settings> };
