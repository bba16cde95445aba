/** The one error of core: it says what is wrong, where, and the cure. Mirrors qlab/errors.py; throws nothing itself. */

export interface ErrorInfo {
  where?: string | undefined;
  cure?: string | undefined;
  opId?: string | undefined;
  field?: string | undefined;
  column?: number | undefined;
  line?: number | undefined;
  block?: string | undefined;
}

/** `message` is one sentence without a full stop that names the value; `cure` one imperative sentence without it. */
export class CircuitError extends Error {
  where?: string;
  cure?: string;
  opId?: string;
  field?: string;
  /** 1-based, inside the angle or the text. */
  column?: number;
  /** 1-based line of the text, for errors of the text as a whole. */
  line?: number;
  /** The block whose definition holds the operation. */
  block?: string;

  constructor(message: string, info: ErrorInfo = {}) {
    super(message);
    this.name = "CircuitError";
    for (const [key, value] of Object.entries(info))
      if (value !== undefined) Object.assign(this, { [key]: value });
  }

  /** The whole message as Python prints it: "message (at where). Cure: cure." */
  override toString(): string {
    const text = this.where === undefined ? this.message : `${this.message} (at ${this.where})`;
    return this.cure === undefined ? text : `${text}. Cure: ${this.cure}.`;
  }
}

/** What begins with a name of the circuit or of the grammar keeps its lower case. */
const NAME_FIRST = /^(?:\S+ (?:needs|takes|can't|holds)\b|[xw]\[)/;
const capital = (s: string): string => (NAME_FIRST.test(s) ? s : s.charAt(0).toUpperCase() + s.slice(1));

/** Message and cure as sentences for a person: "RZZ needs two wires; q1 is the last. Drop it on q0, or add a wire." */
export function sentence(error: CircuitError): string {
  const first = `${capital(error.message)}.`;
  return error.cure === undefined ? first : `${first} ${capital(error.cure)}.`;
}
