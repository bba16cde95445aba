/**
 * The data view: a dataset to look at, and the choice that turns it into features. It joins its parts to the link;
 * the kernel holds the data and the choice, so that two pages show the same.
 */

import { badRows } from "./databad";
import { cards, roleOf } from "./datacards";
import { grid } from "./datagrid";
import { loading } from "./dataload";
import { qubits } from "./dataqubits";
import { source } from "./datasource";
import { summary } from "./datasummary";
import type { Choice, Dataset, FromKernel, GallerySet, Link, ToKernel } from "./datatypes";
import { fill, h } from "./dom";
import { icon } from "./icons";
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
  const send = (message: ToKernel): void => link.send(message);
  const choose = (set: Partial<Choice>): void => send({ type: "choose", set });
  let shown: Dataset | undefined;
  let choice: Choice | undefined;
  let anew = true; // the cards are to be built, not only dressed

  const top = source(
    {
      load(text) {
        top.fail(null);
        top.busy(text);
        progress.start();
        send({ type: "load", source: text });
      },
      pick: (key) => send({ type: "pick", key }),
      close: (key) => send({ type: "close", key }),
    },
    signal,
  );
  const progress = loading(() => send({ type: "cancel" }), signal);
  const line = summary(
    {
      filter: (condition) => send({ type: "filter", condition }),
      toBadRows: () => bad.element.scrollIntoView({ block: "nearest" }),
    },
    signal,
  );
  const columns = cards(
    {
      toggle(name) {
        if (!choice || roleOf(name, choice) === "y") return;
        const on = choice.columns.includes(name);
        choose({ columns: on ? choice.columns.filter((c) => c !== name) : [...choice.columns, name] });
      },
      target: (name) => choose({ target: name }),
    },
    signal,
  );
  const rows = grid(
    { page: (id, from, n) => send({ type: "page", id, from, n }), row: (row) => send({ type: "row", row }) },
    signal,
  );
  const bad = badRows();
  const side = qubits({ choose, use: () => send({ type: "use" }) }, signal);
  const two = h(
    "div",
    { class: "ql-data-two" },
    h("div", { class: "ql-data-left" }, rows.element, bad.element),
    side.element,
  );
  const body = h("div", { class: "ql-data-body" });
  const layout = [line.element, columns.element, two];
  fill(root, top.bar, top.tabs, progress.element, body, line.foot);
  line.foot.hidden = true;
  fill(body, h("p", { class: "ql-data-wait cap" }, "Asking the kernel"));

  function receive(message: FromKernel, buffers: DataView[]): void {
    if (message.type === "loading") {
      if (message.source !== null) progress.update(message);
      else {
        progress.end();
        top.busy(null);
      }
    } else if (message.type === "dataset") {
      progress.end();
      top.update(message);
      top.busy(null);
      top.fail(null);
      line.foot.hidden = message.dataset === null;
      if (!message.dataset) {
        shown = undefined;
        fill(body, empty(message.gallery));
        return;
      }
      if (!shown) fill(body, layout);
      anew = true;
      const other = shown?.key !== message.dataset.key;
      shown = message.dataset;
      if (other) body.scrollTop = 0;
      line.update(shown);
      side.dataset(shown);
      bad.update(shown);
      rows.show(shown, undefined);
    } else if (message.type === "plan" && shown?.key === message.key) {
      choice = message.choice;
      if (anew) columns.show(shown, choice);
      else columns.update(choice, message.plan);
      anew = false;
      rows.roles(choice);
      if (message.preview) rows.pick(message.preview.row);
      side.update(message);
      line.code(message.code);
    } else if (message.type === "page" && buffers[0]) rows.receive(message, buffers[0]);
    else if (message.type === "preview" && shown?.key === message.key) {
      side.preview(message.preview);
      if (message.preview) rows.pick(message.preview.row);
    } else if (message.type === "error") {
      if (message.at === "load") {
        progress.end();
        top.fail(message);
      } else if (message.at === "filter") line.fail(message);
      else if (message.at === "plan") side.fail(message);
      else rows.forget();
    }
  }

  function empty(gallery: readonly GallerySet[]): HTMLElement {
    const some = ["iris", "digits", "moons"].flatMap((name) => gallery.filter((set) => set.name === name));
    return h(
      "div",
      { class: "ql-data-empty" },
      h("p", null, "No dataset yet. Load a file, a variable of the kernel, or one of these:"),
      h(
        "div",
        { class: "row" },
        some.map((set) => {
          const button = h(
            "button",
            { type: "button", class: "ql-btn", title: set.title },
            icon("table"),
            set.name,
          );
          button.addEventListener("click", () => send({ type: "load", source: set.name }), { signal });
          return button;
        }),
      ),
    );
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
