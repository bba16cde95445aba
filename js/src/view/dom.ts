/**
 * The only way views make elements: `h` for HTML, `s` for SVG. Text always goes through textContent,
 * so nothing a person, a file or the kernel wrote is ever parsed as markup. Keep it free of view logic.
 */

export type Child = Node | string | number | null | undefined | false | readonly Child[];
type Value = string | number | boolean | null | undefined | ((event: never) => void);
/** `class`, `style` (text), `dataset`, `onclick`-like listeners, everything else an attribute; false and null are left out. */
export type Props = { [key: string]: Value | Readonly<Record<string, string | number>> } & {
  dataset?: Readonly<Record<string, string | number>>;
};

const SVG = "http://www.w3.org/2000/svg";

function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else if (child instanceof Node) parent.appendChild(child);
    else parent.appendChild(document.createTextNode(String(child)));
  }
}

function assign(el: Element, props: Props | null | undefined): void {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "dataset") {
      for (const [k, v] of Object.entries(value as Record<string, string | number>))
        (el as HTMLElement).dataset[k] = String(v);
    } else if (key.startsWith("on") && typeof value === "function") {
      el.addEventListener(key.slice(2), value as EventListener);
    } else if (key === "value" && "value" in el) {
      (el as HTMLInputElement).value = String(value);
    } else el.setAttribute(key, value === true ? "" : String(value));
  }
}

/** An HTML element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props?: Props | null,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  append(el, children); // before the props, so that a select's value finds its options
  assign(el, props);
  return el;
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attrs?: Props | null,
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const el = document.createElementNS(SVG, tag) as SVGElementTagNameMap[K];
  assign(el, attrs);
  append(el, children);
  return el;
}

/** A listener that dies with its owner. */
export function on<K extends keyof HTMLElementEventMap>(
  target: EventTarget,
  type: K,
  listener: (event: HTMLElementEventMap[K]) => void,
  signal: AbortSignal,
  options: Omit<AddEventListenerOptions, "signal"> = {},
): void {
  target.addEventListener(type, listener as EventListener, { ...options, signal });
}

/** Enter in a field sends what is in it. */
export function onEnter(field: HTMLElement, send: () => void, signal: AbortSignal): void {
  on(
    field,
    "keydown",
    (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      send();
    },
    signal,
  );
}

/** The head of a table: one row of cells. */
export function headRow(...cells: Child[]): HTMLElement {
  return h("thead", null, h("tr", null, cells));
}

/** Replaces all children at once. */
export function fill(parent: Element, ...children: Child[]): void {
  const box = document.createDocumentFragment();
  append(box, children);
  parent.replaceChildren(box);
}

/** Sets the text only if it differs, so that live regions and selections are left alone. */
export function setText(el: Element, text: string): void {
  if (el.textContent !== text) el.textContent = text;
}

/** A shorter life within another: what ends with it ends with the longer one too. */
export function within(signal: AbortSignal): AbortController {
  const life = new AbortController();
  signal.addEventListener("abort", () => life.abort(), { once: true, signal: life.signal });
  return life;
}
