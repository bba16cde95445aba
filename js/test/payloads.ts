/** Circuits whose every name and label is a script, from tests/vectors/payloads.json, as canonical texts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { empty } from "../src/core/circuit";
import { apply } from "../src/core/edit";
import { parseExpr } from "../src/core/expr";
import { print } from "../src/core/text";

export const payloads = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "..", "tests", "vectors", "payloads.json"), "utf8"),
) as string[];

const HADAMARD = [
  [Math.SQRT1_2, Math.SQRT1_2],
  [Math.SQRT1_2, -Math.SQRT1_2],
].map((row) => row.map((v) => [v, 0] as const));

/** One for each payload: as the name of the circuit, a wire, a bit, a symbol, a block, a matrix. */
export function named(): string[] {
  return payloads.map((p) => {
    const plain = empty(2, p);
    let c = { ...plain, qubits: [p, "b"], clbits: [`${p.slice(0, 60)}0`], names: { "w[0]": p } };
    const ops = [
      { gate: "ry", qubits: [0], params: [parseExpr("w[0]")] },
      { gate: "unitary", qubits: [1], matrix: HADAMARD, label: p },
      { gate: "cx", qubits: [0, 1] },
      { gate: "h", qubits: [1] },
      { gate: "measure", qubits: [0], clbits: [0] },
    ];
    for (const op of ops) c = apply(c, { type: "insert", op, at: c.ops.length }) as typeof c;
    c = apply(c, { type: "group", ids: [c.ops[3]!.id], name: p }) as typeof c;
    return print(c);
  });
}
