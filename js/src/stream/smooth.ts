/** Columns computed from others as rows come in: a debiased running mean, and a scaled axis. Pure arithmetic. */

/** A column that is computed once a row and never again. */
export class Derived {
  private data = new Float64Array(1024);
  private n = 0;

  /** `next` gets each new value in order and returns what to store; it may keep a state of its own. */
  constructor(private readonly next: (value: number) => number) {}

  /** The values for all of `source`, whose earlier part must be the one of the last call. */
  of(source: Float64Array): Float64Array {
    if (source.length > this.data.length) {
      const longer = new Float64Array(Math.max(source.length, 2 * this.data.length));
      longer.set(this.data.subarray(0, this.n));
      this.data = longer;
    }
    for (; this.n < source.length; this.n++) this.data[this.n] = this.next(source[this.n] as number);
    return this.data.subarray(0, source.length);
  }
}

/**
 * Exponential moving mean with weight `w` (0 … 0.99) on the past, without the pull to zero at the start:
 * m ← w·m + (1 − w)·y, shown as m / (1 − wᵏ) after k values. NaN stays NaN and is skipped.
 */
export function ema(w: number): Derived {
  let mean = 0;
  let power = 1;
  return new Derived((y) => {
    if (!Number.isFinite(y)) return Number.NaN;
    if (w <= 0) return y;
    mean = w * mean + (1 - w) * y;
    power *= w;
    return mean / (1 - power);
  });
}

/** The values times a factor: steps as epochs. */
export function scaled(factor: number): Derived {
  return new Derived((value) => value * factor);
}

/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const mid = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[mid] as number)
    : ((sorted[mid - 1] as number) + (sorted[mid] as number)) / 2;
}
