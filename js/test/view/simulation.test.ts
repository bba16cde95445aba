// @vitest-environment happy-dom
/** The state of a circuit that is too large for one frame: in slices, never a wrong one, the newest in the end. */
import { describe, expect, it } from "vitest";
import { type Circuit, empty } from "../../src/core/circuit";
import { isState } from "../../src/core/simulate";
import { print } from "../../src/core/text";
import { simulate } from "../../src/core/trajectories";
import { AT_ONCE, type Shown, stateOf } from "../../src/view/simulation";
import { circuit, designerPage, session } from "./helpers";

/** Rotations and CX in turn; the first gate reads w[0]. */
function deep(qubits: number, gates: number): Circuit {
  const base = { params: [], controls: [], anticontrols: [], clbits: [] };
  const turn = circuit(1, "ry 0 w[0]").ops[0]!.params;
  const fixed = circuit(1, "ry 0 0.3").ops[0]!.params;
  const ops = Array.from({ length: gates }, (_, i) => {
    const q = i % qubits;
    const id = `g${i}`;
    if (i % 2 === 0) return { ...base, id, gate: "ry", qubits: [q], params: i === 0 ? turn : fixed };
    return { ...base, id, gate: "x", qubits: [q], controls: [(q + 1) % qubits] };
  });
  return { ...empty(qubits), ops };
}

const LARGE = deep(13, 1400); // 1.4 times what a frame takes

/** The amplitudes, and those of a run of its own at the same weight. */
function compared(now: Shown, c: Circuit, w: number): number {
  const other = simulate(c, [], [w]);
  if (!now.result || !isState(now.result) || !isState(other)) throw new Error("no state");
  const { re } = now.result;
  return Math.max(...other.re.map((v, i) => Math.abs(v - re[i]!)));
}

describe("a state beyond one frame", () => {
  it("is there at once where it is little", () => {
    const { s } = session(deep(4, 40));
    expect(stateOf(s).behind).toBe(false);
    expect(stateOf(s).result).toBeDefined();
  });

  it("comes in slices, and the session says so", async () => {
    expect(LARGE.ops.length * 2 ** 13).toBeGreaterThan(AT_ONCE);
    const { s } = session(LARGE);
    expect(stateOf(s)).toMatchObject({ behind: true, result: undefined });
    await new Promise<void>((done) => s.onChange(done));
    expect(stateOf(s).behind).toBe(false);
    expect(compared(stateOf(s), LARGE, s.trial.w[0]!)).toBeLessThan(1e-12);
  });

  it("keeps the last one, marked, and ends with the newest however many edits came between", async () => {
    const { s } = session(LARGE);
    stateOf(s);
    await new Promise<void>((done) => s.onChange(done));
    const first = stateOf(s).result;
    for (const value of [0.1, 0.2, 0.3]) {
      s.setTrial("w", 0, value);
      expect(stateOf(s)).toMatchObject({ behind: true });
      expect(stateOf(s).result).toBe(first);
    }
    await new Promise<void>((done) => {
      s.onChange(() => {
        if (!stateOf(s).behind) done();
      });
    });
    expect(compared(stateOf(s), LARGE, 0.3)).toBeLessThan(1e-12);
  });

  it("gives way to a little one at once", () => {
    const { s } = session(LARGE);
    expect(stateOf(s).behind).toBe(true);
    s.show({ circuit: deep(3, 5), ids: [] });
    const small = stateOf(s);
    expect(small.behind).toBe(false);
    s.show({ circuit: LARGE, ids: [] });
    expect(stateOf(s).behind).toBe(true);
  });
});

describe("the panel of the state", () => {
  const here = designerPage();

  it("is busy with the last state in it until the new one is there", async () => {
    const mounted = here.mount(LARGE);
    const panel = here.root.querySelector(".ql-state-all")!;
    const busy: string[] = [];
    const settled = (times: number): Promise<void> =>
      new Promise((done) => {
        const watch = new MutationObserver(() => {
          const now = panel.getAttribute("aria-busy")!;
          if (now !== busy.at(-1)) busy.push(now);
          if (busy.length >= times) {
            watch.disconnect();
            done();
          }
        });
        watch.observe(panel, { attributes: true, attributeFilter: ["aria-busy"] });
      });
    expect(panel.getAttribute("aria-busy")).toBe("true");
    expect(panel.querySelector(".ql-state-words")!.textContent).toBe("Simulating 1,400 gates on 13 wires.");
    await settled(1);
    await mounted;
    expect(busy).toEqual(["false"]);
    expect(panel.querySelector<HTMLElement>(".ql-state-words")!.hidden).toBe(true);
    const before = panel.querySelector(".ql-amps")!.innerHTML;
    expect(before).toContain("path");
    const again = settled(3);
    here.store.put(print({ ...LARGE, ops: LARGE.ops.slice(1) }));
    await again;
    expect(busy).toEqual(["false", "true", "false"]);
    expect(panel.querySelector(".ql-amps")!.innerHTML).not.toBe(before);
  });
});
