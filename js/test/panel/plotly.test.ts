// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { loadPlotly } from "../../src/view/plotly";

const KEY = Symbol.for("qlab.plotly");
const page = globalThis as unknown as Record<symbol | string, unknown>;
type Listener = (message: never, buffers: DataView[]) => void;

function line() {
  const listeners = new Set<Listener>();
  return {
    sent: [] as object[],
    send(m: object) {
      this.sent.push(m);
    },
    onMessage: (cb: Listener) => {
      listeners.add(cb);
      return () => listeners.delete(cb);
    },
    say: (m: object, ...buffers: DataView[]) => {
      for (const l of [...listeners]) l(m as never, buffers);
    },
    listeners,
  };
}

const drop = () => {
  delete page[KEY as never];
};
beforeEach(drop);
afterEach(() => {
  drop();
  vi.restoreAllMocks();
});

/** happy-dom runs no scripts: the test stands in for the page. */
function runScripts(run: (script: HTMLScriptElement) => void): void {
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:x");
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
  vi.spyOn(document.head, "append").mockImplementation((node) => {
    const script = node as HTMLScriptElement;
    setTimeout(() => {
      run(script);
      script.onload?.(new Event("load"));
    });
  });
}

it("takes what the page offers and asks nobody", async () => {
  const offered = { react: () => {} };
  page[KEY as never] = Promise.resolve(offered) as never;
  const l = line();
  expect(await loadPlotly(l, new AbortController().signal)).toBe(offered);
  expect(l.sent).toEqual([]);
});

it("asks the kernel once for all panels and leaves the page's own Plotly alone", async () => {
  const mine = { react: () => {} };
  page.Plotly = "another library's";
  runScripts(() => {
    page.Plotly = mine;
  });
  const [a, b] = [line(), line()];
  const signal = new AbortController().signal;
  const both = [loadPlotly(a, signal), loadPlotly(b, signal)];
  a.say({ type: "plotly" }, new DataView(new ArrayBuffer(4)));
  expect(await Promise.all(both)).toEqual([mine, mine]);
  expect([a.sent.length, b.sent.length]).toEqual([1, 0]);
  expect(page.Plotly).toBe("another library's");
  delete page.Plotly;
});

it("passes the kernel's refusal on, and can be tried again", async () => {
  const l = line();
  const signal = new AbortController().signal;
  const first = loadPlotly(l, signal);
  l.say({ type: "error", run: "R", message: "something about the run" });
  l.say({
    type: "error",
    run: "R",
    message: "the plotting code has not been built",
    cure: "run `make build`",
  });
  await expect(first).rejects.toThrow("the plotting code has not been built; run `make build`");
  expect(page[KEY as never]).toBeUndefined();
  void loadPlotly(l, signal).catch(() => {});
  expect(l.sent).toHaveLength(2);
});

it("lets another panel ask when the first one goes", async () => {
  const mine = { react: () => {} };
  runScripts(() => {
    page.Plotly = mine;
  });
  const [a, b] = [line(), line()];
  const gone = new AbortController();
  const first = loadPlotly(a, gone.signal);
  const second = loadPlotly(b, new AbortController().signal);
  gone.abort();
  await expect(first).rejects.toThrow("closed");
  await vi.waitFor(() => expect(b.sent).toHaveLength(1));
  b.say({ type: "plotly" }, new DataView(new ArrayBuffer(4)));
  expect(await second).toBe(mine);
  expect(a.listeners.size + b.listeners.size).toBe(0);
});
