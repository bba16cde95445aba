/**
 * Calls of gates in OpenQASM: modifiers, the program's own definitions, and their expansion into operations of the table.
 * Mirrors qlab/interop/qasm_gates.py. Nothing here reads text; every step is counted, so no program expands without end.
 */
import { type Expr, evaluate, num, printExpr } from "./expr";
import { MAX_LENGTH } from "./exprparse";
import { GATES, type GateRow, resolve } from "./gates.gen";
import { fold, general, isReal, neg, substitute } from "./qasmexpr";

const INVERSE: Record<string, string> = { s: "sdg", sdg: "s", t: "tdg", tdg: "t", sx: "sxdg", sxdg: "sx" };
export const MAX_LEVELS = 64;
const MAX_POWER = 1e6;

/** Gates of qelib1.inc that no name of the table stands for. Source: Qiskit's qelib1.inc. */
export const PRELUDE: Record<string, string> = {
  rccx: "gate rccx a, b, c { u2(0, pi) c; u1(pi/4) c; cx b, c; u1(-pi/4) c; cx a, c; u1(pi/4) c; cx b, c; u1(-pi/4) c; u2(0, pi) c; }",
  rc3x: "gate rc3x a, b, c, d { u2(0, pi) d; u1(pi/4) d; cx c, d; u1(-pi/4) d; u2(0, pi) d; cx a, d; u1(pi/4) d; cx b, d; u1(-pi/4) d; cx a, d; u1(pi/4) d; cx b, d; u1(-pi/4) d; u2(0, pi) d; u1(pi/4) d; cx c, d; u1(-pi/4) d; u2(0, pi) d; }",
};

/** A gate by its name with modifiers. In a definition's body the angles read placeholders "p", and qubits count its own. */
export interface Call {
  readonly name: string;
  readonly params: readonly Expr[];
  /** The added controls first. */
  readonly qubits: readonly number[];
  /** Of the first qubits: true for ctrl, false for negctrl. */
  readonly controls: readonly boolean[];
  readonly power: number;
  readonly offset: number;
}

/** A gate the program defines; no body where it is opaque. */
export interface Definition {
  readonly params: number;
  readonly qubits: number;
  readonly body: readonly Call[] | undefined;
  readonly levels: number;
}

export type Fail = (message: string, offset: number, cure: string) => never;
export type Emit = (
  gate: string,
  targets: readonly number[],
  params: readonly Expr[],
  ones: readonly number[],
  zeros: readonly number[],
  offset: number,
) => void;

const RENAMED: Record<string, string> = { U: "u", CX: "cx", u0: "id", u2: "u" };

/** Gate and controls of a name of stdgates.inc, qelib1.inc or of qlab; OpenQASM minds capitals. */
export function standard(given: string): { row: GateRow; controls: number } | undefined {
  const name = Object.hasOwn(RENAMED, given) ? RENAMED[given]! : given;
  const found = name === name.toLowerCase() ? resolve(name) : undefined;
  const row = found && GATES[found.gate];
  return row?.unitary ? { row, controls: found!.controls } : undefined;
}

/** How many angles and qubits a standard gate takes; −1 qubits: two or more. */
export function signature(name: string): [number, number] | undefined {
  const special: Record<string, [number, number]> = { u2: [2, 1], u0: [1, 1], cu: [4, 2] };
  if (Object.hasOwn(special, name)) return special[name];
  const found = standard(name);
  if (!found) return undefined;
  return [found.row.params.length, found.controls < 0 ? -1 : found.row.targets + found.controls];
}

interface Known {
  readonly name: string;
  readonly params: readonly Expr[];
  readonly controls: readonly number[];
  readonly targets: readonly number[];
}

export class Expander {
  readonly definitions = new Map<string, Definition>();
  readonly #most: number;
  #left: number;

  constructor(
    private readonly fail: Fail,
    private readonly emit: Emit,
    most: number,
  ) {
    this.#most = 20 * most + 1000;
    this.#left = this.#most; // steps, also those that emit nothing
  }

