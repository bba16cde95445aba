import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CircuitError } from "../../src/core/errors";
import { derivative, evaluate, mapSymbols, parseExpr, printExpr, symbols } from "../../src/core/expr";
import { anyExpr } from "./helpers";

const printed = (text: string): string => printExpr(parseExpr(text));
const error = (text: string): CircuitError => {
  try {
    parseExpr(text);
  } catch (e) {
    if (e instanceof CircuitError) return e;
  }
  throw new Error(`${text} parsed`);
};

describe("print", () => {
  it.each([
    [" 2 * π * x[0] ", "2*pi*x[0]"],
    ["(w[5]*x[0])+w[6]", "w[5]*x[0]+w[6]"],
    ["a", ""],
    ["x[0]-(x[1]-x[2])", "x[0]-(x[1]-x[2])"],
    ["(x[0]-x[1])-x[2]", "x[0]-x[1]-x[2]"],
    ["-(x[0])**2", "-x[0]**2"],
    ["(-x[0])**2", "(-x[0])**2"],
    ["+x[0]", "x[0]"],
    ["--1", "--1"],
    ["x[0]*-2", "x[0]*-2"],
    ["-(2*x[0])", "-(2*x[0])"],
    ["x[0]/(2*pi)", "x[0]/(2*pi)"],
    ["(x[0]**2)**3", "(x[0]**2)**3"],
    ["x[0]**-1", "x[0]**-1"],
    ["100.0+1e21+1e-7+.5+5.", "100+1e+21+1e-7+0.5+5"],
    ["arcsin((x[1]))", "arcsin(x[1])"],
    ["x[007]", "x[7]"],
  ])("%s", (text, expected) => {
    if (expected === "") expect(error(text).column).toBe(1);
    else expect(printed(text)).toBe(expected);
  });

  it("gives back every tree it prints", () => {
    fc.assert(
      fc.property(anyExpr(), (e) => {
        const text = printExpr(e);
        fc.pre(text.length <= 200);
        expect(parseExpr(text)).toEqual(e);
        expect(printed(text)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("errors", () => {
  it.each([
    ["", 1, "the angle is empty"],
    ["2*", 3, "a value was expected after *"],
    ["x[0]^2", 5, "^ is not a power"],
    ["2 x[0]", 3, "an operator was expected before x"],
    ["sin(x[0]", 9, "the ( at column 4 has no )"],
    ["x[0]**17", 7, "the exponent must be an integer from -16 to 16"],
    ["x0", 1, "the name x0 is unknown"],
    ["1+é", 3, 'the character "é" has no place in an angle'],
    ["1e999", 1, "the number 1e999 is too large"],
    [`${"(".repeat(21)}1`, 21, "the angle is nested deeper than 20"],
    [`${"1+".repeat(100)}1`, 201, "the angle has 201 characters, more than 200"],
  ])("%s", (text, column, message) => {
    const e = error(text);
    expect([e.column, e.message]).toEqual([column, message]);
    expect(e.cure).not.toBe("");
  });

  it("never throws anything else, whatever the text", () => {
    const piece = fc.constantFrom(
      "x",
      "[",
      "]",
      "0",
      "12",
      "w[3]",
      "(",
      ")",
      "+",
      "-",
      "*",
      "**",
      "/",
      "sin",
      "pi",
      "π",
      " ",
      ".",
      "e",
      "^",
      "😀",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        try {
          expect(printed(printed(text))).toBe(printed(text));
        } catch (e) {
          expect(e).toBeInstanceOf(CircuitError);
          expect((e as CircuitError).column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("values", () => {
  it("evaluates", () => {
    expect(evaluate(parseExpr("2*x[0]+w[1]"), [0.5], [0, 0.25])).toBe(1.25);
    expect(evaluate(parseExpr("-x[0]**2"), [3], [])).toBe(-9);
    expect(evaluate(parseExpr("(1+sqrt(4))/pi"), [], [])).toBeCloseTo(3 / Math.PI, 14);
  });

  it("lists symbols, inputs first", () => {
    expect(symbols(parseExpr("w[2]*x[1]+w[0]*x[1]"))).toEqual([
      { kind: "x", index: 1 },
      { kind: "w", index: 0 },
      { kind: "w", index: 2 },
    ]);
  });

  it("renames symbols", () => {
    const e = mapSymbols(parseExpr("w[2]*x[1]"), (s) => ({ kind: s.kind, index: s.index + 1 }));
    expect(printExpr(e)).toBe("w[3]*x[2]");
  });

  it.each([
    "x[0]**3",
    "sin(2*x[0])",
    "arctan(x[0])/(1+x[0])",
    "exp(-x[0])*cos(x[0])",
    "sqrt(x[0]+2)",
    "tan(x[0])",
    "arccos(x[0]/2)",
    "log(x[0]+3)",
    "2-x[0]",
    "x[0]**-2",
    "arcsin(x[0]/3)",
  ])("slope of %s", (text) => {
    const e = parseExpr(text);
    const slope = derivative(e, { kind: "x", index: 0 });
    const h = 1e-6;
    for (const x of [0.3, 0.77]) {
      const numeric = (evaluate(e, [x + h], []) - evaluate(e, [x - h], [])) / (2 * h);
      expect(evaluate(slope, [x], [])).toBeCloseTo(numeric, 6);
    }
  });
});
