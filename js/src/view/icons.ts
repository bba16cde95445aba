/** Icons as 16 px strokes, drawn for qlab; each is decoration (aria-hidden), its button carries the name. */
import { s } from "./dom";

const PATHS = {
  undo: "M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6.5",
  redo: "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8h3",
  zoom: "M7 2.5a4.5 4.5 0 1 0 .01 0M10.5 10.5 14 14M5 7h4M7 5v4",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  search: "M7 2.5a4.5 4.5 0 1 0 .01 0M10.5 10.5 14 14",
  chevron: "M4 6l4 4 4-4",
  arrowup: "M8 13V3M4 7l4-4 4 4",
  arrowdown: "M8 3v10M4 9l4 4 4-4",
  trash: "M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  group: "M2.5 5V2.5H5M11 2.5h2.5V5M13.5 11v2.5H11M5 13.5H2.5V11M5.5 5.5h5v5h-5z",
  shield: "M8 1.8 13.2 4v4c0 3.2-2.4 5.3-5.2 6.2C5.2 13.3 2.8 11.2 2.8 8V4zM5.6 8l1.8 1.8 3-3.4",
  pencil: "M2.8 13.2l.7-3 7.3-7.4 2.4 2.4-7.4 7.3zM9.3 4.3l2.4 2.4",
  play: "M4.5 3v10l8-5z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  stop: "M4 4h8v8H4z",
  branch:
    "M5 5.5v5M5 2.5a1.5 1.5 0 1 0 .01 0M5 10.5a1.5 1.5 0 1 0 .01 0M11 4.5a1.5 1.5 0 1 0 .01 0M11 7.5c0 2.5-6 1-6 3",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 4.8",
  warn: "M8 2.2 14.6 13.6H1.4zM8 6.5v3.4M8 11.8v.1",
  info: "M8 1.8a6.2 6.2 0 1 0 .01 0M8 7.2v4M8 4.8v.1",
  lock: "M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  upload: "M8 11V3M4.5 6.5 8 3l3.5 3.5M3 13.5h10",
  table: "M2.5 3h11v10h-11zM2.5 6.5h11M2.5 9.8h11M6.5 6.5V13",
  image: "M2.5 3h11v10h-11zM2.5 11l3.2-3.5 2.6 2.8 2-2 3.2 3.2M10.6 5.6v.1",
  grid: "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5H9z",
  download: "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10",
  more: "M3.5 8v.1M8 8v.1M12.5 8v.1",
  code: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5M9 3l-2 10",
  keyboard: "M1.8 4h12.4v8H1.8zM4.2 6.6v.1M7 6.6v.1M9.8 6.6v.1M12 6.6v.1M5 9.5h6",
  chip: "M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14",
  link: "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.4-2.4a2.6 2.6 0 0 0-3.7-3.7l-1 1M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.1 9.2a2.6 2.6 0 0 0 3.7 3.7l1-1",
  flag: "M4 14V2.5M4 3h8.5l-2 3 2 3H4",
  wand: "M3 13l7-7M11.5 2v2.5M11.5 6v1.5M14 4.8h-1.5M9.5 4.8H8.7",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 .01 0",
  gear: "M8 5.8a2.2 2.2 0 1 0 .01 0M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4",
  refresh: "M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 2.2v2.6h-2.6",
  filter: "M2.5 3.5h11L9.3 8.4v4.4l-2.6-1.3V8.4z",
} as const;

export type IconName = keyof typeof PATHS;

/** A 16 px icon in the current text colour. */
export function icon(name: IconName, title?: string): SVGSVGElement {
  const label = title ? { role: "img", "aria-label": title } : { "aria-hidden": "true" };
  return s(
    "svg",
    { class: "i", viewBox: "0 0 16 16", width: 16, height: 16, ...label },
    s("path", { d: PATHS[name] }),
  );
}