  /** Emits a call, by the definition of its gate if it has one. */
  expand(call: Call): void {
    this.#left -= 1;
    if (this.#left < 0)
      this.fail(`the program expands to more than ${this.#most} steps`, call.offset, "make it smaller");
    if (!(Math.abs(call.power) <= MAX_POWER))
      this.fail(`the power ${general(call.power)} is too large`, call.offset, "use a smaller one");
    const k = call.controls.length;
    const ones = call.qubits.slice(0, k).filter((_, i) => call.controls[i]);
    const zeros = call.qubits.slice(0, k).filter((_, i) => !call.controls[i]);
    const own = this.definitions.get(call.name);
    if (call.power !== 1 && call.power !== -1) this.#power(call, own);
    else if (own) this.#own(call, own);
    else
      for (const g of this.#known(call, call.qubits.slice(k)))
        this.#emit(g.name, g.targets, g.params, [...ones, ...g.controls], zeros, call.offset);
  }

  #power(call: Call, own: Definition | undefined): void {
    const found = own ? undefined : standard(call.name);
    if (Number.isInteger(call.power)) {
      for (let i = Math.abs(call.power); i > 0; i--) this.expand({ ...call, power: call.power > 0 ? 1 : -1 });
    } else if (found?.row.params.length === 1) {
      // e^{−iθG/2} to a power
      const angle: Expr = { type: "bin", op: "*", a: fold(num(call.power)), b: call.params[0]! };
      this.expand({ ...call, params: [angle], power: 1 });
    } else
      this.fail(
        `${call.name} to the power ${general(call.power)} can't be said`,
        call.offset,
        "use an integer power",
      );
  }

  #own(call: Call, own: Definition): void {
    if (!own.body)
      this.fail(`the gate ${call.name} is opaque: it has no definition`, call.offset, "define it with gate");
    const k = call.controls.length;
    const extra = call.qubits.slice(0, k);
    const mine = call.qubits.slice(k);
    for (const step of call.power > 0 ? own.body : [...own.body].reverse()) {
      this.expand({
        name: step.name,
        params: step.params.map((p) => this.#filled(p, call)),
        qubits: [...extra, ...step.qubits.map((q) => mine[q]!)],
        controls: [...call.controls, ...step.controls],
        power: step.power * call.power,
        offset: call.offset,
      });
    }
  }

  /** An angle of a definition at the call's; kept short, since definitions could double it forty times. */
  #filled(e: Expr, call: Call): Expr {
    const out = substitute(e, (s) => ((s.kind as string) === "p" ? call.params[s.index] : undefined));
    const { length } = printExpr(out);
    this.#left -= Math.floor(length / 50);
    if (length <= MAX_LENGTH) return out;
    if (!isReal(out))
      this.fail(`the angle has ${length} characters, more than ${MAX_LENGTH}`, call.offset, "shorten it");
    const value = evaluate(out, [], []);
    if (!Number.isFinite(value)) this.fail("the angle has no finite value", call.offset, "change it");
    return num(value);
  }

  /** The gates of the table that a standard gate stands for. */
  *#known(call: Call, qubits: readonly number[]): Generator<Known> {
    let { name, params } = call;
    const inverse = call.power < 0;
    if (name === "u2") {
      const half: Expr = { type: "bin", op: "/", a: { type: "pi" }, b: num(2) };
      [name, params] = ["u", [half, ...params]];
    } else if (name === "u0") {
      [name, params] = ["id", []]; // a pause
    } else if (name === "cu") {
      const gamma = inverse ? fold(neg(params[3]!)) : params[3]!;
      params = params.slice(0, 3);
      if (!isReal(gamma) || evaluate(gamma, [], []) !== 0)
        yield { name: "p", params: [gamma], controls: [], targets: qubits.slice(0, 1) };
    }
    const { row, controls: k } = standard(name)!; // the reader has looked it up
    const n = k < 0 ? qubits.length - row.targets : k;
    const [controls, targets] = [qubits.slice(0, n), qubits.slice(n)];
    yield inverse
      ? inverted(row.name, params, controls, targets)
      : { name: row.name, params, controls, targets };
  }

  #emit(
    name: string,
    targets: readonly number[],
    params: readonly Expr[],
    ones: readonly number[],
    zeros: readonly number[],
    offset: number,
  ): void {
    if (name !== "gphase" || ones.length + zeros.length === 0)
      this.emit(name, targets, params, ones, zeros, offset);
    else if (ones.length > 0) this.emit("p", ones.slice(-1), params, ones.slice(0, -1), zeros, offset);
    else {
      // a phase on |0⟩ alone
      const flip = zeros.slice(-1);
      this.emit("x", flip, [], [], [], offset);
      this.emit("p", flip, params, [], zeros.slice(0, -1), offset);
      this.emit("x", flip, [], [], [], offset);
    }
  }
}

function inverted(
  name: string,
  params: readonly Expr[],
  controls: readonly number[],
  targets: readonly number[],
): Known {
  const back = (p: Expr): Expr => fold(neg(p));
  if (Object.hasOwn(INVERSE, name)) return { name: INVERSE[name]!, params: [], controls, targets };
  if (name === "u") {
    const [theta, phi, lam] = params.map(back);
    return { name, params: [theta!, lam!, phi!], controls, targets };
  }
  if (name === "dcx") return { name, params: [], controls, targets: [...targets].reverse() };
  if (name === "iswap") return { name: "xx_plus_yy", params: [{ type: "pi" }, num(0)], controls, targets };
  // of r and xx±yy only the first angle is one of rotation
  const [first, ...rest] = params;
  return { name, params: first ? [back(first), ...rest] : [], controls, targets };
}
