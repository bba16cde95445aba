/** Pages of the grid: decoding what the kernel packed, and which row lies where. Pure, so that it is tested without a page. */

import type { PageMessage } from "./datatypes";
import { fixed } from "./format";

export interface Page {
  readonly from: number;
  readonly n: number;
  /** One array a column; null is a missing cell. */
  readonly columns: readonly (readonly (number | string | null)[])[];
}

/** The cells of a page; see qlab/widgets/datapage.py for the layout of the block. */
export function decodePage(message: PageMessage, block: DataView): Page {
  const columns = message.columns.map(({ kind, at }) =>
    kind === "number" ? numbers(block, at, message.n) : texts(block, at, message.n),
  );
  return { from: message.from, n: message.n, columns };
}

function numbers(block: DataView, at: number, n: number): (number | null)[] {
  const cells: (number | null)[] = [];
  for (let i = 0; i < n; i++) {
    const value = block.getFloat64(at + 8 * i, true);
    cells.push(Number.isNaN(value) ? null : value);
  }
  return cells;
}

function texts(block: DataView, at: number, n: number): (string | null)[] {
  const decoder = new TextDecoder();
  const missing = at + 4 * (n + 1);
  const start = block.byteOffset + missing + n;
  const cells: (string | null)[] = [];
  for (let i = 0; i < n; i++) {
    const from = block.getUint32(at + 4 * i, true);
    const to = block.getUint32(at + 4 * (i + 1), true);
    const bytes = new Uint8Array(block.buffer, start + from, to - from);
    cells.push(block.getUint8(missing + i) ? null : decoder.decode(bytes));
  }
  return cells;
}

/** No browser scrolls further than about 17 million pixels; past this the scroll position is a share of the rows. */
export const TALLEST = 8_000_000;

/** Height of the scrolled area for so many rows. */
export function scrollHeight(rows: number, rowHeight: number): number {
  return Math.min(rows * rowHeight, TALLEST);
}

/** The row at the top of the view, with its fraction, for a scroll position. */
export function rowAt(scrollTop: number, view: number, rows: number, rowHeight: number): number {
  const last = Math.max(0, rows - view / rowHeight);
  const room = scrollHeight(rows, rowHeight) - view;
  if (rows * rowHeight <= TALLEST) return Math.min(Math.max(0, scrollTop / rowHeight), last);
  return room <= 0 ? 0 : Math.min(1, Math.max(0, scrollTop / room)) * last;
}

/** The scroll position that brings a row to the top of the view. */
export function scrollTo(row: number, view: number, rows: number, rowHeight: number): number {
  if (rows * rowHeight <= TALLEST) return row * rowHeight;
  const last = Math.max(1, rows - view / rowHeight);
  return (Math.min(row, last) / last) * (TALLEST - view);
}

/** How many decimals show these values without losing any, at most four. */
export function decimals(values: readonly (number | string | null)[]): number {
  let most = 0;
  for (const value of values) {
    if (typeof value !== "number" || Number.isInteger(value)) continue;
    const text = String(Math.abs(value));
    if (text.includes("e")) return 4;
    most = Math.max(most, text.length - text.indexOf(".") - 1);
    if (most >= 4) return 4;
  }
  return most;
}

/** A number with the decimals of its column; years are not grouped in threes. */
export function cellText(value: number, digits: number, name: string): string {
  const size = Math.abs(value);
  if (size >= 1e9 || (size < 1e-4 && size > 0)) return String(value).replace("-", "−");
  const text = fixed(value, digits);
  const year = digits === 0 && /year|jahr|date/i.test(name);
  if (year || size < 1000) return text;
  const [whole = "", rest] = text.split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
}
