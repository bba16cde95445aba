/** Reads the binary part of a frame: columns of little-endian Float64, one after the other. Knows no message. */

/** A frame whose buffer does not hold what its message says. */
export class FrameError extends Error {}

/** The columns of `rows` values each; refuses a buffer of any other size. */
export function decode(buffer: DataView | ArrayBuffer, columns: number, rows: number): Float64Array[] {
  const view = buffer instanceof ArrayBuffer ? new DataView(buffer) : buffer;
  const bytes = 8 * columns * rows;
  if (!Number.isInteger(columns) || !Number.isInteger(rows) || view.byteLength !== bytes)
    throw new FrameError(`a frame of ${columns} × ${rows} values has ${view.byteLength} bytes, not ${bytes}`);
  // always a copy: buffers of a comm may be misaligned and may be slices of a whole message
  const out = Array.from({ length: columns }, () => new Float64Array(rows));
  let at = 0;
  for (const column of out) for (let i = 0; i < rows; i++, at += 8) column[i] = view.getFloat64(at, true);
  return out;
}
