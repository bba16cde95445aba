/** The cells of the grid: making one, painting a value into it, and where a key leads from it. Knows no kernel. */

import { type GridColumn, shownCell } from "./datagridcolumns";
import { paint, picture } from "./dataimage";
import type { Page } from "./datapage";
import type { ImageColumns, Sort } from "./datatypes";
import { fill, h, setText } from "./dom";
import { thousands } from "./format";

/** A row of the grid: its number, and the cells of the columns in view. */
export interface Line {
  readonly element: HTMLElement;
  readonly id: HTMLElement;
  cells: HTMLElement[];
}

export function line(): Line {
  const id = h("div", { role: "rowheader", class: "id" });
  return { element: h("div", { role: "row" }, id), id, cells: [] };
}

const kindClass = (column: GridColumn): string => (column.kind === "number" ? "n" : "");

export function bodyCell(column: GridColumn, i: number): HTMLElement {
  const cell = h("div", { role: "gridcell", class: kindClass(column), "aria-colindex": i + 2 });
  if (column.kind === "image") cell.append(picture(""));
  return cell;
}

export function headCell(column: GridColumn, i: number, sort: Sort | null): HTMLElement {
  const order = sort?.by === column.name ? (sort.descending ? "descending" : "ascending") : null;
  const cell = h("div", { role: "columnheader", class: kindClass(column), "aria-colindex": i + 2 });
  cell.title = column.name;
  cell.dataset.column = String(i);
  if (column.kind !== "image") cell.setAttribute("aria-sort", order ?? "none");
  const mark = order && h("i", { "aria-hidden": "true" }, order === "ascending" ? "▲" : "▼");
  fill(cell, h("span", null, column.name), mark);
  return cell;
}

/** Paints row `i` of a page; without the page a bar stands for what is on its way. */
export function paintCell(
  cell: HTMLElement,
  column: GridColumn,
  page: Page | undefined,
  i: number,
  image: ImageColumns | null,
): void {
  if (column.kind === "image") {
    const canvas = cell.firstElementChild as HTMLCanvasElement;
    if (image) paint(canvas, page?.pixels(i) ?? null, image.width, image.height);
    canvas.setAttribute("aria-label", page ? `picture of row ${thousands(page.row(i) + 1)}` : "picture");
    return;
  }
  const text = page ? shownCell(page, column, i) : "";
  const state = page ? (text === null ? "na" : "") : "wait";
  cell.className = `${kindClass(column)} ${state}`.trim();
  setText(cell, text ?? "missing");
}

/** Where a key leads from a cell; row −1 is the header. */
export function stepOf(
  key: string,
  row: number,
  column: number,
  page: number,
  rows: number,
): [row: number, column: number] | undefined {
  const steps: Record<string, [number, number]> = {
    ArrowDown: [row + 1, column],
    ArrowUp: [row - 1, column],
    ArrowRight: [row, column + 1],
    ArrowLeft: [row, column - 1],
    PageDown: [row + page, column],
    PageUp: [Math.max(0, row - page), column],
    Home: [0, column],
    End: [rows - 1, column],
  };
  return steps[key];
}
