/** The columns of the grid: which there are, how wide, and which of them are in view. Pure but for the widths of text. */

import { cellText, decimals, type Page } from "./datapage";
import type { Column, Dataset } from "./datatypes";

export const NUMBER = 60; // width of the row numbers
const PICTURE = 64;
const LETTER = 7;
const SAMPLE = 40; // rows looked at for a width

export interface GridColumn {
  readonly name: string;
  readonly kind: "image" | "number" | "text";
  /** Its place in a page; −1 for the picture. */
  readonly cell: number;
  readonly about: Column | undefined;
  digits: number;
  natural: number;
  left: number;
  width: number;
}

/** What the grid shows of a dataset: the picture first, then the columns of a page. */
export function gridColumns(data: Dataset): GridColumn[] {
  const byName = new Map(data.columns.map((c) => [c.name, c]));
  const names = data.grid ?? data.columns.slice(0, data.shown).map((c) => c.name);
  const blank = { digits: 0, left: 0, width: 0 };
  const columns: GridColumn[] = names.map((name, cell) => {
    const about = byName.get(name);
    const kind = about?.type === "int" || about?.type === "float" ? "number" : "text";
    return { ...blank, name, kind, cell, about, natural: widthFor(name.length) };
  });
  if (!data.image) return columns;
  const image: GridColumn = {
    ...blank,
    name: "image",
    kind: "image",
    cell: -1,
    about: undefined,
    natural: PICTURE,
  };
  return [image, ...columns];
}

/** Widens the columns to what a page holds. */
export function measure(columns: GridColumn[], page: Page): void {
  for (const column of columns) {
    if (column.kind === "image") continue;
    column.digits = decimals(page, column.cell, column.digits);
    let longest = 0;
    for (let i = 0; i < Math.min(page.n, SAMPLE); i++)
      longest = Math.max(longest, shownLength(page, column, i));
    column.natural = Math.max(widthFor(column.name.length + 2), widthFor(longest));
  }
}

/** Gives the columns the room there is, up to twice what they need and never less; returns the width of all. */
export function spread(columns: GridColumn[], room: number): number {
  const fixed = columns.reduce((sum, c) => sum + (c.kind === "image" ? c.natural : 0), 0);
  const need = columns.reduce((sum, c) => sum + c.natural, 0) - fixed;
  const stretch = need > 0 ? Math.min(2, Math.max(1, (room - NUMBER - fixed) / need)) : 1;
  let left = 0;
  for (const column of columns) {
    column.left = left;
    column.width = column.kind === "image" ? column.natural : Math.floor(column.natural * stretch);
    left += column.width;
  }
  return NUMBER + left;
}

/** The first and one past the last column between two positions. */
export function inView(
  columns: readonly GridColumn[],
  from: number,
  to: number,
): [first: number, end: number] {
  let first = 0;
  while (first < columns.length - 1 && (columns[first]?.left ?? 0) + (columns[first]?.width ?? 0) <= from)
    first++;
  let end = first;
  while (end < columns.length && (columns[end]?.left ?? 0) < to) end++;
  return [first, end];
}

/** A cell as it is read; null is a missing one. */
export function shownCell(page: Page, column: GridColumn, i: number): string | null {
  const value = page.cell(column.cell, i);
  return typeof value === "number" ? cellText(value, column.digits, column.name) : value;
}

function shownLength(page: Page, column: GridColumn, i: number): number {
  return shownCell(page, column, i)?.length ?? "missing".length;
}

function widthFor(letters: number): number {
  return Math.min(260, Math.max(56, Math.ceil(letters * LETTER) + 24));
}
