/** The exact statistics of a circuit as they are shown: name, figure, what stands small behind it, what a pointer is told. */
import type { Circuit } from "../core/circuit";
import { thousands } from "./format";
import { statsOf } from "./session";

export interface Fact {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly about?: string;
}

export function factsOf(c: Circuit): Fact[] {
  const st = statsOf(c);
  const names = Object.entries(st.counts)
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) => `${name} ${n}`)
    .join(", ");
  const cone = "Wires that can influence Z on the first wire";
  return [
    { name: "Depth", value: st.depth, unit: "" },
    { name: "2-qubit depth", value: st.depth2, unit: "" },
    { name: "Gates", value: st.gates, unit: ` / ${thousands(st.gates2)} two-qubit`, about: names },
    { name: "Weights", value: st.weights, unit: "" },
    { name: "Inputs", value: st.inputs, unit: "" },
    { name: "Light cone", value: st.light_cone.length, unit: ` of ${c.qubits.length}`, about: cone },
  ];
}
