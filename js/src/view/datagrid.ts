/**
 * The grid: rows paged from the kernel as they are scrolled to. Only what is in view is in the document, rows and columns
 * alike. It scrolls, paints and moves the cursor; sorting and encoding are the kernel's.
 */

import { bodyCell, headCell, type Line, line, paintCell, stepOf } from "./datagridcells";
import { type GridColumn, gridColumns, inView, measure, NUMBER, spread } from "./datagridcolumns";
import { roleOf } from "./dataroles";
import { pagedRows } from "./datarows";
import { type Area, type Place, scrolled, scrollHeight, scrollTo, stuck } from "./datascroll";
import type { Choice, Dataset, PageMessage } from "./datatypes";
import { fill, h, on, setText } from "./dom";
import { thousands } from "./format";
import { icon } from "./icons";

const HEAD = 32;
const SETTLED = 120; // milliseconds without a scroll

export interface GridEvents {
  page(id: number, from: number, n: number): void;
  /** A row is picked, by its number in the dataset. */
  row(row: number): void;
  sort(by: string | null, descending: boolean): void;
  /** All rows, as they are filtered and sorted, as a file. */
  save(): void;
}

export interface Grid {
  readonly element: HTMLElement;
  show(dataset: Dataset): void;
  roles(choice: Choice): void;
  receive(message: PageMessage, block: DataView): void;
  pick(row: number): void;
  /** How the saving goes, in words. */
  say(text: string): void;
  /** Unanswered requests are asked again. */
  forget(): void;
}

let grids = 0;

