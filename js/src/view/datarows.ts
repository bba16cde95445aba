/** The rows that are here, and asking for those that are not: few requests at a time, the newest view first. No DOM. */

import { decodePage, type Page } from "./datapage";
import type { PageMessage } from "./datatypes";

const KEPT = 40; // pages
const OPEN = 2; // unanswered requests
const LOST = 3000; // milliseconds until a request is made again
const LARGEST = 100; // rows of a page

export interface Rows {
  /** Another table, or the same in another order: nothing that is here holds. */
  reset(hash: string, rows: number, pageRows: number): void;
  /** Asks for the pages of rows `first … last` that are not here. */
  want(first: number, last: number): void;
  receive(message: PageMessage, block: DataView): Page | null;
  /** The page that holds a row, if it is here. */
  page(row: number): Page | undefined;
  /** What was asked for will not come: it may be asked for again. */
  forget(): void;
}

/** `ask` sends a request; `due` is called when one that got lost can be made again. */
export function pagedRows(
  ask: (id: number, from: number, n: number) => void,
  due: () => void,
  signal: AbortSignal,
): Rows {
  let pages = new Map<number, Page>();
  let asked = new Map<number, ReturnType<typeof setTimeout>>();
  let hash = "";
  let total = 0;
  let size = LARGEST;
  let ids = 0;
  let middle = 0;

  function forget(): void {
    for (const timer of asked.values()) clearTimeout(timer);
    asked = new Map();
  }
  signal.addEventListener("abort", forget, { once: true });

  /** Keeps the pages nearest to what is looked at. */
  function evict(): void {
    while (pages.size > KEPT) {
      const far = [...pages.keys()].reduce((a, b) => (Math.abs(b - middle) > Math.abs(a - middle) ? b : a));
      pages.delete(far);
    }
  }

  return {
    reset(next, rows, pageRows) {
      forget();
      pages = new Map();
      hash = next;
      total = rows;
      // two pages may be needed for one view, and together they are to stay small
      size = Math.max(8, Math.min(LARGEST, Math.floor(pageRows / 2)));
    },
    want(first, last) {
      const from = Math.floor(Math.max(0, first) / size);
      const to = Math.floor(Math.min(total - 1, last) / size);
      middle = (from + to) / 2;
      for (let p = from; p <= to; p++) {
        if (pages.has(p) || asked.has(p) || asked.size >= OPEN) continue;
        const again = (): void => {
          asked.delete(p);
          due();
        };
        asked.set(p, setTimeout(again, LOST));
        ask(++ids, p * size, Math.min(size, total - p * size));
      }
    },
    receive(message, block) {
      if (message.hash !== hash) return null;
      const p = Math.floor(message.from / size);
      clearTimeout(asked.get(p));
      asked.delete(p);
      const page = decodePage(message, block);
      pages.set(p, page);
      evict();
      return page;
    },
    page: (row) => pages.get(Math.floor(row / size)),
    forget,
  };
}
