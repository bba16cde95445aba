import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Circuit, wiresOf } from "../../src/core/circuit";
import { apply } from "../../src/core/edit";
import { type Layout, layout, METRICS, type Rect } from "../../src/core/layout";
import { elide } from "../../src/core/metrics";
import { stats } from "../../src/core/stats";
import { anyCircuit, circuit, gate } from "./helpers";

const item = (c: Circuit, id = "g1") => layout(c).byId.get(id)!;
const inside = (inner: Rect, outer: Rect): boolean =>
  inner.x >= outer.x - 1e-9 && inner.x + inner.w <= outer.x + outer.w + 1e-9;
const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe("shapes", () => {
  it("measures as the specification says", () => {
    const l = layout(circuit(3, gate("h", 0), gate("ry", 1, "w[5]*x[0]+w[6]")));
    expect(l.columns).toEqual([{ x: 72, w: 14 * 6.65 + 12 + 12 }]);
    expect(l.wires.map((w) => w.y)).toEqual([58, 114, 170]);
    const h = l.byId.get("g1")!;
    expect([h.w, h.h, h.y]).toEqual([40, 40, 38]);
    expect(layout(circuit(1)).columns).toEqual([]);
    expect(layout(circuit(1, gate("h", 0))).columns[0]!.w).toBe(52);
  });

  it("elides an angle in the middle past 18 characters, within 132 px", () => {
    const p = item(circuit(1, gate("ry", 0, "2*pi*x[0]+w[12]*x[1]+w[13]")));
    expect(p.angle).toBe("2*pi*x[0]…1]+w[13]");
    expect([...p.angle]).toHaveLength(18);
    expect(p.w).toBeLessThanOrEqual(132);
    expect(p.fullAngle).toBe("2*pi*x[0]+w[12]*x[1]+w[13]");
    expect(elide("abcdef", 5)).toBe("ab…ef");
  });

  it("CX: dot, link, target", () => {
    const p = item(circuit(3, gate("cx", [0, 2])));
    expect(p.kind).toBe("target");
    expect(p.dots).toMatchObject([{ y: 58, anti: false, wire: 0 }]);
    expect(p.target).toMatchObject({ y: 170, r: 12, wire: 2 });
    expect(p.links).toMatchObject([{ y1: 58, y2: 170 }]);
    expect(p.boxes).toEqual([]);
  });

  it("neighbours share a tall box with ports; distant wires have two and a link", () => {
    const tall = item(circuit(3, gate("rzz", [1, 0], "w[7]")));
    expect(tall.boxes).toMatchObject([{ y: 38, h: 96, wire: 0 }]);
    expect(tall.ports.map((p) => [p.y, p.text])).toEqual([
      [114, "0"],
      [58, "1"],
    ]);
    expect(tall.links).toEqual([]);
    const two = item(circuit(3, gate("rzz", [0, 2], "w[7]")));
    expect(two.boxes.map((b) => [b.wire, b.h])).toEqual([
      [0, 40],
      [2, 40],
    ]);
    expect(two.links).toHaveLength(1);
  });

  it("SWAP crosses, CZ dots, anti-control rings", () => {
    expect(item(circuit(2, gate("swap", [0, 1]))).crosses.map((x) => x.wire)).toEqual([0, 1]);
    const cz = item(circuit(3, gate("z", 1, [], { controls: [0], anticontrols: [2] })));
    expect(cz.dots.map((d) => [d.wire, d.anti, d.control])).toEqual([
      [0, false, true],
      [2, true, true],
      [1, false, false],
    ]);
  });

  it("measurements fall to the classical wire, conditions rise from it with a tag", () => {
    const c = circuit(
      2,
      gate("measure", 0),
      gate("measure", 1),
      gate("x", 1, [], { condition: { clbits: [0], value: 1 } }),
    );
    const l = layout(c);
    expect(l.cwire).toBe(114 + 48);
    expect(l.byId.get("g1")!.cline).toMatchObject({ y1: 78, y2: 162, up: false });
    expect(l.cmarks.map((m) => m.text)).toEqual(["0, 1"]);
    expect(l.byId.get("g3")).toMatchObject({ col: 1, tag: { text: "c[0] = 1" }, cline: { up: true } });
  });

  it("draws a barrier over its wires only", () => {
    const p = item(circuit(4, gate("barrier", [0, 1, 3])));
    expect(p.boxes.map((b) => [b.y, b.h])).toEqual([
      [34, 104],
      [202, 48],
    ]);
  });

  it("widens the label area for long names, to 140, then elides", () => {
    const named = (name: string): Circuit => ({ ...circuit(1), qubits: [name] });
    expect(layout(named("q0")).labelW).toBe(68);
    const l = layout(named("a very long name of a wire indeed"));
    expect(l.labelW).toBe(140);
    expect(l.wires[0]!.name).toContain("…");
  });
});

