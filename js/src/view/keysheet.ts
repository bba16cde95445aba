/** The sheet of all keys, over the designer; Esc closes it. */
import { h, on } from "./dom";
import { icon } from "./icons";

const ROWS: readonly (readonly [title: string, rows: readonly (readonly [keys: string, does: string])[]])[] =
  [
    [
      "Cursor and selection",
      [
        ["← → ↑ ↓", "move the cursor; with Shift, select"],
        ["Home End", "first, last column"],
        ["PgUp PgDn", "first, last wire"],
        ["Ctrl A", "select all"],
        ["Esc", "cancel, select nothing"],
      ],
    ],
    [
      "Place at the cursor",
      [
        ["H X Y Z S T V", "fixed gate (V is √X)"],
        ["E then X Y Z P", "encode an input x"],
        ["R then X Y Z P U", "train a weight w"],
        ["0 … 9", "right after: its index"],
        ["Shift + first letter", "fill the column downwards"],
        ["C or O, arrow, gate", "control or anti-control, then the target"],
        ["L, Shift L", "chain, ring of CX"],
        ["W M I B", "swap, measure, if, barrier"],
      ],
    ],
    [
      "Edit",
      [
        ["Enter, F2", "edit the angle; Tab for the next one"],
        ["Alt ← → ↑ ↓", "move the selection"],
        ["D, Del", "duplicate, delete"],
        ["G, Shift G", "group, ungroup"],
        ["K", "open a block; back again"],
        ["Ctrl Z, Ctrl Y", "undo, redo"],
        ["Ctrl C X V", "copy, cut, paste"],
      ],
    ],
    [
      "View",
      [
        ["/", "find a gate"],
        ["plus − 0", "zoom in, out, fit"],
        ["[ ]", "state marker left, right"],
        ["Shift ]", "state at the end"],
        ["?", "this sheet"],
      ],
    ],
  ];

export function openKeySheet(root: HTMLElement, back: () => void): void {
  const life = new AbortController();
  const close = h(
    "button",
    { class: "ql-btn icon quiet", type: "button", "aria-label": "Close" },
    icon("close"),
  );
  // words that are not keys stay plain
  const WORDS = ["then", "or", "…", "first", "letter", "arrow", "gate", "+"];
  const key = (word: string) => {
    const name = word.replace(/,$/, "");
    const plain = WORDS.includes(name);
    return [
      plain ? h("span", null, name) : h("span", { class: "ql-kbd" }, name === "plus" ? "+" : name),
      word.endsWith(",") && ", ",
    ];
  };
  const part = ([title, rows]: (typeof ROWS)[number]) =>
    h(
      "section",
      null,
      h("h3", null, title),
      h(
        "dl",
        null,
        rows.map(([keys, does]) => [h("dt", null, keys.split(" ").map(key)), h("dd", null, does)]),
      ),
    );
  const sheet = h(
    "div",
    { class: "ql-sheet", role: "dialog", "aria-modal": "true", "aria-label": "Keyboard" },
    h("div", { class: "row between" }, h("h2", null, "Keyboard"), close),
    h("div", { class: "ql-sheet-cols" }, ROWS.map(part)),
  );
  const veil = h("div", { class: "ql-veil" }, sheet);
  const end = (): void => {
    life.abort();
    veil.remove();
    back();
  };
  on(close, "click", end, life.signal);
  on(
    veil,
    "pointerdown",
    (event) => {
      event.stopPropagation();
      if (event.target === veil) end();
    },
    life.signal,
  );
  on(
    veil,
    "keydown",
    (event) => {
      event.stopPropagation();
      if (event.key === "Escape" || event.key === "?") end();
      if (event.key === "Tab") event.preventDefault(); // one button: the focus stays on it
    },
    life.signal,
  );
  root.append(veil);
  close.focus();
}
