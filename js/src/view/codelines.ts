/** Which lines of printed code are shown and which fold into one. Pure. */

export interface CodeRow {
  /** 1-based number of the first line it stands for. */
  readonly number: number;
  readonly text: string;
  readonly id: string | null;
  /** How many lines are folded into it; 0 for a plain line. */
  readonly folded: number;
}

const LEAST = 5;
const head = (line: string): string => /^\s*[A-Za-z_.]+/.exec(line)?.[0] ?? "";

/** Runs of alike lines fold to their first words, unless unfolded by their number or holding a line that must show. */
export function rowsOf(
  lines: readonly string[],
  ids: readonly (string | null)[],
  open: ReadonlySet<number>,
  keep: ReadonlySet<string>,
): CodeRow[] {
  const rows: CodeRow[] = [];
  const plain = (i: number) => rows.push({ number: i + 1, text: lines[i]!, id: ids[i] ?? null, folded: 0 });
  const kept = (i: number): boolean => {
    const id = ids[i];
    return id !== null && id !== undefined && keep.has(id);
  };
  for (let i = 0; i < lines.length; ) {
    let end = i + 1;
    const word = head(lines[i]!);
    while (end < lines.length && word !== "" && head(lines[end]!) === word && !kept(end) && !kept(i)) end++;
    if (end - i < LEAST || open.has(i + 1)) for (let k = i; k < end; k++) plain(k);
    else rows.push({ number: i + 1, text: lines[i]!.trim().replace(/;$/, ""), id: null, folded: end - i });
    i = end;
  }
  return rows;
}
