// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { Link, Reading } from "../../src/stream/messages";
import { type PanelOptions, panel } from "../../src/view/panel";
import { snapped } from "../../src/view/panelbranch";
import { Readings } from "../../src/view/panereadings";
import { page } from "../page";
import { FakeKernel, status } from "../stream/fake";
import { bench, type Drawn, fakePlotly, fakeSizes, frame, until } from "./helpers";

const IDS = Array.from({ length: 20 }, (_, i) => `R${i}`);
const here = page(() => {
  fakeSizes();
  drawn = fakePlotly();
  sent = [];
});
let drawn: Map<string, Drawn>;
let sent: { type: string; run?: string; action?: string; value?: unknown }[];
let kernels: Map<string, FakeKernel>;
let say: (message: object) => void;
const $ = <T extends HTMLElement>(selector: string): T => here.root.querySelector<T>(selector) as T;
const ordered = () => sent.filter((m) => m.type === "control" && m.action !== "watch").at(-1);
const count = (selector: string): number => here.root.querySelectorAll(selector).length;

/** Twenty fake kernels behind one link, as a PanelSet has it. */
async function mount(ids: readonly string[], options: Partial<PanelOptions> = {}): Promise<void> {
  const heard = new Set<(message: never, buffers: DataView[]) => void>();
  const out = (message: never, buffers: DataView[]): void => {
    for (const cb of [...heard]) cb(message, buffers);
  };
  say = (message) => out(message as never, []);
  kernels = new Map(ids.map((id) => [id, new FakeKernel(id, out)]));
  for (const [i, kernel] of [...kernels.values()].entries()) {
    kernel.step(20 + i);
    kernel.now = { ...kernel.now, watched: [], batch: 32, checkpoints: [10], measured: {} };
  }
  const rows = ids.map((id, i) => ({
    id,
    name: `run ${i}`,
    state: "running",
    parent: i === 1 ? ids[0] : null,
    parent_step: i === 1 ? 10 : null,
  }));
  const link: Link = {
    send: (message) => {
      const m = message as (typeof sent)[number];
      sent.push(m);
      if (m.type === "set") say({ type: "set", current: ids[0], runs: rows });
      else kernels.get(m.run ?? "")?.receive(message as never);
    },
    onMessage: (cb) => {
      heard.add(cb);
      return () => heard.delete(cb);
    },
  };
  panel(here.root, link, { run: ids[0] as string, timers: bench().timers, ...options }, here.end.signal);
  await frame(400);
}

describe("several runs", () => {
  it("draws twenty, each with a row of the legend and a colour; the ninth is dashed", async () => {
    await mount(IDS);
    expect(count(".ql-runs [data-run]")).toBe(20);
    const loss = drawn.get("loss") as unknown as { data: { name?: string; line?: { dash: string } }[] };
    for (let i = 1; i < 20; i++)
      expect(loss.data.find((d) => d.name === `run ${i}`)?.line?.dash).toBe(i < 8 ? "solid" : "10px,4px");
    expect(drawn.get("loss")?.data.at(-1)?.mode).toBe("markers"); // the branch, on its parent
    expect([...(drawn.get("loss")?.data.at(-1)?.x ?? [])]).toEqual([10]);
  });
  it("unticks by a click, changes the current run by Enter, fades the others while one is pointed at", async () => {
    await mount(IDS.slice(0, 3));
    $("[data-run=R1]").click();
    await until(() => drawn.get("loss")?.data.some((d) => d.name === "run 1") === false);
    expect(drawn.get("loss")?.data.some((d) => d.name === "run 1")).toBe(false);
    $("[data-run=R2]").dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
    );
    await until(() => drawn.get("loss")?.data.some((d) => d.name === "run 0") === true);
    expect($("[data-run=R2]").getAttribute("aria-current")).toBe("true");
    expect(drawn.get("loss")?.data.some((d) => d.name === "run 0")).toBe(true);
    $("[data-run=R0]").dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    await frame(300);
    const data = drawn.get("loss")?.data as unknown as { name: string; opacity: number }[];
    expect(data.find((d) => d.name === "validation")?.opacity).toBe(0.25);
    $(".ql-run").click();
    expect(ordered()).toMatchObject({ run: "R2", action: "pause" });
  });
  it("asks for the list once, however often the host says that all is well", async () => {
    let tell = (): void => {};
    const connection = {
      connected: () => true,
      onChange(callback: () => void) {
        tell = callback;
        return () => {};
      },
    };
    await mount(IDS.slice(0, 2), { connection });
    for (let i = 0; i < 50; i++) tell();
    expect(sent.filter((m) => m.type === "set")).toHaveLength(1);
  });
});

