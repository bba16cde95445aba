/** What is shown when no dataset is open: what can be loaded, and the shortest ways to one. */

import type { GallerySet } from "./datatypes";
import { fill, h } from "./dom";
import { icon } from "./icons";

const FIRST = ["iris", "penguins", "digits", "moons"];

export interface Empty {
  readonly element: HTMLElement;
  update(gallery: readonly GallerySet[]): void;
}

export function empty(events: { load(source: string): void; upload(): void }): Empty {
  const sets = h("div", { class: "row" });
  const up = h("button", { type: "button", class: "ql-btn" }, icon("upload"), "Upload a file");
  up.addEventListener("click", events.upload);
  const element = h(
    "div",
    { class: "ql-data-empty" },
    h("h2", null, "No dataset yet"),
    h(
      "p",
      null,
      "Name a file, an address or a variable of the kernel above, or drop a file here: CSV, JSON, Parquet, Arrow, Excel, SQLite, npz or a zip of pictures.",
    ),
    up,
    h("p", { class: "cap" }, "or one from the gallery"),
    sets,
  );
  return {
    element,
    update(gallery) {
      const some = FIRST.flatMap((name) => gallery.filter((set) => set.name === name));
      fill(
        sets,
        some.map((set) => {
          const button = h(
            "button",
            { type: "button", class: "ql-btn", title: set.title },
            icon("table"),
            set.name,
          );
          button.addEventListener("click", () => events.load(set.name));
          return button;
        }),
      );
    },
  };
}
