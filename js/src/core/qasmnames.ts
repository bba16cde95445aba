/** Names in OpenQASM programs: registers and their operands, inputs and which symbols they are. As qlab/interop/qasm_names.py. */
import { checkCircuit } from "./check";
import type { Circuit } from "./circuit";
import { type Expr, type Sym, sym } from "./expr";
import { LIMITS } from "./names";
import { placeholder } from "./qasmexpr";
import { cut, type Token, type Tokens } from "./qasmlex";

/** first:step:last in brackets; an end that isn't written is undefined. */
interface Span {
  readonly first: number | undefined;
  readonly step: number;
  readonly last: number | undefined;
}

export interface Operand {
  readonly name: Token;
  readonly chosen: readonly number[] | Span | undefined;
}

/** The places of a span among n; −1 is the last. Nothing where it is empty or ends outside. */
function placesOf({ first, step, last }: Span, n: number): number[] {
  const up = step > 0;
  const at = (i: number | undefined, other: number): number => (i === undefined ? other : i < 0 ? i + n : i);
  const [from, to] = [at(first, up ? 0 : n - 1), at(last, up ? n - 1 : 0)];
  if ([from, to].some((i) => i < 0 || i >= n)) return [];
  const count = Math.max(0, Math.floor((to - from) / step) + 1);
  return Array.from({ length: count }, (_, i) => from + i * step);
}

const MAX_INDEX = 9999;
const OWN = /^([xw])_(0|[1-9][0-9]{0,3})$/;
const QISKIT = /^_(.+)_([0-9]{1,6})_$/; // what Qiskit makes of θ[10]
const NUMBERED = /^(.+?)_?([0-9]{1,6})$/;
const INPUTS = new Set(["x", "xs", "input", "inputs", "data", "feature", "features"]);

interface Range {
  readonly kind: "q" | "c";
  /** Indices among all qubits or bits. */
  readonly every: readonly number[];
  readonly array: boolean;
}

/** The declared registers; qubits and bits are numbered through all of them. */
export class Registers {
  readonly #ranges = new Map<string, Range>();
  readonly qubits: string[] = [];
  readonly clbits: string[] = [];

  constructor(private readonly tokens: Tokens) {}

  has(name: string): boolean {
    return this.#ranges.has(name);
  }

  is(kind: "q" | "c", name: string): boolean {
    return this.#ranges.get(name)?.kind === kind;
  }

