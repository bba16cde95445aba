/** Python and JavaScript held to the same bytes, words and numbers: tests/vectors, written by tests/vectors/make.py. */
import { describe, expect, it } from "vitest";
import { shortAngle } from "../../src/core/anglelabel";
import { flattened } from "../../src/core/blocks";
import { family, nInputs, nWeights } from "../../src/core/circuit";
import { CircuitError } from "../../src/core/errors";
import { derivative, evaluate, parseExpr, printExpr, symbols } from "../../src/core/expr";
import { ALIASES, GATES } from "../../src/core/gates.gen";
import { matrix } from "../../src/core/matrices";
import { isState } from "../../src/core/simulate";
import { type Stats, stats } from "../../src/core/stats";
import { parse, print } from "../../src/core/text";
import { simulate } from "../../src/core/trajectories";
import { vectors } from "./helpers";

interface Exprs {
  x: number[];
  w: number[];
  valid: {
    input: string;
    canonical: string;
    label: string;
    symbols: string[];
    value?: number;
    derivatives?: Record<string, number>;
  }[];
  invalid: { input: string; column: number; message: string; cure: string | null }[];
}
interface Circuits {
  x: number[];
  w: number[];
  circuits: {
    name: string;
    text: string;
    n_inputs: number;
    n_weights: number;
    stats: Stats;
    families: Record<string, string>;
    /** The text with all blocks written out. */
    flat?: string;
    re?: number[];
    im?: number[];
  }[];
  variants: { name: string; text: string; canonical: string }[];
}

function failure(action: () => unknown): CircuitError {
  try {
    action();
  } catch (e) {
    if (e instanceof CircuitError) return e;
    throw e;
  }
  throw new Error("nothing was thrown");
}
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

describe("expr.json", () => {
  const { x, w, valid, invalid } = vectors<Exprs>("expr");
  it.each(valid)("$input", (v) => {
    const e = parseExpr(v.input);
    expect(printExpr(e)).toBe(v.canonical);
    expect(shortAngle(v.canonical)).toBe(v.label);
    expect(parseExpr(v.canonical)).toEqual(e);
    expect(symbols(e).map((s) => `${s.kind}[${s.index}]`)).toEqual(v.symbols);
    if (v.value === undefined) return;
    expect(close(evaluate(e, x, w), v.value), `${evaluate(e, x, w)} is not ${v.value}`).toBe(true);
    for (const [name, slope] of Object.entries(v.derivatives ?? {})) {
      const by = symbols(e).find((s) => `${s.kind}[${s.index}]` === name)!;
      const found = evaluate(derivative(e, by), x, w);
      expect(close(found, slope), `${found} is not ${slope}`).toBe(true);
    }
  });
  it.each(invalid)("refuses $input", (v) => {
    const e = failure(() => parseExpr(v.input));
    expect([e.column, e.message, e.cure ?? null]).toEqual([v.column, v.message, v.cure]);
  });
});

describe("circuits.json", () => {
  const { x, w, circuits, variants } = vectors<Circuits>("circuits");
  it.each(circuits)("$name", (v) => {
    const c = parse(v.text);
    expect(print(c)).toBe(v.text);
    expect([nInputs(c), nWeights(c)]).toEqual([v.n_inputs, v.n_weights]);
    expect(stats(c)).toEqual(v.stats);
    expect(Object.keys(stats(c).counts)).toEqual(Object.keys(v.stats.counts));
    expect(Object.fromEntries(c.ops.map((op) => [op.id, family(op, c.blocks)]))).toEqual(v.families);
    if (v.flat !== undefined) expect(print(flattened(c).circuit)).toBe(v.flat);
    const state = simulate(c, x, w);
    if (!v.re || !v.im) return;
    if (!isState(state)) throw new Error("no state");
    const off = v.re.map((re, i) => Math.hypot(re - state.re[i]!, v.im![i]! - state.im[i]!));
    expect(state.re).toHaveLength(v.re.length);
    expect(Math.max(...off)).toBeLessThan(1e-9);
  });
  it.each(variants)("variant: $name", (v) => {
    expect(print(parse(v.text))).toBe(v.canonical);
  });
});

describe("bad.json", () => {
  it.each(vectors<{ name: string; text: string; where: string | null; message: string | null }[]>("bad"))(
    "$name",
    (v) => {
      const e = failure(() => parse(v.text));
      expect(e.where ?? null).toBe(v.where);
      // Part of the message; the words of a JSON syntax error are each reader's own.
      if (v.message !== null) expect(e.message).toContain(v.message);
      expect(e.cure ?? (v.message === null ? "syntax" : undefined)).toBeTruthy();
    },
  );
});

describe("matrices.json", () => {
  it.each(vectors<{ gate: string; params: number[]; re: number[][]; im: number[][] }[]>("matrices"))(
    "$gate",
    (v) => {
      const m = matrix(v.gate, v.params)!;
      const [re, im] = [v.re.flat(), v.im.flat()];
      expect(m.re).toHaveLength(re.length);
      re.forEach((value, i) => {
        expect(Math.hypot(value - m.re[i]!, im[i]! - m.im[i]!)).toBeLessThan(1e-9);
      });
    },
  );
});

it("gates.json is the table compiled in", () => {
  const { gates, aliases } = vectors<{ gates: { name: string }[]; aliases: object }>("gates");
  expect(Object.values(GATES)).toEqual(gates);
  expect(ALIASES).toEqual(aliases);
});
