/** The card of pixel columns: their mean picture, one role for all of them, and a way to see each. */

import { type Card, type CardEvents, frame } from "./datacard";
import { greys, paint, picture } from "./dataimage";
import type { Choice, Dataset, ImageColumns } from "./datatypes";
import { fill, h, on, setText } from "./dom";
import { plural, thousands } from "./format";
import { icon } from "./icons";

export const IMAGE = "image"; // the key of the card among the others

/** `expand` shows the single columns beside it, or hides them again. */
export function imageCard(
  events: CardEvents,
  expand: () => void,
  signal: AbortSignal,
): Card & { expanded(is: boolean): void } {
  const { element, head, box, kind, chip, picture: place, foot } = frame(IMAGE);
  const canvas = picture("mean of all pictures", "large");
  const more = h("button", { type: "button", class: "ql-data-more", "aria-expanded": "false", tabindex: -1 });
  const counted = h("span");
  fill(place, canvas);
  fill(foot, counted, more);
  let image: ImageColumns | undefined;
  on(head, "click", () => image && events.toggle(image.columns), signal);
  on(more, "click", expand, signal);
  return {
    name: IMAGE,
    element,
    head,
    dress(_column, dataset: Dataset, choice: Choice | undefined) {
      image = dataset.image ?? undefined;
      if (!image) return;
      const { columns, width, height, low, high } = image;
      const used = columns.filter((name) => choice?.columns.includes(name)).length;
      const role = used > 0 ? "x" : "off";
      element.className = `ql-data-card image ${role}`;
      chip.className = role === "x" ? "ql-tag x" : "ql-tag";
      const label = used === 0 ? "not used" : `${used} of ${columns.length}`;
      setText(chip, label);
      setText(kind, `${width} × ${height}`);
      fill(box, role === "x" && icon("check"));
      const means = new Map(dataset.columns.map((c) => [c.name, c.mean ?? null]));
      const known = columns.some((name) => typeof means.get(name) === "number");
      paint(
        canvas,
        known
          ? greys(
              columns.map((name) => means.get(name)),
              low,
              high,
            )
          : null,
        width,
        height,
      );
      canvas.setAttribute("aria-label", `mean of ${thousands(dataset.rows)} pictures`);
      head.setAttribute("aria-pressed", String(used === columns.length));
      head.setAttribute(
        "aria-label",
        `${IMAGE}, ${width} by ${height} pixels, ${used} of ${columns.length} features`,
      );
      setText(counted, `mean of ${thousands(dataset.rows)}`);
      setText(more, plural(columns.length, "column"));
    },
    cross() {},
    active(is) {
      head.tabIndex = more.tabIndex = is ? 0 : -1;
    },
    expanded(is) {
      more.setAttribute("aria-expanded", String(is));
    },
  };
}