describe("properties", () => {
  const runs = { numRuns: 300 };

  it("items of one column don't overlap, and every item lies in the drop zones of its column", () => {
    fc.assert(
      fc.property(anyCircuit(6, 20), (c) => {
        const l = layout(c);
        for (const p of l.items) {
          expect(inside(p, l.cell(p.col, 0))).toBe(true);
          for (const box of p.boxes) expect(inside(box, p)).toBe(true);
          for (const q of l.inColumn(p.col)) if (q.index > p.index) expect(overlap(p, q)).toBe(false);
        }
        l.columns.forEach((strip, i) => {
          const next = l.columns[i + 1];
          if (next) expect(strip.x + strip.w).toBeCloseTo(next.x, 9);
        });
        expect(l.items.map((p) => p.id)).toEqual(c.ops.map((op) => op.id));
      }),
      runs,
    );
  });

  it("a later gate on a wire is further right, and there are no more columns than needed", () => {
    fc.assert(
      fc.property(anyCircuit(5, 15), (c) => {
        const l = layout(c);
        const last = new Map<number, number>();
        for (const [i, op] of c.ops.entries()) {
          for (const q of wiresOf(op)) {
            expect(l.items[i]!.col).toBeGreaterThan(last.get(q) ?? -1);
            last.set(q, l.items[i]!.col);
          }
        }
        for (let col = 0; col < l.columns.length; col++) expect(l.inColumn(col).length).toBeGreaterThan(0);
        expect(l.columns.length).toBeGreaterThanOrEqual(stats(c).depth);
      }),
      runs,
    );
  });

  it("the middle of an item, of a box and of a dot hits its operation; the middle of an empty cell hits the cell", () => {
    fc.assert(
      fc.property(anyCircuit(6, 20), (c) => {
        const l: Layout = layout(c);
        for (const p of l.items) {
          expect(l.hit(p.x + p.w / 2, p.y + p.h / 2)).toMatchObject({ kind: "op", id: p.id });
          for (const b of p.boxes)
            expect(l.hit(b.x + b.w / 2, b.y + b.h / 2)).toMatchObject({ kind: "op", id: p.id });
          for (const d of p.dots)
            expect(l.hit(d.x, d.y)).toMatchObject({ id: p.id, part: d.control ? "control" : "body" });
        }
        for (let col = 0; col <= l.columns.length + 1; col++) {
          for (let wire = 0; wire < c.qubits.length; wire++) {
            const zone = l.cell(col, wire);
            const found = l.hit(zone.x + zone.w / 2, zone.y + zone.h / 2);
            const covered = l.inColumn(col).some((p) => p.y < zone.y + zone.h && p.y + p.h > zone.y);
            if (!covered) expect(found).toEqual({ kind: "cell", col, wire });
            else if (found?.kind !== "op") expect(found).toEqual({ kind: "cell", col, wire });
          }
        }
      }),
      runs,
    );
  });

  it("names rulers, labels, seams and nothing", () => {
    const l = layout(circuit(2, gate("h", 0), gate("h", 0)));
    const seam = l.columns[1]!.x;
    expect(l.hit(seam + 1, 114)).toEqual({ kind: "between", col: 1, wire: 1 });
    expect(l.hit(seam - 1, 114)).toEqual({ kind: "between", col: 1, wire: 1 });
    expect(l.hit(seam + 20, 10)).toEqual({ kind: "ruler", col: 1 });
    expect(l.hit(10, 114)).toEqual({ kind: "label", wire: 1 });
    expect(l.hit(200, 900)).toBeNull();
    expect(l.hit(-1, 60)).toBeNull();
  });

  it("takes other metrics for touch", () => {
    const l = layout(circuit(2, gate("h", 0)), { pitch: 64, gate: 44, colMin: 64 });
    expect([l.columns[0]!.w, l.wires[1]!.y - l.wires[0]!.y, l.items[0]!.w]).toEqual([64, 64, 44]);
    expect(METRICS.pitch).toBe(56);
  });
});

