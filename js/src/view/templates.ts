/** What the Templates menu and the empty state offer: each template with its settings, and where it goes. Pure. */
import { type Circuit, nextWeight, rowOf } from "../core/circuit";
import { apply } from "../core/edit";
import { mapSymbols } from "../core/expr";
import { resolve } from "../core/gates.gen";
import * as t from "../core/templates";

export type Setting =
  | {
      readonly key: string;
      readonly label: string;
      readonly kind: "count";
      readonly value: number;
      readonly most: number;
    }
  | {
      readonly key: string;
      readonly label: string;
      readonly kind: "choice";
      readonly value: string;
      readonly choices: readonly string[];
    }
  | {
      readonly key: string;
      readonly label: string;
      readonly kind: "words" | "numbers";
      readonly value: string;
      readonly hint: string;
    };

export type Values = Readonly<Record<string, number | string>>;

export interface Template {
  readonly id: string;
  readonly title: string;
  readonly settings: readonly Setting[];
  /** One line about it, for `n` wires. */
  note(n: number): string;
  build(n: number, values: Values): Circuit;
}

const wires = (n: number): string => `${n} ${n === 1 ? "wire" : "wires"}`;
const count = (key: string, label: string, value: number, most = 12): Setting => ({
  key,
  label,
  kind: "count",
  value,
  most,
});
const choice = (key: string, label: string, value: string, choices: readonly string[]): Setting => ({
  key,
  label,
  kind: "choice",
  value,
  choices,
});
const entanglement = (value: t.Entanglement): Setting =>
  choice("entanglement", "Entanglement", value, t.ENTANGLEMENT);
const words = (text: string | number | undefined): string[] =>
  String(text ?? "")
    .split(/[\s,;]+/)
    .filter(Boolean);
const how = (v: Values): t.Entanglement => v.entanglement as t.Entanglement;
const reps = (v: Values): number => Number(v.reps);

function template(
  id: string,
  title: string,
  settings: readonly Setting[],
  note: (n: number) => string,
  build: Template["build"],
): Template {
  return { id, title, settings, note, build };
}

