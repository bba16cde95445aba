/** What the instruments of one run have measured, as far as it was heard here: by name, by step, thinned. No DOM. */

import type { Reading } from "../stream/messages";

const MOST = 600;

export class Readings {
  /** Grows with each reading, so that a pane knows when to draw. */
  version = 0;
  private readonly held = new Map<string, Reading[]>();

  /** All of an instrument, oldest first; never two of one step. */
  of(name: string): readonly Reading[] {
    return this.held.get(name) ?? [];
  }

  /** Takes readings in any order. */
  put(name: string, rows: readonly Reading[]): void {
    const old = this.held.get(name) ?? [];
    const last = old.at(-1);
    const fresh = rows.filter((row) => Array.isArray(row) && Number.isFinite(row[0]));
    if (fresh.length === 1 && fresh[0] && last?.[0] === fresh[0][0]) return;
    if (fresh.length === 0) return;
    const first = fresh[0] as Reading;
    let all: Reading[];
    if (!last || first[0] > last[0]) all = [...old, ...fresh];
    else {
      const steps = new Map([...old, ...fresh].map((row) => [row[0], row]));
      all = [...steps.values()].sort((a, b) => a[0] - b[0]);
    }
    // every second of the older half: the beginning stays, and so does the newest
    if (all.length > MOST) all = all.filter((_, i) => i % 2 === 0 || i > all.length / 2);
    this.held.set(name, all);
    this.version++;
  }

  /** The one reading there is of something asked for as a whole. */
  set(name: string, row: Reading): void {
    this.held.set(name, [row]);
    this.version++;
  }

  clear(): void {
    this.held.clear();
    this.version++;
  }
}

/** The numbers of an entry, [] where it is something else. */
export function numbers(values: Readonly<Record<string, unknown>>, key: string): readonly number[] {
  const found = values[key];
  return Array.isArray(found) ? found.map((v) => (typeof v === "number" ? v : Number.NaN)) : [];
}

export function texts(values: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const found = values[key];
  return Array.isArray(found) ? found.map(String) : [];
}

/** Rows of numbers, such as counts by class. */
export function table(
  values: Readonly<Record<string, unknown>>,
  key: string,
): readonly (readonly number[])[] {
  const found = values[key];
  return Array.isArray(found) ? found.map((row) => numbers({ row }, "row")) : [];
}
