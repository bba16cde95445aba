/** One Bloch vector as a 48 px sphere with its length below. Drawing only. */
import type { Bloch } from "../core/simulate";
import { h, s, setText } from "./dom";
import { fixed } from "./format";

const R = 24;

/** The point on the screen of a Bloch vector, seen from slightly above. */
export function project(v: { x: number; y: number; z: number }): [number, number] {
  return [R * (0.9 * v.y - 0.42 * v.x), R * (0.3 * v.x - v.z)];
}

export interface Sphere {
  readonly el: HTMLElement;
  update(name: string, v: Bloch): void;
}

/** Made once for each wire and then moved: spheres follow a slider. */
export function sphere(): Sphere {
  const tip = s("title");
  const arrow = s("path", { class: "bl-arrow" });
  const head = s("circle", { class: "bl-head", r: 3.6 });
  const svg = s(
    "svg",
    { viewBox: "-32 -31 64 62", width: 64, height: 62, role: "img" },
    tip,
    s("circle", { class: "bl-ball", r: R }),
    s("ellipse", { class: "bl-line", rx: R, ry: 7 }),
    s("path", { class: "bl-line", d: `M0-${R}V${R}` }),
    arrow,
    head,
  );
  const who = h("b");
  const length = document.createTextNode("");
  const el = h("figure", { class: "ql-bl" }, svg, h("figcaption", null, who, " ", length));
  let shown = "";
  return {
    el,
    update(name, v) {
      const place = `x ${fixed(v.x)}, y ${fixed(v.y)}, z ${fixed(v.z)}`;
      const key = `${name}|${place}|${fixed(v.r)}`;
      if (key === shown) return;
      shown = key;
      const [x, y] = project(v).map((c) => c.toFixed(1));
      svg.setAttribute("aria-label", `Bloch vector of ${name}: ${place}, length ${fixed(v.r)}`);
      tip.textContent = `${name}: ${place}; purity ${fixed((1 + v.r * v.r) / 2)}`;
      arrow.setAttribute("d", `M0,0L${x},${y}`);
      head.setAttribute("cx", x!);
      head.setAttribute("cy", y!);
      setText(who, name);
      length.data = fixed(Math.min(1, v.r));
    },
  };
}