export const TEMPLATES: readonly Template[] = [
  template(
    "angle",
    "Angle encoding",
    [choice("gate", "Gate", "ry", ["ry", "rx", "rz", "p"])],
    (n) => `${wires(n)}, ${n} ${n === 1 ? "input" : "inputs"}`,
    (n, v) => t.angleEncoding(n, String(v.gate)),
  ),
  template(
    "reupload",
    "Re-upload",
    [count("layers", "Layers", 2)],
    (n) => `${wires(n)}, 2 layers`,
    (n, v) => t.reuploading(n, Number(v.layers)),
  ),
  template(
    "real",
    "RealAmplitudes",
    [count("reps", "Repetitions", 2), entanglement("reverse_linear")],
    (n) => `${wires(n)}, ${3 * n} weights`,
    (n, v) => t.realAmplitudes(n, reps(v), how(v)),
  ),
  template(
    "su2",
    "EfficientSU2",
    [count("reps", "Repetitions", 1), entanglement("reverse_linear")],
    (n) => `${wires(n)}, ${4 * n} weights`,
    (n, v) => t.efficientSu2(n, reps(v), how(v)),
  ),
  template(
    "hardware",
    "Hardware-efficient",
    [count("layers", "Layers", 2)],
    (n) => `${wires(n)}, ${4 * n} weights`,
    (n, v) => t.hardwareEfficient(n, Number(v.layers)),
  ),
  template(
    "local",
    "TwoLocal",
    [
      { key: "gates", label: "Rotations", kind: "words", value: "ry", hint: "ry, rz, u" },
      { key: "entanglers", label: "Entanglers", kind: "words", value: "cz", hint: "cx, cz, crx, rzz" },
      count("reps", "Repetitions", 2),
      entanglement("full"),
    ],
    () => "rotations and entanglers of your choice",
    (n, v) => t.twoLocal(n, words(v.gates), words(v.entanglers), reps(v), how(v)),
  ),
  template(
    "z",
    "ZFeatureMap",
    [count("reps", "Repetitions", 2)],
    (n) => `${n} inputs`,
    (n, v) => t.zFeatureMap(n, reps(v)),
  ),
  template(
    "zz",
    "ZZFeatureMap",
    [count("reps", "Repetitions", 2), entanglement("full")],
    (n) => `${n} inputs, in pairs`,
    (n, v) => t.zzFeatureMap(n, reps(v), how(v)),
  ),
  template(
    "pauli",
    "PauliFeatureMap",
    [
      { key: "paulis", label: "Pauli strings", kind: "words", value: "Z ZZ", hint: "Z, ZZ, XY" },
      count("reps", "Repetitions", 2),
      entanglement("full"),
    ],
    (n) => `${n} inputs, strings of X, Y, Z`,
    (n, v) => t.pauliFeatureMap(n, words(v.paulis), reps(v), how(v)),
  ),
  template(
    "amplitude",
    "Amplitude encoding",
    [
      {
        key: "values",
        label: "Amplitudes",
        kind: "numbers",
        value: "1 2 3 4",
        hint: "numbers, scaled to length 1",
      },
    ],
    () => "prepares given amplitudes",
    (_, v) => t.amplitudeEncoding(words(v.values).map(Number)),
  ),
  template(
    "qaoa",
    "QAOA",
    [choice("edges", "Graph", "ring", t.GRAPHS), count("reps", "Layers", 1)],
    () => "MaxCut on a graph, 2 weights a layer",
    (n, v) => t.qaoa(n, v.edges as (typeof t.GRAPHS)[number], reps(v)),
  ),
  template(
    "qcnn",
    "QCNN",
    [],
    () => "2, 4, 8 or 16 wires, halved layer by layer",
    (n) => t.qcnn(n),
  ),
  template(
    "ghz",
    "GHZ",
    [],
    (n) => `${wires(n)}, all or none`,
    (n) => t.ghz(n),
  ),
  template(
    "qft",
    "QFT",
    [
      choice("direction", "Direction", "forward", ["forward", "inverse"]),
      choice("swaps", "Swaps", "yes", ["yes", "no"]),
    ],
    (n) => `${wires(n)}, Fourier transform`,
    (n, v) => t.qft(n, v.direction === "inverse", v.swaps === "yes"),
  ),
];

/** The settings as they are at first. */
export const defaults = (of: Template): Values =>
  Object.fromEntries(of.settings.map((s) => [s.key, s.value]));

/** The three that the empty drawing offers. */
export const FIRST: readonly Template[] = TEMPLATES.slice(0, 3);

/** `c` with the template on its wires behind what is there; its weights take the next free indices. */
export function appended(c: Circuit, of: Template, values: Values = defaults(of)): Circuit {
  const part = of.build(c.qubits.length, values);
  const first = nextWeight(c);
  const missing = part.qubits.length - c.qubits.length;
  let start = c.ops.length === 0 && c.name === "circuit" ? apply(c, { type: "rename", name: part.name }) : c;
  for (let i = 0; i < missing; i++) start = apply(start, { type: "addWire" });
  return part.ops.reduce((sum, { id: _, ...op }) => {
    const params = op.params.map((e) =>
      mapSymbols(e, (s) => (s.kind === "w" ? { kind: "w", index: s.index + first } : s)),
    );
    return apply(sum, { type: "insert", op: { ...op, params }, at: sum.ops.length });
  }, start);
}

/** Whether each word is a gate on so many wires: for the field that asks for them. */
export function gateWords(text: string, size: number): boolean {
  return words(text).every((name) => {
    const found = resolve(name);
    const row = found && rowOf({ gate: found.gate, qubits: [] });
    return row !== undefined && row.targets + found!.controls === size;
  });
}
