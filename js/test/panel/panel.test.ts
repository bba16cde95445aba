// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Panel, type PanelOptions, panel } from "../../src/view/panel";
import { type Bench, bench, type Drawn, fakePlotly, fakeSizes, frame, until } from "./helpers";

const RUN = "01JD7-42";
let root: HTMLElement;
let end: AbortController;
let b: Bench;
let drawn: Map<string, Drawn>;
let view: Panel;

const $ = <T extends HTMLElement>(selector: string): T => root.querySelector<T>(selector) as T;
const text = (selector: string): string => $(selector)?.textContent ?? "";

async function mount(options: Partial<PanelOptions> = {}, rows = 30): Promise<void> {
  b.kernel.step(rows);
  view = panel(root, b.link, { run: RUN, timers: b.timers, ...options }, end.signal);
  await frame();
}

beforeEach(() => {
  fakeSizes();
  drawn = fakePlotly();
  root = document.createElement("div");
  document.body.append(root);
  end = new AbortController();
  b = bench(RUN);
});
afterEach(() => {
  end.abort();
  root.remove();
});

describe("a running run", () => {
  it("is opened, its history drawn, its state told in words", async () => {
    await mount();
    expect(b.sent.map((m) => m.type).slice(0, 1)).toEqual(["open"]);
    expect(text(".ql-title")).toBe("demo");
    expect(text(".ql-pill")).toBe("Running");
    expect(text(".ql-progline")).toContain("Step 30 of 100");
    expect(text(".ql-progline")).toContain("epoch 3 of 10");
    expect(text(".ql-progline")).toContain("10 ms a step");
    expect(text(".ql-foot")).toContain("acknowledged");
    const loss = drawn.get("loss") as Drawn;
    expect(loss.data.map((d) => d.name)).toEqual(["training", "training", "validation"]);
    expect([...(loss.data[2] as Drawn["data"][0]).x]).toEqual([10, 20, 30]);
    expect(loss.layout.xaxis.range).toEqual([0, 100]);
  });
  it("takes new rows and draws only with them", async () => {
    await mount();
    const before = drawn.get("loss");
    await frame();
    expect(drawn.get("loss")).toBe(before);
    b.kernel.step(10);
    b.kernel.flush();
    await frame();
    expect(drawn.get("loss")).not.toBe(before);
    expect(text(".ql-progline")).toContain("Step 40 of 100");
  });
  it("has a hidden table and a sentence for each plot", async () => {
    await mount();
    expect($(".ql-pane-loss .ql-plot-body").getAttribute("aria-label")).toMatch(
      /^Loss against step, step 30: validation 0\.067/,
    );
    expect(text(".ql-pane-loss table")).toContain("training");
  });
  it("keeps names from the kernel text", async () => {
    b.kernel.now = { ...b.kernel.now, baseline: { name: "<img src=x onerror=alert(1)>", accuracy: 0.9 } };
    await mount({ title: "<b>x</b>" });
    expect(root.querySelector("img")).toBeNull();
  });
  it("leaves nothing behind", async () => {
    await mount();
    end.abort();
    expect(root.children).toHaveLength(0);
    expect(b.sent.at(-1)?.type).toBe("close");
  });
});

