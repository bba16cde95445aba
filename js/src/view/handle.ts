/**
 * What an open designer lets others on the page do: a sidebar that shows the palette and the statistics of the circuit
 * in hand. Plain functions over an event, since sidebar and designer may come from two bundles. No DOM of its own.
 */
import type { Circuit } from "../core/circuit";
import { on } from "./dom";
import type { Tile } from "./tiles";

export interface DesignerHandle {
  readonly root: HTMLElement;
  /** Ends with the designer. */
  readonly signal: AbortSignal;
  /** What is drawn, a drop in hand included. */
  circuit(): Circuit;
  /** The circuit as a whole, whatever of it is open. */
  whole(): Circuit;
  /** The canonical text of the whole. */
  text(): string;
  /** Blocks that may be placed where the designer is. */
  blocks(): readonly string[];
  /** Why nothing may be changed. */
  locked(): string | undefined;
  /** Places a tile at the cursor. */
  place(tile: Tile): void;
  /** Begins to drag a tile that was pressed outside the designer; its release without a move places it. */
  grab(tile: Tile, event: PointerEvent): void;
  focus(): void;
  /** Calls back after each change; the returned function ends it. */
  onChange(callback: () => void): () => void;
}

const EVENT = "qlab:designer";

/** Tells the page which designer is in use, each time it gets the focus. */
export function announce(handle: DesignerHandle): void {
  const tell = (): void => {
    handle.root.dispatchEvent(new CustomEvent(EVENT, { detail: handle, bubbles: true, composed: true }));
  };
  on(handle.root, "focusin", tell, handle.signal);
}

/** Calls back with the designer that has got the focus. */
export function followDesigners(callback: (handle: DesignerHandle) => void, signal: AbortSignal): void {
  document.addEventListener(EVENT, (event) => callback((event as CustomEvent<DesignerHandle>).detail), {
    signal,
  });
}
