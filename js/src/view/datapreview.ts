/** The picked row as it enters the circuit: a wire, a gate, a dial and the angle for each feature. Draws only. */

import type { Plan, Preview } from "./datatypes";
import { type Child, h, s } from "./dom";
import { fixed, number } from "./format";

const PITCH = 36;
const WIDTH = 244;
export const SHOWN = 12;
const UNITS: Record<string, string> = { raw: "input", amplitude: "amplitude", basis: "bit" };

/** The drawing, with its title; `plan` names the features and the encoding. */
export function previewOf(plan: Plan, preview: Preview): HTMLElement {
  const n = Math.min(preview.angles.length, SHOWN);
  const more = preview.angles.length - n;
  const label =
    preview.label === null
      ? ""
      : typeof preview.label === "number"
        ? `, ${plan.target} ${number(preview.label)}`
        : `, ${preview.label}`;
  const unit = UNITS[plan.encode] ?? "angle, rad";
  const height = Math.max(1, n) * PITCH + 8;
  const title = `Row ${preview.row + 1}${label}`;
  return h(
    "div",
    { class: "ql-data-preview" },
    h("div", { class: "row between" }, h("h3", { title }, title), h("span", { class: "cap" }, unit)),
    n === 0 && h("p", { class: "cap" }, "This row has missing cells and is left out."),
    s(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${height}`,
        width: WIDTH,
        height: n === 0 ? 0 : height,
        role: "img",
        "aria-label": `${title} encoded: ${preview.angles
          .slice(0, n)
          .map((a, i) => `${plan.names[i]} ${fixed(a, 3)}`)
          .join(", ")}`,
      },
      preview.angles
        .slice(0, n)
        .map((value, i) => (plan.encode === "amplitude" ? amplitude(plan, value, i) : wire(plan, value, i))),
    ),
    h(
      "p",
      { class: "cap" },
      [
        `in the ${partName(preview.part)}`,
        preview.filled.length > 0 && `${preview.filled.join(", ")} filled in`,
        more > 0 && `and ${more} more`,
      ]
        .filter(Boolean)
        .join("; "),
    ),
  );
}

/** A basis state and its amplitude as a bar from the middle, to the left where it is negative. */
function amplitude(plan: Plan, value: number, i: number): Child {
  const y = 22 + i * PITCH;
  const middle = 112;
  const long = 52 * Math.abs(value);
  return s(
    "g",
    null,
    s("title", null, `${plan.names[i]}: ${fixed(value, 6, true)}`),
    s("text", { x: 0, y: y + 4, class: "m ql-data-x" }, `|${i.toString(2).padStart(plan.qubits, "0")}⟩`),
    s("line", { class: "wire", x1: middle, x2: middle, y1: y - 14, y2: y + 14 }),
    s(
      "g",
      { class: "g g-data" },
      s("rect", {
        x: value < 0 ? middle - long : middle,
        y: y - 8,
        width: Math.max(0.5, long),
        height: 16,
        rx: 2,
      }),
    ),
    s(
      "text",
      { class: "m ql-data-angle", x: WIDTH - 14, y: y + 4, "text-anchor": "end" },
      fixed(value, 3, true),
    ),
  );
}

function wire(plan: Plan, value: number, i: number): Child {
  const y = 22 + i * PITCH;
  const bit = plan.encode === "basis";
  const angle = bit ? Math.PI * value : value;
  const gate = plan.encode === "angle" || bit ? ["RY"] : plan.encode === "iqp" ? ["H", "RZ"] : [];
  const turn = angle - Math.PI / 2; // the hand of angle 0 points up
  const dial = gate.length === 2 ? 144 : 128;
  const hand = `M${dial},${y}L${(dial + 10.5 * Math.cos(turn)).toFixed(2)},${(y + 10.5 * Math.sin(turn)).toFixed(2)}`;
  return s(
    "g",
    null,
    s("title", null, `${plan.names[i]}: ${fixed(angle, 4, true)} rad, ${fixed(angle / Math.PI, 3, true)} π`),
    s("text", { x: 0, y: y + 4, class: "m ql-data-x" }, `x[${i}]`),
    s("line", { class: "wire", x1: 38, x2: WIDTH, y1: y, y2: y }),
    gate.map((name, k) => {
      const box = gate.length === 2 ? { x: 44 + k * 40, w: 36 } : { x: 52, w: 38 };
      return s(
        "g",
        { class: name === "H" ? "g g-fixed" : "g g-data" },
        s("rect", { x: box.x, y: y - 14, width: box.w, height: 28, rx: 4 }),
        s("text", { class: "nm", x: box.x + box.w / 2, y: y + 4.5 }, name),
      );
    }),
    s("circle", { cx: dial, cy: y, r: 13, class: "ql-data-dial" }),
    s("path", { d: hand, class: "ql-data-hand" }),
    s("rect", { x: WIDTH - 76, y: y - 9, width: 66, height: 18, fill: "var(--ql-bg)" }),
    s(
      "text",
      { class: "m ql-data-angle", x: WIDTH - 14, y: y + 4, "text-anchor": "end" },
      bit ? String(value) : fixed(angle, 3, true),
    ),
  );
}

function partName(part: string): string {
  const names: Record<string, string> = { train: "training rows", val: "validation rows", test: "test rows" };
  return names[part] ?? "rows left out";
}
