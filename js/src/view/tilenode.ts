/** A palette tile as a 36 px button, and its picture alone for drags and the inspector. No behaviour. */
import { GATES } from "../core/gates.gen";
import { type Child, h, s } from "./dom";
import { type Tile, tileName } from "./tiles";

function glyph(tile: Tile): Child[] {
  switch (tile.glyph) {
    case "cx":
      return [
        s("path", { class: "lk", d: "M20,10V34" }),
        s("circle", { class: "dot", cx: 20, cy: 9, r: 3.5 }),
        s("circle", { class: "oplus", cx: 20, cy: 26, r: 8 }),
        s("path", { class: "lk", d: "M12,26h16" }),
      ];
    case "cz":
      return [
        s("path", { class: "lk", d: "M20,9V31" }),
        s("circle", { class: "dot", cx: 20, cy: 9, r: 3.5 }),
        s("circle", { class: "dot", cx: 20, cy: 31, r: 3.5 }),
      ];
    case "swap":
      return [s("path", { class: "lk", d: "M20,9V31M16,5l8,8M24,5l-8,8M16,27l8,8M24,27l-8,8" })];
    case "dot":
      return [s("circle", { class: "dot", cx: 20, cy: 20, r: 5 })];
    case "ring":
      return [s("circle", { class: "ring", cx: 20, cy: 20, r: 5 })];
    case "meter":
      return [s("path", { class: "mt", d: "M9,27a11,11 0 0 1 22,0M20,27l7,-12" })];
    case "barrier":
      return [s("path", { class: "bar", d: "M20,9V32" })];
  }
  const small = [...tile.label].length > 4;
  const name = (y: number) => s("text", { class: small ? "nm small" : "nm", x: 20, y }, tile.label);
  if (tile.param === "" || tile.family === "fixed") return [name(24.5)];
  return [name(18.5), " ", s("text", { class: "an", x: 20, y: 32 }, tile.param)];
}

/** The picture of a tile in a 40 × 40 box. */
export function tilePicture(tile: Tile, size = 36): SVGSVGElement {
  return s(
    "svg",
    { viewBox: "0 0 40 40", width: size, height: size, "aria-hidden": "true" },
    s(
      "g",
      { class: `g g-${tile.family}` },
      s("rect", { x: 1, y: 1, width: 38, height: 38, rx: 4 }),
      glyph(tile),
    ),
  );
}

export function tileButton(tile: Tile): HTMLButtonElement {
  const about = GATES[tile.gate]?.title ?? tile.title;
  const button = h(
    "button",
    {
      class: "ql-tile",
      type: "button",
      "aria-label": tileName(tile),
      title: `${tile.label}: ${about}`,
      dataset: { tile: tile.id },
    },
    tilePicture(tile),
  );
  return button;
}
