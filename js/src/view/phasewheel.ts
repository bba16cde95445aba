/** The legend of phase colours: a wheel with its four directions named. Drawn once. */
import { phaseColour } from "./amplitudes";
import { s } from "./dom";

export function phaseWheel(): SVGSVGElement {
  const svg = s("svg", {
    viewBox: "-46 -40 92 80",
    width: 92,
    height: 80,
    role: "img",
    "aria-label": "Colours of the phase: 0 blue, π/2 magenta, π orange, −π/2 green",
  });
  const steps = 48;
  const at = (a: number, r: number): string =>
    `${(Math.cos(a) * r).toFixed(2)},${(-Math.sin(a) * r).toFixed(2)}`;
  for (let i = 0; i < steps; i++) {
    const a = (i / steps) * 2 * Math.PI;
    const b = a + (2 * Math.PI) / steps + 0.02;
    svg.append(
      s("path", {
        d: `M${at(a, 26)}A26,26 0 0 0 ${at(b, 26)}L${at(b, 17)}A17,17 0 0 1 ${at(a, 17)}z`,
        fill: phaseColour(a),
      }),
    );
  }
  const text = (x: number, y: number, anchor: string, label: string) =>
    svg.append(s("text", { class: "tk", x, y, "text-anchor": anchor }, label));
  text(30, 4, "start", "0");
  text(-30, 4, "end", "π");
  text(0, -30, "middle", "π/2");
  text(0, 39, "middle", "−π/2");
  return svg;
}
