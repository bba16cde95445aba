/** The grid: rows paged from the kernel as they are scrolled to. Only the visible rows are in the document. */

import { roleOf } from "./datacards";
import { cellText, decimals, decodePage, type Page, rowAt, scrollHeight, scrollTo } from "./datapage";
import type { Choice, Dataset, PageMessage } from "./datatypes";
import { fill, h, on, setText } from "./dom";
import { thousands } from "./format";

const ROW = 28;
const HEAD = 32;
const NUMBER = 52; // width of the row numbers
const PAGE = 100;
const KEPT = 40; // pages
const OPEN = 2; // unanswered requests

export interface GridEvents {
  page(id: number, from: number, n: number): void;
  row(row: number): void;
}

export interface Grid {
  readonly element: HTMLElement;
  show(dataset: Dataset, choice: Choice | undefined): void;
  roles(choice: Choice): void;
  receive(message: PageMessage, block: DataView): void;
  pick(row: number): void;
  /** Unanswered requests are asked again. */
  forget(): void;
}

interface Line {
  readonly element: HTMLTableRowElement;
  readonly cells: HTMLTableCellElement[];
}

export function grid(events: GridEvents, signal: AbortSignal): Grid {
  const colgroup = h("colgroup");
  const header = h("tr", { role: "row", "aria-rowindex": 1 });
  const body = h("tbody");
  const table = h("table", { role: "presentation" }, colgroup, h("thead", null, header), body);
  const sticky = h("div", { class: "ql-data-window" }, table);
  const sizer = h("div", { class: "ql-data-sizer" }, sticky);
  const view = h("div", { class: "ql-data-scroll", role: "grid", tabindex: 0, "aria-label": "Rows" }, sizer);
  const where = h("span");
  const what = h("span");
  const element = h(
    "section",
    { class: "ql-data-grid" },
    view,
    h("div", { class: "ql-data-where cap" }, where, what),
  );

  let data: Dataset | undefined;
  let pages = new Map<number, Page>();
  let asked = new Map<number, number>(); // page number → request id
  let digits: number[] = [];
  let lines: Line[] = [];
  let picked = 0;
  let ids = 0;
  let natural: number[] = [];
  let frame = 0;

  const visible = (): number => Math.max(1, Math.floor((view.clientHeight - HEAD) / ROW));
  const top = (): number => (data ? rowAt(view.scrollTop, view.clientHeight - HEAD, data.rows, ROW) : 0);

  function schedule(): void {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (!signal.aborted) draw();
    });
  }

  function ask(first: number, last: number): void {
    if (!data) return;
    for (let p = Math.floor(first / PAGE); p <= Math.floor(last / PAGE); p++) {
      if (pages.has(p) || asked.has(p) || asked.size >= OPEN) continue;
      ids += 1;
      asked.set(p, ids);
      events.page(ids, p * PAGE, PAGE);
    }
  }

  function line(): Line {
    const cells = Array.from({ length: (data?.shown ?? 0) + 1 }, () => h("td", { role: "gridcell" }));
    cells[0]?.classList.add("id");
    return { element: h("tr", { role: "row" }, cells), cells };
  }

  function draw(): void {
    if (!data) return;
    const start = top();
    const first = Math.floor(start);
    const count = Math.min(visible() + 2, data.rows - first);
    if (lines.length !== count) {
      while (lines.length < count) lines.push(line());
      lines.length = count;
      fill(
        body,
        lines.map((l) => l.element),
      );
    }
    body.style.transform = `translateY(${-Math.round((start - first) * ROW)}px)`;
    for (const [i, l] of lines.entries()) paint(l, first + i);
    ask(first, Math.min(data.rows - 1, first + count));
    const from = Math.ceil(start) + 1;
    const to = Math.min(data.rows, from + visible() - 1);
    setText(where, `rows ${thousands(from)} to ${thousands(to)} of ${thousands(data.rows)}`);
    const cut =
      data.columns.length > data.shown ? `first ${data.shown} of ${data.columns.length} columns, ` : "";
    setText(what, `${cut}row ${thousands(picked + 1)} is shown encoded`);
  }

  function paint({ element: row, cells }: Line, index: number): void {
    const page = pages.get(Math.floor(index / PAGE));
    row.classList.toggle("picked", index === picked);
    row.setAttribute("aria-selected", String(index === picked));
    row.setAttribute("aria-rowindex", String(index + 2));
    row.dataset.row = String(index);
    cells.forEach((cell, c) => {
      if (c === 0) {
        setText(cell, thousands(index + 1));
        return;
      }
      const number = isNumber(c - 1);
      const value = page?.columns[c - 1]?.[index - page.from];
      cell.className = number ? "n" : "";
      if (!page) {
        cell.classList.add("wait");
        setText(cell, "");
      } else if (value === null || value === undefined) {
        cell.classList.add("na");
        setText(cell, "missing");
      } else if (typeof value === "string") setText(cell, value);
      else setText(cell, cellText(value, digits[c - 1] ?? 0, data?.columns[c - 1]?.name ?? ""));
    });
  }

  function isNumber(c: number): boolean {
    const type = data?.columns[c]?.type;
    return type === "int" || type === "float";
  }

  function measure(page: Page): void {
    natural = page.columns.map((cells, c) => {
      const longest = Math.max(0, ...cells.map((v) => shownLength(v, digits[c] ?? 0)));
      const name = data?.columns[c]?.name.length ?? 0;
      return Math.min(260, Math.max(56, Math.ceil(Math.max(longest * 7, name * 7.4)) + 21));
    });
    spread();
  }

  /** Gives the columns the room there is, and never less than they need. */
  function spread(): void {
    const need = natural.reduce((a, b) => a + b, 0);
    const stretch = need > 0 ? Math.max(1, (view.clientWidth - NUMBER) / need) : 1;
    fill(
      colgroup,
      [NUMBER, ...natural.map((w) => w * stretch)].map((w) => h("col", { style: `width:${w}px` })),
    );
    table.style.width = `${Math.floor(NUMBER + need * stretch)}px`;
  }

  function select(row: number, scroll: boolean): void {
    if (!data) return;
    picked = Math.min(Math.max(0, row), data.rows - 1);
    const first = top();
    const room = view.clientHeight - HEAD;
    if (scroll && (picked < first || picked > first + visible() - 1)) {
      const to = picked < first ? picked : picked - visible() + 1;
      view.scrollTop = scrollTo(to, room, data.rows, ROW);
    }
    draw();
    events.row(picked);
  }

  on(view, "scroll", schedule, signal, { passive: true });
  on(
    body,
    "click",
    (event) => {
      const row = (event.target as Element).closest("tr")?.dataset.row;
      if (row !== undefined) select(Number(row), false);
    },
    signal,
  );
  on(
    view,
    "keydown",
    (event) => {
      const page = visible();
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? (data?.rows ?? 1) - 1 : by && picked + by;
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      select(to, true);
    },
    signal,
  );
  const resized = new ResizeObserver(() => {
    spread();
    schedule();
  });
  resized.observe(view);
  signal.addEventListener("abort", () => {
    resized.disconnect();
    cancelAnimationFrame(frame);
  });

  return {
    element,
    show(dataset, choice) {
      const other = data?.hash !== dataset.hash;
      data = dataset;
      if (other) {
        pages = new Map();
        asked = new Map();
        digits = [];
        lines = [];
        picked = 0;
        view.scrollTop = 0;
        sizer.style.height = `${HEAD + scrollHeight(dataset.rows, ROW)}px`;
        view.setAttribute("aria-rowcount", String(dataset.rows + 1));
        view.setAttribute("aria-colcount", String(dataset.shown + 1));
        fill(
          header,
          h("th", { role: "columnheader" }, h("span", { class: "ql-data-sr" }, "row")),
          dataset.columns
            .slice(0, dataset.shown)
            .map((c, i) =>
              h("th", { role: "columnheader", class: isNumber(i) ? "n" : "", title: c.name }, c.name),
            ),
        );
        fill(body);
      }
      if (choice) this.roles(choice);
      draw();
    },
    roles(choice) {
      data?.columns.slice(0, data.shown).forEach((column, i) => {
        const cell = header.children[i + 1];
        if (!cell) return;
        const role = roleOf(column.name, choice);
        cell.classList.toggle("x", role === "x");
        cell.classList.toggle("y", role === "y");
      });
    },
    receive(message, block) {
      if (!data || message.hash !== data.hash) return;
      const page = decodePage(message, block);
      const number = Math.floor(page.from / PAGE);
      asked.delete(number);
      const first = pages.size === 0;
      pages.set(number, page);
      const oldest = pages.keys().next().value;
      if (pages.size > KEPT && oldest !== undefined) pages.delete(oldest);
      page.columns.forEach((cells, c) => {
        digits[c] = Math.max(digits[c] ?? 0, decimals(cells));
      });
      if (first) measure(page);
      schedule();
    },
    pick(row) {
      picked = row;
      schedule();
    },
    forget: () => asked.clear(),
  };
}

function shownLength(value: number | string | null, digits: number): number {
  if (value === null) return 7;
  return typeof value === "string" ? value.length : cellText(value, digits, "").length;
}
