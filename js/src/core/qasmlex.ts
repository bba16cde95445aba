/**
 * Tokens of OpenQASM 2 and 3 in one linear pass, with the bound on nesting that every reader after it relies on.
 * The same tokens, words and places as qlab/interop/qasm_lex.py; it reads text only, and knows no gate.
 */
import { CircuitError, type ErrorInfo } from "./errors";
import { quoted } from "./names";

export const MAX_NESTING = 64;
const TOKEN =
  /(?<space>[ \t\r\n]+)|(?<number>0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:[0-9][0-9_]*\.[0-9]*|\.[0-9]+|[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)|(?<name>[\p{L}\p{Nl}\p{No}_][\p{L}\p{N}_]*)|(?<string>"[^"\n]*"|'[^'\n]*')|(?<op>->|==|!=|<=|>=|&&|\|\||\*\*|\+\+|[-+*/^%()[\]{};,:=<>@!~&|.#$])/uy;
/** A comment of qlab's own: names that OpenQASM has no place for. */
const PRIVATE = "// qlab ";
const CLOSES: Record<string, string> = { "(": ")", "[": "]", "{": "}" };
const OPENS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

export interface Token {
  readonly kind: "number" | "name" | "string" | "op" | "end";
  readonly text: string;
  /** UTF-16 units from the start of the program. */
  readonly offset: number;
}

/** An error of a program: line and column count from 1, the column in characters as Python's; offset in UTF-16 units. */
export class QasmError extends CircuitError {
  readonly offset: number;

  constructor(message: string, offset: number, info: ErrorInfo) {
    super(message, info);
    this.name = "QasmError";
    this.offset = offset;
  }
}

/** The first characters of a text, as Python cuts them. */
export const cut = (text: string, n = 40): string =>
  text.length <= n ? text : [...text.slice(0, 2 * n)].slice(0, n).join("");

/** As Python's repr shows it. */
export const shownText = (text: string): string =>
  quoted(
    text.replace(/[\\\p{Cc}]/gu, (c) => {
      const short = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" }[c];
      return short ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
    }),
  );

/** A program and its tokens. */
export class Source {
  readonly tokens: Token[] = [];
  private_ = "";

  constructor(readonly text: string) {}

  fail(message: string, offset: number, cure: string): never {
    const before = this.text.slice(0, offset);
    const start = before.lastIndexOf("\n") + 1;
    const line = before.split("\n").length;
    const column = [...before.slice(start)].length + 1;
    throw new QasmError(message, offset, { where: `line ${line}, column ${column}`, line, column, cure });
  }

  scan(): void {
    const { text } = this;
    const opened: Token[] = [];
    let offset = 0;
    while (offset < text.length) {
      const end = this.#comment(offset);
      if (end > offset) {
        offset = end;
        continue;
      }
      TOKEN.lastIndex = offset;
      const groups = TOKEN.exec(text)?.groups;
      if (!groups) this.#stray(offset);
      if (groups.space === undefined) this.#push(groups, offset, opened);
      offset = TOKEN.lastIndex;
    }
    const left = opened.at(-1);
    if (left) {
      const closing = CLOSES[left.text]!;
      this.fail(`${left.text} has no ${closing} after it`, left.offset, `add ${closing}`);
    }
    this.tokens.push({ kind: "end", text: "", offset: text.length });
  }

  /** Where a comment that begins here ends; the offset itself where none does. */
  #comment(offset: number): number {
    const { text } = this;
    if (text[offset] !== "/") return offset;
    if (text[offset + 1] === "/") {
      const end = text.indexOf("\n", offset);
      const stop = end < 0 ? text.length : end;
      if (text.startsWith(PRIVATE, offset)) this.private_ = text.slice(offset + PRIVATE.length, stop);
      return stop;
    }
    if (text[offset + 1] !== "*") return offset;
    const end = text.indexOf("*/", offset + 2);
    return end < 0 ? this.#stray(offset) : end + 2;
  }

  #push(groups: Record<string, string | undefined>, offset: number, opened: Token[]): void {
    const kind =
      groups.number !== undefined
        ? "number"
        : groups.name !== undefined
          ? "name"
          : groups.string !== undefined
            ? "string"
            : "op"; // prettier-ignore
    const token: Token = { kind, text: groups[kind]!, offset };
    this.tokens.push(token);
    if (kind !== "op") return;
    if (token.text in CLOSES) {
      opened.push(token);
      if (opened.length > MAX_NESTING)
        this.fail(`the program is nested deeper than ${MAX_NESTING}`, offset, "write it flatter");
    } else if (token.text in OPENS) {
      const pair = OPENS[token.text]!;
      if (opened.pop()?.text !== pair)
        this.fail(`${token.text} has no ${pair} before it`, offset, "remove it");
    }
  }

  #stray(offset: number): never {
    if (this.text.startsWith("/*", offset)) this.fail("the comment has no end", offset, "add */");
    const char = String.fromCodePoint(this.text.codePointAt(offset)!);
    if (char === '"' || char === "'")
      this.fail("the text in quotes has no end", offset, "add the closing quote in the same line");
    this.fail(`the character ${shownText(char)} has no place here`, offset, "remove it");
  }
}

/** The integer that a number says: 12, 1_000, 0x1F, 0o17, 0b101; undefined for others, and at most 10¹². */
export function whole(text: string): number | undefined {
  const plain = text.replaceAll("_", "");
  if (!/^(\d+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(plain)) return undefined;
  return Math.min(1e12, Number(plain.toLowerCase()));
}

/** A cursor over the tokens of a source. */
export class Tokens {
  at = 0;
  /** Whether integers divide to an integer, as from version 3 on. */
  cuts = true;
  /** Names of constants that are integers. */
  readonly integers = new Set<string>();

  constructor(readonly source: Source) {}

  get now(): Token {
    return this.source.tokens[this.at]!;
  }

  ahead(n = 1): Token {
    return this.source.tokens[Math.min(this.at + n, this.source.tokens.length - 1)]!;
  }

  step(): Token {
    const token = this.now;
    if (token.kind !== "end") this.at += 1;
    return token;
  }

  take(...texts: string[]): Token | undefined {
    const { kind, text } = this.now;
    return (kind === "op" || kind === "name") && texts.includes(text) ? this.step() : undefined;
  }

  expect(text: string, cure = `add ${text}`): Token {
    return this.take(text) ?? this.fail(`${text} was expected before ${this.shown()}`, this.now, cure);
  }

  name(what: string): Token {
    if (this.now.kind !== "name")
      this.fail(`${what} was expected before ${this.shown()}`, this.now, `write ${what}`);
    return this.step();
  }

  integer(what: string): number {
    const token = this.now;
    const value = token.kind === "number" ? whole(token.text) : undefined;
    if (value === undefined)
      this.fail(`${what} must be an integer, not ${this.shown()}`, token, "write a number");
    if (value >= 1e12) this.fail(`${what} is too large`, token, "write a smaller number");
    this.step();
    return value;
  }

  shown(): string {
    return this.now.kind === "end" ? "the end" : shownText(cut(this.now.text));
  }

  fail(message: string, token: Token, cure: string): never {
    this.source.fail(message, token.offset, cure);
  }
}
