/** Thins a curve to what its pixels can show: first, minimum, maximum and last of each. Pure; leaves out what is not finite. */

export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The first index whose x is at least `value`; x must not fall. */
export function lowerBound(x: Float64Array, value: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((x[mid] as number) < value) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** The index whose x is nearest to `value`, −1 if there is none. */
export function nearest(x: Float64Array, value: number): number {
  const i = lowerBound(x, value);
  if (i === 0 || i === x.length) return Math.min(i, x.length - 1);
  return value - (x[i - 1] as number) <= (x[i] as number) - value ? i - 1 : i;
}

/**
 * The points with a value in [x0, x1], at most four for each of `pixels`, and one more on either side so that lines run
 * on to the edge. `x` must not fall; `x` and `y` are of one length.
 */
export function bucket(x: Float64Array, y: Float64Array, x0: number, x1: number, pixels: number): Points {
  let start = lowerBound(x, x0) - 1;
  while (start >= 0 && Number.isNaN(y[start])) start--;
  start = Math.max(0, start);
  let stop = lowerBound(x, x1);
  while (stop < x.length && Number.isNaN(y[stop])) stop++;
  stop = Math.min(x.length, stop + 1);
  const picked: number[] = [];
  const width = Math.max(1, Math.floor(pixels));
  if (stop - start <= 4 * width || !(x1 > x0)) {
    for (let i = start; i < stop; i++) if (Number.isFinite(y[i])) picked.push(i);
  } else pick(x, y, start, stop, x0, width / (x1 - x0), picked);
  const out = { x: new Float64Array(picked.length), y: new Float64Array(picked.length) };
  for (const [k, i] of picked.entries()) {
    out.x[k] = x[i] as number;
    out.y[k] = y[i] as number;
  }
  return out;
}

function pick(
  x: Float64Array,
  y: Float64Array,
  start: number,
  stop: number,
  x0: number,
  scale: number,
  picked: number[],
): void {
  let pixel = Number.NaN;
  let first = -1;
  let low = -1;
  let high = -1;
  let last = -1;
  const flush = (): void => {
    if (first < 0) return;
    const mid = low < high ? [low, high] : [high, low];
    for (const i of [first, ...mid, last]) if (picked[picked.length - 1] !== i) picked.push(i);
  };
  for (let i = start; i < stop; i++) {
    const value = y[i] as number;
    if (!Number.isFinite(value)) continue;
    const at = Math.floor(((x[i] as number) - x0) * scale);
    if (at !== pixel) {
      flush();
      pixel = at;
      first = low = high = i;
    }
    if (value < (y[low] as number)) low = i;
    if (value > (y[high] as number)) high = i;
    last = i;
  }
  flush();
}
