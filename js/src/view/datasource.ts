/** The source bar, the gallery menu and the tabs: which dataset is looked at. Sends, knows nothing of columns. */

import type { DatasetMessage, Fault, GallerySet } from "./datatypes";
import { fill, h, headRow, on, onEnter } from "./dom";
import { fixed, thousands } from "./format";
import { icon } from "./icons";

export interface SourceEvents {
  load(source: string): void;
  pick(key: string): void;
  close(key: string): void;
  /** Files of this computer. */
  upload(): void;
}

export interface Source {
  readonly bar: HTMLElement;
  readonly tabs: HTMLElement;
  update(message: DatasetMessage): void;
  fail(fault: Fault | null): void;
  /** Something is being loaded, so much of it; null ends it. */
  busy(source: string | null, share?: number): void;
  /** A file with bad rows is to be refused. */
  strict(): boolean;
}

let count = 0;

export function source(events: SourceEvents, signal: AbortSignal): Source {
  const id = `ql-data-${count++}`;
  const input = h("input", {
    type: "text",
    list: `${id}-list`,
    placeholder: "Path, gallery name, or the name of a variable in the kernel",
    "aria-label": "Source: path, gallery name or variable",
    spellcheck: "false",
    autocomplete: "off",
  });
  const list = h("datalist", { id: `${id}-list` });
  const open = h(
    "button",
    {
      type: "button",
      class: "ql-btn",
      "aria-haspopup": "true",
      "aria-label": "Gallery",
      "aria-expanded": "false",
      "aria-controls": `${id}-gallery`,
    },
    icon("grid"),
    h("span", { class: "ql-data-word" }, "Gallery"),
  );
  const load = h("button", { type: "button", class: "ql-btn ql-data-load" }, "Load");
  const up = h(
    "button",
    { type: "button", class: "ql-btn", "aria-label": "Upload files, or drop them here" },
    icon("upload"),
    h("span", { class: "ql-data-word" }, "Upload or drop"),
  );
  const strict = h(
    "button",
    {
      type: "button",
      class: "ql-btn quiet ql-data-strict",
      "aria-pressed": "false",
      "aria-label": "Strict",
      title: "Strict: refuse a file with bad rows instead of leaving them out",
    },
    icon("shield"),
    h("span", { class: "ql-data-word" }, "Strict"),
  );
  const menu = h("div", { class: "ql-data-gallery", id: `${id}-gallery`, hidden: true });
  const note = h("div", { class: "ql-data-note", "aria-live": "polite" });
  const field = h("label", { class: "ql-field tall grow" }, icon("table"), input, list);
  const row = h("div", { class: "ql-bar" }, field, strict, open, up, load);
  const coming = h("span", { class: "ql-data-coming", hidden: true });
  const tabs = h("div", { class: "ql-tabs ql-data-tabs", role: "group", "aria-label": "Datasets" });

  function send(): void {
    if (input.value.trim()) events.load(input.value.trim());
    else input.focus();
  }
  const isStrict = (): boolean => strict.getAttribute("aria-pressed") === "true";
  function show(visible: boolean): void {
    menu.hidden = !visible;
    open.setAttribute("aria-expanded", String(visible));
    if (visible) menu.querySelector<HTMLElement>("button")?.focus();
  }
  on(load, "click", send, signal);
  on(up, "click", events.upload, signal);
  on(strict, "click", () => strict.setAttribute("aria-pressed", String(!isStrict())), signal);
  onEnter(input, send, signal);
  on(open, "click", () => show(menu.hidden === true), signal);
  on(
    menu,
    "keydown",
    (event) =>
      stepMenu(event, menu, () => {
        show(false);
        open.focus();
      }),
    signal,
  );
  on(
    document.body,
    "pointerdown",
    (event) => {
      const inside = event.composedPath().some((node) => node === menu || node === open);
      if (!menu.hidden && !inside) show(false);
    },
    signal,
  );

  return {
    bar: h("div", { class: "ql-data-source" }, row, menu, note),
    tabs,
    update(message) {
      const names = message.variables.map(({ name, about }) => ({ name, about }));
      fill(
        list,
        names.map(({ name, about }) => h("option", { value: name }, about)),
        message.gallery.map(({ name, title }) => h("option", { value: name }, title)),
      );
      load.classList.toggle("primary", message.dataset === null);
      fill(
        menu,
        galleryTable(message.gallery, (name) => {
          show(false);
          input.value = name;
          events.load(name);
        }),
      );
      tabs.hidden = message.tabs.length === 0 && coming.hidden;
      fill(
        tabs,
        message.tabs.map(({ key, name }) => {
          const active = key === message.dataset?.key;
          const tab = h(
            "button",
            {
              type: "button",
              class: active ? "on" : "",
              "aria-pressed": String(active),
              title: name,
            },
            icon("table"),
            h("span", { class: "ql-data-tabname" }, name),
          );
          tab.addEventListener("click", () => events.pick(key), { signal });
          if (!active || message.tabs.length < 2) return tab;
          const shut = h(
            "button",
            { type: "button", class: "ql-data-shut", "aria-label": `Close ${name}` },
            icon("close"),
          );
          shut.addEventListener("click", () => events.close(key), { signal });
          return [tab, shut];
        }),
        coming,
      );
    },
    fail(fault) {
      load.disabled = false;
      fill(note, fault && faultNote(fault));
    },
    busy(name, share = 0) {
      load.disabled = name !== null;
      coming.hidden = name === null;
      if (name === null) return;
      tabs.hidden = false;
      const short = name.split("/").at(-1) ?? name;
      const pill = h("span", { class: "ql-pill acc" }, `${Math.floor(100 * share)} %`);
      fill(coming, icon("table"), h("span", { class: "ql-data-tabname", title: name }, short), pill);
      if (!coming.isConnected) tabs.append(coming);
    },
    strict: isStrict,
  };
}

