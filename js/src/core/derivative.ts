/** Slopes of angles, with just enough simplification to keep them short; the same rules as qlab/circuit/calculus.py. */
import { type BinOp, type Expr, type Fn, num, type Sym } from "./expr";

// Literals and no call of num() out here: this module is loaded before expr.ts is done.
const ONE: Expr = { type: "num", value: 1 };
const ZERO: Expr = { type: "num", value: 0 };

const constant = (e: Expr): number | undefined =>
  e.type === "num" ? e.value : e.type === "neg" && e.a.type === "num" ? -e.a.value : undefined;
const neg = (a: Expr): Expr => (a.type === "neg" ? a.a : constant(a) === 0 ? a : { type: "neg", a });
const bin = (op: BinOp, a: Expr, b: Expr): Expr => ({ type: "bin", op, a, b });
const call = (fn: Fn, a: Expr): Expr => ({ type: "call", fn, a });
const power = (a: Expr, n: number): Expr => (n === 0 ? ONE : n === 1 ? a : bin("**", a, num(n)));

function add(a: Expr, b: Expr): Expr {
  const [ca, cb] = [constant(a), constant(b)];
  if (ca !== undefined && cb !== undefined) return num(ca + cb);
  return ca === 0 ? b : cb === 0 ? a : bin("+", a, b);
}

function mul(a: Expr, b: Expr): Expr {
  const [ca, cb] = [constant(a), constant(b)];
  if (ca !== undefined && cb !== undefined) return num(ca * cb);
  if (ca === 0 || cb === 0) return ZERO;
  if (ca === 1 || cb === 1) return ca === 1 ? b : a;
  if (ca === -1 || cb === -1) return neg(ca === -1 ? b : a);
  return bin("*", a, b);
}

const div = (a: Expr, b: Expr): Expr => (constant(a) === 0 || constant(b) === 1 ? a : bin("/", a, b));

/** The derivative of `e` by one symbol, as an angle again. */
export function derivative(e: Expr, by: Sym): Expr {
  switch (e.type) {
    case "num":
    case "pi":
      return ZERO;
    case "sym":
      return e.kind === by.kind && e.index === by.index ? ONE : ZERO;
    case "neg":
      return neg(derivative(e.a, by));
    case "call":
      return mul(outer(e.fn, e.a), derivative(e.a, by));
    case "bin": {
      const da = derivative(e.a, by);
      if (e.op === "**") {
        const n = constant(e.b) ?? 0;
        return mul(mul(num(n), power(e.a, n - 1)), da);
      }
      const db = derivative(e.b, by);
      if (e.op === "+") return add(da, db);
      if (e.op === "-") return add(da, neg(db));
      if (e.op === "*") return add(mul(da, e.b), mul(e.a, db));
      return add(div(da, e.b), neg(div(mul(e.a, db), power(e.b, 2))));
    }
  }
}

/** The derivative of fn at u. */
function outer(fn: Fn, u: Expr): Expr {
  const square = power(u, 2);
  switch (fn) {
    case "sin":
      return call("cos", u);
    case "cos":
      return { type: "neg", a: call("sin", u) };
    case "tan":
      return div(ONE, power(call("cos", u), 2));
    case "arcsin":
      return div(ONE, call("sqrt", bin("-", ONE, square)));
    case "arccos":
      return neg(div(ONE, call("sqrt", bin("-", ONE, square))));
    case "arctan":
      return div(ONE, bin("+", ONE, square));
    case "exp":
      return call("exp", u);
    case "log":
      return div(ONE, u);
    case "sqrt":
      return div(ONE, mul(num(2), call("sqrt", u)));
  }
}
