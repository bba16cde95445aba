/** The condition of an `if` in OpenQASM: which bits it tests, and for which values. */
import { UNSUPPORTED } from "./qasmdeclare";
import type { Tokens } from "./qasmlex";
import type { Registers } from "./qasmnames";

/** Bit and value. */
export type Tests = ReadonlyMap<number, number>;

/** Tests of bits joined by &&, as the value each bit must have. */
export function condition(tokens: Tokens, registers: Registers): Map<number, number> {
  const tests = new Map<number, number>();
  for (;;) {
    const token = tokens.now;
    for (const [bit, value] of term(tokens, registers)) {
      const known = tests.get(bit);
      if (known !== undefined && known !== value)
        tokens.fail("the condition contradicts itself", token, "remove it");
      tests.set(bit, value);
    }
    if (!tokens.take("&&")) return tests;
  }
}

function term(tokens: Tokens, registers: Registers): Map<number, number> {
  if (tokens.take("(")) {
    const inner = condition(tokens, registers);
    tokens.expect(")");
    return inner;
  }
  const negated = tokens.take("!", "~") !== undefined;
  const token = tokens.now;
  if (UNSUPPORTED.has(token.text))
    tokens.fail(`${token.text} is not supported here`, token, "compare the bits themselves: c == 2");
  const bits = registers.indices("c", registers.operand());
  const mark = tokens.take("==", "!=");
  let value = 1;
  if (mark) {
    const word = tokens.take("true", "false");
    value = word ? Number(word.text === "true") : tokens.integer("the value");
  }
  const flip = negated !== (mark?.text === "!=");
  if ((flip || !mark) && bits.length !== 1)
    tokens.fail("only a single bit can be tested so", token, "write c == 3");
  if (value >= 2 ** bits.length)
    tokens.fail(`${value} doesn't fit ${bits.length} bits`, token, `use 0 to ${2 ** bits.length - 1}`);
  return new Map(bits.map((bit, i) => [bit, (Math.floor(value / 2 ** i) % 2) ^ Number(flip)]));
}
