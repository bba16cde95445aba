/**
 * The state of a circuit at any column, in the browser. Unitary circuits and measurements at the end are exact. A
 * measurement or a reset in the middle takes one seeded branch, named with its probability; where the outcome is certain,
 * or doesn't matter, nothing is drawn by lot. States are kept every few steps, so that an edit pays only for what follows.
 */
import { expanded } from "./blocks";
import { type Circuit, clbitsOf, type Op, rowOf, wiresOf } from "./circuit";
import { columns } from "./columns";
import { evaluate, sameExpr } from "./expr";
import { applyMatrix, product, type State, zero } from "./kernel";
import type { Matrix } from "./matrices";
import { MAX_WIRES, matrixOf, type SimResult } from "./simulate";
import { sameMatrix } from "./unitary";

/** What fell by lot: the outcome of a measurement, or what a reset found. */
export interface Lot {
  readonly opId: string;
  readonly kind: "measure" | "reset";
  readonly wire: number;
  readonly bit?: number;
  readonly outcome: 0 | 1;
  /** Probability of this outcome, given those before it. */
  readonly p: number;
}

/** The branch a state belongs to. */
export interface Branch {
  readonly seed: number;
  readonly lots: readonly Lot[];
  /** Probability of all of them together. */
  readonly p: number;
}

/** One operation as it is carried out. */
interface Step {
  readonly op: Op;
  readonly angles: readonly number[];
  /** A measurement that nothing follows: the state shown is the one before it. */
  readonly deferred: boolean;
}

/** All that a run carries from one step to the next. */
interface Carry {
  readonly state: State;
  readonly bits: readonly number[];
  readonly lots: readonly Lot[];
}

interface Mark extends Carry {
  /** How many steps were carried out. */
  readonly at: number;
  /** Where the last change began, between the others: the next one is likely to begin there, as under a slider. */
  readonly here?: true;
}

export interface RunOptions {
  readonly col?: number | undefined;
  readonly seed?: number;
  readonly limit?: number;
}

/** Memory for the states that are kept, in bytes, and their number. */
const KEPT_BYTES = 48e6;
const KEPT = 64;
const LEAST = 8;
/** Steps that are carried out again sooner than a state is kept for them. */
const NEAR = 3;
/** Nearer to 0 or 1 than this, an outcome is certain. */
const SURE = 1e-12;

/** A run that can be carried out in parts: each `next` is one operation; the value at the end is the state. */
export interface Run {
  /** Amplitudes that are yet to be passed over, about. */
  readonly work: number;
  readonly parts: Iterator<undefined, SimResult>;
}

/** Simulates one circuit after another and reuses what they have in common. */
export class Runner {
  /** Matrices applied to a state since this runner was made: what a run costs. */
  applied = 0;
  #steps: readonly Step[] = [];
  #marks: Mark[] = [];
  /** Memory of marks that are no more, for the next ones: fresh megabytes cost more than filling them. */
  #spare: State[] = [];
  #about = "";

  /**
   * The state left of column `col` (by default at the end) for inputs x and weights w in radians; `seed` chooses the
   * branch. The returned state is the caller's own.
   */
  run(c: Circuit, x: ArrayLike<number>, w: ArrayLike<number>, options: RunOptions = {}): SimResult {
    const { parts } = this.begin(c, x, w, options);
    for (;;) {
      const { done, value } = parts.next();
      if (done) return value;
    }
  }

