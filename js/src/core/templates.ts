/**
 * Ready circuits as editable gates, the same gates and order of weights as qlab/circuit/templates.py and
 * templates_more.py, which are held to Qiskit's. Pure; where they go and how they are asked for is the view's business.
 */

import { checkCircuit } from "./check";
import { type Circuit, empty, type Op, rowOf } from "./circuit";
import { CircuitError } from "./errors";
import { parseExpr } from "./expr";
import { resolve } from "./gates.gen";

type Step = readonly [gate: string, qubits: readonly number[], params?: readonly string[]];
export type Entanglement = "full" | "linear" | "reverse_linear" | "circular";
export const ENTANGLEMENT: readonly Entanglement[] = ["full", "linear", "reverse_linear", "circular"];
export const GRAPHS = ["ring", "line", "complete"] as const;

const range = (n: number): number[] => Array.from({ length: Math.max(0, n) }, (_, i) => i);

function build(n: number, name: string, steps: readonly Step[]): Circuit {
  const ops = steps.map(([gate, qubits, params = []], i): Op => {
    const found = resolve(gate)!;
    const k = Math.max(0, found.controls);
    return {
      id: `g${i + 1}`,
      gate: found.gate,
      qubits: qubits.slice(k),
      params: params.map(parseExpr),
      controls: [...qubits.slice(0, k)],
      anticontrols: [],
      clbits: [],
    };
  });
  return checkCircuit({ ...empty(n, name), ops });
}

/** The groups of k qubits that an entanglement joins, as Qiskit orders them. */
export function tuples(n: number, k: number, entanglement: Entanglement): number[][] {
  const chain = range(n - k + 1).map((i) => range(k).map((j) => i + j));
  if (entanglement === "linear") return chain;
  if (entanglement === "reverse_linear") return chain.reverse();
  if (entanglement === "circular") {
    const wrapped = range(n)
      .slice(Math.max(0, n - k + 1))
      .map((i) => range(k).map((j) => (i + j) % n));
    return [...(n > k ? wrapped : []), ...chain];
  }
  const all: number[][] = [];
  const grow = (from: number, chosen: number[]): void => {
    if (chosen.length === k) all.push(chosen);
    else for (let i = from; i < n; i++) grow(i + 1, [...chosen, i]);
  };
  grow(0, []);
  return all;
}

const ring = (n: number): Step[] =>
  n > 2
    ? range(n).map((i): Step => ["cx", [i, (i + 1) % n]])
    : tuples(n, 2, "linear").map((p): Step => ["cx", p]);
const inputs = (n: number, gate: string): Step[] => range(n).map((i): Step => [gate, [i], [`x[${i}]`]]);

export const angleEncoding = (n: number, gate = "ry"): Circuit => build(n, "angle_encoding", inputs(n, gate));

export function reuploading(n: number, layers = 2): Circuit {
  const layer = (l: number): Step[] => [
    ...inputs(n, "ry"),
    ...range(n).flatMap((i): Step[] => {
      const k = 2 * (l * n + i);
      return [
        ["ry", [i], [`w[${k}]`]],
        ["rz", [i], [`w[${k + 1}]`]],
      ];
    }),
    ...ring(n),
  ];
  return build(n, "reuploading", range(layers).flatMap(layer));
}

export function hardwareEfficient(n: number, layers = 1): Circuit {
  const layer = (l: number): Step[] => [
    ...range(n).map((i): Step => ["ry", [i], [`w[${2 * n * l + i}]`]]),
    ...range(n).map((i): Step => ["rz", [i], [`w[${2 * n * l + n + i}]`]]),
    ...tuples(n, 2, "linear").map((p): Step => ["cx", p]),
  ];
  return build(n, "hardware_efficient", range(layers).flatMap(layer));
}

function twoLocalSteps(
  n: number,
  gates: readonly string[],
  entanglers: readonly string[],
  reps: number,
  how: Entanglement,
): Step[] {
  const steps: Step[] = [];
  let k = 0;
  const place = (gate: string, qubits: readonly number[]): void => {
    const count = rowOf({ gate: resolve(gate)!.gate, qubits: [] })!.params.length;
    steps.push([gate, qubits, range(count).map((a) => `w[${k + a}]`)]);
    k += count;
  };
  for (const layer of range(reps + 1)) {
    if (layer > 0) for (const gate of entanglers) for (const pair of tuples(n, 2, how)) place(gate, pair);
    for (const gate of gates) for (const i of range(n)) place(gate, [i]);
  }
  return steps;
}

