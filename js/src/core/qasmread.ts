/**
 * The reader of OpenQASM 2 and 3 in the browser, the same rules, refusals and words as qlab/interop/qasm_read.py: bounded
 * in size, nesting, qubits and expanded gates; an include is a name of a list, nothing is opened. It skips nothing it
 * doesn't know. Besides the circuit it says at which place of the text each operation was written.
 */
import { checkCircuit, checkOp } from "./check";
import type { Circuit, Op } from "./circuit";
import { CircuitError } from "./errors";
import { type Expr, evaluate, num, parseExpr, printExpr } from "./expr";
import { MAX_LENGTH } from "./exprparse";
import { LIMITS } from "./names";
import { DEFINITIONS } from "./qasm3";
import { condition, type Tests } from "./qasmcondition";
import { Declarations, UNSUPPORTED } from "./qasmdeclare";
import { type Call, PRELUDE, signature } from "./qasmexpand";
import { expression, finiteValue, isReal, placeholder, substitute } from "./qasmexpr";
import { cut, MAX_NESTING, Source, type Token } from "./qasmlex";
import { applyPrivate, type Operand } from "./qasmnames";

export { QasmError } from "./qasmlex";

export interface Program {
  readonly circuit: Circuit;
  /** For each operation the offset, in UTF-16 units, of the statement it was written by. */
  readonly offsets: readonly number[];
}

/** The circuit of an OpenQASM 2 or 3 program, or a QasmError with line, column and cure. */
export function readQasm(text: string): Program {
  const source = new Source(text);
  checkLength(source);
  source.scan();
  const reader = new Reader(source, LIMITS.ops);
  for (const name of Object.keys(PRELUDE)) {
    if (!source.tokens.some((t) => t.text === name)) continue;
    const known = new Source(PRELUDE[name]!);
    known.scan();
    const helper = new Reader(known, LIMITS.ops);
    helper.statement();
    for (const [key, value] of helper.expander.definitions) reader.expander.definitions.set(key, value);
  }
  return reader.program();
}

/** Throw at the place at which the text passes its limit. */
function checkLength(source: Source): void {
  const { text } = source;
  const bytes = text.length * 3 > LIMITS.text ? new TextEncoder().encode(text).length : text.length;
  if (bytes <= LIMITS.text) return;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(LIMITS.text));
  source.fail(`${bytes} bytes, over the limit of ${LIMITS.text}`, read, "make it smaller");
}

/** A definition word by word, its own names of angles and qubits as numbers. */
function signatureOf(words: readonly string[]): string {
  const names = new Map<string, string>();
  const head = words.slice(2, words.indexOf("{"));
  head
    .filter((w) => /^[\p{L}\p{Nl}_][\p{L}\p{N}_]*$/u.test(w))
    .forEach((w, k) => {
      names.set(w, `#${k}`);
    });
  return words.map((w, i) => (i < 2 ? w : (names.get(w) ?? w))).join(" ");
}

/** A program's own definition that reads so is the gate of the table; others are expanded. */
const SIGNATURES = new Set(
  Object.values(DEFINITIONS).map((text) => signatureOf(text.match(/\w+(?:\.\w+)?|[^\s\w]/g) ?? [])),
);

class Reader extends Declarations {
  #ops: Op[] = [];
  #offsets: number[] = [];
  #tests: Tests = new Map();
  #depth = 0;
  readonly #most: number;

  constructor(source: Source, most: number) {
    super(source, (g, t, p, ones, zeros, offset) => this.#emit(g, t, p, ones, zeros, offset), most);
    this.#most = most;
  }

  program(): Program {
    const { tokens, registers } = this;
    while (tokens.now.kind !== "end") this.statement();
    if (registers.qubits.length === 0)
      tokens.fail("the program declares no qubits", tokens.now, "add qubit[2] q;");
    const { values, names } = this.inputs.symbols();
    const own = (e: Expr): Expr =>
      substitute(e, (s) => ((s.kind as string) === "i" ? values[s.index] : undefined));
    const ops = this.#ops.map((op, i) =>
      op.params.length === 0
        ? op
        : { ...op, params: op.params.map((p) => this.#angle(own(p), this.#offsets[i]!)) },
    );
    const wires = { qubits: registers.names("q"), clbits: registers.names("c") };
    const circuit = checkCircuit({ name: "circuit", ...wires, names, ops });
    return { circuit: applyPrivate(circuit, this.source.private_), offsets: this.#offsets };
  }

  #angle(e: Expr, offset: number): Expr {
    const short = printExpr(e).length > MAX_LENGTH && isReal(e) ? num(evaluate(e, [], [])) : e;
    return this.#placed(offset, () => parseExpr(printExpr(short)));
  }

  /** An error without a place in the program gets this one. */
  #placed<T>(offset: number, act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error;
      return this.source.fail(error.message, offset, error.cure ?? "change it");
    }
  }