describe("steering", () => {
  it("pauses and resumes when the run says so, not before", async () => {
    await mount();
    let late: (() => void) | undefined;
    const receive = b.kernel.receive.bind(b.kernel);
    b.kernel.receive = (m) => {
      if (m.type === "control") late = () => receive(m);
      else receive(m);
    };
    $(".ql-run").click();
    await frame(60);
    expect(text(".ql-run")).toBe("Pausing…");
    expect(text(".ql-pill")).toBe("Running");
    late?.();
    await frame(60);
    expect(text(".ql-run")).toBe("Resume");
    expect(text(".ql-pill")).toBe("Paused");
    b.timers.pass(12000);
    await frame(60);
    expect(text(".ql-progline")).toContain("paused for 12 s");
    $(".ql-run").click();
    late?.();
    await frame(60);
    expect(text(".ql-pill")).toBe("Running");
  });
  it("sends a learning rate on Enter and shows it pending until it is in force", async () => {
    await mount();
    const field = $<HTMLInputElement>(".ql-lr-field");
    expect(field.value).toBe("0.05");
    field.value = "0,01";
    field.dispatchEvent(new Event("input"));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    await frame(60);
    expect(b.sent.at(-2)).toMatchObject({ type: "control", action: "lr", value: 0.01 });
    expect($(".ql-soon").classList.contains("on")).toBe(true);
    field.value = "0.02"; // typed while the last one is under way: its answer leaves that alone
    b.kernel.now = { ...b.kernel.now, lr: 0.01, lr_pending: null };
    b.kernel.tell();
    await frame(60);
    expect($(".ql-soon").classList.contains("on")).toBe(false);
    expect(field.value).toBe("0.02");
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    expect(b.sent.filter((m) => m.type === "control").at(-1)).toMatchObject({ action: "lr", value: 0.02 });
  });
  it("marks a rate that is none, sends nothing, and goes back on Escape", async () => {
    await mount();
    const field = $<HTMLInputElement>(".ql-lr-field");
    const n = b.sent.length;
    for (const bad of ["", "abc", "-1", "0"]) {
      field.value = bad;
      field.dispatchEvent(new Event("input"));
      expect(field.getAttribute("aria-invalid")).toBe("true");
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    }
    expect(b.sent).toHaveLength(n);
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(field.value).toBe("0.05");
  });
  it("stops", async () => {
    await mount();
    $(".ql-stop").click();
    await frame(60);
    expect(text(".ql-pill")).toBe("Stopped");
    // a run that was stopped can go on from its last checkpoint
    expect(text(".ql-run")).toBe("Resume");
    expect($<HTMLButtonElement>(".ql-stop").disabled).toBe(true);
  });
});

describe("states", () => {
  it("without a run: what to do, to copy", async () => {
    await mount({ run: null });
    expect(text(".ql-panel-empty")).toContain("No run yet");
    expect(text(".ql-panel-empty pre")).toContain("run = qlab.train(circuit, features)");
    expect(b.sent).toEqual([]);
  });
  it("loading: what is read, grey bars of final size", async () => {
    b.kernel.receive = () => {};
    await mount();
    expect(text(".ql-pill")).toBe("Loading");
    expect(text(".ql-progline")).toBe(`Reading the history of run ${RUN}`);
    expect(root.querySelectorAll(".ql-plot-body > .ql-skeleton").length).toBeGreaterThan(3);
  });
  it("failed: step, exception, cure, folded traceback, a cross on the last point", async () => {
    await mount();
    const error = { type: "ValueError", message: "loss is NaN", cure: "lower the rate", traceback: "line 1" };
    b.kernel.now = { ...b.kernel.now, state: "failed", error };
    b.kernel.tell();
    await until(() => drawn.get("loss")?.data.at(-1)?.mode === "markers");
    expect(text(".ql-notes")).toContain("Failed at step 30. ValueError: loss is NaN.Lower the rate.");
    b.kernel.now = { ...b.kernel.now, error: { ...error, where: "step 31" } };
    b.kernel.tell();
    await until(() => text(".ql-notes").includes("step 31"));
    expect(text(".ql-notes")).toContain("Failed at step 31. ValueError: loss is NaN.Lower the rate.");
    expect($<HTMLDetailsElement>(".ql-notes details").open).toBe(false);
    expect(text(".ql-notes pre")).toBe("line 1");
    expect(drawn.get("loss")?.data.at(-1)?.mode).toBe("markers");
  });
  it("disconnected: said at once, controls disabled, back by itself when the kernel is", async () => {
    let is = true;
    const tell: (() => void)[] = [];
    const connection = {
      connected: () => is,
      onChange: (cb: () => void) => {
        tell.push(cb);
        return () => {};
      },
    };
    await mount({ connection });
    is = false;
    tell[0]?.();
    await frame(60);
    expect(text(".ql-pill")).toBe("Disconnected");
    expect(text(".ql-notes")).toMatch(/^No kernel since \d\d:\d\d\. The panel shows the run up to step 30\./);
    expect($<HTMLButtonElement>(".ql-run").disabled && $<HTMLInputElement>(".ql-lr-field").disabled).toBe(
      true,
    );
    is = true;
    tell[0]?.();
    await frame(60);
    expect(text(".ql-pill")).toBe("Running");
    expect(text(".ql-notes")).toBe("");
  });
  it("done, and then the kernel goes: still done", async () => {
    const tell: (() => void)[] = [];
    const connection = {
      connected: () => false,
      gone: () => true,
      onChange: (cb: () => void) => {
        tell.push(cb);
        return () => {};
      },
    };
    connection.connected = () => true;
    await mount({ connection });
    b.kernel.now = { ...b.kernel.now, state: "done", metrics: { test_accuracy: 0.9625 } };
    b.kernel.tell();
    connection.connected = () => false;
    tell[0]?.();
    await frame(60);
    expect(text(".ql-pill")).toBe("Done");
    expect(text(".ql-notes")).toBe("");
    expect(text(".ql-progline")).toContain("test accuracy 0.963");
  });
  it("silent: a question first, then the word", async () => {
    await mount();
    b.kernel.receive = () => {};
    b.timers.pass(16000);
    await frame(60);
    expect(text(".ql-notes")).toContain("No answer from the kernel since");
    b.kernel.tell();
    await frame(60);
    expect(text(".ql-notes")).toBe("");
  });
  it("refused: the kernel's reason and cure", async () => {
    await mount();
    b.kernel.receive = () => {};
    const field = $<HTMLInputElement>(".ql-lr-field");
    field.value = "3";
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    (b.kernel as unknown as { emit(m: object): void }).emit({
      type: "error",
      run: RUN,
      message: "lr 3 is above 1",
      cure: "use 0.05",
    });
    await frame(60);
    expect(text(".ql-notes")).toContain("Lr 3 is above 1. Use 0.05.");
    expect(field.value).toBe("0.05");
  });
});

