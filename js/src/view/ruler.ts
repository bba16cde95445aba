/** The ruler over the columns: their numbers and the state marker's flag. Numbers stay where they are while columns come and go. */
import type { Layout } from "../core/layout";
import { s } from "./dom";
import { flag, flagSpan, markerX } from "./marker";

export interface Ruled {
  readonly layout: Layout;
  /** Width of the drawing in its own px. */
  readonly width: number;
  /** What is in sight, in the drawing's own px. */
  readonly from: number;
  readonly to: number;
  readonly marker: number | undefined;
  /** Columns that hold something selected. */
  readonly lit: ReadonlySet<number | undefined>;
}

interface Shown {
  readonly el: SVGTextElement;
  x: number;
  on: boolean;
}

export function ruler(svg: SVGSVGElement): (now: Ruled) => void {
  const back = s("rect", { class: "back" });
  const edge = s("line", { class: "edge", x1: 0 });
  const digits = s("g");
  const mark = s("g");
  svg.replaceChildren(back, edge, digits, mark);
  const shown = new Map<number, Shown>();
  let size = "";
  let flagFor = "";

  return ({ layout, width, from, to, marker, lit }) => {
    const height = layout.metrics.ruler;
    if (size !== `${width} ${height}`) {
      size = `${width} ${height}`;
      for (const [name, value] of [
        ["width", width],
        ["height", height],
      ] as const)
        back.setAttribute(name, String(value));
      edge.setAttribute("x2", String(width));
      edge.setAttribute("y1", String(height - 0.5));
      edge.setAttribute("y2", String(height - 0.5));
    }
    // a number half under the flag is worse than none; columns that are not printed have no width
    const [left, right] = flagSpan(layout, marker);
    const free = ({ x, w }: { x: number; w: number }): boolean =>
      w > 0 && (x + w / 2 < left - 7 || x + w / 2 > right + 7);
    for (const [col, one] of shown) {
      const strip = layout.columns[col];
      if (strip && free(strip) && strip.x + strip.w >= from && strip.x <= to) continue;
      one.el.remove();
      shown.delete(col);
    }
    layout.columns.forEach((strip, col) => {
      if (strip.x + strip.w < from || strip.x > to || !free(strip)) return;
      const x = strip.x + strip.w / 2;
      const on = lit.has(col);
      const old = shown.get(col);
      if (!old) {
        const el = s("text", { class: on ? "on" : "tk", x, y: 18, "text-anchor": "middle" }, col);
        digits.append(el);
        shown.set(col, { el, x, on });
        return;
      }
      if (old.x !== x) old.el.setAttribute("x", String(x));
      if (old.on !== on) old.el.setAttribute("class", on ? "on" : "tk");
      Object.assign(old, { x, on });
    });
    const key = `${markerX(layout, marker)} ${marker} ${layout.columns.length > 0}`;
    if (key === flagFor) return;
    flagFor = key;
    mark.replaceChildren(...[flag(layout, marker)].filter((el) => el !== undefined));
  };
}
