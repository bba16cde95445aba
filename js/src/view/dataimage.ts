/** Small grey pictures: a row of the grid, or the mean of all. Paints on a canvas; the page scales it up in whole pixels. */

import { h } from "./dom";

/** An empty picture with the name it is read by. */
export function picture(label: string, kind = ""): HTMLCanvasElement {
  return h("canvas", { class: `ql-data-pixels ${kind}`, role: "img", "aria-label": label });
}

/** Paints grey values of 0 to 255, row by row; null leaves nothing. */
export function paint(
  canvas: HTMLCanvasElement,
  grey: Uint8Array | null,
  width: number,
  height: number,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const brush = canvas.getContext("2d");
  if (!brush) return;
  if (!grey) {
    brush.clearRect(0, 0, width, height);
    return;
  }
  const image = brush.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const value = grey[i] ?? 0;
    image.data.set([value, value, value, 255], 4 * i);
  }
  brush.putImageData(image, 0, 0);
}

/** Values of pixels as grey values. */
export function greys(values: readonly (number | null | undefined)[], low: number, high: number): Uint8Array {
  const span = high > low ? high - low : 1;
  return Uint8Array.from(values, (v) =>
    Math.round(255 * Math.min(1, Math.max(0, ((v ?? low) - low) / span))),
  );
}
