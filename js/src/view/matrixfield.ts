/**
 * The grid of a matrix in the gate panel: each entry a field that takes an expression. A fault is said with its cell and
 * its cure while the drawing keeps the last good matrix; where only unitarity is missing, the nearest unitary is offered.
 */
import { furthest, nearestUnitary, parseEntry, printEntry } from "../core/cells";
import { findOp } from "../core/circuit";
import { CircuitError, sentence } from "../core/errors";
import { checkMatrix, type Rows } from "../core/unitary";
import { fill, h, on } from "./dom";
import type { Session } from "./session";

/** Larger ones are shown by their size alone. */
export const EDITABLE = 4;

export interface MatrixField {
  readonly el: HTMLElement;
  update(): void;
  /** Puts the cursor in the first entry, with the whole grid in sight. */
  focus(): void;
}

/** `back`: where Esc leads. */
export function matrixField(
  session: Session,
  id: string,
  back: () => void,
  signal: AbortSignal,
): MatrixField {
  const matrix = (): Rows => findOp(session.circuit, id)?.matrix ?? [];
  const size = matrix().length;
  const problem = h("div", { class: "ql-angle-err", role: "alert" });
  const cells = matrix().map((row, r) =>
    row.map((_, c) =>
      h("input", {
        class: "ql-cell mono",
        spellcheck: false,
        autocomplete: "off",
        "aria-label": `Row ${r}, column ${c}`,
        readonly: session.locked !== undefined,
      }),
    ),
  );
  const bits = Math.log2(size);
  const state = (k: number): string => `|${k.toString(2).padStart(bits, "0")}⟩`;
  const el = h(
    "div",
    { class: "ql-box ql-matrix", role: "group", "aria-label": "Matrix" },
    h(
      "div",
      { class: "ql-cells", style: `--n: ${size}` },
      h("span"),
      cells.map((_, c) => h("span", { class: "cap mono" }, state(c))),
      cells.map((row, r) => [h("span", { class: "cap mono" }, state(r)), row]),
    ),
    problem,
  );
  let shown: Rows | undefined;

  /** What is written, an entry that was left as it is by its own digits. */
  function written(): Rows | undefined {
    let at: readonly [number, number] = [0, 0];
    try {
      return cells.map((row, r) =>
        row.map((cell, c) => {
          at = [r, c];
          const old = shown?.[r]?.[c];
          return old && printEntry(old) === cell.value ? old : parseEntry(cell.value);
        }),
      );
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error;
      const [r, c] = at;
      refuse(
        `Row ${r}, column ${c}${error.column === undefined ? "" : `, character ${error.column}`}: ${sentence(error)}`,
        [at],
      );
      return undefined;
    }
  }

  function refuse(text: string, at: readonly (readonly [number, number])[], offer?: HTMLElement): void {
    cells.forEach((row, r) => {
      row.forEach((cell, c) => {
        const bad = at.some(([br, bc]) => br === r && bc === c);
        cell.setAttribute("aria-invalid", String(bad));
      });
    });
    fill(problem, text, offer && [" ", offer]);
    problem.hidden = text === "";
    if (text !== "") problem.scrollIntoView({ block: "nearest" }); // below the fold where the panel is low
  }

  function put(rows: Rows): void {
    refuse("", []);
    session.run({ type: "matrix", id, matrix: rows });
  }

  function read(): void {
    const rows = written();
    if (!rows) return;
    try {
      checkMatrix(rows, `op ${id}, field matrix`);
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error;
      refuse(sentence(error), [], offer(rows));
      return;
    }
    put(rows);
  }

  function offer(rows: Rows): HTMLElement | undefined {
    const near = nearestUnitary(rows);
    if (!near) return undefined;
    const far = furthest(near, rows);
    const take = h(
      "button",
      { class: "ql-btn quiet ql-acc", type: "button" },
      `Take the nearest unitary, at most ${far.toPrecision(2)} away`,
    );
    on(take, "click", () => put(near), signal);
    return take;
  }

  for (const [r, row] of cells.entries())
    for (const [c, cell] of row.entries()) {
      on(cell, "change", read, signal);
      on(
        cell,
        "keydown",
        (event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            cell.value = shown ? printEntry(shown[r]![c]!) : cell.value;
            refuse("", []);
            back();
            return;
          }
          const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [0, 0] }[event.key] ?? [];
          if (down === undefined || right === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === "Enter") read();
          else cells[r + down]?.[c + right]?.focus();
        },
        signal,
      );
    }

  function update(): void {
    const now = matrix();
    if (now === shown || now.length !== size) return;
    shown = now;
    refuse("", []);
    cells.forEach((row, r) => {
      row.forEach((cell, c) => {
        cell.value = printEntry(now[r]![c]!);
      });
    });
  }

  update();
  function focus(): void {
    el.scrollIntoView({ block: "nearest" });
    cells[0]?.[0]?.select();
    cells[0]?.[0]?.focus({ preventScroll: true });
  }

  return { el, update, focus };
}
