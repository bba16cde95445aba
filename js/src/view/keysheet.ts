/** The sheet of all keys, over the designer; Esc closes it. */
import { openDialog } from "./dialog";
import { h } from "./dom";

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
        ["Enter, F2", "edit angle, matrix, block; Tab: next angle"],
        ["Alt ← → ↑ ↓", "move the selection, or the chosen wire"],
        ["D, Del", "duplicate, delete"],
        ["G, Shift G", "group, ungroup"],
        ["K", "open a block in place; back again"],
        ["Shift K", "print each of a run, or one"],
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
  openDialog(root, { title: "Keyboard", class: "ql-keysheet", keys: ["?"], back }, () => [
    h("div", { class: "ql-sheet-cols" }, ROWS.map(part)),
  ]);
}
