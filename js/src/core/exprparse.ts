/**
 * The angle grammar as a recursive descent; the same rules, words and columns as qlab/circuit/parse.py:
 *
 *     expr   = term (("+" | "-") term)*
 *     term   = factor (("*" | "/") factor)*
 *     factor = ("-" | "+") factor | power
 *     power  = atom ["**" ["-" | "+"] integer]
 *     atom   = number | "pi" | "x[" integer "]" | "w[" integer "]" | function "(" expr ")" | "(" expr ")"
 *
 * Only expr.ts and cells.ts call it.
 */
import { CircuitError } from "./errors";
import type { Expr, Fn } from "./expr";

export const MAX_LENGTH = 200;
const MAX_DEPTH = 20;
const MAX_EXPONENT = 16;
const MAX_INDEX = 9999;
const FUNCTIONS = ["sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "log", "sqrt"];
const VALUE_CURE = "write a number, pi, x[0] or w[0]";

const TOKEN =
  /(?<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?<name>[A-Za-z_][A-Za-z_0-9]*|π)|(?<op>\*\*|[-+*/()[\]])/y;
const INTEGER = /^[0-9]+$/;
/** What people write instead, and what to write. */
const HINTS: Record<string, string> = {
  asin: "arcsin",
  acos: "arccos",
  atan: "arctan",
  ln: "log",
  PI: "pi",
  Pi: "pi",
  X: "x[0]",
  W: "w[0]",
};
const INDEXED = /^([xw])_?([0-9]+)$/;

interface Token {
  kind: "number" | "name" | "op" | "end";
  text: string;
  column: number;
}

export function exprError(message: string, column: number, cure?: string): CircuitError {
  return new CircuitError(message, { where: `column ${column}`, column, cure });
}

export class Parser {
  #depth = 0;
  /** The token before the current one, for messages. */
  #before = "";
  #position = 0;
  #token: Token;

  /** With `complex` it reads an entry of a matrix: i is x[0] in the tree, 2i a product, and there are no symbols. */
  constructor(
    private readonly text: string,
    private readonly complex = false,
  ) {
    this.#token = this.#scan();
  }

  whole(): Expr {
    const token = this.#token;
    if (token.kind === "end") throw exprError("the angle is empty", 1, VALUE_CURE);
    const result = this.#sum();
    if (this.#token.kind === "end") return result;
    if (this.#token.text === ")") throw exprError(") has no ( before it", this.#token.column, "remove it");
    throw this.#notAnOperator();
  }

  #scan(): Token {
    while (this.text[this.#position] === " " || this.text[this.#position] === "\t") this.#position += 1;
    const column = this.#position + 1;
    if (this.#position === this.text.length) return { kind: "end", text: "", column };
    TOKEN.lastIndex = this.#position;
    const groups = TOKEN.exec(this.text)?.groups;
    if (!groups) {
      const char = String.fromCodePoint(this.text.codePointAt(this.#position)!);
      if (char === "^") throw exprError("^ is not a power", column, "use **");
      throw exprError(`the character "${char}" has no place in an angle`, column, "remove it");
    }
    const kind = groups.number !== undefined ? "number" : groups.name !== undefined ? "name" : "op";
    const text = groups[kind]!;
    this.#position += text.length;
    return { kind, text, column };
  }

  #step(): Token {
    const token = this.#token;
    this.#before = token.text;
    this.#token = this.#scan();
    return token;
  }

  #take(...ops: string[]): Token | undefined {
    return this.#token.kind === "op" && ops.includes(this.#token.text) ? this.#step() : undefined;
  }

  #notAnOperator(): CircuitError {
    const { text, column } = this.#token;
    if (text === "**") return exprError("a power of a power needs parentheses", column, "write (x[0]**2)**3");
    return exprError(`an operator was expected before ${text}`, column, "write * to multiply, as in 2*pi");
  }

  #sum(): Expr {
    let a = this.#product();
    for (let op = this.#take("+", "-"); op; op = this.#take("+", "-")) {
      a = { type: "bin", op: op.text as "+" | "-", a, b: this.#product() };
    }
    return a;
  }

  #product(): Expr {
    let a = this.#factor();
    for (let op = this.#take("*", "/"); op; op = this.#take("*", "/")) {
      a = { type: "bin", op: op.text as "*" | "/", a, b: this.#factor() };
    }
    return a;
  }

  #factor(): Expr {
    const sign = this.#take("-", "+");
    if (!sign) return this.#power();
    this.#deeper(sign);
    const a = this.#factor();
    this.#depth -= 1;
    return sign.text === "-" ? { type: "neg", a } : a;
  }

  #deeper(token: Token): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw exprError(
        `the angle is nested deeper than ${MAX_DEPTH}`,
        token.column,
        "write it with fewer parentheses",
      );
    }
  }

  #power(): Expr {
    const base = this.#atom();
    if (!this.#take("**")) return base;
    const start = this.#token.column;
    const sign = this.#take("-", "+");
    const { kind, text } = this.#token;
    if (kind !== "number" || !INTEGER.test(text) || Number(text) > MAX_EXPONENT) {
      const message = `the exponent must be an integer from -${MAX_EXPONENT} to ${MAX_EXPONENT}`;
      throw exprError(message, start, "write x[0]**2 or x[0]**-1");
    }
    this.#step();
    const exponent: Expr = { type: "num", value: Number(text) };
    return {
      type: "bin",
      op: "**",
      a: base,
      b: sign?.text === "-" ? { type: "neg", a: exponent } : exponent,
    };
  }

  #atom(): Expr {
    const token = this.#token;
    if (token.kind === "number") {
      this.#step();
      const value = Number(token.text);
      if (!Number.isFinite(value)) {
        throw exprError(`the number ${token.text} is too large`, token.column, "use a finite number");
      }
      const number: Expr = { type: "num", value };
      return this.#imaginary() ? { type: "bin", op: "*", a: number, b: this.#unit() } : number;
    }
    if (this.#imaginary()) return this.#unit();
    if (token.kind === "name") return this.#named();
    const opened = this.#take("(");
    if (opened) return this.#group(opened);
    if (token.text === "[" || token.text === "]") {
      throw exprError(`${token.text} stands only after x or w`, token.column, "write x[0] or w[0]");
    }
    const after = this.#before ? `after ${this.#before}` : "at the start";
    const cure = this.complex ? "write a number, i, or as 1/sqrt(2)" : VALUE_CURE;
    throw exprError(`a value was expected ${after}`, token.column, cure);
  }

  #imaginary(): boolean {
    return this.complex && (this.#token.text === "i" || this.#token.text === "j");
  }

  #unit(): Expr {
    this.#step();
    return { type: "sym", kind: "x", index: 0 };
  }

  #group(opened: Token): Expr {
    this.#deeper(opened);
    const inner = this.#sum();
    this.#depth -= 1;
    if (this.#take(")")) return inner;
    if (this.#token.kind === "end") {
      throw exprError(`the ( at column ${opened.column} has no )`, this.#token.column, "add )");
    }
    throw this.#notAnOperator();
  }

  #named(): Expr {
    const { text: name, column } = this.#token;
    if (name === "pi" || name === "π") {
      this.#step();
      return { type: "pi" };
    }
    if (this.complex && !FUNCTIONS.includes(name)) {
      const cure = `use numbers, i, pi, or one of ${FUNCTIONS.join(" ")}`;
      throw exprError(`the name ${name} has no place in a matrix`, column, cure);
    }
    if (name === "x" || name === "w") {
      this.#step();
      return this.#symbol(name);
    }
    if (FUNCTIONS.includes(name)) {
      this.#step();
      const opened = this.#take("(");
      if (opened) return { type: "call", fn: name as Fn, a: this.#group(opened) };
      throw exprError(`${name} needs ( after it`, this.#token.column, `write ${name}(x[0])`);
    }
    const indexed = INDEXED.exec(name);
    const hint = indexed
      ? `${indexed[1]}[${indexed[2]}]`
      : Object.hasOwn(HINTS, name)
        ? HINTS[name]
        : undefined;
    const cure = hint ? `write ${hint}` : `use x[i], w[j], pi, or one of ${FUNCTIONS.join(" ")}`;
    throw exprError(`the name ${name} is unknown`, column, cure);
  }

  #symbol(kind: "x" | "w"): Expr {
    if (!this.#take("[")) throw exprError(`${kind} needs an index`, this.#token.column, `write ${kind}[0]`);
    const index = this.#token;
    if (index.kind !== "number" || !INTEGER.test(index.text) || Number(index.text) > MAX_INDEX) {
      const message = `the index of ${kind} must be an integer from 0 to ${MAX_INDEX}`;
      throw exprError(message, index.column, `write ${kind}[0]`);
    }
    this.#step();
    if (!this.#take("]")) throw exprError(`${kind}[${index.text} has no ]`, this.#token.column, "add ]");
    return { type: "sym", kind, index: Number(index.text) };
  }
}