/** An error as the kernel words it: what, then the cure. */
export function faultNote(fault: Fault): HTMLElement {
  const cure = fault.cure ? `${fault.cure.charAt(0).toUpperCase()}${fault.cure.slice(1)}.` : null;
  return h(
    "div",
    { class: "ql-note err", role: "alert" },
    icon("warn"),
    h(
      "div",
      null,
      h("b", null, `${fault.message.charAt(0).toUpperCase()}${fault.message.slice(1)}.`),
      " ",
      cure,
    ),
  );
}

function galleryTable(sets: readonly GallerySet[], pick: (name: string) => void): HTMLElement {
  const head = ["Name", "Title", "Size", "Task", "Baseline", "Qubits", "Licence"];
  return h(
    "table",
    null,
    headRow(
      head.map((text, i) => h("th", { class: ["", "wide", "n", "", "n", "n", "wide"][i] ?? "" }, text)),
    ),
    h(
      "tbody",
      null,
      sets.map((set) => {
        const button = h("button", { type: "button", class: "ql-data-set" }, set.name);
        button.addEventListener("click", () => pick(set.name));
        return h(
          "tr",
          null,
          h("td", null, button),
          h("td", { class: "wide" }, set.title),
          h("td", { class: "n" }, `${thousands(set.rows)} × ${set.columns}`),
          h("td", null, set.task),
          h("td", { class: "n" }, fixed(set.baseline, 2)),
          h("td", { class: "n" }, set.qubits),
          h("td", { class: "wide cap" }, set.licence),
        );
      }),
    ),
  );
}

function stepMenu(event: KeyboardEvent, menu: HTMLElement, shut: () => void): void {
  const buttons = [...menu.querySelectorAll<HTMLElement>("button")];
  const at = buttons.indexOf(event.target as HTMLElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key !== "Escape" && step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  if (step === undefined) shut();
  else buttons[(at + step + buttons.length) % buttons.length]?.focus();
}
