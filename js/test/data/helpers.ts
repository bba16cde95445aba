/** A small dataset as the kernel would tell it, and a link that keeps what is sent. */

import type {
  Choice,
  Column,
  Dataset,
  FromKernel,
  Link,
  PlanMessage,
  ToKernel,
} from "../../src/view/datatypes";

export function column(name: string, changes: Partial<Column> = {}): Column {
  return {
    name,
    type: "float",
    missing: 0,
    unique: 5,
    low: 0,
    high: 4,
    counts: [
      [1, 2, 0],
      [0, 1, 1],
    ],
    top: [],
    ...changes,
  };
}

export function choice(changes: Partial<Choice>): Choice {
  return {
    target: "kind",
    columns: ["a", "b"],
    classes: null,
    reduce: null,
    qubits: null,
    encode: "angle",
    impute: "median",
    val: 0.2,
    test: 0.2,
    seed: 0,
    ...changes,
  };
}

const kinds: Partial<Column> = {
  type: "text",
  unique: 3,
  low: null,
  high: null,
  counts: [],
  top: [
    ["<b>one</b>", 3],
    ["two", 2],
    ["three", 1],
  ],
};

export function dataset(changes: Partial<Dataset> = {}): Dataset {
  return {
    key: "k1",
    hash: "h1",
    name: "<img src=x>.csv",
    rows: 1000,
    total: 1000,
    condition: "",
    columns: [column("a"), column("b", { missing: 2 }), column("kind", kinds)],
    shown: 3,
    bytes: 31_000,
    missing: 2,
    bad: { lines: 1, total: 1, rows: [[48, "a", "not a number", "<script>alert(1)</script>"]] },
    note: "utf-8",
    licence: "CC0",
    seconds: 0.014,
    classes: ["<b>one</b>", "three", "two"],
    ...changes,
  };
}

export function plan(changes: Partial<PlanMessage> = {}, options: Partial<Choice> = {}): PlanMessage {
  const encoding = (name: string, gates: number) => ({ name, note: "note", qubits: 2, gates, fits: true });
  return {
    type: "plan",
    key: "k1",
    choice: choice(options),
    plan: {
      target: "kind",
      task: "classification",
      classes: ["<b>one</b>", "three", "two"],
      names: ["a", "b"],
      qubits: 2,
      encode: "angle",
      encodings: [encoding("angle", 2), encoding("iqp", 5), encoding("raw", 0)],
      rows: { train: 600, val: 200, test: 200 },
      clipped: 0.014,
      dropped: 0,
      lineage: "7c1e000000000a90",
    },
    error: null,
    code: "import qlab\n",
    used: false,
    preview: { row: 0, label: "two", part: "train", filled: [], angles: [1.5, -0.5] },
    ...changes,
  };
}

export interface FakeLink extends Link {
  readonly sent: ToKernel[];
  tell(message: FromKernel, buffers?: DataView[]): void;
  readonly listeners: number;
}

export function fakeLink(): FakeLink {
  const listeners = new Set<(message: never, buffers: DataView[]) => void>();
  const sent: ToKernel[] = [];
  return {
    sent,
    send: (message) => sent.push(message as ToKernel),
    onMessage(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    tell(message, buffers = []) {
      for (const listener of listeners) listener(message as never, buffers);
    },
    get listeners() {
      return listeners.size;
    },
  };
}

export function datasetMessage(shown: Dataset | null = dataset()): FromKernel {
  return {
    type: "dataset",
    dataset: shown,
    tabs: shown
      ? [
          { key: shown.key, name: shown.name },
          { key: "k2", name: "other" },
        ]
      : [],
    gallery: [
      {
        name: "iris",
        title: "Iris",
        rows: 150,
        columns: 5,
        task: "3 classes",
        qubits: 4,
        baseline: 0.96,
        licence: "x",
      },
    ],
    variables: [{ name: "df", about: "DataFrame, 3 × 2" }],
  };
}
