/**
 * The figures of a run as growing Float64 columns. Rows are numbered as in the kernel; `rows` of them are covered,
 * `n` are stored (fewer where the kernel answered with minima and maxima of buckets). Never shows a gap.
 */

/** Rows [from, to) of the kernel; `block` holds all of them when exact, else a few that stand for them. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly exact: boolean;
  readonly block: readonly Float64Array[];
}

/** What a chunk means to someone who has `have` rows: nothing new, rows missing before it, or where it starts anew. */
export function place(have: number, chunk: Chunk): "old" | "gap" | number {
  if (chunk.to <= have) return "old";
  if (chunk.from > have) return "gap";
  if (chunk.from < have && !chunk.exact) return "old"; // buckets can't be cut; what is missing is pulled again
  return have - chunk.from;
}

const FIRST = 1024;
/** More stored rows than this are thinned, but for the newest: a page must hold a run of any length. */
export const LIMIT = 1 << 18;
const RECENT = 1024;
/** Rows that become two. */
const MERGED = 8;

export class Columns {
  /** Rows of the kernel that are covered, from 0. */
  rows = 0;
  /** Rows stored. */
  n = 0;
  /** Changes with every row. */
  version = 0;
  /** Changes when earlier rows have been replaced by fewer: what was computed from them is void. */
  generation = 0;
  private data: Float64Array[];

  constructor(readonly names: readonly string[]) {
    this.data = names.map(() => new Float64Array(FIRST));
  }

  /** Adds what is new in the chunk; false when rows before it are missing. */
  put(chunk: Chunk): boolean {
    const skip = place(this.rows, chunk);
    if (skip === "gap") return false;
    if (skip === "old") return true;
    const count = (chunk.block[0]?.length ?? 0) - skip;
    this.reserve(this.n + count);
    for (const [i, column] of this.data.entries())
      column.set((chunk.block[i] as Float64Array).subarray(skip), this.n);
    this.n += count;
    this.rows = chunk.to;
    this.version++;
    if (this.n > LIMIT) this.thin();
    return true;
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** One column without a copy: valid until the next `put`, and not to be written to. Empty if there is none. */
  column(name: string): Float64Array {
    const column = this.data[this.names.indexOf(name)];
    return column ? column.subarray(0, this.n) : new Float64Array(0);
  }

  /** Index of the newest row with a value in this column, −1 if there is none. */
  newest(name: string): number {
    const column = this.column(name);
    let i = column.length - 1;
    while (i >= 0 && Number.isNaN(column[i])) i--;
    return i;
  }

  /** Replaces each eight of the older rows by their minima and their maxima, as the kernel's buckets do. */
  private thin(): void {
    const groups = Math.floor((this.n - RECENT) / MERGED);
    const recent = groups * MERGED;
    for (const column of this.data) {
      for (let g = 0; g < groups; g++) {
        let low = Number.NaN;
        let high = Number.NaN;
        for (let i = g * MERGED; i < (g + 1) * MERGED; i++) {
          const value = column[i] as number;
          if (!(low <= value) && !Number.isNaN(value)) low = value;
          if (!(high >= value) && !Number.isNaN(value)) high = value;
        }
        column[2 * g] = low;
        column[2 * g + 1] = high;
      }
      column.copyWithin(2 * groups, recent, this.n);
    }
    this.n -= recent - 2 * groups;
    this.generation++;
  }

  private reserve(rows: number): void {
    const room = this.data[0]?.length ?? rows;
    if (rows <= room) return;
    const size = Math.max(rows, 2 * room);
    this.data = this.data.map((old) => {
      const longer = new Float64Array(size);
      longer.set(old.subarray(0, this.n));
      return longer;
    });
  }
}