/** n operations on 50 wires, and how often the layout of them reads a field of one. */
function reads(n: number): number {
  let count = 0;
  const watched = (op: object): Circuit["ops"][number] =>
    new Proxy(op as Circuit["ops"][number], {
      get(target, key) {
        count += 1;
        return Reflect.get(target, key);
      },
    });
  const ops = Array.from({ length: n }, (_, i) =>
    i % 3 === 0 ? gate("cx", [i % 49, (i % 49) + 1]) : gate("ry", i % 50, `w[${i}]*x[0]+w[1]`),
  );
  const c: Circuit = {
    ...circuit(50),
    ops: ops.map((op, i) =>
      watched({ params: [], controls: [], anticontrols: [], clbits: [], ...op, id: `g${i}` }),
    ),
  };
  expect(layout(c).items).toHaveLength(n);
  return count;
}

it("costs the same for each operation, whether there are 100 or 1,000 on 50 wires", () => {
  const [few, many] = [reads(100) / 100, reads(1000) / 1000];
  expect(few).toBeGreaterThan(5);
  expect(many).toBeLessThan(few * 1.02);
  expect(many).toBeLessThan(100);
});

describe("blocks in the drawing", () => {
  const twice = (n: number): Circuit => {
    const grouped = apply(circuit(2, gate("ry", 0, "w[0]"), gate("cx", [0, 1])), {
      type: "group",
      ids: ["g1", "g2"],
      name: "ring",
    });
    let c = grouped;
    for (let i = 1; i < n; i++) c = apply(c, { type: "duplicate", ids: [c.ops.at(-1)!.id] });
    return c;
  };
  const look = { open: new Set<string>(), unrolled: new Set<string>() };

  it("prints equal instances in a row once, with how often, and no number is lost", () => {
    const c = twice(4);
    const l = layout(c, {}, look);
    expect(l.columns.map((s) => s.w > 0)).toEqual([true, false, false, false]);
    expect(l.items[0]).toMatchObject({ fullAngle: "2 gates, × 4", run: { rolled: true } });
    expect(l.items.map((p) => p.hidden === true)).toEqual([false, true, true, true]);
    expect(l.items.map((p) => p.col)).toEqual([0, 1, 2, 3]);
    expect(l.after(0)).toBe(4);
    expect(l.columns).not.toEqual(layout(c).columns); // without a look each stands for itself
    const each = layout(c, {}, { ...look, unrolled: new Set([c.ops[0]!.id]) });
    expect(each.columns.every((s) => s.w > 0)).toBe(true);
  });

  it("prints each where something else starts beside them", () => {
    const beside = apply(twice(3), { type: "addWire" });
    const c = apply(beside, { type: "insert", op: { gate: "h", qubits: [2] }, at: 0 });
    const more = apply(c, { type: "insert", op: { gate: "h", qubits: [2] }, at: 0 });
    expect(layout(more, {}, look).items.some((p) => p.run?.ids.length === 3)).toBe(false);
  });

  it("opens an instance in place: its gates lie within its outline, in their own columns", () => {
    const c = twice(1);
    const [p] = layout(c, {}, { ...look, open: new Set([c.ops[0]!.id]) }).items;
    expect(p!.kind).toBe("open");
    expect(p!.inner!.map((one) => one.kind)).toEqual(["box", "target"]);
    expect(p!.inner!.every((one) => inside(one, p!))).toBe(true);
    expect(p!.inner![0]!.x).toBeLessThan(p!.inner![1]!.x);
    expect(p!.name!.text).toBe("ring  open, 2 gates");
  });
});