describe("panes", () => {
  const shown = (): string[] =>
    [...here.root.querySelectorAll(".ql-panes > .ql-pane")].map(
      (p) => /ql-pane-(\w+)/.exec(p.className)?.[1] ?? "",
    );

  it("are hidden, moved by keys and kept as settings", async () => {
    const kept: { panes: readonly string[] }[] = [];
    await mount(["R0"], { settings: { panes: ["loss", "conf", "ent"] }, onSettings: (s) => kept.push(s) });
    expect(shown()).toEqual(["loss", "conf", "ent"]);
    const grip = $(".ql-pane-ent .ql-grip");
    grip.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", altKey: true, bubbles: true }));
    expect(shown()).toEqual(["loss", "ent", "conf"]);
    $(".ql-pane-conf .ql-more").click();
    const items = [...here.root.querySelectorAll<HTMLElement>("[role=menuitem]")];
    items.find((item) => item.textContent === "Hide")?.click();
    expect(kept.at(-1)?.panes).toEqual(["loss", "ent"]);
    $(".ql-panesbtn").click();
    const label = [...here.root.querySelectorAll("label.ql-check")].find((l) =>
      l.textContent?.startsWith("Confusion"),
    );
    label?.querySelector("input")?.click();
    expect(shown()).toEqual(["loss", "ent", "conf"]);
  });
  it("have their instrument watched only while they are shown, and leave others' alone", async () => {
    await mount(["R0"], { settings: { panes: ["loss", "ent"] } });
    const watch = (): unknown => sent.filter((m) => m.action === "watch").at(-1)?.value;
    expect(watch()).toEqual(["entanglement"]);
    const kernel = kernels.get("R0") as FakeKernel;
    kernel.now = { ...kernel.now, watched: ["bits", "entanglement"] };
    kernel.tell();
    $(".ql-panesbtn").click();
    const label = [...here.root.querySelectorAll("label.ql-check")].find((l) =>
      l.textContent?.startsWith("Entanglement"),
    );
    label?.querySelector("input")?.click();
    await frame(300);
    expect(watch()).toEqual(["bits"]);
  });
  it("say that a run was not watched, and draw what comes", async () => {
    await mount(["R0"], { settings: { panes: ["ent"] } });
    expect($(".ql-pane-ent .ql-plot-note").textContent).toBe("Comes with the next reading.");
    say({
      type: "readings",
      run: "R0",
      name: "entanglement",
      rows: [
        [5, 0.1, { q: 0.2 }],
        [9, 0.2, { q: 0.4 }],
      ],
    });
    await frame(300);
    expect([...(drawn.get("ent")?.data[0]?.y ?? [])]).toEqual([0.2, 0.4]);
    const kernel = kernels.get("R0") as FakeKernel;
    kernel.now = { ...kernel.now, state: "done" };
    kernel.tell();
    await frame(300);
    expect($(".ql-pane-ent .ql-plot-body").getAttribute("aria-label")).toContain("Meyer–Wallach Q 0.400");
  });
});

describe("steering", () => {
  it("branches from a step: a wrong one can't be sent, the right one waits for its answer", async () => {
    await mount(["R0"]);
    $(".ql-branch").click();
    const form = $<HTMLFormElement>(".ql-pop form");
    const [from, lr] = [...form.querySelectorAll("input")] as [HTMLInputElement, HTMLInputElement];
    expect(from.value).toBe("20");
    expect(form.textContent).toContain("10 steps are made again");
    from.value = "21";
    from.dispatchEvent(new Event("input", { bubbles: true }));
    expect(form.querySelector("button")?.disabled).toBe(true);
    from.value = "10";
    lr.value = "0.005";
    from.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new Event("submit", { cancelable: true }));
    expect(ordered()).toMatchObject({ action: "branch", run: "R0", value: { step: 10, lr: 0.005 } });
    await frame();
    expect($(".ql-branch").textContent).toBe("Branching…");
    say({ type: "branched", run: "R0", child: "R9", name: "child" });
    await frame();
    expect($(".ql-branch").textContent).toBe("Branch");
  });
  it("shows a batch size as pending until the run has it", async () => {
    await mount(["R0"]);
    $(".ql-steer").click();
    const batch = $<HTMLInputElement>(".ql-pop input");
    expect(batch.value).toBe("32");
    batch.value = "64";
    batch.dispatchEvent(new Event("change"));
    expect(ordered()).toMatchObject({ action: "batch", value: 64 });
    await frame();
    expect($(".ql-pop .ql-soon").classList.contains("on")).toBe(true);
    const kernel = kernels.get("R0") as FakeKernel;
    kernel.now = { ...kernel.now, batch: 64 };
    kernel.tell();
    await frame();
    expect($(".ql-pop .ql-soon").classList.contains("on")).toBe(false);
  });
  it("snaps to the newest checkpoint before a step", () => {
    expect([snapped(9, [10, 20]), snapped(10, [10, 20]), snapped(25, [20, 10])]).toEqual([0, 10, 20]);
  });
});

it("keeps readings by step, thinned, first and newest kept", () => {
  const held = new Readings();
  const at = (step: number): Reading => [step, step / 10, { q: step }];
  for (let i = 1; i <= 5000; i++) held.put("q", [at(i)]);
  held.put("q", [at(7), at(5000)]);
  const steps = held.of("q").map((row) => row[0]);
  expect(steps.length).toBeLessThanOrEqual(601);
  expect([steps[0], steps.at(-1)]).toEqual([1, 5000]);
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  expect(status().watched).toBeUndefined();
});
