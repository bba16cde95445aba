// Texts nobody means well with: slips in OpenQASM, noise as angles, names that are scripts in what is exported.
import { describe, expect, it } from "vitest";
import { altText } from "../../src/core/alttext";
import { CircuitError } from "../../src/core/errors";
import { toSvg } from "../../src/core/exportsvg";
import { evaluate, parseExpr, printExpr } from "../../src/core/expr";
import { toQasm3, toQiskit } from "../../src/core/qasm";
import { readQasm } from "../../src/core/qasmread";
import { toQuantikz } from "../../src/core/quantikz";
import { parse, print } from "../../src/core/text";
import { named } from "../payloads";
import { vectors } from "./helpers";

/** Numbers below n, the same on every machine. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function refusal(act: () => unknown): CircuitError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    return error;
  }
}

describe("OpenQASM with one slip", () => {
  it("is read or refused, 95 of 100 times on the line of the slip", () => {
    const v = vectors<{ good: { text: string }[]; written: { qasm: string }[] }>("qasm");
    const texts = [...v.good.map((row) => row.text), ...v.written.map((row) => row.qasm)].filter(
      (text) => text.split("\n").length > 4 && text.length < 4000 && !text.includes("/*"),
    );
    const roll = dice(20260102);
    const slips = ";,()[]{}@*-+/=qx0~?";
    let refused = 0;
    let placed = 0;
    for (let done = 0; done < 600; ) {
      const lines = texts[roll(texts.length)]!.split("\n");
      const number = roll(lines.length);
      const line = lines[number]!;
      const code = line.split("//")[0]!;
      if (code.trim() === "") continue;
      const at = roll(code.length);
      const put = slips[roll(slips.length)]!;
      const kind = roll(3);
      lines[number] = line.slice(0, at) + (kind === 0 ? "" : put) + line.slice(kind === 1 ? at : at + 1);
      if (lines[number] === line) continue;
      done += 1;
      const error = refusal(() => readQasm(lines.join("\n")));
      if (!error) continue;
      refused += 1;
      expect(error.column, error.message).toBeGreaterThan(0);
      if (error.line === number + 1) placed += 1;
    }
    expect(refused).toBeGreaterThan(500);
    expect(placed / refused).toBeGreaterThanOrEqual(0.95);
  });
});

describe("an angle", () => {
  const parts = [
    ..."0123456789.+-*/()[]xwpie ",
    ...["**", "pi", "x[0]", "w[12]", "sin(", "arcsin(", "sqrt(", "exp(", "log(", "1e308", "1e-320", "**-16"],
    ...["x[", "w[-1]", "\u0000", "é", "𝛉", "−", "\n", "NaN", "Infinity", "x[0]**", "__proto__", "toString("],
  ];

  it("is a value or a typed error, 100,000 times", () => {
    const roll = dice(7);
    let values = 0;
    for (let i = 0; i < 100_000; i++) {
      let text = "";
      for (let k = roll(8) + 1; k > 0; k--) text += parts[roll(parts.length)];
      const error = refusal(() => {
        const e = parseExpr(text);
        if (typeof evaluate(e, [0.3], []) !== "number") throw new Error(text);
        if (i % 50 === 0) expect(printExpr(parseExpr(printExpr(e)))).toBe(printExpr(e));
        values += 1;
      });
      if (error && error.message === "") throw new Error(`no message: ${text}`);
    }
    expect(values).toBeGreaterThan(5_000);
  });

  it("of a monstrous length is refused", () => {
    for (const one of ["(", "-", "1+", "sin(", "x[0]**2*", "[", "9", "x", " ", "((1)+", "1/"]) {
      const error = refusal(() => parseExpr(one.repeat(200_000)));
      expect(error, one).toBeInstanceOf(CircuitError);
      expect(error!.message.length, one).toBeLessThan(300);
    }
  });
});

describe("a name that is a script", () => {
  it("stays a name in every export", () => {
    for (const text of named()) {
      const c = parse(text);
      expect(print(c)).toBe(text);
      const svg = /<(?!\/?(?:svg|g|rect|path|line|circle|text|title|desc|defs|linearGradient|stop)\b)/;
      const drawn = toSvg(c).text;
      expect(drawn).not.toMatch(svg);
      expect(drawn.replace(/"[^"]*"|>[^<]*</g, "")).not.toMatch(/\son\w+|javascript:/i);
      expect(toQuantikz(c)).not.toMatch(/\\(?:input|write18)\b/);
      expect(altText(c).length).toBeGreaterThan(0);
      // one comment line and identifiers: nothing of a name is a statement
      const again = readQasm(
        toQasm3({ ...c, blocks: [], ops: c.ops.filter((op) => !op.gate.startsWith("block:")) }).text,
      );
      expect(again.circuit.ops.length).toBeGreaterThan(0);
      expect(toQiskit(c).text.length).toBeGreaterThan(0);
    }
  });
});
