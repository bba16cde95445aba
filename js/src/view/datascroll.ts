/**
 * Which row lies where in a scrolled area. No browser scrolls further than about 17 million pixels, so that past
 * `TALLEST` the bar says a share of the rows, but for both ends, where it is true to the pixel. A wheel or a finger moves
 * by true pixels everywhere, only a jump of the bar takes the share. Pure.
 */

export const TALLEST = 8_000_000;
const TRUE_END = 200_000; // pixels at both ends where the bar is as long as the rows
const JUMP = 4000; // pixels at once: a thumb that is dragged, no wheel and no finger

/** The rows and the area that shows them. */
export interface Area {
  readonly rows: number;
  readonly rowHeight: number;
  /** Pixels for rows, without the header. */
  readonly view: number;
}

/** The row at the top, with its fraction, and the scroll position that it was said at. */
export interface Place {
  readonly row: number;
  readonly top: number;
}

/** Height of the scrolled area for so many rows. */
export function scrollHeight(rows: number, rowHeight: number): number {
  return Math.min(rows * rowHeight, TALLEST);
}

const isTrue = ({ rows, rowHeight }: Area): boolean => rows * rowHeight <= TALLEST;
const lastRow = ({ rows, rowHeight, view }: Area): number => Math.max(0, rows - view / rowHeight);

/** The row at the top for a scroll position taken as it is. */
export function rowAt(top: number, area: Area): number {
  const end = lastRow(area) * area.rowHeight; // true pixels
  const room = TALLEST - area.view; // of the bar
  if (isTrue(area) || top <= TRUE_END) return Math.min(Math.max(0, top), end) / area.rowHeight;
  const back = Math.max(0, room - top);
  if (back <= TRUE_END) return (end - back) / area.rowHeight;
  const share = (top - TRUE_END) / (room - 2 * TRUE_END);
  return (TRUE_END + share * (end - 2 * TRUE_END)) / area.rowHeight;
}

/** The scroll position that stands for a row at the top. */
export function scrollTo(row: number, area: Area): number {
  const end = lastRow(area) * area.rowHeight;
  const at = Math.min(Math.max(0, row * area.rowHeight), end);
  if (isTrue(area) || at <= TRUE_END) return at;
  const room = TALLEST - area.view;
  if (end - at <= TRUE_END) return room - (end - at);
  return TRUE_END + ((at - TRUE_END) / (end - 2 * TRUE_END)) * (room - 2 * TRUE_END);
}

/** Where a scroll to position `top` leads: by true pixels if it is a small step, else to the share of the bar. */
export function scrolled(place: Place, top: number, area: Area): Place {
  const by = top - place.top;
  if (isTrue(area) || Math.abs(by) > JUMP) return { row: rowAt(top, area), top };
  return { row: Math.min(Math.max(0, place.row + by / area.rowHeight), lastRow(area)), top };
}

/** Whether the bar ended before the rows did, so that it must be set anew for scrolling to go on. */
export function stuck(place: Place, area: Area): boolean {
  if (isTrue(area)) return false;
  const low = place.top <= 0 && place.row > 0;
  return low || (place.top >= TALLEST - area.view - 1 && place.row < lastRow(area));
}