export function grid(events: GridEvents, signal: AbortSignal): Grid {
  const uid = `ql-data-grid-${grids++}`;
  const corner = h("div", { role: "columnheader", class: "id" }, h("span", { class: "ql-data-sr" }, "row"));
  const header: Line = {
    element: h("div", { role: "row", class: "head", "aria-rowindex": 1 }),
    id: corner,
    cells: [],
  };
  const body = h("div", { role: "rowgroup", class: "ql-data-lines" });
  const sticky = h(
    "div",
    { class: "ql-data-window" },
    h("div", { role: "rowgroup", class: "ql-data-heads" }, header.element),
    body,
  );
  const sizer = h("div", { class: "ql-data-sizer" }, sticky);
  const view = h("div", { class: "ql-data-scroll", role: "grid", tabindex: 0, "aria-label": "Rows" }, sizer);
  const where = h("span");
  const what = h("span", { class: "end" });
  const said = h("span", { "aria-live": "polite" });
  const get = h("button", { type: "button", class: "ql-btn quiet" }, icon("download"), "CSV");
  get.setAttribute("aria-label", "Download these rows as CSV");
  on(get, "click", events.save, signal);
  const element = h(
    "section",
    { class: "ql-data-grid" },
    view,
    h("div", { class: "ql-data-where cap" }, where, said, what, get),
  );

  let data: Dataset | undefined;
  let choice: Choice | undefined;
  let columns: GridColumn[] = [];
  let range: [number, number] = [0, 0];
  let lines: Line[] = [];
  let place: Place = { row: 0, top: 0 };
  let picked = 0; // number in the dataset
  let cursor = { row: 0, column: 0 }; // place in the grid; row −1 is the header
  let waiting = -1; // place of a row that is to be picked once it is here
  let measured = false;
  let frame = 0;
  let room = { width: 0, height: 0 };
  let settle: ReturnType<typeof setTimeout> | undefined;

  const rowHeight = (): number => (data?.image ? 36 : 28);
  const area = (): Area => ({
    rows: data?.rows ?? 0,
    rowHeight: rowHeight(),
    view: Math.max(0, size().height - HEAD),
  });
  /** As it was last observed: while a host changes its theme it has no size for a moment, and nothing tells when it ends. */
  const size = (): { width: number; height: number } =>
    room.width > 0 ? room : { width: view.clientWidth, height: view.clientHeight };
  const visible = (): number => Math.max(1, Math.floor(area().view / rowHeight()));
  const rows = pagedRows(events.page, schedule, signal);

  function schedule(): void {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (!signal.aborted) draw();
    });
  }

  /** Puts the bar where the rows are: after a step by true pixels it says another share. */
  function anchor(): void {
    const top = scrollTo(place.row, area());
    if (Math.abs(top - view.scrollTop) >= 1) view.scrollTop = top;
    place = { row: place.row, top: view.scrollTop };
  }

  function goTo(row: number): void {
    place = { row, top: place.top };
    anchor();
  }

  /** Gives a line the cells of the columns in view. */
  function dress(l: Line, make: (column: GridColumn, i: number) => HTMLElement): void {
    l.cells = columns.slice(...range).map((column, i) => {
      const cell = make(column, range[0] + i);
      cell.setAttribute("style", `width:${column.width}px${i === 0 ? `;margin-left:${column.left}px` : ""}`);
      return cell;
    });
    fill(l.element, l.id, l.cells);
  }

  function draw(): void {
    if (!data) return;
    const first = Math.floor(place.row);
    const count = Math.max(0, Math.min(visible() + 2, data.rows - first));
    const left = view.scrollLeft;
    const next = inView(columns, left, left + Math.max(1, size().width - NUMBER));
    if (lines.length !== count || next[0] !== range[0] || next[1] !== range[1]) {
      range = next;
      while (lines.length < count) lines.push(line());
      lines.length = count;
      for (const l of lines) dress(l, bodyCell);
      dress(header, (column, i) => headCell(column, i, data?.sort ?? null));
      paintRoles();
      fill(
        body,
        lines.map((l) => l.element),
      );
    }
    body.style.transform = `translateY(${-Math.round((place.row - first) * rowHeight())}px)`;
    for (const [i, l] of lines.entries()) paint(l, first + i);
    paintCursor(first);
    rows.want(first, Math.min(data.rows - 1, first + count));
    const from = Math.ceil(place.row) + 1;
    const to = Math.min(data.rows, from + visible() - 1);
    setText(where, `rows ${thousands(from)} to ${thousands(to)} of ${thousands(data.rows)}`);
    const hidden = data.columns.length - data.shown - (data.image?.columns.length ?? 0);
    const cut = hidden > 0 ? `first ${data.shown} of ${data.columns.length} columns, ` : "";
    setText(what, `${cut}row ${thousands(picked + 1)} is shown encoded`);
  }

  function paint(l: Line, at: number): void {
    const page = rows.page(at);
    const i = page ? at - page.from : 0;
    const number = page?.row(i);
    const on_ = number !== undefined && number === picked;
    l.element.classList.toggle("picked", on_);
    l.element.setAttribute("aria-selected", String(on_));
    l.element.setAttribute("aria-rowindex", String(at + 2));
    l.element.dataset.row = String(at);
    setText(l.id, number === undefined ? (data?.sort ? "" : thousands(at + 1)) : thousands(number + 1));
    l.cells.forEach((cell, c) => {
      const column = columns[range[0] + c];
      if (column) paintCell(cell, column, page, i, data?.image ?? null);
    });
  }

  function paintCursor(first: number): void {
    for (const old of view.querySelectorAll(".cursor")) {
      old.classList.remove("cursor");
      old.removeAttribute("id");
    }
    const l = cursor.row < 0 ? header : lines[cursor.row - first];
    const cell = l?.cells[cursor.column - range[0]];
    if (!cell) {
      view.removeAttribute("aria-activedescendant");
      return;
    }
    cell.id = `${uid}-${cursor.row}-${cursor.column}`;
    cell.classList.add("cursor");
    view.setAttribute("aria-activedescendant", cell.id);
  }

  function paintRoles(): void {
    header.cells.forEach((cell, i) => {
      const name = columns[range[0] + i]?.name;
      const image = columns[range[0] + i]?.kind === "image";
      const role = !choice || name === undefined ? "off" : image ? imageRole(choice) : roleOf(name, choice);
      cell.classList.toggle("x", role === "x");
      cell.classList.toggle("y", role === "y");
    });
  }

  function imageRole(of: Choice): "x" | "off" {
    return data?.image?.columns.some((name) => of.columns.includes(name)) ? "x" : "off";
  }

  /** Moves the cursor, brings it into view and picks its row. */
  function move(row: number, column: number): void {
    if (!data || columns.length === 0) return;
    const to = Math.min(Math.max(row, -1), data.rows - 1);
    const changed = to !== cursor.row && to >= 0;
    cursor = { row: to, column: Math.min(Math.max(column, 0), columns.length - 1) };
    if (to >= 0 && to < place.row) goTo(to);
    else if (to > place.row + visible() - 1) goTo(to - visible() + 1);
    const at = columns[cursor.column];
    if (at) {
      const least = at.left + at.width + NUMBER - size().width;
      view.scrollLeft = Math.min(at.left, Math.max(view.scrollLeft, least));
    }
    if (changed) choose(to);
    draw();
  }

  function choose(at: number): void {
    const page = rows.page(at);
    waiting = page ? -1 : at;
    if (!page) return;
    picked = page.row(at - page.from);
    events.row(picked);
  }

  function sortBy(column: GridColumn | undefined): void {
    if (!column || column.kind === "image" || !data) return;
    const now = data.sort?.by === column.name ? data.sort : null;
    view.setAttribute("aria-busy", "true");
    if (now?.descending) events.sort(null, false);
    else events.sort(column.name, now !== null);
  }

  on(
    view,
    "scroll",
    () => {
      place = scrolled(place, view.scrollTop, area());
      clearTimeout(settle);
      if (stuck(place, area())) anchor();
      else settle = setTimeout(() => !signal.aborted && anchor(), SETTLED);
      schedule();
    },
    signal,
    { passive: true },
  );
  on(
    sticky,
    "click",
    (event) => {
      const target = event.target as Element;
      const head = target.closest<HTMLElement>("[data-column]")?.dataset.column;
      if (head !== undefined) {
        cursor = { row: -1, column: Number(head) };
        sortBy(columns[cursor.column]);
        schedule();
        return;
      }
      const row = target.closest<HTMLElement>("[data-row]")?.dataset.row;
      if (row === undefined) return;
      const cell = target.closest<HTMLElement>("[aria-colindex]")?.getAttribute("aria-colindex");
      cursor = { row: -1, column: cursor.column };
      move(Number(row), cell ? Number(cell) - 2 : cursor.column);
    },
    signal,
  );
  on(
    view,
    "keydown",
    (event) => {
      if (event.altKey || !data) return;
      const held = event.metaKey || event.ctrlKey;
      const to = held ? undefined : stepOf(event.key, cursor.row, cursor.column, visible(), data.rows);
      if (to) move(...to);
      else if ((event.key === "Enter" || event.key === " ") && cursor.row < 0) sortBy(columns[cursor.column]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    signal,
  );

  function layout(): void {
    const width = spread(columns, size().width);
    sizer.style.width = `${width}px`;
    lines = [];
  }
  const resized = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = view;
    if (width === 0 || height === 0) return; // hidden
    room = { width, height };
    layout();
    anchor();
    schedule();
  });
  resized.observe(view);
  signal.addEventListener("abort", () => {
    resized.disconnect();
    clearTimeout(settle);
    cancelAnimationFrame(frame);
  });

  function reset(dataset: Dataset): void {
    const same = data?.key === dataset.key && data?.grid?.join() === dataset.grid?.join();
    const widths = same ? columns : [];
    data = dataset;
    columns = gridColumns(dataset);
    columns.forEach((column, i) => {
      column.natural = widths[i]?.natural ?? column.natural;
      column.digits = widths[i]?.digits ?? 0;
    });
    measured = same && measured;
    lines = [];
    waiting = -1;
    picked = same ? picked : 0;
    cursor = { row: same && cursor.row < 0 ? -1 : 0, column: same ? cursor.column : 0 };
    rows.reset(dataset.hash, dataset.rows, dataset.page ?? 200);
    sizer.style.height = `${HEAD + scrollHeight(dataset.rows, rowHeight())}px`;
    element.classList.toggle("pictures", Boolean(dataset.image));
    view.setAttribute("aria-label", `Rows of ${dataset.name}`);
    view.setAttribute("aria-rowcount", String(dataset.rows + 1));
    view.setAttribute("aria-colcount", String(columns.length + 1));
    view.removeAttribute("aria-busy");
    layout();
    goTo(0);
    if (!same) view.scrollLeft = 0;
  }

  return {
    element,
    show(dataset) {
      if (data?.hash !== dataset.hash) reset(dataset);
      draw();
    },
    roles(next) {
      choice = next;
      paintRoles();
    },
    receive(message, block) {
      const page = rows.receive(message, block);
      if (!page) return;
      if (!measured) {
        measured = true;
        measure(columns, page);
        layout();
      }
      if (waiting >= page.from && waiting < page.from + page.n) choose(waiting);
      schedule();
    },
    pick(row) {
      picked = row;
      schedule();
    },
    say: (text) => setText(said, text),
    forget() {
      view.removeAttribute("aria-busy");
      rows.forget();
    },
  };
}
