/** The state at the trial values: amplitudes or probabilities, Bloch vectors, ⟨Z₀⟩. Says so where it can't be shown. */
import { bloch, expectationZ, isState, type State } from "../core/simulate";
import { drawAmplitudes, phaseWheel } from "./amplitudes";
import { sphere } from "./blochview";
import { type Child, fill, h, on, s } from "./dom";
import { fixed, plural, thousands } from "./format";
import { type Mode, type Session, statsOf } from "./session";
import { bars, stateOf } from "./simulation";

export function statePanel(session: Session, signal: AbortSignal): { el: HTMLElement; update(): void } {
  const modes: [Mode, string][] = [
    ["amplitudes", "Amplitudes"],
    ["probabilities", "Probabilities"],
  ];
  const buttons = modes.map(([mode, name]) => {
    const button = h("button", { type: "button" }, name);
    on(button, "click", () => session.set("mode", mode), signal);
    return button;
  });
  const heading = h("h2");
  const chart = s("svg", { class: "ql-amps", role: "img" });
  const frame = h("div", { class: "ql-amp-frame" }, chart);
  const amp = h(
    "div",
    { class: "ql-amp" },
    h(
      "div",
      { class: "row between" },
      heading,
      h("span", { class: "ql-seg", role: "group", "aria-label": "What the bars show" }, buttons),
    ),
    frame,
  );
  const wheel = h("div", { class: "ql-ph" }, h("h2", null, "Phase"), phaseWheel());
  const balls = h("div", { class: "ql-bls" });
  const bloc = h(
    "div",
    { class: "ql-blo" },
    h(
      "div",
      { class: "row between" },
      h("h2", null, "Bloch vectors"),
      h("span", { class: "cap nowrap" }, "1 pure, 0 mixed"),
    ),
    balls,
  );
  const chartParts = h("div", { class: "ql-state" }, amp, wheel, bloc);
  const words = h("div", { class: "ql-state-words" });
  const el = h("div", { class: "ql-state-all", role: "region", "aria-label": "State" }, chartParts, words);
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
    const { result } = stateOf(session);
    modes.forEach(([mode], i) => {
      buttons[i]!.classList.toggle("on", session.mode === mode);
      buttons[i]!.setAttribute("aria-pressed", String(session.mode === mode));
    });
    const ok = isState(result) && !result.re.some(Number.isNaN);
    chartParts.hidden = !ok;
    words.hidden = ok;
    if (ok) paint(result);
    else fill(words, obstacle());
  }

  function paint(state: State): void {
    heading.textContent = modes.find(([mode]) => mode === session.mode)![1];
    const list = bars(state);
    const names = session.shown.qubits;
    const order =
      names.length > 8
        ? `basis state ${names.at(-1)} … ${names[0]}`
        : `basis state ${[...names].reverse().join(" ")}`;
    if (width === 0) {
      width = frame.clientWidth;
      height = frame.clientHeight;
    }
    drawAmplitudes(chart, list, session.mode, width || 452, height || 196, order);
    const most = list.reduce((a, b) => (b.p > a.p ? b : a));
    chart.setAttribute(
      "aria-label",
      `${heading.textContent}: ${plural(list.length, "bar")}; the largest is ${most.bits || "others"} with probability ${fixed(most.p, 3)}`,
    );
    const vectors = bloch(state, names.length);
    const many = names.length > 8;
    balls.classList.toggle("is-row", many);
    fill(
      balls,
      vectors.map((v, q) => sphere(names[q] ?? "", v)),
      h(
        "div",
        { class: "ql-obs" },
        observables(
          state,
          vectors.map((v) => v.z),
        ),
      ),
    );
  }

  function observables(state: State, z: readonly number[]): Child {
    const facts: [string, string][] = [["⟨Z₀⟩", fixed(expectationZ(state, 0), 3, true)]];
    for (const op of session.shown.ops.filter((o) => o.gate === "measure").slice(0, 1))
      facts.push([`P(${session.shown.clbits[op.clbits[0]!]} = 1)`, fixed((1 - z[op.qubits[0]!]!) / 2, 3)]);
    return facts.map(([k, v]) => [h("span", { class: "cap" }, k), h("b", null, v)]);
  }

  function obstacle(): Child {
    const { result } = stateOf(session);
    const fact = (k: string, v: string) => h("div", null, h("div", { class: "cap" }, k), h("b", null, v));
    if ("tooLarge" in result) {
      const cone = statsOf(session.shown).light_cone.length;
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
          `${plural(result.qubits, "wire")} need ${memory(result.bytes)} a copy; shown to ${result.limit}. Drawing and statistics go on.`,
        ),
      ];
    }
    if ("unsupported" in result) {
      const show = h("button", { class: "ql-btn", type: "button" }, "Show the gate");
      show.addEventListener("click", () => session.select([result.opId]), { signal });
      return [
        h("p", { class: "sub" }, `${result.unsupported}. Drawing and statistics go on.`),
        h("div", { class: "row" }, show),
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

/** Memory in powers of two, as it is counted out. */
function memory(bytes: number): string {
  const units = ["MB", "GB", "TB", "PB", "EB", "ZB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(bytes / 2 ** 20) / 10));
  return `${thousands(bytes / 2 ** (20 + 10 * step))} ${units[step]}`;
}
