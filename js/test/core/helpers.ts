/** Shared by the core tests: vectors of the repository, short circuits, random circuits. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { checkCircuit } from "../../src/core/check";
import { type Circuit, empty, type Op } from "../../src/core/circuit";
import { apply, type NewOp } from "../../src/core/edit";
import { type Expr, num, parseExpr, sym } from "../../src/core/expr";
import { GATES } from "../../src/core/gates.gen";

/** A file of tests/vectors, shared with pytest. */
export const vectors = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), "utf8")) as T;

/** gate("ry", 0, "x[0]"), gate("cx", [0, 1]), gate("z", 0, [], { anticontrols: [1] }). */
export function gate(
  name: string,
  qubits: number | number[],
  params: string | string[] = [],
  more: Partial<Op> = {},
): NewOp {
  return { gate: name, qubits: [qubits].flat(), params: [params].flat().map(parseExpr), ...more };
}

/** A circuit of n wires with these gates appended in order. */
export function circuit(n: number, ...gates: NewOp[]): Circuit {
  return gates.reduce((c, op) => apply(c, { type: "insert", op, at: c.ops.length }), empty(n));
}

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -100, max: 100 }),
  fc.constantFrom(0.1, 1e21, 1e-7, 123456789012345680000, 5e-324, 1.7976931348623157e308),
);
export const anySymbol = fc.record({
  kind: fc.constantFrom("x" as const, "w" as const),
  index: fc.integer({ min: 0, max: 9999 }),
});

/** Trees as the parser makes them, to this depth. */
export function anyExpr(depth = 4): fc.Arbitrary<Expr> {
  const leaf = fc.oneof(
    number.map(num),
    fc.constant<Expr>({ type: "pi" }),
    anySymbol.map((s) => sym(s.kind, s.index)),
  );
  if (depth === 0) return leaf;
  const inner = anyExpr(depth - 1);
  const fn = fc.constantFrom("sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "log", "sqrt");
  return fc.oneof(
    { weight: 2, arbitrary: leaf },
    { weight: 1, arbitrary: inner.map((a): Expr => ({ type: "neg", a })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom("+", "-", "*", "/"), inner, inner)
        .map(([op, a, b]) => ({ type: "bin", op, a, b }) as Expr),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(inner, fc.integer({ min: -16, max: 16 }))
        .map(([a, n]) => ({ type: "bin", op: "**", a, b: num(n) }) as Expr),
    },
    { weight: 1, arbitrary: fc.tuple(fn, inner).map(([f, a]) => ({ type: "call", fn: f, a }) as Expr) },
  );
}

const angleText = fc.constantFrom(
  "0.3",
  "pi/2",
  "-pi/4",
  "x[0]",
  "x[3]",
  "w[0]",
  "w[12]",
  "w[5]*x[0]+w[6]",
  "sin(x[1])**2",
);

/** One legal operation on n wires and m bits, without id; unitary only on demand. */
export function anyOp(n: number, m: number, unitary = false): fc.Arbitrary<NewOp> {
  const names = Object.keys(GATES).filter((g) => {
    const row = GATES[g]!;
    return row.targets <= n && (!unitary || row.unitary) && (row.clbits === 0 || m > 0);
  });
  return fc
    .tuple(
      fc.constantFrom(...names),
      fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => i),
        { minLength: n, maxLength: n },
      ),
      fc.array(angleText, { minLength: 3, maxLength: 3 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: n, maxLength: n }),
      fc.integer({ min: 0, max: Math.max(0, m - 1) }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([name, order, texts, dice, bit, chance]) => {
      const row = GATES[name]!;
      const targets = row.variadic ? 1 + (dice[0]! % n) : row.targets;
      const rest = order.slice(targets);
      const pick = (side: number): number[] =>
        row.controllable ? rest.filter((q) => dice[q] === side).sort((a, b) => a - b) : [];
      const conditional = m > 0 && !unitary && chance === 0 && name !== "barrier";
      return {
        gate: name,
        qubits: order.slice(0, targets),
        params: row.params.map((_, i) => parseExpr(texts[i]!)),
        controls: pick(0),
        anticontrols: pick(1),
        clbits: row.clbits > 0 ? [bit] : [],
        ...(conditional ? { condition: { clbits: [bit], value: chance % 2 } } : {}),
      };
    });
}

/** Legal circuits of up to `maxWires` wires and `maxOps` operations. */
export function anyCircuit(maxWires = 5, maxOps = 12, unitary = false): fc.Arbitrary<Circuit> {
  return fc
    .tuple(fc.integer({ min: 1, max: maxWires }), unitary ? fc.constant(0) : fc.integer({ min: 0, max: 3 }))
    .chain(([n, m]) =>
      fc.array(anyOp(n, m, unitary), { maxLength: maxOps }).map((ops) => {
        const base = { ...empty(n), clbits: Array.from({ length: m }, (_, i) => `c${i}`) };
        const full = ops.map((op, i) => ({
          params: [],
          controls: [],
          anticontrols: [],
          clbits: [],
          ...op,
          id: `g${i + 1}`,
        }));
        return checkCircuit({ ...base, ops: full });
      }),
    );
}
