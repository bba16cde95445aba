/** Pages of the grid: reading what the kernel packed, a cell at a time, and the numbers as text. Pure. */

import type { PageMessage } from "./datatypes";
import { fixed } from "./format";

export type Cell = number | string | null;

/** Rows of the grid. It keeps the block as it came, and reads a cell only when it is painted. */
export interface Page {
  readonly from: number;
  readonly n: number;
  readonly columns: number;
  /** The value in row `i` of the page; null is a missing cell. */
  cell(column: number, i: number): Cell;
  /** The number of row `i` in the dataset, which a sorted grid shows in another order. */
  row(i: number): number;
  /** The grey values of the picture of row `i`, 0 to 255, row by row. */
  pixels(i: number): Uint8Array | null;
}

const decoder = new TextDecoder();

/** The cells of a page; see qlab/widgets/datapage.py for the layout of the block. */
export function decodePage(message: PageMessage, block: DataView): Page {
  const { from, n, columns, rows, image } = message;
  return {
    from,
    n,
    columns: columns.length,
    cell(column, i) {
      const about = columns[column];
      if (!about || i < 0 || i >= n) return null;
      return about.kind === "number" ? numberAt(block, about.at + 8 * i) : textAt(block, about.at, n, i);
    },
    row: (i) => (rows === null || rows === undefined ? from + i : block.getUint32(rows + 4 * i, true)),
    pixels(i) {
      if (!image || i < 0 || i >= n) return null;
      const size = image.width * image.height;
      return new Uint8Array(block.buffer, block.byteOffset + image.at + size * i, size);
    },
  };
}

function numberAt(block: DataView, at: number): number | null {
  const value = block.getFloat64(at, true);
  return Number.isNaN(value) ? null : value;
}

function textAt(block: DataView, at: number, n: number, i: number): string | null {
  const missing = at + 4 * (n + 1);
  if (block.getUint8(missing + i)) return null;
  const from = block.getUint32(at + 4 * i, true);
  const to = block.getUint32(at + 4 * (i + 1), true);
  return decoder.decode(new Uint8Array(block.buffer, block.byteOffset + missing + n + from, to - from));
}

const MOST_DECIMALS = 4;

/** How many decimals show the numbers of a column of a page without losing any, at most four. */
export function decimals(page: Page, column: number, least = 0): number {
  let most = least;
  for (let i = 0; i < page.n && most < MOST_DECIMALS; i++) {
    const value = page.cell(column, i);
    if (typeof value !== "number" || Number.isInteger(value)) continue;
    const text = String(Math.abs(value));
    if (text.includes("e")) return MOST_DECIMALS;
    most = Math.max(most, text.length - text.indexOf(".") - 1);
  }
  return Math.min(most, MOST_DECIMALS);
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
