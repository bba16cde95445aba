import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucket, lowerBound, nearest } from "../../src/stream/bucket";
import { type Chunk, Columns, LIMIT } from "../../src/stream/columns";
import { decode, FrameError } from "../../src/stream/decode";
import { ema, median, scaled } from "../../src/stream/smooth";

const values = fc.array(
  fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.NaN)),
  {
    minLength: 1,
    maxLength: 300,
  },
);
const rising = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1);

describe("decode", () => {
  it("reads little-endian columns one after the other, from any offset", () => {
    const bytes = new ArrayBuffer(3 + 8 * 4);
    const view = new DataView(bytes, 3);
    for (const [i, v] of [1, 2, Number.NaN, -0.5].entries()) view.setFloat64(8 * i, v, true);
    const [a, b] = decode(view, 2, 2);
    expect([...(a as Float64Array)]).toEqual([1, 2]);
    expect([...(b as Float64Array)]).toEqual([Number.NaN, -0.5]);
  });
  it("refuses a buffer of another size and says both", () => {
    expect(() => decode(new ArrayBuffer(24), 2, 2)).toThrow(FrameError);
    expect(() => decode(new ArrayBuffer(24), 2, 2)).toThrow("a frame of 2 × 2 values has 24 bytes, not 32");
  });
});

const chunk = (from: number, to: number): Chunk => ({
  from,
  to,
  exact: true,
  block: [
    Float64Array.from({ length: to - from }, (_, i) => from + i),
    Float64Array.from({ length: to - from }, (_, i) => 10 * (from + i)),
  ],
});

describe("columns", () => {
  it("take a chunk once, cut what overlaps, and refuse to jump", () => {
    const c = new Columns(["step", "loss"]);
    expect(c.put(chunk(0, 3))).toBe(true);
    expect(c.put(chunk(0, 3))).toBe(true);
    expect(c.put(chunk(2, 5))).toBe(true);
    expect(c.put(chunk(6, 8))).toBe(false);
    expect([...c.column("loss")]).toEqual([0, 10, 20, 30, 40]);
    expect([c.rows, c.n]).toEqual([5, 5]);
  });
  it("count rows that buckets stand for, and are never cut into by them", () => {
    const c = new Columns(["step", "loss"]);
    const few = chunk(0, 2).block;
    c.put({ from: 0, to: 1000, exact: false, block: few });
    expect([c.rows, c.n]).toEqual([1000, 2]);
    c.put({ from: 900, to: 1100, exact: false, block: few });
    expect([c.rows, c.n]).toEqual([1000, 2]);
    c.put(chunk(1000, 1001));
    expect(c.n).toBe(3);
  });
  it("converge on the same rows whatever the order, given the missing ones again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 20 })), { maxLength: 60 }),
        (ranges) => {
          const c = new Columns(["step", "loss"]);
          for (const [from, n] of ranges) if (!c.put(chunk(from, from + n))) c.put(chunk(c.rows, from + n));
          const end = Math.max(0, ...ranges.map(([from, n]) => from + n));
          expect([...c.column("step")]).toEqual(Array.from({ length: end }, (_, i) => i));
        },
      ),
    );
  });
  it("thin a run without end, keeping extremes, order and the newest rows", () => {
    const c = new Columns(["step", "loss", "val"]);
    const size = 10000;
    for (let from = 0; from < 3 * LIMIT; from += size) {
      const step = Float64Array.from({ length: size }, (_, i) => from + i);
      const loss = step.map((s) => (s === 123456 ? -9 : s === 234567 ? 9 : Math.sin(s)));
      const val = step.map((s) => (s % 50000 === 0 ? s : Number.NaN));
      c.put({ from, to: from + size, exact: true, block: [step, loss, val] });
      expect(c.n).toBeLessThanOrEqual(LIMIT);
    }
    const step = c.column("step");
    expect(c.generation).toBeGreaterThan(2);
    expect([...step]).toEqual([...step].sort((a, b) => a - b));
    expect([...step.subarray(-1000)]).toEqual(Array.from({ length: 1000 }, (_, i) => c.rows - 1000 + i));
    expect([
      Math.min(...c.column("loss").subarray(0, 50000)),
      Math.max(...c.column("loss").subarray(0, 50000)),
    ]).toEqual([-9, 9]);
    const val = [...c.column("val")].filter((v) => !Number.isNaN(v));
    expect([...new Set(val)]).toEqual(Array.from({ length: Math.ceil(c.rows / 50000) }, (_, i) => 50000 * i));
  });
  it("find the newest value behind NaN", () => {
    const c = new Columns(["v"]);
    expect(c.newest("v")).toBe(-1);
    c.put({ from: 0, to: 4, exact: true, block: [Float64Array.of(1, 2, Number.NaN, Number.NaN)] });
    expect(c.newest("v")).toBe(1);
    expect(c.newest("nothing")).toBe(-1);
    expect(c.column("nothing")).toHaveLength(0);
  });
});

