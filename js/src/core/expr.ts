/**
 * Angles: small expressions over numbers, pi, data x[i] and weights w[j]. Same grammar, tree, print and errors as
 * qlab/circuit/expr.py. It must never use eval, and a tree is never changed in place.
 */
import { CircuitError } from "./errors";
import { exprError, MAX_LENGTH, Parser } from "./exprparse";

export { derivative } from "./derivative";

export type Fn = "sin" | "cos" | "tan" | "arcsin" | "arccos" | "arctan" | "exp" | "log" | "sqrt";
export type BinOp = "+" | "-" | "*" | "/" | "**";
export interface Sym {
  readonly kind: "x" | "w";
  readonly index: number;
}
export type Expr =
  | { readonly type: "num"; readonly value: number }
  | { readonly type: "pi" }
  | ({ readonly type: "sym" } & Sym)
  | { readonly type: "neg"; readonly a: Expr }
  | { readonly type: "bin"; readonly op: BinOp; readonly a: Expr; readonly b: Expr }
  | { readonly type: "call"; readonly fn: Fn; readonly a: Expr };

const cache = new Map<string, Expr>();

/** Parse one angle; throws CircuitError with `column` (1-based). Trees are shared: never change one. */
export function parseExpr(text: string): Expr {
  const known = cache.get(text);
  if (known) return known;
  const length = text.length <= MAX_LENGTH ? text.length : [...text].length;
  if (length > MAX_LENGTH) {
    throw exprError(
      `the angle has ${length} characters, more than ${MAX_LENGTH}`,
      MAX_LENGTH + 1,
      "shorten it",
    );
  }
  const result = new Parser(text).whole();
  if (printExpr(result).length > MAX_LENGTH) {
    throw exprError(`the angle has more than ${MAX_LENGTH} characters in normal form`, 1, "shorten it");
  }
  if (cache.size > 16_000) cache.clear();
  cache.set(text, result);
  return result;
}

/** The literal of a finite number of any sign. */
export const num = (value: number): Expr =>
  value < 0 ? { type: "neg", a: { type: "num", value: -value } } : { type: "num", value: Math.abs(value) };
export const sym = (kind: "x" | "w", index: number): Expr => ({ type: "sym", kind, index });

const LEVEL: Record<BinOp, number> = { "+": 1, "-": 1, "*": 2, "/": 2, "**": 4 };
const level = (e: Expr): number => (e.type === "bin" ? LEVEL[e.op] : e.type === "neg" ? 3 : 5);

const wrap = (e: Expr, least: number): string => (level(e) < least ? `(${printExpr(e)})` : printExpr(e));

/** The canonical text: no spaces, the fewest parentheses that keep the tree. */
export function printExpr(e: Expr): string {
  switch (e.type) {
    case "num":
      return String(e.value);
    case "pi":
      return "pi";
    case "sym":
      return `${e.kind}[${e.index}]`;
    case "call":
      return `${e.fn}(${printExpr(e.a)})`;
    case "neg":
      return `-${wrap(e.a, 3)}`;
    case "bin":
      // The exponent is a signed integer literal and needs no parentheses; a power as base does.
      if (e.op === "**") return `${wrap(e.a, 5)}**${printExpr(e.b)}`;
      return `${wrap(e.a, LEVEL[e.op])}${e.op}${wrap(e.b, LEVEL[e.op] + 1)}`;
  }
}

const FUNCTIONS: Record<Fn, (v: number) => number> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
};

/** The value in radians; a symbol beyond the given vectors counts as 0. */
export function evaluate(e: Expr, x: ArrayLike<number>, w: ArrayLike<number>): number {
  switch (e.type) {
    case "num":
      return e.value;
    case "pi":
      return Math.PI;
    case "sym":
      return (e.kind === "x" ? x : w)[e.index] ?? 0;
    case "neg":
      return -evaluate(e.a, x, w);
    case "call":
      return FUNCTIONS[e.fn](evaluate(e.a, x, w));
    case "bin": {
      const a = evaluate(e.a, x, w);
      const b = evaluate(e.b, x, w);
      if (e.op === "+") return a + b;
      if (e.op === "-") return a - b;
      if (e.op === "*") return a * b;
      return e.op === "/" ? a / b : a ** b;
    }
  }
}

/** The symbols read, each once, x before w, by index. */
export function symbols(e: Expr): Sym[] {
  const seen = new Map<string, Sym>();
  visit(e, (s) => seen.set(`${s.kind}${s.index}`, { kind: s.kind, index: s.index }));
  return [...seen.values()].sort((a, b) => (a.kind === b.kind ? a.index - b.index : a.kind === "x" ? -1 : 1));
}

/** Call `found` for each occurrence of a symbol, left to right. */
export function visit(e: Expr, found: (s: Sym) => void): void {
  if (e.type === "sym") found(e);
  else if (e.type === "bin") {
    visit(e.a, found);
    visit(e.b, found);
  } else if (e.type === "neg" || e.type === "call") visit(e.a, found);
}

/** Whether the two trees are the same. */
export const sameExpr = (a: Expr, b: Expr): boolean => printExpr(a) === printExpr(b);

/** Replace symbols: `to` returns the new symbol, or the same one. */
export function mapSymbols(e: Expr, to: (s: Sym) => Sym): Expr {
  if (e.type === "sym") {
    const s = to(e);
    return s.kind === e.kind && s.index === e.index ? e : sym(s.kind, s.index);
  }
  if (e.type === "bin") return { ...e, a: mapSymbols(e.a, to), b: mapSymbols(e.b, to) };
  if (e.type === "neg" || e.type === "call") return { ...e, a: mapSymbols(e.a, to) };
  return e;
}

/** Parse a list of angle texts, the place in front in errors: "op g3, field params[0], column 5". */
export function parseParams(texts: readonly string[], place: string): Expr[] {
  return texts.map((text, i) => {
    try {
      return parseExpr(text);
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error;
      const { message, cure, column } = error;
      const field = `params[${i}]`;
      const where = `${place}, field ${field}, column ${column}`;
      throw new CircuitError(message, { where, cure, column, field, opId: place.replace(/^op /, "") });
    }
  });
}