function fits(name: string, size: number, what: string): void {
  const found = resolve(name);
  const row = found && rowOf({ gate: found.gate, qubits: [] });
  if (row?.unitary && !row.variadic && row.targets + found!.controls === size) return;
  throw new CircuitError(`${name} is no gate on ${size} qubit${size > 1 ? "s" : ""}`, {
    where: `argument ${what}`,
    cure: size === 1 ? "use ry, rz, h" : "use cx, cz, crx, rzz",
  });
}

export function twoLocal(
  n: number,
  gates: readonly string[] = ["ry"],
  entanglers: readonly string[] = ["cz"],
  reps = 3,
  entanglement: Entanglement = "full",
): Circuit {
  for (const name of gates) fits(name, 1, "gates");
  for (const name of entanglers) fits(name, 2, "entanglers");
  return build(n, "two_local", twoLocalSteps(n, gates, entanglers, reps, entanglement));
}

export const realAmplitudes = (n: number, reps = 3, how: Entanglement = "reverse_linear"): Circuit =>
  build(n, "real_amplitudes", twoLocalSteps(n, ["ry"], ["cx"], reps, how));

export const efficientSu2 = (n: number, reps = 3, how: Entanglement = "reverse_linear"): Circuit =>
  build(n, "efficient_su2", twoLocalSteps(n, ["ry", "rz"], ["cx"], reps, how));

const layers = (reps: number, layer: readonly Step[]): Step[] => range(reps).flatMap(() => layer);
const hadamards = (n: number): Step[] => range(n).map((i): Step => ["h", [i]]);

export const zFeatureMap = (n: number, reps = 2): Circuit =>
  build(
    n,
    "z_feature_map",
    layers(reps, [...hadamards(n), ...range(n).map((i): Step => ["p", [i], [`2*x[${i}]`]])]),
  );

export function zzFeatureMap(n: number, reps = 2, how: Entanglement = "full"): Circuit {
  const pairs = tuples(n, 2, how).flatMap(([i, j]): Step[] => [
    ["cx", [i!, j!]],
    ["p", [j!], [`2*(pi-x[${i}])*(pi-x[${j}])`]],
    ["cx", [i!, j!]],
  ]);
  const layer = [...hadamards(n), ...range(n).map((i): Step => ["p", [i], [`2*x[${i}]`]]), ...pairs];
  return build(n, "zz_feature_map", layers(reps, layer));
}

export function pauliFeatureMap(
  n: number,
  paulis: readonly string[] = ["Z", "ZZ"],
  reps = 2,
  how: Entanglement = "full",
): Circuit {
  for (const word of paulis) {
    if (/^[XYZ]+$/.test(word) && word.length <= n) continue;
    const info = { where: "argument paulis", cure: "use letters X, Y, Z, at most one a qubit" };
    throw new CircuitError(`the Pauli string '${word}' doesn't fit ${n} qubits`, info);
  }
  const blocks = paulis.flatMap((word) =>
    tuples(n, word.length, how).flatMap((group) => pauliBlock(word, group)),
  );
  return build(n, "pauli_feature_map", layers(reps, [...hadamards(n), ...blocks]));
}

function pauliBlock(word: string, group: readonly number[]): Step[] {
  const letters = [...word].reverse();
  const turned = (angle: string): Step[] =>
    group.flatMap((q, i): Step[] =>
      letters[i] === "X" ? [["h", [q]]] : letters[i] === "Y" ? [["rx", [q], [angle]]] : [],
    );
  const chain = group.slice(1).map((q, i): Step => ["cx", [group[i]!, q]]);
  const factors = group.length > 1 ? group.map((q) => `(pi-x[${q}])`) : [`x[${group[0]}]`];
  const phase: Step = ["p", [group.at(-1)!], [["2", ...factors].join("*")]];
  return [...turned("pi/2"), ...chain, phase, ...[...chain].reverse(), ...turned("-pi/2")];
}

/** The state whose amplitudes are these numbers: RY under all patterns of controls, in Gray code order. */
export function amplitudeEncoding(values: readonly number[]): Circuit {
  const n = Math.max(1, Math.ceil(Math.log2(Math.max(1, values.length))));
  if (values.length === 0 || n > 10)
    throw new CircuitError(`${values.length} amplitudes are too many or too few`, { cure: "give 1 to 1024" });
  if (!values.every(Number.isFinite) || values.every((v) => v === 0))
    throw new CircuitError("the amplitudes are all 0, or one is not finite", {
      cure: "give finite numbers, not all 0",
    });
  const state = range(2 ** n).map((i) => values[i] ?? 0);
  const steps = range(n)
    .reverse()
    .flatMap((target) => uniformRy(anglesOf(state, target), target));
  return build(n, "amplitude_encoding", steps);
}

