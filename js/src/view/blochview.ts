/** Bloch vectors as 48 px spheres with their lengths below. Those in sight follow each edit at once, the others after it. */
import { type Bloch, blochOf, type State } from "../core/simulate";
import { fill, h, s, setText } from "./dom";
import { fixed } from "./format";

const R = 24;

/** The point on the screen of a Bloch vector, seen from slightly above. */
export function project(v: { x: number; y: number; z: number }): [number, number] {
  return [R * (0.9 * v.y - 0.42 * v.x), R * (0.3 * v.x - v.z)];
}

interface Sphere {
  readonly el: HTMLElement;
  update(name: string, v: Bloch): void;
}

/** Made once for each wire and then moved: spheres follow a slider. */
function sphere(): Sphere {
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

/** How long nothing must have changed before the spheres out of sight follow, in ms. */
const REST = 120;

/** A sphere for each wire, then `last` (first where the wires are many and scroll). Reading a vector off a large state costs as much as a gate, so first those in sight. */
export function blochRow(
  last: HTMLElement,
  signal: AbortSignal,
): { el: HTMLElement; update(state: State, names: readonly string[]): void } {
  const el = h("div", { class: "ql-bls" });
  let spheres: Sphere[] = [];
  let out = new Set<Sphere>();
  let about: { state: State; names: readonly string[] } | undefined;
  let timer = 0;

  const follow = (one: Sphere): void => {
    const q = spheres.indexOf(one);
    if (about && q in about.names) one.update(about.names[q]!, blochOf(about.state, q));
  };
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const one = spheres.find((sphere) => sphere.el === target);
        if (!one) continue;
        if (!isIntersecting) out.add(one);
        else if (out.delete(one)) follow(one);
      }
    },
    { root: el },
  );
  signal.addEventListener(
    "abort",
    () => {
      sight.disconnect();
      window.clearTimeout(timer);
    },
    { once: true },
  );

  return {
    el,
    update(state, names) {
      about = { state, names };
      el.classList.toggle("is-many", names.length > 8);
      if (spheres.length !== names.length) {
        sight.disconnect();
        spheres = names.map((_, q) => spheres[q] ?? sphere());
        out = new Set();
        for (const one of spheres) sight.observe(one.el);
        fill(
          el,
          spheres.map((one) => one.el),
          last,
        );
      }
      for (const one of spheres) if (!out.has(one)) follow(one);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        for (const one of out) follow(one);
      }, REST);
    },
  };
}
