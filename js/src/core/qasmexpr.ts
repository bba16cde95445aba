/**
 * Angles in OpenQASM as qlab's expressions; what qlab's grammar lacks becomes a number or is refused.
 * Mirrors qlab/interop/qasm_expr.py. Beside x and w it uses two kinds of placeholder, which never leave the reader.
 */
import { type BinOp, type Expr, evaluate, type Fn, num, type Sym, symbols } from "./expr";
import { cut, type Token, type Tokens, whole } from "./qasmlex";

const MAX_TOKENS = 300;
const MAX_DEPTH = 20;
const FUNCTIONS = ["sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "log", "sqrt"];
const CALLS = new Map<string, string>([
  ...FUNCTIONS.map((f): [string, string] => [f, f]),
  ["ln", "log"],
  ["asin", "arcsin"],
  ["acos", "arccos"],
  ["atan", "arctan"],
]);
const PI: Expr = { type: "pi" };
const bin = (op: BinOp, a: Expr, b: Expr): Expr => ({ type: "bin", op, a, b });
const TAU = bin("*", num(2), PI);
const CONSTANTS = new Map<string, Expr>([
  ["pi", PI],
  ["π", PI],
  ["tau", TAU],
  ["τ", TAU],
  ["euler", num(Math.E)],
  ["ℇ", num(Math.E)],
]);

export type Names = ReadonlyMap<string, Expr>;

/** A placeholder: "i" the k-th declared input, "p" the k-th parameter of a definition. */
export const placeholder = (kind: "i" | "p", index: number): Expr => ({
  type: "sym",
  kind: kind as Sym["kind"],
  index,
});
export const isReal = (e: Expr): boolean => symbols(e).length === 0;
export const neg = (a: Expr): Expr => ({ type: "neg", a });

/** As Python's "%g" prints a number. */
export function general(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const [digits = "0", exponent = "0"] = value.toExponential(5).split("e");
  const e = Number(exponent);
  if (e >= -4 && e < 6) return String(Number(value.toPrecision(6)));
  const sign = e < 0 ? "-" : "+";
  return `${Number(digits)}e${sign}${String(Math.abs(e)).padStart(2, "0")}`;
}

/** Read one expression; `names` may stand in it, beside pi, tau and euler. */
export function expression(tokens: Tokens, names: Names): Expr {
  const start = tokens.at;
  let left = product(tokens, names);
  for (let op = tokens.take("+", "-"); op; op = tokens.take("+", "-")) {
    left = bin(op.text as BinOp, left, product(tokens, names));
    checkLength(tokens, start);
  }
  return left;
}

/** A long row of operators is a deep tree, which would exhaust the stack of all that walks it. */
function checkLength(tokens: Tokens, start: number): void {
  if (tokens.at - start > MAX_TOKENS)
    tokens.fail("the angle is too long", tokens.source.tokens[start]!, "shorten it, or write its value");
}

function product(tokens: Tokens, names: Names): Expr {
  const start = tokens.at;
  let left = factor(tokens, names);
  for (let op = tokens.take("*", "/"); op; op = tokens.take("*", "/")) {
    const middle = tokens.at;
    const right = factor(tokens, names);
    if (op.text === "/" && tokens.cuts && integers(tokens, start, middle - 1) && integers(tokens, middle))
      checkQuotient(tokens, op, left, right);
    left = bin(op.text as BinOp, left, right);
    checkLength(tokens, start);
  }
  return left;
}

const SIGNS = ["+", "-", "*", "**", "/", "(", ")"];

/** Whether all that was read from one token to before another, by default the next, is integers. */
const integers = (tokens: Tokens, start: number, stop = tokens.at): boolean =>
  tokens.source.tokens
    .slice(start, stop)
    .every(
      ({ kind, text }) =>
        (kind === "number" && whole(text) !== undefined) ||
        (kind === "op" && SIGNS.includes(text)) ||
        tokens.integers.has(text),
    );

/** Refuse a quotient of integers that version 3 cuts off: half of those who write it mean the fraction. */
function checkQuotient(tokens: Tokens, op: Token, left: Expr, right: Expr): void {
  const [a, b] = [evaluate(left, [], []), evaluate(right, [], [])];
  if (b === 0 || !Number.isFinite(a / b) || Number.isInteger(a / b)) return;
  const rest = general(Math.trunc(a / b) + 0); // not -0
  const cure = `write a decimal point, as in 1.0, for ${general(a / b)}, or ${rest}`;
  tokens.fail(`${general(a)}/${general(b)} is a division of integers, in OpenQASM 3 ${rest}`, op, cure);
}

function factor(tokens: Tokens, names: Names): Expr {
  let minus = 0;
  // a loop, so that a row of signs can't exhaust the stack
  for (let sign = tokens.take("-", "+"); sign; sign = tokens.take("-", "+"))
    minus += Number(sign.text === "-");
  let inner = raised(tokens, names);
  for (let i = minus <= MAX_DEPTH ? minus : minus % 2; i > 0; i--) inner = neg(inner);
  return inner;
}

function raised(tokens: Tokens, names: Names): Expr {
  const base = atom(tokens, names);
  const mark = tokens.take("**", "^");
  if (!mark) return base;
  const sign = tokens.take("-", "+");
  const exponent = atom(tokens, names);
  if (["**", "^"].includes(tokens.now.text))
    tokens.fail("a power of a power needs parentheses", tokens.now, "write (a**2)**3");
  return power(tokens, mark, base, sign?.text === "-" ? neg(exponent) : exponent);
}

/** base ** exponent as far as it can be said: an integer or a half, or numbers only. */
function power(tokens: Tokens, mark: Token, base: Expr, exponent: Expr): Expr {
  if (!isReal(exponent)) tokens.fail("the exponent must be a number", mark, "write a**2");
  const n = finiteValue(tokens, mark, exponent);
  if (Number.isInteger(n)) return bin("**", base, num(n));
  if (isReal(base)) {
    const value = evaluate(base, [], []) ** n;
    if (!Number.isFinite(value)) tokens.fail("the power has no finite real value", mark, "change it");
    return num(value);
  }
  if (Math.abs(n) !== 0.5)
    tokens.fail(`the exponent ${general(n)} is no integer`, mark, "use an integer or 0.5");
  const root: Expr = { type: "call", fn: "sqrt", a: base };
  return n > 0 ? root : bin("/", num(1), root);
}

/** The finite value of an expression without symbols. */
export function finiteValue(tokens: Tokens, mark: Token, e: Expr): number {
  const value = evaluate(e, [], []);
  if (!Number.isFinite(value)) tokens.fail("the expression has no finite value", mark, "change it");
  return value;
}

function atom(tokens: Tokens, names: Names): Expr {
  const token = tokens.step();
  if (token.kind === "number") {
    const value = Number(token.text.replaceAll("_", ""));
    if (!Number.isFinite(value))
      tokens.fail(`the number ${cut(token.text)} is too large`, token, "use a finite number");
    return num(value);
  }
  if (token.kind === "op" && token.text === "(") {
    const inner = expression(tokens, names);
    tokens.expect(")");
    return inner;
  }
  if (token.kind === "name") {
    const type = token.text === "float" || token.text === "angle";
    if (tokens.now.text === "(") {
      if (!CALLS.has(token.text) && token.text !== "pow" && !type)
        tokens.fail(`the function '${token.text}' is unknown`, token, `use ${FUNCTIONS.join(" ")}`);
      return call(tokens, token, names);
    }
    const known = names.get(token.text) ?? CONSTANTS.get(token.text);
    if (known) return known;
    if (type && tokens.take("[")) {
      tokens.integer("the width");
      tokens.expect("]");
      return call(tokens, token, names);
    }
    const cure = "declare it with input float, or write a number";
    tokens.fail(`the name '${cut(token.text)}' is unknown`, token, cure);
  }
  if (token.kind !== "end") tokens.at -= 1;
  return tokens.fail(
    `a value was expected before ${tokens.shown()}`,
    token,
    "write a number or an expression",
  );
}

function call(tokens: Tokens, name: Token, names: Names): Expr {
  tokens.expect("(");
  let inner = expression(tokens, names);
  if (name.text === "pow") {
    tokens.expect(",");
    inner = power(tokens, name, inner, expression(tokens, names));
  }
  tokens.expect(")");
  const fn = CALLS.get(name.text);
  return fn ? { type: "call", fn: fn as Fn, a: inner } : inner;
}

/** The same with placeholders replaced: `values` by kind and index. */
export function substitute(e: Expr, values: (s: Sym) => Expr | undefined): Expr {
  switch (e.type) {
    case "sym":
      return values(e) ?? e;
    case "neg":
    case "call":
      return { ...e, a: substitute(e.a, values) };
    case "bin":
      return { ...e, a: substitute(e.a, values), b: e.op === "**" ? e.b : substitute(e.b, values) };
    default:
      return e;
  }
}

/** −(−a) is a. */
export const fold = (e: Expr): Expr => (e.type === "neg" && e.a.type === "neg" ? e.a.a : e);
