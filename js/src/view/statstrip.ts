/** The exact statistics as a strip of figures. */
import { fill, h } from "./dom";
import { thousands } from "./format";
import { type Session, statsOf } from "./session";

export function statStrip(session: Session): { el: HTMLElement; update(): void } {
  const el = h("div", { class: "ql-stats", role: "region", "aria-label": "Statistics" });
  return {
    el,
    update() {
      const c = session.shown;
      const st = statsOf(c);
      const names = Object.entries(st.counts)
        .sort((a, b) => b[1] - a[1])
        .map(([name, n]) => `${name} ${n}`)
        .join(", ");
      const facts: [string, number, string, string?][] = [
        ["Depth", st.depth, ""],
        ["2-qubit depth", st.depth2, ""],
        ["Gates", st.gates, ` / ${thousands(st.gates2)} two-qubit`, names],
        ["Weights", st.weights, ""],
        ["Inputs", st.inputs, ""],
        [
          "Light cone",
          st.light_cone.length,
          ` of ${c.qubits.length} ${c.qubits.length === 1 ? "wire" : "wires"}`,
          "Wires that can influence Z on the first wire",
        ],
      ];
      fill(
        el,
        facts.map(([k, v, unit, tip]) =>
          h(
            "div",
            { class: "ql-st", title: tip },
            h("div", { class: "k" }, k),
            h("div", { class: "v" }, thousands(v), unit && h("small", null, unit)),
          ),
        ),
        session.preview && h("span", { class: "ql-pill acc" }, "preview, as if dropped"),
      );
    },
  };
}
