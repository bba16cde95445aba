/** What a column is in the choice, and which inputs it feeds. Pure. */

import type { Choice, Column } from "./datatypes";

export type Role = "x" | "y" | "off";

export function roleOf(column: string, choice: Choice): Role {
  if (column === choice.target) return "y";
  return choice.columns.includes(column) ? "x" : "off";
}

/** How many features a column becomes: one, or one a value for text of more than two. */
export function width(column: Column): number {
  return column.type === "text" && column.unique !== 2 ? Math.max(1, column.unique) : 1;
}

/** The label of the inputs a column feeds when nothing is reduced: "x[0]", "x[2…4]", else "x". */
export function inputs(column: string, choice: Choice, columns: readonly Column[]): string {
  if (choice.reduce !== null) return "x";
  let from = 0;
  for (const name of choice.columns) {
    const about = columns.find((c) => c.name === name);
    const n = about ? width(about) : 1;
    if (name === column) return n === 1 ? `x[${from}]` : `x[${from}…${from + n - 1}]`;
    from += n;
  }
  return "x";
}

/** The features with one of them moved by some places; the same list if it can't go there. */
export function moved(columns: readonly string[], name: string, by: number): readonly string[] {
  const from = columns.indexOf(name);
  const to = from + by;
  if (from < 0 || to < 0 || to >= columns.length || by === 0) return columns;
  const next = columns.filter((c) => c !== name);
  next.splice(to, 0, name);
  return next;
}
