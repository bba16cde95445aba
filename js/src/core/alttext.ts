/** A circuit in words, for those who hear a picture: wires, depth, and every operation by column. */
import type { Circuit, Op } from "./circuit";
import { columns } from "./columns";
import { opName } from "./describe";
import { stats } from "./stats";

const MOST = 60;
const many = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

function sentence(c: Circuit, op: Op): string {
  const names = (list: readonly number[]): string => list.map((q) => c.qubits[q]).join(" and ");
  const on = op.qubits.length > 0 ? ` on ${names(op.qubits)}` : "";
  const ones = op.controls.length > 0 ? ` controlled by ${names(op.controls)}` : "";
  const zeros = op.anticontrols.length > 0 ? ` where ${names(op.anticontrols)} is 0` : "";
  const into = op.clbits.length > 0 ? ` into ${op.clbits.map((b) => c.clbits[b]).join(" and ")}` : "";
  const test = op.condition;
  const when = test ? ` if ${test.clbits.map((b) => c.clbits[b]).join(", ")} is ${test.value}` : "";
  const bare = opName({ ...op, controls: [], anticontrols: [] });
  return `${bare}${on}${ones}${zeros}${into}${when}`;
}

/** One paragraph: "Quantum circuit bell: 2 wires, 2 gates, depth 2. Column 0: H on q0. Column 1: X on q1 controlled by q0." */
export function altText(c: Circuit): string {
  const st = stats(c);
  const bits = c.clbits.length > 0 ? `, ${many(c.clbits.length, "classical bit")}` : "";
  const reads = [
    st.inputs > 0 ? many(st.inputs, "input") : "",
    st.weights > 0 ? many(st.weights, "weight") : "",
  ].filter((text) => text !== "");
  const head = `Quantum circuit ${c.name}: ${many(c.qubits.length, "wire")}${bits}, ${many(st.gates, "gate")}, depth ${st.depth}${reads.length > 0 ? `, ${reads.join(", ")}` : ""}.`;
  const cols = columns(c);
  const byColumn = new Map<number, string[]>();
  c.ops.slice(0, MOST).forEach((op, i) => {
    const col = cols[i]!;
    byColumn.set(col, [...(byColumn.get(col) ?? []), sentence(c, op)]);
  });
  const parts = [...byColumn]
    .sort(([a], [b]) => a - b)
    .map(([col, list]) => `Column ${col}: ${list.join("; ")}.`);
  const rest = c.ops.length > MOST ? [`${c.ops.length - MOST} more operations.`] : [];
  return [head, ...parts, ...rest].join(" ");
}