  add(kind: "q" | "c", name: Token, size: number | undefined): void {
    const what = kind === "q" ? "qubits" : "clbits";
    const wires = this[what];
    const n = size ?? 1;
    if (this.#ranges.has(name.text))
      this.tokens.fail(`the name '${cut(name.text)}' is used twice`, name, "choose another");
    if (n < 1) this.tokens.fail(`a register of size ${n} holds nothing`, name, "use 1 or more");
    if (wires.length + n > LIMITS[what])
      // before anything of that size is made
      this.tokens.fail(`${wires.length + n} ${what}, over the limit of ${LIMITS[what]}`, name, "use fewer");
    const every = Array.from({ length: n }, (_, i) => wires.length + i);
    this.#ranges.set(name.text, { kind, every, array: size !== undefined });
    const alone = size === undefined || (n === 1 && name.text !== kind);
    for (let i = 0; i < n; i++) wires.push(alone ? name.text : `${name.text}${i}`);
  }

  /** Names of wires: legal ones, unique among all. */
  names(kind: "q" | "c"): string[] {
    const wires = kind === "q" ? this.qubits : this.clbits;
    const taken = new Set(kind === "c" ? this.qubits : []);
    return wires.map((given, i) => {
      let name = given;
      for (let n = i; taken.has(name) || [...name].length > 64; n += wires.length) name = `${kind}${n}`;
      taken.add(name);
      return name;
    });
  }

  /** Gives what the operands stand for, one after another, a name of its own. */
  alias(name: Token, operands: readonly Operand[]): void {
    if (this.#ranges.has(name.text))
      this.tokens.fail(`the name '${cut(name.text)}' is used twice`, name, "choose another");
    const kind = this.#ranges.get(operands[0]!.name.text)?.kind ?? "q";
    const every = operands.flatMap((operand) => this.indices(kind, operand));
    if (new Set(every).size !== every.length)
      this.tokens.fail(`${cut(name.text)} names a wire twice`, name, "name each wire once");
    this.#ranges.set(name.text, { kind, every, array: true });
  }

  /** Reads q, q[0], q[-1], q[0:2:4], q[1:] or q[{0, 2}]; whether they exist is for `indices` to say. */
  operand(): Operand {
    const { tokens } = this;
    if (tokens.now.text === "$")
      tokens.fail("hardware qubits such as $0 are not supported here", tokens.now, "declare qubit[2] q;");
    const name = tokens.name("a qubit or a register");
    if (!tokens.take("[")) return { name, chosen: undefined };
    let chosen: number[] | Span;
    if (tokens.take("{")) {
      chosen = [this.#index()];
      while (tokens.take(",")) chosen.push(this.#index());
      tokens.expect("}");
    } else chosen = this.#span(name);
    tokens.expect("]");
    return { name, chosen };
  }

  #span(name: Token): number[] | Span {
    const { tokens } = this;
    const first = tokens.now.text === ":" ? undefined : this.#index();
    if (first !== undefined && !tokens.take(":")) return [first];
    if (first === undefined) tokens.step();
    const last = [":", "]"].includes(tokens.now.text) ? undefined : this.#index();
    if (!tokens.take(":")) return { first, step: 1, last };
    if (!last)
      return tokens.fail(
        "the step of the range must be an integer, not 0 or nothing",
        name,
        "write q[0:2:4]",
      );
    return { first, step: last, last: tokens.now.text === "]" ? undefined : this.#index() };
  }

  #index(): number {
    const sign = this.tokens.take("-") ? -1 : 1;
    return sign * this.tokens.integer("the index");
  }

  /** The indices an operand stands for, among all qubits or bits. */
  indices(kind: "q" | "c", { name, chosen }: Operand): number[] {
    const what = kind === "q" ? "qubit" : "bit";
    const found = this.#ranges.get(name.text);
    if (found?.kind !== kind) {
      const known = [...this.#ranges].filter(([, r]) => r.kind === kind).map(([n]) => n);
      const some = known.sort().slice(0, 8).join(", ");
      const cure = some ? `use one of ${some}` : `declare it with ${what}[2] ${cut(name.text)};`;
      return this.tokens.fail(`no ${what} register is called '${cut(name.text)}'`, name, cure);
    }
    const { every } = found;
    const size = every.length;
    if (!chosen) return [...every];
    if ("step" in chosen) {
      const places = placesOf(chosen, size);
      if (places.length === 0)
        this.tokens.fail(
          `the range of ${cut(name.text)} holds nothing or ends outside`,
          name,
          `use 0 to ${size - 1}`,
        );
      return places.map((i) => every[i]!);
    }
    return chosen.map((i) => {
      if (i < -size || i >= size)
        this.tokens.fail(`${cut(name.text)}[${i}] is out of range`, name, `use 0 to ${size - 1}`);
      return every[i < 0 ? size + i : i]!;
    });
  }

  /** Single qubits for every element of the registers among the operands. */
  broadcast(operands: readonly Operand[]): number[][] {
    const lists = operands.map((o) => this.indices("q", o));
    const whole = operands.map(
      (o, k) => (!o.chosen && this.#ranges.get(o.name.text)!.array) || lists[k]!.length > 1,
    );
    const sizes = [...new Set(lists.filter((_, k) => whole[k]).map((l) => l.length))].sort((a, b) => a - b);
    if (sizes.length > 1)
      this.tokens.fail(
        `registers of ${sizes.join(" and ")} qubits can't be paired`,
        operands[0]!.name,
        "use equal sizes",
      );
    return Array.from({ length: sizes[0] ?? 1 }, (_, i) => lists.map((found, k) => found[whole[k] ? i : 0]!));
  }
}

/** The declared inputs, as placeholders until all are known. */
export class Inputs {
  readonly #names: string[] = [];

  add(name: string): Expr {
    this.#names.push(name);
    return placeholder("i", this.#names.length - 1);
  }

  /** What each placeholder is, and the names to keep. Under one stem the number decides, not the alphabet. */
  symbols(): { values: Expr[]; names: Record<string, string> } {
    const values: Expr[] = [];
    const names: Record<string, string> = {};
    const stems = new Map<string, { number: number; k: number; shown: string }[]>();
    const taken = { x: new Set<number>(), w: new Set<number>() };
    this.#names.forEach((name, k) => {
      const { stem, number, shown } = parts(name);
      const own = stem === "x" || stem === "w" ? taken[stem] : undefined;
      if (own && number >= 0 && number <= MAX_INDEX && !own.has(number)) {
        values[k] = sym(stem as Sym["kind"], number);
        own.add(number);
      } else {
        const group = stems.get(stem) ?? [];
        group.push({ number, k, shown });
        stems.set(stem, group);
      }
    });
    const next = { x: Math.max(-1, ...taken.x) + 1, w: Math.max(-1, ...taken.w) + 1 };
    const used = new Set<string>();
    for (const [stem, group] of stems) {
      const kind = INPUTS.has(stem.toLowerCase()) ? "x" : "w";
      group.sort((a, b) => a.number - b.number || a.k - b.k);
      for (const { k, shown } of group) {
        const symbol = `${kind}[${next[kind]}]`;
        values[k] = sym(kind, next[kind]++);
        const length = [...shown].length;
        if (shown === symbol || length < 1 || length > 64 || used.has(shown)) continue;
        names[symbol] = shown;
        used.add(shown);
      }
    }
    return { values, names };
  }
}

/** Stem, number and the name to show. */
function parts(name: string): { stem: string; number: number; shown: string } {
  const own = OWN.exec(name);
  if (own) return { stem: own[1]!, number: Number(own[2]), shown: `${own[1]}[${own[2]}]` };
  const theirs = QISKIT.exec(name);
  if (theirs) {
    const number = Number(theirs[2]);
    return { stem: theirs[1]!, number, shown: `${theirs[1]}[${number}]` };
  }
  const numbered = NUMBERED.exec(name);
  if (numbered) return { stem: numbered[1]!, number: Number(numbered[2]), shown: name };
  return { stem: name, number: -1, shown: name };
}

/** The circuit with the names of qlab's own comment, as far as they fit; a comment can't make an error. */
export function applyPrivate(circuit: Circuit, text: string): Circuit {
  let found: unknown;
  try {
    found = text ? JSON.parse(text) : {};
  } catch {
    return circuit;
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) return circuit;
  const given = found as Record<string, unknown>;
  let out = circuit;
  const attempt = (changes: Partial<Circuit>): void => {
    try {
      out = checkCircuit({ ...out, ...changes });
    } catch {
      // it doesn't fit: the program's own names stay
    }
  };
  const texts = (v: unknown, n: number): v is string[] => Array.isArray(v) && v.length === n;
  if (typeof given.name === "string") attempt({ name: given.name });
  if (texts(given.qubits, out.qubits.length)) attempt({ qubits: given.qubits });
  if (texts(given.clbits, out.clbits.length)) attempt({ clbits: given.clbits });
  if (typeof given.names === "object" && given.names !== null && !Array.isArray(given.names))
    attempt({ names: given.names as Record<string, string> });
  return out;
}
