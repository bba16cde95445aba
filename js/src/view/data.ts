/**
 * The data view: a dataset to look at, and the choice that turns it into features. It joins its parts to the link;
 * the kernel holds the data and the choice, so that two pages show the same.
 */

import { badRows } from "./databad";
import { cards } from "./datacards";
import { chips } from "./datachips";
import { drop } from "./datadrop";
import { type Empty, empty } from "./dataempty";
import { filters } from "./datafilter";
import { grid } from "./datagrid";
import { loading } from "./dataload";
import { qubits } from "./dataqubits";
import { roleOf } from "./dataroles";
import { save } from "./datasave";
import { source } from "./datasource";
import { summary } from "./datasummary";
import type { Choice, Dataset, FromKernel, Link, ToKernel } from "./datatypes";
import { fill, h } from "./dom";
import { followTheme } from "./theme";

export type { Link } from "./datatypes";

export interface DataOptions {
  /** CSS pixels; never more than 85 % of the window unless it fills a document area. */
  readonly height?: number;
}

export interface DataPane {
  resize(height: number): void;
}

/** Mounts the data view into `root`; everything it adds ends with `signal`. */
export function data(root: HTMLElement, link: Link, opts: DataOptions, signal: AbortSignal): DataPane {
  followTheme(root, signal);
  root.classList.add("ql-data");
  let own = false; // the next answer follows from what was done here, and is no news
  const send = (message: ToKernel, buffers?: ArrayBuffer[]): void => {
    own ||= message.type === "choose" || message.type === "filter" || message.type === "sort";
    link.send(message, buffers);
  };
  const choose = (set: Partial<Choice>): void => send({ type: "choose", set });
  let shown: Dataset | undefined;
  let choice: Choice | undefined;
  let next: number | null = null; // the row to be encoded after the one that is asked for
  let picking = false;

  function load(text: string): void {
    top.fail(null);
    top.busy(text);
    progress.start();
    send({ type: "load", source: text, ...(top.strict() ? { strict: true as const } : {}) });
  }
  const top = source(
    {
      load,
      pick: (key) => send({ type: "pick", key }),
      close: (key) => send({ type: "close", key }),
      upload: () => files.choose(),
    },
    signal,
  );
  const progress = loading(() => {
    if (!files.cancel()) send({ type: "cancel" });
  }, signal);
  const files = drop(
    root,
    {
      send,
      start(name) {
        top.fail(null);
        top.busy(name);
        progress.start();
      },
      progress(message) {
        progress.update(message);
        top.busy(message.source, message.total > 0 ? message.done / message.total : 0);
      },
      arrived: (name) => top.busy(name, 1),
      ended(fault) {
        ready();
        if (fault) top.fail(fault);
      },
      strict: top.strict,
    },
    signal,
  );
  const line = summary(
    {
      filter: (condition) => cuts.condition(condition),
      toBadRows() {
        bad.element.scrollIntoView({ block: "nearest" });
        bad.element.focus({ preventScroll: true });
      },
    },
    signal,
  );
  const cuts = filters(send, ({ condition, brushes, cross }) => {
    marks.show(condition, brushes, shown?.columns ?? []);
    columns.cross(cross, brushes);
    line.passing(cross?.rows ?? null);
  });
  const marks = chips({
    clear: (name) => (name === null ? cuts.clearAll() : cuts.brush(name, null, true)),
    clearCondition: () => cuts.condition(""),
  });
  const columns = cards(
    {
      toggle(names) {
        if (!choice) return;
        const { columns: on, target } = choice;
        const free = names.filter((name) => name !== target);
        if (free.length === 0) return;
        const all = free.every((name) => on.includes(name));
        choose({ columns: all ? on.filter((c) => !free.includes(c)) : [...new Set([...on, ...free])] });
      },
      target(name) {
        if (choice && roleOf(name, choice) !== "y") choose({ target: name });
      },
      brush: (name, brush, done) => cuts.brush(name, brush, done),
      order: (names) => choose({ columns: [...names] }),
    },
    marks.element,
    signal,
  );
  const rows = grid(
    {
      page: (id, from, n) => send({ type: "page", id, from, n }),
      row(row) {
        next = picking ? row : null;
        if (!picking) send({ type: "row", row });
        picking = true;
      },
      sort: (by, descending) => send({ type: "sort", by, descending }),
      save: () => exported.ask("rows"),
    },
    signal,
  );
  const exported = save(send, rows.say, signal);
  const bad = badRows(
    {
      more: (from, n) => send({ type: "bad", from, n }),
      download: () => exported.ask("bad"),
    },
    signal,
  );
  const side = qubits(
    {
      choose,
      use: () => send({ type: "use" }),
      encode: () => send({ type: "use", encode: true }),
    },
    signal,
  );
  const left = h("div", { class: "ql-data-left" }, rows.element, bad.element);
  const two = h("div", { class: "ql-data-two" }, left, side.element);
  const body = h("div", { class: "ql-data-body" });
  const layout = [line.element, columns.element, two];
  const start: Empty = empty({ load, upload: () => files.choose() });
  fill(root, top.bar, top.tabs, progress.element, body, line.foot, files.area);
  line.foot.hidden = true;
  fill(body, h("p", { class: "ql-data-wait cap" }, "Asking the kernel"));

  /** Nothing is being loaded any more. */
  function ready(): void {
    progress.end();
    top.busy(null);
  }

  function showDataset(message: Extract<FromKernel, { type: "dataset" }>): void {
    ready();
    top.update(message);
    if (!own || shown?.key !== message.dataset?.key) top.fail(null); // a refusal outlasts a filter or a choice
    own = false;
    picking = false;
    line.foot.hidden = message.dataset === null;
    if (!message.dataset) {
      shown = choice = undefined;
      start.update(message.gallery);
      fill(body, start.element);
      return;
    }
    if (!shown) fill(body, layout);
    if (shown?.key !== message.dataset.key) {
      body.scrollTop = 0;
      choice = undefined;
    }
    shown = message.dataset;
    line.update(shown);
    side.dataset(shown);
    bad.update(shown);
    rows.show(shown);
    columns.show(shown, choice);
    cuts.dataset(shown);
    if (!shown.provisional) files.next();
  }

  function showFault(message: Extract<FromKernel, { type: "error" }>): void {
    if (message.at === "load") {
      ready();
      top.fail(message);
      files.next();
    } else if (message.at === "filter") {
      cuts.fail();
      line.fail(message);
    } else if (message.at === "export") {
      exported.fail();
      line.fail(message);
    } else if (message.at === "plan") side.fail(message);
    else {
      picking = false;
      rows.forget();
    }
  }

  function receive(message: FromKernel, buffers: DataView[]): void {
    const here = "key" in message && shown?.key === message.key;
    if (message.type === "dataset") showDataset(message);
    else if (message.type === "error") showFault(message);
    else if (message.type === "loading") {
      if (message.source === null) {
        ready();
        files.next();
      } else {
        progress.update(message);
        top.busy(message.source, message.total > 0 ? message.done / message.total : 0);
      }
    } else if (message.type === "plan") {
      if (!here || !shown) return;
      choice = message.choice;
      own = false;
      columns.show(shown, choice);
      rows.roles(choice);
      if (message.preview) rows.pick(message.preview.row);
      side.update(message);
      line.code(message.code);
    } else if (message.type === "preview") {
      picking = false;
      if (next !== null) {
        const row = next;
        next = null;
        picking = true;
        send({ type: "row", row });
      } else if (here && message.preview) rows.pick(message.preview.row);
      if (here) side.preview(message.preview);
    } else if (message.type === "page") {
      if (buffers[0]) rows.receive(message, buffers[0]);
    } else if (message.type === "cross") cuts.cross(message);
    else if (message.type === "bad") bad.receive(message);
    else if (message.type === "upload") files.receive(message);
    else if (message.type === "export") exported.ready(message);
    else if (message.type === "piece" && buffers[0]) exported.piece(message, buffers[0]);
  }

  function resize(height: number): void {
    root.style.setProperty("--ql-data-h", `${height}px`);
  }
  if (opts.height !== undefined) resize(opts.height);
  const stop = link.onMessage((message: never, buffers) => receive(message as FromKernel, buffers));
  signal.addEventListener("abort", () => {
    stop();
    root.replaceChildren();
  });
  send({ type: "open" });
  return { resize };
}
