/** What the data view and the kernel say to each other, as types only. The other end is qlab/widgets/dataserver.py. */

import type { UploadAnswer } from "../stream/upload";

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
  /** Of dates: seconds since 1970, UTC. */
  readonly low: number | null;
  readonly high: number | null;
  /** Dates without a time of day. */
  readonly daily?: boolean;
  /** The mean of a column of numbers: the shade of a pixel in the mean image. */
  readonly mean?: number | null;
  /** First and last edge of the histogram. */
  readonly span?: readonly [number, number] | null;
  /** One row of counts a class, or one for all. */
  readonly counts: readonly (readonly number[])[];
  readonly top: readonly (readonly [Value, number])[];
}

export type BadRow = readonly [line: number, column: string, kind: string, text: string];

/** What a brush on a card lets through: a range of numbers, both ends included, or some values (null is missing). */
export type Brush = readonly [low: number, high: number] | { readonly values: readonly (Value | null)[] };
export type Brushes = Readonly<Record<string, Brush>>;

/** Columns that are the pixels of one grey picture a row. */
export interface ImageColumns {
  readonly columns: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly low: number;
  readonly high: number;
}

export interface Sort {
  readonly by: string;
  readonly descending: boolean;
}

export interface Dataset {
  /** Names, types and rows are known, what is in the columns is not yet. */
  readonly provisional?: boolean;
  readonly key: string;
  readonly hash: string;
  readonly name: string;
  readonly rows: number;
  /** Rows before the filter. */
  readonly total: number;
  readonly condition: string;
  readonly columns: readonly Column[];
  /** How many columns a page has. */
  readonly shown: number;
  /** Their names; without it the first of `columns`. */
  readonly grid?: readonly string[];
  /** Rows a page may have to stay small on the wire. */
  readonly page?: number;
  readonly image?: ImageColumns | null;
  readonly sort?: Sort | null;
  readonly ranges?: Brushes;
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
  /** Rows a class in each part, in the order of `classes`. */
  readonly balances?: {
    readonly train: readonly number[];
    readonly val: readonly number[];
    readonly test: readonly number[];
  } | null;
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
  /** There is a designer that can take the gates of the encoding. */
  readonly designer?: boolean;
}

export interface PageMessage {
  readonly type: "page";
  readonly hash: string;
  readonly id: number;
  readonly from: number;
  readonly n: number;
  readonly columns: readonly { readonly kind: "number" | "text"; readonly at: number }[];
  /** Where the numbers of the rows in the dataset begin, when it is sorted. */
  readonly rows?: number | null;
  readonly image?: { readonly at: number; readonly width: number; readonly height: number } | null;
}

/** The histograms of the rows that pass the brushes of all other columns. */
export interface CrossMessage {
  readonly type: "cross";
  readonly key: string;
  readonly id: number | null;
  readonly rows: number;
  readonly total: number;
  readonly columns: readonly { readonly name: string; readonly counts: Column["counts"] }[];
}

export interface BadMessage {
  readonly type: "bad";
  readonly key: string;
  readonly from: number;
  readonly total: number;
  readonly rows: readonly BadRow[];
}

/** How far the kernel has a file that is sent up to it. */
export interface UploadMessage extends UploadAnswer {
  readonly type: "upload";
}

/** A file that the kernel has ready to be fetched, and its pieces. */
export interface ExportMessage {
  readonly type: "export";
  readonly id: string;
  readonly state: "ready" | "written";
  readonly name?: string;
  readonly size?: number;
  readonly chunk?: number;
  readonly rows?: number;
  readonly neutralised?: number;
}
export interface PieceMessage {
  readonly type: "piece";
  readonly id: string;
  readonly at: number;
  readonly last: boolean;
}

/** How far a file is read; a source of null says that it was stopped. */
export interface LoadingMessage {
  readonly type: "loading";
  readonly source: string;
  readonly stage: "upload" | "estimate" | "check" | "read" | "done";
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
  readonly columns: readonly {
    readonly name: string;
    readonly counts: readonly number[];
    readonly low?: number;
    readonly high?: number;
  }[];
}

export type FaultPlace = "load" | "filter" | "plan" | "page" | "export";

export type FromKernel =
  | DatasetMessage
  | LoadingMessage
  | { readonly type: "loading"; readonly source: null }
  | PlanMessage
  | PageMessage
  | CrossMessage
  | BadMessage
  | UploadMessage
  | ExportMessage
  | PieceMessage
  | { readonly type: "preview"; readonly key: string; readonly preview: Preview | null }
  | ({ readonly type: "error"; readonly at: FaultPlace } & Fault);

export type ToKernel =
  | { type: "open" }
  | { type: "cancel"; id?: string }
  | { type: "load"; source: string; strict?: true }
  | { type: "pick" | "close"; key: string }
  | { type: "choose"; set: Partial<Choice> }
  | { type: "page"; id: number; from: number; n: number }
  | { type: "row"; row: number }
  | { type: "filter"; condition: string; ranges: Brushes }
  | { type: "brush"; id: number; ranges: Brushes }
  | { type: "sort"; by: string | null; descending: boolean }
  | { type: "bad"; from: number; n: number }
  | { type: "upload"; id: string; name: string; size: number; strict?: true }
  | { type: "chunk"; id: string; at: number }
  | { type: "export"; id: string; what: "rows" | "bad"; format: "csv" }
  | { type: "pull"; id: string; at: number }
  | { type: "use"; encode?: true };
