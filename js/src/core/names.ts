/** The names of a circuit, of its wires and of its symbols, and the limits on how many: the rules of qlab/circuit/names.py. */
import type { Circuit } from "./circuit";
import { CircuitError } from "./errors";

export const LIMITS = { qubits: 64, clbits: 1024, ops: 10_000, blocks: 256, text: 1_000_000 } as const;
const MAX_NAME = 64;
const SYMBOL = /^([xw])\[(0|[1-9][0-9]{0,3})\]$/;
const UNITS: Record<string, string> = { text: "bytes", ops: "operations", clbits: "classical bits" };

/** Throw when there are more than allowed. */
export function checkLimit(what: keyof typeof LIMITS, n: number): void {
  if (n <= LIMITS[what]) return;
  const field = what;
  throw new CircuitError(`${n} ${UNITS[what] ?? what}, over the limit of ${LIMITS[what]}`, {
    where: `field ${field}`,
    field,
    cure: "make it smaller",
  });
}

function isPlain(name: string): boolean {
  for (const char of name) {
    const code = char.codePointAt(0)!;
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}

/** Throw unless `name` is 1 to 64 characters, none of them a control character or half of a pair. */
export function checkName(name: unknown, field: string): void {
  if (typeof name === "string") {
    const length = [...name].length;
    if (length >= 1 && length <= MAX_NAME && isPlain(name)) return;
  }
  const visible = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // ASCII only, so that what can't be seen is.
  const shown = (JSON.stringify(name) ?? "nothing").replace(/[^ -~]/g, visible).slice(0, 80);
  throw new CircuitError(`the name ${shown} is not valid`, {
    where: `field ${field}`,
    field,
    cure: `use 1 to ${MAX_NAME} characters without control characters`,
  });
}

/** As Python prints a text in a message. */
export const quoted = (text: string): string =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`;

/** Check all names; returns those of symbols in normal form: only the ones that differ, x before w, by index. */
export function checkNames(c: Circuit): Record<string, string> {
  checkName(c.name, "name");
  const seen = new Set<string>();
  for (const field of ["qubits", "clbits"] as const) {
    c[field].forEach((wire, i) => {
      checkName(wire, field);
      if (seen.has(wire)) {
        const where = `field ${field}[${i}]`;
        throw new CircuitError(`two wires are called ${quoted(wire)}`, {
          where,
          field,
          cure: "give each wire its own name",
        });
      }
      seen.add(wire);
    });
  }
  const info = { where: "field names", field: "names" };
  const used = new Set<string>();
  const kept: [string, string][] = [];
  for (const [symbol, other] of Object.entries(c.names)) {
    if (!SYMBOL.test(symbol)) {
      throw new CircuitError(`${quoted(symbol)} is not a symbol`, { ...info, cure: "use x[0] or w[0]" });
    }
    checkName(other, "names");
    if (used.has(other)) {
      throw new CircuitError(`the name ${quoted(other)} is used twice`, {
        ...info,
        cure: "give each its own name",
      });
    }
    used.add(other);
    if (symbol !== other) kept.push([symbol, other]);
  }
  const order = (symbol: string): number =>
    (symbol.startsWith("x") ? 0 : 1e6) + Number(SYMBOL.exec(symbol)![2]);
  return Object.fromEntries(kept.sort(([a], [b]) => order(a) - order(b)));
}
