/** Printed code, and a collector of its lines. */

/** `lines[i]` is the id of the operation that line i (from 0) of `text` belongs to, or null. */
export interface Code {
  readonly text: string;
  readonly lines: readonly (string | null)[];
}

/** Collects lines; the text ends with a newline, which has no entry of its own. */
export class Lines {
  readonly #text: string[] = [];
  readonly #ids: (string | null)[] = [];

  add(text: string, id: string | null = null): void {
    this.#text.push(text);
    this.#ids.push(id);
  }

  code(): Code {
    return { text: `${this.#text.join("\n")}\n`, lines: this.#ids };
  }
}
