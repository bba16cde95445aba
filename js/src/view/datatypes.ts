/** What the data view and the kernel say to each other, as types only. The other end is qlab/widgets/dataserver.py. */

/** A message channel to the kernel; a listener gets the JSON part and its binary buffers. */
export interface Link {
  send(message: object, buffers?: ArrayBuffer[]): void;
  onMessage(callback: (message: never, buffers: DataView[]) => void): () => void;
}

export type ColumnType = "int" | "float" | "bool" | "text" | "date" | "other";
export type Value = string | number | boolean;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly missing: number;
  readonly unique: number;
  readonly low: number | null;
  readonly high: number | null;
  /** One row of counts a class, or one for all. */
  readonly counts: readonly (readonly number[])[];
  readonly top: readonly (readonly [Value, number])[];
}

export type BadRow = readonly [line: number, column: string, kind: string, text: string];

export interface Dataset {
  readonly key: string;
  readonly hash: string;
  readonly name: string;
  readonly rows: number;
  /** Rows before the filter. */
  readonly total: number;
  readonly condition: string;
  readonly columns: readonly Column[];
  /** Columns that the grid shows, from the first. */
  readonly shown: number;
  readonly bytes: number;
  /** The columns are mapped from disk, not held in memory. */
  readonly mapped?: boolean;
  readonly missing: number;
  readonly bad: { readonly lines: number; readonly total: number; readonly rows: readonly BadRow[] };
  readonly note: string;
  readonly licence: string | null;
  readonly seconds: number;
  /** The classes that colour the histograms, in the order of their colours. */
  readonly classes: readonly Value[] | null;
}

export interface GallerySet {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly columns: number;
  readonly task: string;
  readonly qubits: number;
  readonly baseline: number;
  readonly licence: string;
}

export interface Choice {
  readonly target: string | null;
  readonly columns: readonly string[];
  readonly classes: readonly Value[] | null;
  readonly reduce: string | null;
  readonly qubits: number | null;
  readonly encode: string;
  readonly impute: string;
  readonly val: number;
  readonly test: number;
  readonly seed: number;
}

export interface Encoding {
  readonly name: string;
  readonly note: string;
  readonly qubits: number;
  readonly gates: number;
  readonly fits: boolean;
}

/** What the choice gives, as Features.describe() says it. */
export interface Plan {
  readonly target: string;
  readonly task: string;
  readonly classes: readonly Value[] | null;
  readonly names: readonly string[];
  readonly qubits: number;
  readonly encode: string;
  readonly encodings: readonly Encoding[];
  readonly rows: { readonly train: number; readonly val: number; readonly test: number };
  readonly clipped: number;
  readonly dropped: number;
  readonly lineage: string;
}

export interface Preview {
  readonly row: number;
  readonly label: Value | null;
  readonly part: string;
  readonly filled: readonly string[];
  readonly angles: readonly number[];
}

export interface Fault {
  readonly message: string;
  readonly where?: string | null;
  readonly cure?: string | null;
}

export interface DatasetMessage {
  readonly type: "dataset";
  readonly dataset: Dataset | null;
  readonly tabs: readonly { readonly key: string; readonly name: string }[];
  readonly gallery: readonly GallerySet[];
  readonly variables: readonly { readonly name: string; readonly about: string }[];
}

export interface PlanMessage {
  readonly type: "plan";
  readonly key: string;
  readonly choice: Choice;
  readonly plan: Plan | null;
  readonly error: Fault | null;
  readonly code: string;
  readonly used: boolean;
  readonly preview: Preview | null;
}

export interface PageMessage {
  readonly type: "page";
  readonly hash: string;
  readonly id: number;
  readonly from: number;
  readonly n: number;
  readonly columns: readonly { readonly kind: "number" | "text"; readonly at: number }[];
}

/** How far a file is read; a source of null says that it was stopped. */
export interface LoadingMessage {
  readonly type: "loading";
  readonly source: string;
  readonly stage: "estimate" | "check" | "read" | "done";
  readonly done: number;
  readonly total: number;
  readonly rows: number;
  readonly bad: number;
  readonly seconds: number;
  readonly left: number | null;
  readonly estimate: {
    readonly rows: number;
    readonly nbytes: number;
    readonly seconds: number;
    readonly free: number;
    readonly mapped: boolean;
    readonly exact: boolean;
  } | null;
  readonly columns: readonly { readonly name: string; readonly counts: readonly number[] }[];
}

export type FromKernel =
  | DatasetMessage
  | LoadingMessage
  | { readonly type: "loading"; readonly source: null }
  | PlanMessage
  | PageMessage
  | { readonly type: "preview"; readonly key: string; readonly preview: Preview | null }
  | ({ readonly type: "error"; readonly at: "load" | "filter" | "plan" | "page" } & Fault);

export type ToKernel =
  | { type: "open" | "cancel" }
  | { type: "load"; source: string }
  | { type: "pick" | "close"; key: string }
  | { type: "choose"; set: Partial<Choice> }
  | { type: "page"; id: number; from: number; n: number }
  | { type: "row"; row: number }
  | { type: "filter"; condition: string }
  | { type: "use" };
