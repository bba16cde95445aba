// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { operation } from "../../src/view/optgrid";
import { optimise } from "../../src/view/optimise";
import type { Ablation, FormMessage, FromKernel, ToKernel } from "../../src/view/opttypes";
import { status } from "./opthelpers";

type Listener = (message: never, buffers: DataView[]) => void;
let root: HTMLElement;
let sent: ToKernel[];
let tell: (message: FromKernel) => void;
let end: AbortController;
let busy: boolean[];

const one = <E extends HTMLElement>(selector: string): E => {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
};
const button = (name: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].find((b) => b.textContent === name && !b.hidden);
  if (!found) throw new Error(`no button ${name}`);
  return found;
};
const cell = (name: string): HTMLInputElement => one(`input[aria-label="${name}"]`);

function form(
  changes: Partial<FormMessage> = {},
  rows = [
    ["0 4", "1 7"],
    ["1 5", "<b>x</b>"],
  ],
): FormMessage {
  return {
    type: "form",
    templates: [
      { kind: "job_shop", title: "Job shop" },
      { kind: "maxcut", title: "Max-cut" },
    ],
    settings: { coarse: "qaoa", refine: "auto", time_limit: 10, seed: 0 },
    missing: { cp_sat: "needs ortools" },
    form: {
      kind: "job_shop",
      title: "Job shop",
      name: "<i>shop</i>",
      tables: [
        {
          id: "tasks",
          title: "Tasks",
          kind: "operation",
          hint: "machine, then duration",
          grow: "both",
          columns: ["task 0", "task 1"],
          names: rows.map((_, k) => `job ${k}`),
          rows,
        },
      ],
    },
    faults: [],
    size: [["Variables", "5"]],
    about: "job shop, 2 jobs",
    code: "import qlab\n",
    stale: false,
    circuit: { can: true, why: "5 wires, 40 gates" },
    ...changes,
  };
}

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
  root = document.createElement("div");
  document.body.append(root);
  end = new AbortController();
  sent = [];
  busy = [];
  const listeners = new Set<Listener>();
  tell = (message) => {
    for (const listener of listeners) listener(message as never, []);
  };
  const link = {
    send: (message: object) => sent.push(message as ToKernel),
    onMessage: (callback: Listener) => {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
  };
  optimise(root, link, { busy: (running) => busy.push(running) }, end.signal);
});
afterEach(() => {
  end.abort();
  root.remove();
  vi.unstubAllGlobals();
});

describe("the problem", () => {
  it("offers templates and a file before there is one, and says a refused file where it was typed", () => {
    tell(form({ form: null }));
    expect(sent).toEqual([{ type: "open" }]);
    one<HTMLButtonElement>(".ql-opt-tiles button").click();
    expect(sent.at(-1)).toEqual({ type: "template", kind: "job_shop" });
    const path = one<HTMLInputElement>(".ql-opt-blank input");
    path.value = "x.txt";
    path.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(sent.at(-1)).toEqual({ type: "read", path: "x.txt" });
    tell({ type: "refused", at: "read", message: "x.txt can't be read", cure: "check the path" });
    expect(one(".ql-opt-blank [role=alert]").textContent).toContain("X.txt can't be read. Check the path.");
  });

  it("shows machine and duration apart, and text as text", () => {
    tell(form());
    expect(cell("job 0, task 1").nextElementSibling?.textContent).toBe("m17");
    expect(root.querySelector(".ql-opt-cells b b, .ql-title i")).toBeNull();
    expect(one(".ql-title").textContent).toBe("<i>shop</i>");
    expect([operation("m3 8"), operation("3,8"), operation("3 x")]).toEqual([["m3", "8"], ["m3", "8"], null]);
  });

  it("sends a cell when it is left, keeps the caret through the answer, and moves with the keys", () => {
    tell(form());
    const first = cell("job 0, task 0");
    first.focus();
    first.value = "0 9";
    first.dispatchEvent(new Event("change", { bubbles: true }));
    expect(sent.at(-1)).toEqual({
      type: "edit",
      change: "cell",
      table: "tasks",
      row: 0,
      column: 0,
      text: "0 9",
    });
    tell(
      form({}, [
        ["0 9", "1 7"],
        ["1 5", "2 2"],
      ]),
    );
    expect(document.activeElement).toBe(first);
    first.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    expect(document.activeElement).toBe(cell("job 1, task 0"));
    expect(button("Remove job 1")).toBeDefined();
    button("Add job").click();
    expect(sent.at(-1)).toMatchObject({ change: "add row", row: 2 });
  });

  it("marks a wrong cell, names it with the cure, and holds Solve back", () => {
    const fault = { table: "tasks", row: 1, column: 1, message: "job 1, task 1: no", cure: "write 2 5" };
    tell(form({ faults: [fault], code: "" }));
    expect(cell("job 1, task 1").getAttribute("aria-invalid")).toBe("true");
    expect(one(".ql-opt-faults").textContent).toContain("Job 1, task 1: no. Write 2 5.");
    expect(button("Solve").disabled).toBe(true);
    button("Go to cell").click();
    expect(document.activeElement).toBe(cell("job 1, task 1"));
  });

  it("disables a method that is missing and refuses a limit that is none before it is sent", () => {
    tell(form());
    expect(one<HTMLOptionElement>("option[value=cp_sat]").disabled).toBe(true);
    const limit = one<HTMLInputElement>('input[aria-label="Limit, s"]');
    const before = sent.length;
    limit.value = "-1";
    limit.dispatchEvent(new Event("change"));
    expect([limit.getAttribute("aria-invalid"), sent.length]).toEqual(["true", before]);
    limit.value = "3";
    limit.dispatchEvent(new Event("change"));
    expect(sent.at(-1)).toEqual({ type: "set", settings: { time_limit: 3 } });
  });
});

