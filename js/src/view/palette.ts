/** The palette: sections of tiles and a search. It only says which tile; pointer.ts and place.ts do the rest. */
import { fill, h, on } from "./dom";
import { icon } from "./icons";
import { tileButton } from "./tilenode";
import { blockTile, SECTIONS, searchTiles, TILES, type Tile } from "./tiles";

export interface Palette {
  readonly el: HTMLElement;
  tileOf(target: EventTarget | null): Tile | undefined;
  focusSearch(): void;
  /** The blocks of the circuit. */
  update(blocks: readonly string[]): void;
}

export function palette(onPick: (tile: Tile) => void, leave: () => void, signal: AbortSignal): Palette {
  const known = new Map<string, Tile>();
  const input = h("input", {
    placeholder: "Find a gate",
    "aria-label": "Find a gate",
    spellcheck: false,
    autocomplete: "off",
  });
  const field = h(
    "label",
    { class: "ql-field ql-find" },
    icon("search"),
    input,
    h("span", { class: "ql-kbd" }, "/"),
  );
  const body = h("div", { class: "ql-fams" });
  const el = h("aside", { class: "ql-pal", "aria-label": "Gate palette" }, field, body);
  let more = false;
  let results: Tile[] = [];
  let active = 0;
  let blocks: readonly string[] = [];

  const button = (tile: Tile): HTMLButtonElement => {
    known.set(tile.id, tile);
    return tileButton(tile);
  };

  function sections(): HTMLElement[] {
    const used = SECTIONS.filter((name) => name !== "Blocks" || blocks.length > 0);
    return used.map((name) => {
      const own = TILES.filter((t) => t.section === name && (more || !t.extra));
      const tiles = (name === "Blocks" ? blocks.map(blockTile) : own).map(button);
      const tag = name === "Encode" ? "x[i]" : name === "Train" ? "w[j]" : "";
      if (name === "Fixed") tiles.push(moreButton());
      return h(
        "section",
        { class: "ql-fam", "aria-label": name },
        h("h3", null, name, tag && h("span", { class: `ql-tag ${tag[0]}` }, tag)),
        h("div", { class: "ql-pgs" }, tiles),
      );
    });
  }

  function moreButton(): HTMLButtonElement {
    const label = more ? "Fewer fixed gates" : "More fixed gates";
    const b = h(
      "button",
      { class: "ql-tile ql-more", type: "button", "aria-label": label, title: label, "aria-expanded": more },
      icon(more ? "minus" : "more"),
    );
    b.addEventListener(
      "click",
      () => {
        more = !more;
        paint();
        body.querySelector<HTMLElement>(".ql-more")?.focus();
      },
      { signal },
    );
    return b;
  }

  function paint(): void {
    const query = input.value;
    const like = query.trim().toLowerCase();
    const own = blocks.filter((b) => like && b.toLowerCase().includes(like)).map(blockTile);
    results = [...own, ...searchTiles(query)];
    active = 0;
    if (!query.trim()) {
      fill(body, sections());
      return;
    }
    fill(
      body,
      h(
        "section",
        { class: "ql-fam", "aria-label": "Results" },
        h("h3", null, results.length > 0 ? "Found" : "Nothing found"),
        h("div", { class: "ql-pgs" }, results.map(button)),
        results.length > 0
          ? h("p", { class: "cap ql-find-name" })
          : h("p", { class: "cap" }, "Names, aliases such as cnot, and Qiskit's names are searched."),
      ),
    );
    mark();
  }

  function mark(): void {
    const tiles = [...body.querySelectorAll<HTMLElement>(".ql-tile")];
    for (const [i, t] of tiles.entries()) t.classList.toggle("is-active", i === active);
    const name = body.querySelector(".ql-find-name");
    const tile = results[active];
    if (name && tile)
      name.textContent = `${tiles[active]?.getAttribute("aria-label") ?? tile.label}. Enter places it.`;
  }

  on(input, "input", paint, signal);
  on(
    input,
    "keydown",
    (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 4, ArrowUp: -4 }[event.key];
      if (event.key === "Escape") {
        input.value = "";
        paint();
        leave();
      } else if (event.key === "Enter" && results[active]) {
        const tile = results[active]!;
        input.value = "";
        paint();
        leave();
        onPick(tile);
      } else if (
        step !== undefined &&
        results.length > 0 &&
        (Math.abs(step) > 1 || input.selectionEnd === input.value.length)
      ) {
        active = Math.max(0, Math.min(results.length - 1, active + step));
        mark();
        event.preventDefault();
      } else return;
      event.stopPropagation();
    },
    signal,
  );
  // Enter and Space on a tile; a pointer's click comes through pointer.ts, which knows whether it was a drag
  on(
    body,
    "click",
    (event) => {
      if (event.detail !== 0) return;
      const tile = tileOf(event.target);
      if (tile) onPick(tile);
    },
    signal,
  );

  function tileOf(target: EventTarget | null): Tile | undefined {
    const found = target instanceof Element ? target.closest<HTMLElement>("[data-tile]") : null;
    return found && el.contains(found) ? known.get(found.dataset.tile ?? "") : undefined;
  }

  paint();
  return {
    el,
    tileOf,
    focusSearch: () => input.focus(),
    update(names) {
      if (names.length === blocks.length && names.every((n, i) => n === blocks[i])) return;
      blocks = names;
      if (!input.value.trim()) paint();
    },
  };
}