  #emit(
    gate: string,
    qubits: readonly number[],
    params: readonly Expr[],
    controls: readonly number[],
    anticontrols: readonly number[],
    offset: number,
    clbits: readonly number[] = [],
  ): void {
    if (this.#ops.length >= this.#most) {
      const message = `the program has more than ${this.#most} gates when expanded`;
      this.source.fail(message, offset, "make it smaller");
    }
    const tested = [...this.#tests];
    if (tested.length > 53)
      this.source.fail("the condition has more than 53 bits", offset, "test fewer bits");
    // a sum, since 31 bits and more don't fit the operators on integers
    const value = tested.reduce((sum, [, v], i) => sum + v * 2 ** i, 0);
    const condition =
      tested.length > 0 && gate !== "barrier"
        ? { condition: { clbits: tested.map(([bit]) => bit), value } }
        : {};
    const id = `g${this.#ops.length + 1}`;
    const op: Op = { id, gate, qubits, params, controls, anticontrols, clbits, ...condition };
    const wires = this.registers;
    this.#ops.push(this.#placed(offset, () => checkOp(op, { qubits: wires.qubits, clbits: wires.clbits })));
    this.#offsets.push(offset);
  }

  statement(): void {
    const { tokens } = this;
    const token = tokens.now;
    const word = token.kind === "name" ? token.text : "";
    if (tokens.take(";")) return;
    if (word === "OPENQASM") this.version();
    else if (word === "include") this.include();
    else if (["qreg", "creg", "qubit", "bit", "output"].includes(word)) {
      if (this.declaration()) this.#assignment();
    } else if (word === "input") this.input();
    else if (word === "const") this.constant();
    else if (word === "gate") this.#definition();
    else if (word === "opaque") this.opaque();
    else if (word === "let") this.let();
    else if (word === "if") this.#conditional();
    else if (word === "measure") this.#measureArrow();
    else if (word === "reset" || word === "barrier") this.#resetOrBarrier();
    else if (UNSUPPORTED.has(word)) {
      const cure = "write it out gate by gate, or load it with Qiskit and use Circuit.from_qiskit";
      tokens.fail(`${word} is not supported here`, token, cure);
    } else if (!word) tokens.fail(`a statement was expected before ${tokens.shown()}`, token, "remove it");
    else if (["=", "["].includes(tokens.ahead().text) && this.registers.is("c", word)) this.#assignment();
    else this.#calls();
  }

  #definition(): void {
    const { tokens } = this;
    const start = tokens.at;
    const word = tokens.step();
    const name = tokens.name("a name");
    const params = this.parameters();
    const qubits = this.args("{");
    tokens.expect("{");
    const places = new Map(qubits.map((q, i) => [q, i]));
    const names = new Map(this.names);
    params.forEach((p, i) => {
      names.set(p, placeholder("p", i));
    });
    const body: Call[] = [];
    while (!tokens.take("}")) {
      if (tokens.take("barrier")) {
        this.args(";");
        tokens.expect(";");
        continue;
      }
      const { call, operands } = this.#call(names);
      body.push({ ...call, qubits: operands.map((o) => this.#local(o, places)) });
    }
    const own = this.expander.definitions;
    const words = tokens.source.tokens.slice(start, tokens.at).map((t) => t.text);
    const redefined = [name.text, ...body.map((c) => c.name)].some((n) => own.has(n));
    // what qlab itself writes for a gate of its table, of gates that mean what they should
    if (!redefined && words.length < 200 && SIGNATURES.has(signatureOf(words))) return;
    const levels = 1 + body.reduce((most, c) => Math.max(most, own.get(c.name)?.levels ?? 0), 0);
    this.define(name, { params: params.length, qubits: qubits.length, body, levels }, word);
  }

  #local({ name, chosen }: Operand, places: ReadonlyMap<string, number>): number {
    const found = places.get(name.text);
    if (found === undefined || chosen)
      return this.tokens.fail(`the gate has no qubit '${cut(name.text)}'`, name, "use one of its own qubits");
    return found;
  }

  /** Reads a call up to its semicolon; the operands are not yet looked up. */
  #call(names: ReadonlyMap<string, Expr>): { call: Call; operands: Operand[] } {
    const { tokens } = this;
    const start = tokens.now;
    const controls: boolean[] = [];
    let power = 1;
    while (["ctrl", "negctrl", "inv", "pow"].includes(tokens.now.text))
      power *= this.#modifier(controls, names);
    const name = tokens.name("a gate");
    const params: Expr[] = [];
    if (tokens.take("(")) {
      while (tokens.now.text !== ")") {
        params.push(expression(tokens, names));
        if (!tokens.take(",")) break;
      }
      tokens.expect(")");
    }
    const operands: Operand[] = [];
    while (tokens.now.text !== ";") {
      operands.push(this.registers.operand());
      if (!tokens.take(",")) break;
    }
    tokens.expect(";");
    this.#arity(name, params.length, operands.length - controls.length);
    return {
      call: { name: name.text, params, qubits: [], controls, power, offset: start.offset },
      operands,
    };
  }

  #modifier(controls: boolean[], names: ReadonlyMap<string, Expr>): number {
    const { tokens } = this;
    const word = tokens.step();
    let power = -1;
    if (word.text === "pow") {
      tokens.expect("(");
      const exponent = expression(tokens, names);
      if (!isReal(exponent)) tokens.fail("the power must be a number", word, "write pow(2)");
      power = finiteValue(tokens, word, exponent);
      tokens.expect(")");
    } else if (word.text !== "inv") {
      power = 1;
      let n = 1;
      if (tokens.take("(")) {
        n = tokens.integer("the number of controls");
        tokens.expect(")");
      }
      if (n < 1 || n > 64 - controls.length)
        tokens.fail(`${n} controls are too many or too few`, word, "use 1 to 64");
      for (let i = 0; i < n; i++) controls.push(word.text === "ctrl");
    }
    tokens.expect("@");
    return power;
  }

  #arity(name: Token, params: number, qubits: number): void {
    const own = this.expander.definitions.get(name.text);
    const found = own ? [own.params, own.qubits] : signature(name.text);
    if (!found)
      this.tokens.fail(
        `the gate '${cut(name.text)}' is unknown`,
        name,
        "define it with gate, or see the spelling",
      );
    const [angles, wires] = found as [number, number];
    if (params !== angles)
      this.tokens.fail(`${name.text} needs ${angles} angles, got ${params}`, name, `give ${angles}`);
    if (qubits === wires || (wires < 0 && qubits >= 2)) return;
    const wanted = wires >= 0 ? String(wires) : "2 or more";
    const message = `${name.text} needs ${wanted} qubits, got ${Math.max(qubits, 0)}`;
    this.tokens.fail(message, name, `give ${wanted}`);
  }

  #calls(): void {
    const { call, operands } = this.#call(this.names);
    for (const qubits of this.registers.broadcast(operands)) this.expander.expand({ ...call, qubits });
  }

  #measure(qubits: readonly number[], bits: readonly number[], token: Token): void {
    if (qubits.length !== bits.length)
      this.tokens.fail(
        `${qubits.length} qubits are measured into ${bits.length} bits`,
        token,
        "use as many bits",
      );
    qubits.forEach((q, i) => {
      this.#emit("measure", [q], [], [], [], token.offset, [bits[i]!]);
    });
  }

  #measureArrow(): void {
    const word = this.tokens.step();
    const qubits = this.registers.indices("q", this.registers.operand());
    this.tokens.expect("->", "say where to: measure q[0] -> c[0];");
    const bits = this.registers.indices("c", this.registers.operand());
    this.tokens.expect(";");
    this.#measure(qubits, bits, word);
  }

  #assignment(): void {
    const start = this.tokens.now;
    const bits = this.registers.indices("c", this.registers.operand());
    this.tokens.expect("=");
    this.tokens.expect("measure", "only a measurement can be assigned to bits");
    const qubits = this.registers.indices("q", this.registers.operand());
    this.tokens.expect(";");
    this.#measure(qubits, bits, start);
  }

  #resetOrBarrier(): void {
    const { tokens, registers } = this;
    const word = tokens.step();
    const qubits: number[] = [];
    while (tokens.now.text !== ";") {
      for (const q of registers.indices("q", registers.operand())) qubits.push(q);
      if (!tokens.take(",")) break;
    }
    tokens.expect(";");
    if (word.text === "barrier") {
      const every = registers.qubits.map((_, i) => i);
      this.#emit("barrier", qubits.length > 0 ? qubits : every, [], [], [], word.offset);
    } else for (const q of qubits) this.#emit("reset", [q], [], [], [], word.offset);
  }

  #conditional(): void {
    const { tokens } = this;
    const word = tokens.step();
    tokens.expect("(");
    const tests = condition(this.tokens, this.registers);
    tokens.expect(")");
    this.#block(tests, word);
    if (!tokens.take("else")) return;
    if (tests.size !== 1)
      tokens.fail("else after a test of several bits is not supported", word, "write a second if");
    this.#block(new Map([...tests].map(([bit, value]) => [bit, 1 - value])), word);
  }

  #block(tests: Tests, word: Token): void {
    this.#depth += 1;
    if (this.#depth > MAX_NESTING)
      this.tokens.fail(`if is nested deeper than ${this.#depth - 1}`, word, "write it flatter");
    const outer = this.#tests;
    const start = this.#ops.length;
    const merged = new Map([...outer, ...tests]);
    const never = [...tests].some(([bit, value]) => (outer.get(bit) ?? value) !== value);
    this.#tests = merged;
    if (this.tokens.take("{")) while (!this.tokens.take("}")) this.statement();
    else this.statement();
    this.#tests = outer;
    this.#depth -= 1;
    if (never) {
      // contradicts the test around it
      this.#ops.length = start;
      this.#offsets.length = start;
    }
    if (this.#ops.slice(start, -1).some((op) => op.clbits.some((bit) => merged.has(bit))))
      this.tokens.fail("the body writes a bit that it was tested on", word, "measure into another bit");
  }
}