describe("the view", () => {
  it("changes axis, smoothing and scale, and tells its host once decided", async () => {
    const told: object[] = [];
    await mount({ settings: { smoothing: 0.5 }, onSettings: (s) => told.push(s) });
    $<HTMLButtonElement>('[data-value="epoch"]').click();
    $<HTMLButtonElement>('[data-value="log"]').click();
    await frame();
    expect(drawn.get("loss")?.layout.xaxis.range).toEqual([0, 10]);
    expect(drawn.get("loss")?.layout.yaxis.type).toBe("log");
    expect(told.at(-1)).toMatchObject({ smoothing: 0.5, across: "epoch", logLoss: true });
    view.arrange({ across: "step" });
    await frame();
    expect(drawn.get("loss")?.layout.xaxis.range).toEqual([0, 100]);
  });
  it("lists interventions and lights up the one that is clicked", async () => {
    const events = [{ step: 12, time: 1, kind: "lr", old: 0.1, new: 0.05, text: "" }];
    b.kernel.now = { ...b.kernel.now, events };
    await mount();
    expect(text(".ql-events")).toBe("12lr 0.1 to 0.05");
    expect(drawn.get("loss")?.layout.annotations[0]?.text).toBe("<b>lr 0.1 → 0.05</b>");
    $(".ql-events button").click();
    await frame();
    expect($(".ql-events button").getAttribute("aria-pressed")).toBe("true");
  });
  it("reads values by arrow keys", async () => {
    await mount();
    $(".ql-pane-loss .ql-plot-body").dispatchEvent(
      new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }),
    );
    expect(text(".ql-panel-tip")).toMatch(/^step 29, epoch 3validation0\.100/);
    $(".ql-pane-loss .ql-plot-body").dispatchEvent(
      new KeyboardEvent("keydown", { key: "Escape", bubbles: true }),
    );
    expect($(".ql-panel-tip").hidden).toBe(true);
  });
  it("rearranges itself for a regression", async () => {
    await mount();
    expect(root.querySelector(".ql-pane-conf")).not.toBeNull();
    end.abort();
    end = new AbortController();
    const columns = ["step", "epoch", "time", "loss", "r2", "val_loss", "val_r2"];
    const c = bench(RUN);
    c.kernel.receive = () => {};
    panel(root, c.link, { run: RUN, timers: c.timers }, end.signal);
    const client = (c.sent[0] as { client: string }).client;
    const hello = {
      type: "hello",
      client,
      run: RUN,
      seq: 0,
      name: "fit",
      columns,
      n: 0,
      status: c.kernel.now,
    };
    (c.kernel as unknown as { emit(m: object): void }).emit(hello);
    await frame();
    expect(root.querySelector(".ql-pane-conf")).toBeNull();
    expect(text(".ql-pane-merit h2")).toBe("R²");
  });
});
