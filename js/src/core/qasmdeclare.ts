/** What an OpenQASM program declares: version, includes, registers, inputs, constants, opaque gates. As qasm_declare.py. */
import type { Expr } from "./expr";
import { type Definition, type Emit, Expander, MAX_LEVELS, PRELUDE } from "./qasmexpand";
import { expression } from "./qasmexpr";
import { cut, type Source, type Token, Tokens } from "./qasmlex";
import { Inputs, Registers } from "./qasmnames";

const INCLUDES = ["qelib1.inc", "stdgates.inc"];
const MAX_INPUTS = 20_000;
export const UNSUPPORTED = new Set(
  "for while switch def return box delay cal defcal defcalgrammar extern int uint float angle bool complex array duration stretch break continue end pragma".split(
    " ",
  ),
);

/** The declaring half of a program; qasmread adds the statements that do something. */
export abstract class Declarations {
  readonly tokens: Tokens;
  readonly registers: Registers;
  readonly inputs = new Inputs();
  readonly names = new Map<string, Expr>();
  readonly expander: Expander;

  constructor(
    readonly source: Source,
    emit: Emit,
    most: number,
  ) {
    this.tokens = new Tokens(source);
    this.registers = new Registers(this.tokens);
    this.expander = new Expander((message, offset, cure) => source.fail(message, offset, cure), emit, most);
  }

  version(): void {
    const word = this.tokens.step();
    if (word.offset !== this.source.tokens[0]!.offset)
      this.tokens.fail("OPENQASM must come first", word, "move it to the top");
    const number = this.tokens.step();
    if (number.kind !== "number" || !["2", "3"].includes(number.text.split(".")[0]!))
      this.tokens.fail(
        `OpenQASM ${cut(number.text, 20)} is unknown`,
        number,
        "write OPENQASM 2.0; or OPENQASM 3.0;",
      );
    this.tokens.cuts = number.text.startsWith("3");
    this.tokens.expect(";");
  }

  include(): void {
    this.tokens.step();
    const name = this.tokens.step();
    if (name.kind !== "string" || !INCLUDES.includes(name.text.slice(1, -1)))
      this.tokens.fail(
        `the include ${cut(name.text, 80)} is not allowed`,
        name,
        `use ${INCLUDES.join(" or ")}`,
      );
    // version 2, left unsaid
    if (this.source.tokens[0]!.text !== "OPENQASM" && name.text.slice(1, -1) === "qelib1.inc")
      this.tokens.cuts = false;
    this.tokens.expect(";");
  }

  /** Reads a register; true where a measurement is assigned to it at once, which is next then. */
  declaration(): boolean {
    const { tokens } = this;
    tokens.take("output");
    const token = tokens.name("a type");
    const word = token.text;
    if (!["qreg", "creg", "qubit", "bit"].includes(word))
      tokens.fail(`'${cut(word)}' is not supported here`, token, "use bit");
    const old = word === "qreg" || word === "creg";
    let size = old ? undefined : this.size();
    const name = tokens.name("a name");
    if (old) size = this.size() ?? 1;
    if (this.names.has(name.text))
      tokens.fail(`the name '${cut(name.text)}' is used twice`, name, "choose another");
    this.registers.add(word === "qreg" || word === "qubit" ? "q" : "c", name, size);
    if (word === "bit" && tokens.now.text === "=") {
      tokens.at -= 1; // bit[2] c = measure q; goes on as c = measure q;
      return true;
    }
    tokens.expect(";");
    return false;
  }

  size(): number | undefined {
    if (!this.tokens.take("[")) return undefined;
    const n = this.tokens.integer("the size");
    this.tokens.expect("]");
    return n;
  }

  input(): void {
    const { tokens } = this;
    tokens.step();
    const kind = tokens.name("float");
    if (kind.text !== "float" && kind.text !== "angle")
      tokens.fail(`an input of type '${cut(kind.text)}' is not supported`, kind, "use input float");
    this.size();
    const name = tokens.name("a name");
    if (this.names.has(name.text) || this.registers.has(name.text))
      tokens.fail(`the name '${cut(name.text)}' is used twice`, name, "choose another");
    if (this.names.size >= MAX_INPUTS)
      tokens.fail(`the program has more than ${MAX_INPUTS} inputs`, name, "use fewer");
    this.names.set(name.text, this.inputs.add(name.text));
    tokens.expect(";");
  }

  constant(): void {
    const { tokens } = this;
    tokens.step();
    const kind = tokens.name("float");
    this.size();
    const name = tokens.name("a name");
    tokens.expect("=");
    this.names.set(name.text, expression(tokens, this.names));
    if (kind.text === "int" || kind.text === "uint") tokens.integers.add(name.text);
    tokens.expect(";");
  }

  let(): void {
    const { tokens } = this;
    tokens.step();
    const name = tokens.name("a name");
    if (this.names.has(name.text))
      tokens.fail(`the name '${cut(name.text)}' is used twice`, name, "choose another");
    tokens.expect("=");
    const operands = [this.registers.operand()];
    while (tokens.take("++")) operands.push(this.registers.operand());
    tokens.expect(";");
    this.registers.alias(name, operands);
  }

  opaque(): void {
    const word = this.tokens.step();
    const name = this.tokens.name("a name");
    const params = this.parameters();
    const qubits = this.args(";");
    this.tokens.expect(";");
    this.define(name, { params: params.length, qubits: qubits.length, body: undefined, levels: 1 }, word);
  }

  define(name: Token, definition: Definition, word: Token): void {
    if (this.expander.definitions.has(name.text) && !Object.hasOwn(PRELUDE, name.text))
      this.tokens.fail(`the gate '${cut(name.text)}' is defined twice`, name, "choose another name");
    if (definition.levels > MAX_LEVELS)
      this.tokens.fail(`gates are defined more than ${MAX_LEVELS} levels deep`, word, "write it flatter");
    this.expander.definitions.set(name.text, definition);
  }

  parameters(): string[] {
    const found: string[] = [];
    if (!this.tokens.take("(")) return found;
    while (this.tokens.now.text !== ")") {
      found.push(this.tokens.name("a parameter").text);
      if (!this.tokens.take(",")) break;
    }
    this.tokens.expect(")");
    return found;
  }

  args(end: string): string[] {
    const found = new Set<string>();
    while (this.tokens.now.text !== end) {
      const name = this.tokens.name("a qubit");
      if (found.has(name.text))
        this.tokens.fail(`the qubit '${cut(name.text)}' is named twice`, name, "choose another name");
      found.add(name.text);
      if (!this.tokens.take(",")) break;
    }
    return [...found];
  }
}