function anglesOf(state: readonly number[], target: number): number[] {
  const half = 2 ** target;
  const norm = (part: readonly number[]): number => Math.sqrt(part.reduce((sum, v) => sum + v * v, 0));
  return range(state.length / (2 * half)).map((k) => {
    const low = state.slice(2 * k * half, (2 * k + 1) * half);
    const high = state.slice((2 * k + 1) * half, 2 * (k + 1) * half);
    return 2 * (target === 0 ? Math.atan2(high[0]!, low[0]!) : Math.atan2(norm(high), norm(low)));
  });
}

const odd = (v: number): boolean => v.toString(2).replace(/0/g, "").length % 2 === 1;

function uniformRy(angles: readonly number[], target: number): Step[] {
  const size = angles.length;
  const gray = (i: number): number => i ^ (i >> 1);
  return range(size).flatMap((i): Step[] => {
    const total = angles.reduce((sum, a, j) => sum + (odd(j & gray(i)) ? -a : a), 0);
    const turn: Step = ["ry", [target], [String(Number((total / size).toPrecision(12)) || 0)]];
    if (size === 1) return [turn];
    const changed = gray(i) ^ gray((i + 1) % size);
    return [turn, ["cx", [target + 1 + Math.log2(changed), target]]];
  });
}

export function qaoa(n: number, edges: (typeof GRAPHS)[number] = "ring", reps = 1): Circuit {
  const pairs = tuples(n, 2, edges === "complete" ? "full" : "linear");
  if (edges === "ring" && n > 2) pairs.push([0, n - 1]);
  const layer = (l: number): Step[] => [
    ...pairs.map((p): Step => ["rzz", p, [`2*w[${reps + l}]`]]),
    ...range(n).map((i): Step => ["rx", [i], [`2*w[${l}]`]]),
  ];
  return build(n, "qaoa", [...hadamards(n), ...range(reps).flatMap(layer)]);
}

export function qcnn(n: number): Circuit {
  if (n < 2 || (n & (n - 1)) !== 0)
    throw new CircuitError(`a QCNN can't halve ${n} qubits`, { cure: "use 2, 4, 8 or 16 wires" });
  const steps: Step[] = [];
  let k = 0;
  const block = (a: number, b: number): void => {
    steps.push(
      ["rz", [b], ["-pi/2"]],
      ["cx", [b, a]],
      ["rz", [a], [`w[${k}]`]],
      ["ry", [b], [`w[${k + 1}]`]],
    );
    steps.push(["cx", [a, b]], ["ry", [b], [`w[${k + 2}]`]]);
    k += 3;
  };
  let left = range(n);
  while (left.length > 1) {
    const half = left.length / 2;
    const even = range(half).map((i) => [left[2 * i]!, left[2 * i + 1]!]);
    const odds = range(half).map((i) => [left[2 * i + 1]!, left[(2 * i + 2) % left.length]!]);
    for (const [a, b] of [...even, ...odds]) {
      block(a!, b!);
      steps.push(["cx", [b!, a!]], ["rz", [a!], ["pi/2"]]);
    }
    for (const i of range(half)) block(left[i]!, left[half + i]!);
    left = left.slice(half);
  }
  return build(n, "qcnn", steps);
}

export const ghz = (n: number): Circuit =>
  build(n, "ghz", [["h", [0]], ...range(n - 1).map((i): Step => ["cx", [i, i + 1]])]);

export function qft(n: number, inverse = false, swaps = true): Circuit {
  const sign = inverse ? "-" : "";
  const steps = range(n)
    .reverse()
    .flatMap((j): Step[] => [
      ["h", [j]],
      ...range(j)
        .reverse()
        .map((k): Step => ["cp", [k, j], [`${sign}pi/${2 ** (j - k)}`]]),
    ]);
  if (swaps) steps.push(...range(Math.floor(n / 2)).map((i): Step => ["swap", [i, n - 1 - i]]));
  return build(n, inverse ? "inverse_qft" : "qft", inverse ? steps.reverse() : steps);
}
