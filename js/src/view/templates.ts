/**
 * Ready circuits for the Templates menu and the empty state: the same gates and order of weights as
 * qlab/circuit/templates.py. Pure; `appended` puts one behind what is there already.
 */
import { type Circuit, empty, nextWeight } from "../core/circuit";
import { apply, type NewOp } from "../core/edit";
import { mapSymbols, parseExpr } from "../core/expr";

export interface Template {
  readonly id: string;
  readonly title: string;
  /** One line about it, for `n` wires. */
  note(n: number): string;
  build(n: number): Circuit;
}

type Step = readonly [gate: string, qubits: readonly number[], param?: string];

function build(n: number, name: string, steps: readonly Step[]): Circuit {
  return steps.reduce(
    (c, [gate, qubits, param]) => {
      const op: NewOp = { gate, qubits, params: param ? [parseExpr(param)] : [] };
      return apply(c, { type: "insert", op, at: c.ops.length });
    },
    empty(n, name),
  );
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const chain = (n: number): Step[] => range(n - 1).map((i) => ["cx", [i, i + 1]]);
const ring = (n: number): Step[] => (n > 2 ? range(n).map((i) => ["cx", [i, (i + 1) % n]]) : chain(n));

export function angleEncoding(n: number): Circuit {
  const steps = range(n).map((i): Step => ["ry", [i], `x[${i}]`]);
  return build(n, "angle_encoding", steps);
}

/** Data re-uploading: RY(x), trained RY and RZ, a ring of CX, in each layer. */
export function reuploading(n: number, layers = 2): Circuit {
  const layer = (l: number): Step[] => [
    ...range(n).map((i): Step => ["ry", [i], `x[${i}]`]),
    ...range(n).flatMap((i): Step[] => {
      const k = 2 * (l * n + i);
      return [
        ["ry", [i], `w[${k}]`],
        ["rz", [i], `w[${k + 1}]`],
      ];
    }),
    ...ring(n),
  ];
  return build(n, "reuploading", range(layers).flatMap(layer));
}

/** Qiskit's real_amplitudes: `reps` + 1 layers of RY(w), a reversed chain of CX between. */
export function realAmplitudes(n: number, reps = 2): Circuit {
  const layer = (l: number): Step[] => [
    ...(l > 0 ? chain(n).reverse() : []),
    ...range(n).map((i): Step => ["ry", [i], `w[${l * n + i}]`]),
  ];
  return build(n, "real_amplitudes", range(reps + 1).flatMap(layer));
}

const wires = (n: number): string => `${n} ${n === 1 ? "wire" : "wires"}`;

export const TEMPLATES: readonly Template[] = [
  {
    id: "angle",
    title: "Angle encoding",
    note: (n) => `${wires(n)}, ${n} ${n === 1 ? "input" : "inputs"}`,
    build: angleEncoding,
  },
  { id: "reupload", title: "Re-upload", note: (n) => `${wires(n)}, 2 layers`, build: (n) => reuploading(n) },
  {
    id: "real",
    title: "RealAmplitudes",
    note: (n) => `${wires(n)}, ${3 * n} weights`,
    build: (n) => realAmplitudes(n),
  },
];

/** `c` with the template on all its wires behind what is there; its weights take the next free indices. */
export function appended(c: Circuit, template: Template): Circuit {
  const part = template.build(c.qubits.length);
  const first = nextWeight(c);
  const start =
    c.ops.length === 0 && c.name === "circuit" ? apply(c, { type: "rename", name: part.name }) : c;
  return part.ops.reduce((sum, { id: _, ...op }) => {
    const params = op.params.map((e) =>
      mapSymbols(e, (s) => (s.kind === "w" ? { kind: "w", index: s.index + first } : s)),
    );
    return apply(sum, { type: "insert", op: { ...op, params }, at: sum.ops.length });
  }, start);
}