describe("the answer", () => {
  it("runs, stops and says what the certificate is worth", () => {
    tell(form());
    button("Solve").click();
    expect(sent.at(-1)).toEqual({ type: "solve" });
    tell({ type: "status", status: status() });
    expect(busy.at(-1)).toBe(true);
    expect(one(".ql-opt-head2").textContent).toContain("Makespan30Lower bound27Gap10.0 %Solving");
    button("Stop").click();
    expect(sent.some((m) => m.type === "stop")).toBe(true);
    const certificate = {
      kind: "within",
      title: "Within 10.0 %",
      text: "feasible, bound 27",
      json: "{}",
    } as const;
    tell({ type: "status", status: status({ state: "stopped", certificate }) });
    expect(busy.at(-1)).toBe(false);
    expect(one(".ql-opt-cert").textContent).toContain(
      "Within 10.0 %Stopped after 1.50 s; feasible, bound 27.",
    );
    expect(one(".ql-opt-stages").textContent).toContain("31 to 30");
    expect(button("Solve again").disabled).toBe(false);
    tell(form({ stale: true }));
    expect(one(".ql-opt-stale").hidden).toBe(false);
  });

  it("says what is prepared before the clock starts, with Stop at hand, and what Stop does", () => {
    tell(form());
    const preparing = "preparing kernels, 3 of 9; only on first use";
    tell({ type: "status", status: status({ value: null, bound: null, seconds: 0, stages: [], preparing }) });
    expect(one(".ql-opt-cert").textContent).toBe("PreparingPreparing kernels, 3 of 9; only on first use.");
    expect(one(".ql-opt-foot").textContent).toContain(preparing);
    button("Stop").click();
    expect(sent.at(-1)).toEqual({ type: "stop" });
    expect(button("Stopping").disabled).toBe(true);
    tell({ type: "status", status: status() });
    expect(one(".ql-opt-foot").textContent).toContain("solving");
  });

  it("compares with and without the coarse stage, can be stopped, and says who was better", () => {
    tell(form());
    button("Ablate").click();
    expect(sent.at(-1)).toEqual({ type: "ablate" });
    const pair = { seed: 0, with: 30, without: 31, seconds_with: 1.5, seconds_without: 1 };
    const ablation: Ablation = {
      key: "ablation 1",
      name: "shop",
      running: true,
      stopped: false,
      method: "QAOA",
      objective: "Makespan",
      sense: "min",
      total: 5,
      limit: 10,
      rows: [pair],
      verdict: "",
      preparing: "",
      error: null,
    };
    tell({ type: "ablation", ablation });
    expect(busy.at(-1)).toBe(true);
    expect(button("Ablate").disabled).toBe(true);
    expect(one(".ql-opt-ablation").textContent).toContain("Pair 2 of 5, at most 10 s a solve.");
    button("Stop").click();
    expect(sent.at(-1)).toEqual({ type: "stop" });
    const rows = [pair, { ...pair, seed: 1, without: 30 }, { ...pair, seed: 2, without: 29 }];
    const verdict = "the coarse stage (QAOA) made no clear difference: <b>";
    tell({ type: "ablation", ablation: { ...ablation, running: false, stopped: true, rows, verdict } });
    expect(busy.at(-1)).toBe(false);
    const cells = [...root.querySelectorAll(".ql-opt-ablation tbody tr")].map(
      (r) => r.children[3]?.textContent,
    );
    expect(cells).toEqual(["with", "equal", "without"]);
    expect([...root.querySelectorAll(".ql-opt-ablation td.best")].map((d) => d.textContent)).toEqual([
      "30",
      "29",
    ]);
    expect(one(".ql-opt-ablation p").textContent).toContain(
      "no clear difference: <b>. Stopped; the pairs so far",
    );
    one<HTMLButtonElement>('button[aria-label="Close the comparison"]').click();
    expect(one(".ql-opt-ablation").hidden).toBe(true);
    tell(form({ settings: { coarse: "none", refine: "auto", time_limit: 10, seed: 0 } }));
    expect(button("Ablate").disabled).toBe(true);
  });

  it("opens the circuit in the designer, or says why there is none", () => {
    tell(form());
    expect(one(".ql-opt-draw").textContent).toContain("5 wires, 40 gates.");
    button("Open in the designer").click();
    expect(sent.at(-1)).toEqual({ type: "circuit" });
    tell({
      type: "status",
      status: status({ state: "done", circuit: { can: false, why: "its windows had none" } }),
    });
    expect(button("Open in the designer").disabled).toBe(true);
    expect(one(".ql-opt-draw").textContent).toContain("Its windows had none.");
  });

  it("lists the constraints that conflict", () => {
    tell(form());
    const error = {
      message: "the problem is infeasible",
      cure: "drop one",
      conflict: ["machine 1", "<b>2</b>"],
    };
    tell({ type: "status", status: status({ state: "failed", error }) });
    expect([...root.querySelectorAll(".ql-note li")].map((li) => li.textContent)).toEqual([
      "machine 1",
      "<b>2</b>",
    ]);
    expect(one(".ql-opt-head2").closest<HTMLElement>(".ql-opt-main")?.hidden).toBe(true);
  });
});