describe("bucket", () => {
  it("keeps the extremes, the ends and at most four points a pixel", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 40 }), (list, pixels) => {
        const y = Float64Array.from(list);
        const out = bucket(rising(y.length), y, 1, y.length, pixels);
        const kept = list.filter((v) => Number.isFinite(v));
        expect(out.y.length).toBeLessThanOrEqual(4 * pixels + 6);
        expect([...out.y].every((v) => Number.isFinite(v))).toBe(true);
        expect([...out.x]).toEqual([...out.x].sort((a, b) => a - b));
        if (kept.length === 0) return;
        expect(Math.min(...out.y)).toBe(Math.min(...kept));
        expect(Math.max(...out.y)).toBe(Math.max(...kept));
        expect(out.y[0]).toBe(kept[0]);
        expect(out.y.at(-1)).toBe(kept.at(-1));
      }),
    );
  });
  it("takes one point with a value beyond each edge, so that the line runs on", () => {
    const y = Float64Array.of(5, Number.NaN, 7, 8, Number.NaN, 9);
    expect([...bucket(rising(6), y, 2.5, 4.5, 100).x]).toEqual([1, 3, 4, 6]);
  });
  it("is empty without points", () => {
    expect(bucket(rising(0), rising(0), 0, 1, 10).x).toHaveLength(0);
  });
  it("finds places by halving", () => {
    const x = Float64Array.of(1, 2, 4);
    expect([lowerBound(x, 0), lowerBound(x, 2), lowerBound(x, 3), lowerBound(x, 9)]).toEqual([0, 1, 2, 3]);
    expect([nearest(x, -5), nearest(x, 2.9), nearest(x, 3.1), nearest(x, 99)]).toEqual([0, 1, 2, 2]);
    expect(nearest(rising(0), 1)).toBe(-1);
  });
});

describe("smoothing", () => {
  it("starts at the first value and forgets exponentially", () => {
    const out = ema(0.5).of(Float64Array.of(4, 0, 0));
    expect(out[0]).toBe(4);
    expect(out[1]).toBeCloseTo(4 / 3);
    expect(out[2]).toBeCloseTo(4 / 7);
  });
  it("leaves a constant alone, skips NaN and stays within the values", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 0.99, noNaN: true }), (list, w) => {
        const bounded = list.map((v) => (Number.isNaN(v) ? v : Math.max(-1e6, Math.min(1e6, v))));
        const out = ema(w).of(Float64Array.from(bounded));
        const known = bounded.filter((v) => !Number.isNaN(v));
        for (const [i, v] of out.entries()) {
          expect(Number.isNaN(v)).toBe(Number.isNaN(bounded[i]));
          if (Number.isNaN(v)) continue;
          expect(v).toBeGreaterThanOrEqual(Math.min(...known) - 1e-3);
          expect(v).toBeLessThanOrEqual(Math.max(...known) + 1e-3);
        }
      }),
    );
  });
  it("computes each row once, in pieces as in one go", () => {
    const all = Float64Array.from({ length: 3000 }, (_, i) => Math.sin(i));
    const pieces = ema(0.9);
    pieces.of(all.subarray(0, 10));
    pieces.of(all.subarray(0, 1500));
    expect([...pieces.of(all)]).toEqual([...ema(0.9).of(all)]);
    expect(scaled(0.5).of(Float64Array.of(2, 4))).toEqual(Float64Array.of(1, 2));
  });
  it("knows the middle value", () => {
    expect([median([3, 1, 2]), median([4, 1]), median([])]).toEqual([2, 2.5, Number.NaN]);
  });
});
