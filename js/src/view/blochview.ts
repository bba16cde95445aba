/** One Bloch vector as a 48 px sphere with its length below. Drawing only. */
import type { Bloch } from "../core/simulate";
import { h, s } from "./dom";
import { fixed } from "./format";

const R = 24;

/** The point on the screen of a Bloch vector, seen from slightly above. */
export function project(v: { x: number; y: number; z: number }): [number, number] {
  return [R * (0.9 * v.y - 0.42 * v.x), R * (0.3 * v.x - v.z)];
}

export function sphere(name: string, v: Bloch): HTMLElement {
  const [x, y] = project(v);
  const tip = `x ${fixed(v.x)}, y ${fixed(v.y)}, z ${fixed(v.z)}`;
  const purity = `purity ${fixed((1 + v.r * v.r) / 2)}`;
  const svg = s(
    "svg",
    {
      viewBox: "-32 -31 64 62",
      width: 64,
      height: 62,
      role: "img",
      "aria-label": `Bloch vector of ${name}: ${tip}, length ${fixed(v.r)}`,
    },
    s("title", null, `${name}: ${tip}; ${purity}`),
    s("circle", { class: "bl-ball", r: R }),
    s("ellipse", { class: "bl-line", rx: R, ry: 7 }),
    s("path", { class: "bl-line", d: `M0-${R}V${R}` }),
    s("path", { class: "bl-arrow", d: `M0,0L${x.toFixed(1)},${y.toFixed(1)}` }),
    s("circle", { class: "bl-head", cx: x.toFixed(1), cy: y.toFixed(1), r: 3.6 }),
  );
  return h(
    "figure",
    { class: "ql-bl" },
    svg,
    h("figcaption", null, h("b", null, name), " ", fixed(Math.min(1, v.r))),
  );
}
