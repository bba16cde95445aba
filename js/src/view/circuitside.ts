/**
 * The *Circuit* sidebar: name, statistics and palette of the designer in hand, and the cell that loads its circuit. It
 * changes a circuit through the handle alone; where the cell goes is the host's to know.
 */
import { fill, h, on, setText } from "./dom";
import { factsOf } from "./facts";
import { thousands } from "./format";
import type { DesignerHandle } from "./handle";
import { icon } from "./icons";
import { palette } from "./palette";
import { guardShortcuts } from "./shortcuts";
import { followTheme } from "./theme";

export interface CircuitSideHost {
  /** Where the circuit lies: a file, or the notebook around its designer. */
  about(handle: DesignerHandle): string;
  /** Inserts a cell that loads the circuit; resolves to what was done, rejects with the reason. */
  insert(handle: DesignerHandle): Promise<string>;
  /** Opens a new circuit. */
  create(): void;
}

export interface CircuitSide {
  /** The designer in hand is another one. */
  show(handle: DesignerHandle): void;
}

export function circuitSide(root: HTMLElement, host: CircuitSideHost, signal: AbortSignal): CircuitSide {
  let current: DesignerHandle | undefined;
  let life = new AbortController();
  root.classList.add("ql", "ql-ds", "ql-circuitside");
  followTheme(root, signal);
  const name = h("h2", { class: "ql-strong" });
  const where = h("p", { class: "cap" });
  const figures = h("dl", { class: "ql-facts" });
  const said = h("p", { class: "cap", role: "status" });
  const insert = h("button", { class: "ql-btn primary", type: "button" }, icon("code"), "Insert a cell");
  insert.title = "Insert a cell that loads this circuit";
  insert.setAttribute("aria-label", insert.title);
  const tiles = palette(
    (tile) => current?.place(tile),
    () => current?.focus(),
    signal,
  );
  const head = h("div", { class: "ql-circuitside-head" }, name, where, figures, insert, said);
  const fresh = h("button", { class: "ql-btn primary", type: "button" }, "New circuit");
  const none = h(
    "div",
    { class: "ql-circuitside-head" },
    h("h2", null, "No circuit"),
    h("p", { class: "sub" }, "Click in a designer, or open a .qlab.json or .qasm file."),
    fresh,
  );
  root.append(none, head, tiles.el);
  on(fresh, "click", () => host.create(), signal);
  on(
    insert,
    "click",
    () => {
      const handle = current;
      if (!handle) return;
      host.insert(handle).then(
        (text) => setText(said, text),
        (error: unknown) => setText(said, error instanceof Error ? error.message : String(error)),
      );
    },
    signal,
  );
  on(
    tiles.el,
    "pointerdown",
    (event) => {
      const tile = tiles.tileOf(event.target);
      if (tile && event.button === 0 && current && current.locked() === undefined) current.grab(tile, event);
    },
    signal,
  );
  guardShortcuts(root, signal);

  function update(): void {
    none.hidden = current !== undefined;
    head.hidden = current === undefined;
    tiles.el.hidden = current === undefined || current.locked() !== undefined;
    if (!current) return;
    const c = current.circuit();
    setText(name, c.name);
    setText(where, current.locked() ?? host.about(current));
    const facts = factsOf(c);
    const key = JSON.stringify(facts);
    if (figures.dataset.key !== key) {
      figures.dataset.key = key;
      fill(
        figures,
        facts.map((f) => [
          h("dt", { title: f.about }, f.name),
          h("dd", { title: f.about }, `${thousands(f.value)}${f.unit}`),
        ]),
      );
    }
    tiles.update(current.blocks());
  }

  update();
  return {
    show(handle) {
      if (handle === current || handle.signal.aborted) return;
      life.abort();
      life = new AbortController();
      current = handle;
      setText(said, "");
      const stop = handle.onChange(update);
      life.signal.addEventListener("abort", stop, { once: true });
      handle.signal.addEventListener(
        "abort",
        () => {
          life.abort();
          current = undefined;
          update();
        },
        { once: true, signal: life.signal },
      );
      update();
    },
  };
}
