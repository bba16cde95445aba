/** The state at the trial values: amplitudes or probabilities, Bloch vectors, ⟨Z₀⟩. Says so where it can't be shown. */
import { type Circuit, wiresOf } from "../core/circuit";
import { blochOf, isDefined, isState, type State } from "../core/simulate";
import type { Branch, Lot } from "../core/trajectories";
import { amplitudeChart } from "./amplitudes";
import { blochRow } from "./blochview";
import { type Child, fill, h, on, s } from "./dom";
import { fixed, plural, thousands } from "./format";
import { phaseWheel } from "./phasewheel";
import { type Mode, type Session, statsOf } from "./session";
import { bars, stateOf } from "./simulation";

export function statePanel(session: Session, signal: AbortSignal): { el: HTMLElement; update(): void } {
  const modes: [Mode, string][] = [
    ["amplitudes", "Amplitudes"],
    ["probabilities", "Probabilities"],
    ["both", "Both"],
  ];
  const buttons = modes.map(([mode, name]) => {
    const button = h("button", { type: "button" }, name);
    on(button, "click", () => session.set("mode", mode), signal);
    return button;
  });
  const heading = h("h2");
  const chart = s("svg", { class: "ql-amps", role: "img" });
  const draw = amplitudeChart(chart);
  const frame = h("div", { class: "ql-amp-frame" }, chart);
  const about = h("div", { class: "ql-state-about", role: "status" });
  const amp = h(
    "div",
    { class: "ql-amp" },
    h(
      "div",
      { class: "row between" },
      heading,
      h("span", { class: "ql-seg", role: "group", "aria-label": "What the bars show" }, buttons),
    ),
    about,
    frame,
  );
  const wheel = h("div", { class: "ql-ph" }, h("h2", null, "Phase"), phaseWheel());
  const facts = h("div", { class: "ql-obs" });
  const balls = blochRow(facts, signal);
  const bloc = h(
    "div",
    { class: "ql-blo" },
    h("h2", null, "Bloch vectors"),
    h("p", { class: "cap" }, "length 1: pure, 0: fully mixed"),
    balls.el,
  );
  const chartParts = h("div", { class: "ql-state" }, amp, wheel, bloc);
  const words = h("div", { class: "ql-state-words" });
  const el = h("div", { class: "ql-state-all", role: "region", "aria-label": "State" }, chartParts, words);
  let aboutFor = "";
  let factsFor = "";
  let drawn: readonly unknown[] = [];
  let width = 0;
  let height = 0;

  const watch = new ResizeObserver(() => {
    const w = Math.round(frame.clientWidth);
    const h = Math.round(frame.clientHeight);
    if ((w === width && h === height) || w === 0) return;
    width = w;
    height = h;
    update();
  });
  watch.observe(frame);
  signal.addEventListener("abort", () => watch.disconnect(), { once: true });

  function update(): void {
    const { result, circuit, behind } = stateOf(session);
    modes.forEach(([mode], i) => {
      buttons[i]!.classList.toggle("on", session.mode === mode);
      buttons[i]!.setAttribute("aria-pressed", String(session.mode === mode));
    });
    const ok = result !== undefined && isState(result) && isDefined(result);
    chartParts.hidden = !ok;
    words.hidden = ok;
    chartParts.classList.toggle("is-behind", behind);
    el.setAttribute("aria-busy", String(behind));
    if (!behind) place();
    if (ok) paint(result, circuit.qubits, behind);
    else fill(words, obstacle());
  }

  /** Which state it is, where it isn't the plain one at the end. */
  function place(): void {
    const { result, cone, circuit } = stateOf(session);
    const { marker, preview } = session;
    const branch = result && isState(result) ? result.branch : undefined;
    const key = JSON.stringify([marker, branch, cone, preview !== undefined, circuit.qubits.length]);
    if (key === aboutFor) return;
    aboutFor = key;
    const button = (label: string, act: () => void, tip: string): HTMLButtonElement => {
      const b = h("button", { class: "ql-btn quiet ql-acc", type: "button", title: tip }, label);
      b.addEventListener("click", act, { signal });
      return b;
    };
    const parts: Child[] = [];
    if (preview) parts.push(h("span", { class: "ql-pill acc" }, "preview, as if dropped"));
    if (marker !== undefined)
      parts.push(
        h("span", { class: "ql-pill acc" }, `before column ${marker}`),
        button("To the end", () => session.setMarker(undefined), "Shift ]"),
      );
    if (cone)
      parts.push(
        h("span", { class: "ql-pill" }, `light cone of Z₀, ${plural(circuit.qubits.length, "wire")}`),
        button("Close", () => session.set("coneOnly", false), "Back to the figures"),
      );
    if (branch)
      parts.push(
        h(
          "span",
          null,
          `One branch: ${branchText(branch, session.shown)}, `,
          h("b", null, `P ${fixed(branch.p, 3)}`),
        ),
        button("Next branch", () => session.reroll(), "Draw the outcomes again"),
        h("span", { class: "cap" }, `seed ${branch.seed}`),
      );
    about.hidden = parts.length === 0;
    fill(about, parts);
  }

  function paint(state: State, names: readonly string[], behind: boolean): void {
    const now = [state, names, behind, session.mode, width, height];
    if (width > 0 && now.every((v, i) => v === drawn[i])) return;
    drawn = now;
    heading.textContent = modes.find(([mode]) => mode === session.mode)![1];
    const list = bars(state);
    const order =
      names.length > 8
        ? `basis state ${names.at(-1)} … ${names[0]}`
        : `basis state ${[...names].reverse().join(" ")}`;
    if (width === 0) {
      width = frame.clientWidth;
      height = frame.clientHeight;
    }
    draw({ bars: list, mode: session.mode, width: width || 452, height: height || 196, order });
    const most = list.reduce((a, b) => (b.p > a.p ? b : a));
    chart.setAttribute(
      "aria-label",
      `${heading.textContent}: ${plural(list.length, "bar")}; the largest is ${most.bits || "others"} with probability ${fixed(most.p, 3)}`,
    );
    balls.update(state, names);
    if (!behind) observables((wire) => blochOf(state, wire).z);
  }

  function observables(z: (wire: number) => number): void {
    const found: [string, string][] = [["⟨Z₀⟩", fixed(z(0), 3, true)]];
    const { ops } = session.shown;
    const last = ops.findLast((o) => o.gate === "measure");
    // only of a measurement that nothing follows on its wire, and in the state at the end
    const plain = !stateOf(session).cone && session.marker === undefined && !last?.condition;
    const wire = last?.qubits[0];
    const after = last && plain && !ops.slice(ops.indexOf(last) + 1).some((o) => wiresOf(o).includes(wire!));
    for (const op of after ? [last] : [])
      found.push([`P(${session.shown.clbits[op.clbits[0]!]} = 1)`, fixed((1 - z(op.qubits[0]!)) / 2, 3)]);
    const key = JSON.stringify(found);
    if (key === factsFor) return;
    factsFor = key;
    fill(
      facts,
      found.map(([k, v]) => [h("span", { class: "cap" }, k), h("b", null, v)]),
    );
  }

  function obstacle(): Child {
    const { result, behind } = stateOf(session);
    if (result === undefined || behind) {
      const { ops, qubits } = session.shown;
      const what = `${plural(ops.length, "gate")} on ${plural(qubits.length, "wire")}`;
      return h("p", { class: "sub" }, `Simulating ${what}.`);
    }
    const fact = (k: string, v: string) => h("div", null, h("div", { class: "cap" }, k), h("b", null, v));
    if ("tooLarge" in result) {
      const cone = statsOf(session.shown).light_cone.length;
      const show = h("button", { class: "ql-btn primary", type: "button" }, "Show the light cone");
      show.addEventListener("click", () => session.set("coneOnly", true), { signal });
      return [
        h(
          "div",
          { class: "row ql-big" },
          fact("Wires", String(result.qubits)),
          fact("Shown to", String(result.limit)),
          fact("Light cone of Z₀", String(cone)),
        ),
        h(
          "p",
          { class: "sub" },
          `${plural(result.qubits, "wire")} need ${memory(result.bytes)} a copy; shown to ${result.limit}. Drawing and statistics go on.${cone > result.limit ? "" : ` The light cone of Z₀ has ${plural(cone, "wire")} and fits.`}`,
        ),
        cone <= result.limit && h("div", { class: "row" }, show),
      ];
    }
    return h(
      "p",
      { class: "sub" },
      "An angle has no value at these trial values (a root or arcsin outside its range). Move its slider.",
    );
  }

  return { el, update };
}

/** "c0 = 1, q2 found in 0": what fell by lot. */
function branchText({ lots }: Branch, c: Circuit): string {
  const one = (lot: Lot): string =>
    lot.bit === undefined
      ? `${c.qubits[lot.wire]} reset from ${lot.outcome}`
      : `${c.clbits[lot.bit]} = ${lot.outcome}`;
  const shown = lots.slice(0, 4).map(one).join(", ");
  return lots.length > 4 ? `${shown} and ${lots.length - 4} more` : shown;
}

/** Memory in powers of two, as it is counted out. */
function memory(bytes: number): string {
  const units = ["MB", "GB", "TB", "PB", "EB", "ZB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(bytes / 2 ** 20) / 10));
  return `${thousands(bytes / 2 ** (20 + 10 * step))} ${units[step]}`;
}