  /** The same in parts. The next run ends this one; the states that it kept so far are of use to it. */
  begin(c: Circuit, x: ArrayLike<number>, w: ArrayLike<number>, options: RunOptions = {}): Run {
    const { col, seed = 1, limit = MAX_WIRES } = options;
    const qubits = c.qubits.length;
    if (qubits > limit) {
      const large = { tooLarge: true, qubits, limit, bytes: 16 * 2 ** qubits } as const;
      return { work: 0, parts: { next: () => ({ done: true, value: large }) } };
    }
    const steps = stepsOf(c, x, w, col);
    const about = `${qubits}:${c.clbits.length}:${seed}`;
    const common = about === this.#about ? shared(this.#steps, steps) : 0;
    const stays = (m: Mark): boolean => m.at <= common && !(m.here && m.at < common - NEAR);
    for (const mark of this.#marks) if (!stays(mark)) this.#spare.push(mark.state);
    this.#marks = this.#marks.filter(stays);
    if (this.#spare[0] && this.#spare[0].re.length !== 2 ** qubits) this.#spare = [];
    this.#steps = steps;
    this.#about = about;
    const mark = this.#marks.at(-1);
    const work = (steps.length - (mark?.at ?? 0)) * 2 ** qubits;
    const parts = this.#from(mark, steps, x, w, { qubits, bits: c.clbits.length, seed, common });
    return { work, parts };
  }

  *#from(
    mark: Mark | undefined,
    steps: readonly Step[],
    x: ArrayLike<number>,
    w: ArrayLike<number>,
    size: { qubits: number; bits: number; seed: number; common: number },
  ): Generator<undefined, SimResult, undefined> {
    const state = mark ? copy(mark.state) : zero(size.qubits);
    const bits = mark ? [...mark.bits] : Array<number>(size.bits).fill(0);
    const lots = mark ? [...mark.lots] : [];
    const every = spacing(steps.length, size.qubits);
    const waiting = new Map<number, Matrix>();
    const flush = (wires: Iterable<number>): void => {
      for (const q of [...wires]) {
        const m = waiting.get(q);
        if (!m) continue;
        this.#apply(state, m, [q]);
        waiting.delete(q);
      }
    };
    const begun = mark?.at ?? 0;
    for (let i = begun; i < steps.length; i++) {
      const { op, deferred } = steps[i]!;
      const regular = i > begun && i % every === 0;
      if (regular || (i === size.common && i > begun + NEAR)) {
        flush(waiting.keys());
        const kept = { at: i, state: copy(state, this.#spare.pop()), bits: [...bits], lots: [...lots] };
        this.#marks.push(regular ? kept : { ...kept, here: true });
      }
      yield;
      if (this.#steps !== steps) throw new Error("a later run has begun");
      if (deferred || op.gate === "barrier" || !met(op, bits)) continue;
      if (rowOf(op)?.unitary) this.#unitary(state, op, x, w, waiting, flush);
      else {
        flush(op.qubits);
        this.#lot(state, op, bits, lots, size.seed);
      }
    }
    flush(waiting.keys());
    if (lots.length === 0) return state;
    return { ...state, branch: { seed: size.seed, lots, p: lots.reduce((p, lot) => p * lot.p, 1) } };
  }

  #apply(
    state: State,
    m: Matrix,
    ...where: [readonly number[], (readonly number[])?, (readonly number[])?]
  ): void {
    this.applied += 1;
    applyMatrix(state, m, ...where);
  }

  /** Matrices in a row on one wire are multiplied first, and applied in one pass. */
  #unitary(
    state: State,
    op: Op,
    x: ArrayLike<number>,
    w: ArrayLike<number>,
    waiting: Map<number, Matrix>,
    flush: (wires: Iterable<number>) => void,
  ): void {
    const m = matrixOf(op, x, w)!;
    const q = op.qubits[0];
    if (op.qubits.length === 1 && op.controls.length + op.anticontrols.length === 0) {
      const before = waiting.get(q!);
      waiting.set(q!, before ? product(m, before) : m);
      return;
    }
    flush(wiresOf(op));
    this.#apply(state, m, op.qubits, op.controls, op.anticontrols);
  }

  #lot(state: State, op: Op, bits: number[], lots: Lot[], seed: number): void {
    const wire = op.qubits[0]!;
    const { p1, pure } = reduced(state, wire);
    this.applied += 1;
    const sure = p1 < SURE || p1 > 1 - SURE;
    // what a reset finds on a wire entangled with no other changes nothing that can be seen
    const certain = sure || (op.gate === "reset" && pure);
    const outcome = (certain ? p1 > 0.5 : uniform(seed, lots.length) < p1) ? 1 : 0;
    const p = outcome === 1 ? p1 : 1 - p1;
    project(state, wire, outcome, p, op.gate === "reset");
    const bit = op.clbits[0];
    if (bit !== undefined) bits[bit] = outcome;
    if (certain) return;
    const kind = op.gate === "reset" ? "reset" : "measure";
    lots.push({ opId: op.id, kind, wire, outcome, p, ...(bit === undefined ? {} : { bit }) });
  }
}

/** The state after the first `upTo` operations (all by default); a run of its own, nothing kept. */
export function simulate(
  c: Circuit,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  upTo = c.ops.length,
  limit = MAX_WIRES,
  seed = 1,
): SimResult {
  return new Runner().run({ ...c, ops: c.ops.slice(0, upTo) }, x, w, { limit, seed });
}

function copy({ re, im }: State, into?: State): State {
  if (!into) return { re: re.slice(), im: im.slice() };
  into.re.set(re);
  into.im.set(im);
  return into;
}

/** A power of two, so that a step more or less leaves the marks where they are. */
function spacing(steps: number, qubits: number): number {
  const most = Math.max(4, Math.min(KEPT, Math.floor(KEPT_BYTES / (16 * 2 ** qubits))));
  let every = LEAST;
  while (steps / every > most) every *= 2;
  return every;
}

/** Operations by column: what is left of a column comes first, and an edit in the last column changes only the end. */
function stepsOf(c: Circuit, x: ArrayLike<number>, w: ArrayLike<number>, col = Infinity): Step[] {
  const cols = columns(c);
  const order = c.ops
    .map((op, i) => ({ op, col: cols[i]! }))
    .filter((o) => o.col < col)
    .sort((a, b) => a.col - b.col)
    .flatMap(({ op }) => expanded(op, c.blocks));
  const touched = new Set<number>();
  const read = new Set<number>();
  const steps: Step[] = [];
  for (let i = order.length - 1; i >= 0; i--) {
    const op = order[i]!;
    const later = op.qubits.some((q) => touched.has(q)) || op.clbits.some((b) => read.has(b));
    const deferred = op.gate === "measure" && !op.condition && !later;
    if (!deferred && op.gate !== "barrier") {
      for (const q of wiresOf(op)) touched.add(q);
      for (const b of clbitsOf(op)) read.add(b);
    }
    steps.push({ op, angles: op.params.map((e) => evaluate(e, x, w)), deferred });
  }
  return steps.reverse();
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((v, i) => Object.is(v, b[i]));

function alike(a: Step, b: Step): boolean {
  if (a.deferred !== b.deferred || !same(a.angles, b.angles)) return false;
  if (a.op === b.op) return true;
  const [p, q] = [a.op, b.op];
  return (
    p.id === q.id &&
    p.gate === q.gate &&
    same(p.qubits, q.qubits) &&
    same(p.controls, q.controls) &&
    same(p.anticontrols, q.anticontrols) &&
    same(p.clbits, q.clbits) &&
    sameMatrix(p.matrix, q.matrix) &&
    p.condition?.value === q.condition?.value &&
    same(p.condition?.clbits ?? [], q.condition?.clbits ?? []) &&
    p.params.every((e, i) => sameExpr(e, q.params[i]!))
  );
}

/** How many steps at the front are the same. */
function shared(a: readonly Step[], b: readonly Step[]): number {
  let i = 0;
  while (i < a.length && i < b.length && alike(a[i]!, b[i]!)) i += 1;
  return i;
}

const met = ({ condition }: Op, bits: readonly number[]): boolean =>
  !condition || condition.clbits.every((bit, i) => bits[bit] === Math.floor(condition.value / 2 ** i) % 2);

/** A number in [0, 1) for the k-th lot of a seed: a hash, so that a lot doesn't depend on how the run got there. */
export function uniform(seed: number, k: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(k + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Probability of 1 on a wire, and whether the wire is entangled with no other. */
function reduced({ re, im }: State, wire: number): { p1: number; pure: boolean } {
  const half = 1 << wire;
  let [p0, p1, cr, ci] = [0, 0, 0, 0];
  for (let i = 0; i < re.length; i++) {
    if (i & half) continue;
    const j = i | half;
    p0 += re[i]! ** 2 + im[i]! ** 2;
    p1 += re[j]! ** 2 + im[j]! ** 2;
    cr += re[i]! * re[j]! + im[i]! * im[j]!;
    ci += re[i]! * im[j]! - im[i]! * re[j]!;
  }
  const all = p0 + p1;
  const purity = (p0 ** 2 + p1 ** 2 + 2 * (cr ** 2 + ci ** 2)) / all ** 2;
  return { p1: p1 / all, pure: purity > 1 - 1e-10 };
}

/** Keeps the half with this outcome, at length 1; with `down` it is then turned to 0. */
function project({ re, im }: State, wire: number, outcome: 0 | 1, p: number, down: boolean): void {
  const half = 1 << wire;
  const scale = 1 / Math.sqrt(p);
  for (let i = 0; i < re.length; i++) {
    if (i & half) continue;
    const [keep, drop] = outcome === 1 ? [i | half, i] : [i, i | half];
    const to = down ? i : keep;
    const [a, b] = [re[keep]! * scale, im[keep]! * scale];
    re[drop] = 0;
    im[drop] = 0;
    re[keep] = 0;
    im[keep] = 0;
    re[to] = a;
    im[to] = b;
  }
}
