/** A link to a fake kernel, a clock that stands still, and a Plotly that only writes down what it is asked to draw. */
import type { Link } from "../../src/stream/client";
import type { ToKernel } from "../../src/stream/messages";
import type { Timers } from "../../src/stream/session";
import { FakeKernel } from "../stream/fake";

export interface Drawn {
  readonly div: HTMLElement;
  readonly data: { name?: string; x: Float64Array; y: Float64Array; mode: string }[];
  readonly layout: {
    shapes: { x0?: number }[];
    annotations: { text: string }[];
    xaxis: { range: number[] };
    yaxis: { type: string };
  };
}

export interface Bench {
  readonly kernel: FakeKernel;
  readonly link: Link;
  readonly sent: ToKernel[];
  readonly timers: Timers & { pass(ms: number): void };
}

export function bench(run = "01JD7-42"): Bench {
  let listeners: ((message: never, buffers: DataView[]) => void)[] = [];
  const sent: ToKernel[] = [];
  const kernel = new FakeKernel(run, (m, b) => {
    for (const listener of listeners) listener(m, b);
  });
  const link: Link = {
    send: (m) => {
      sent.push(m as ToKernel);
      kernel.receive(m as ToKernel);
    },
    onMessage: (cb) => {
      listeners.push(cb);
      return () => {
        listeners = listeners.filter((other) => other !== cb);
      };
    },
  };
  let now = 1_700_000_000_000;
  let every: { ms: number; due: number; cb: () => void }[] = [];
  const timers = {
    now: () => now,
    every(ms: number, cb: () => void) {
      const entry = { ms, due: now + ms, cb };
      every.push(entry);
      return () => {
        every = every.filter((other) => other !== entry);
      };
    },
    pass(ms: number) {
      const end = now + ms;
      while (now < end) {
        now += 500;
        for (const entry of every)
          if (entry.due <= now) {
            entry.due = now + entry.ms;
            entry.cb();
          }
      }
    },
  };
  return { kernel, link, sent, timers };
}

/** Stands in for the page's plotly.js; returns what it was asked to draw, by pane. */
export function fakePlotly(): Map<string, Drawn> {
  const drawn = new Map<string, Drawn>();
  const react = (div: HTMLElement & { on?: unknown }, data: Drawn["data"], layout: Drawn["layout"]) => {
    div.on ??= () => {};
    const pane = /ql-pane-(\w+)/.exec(div.closest(".ql-pane")?.className ?? "")?.[1] ?? "?";
    drawn.set(pane, { div, data, layout });
    return Promise.resolve(div);
  };
  const plotly = { react, purge: () => {}, relayout: () => {} };
  Object.defineProperty(globalThis, Symbol.for("qlab.plotly"), {
    configurable: true,
    writable: true,
    value: Promise.resolve(plotly),
  });
  return drawn;
}

/** Gives every element a size, which happy-dom has not. */
export function fakeSizes(width = 600, height = 196): void {
  class Sizes {
    constructor(private readonly cb: (entries: unknown[]) => void) {}
    observe(): void {
      this.cb([{ contentRect: { width, height } }]);
    }
    disconnect(): void {}
  }
  globalThis.ResizeObserver = Sizes as unknown as typeof ResizeObserver;
  globalThis.IntersectionObserver = undefined as unknown as typeof IntersectionObserver;
}

/**
 * Waits, and then for as many frames as a panel needs to draw all its panes, one a frame. On a loaded machine, which is
 * known by its late timers, drawing rests longer, too: so does this.
 */
export async function frame(ms = 150): Promise<void> {
  const start = performance.now();
  await new Promise((done) => setTimeout(done, ms));
  const late = Math.min(2000, 10 * Math.max(0, performance.now() - start - ms - 5));
  if (late > 0) await new Promise((done) => setTimeout(done, late));
  for (let i = 0; i < 12; i++) await new Promise((done) => requestAnimationFrame(done));
}

/** Waits for what the last action must bring about: a loaded machine draws late. */
export async function until(check: () => boolean, ms = 5000): Promise<void> {
  const end = Date.now() + ms;
  while (!check()) {
    if (Date.now() > end) throw new Error(`never came: ${check}`);
    await frame(20);
  }
}
