// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";
import widget from "../../src/host/widget/panel";
import { FakeKernel } from "../stream/fake";
import { fakePlotly, fakeSizes, frame } from "./helpers";

type Callback = (...args: never[]) => void;

/** An anywidget model over a fake kernel, and Lumino's signal in four lines. */
function model(kernelStatus?: { status: string }) {
  const traits: Record<string, unknown> = {
    run_id: "R1",
    title: "t",
    height: 500,
    settings: { smoothing: 0.3 },
  };
  const handlers = new Map<string, Set<Callback>>();
  const fire = (name: string, ...args: unknown[]) => {
    for (const cb of [...(handlers.get(name) ?? [])]) cb(...(args as never[]));
  };
  const kernel = new FakeKernel("R1", (m, b) => fire("msg:custom", m, b));
  const slots = new Set<() => void>();
  const statusChanged = {
    connect: (s: () => void) => slots.add(s),
    disconnect: (s: () => void) => slots.delete(s),
  };
  const saved: unknown[] = [];
  return {
    kernel,
    saved,
    handlers,
    slots,
    fire,
    traits,
    model: {
      get: (name: string) => traits[name],
      set: (name: string, value: unknown) => {
        traits[name] = value;
      },
      save_changes: () => saved.push(structuredClone(traits)),
      on: (name: string, cb: Callback) => handlers.set(name, (handlers.get(name) ?? new Set()).add(cb)),
      off: (name: string, cb: Callback) => handlers.get(name)?.delete(cb),
      send: (m: never) => kernel.receive(m),
      widget_manager: kernelStatus ? { kernel: Object.assign(kernelStatus, { statusChanged }) } : {},
    },
  };
}

let el: HTMLElement;
let end: AbortController;
const show = (m: ReturnType<typeof model>) =>
  widget.render({ model: m.model, el, signal: end.signal } as never);
const pill = () => el.querySelector(".ql-pill")?.textContent;

beforeEach(() => {
  fakeSizes();
  fakePlotly();
  el = document.createElement("div");
  document.body.append(el);
  end = new AbortController();
});
afterEach(() => {
  end.abort();
  el.remove();
});

it("shows the run over custom messages and takes height and settings from the traits", async () => {
  const m = model();
  show(m);
  m.kernel.step(3);
  m.kernel.flush();
  await frame();
  expect(pill()).toBe("Running");
  expect(el.style.getPropertyValue("--ql-panel-h")).toBe("500px");
  expect(el.querySelector(".ql-amount")?.textContent).toBe("0.30");
  m.traits.settings = { smoothing: 0.9, across: "nonsense" };
  m.fire("change:settings");
  expect(el.querySelector(".ql-amount")?.textContent).toBe("0.90");
});

it("saves settings and nothing else", async () => {
  const m = model();
  show(m);
  await frame();
  expect(m.saved).toEqual([]);
  el.querySelector<HTMLElement>('[data-value="epoch"]')?.click();
  expect(m.saved).toHaveLength(1);
  expect(m.traits.settings).toMatchObject({ smoothing: 0.3, across: "epoch", logLoss: false });
});

it("says that a restarted kernel is gone, with the way back by its id", async () => {
  const kernel = { status: "idle" };
  const m = model(kernel);
  show(m);
  await frame();
  kernel.status = "restarting";
  for (const slot of m.slots) slot();
  kernel.status = "idle";
  for (const slot of m.slots) slot();
  await frame();
  expect(pill()).toBe("Disconnected");
  expect(el.querySelector(".ql-notes")?.textContent).toContain("The run is stored");
  const button = el.querySelector<HTMLButtonElement>(".ql-notes button");
  expect(button?.textContent).toBe("Open run R1");
  const asked: unknown[] = [];
  const hear = (event: Event): void => {
    asked.push((event as CustomEvent).detail);
    event.preventDefault();
  };
  document.addEventListener("qlab:open-run", hear, { once: true });
  button?.click();
  expect(asked).toEqual([{ run: "R1" }]);
  // nobody hears it, as in VS Code: the code to run is offered instead
  button?.click();
  expect(el.querySelector(".ql-notes button")?.textContent).toContain("R1");
});

it("comes back by itself after a broken connection", async () => {
  const kernel: { status: string; connectionStatus?: string } = { status: "idle" };
  const m = model(kernel);
  show(m);
  await frame();
  kernel.connectionStatus = "disconnected";
  for (const slot of m.slots) slot();
  await frame();
  expect(el.querySelector(".ql-notes button")?.textContent).toBe("Reconnect");
  kernel.connectionStatus = "connected";
  for (const slot of m.slots) slot();
  await frame();
  expect(pill()).toBe("Running");
});

it("takes all its listeners away", async () => {
  const m = model({ status: "idle" });
  show(m);
  await frame();
  end.abort();
  expect([...m.handlers.values()].every((set) => set.size === 0)).toBe(true);
  expect(m.slots.size).toBe(0);
});
