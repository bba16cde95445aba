/**
 * A small strict JSON reader that says line and column of a syntax error, since JSON.parse words it differently in each
 * engine. It yields plain values; objects are Maps, so that a key such as __proto__ is only a key and doubles are seen.
 */
import { CircuitError } from "./errors";

/** As Python's json.dumps prints a value, for messages. */
export function dumps(v: Json): string {
  if (Array.isArray(v)) return `[${v.map(dumps).join(", ")}]`;
  if (v instanceof Map) return `{${[...v].map(([k, e]) => `${JSON.stringify(k)}: ${dumps(e)}`).join(", ")}}`;
  return JSON.stringify(v);
}

export type Json = null | boolean | number | string | Json[] | Map<string, Json>;

const MAX_NESTING = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[^"\\]*/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Line and column, 1-based, of a position. */
export function place(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}

export function parseJson(text: string): Json {
  let at = 0;
  let depth = 0;

  const fail = (message: string, position = at, cure?: string): never => {
    const { line, column } = place(text, position);
    throw new CircuitError(message, { where: `line ${line}, column ${column}`, line, column, cure });
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const skip = (): void => void match(SPACE);
  const what = (): string =>
    at >= text.length ? "the end of the text" : JSON.stringify(String.fromCodePoint(text.codePointAt(at)!));

  function string(): string {
    const start = at;
    at += 1;
    let out = "";
    for (;;) {
      const chunk = match(PLAIN) ?? "";
      for (let i = 0; i < chunk.length; i++) {
        if (chunk.charCodeAt(i) < 0x20) fail("a control character stands in a string", at - chunk.length + i);
      }
      out += chunk;
      const c = text[at];
      if (c === '"') {
        at += 1;
        return out;
      }
      if (c === undefined) fail("a string is not closed", start);
      const code = text[at + 1] ?? "";
      if (code === "u") {
        const hex = text.slice(at + 2, at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) fail("an escape \\u needs four hex digits");
        out += String.fromCharCode(Number.parseInt(hex, 16));
        at += 6;
      } else {
        if (!Object.hasOwn(ESCAPES, code)) fail(`\\${code} is not an escape of JSON`);
        out += ESCAPES[code];
        at += 2;
      }
    }
  }

  function value(): Json {
    skip();
    const c = text[at];
    if (c === '"') return string();
    if (c === "{" || c === "[") {
      if (++depth > MAX_NESTING) fail(`the text nests deeper than ${MAX_NESTING}`);
      at += 1;
      const result = c === "{" ? object() : list();
      depth -= 1;
      return result;
    }
    for (const [word, constant] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return constant;
      }
    }
    const number = match(NUMBER);
    if (number === undefined) return fail(`a value was expected, not ${what()}`);
    return Number(number);
  }

  function list(): Json[] {
    const out: Json[] = [];
    skip();
    if (text[at] === "]") {
      at += 1;
      return out;
    }
    for (;;) {
      out.push(value());
      skip();
      const c = text[at];
      if (c !== "," && c !== "]") fail(`, or ] was expected, not ${what()}`);
      at += 1;
      if (c === "]") return out;
    }
  }

  function object(): Map<string, Json> {
    const out = new Map<string, Json>();
    skip();
    if (text[at] === "}") {
      at += 1;
      return out;
    }
    for (;;) {
      skip();
      if (text[at] !== '"') fail(`a key in double quotes was expected, not ${what()}`);
      const start = at;
      const key = string();
      if (out.has(key)) fail(`the key ${JSON.stringify(key)} is given twice`, start, "remove one");
      skip();
      if (text[at] !== ":") fail(`: was expected, not ${what()}`);
      at += 1;
      out.set(key, value());
      skip();
      const c = text[at];
      if (c !== "," && c !== "}") fail(`, or } was expected, not ${what()}`);
      at += 1;
      if (c === "}") return out;
    }
  }

  const result = value();
  skip();
  if (at < text.length) fail(`nothing was expected after the circuit, not ${what()}`);
  return result;
}
