import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { altText } from "../../src/core/alttext";
import { apply } from "../../src/core/edit";
import { toSvg } from "../../src/core/exportsvg";
import { layout } from "../../src/core/layout";
import { toQiskit } from "../../src/core/qasm";
import { toQuantikz } from "../../src/core/quantikz";
import { fileName } from "../../src/view/exportmenu";
import { anyCircuit, circuit, gate } from "./helpers";

const c = circuit(
  3,
  gate("ry", 0, "w[0]*x[1]/2"),
  gate("cx", [0, 2]),
  gate("z", 1, [], { controls: [2], anticontrols: [0] }),
  gate("rzz", [2, 1], "pi/4"),
  gate("swap", [0, 2]),
  gate("measure", 1),
  gate("h", 0, [], { condition: { clbits: [0], value: 1 } }),
  gate("barrier", [0, 1]),
  gate("reset", 2),
);
/** Elements of a strict XML document; throws where it isn't one. */
function elements(text: string): Map<string, number> {
  const open: string[] = [];
  const seen = new Map<string, number>();
  const rest = text.replace(
    /<(\/?)([A-Za-z]+)((?: [A-Za-z][\w-]*="[^"<]*")*)(\/?)>/g,
    (_, end, name, __, alone) => {
      if (end) expect(open.pop()).toBe(name);
      else {
        seen.set(name, (seen.get(name) ?? 0) + 1);
        if (!alone) open.push(name);
      }
      return "";
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  return seen;
}

describe("SVG", () => {
  it("is a document of its own, with every gate and its words", () => {
    const { text, width, height } = toSvg(c);
    expect(elements(text).get("g")).toBe(c.ops.length);
    expect(text).toContain("w[0]*x[1]/2");
    expect(text).toContain("<desc>Quantum circuit circuit: 3 wires");
    expect(text).not.toMatch(/var\(|href|https?:(?!\/\/www\.w3\.org)/);
    const l = layout(c);
    expect(width).toBeGreaterThan(l.columns.at(-1)!.x + l.columns.at(-1)!.w);
    expect(height).toBeGreaterThan(l.cwire! - l.metrics.ruler);
    expect(toSvg(c, "dark").text).toContain("#15181c");
  });

  it("holds whatever a name may be as text", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
      .map((t) => t.replace(/\p{C}/gu, "-"));
    const nasty = fc.constantFrom(`<script>alert(1)</script>`, `"><img onerror=x>`, `]]>&lt;'`, `</text>`);
    fc.assert(
      fc.property(fc.oneof(name, nasty), anyCircuit(3, 6), (title, d) => {
        const svg = toSvg({
          ...d,
          name: title,
          qubits: d.qubits.map((_, i) => `${title.slice(0, 40)}${i}`),
        }).text;
        elements(svg);
        expect(svg).not.toMatch(/<(script|img)/);
      }),
      { numRuns: 150 },
    );
  });
});

/** Whether something stands at a cell: of its own, or the lower part of a tall box. */
function reached(table: readonly string[][], row: number, col: number): boolean {
  if (table[row]![col]!.trim() !== "") return true;
  return table.slice(0, row).some((cells, up) => {
    const tall = /\\gate\[(\d+)\]/.exec(cells[col]!);
    return tall !== null && up + Number(tall[1]) > row;
  });
}

describe("LaTeX", () => {
  it("has a cell of each row for each column", () => {
    fc.assert(
      fc.property(anyCircuit(4, 10), (d) => {
        const rows = toQuantikz(d).split("\n").slice(2, -2);
        expect(rows).toHaveLength(d.qubits.length + (d.clbits.length > 0 ? 1 : 0));
        const cells = rows.map((row) => row.split(/(?<!\\)&/).length);
        expect(new Set(cells).size).toBe(1);
        expect(cells[0]).toBe(layout(d).columns.length + 2);
        expect(
          toQuantikz(d)
            .replace(/\\[{}]/g, "")
            .match(/\{/g)!.length,
        ).toBe(
          toQuantikz(d)
            .replace(/\\[{}]/g, "")
            .match(/\}/g)!.length,
        );
      }),
      { numRuns: 200 },
    );
  });

  it("says controls, links, measurements and conditions", () => {
    const text = toQuantikz(c);
    expect(text).toContain("[wire types={q,q,q,c}]");
    expect(text).toContain("\\gate{R_y(w_{0}\\,x_{1}/2)}");
    expect(text).toContain("\\control{} \\wire[d][2]{q}");
    expect(text).toContain("\\gate[2]{R_{zz}(\\pi/4)_{10}}");
    expect(text).toContain("\\meter{} \\wire[d][2]{c}");
    expect(text).toContain("\\text{if c0=1}");
    expect(toQuantikz({ ...c, qubits: ["a_b", "50%", "x{y}"] })).toContain("\\lstick{a\\_b}");
  });

  it("names Greek letters, keeps accents, and gives old TeX the code of what it can't set", () => {
    const text = toQuantikz({ ...circuit(3), qubits: ["Φ_θ", "größe", "😀|"] });
    expect(text).toContain("\\lstick{\\ensuremath{\\Phi}\\_\\ensuremath{\\theta}}");
    expect(text).toContain("\\lstick{größe}");
    expect(text).toContain("\\lstick{\\ifdefined\\Umathchar 😀\\else U+1F600\\fi{}\\ensuremath{|}}");
  });

  it("links end at a wire of the same column, on a part of the same gate", () => {
    fc.assert(
      fc.property(anyCircuit(5, 12), (d) => {
        const table = toQuantikz(d)
          .split("\n")
          .slice(2, -2)
          .map((row) => row.replace(/\\\\$/, "").split(/(?<!\\)&/));
        for (const [at, row] of table.entries())
          for (const [col, cell] of row.entries()) {
            const link = /\\wire\[d\]\[(\d+)\]\{([qc])\}/.exec(cell);
            const tall = /\\gate\[(\d+)\]/.exec(cell);
            if (tall) expect(at + Number(tall[1])).toBeLessThanOrEqual(d.qubits.length);
            if (!link) continue;
            const end = at + Number(link[1]);
            if (link[2] === "c") expect(end).toBe(d.qubits.length);
            else {
              const inside = tall !== null && end < at + Number(tall[1]);
              expect(end).toBeLessThan(d.qubits.length);
              if (!inside) expect(reached(table, end, col), table.map((r) => r[col]).join("|")).toBe(true);
            }
          }
      }),
      { numRuns: 200 },
    );
  });
});

describe("alt text", () => {
  it("tells wires, figures and each gate by column", () => {
    expect(altText(circuit(2, gate("h", 0), gate("cx", [0, 1]), gate("ry", 1, "x[0]")))).toBe(
      "Quantum circuit circuit: 2 wires, 3 gates, depth 3, 1 input. Column 0: H on q0. " +
        "Column 1: X on q1 controlled by q0. Column 2: RY x[0] on q1.",
    );
    expect(altText(c)).toContain("Measure on q1 into c0");
    expect(altText(c)).toContain("Z on q1 controlled by q2 where q0 is 0");
    expect(altText(c)).toContain("H on q0 if c0 is 1");
  });
});

it("names files so that any system takes them", () => {
  expect(fileName("re/upload: 5?", "svg")).toBe("re_upload_ 5_.svg");
  expect(fileName("..", "qasm")).toBe("circuit.qasm");
  expect(fileName("größe", "png")).toBe("größe.png");
});

it("gives Qiskit a block's gates and a matrix", () => {
  const two = circuit(2, gate("h", 0), gate("cx", [0, 1]));
  const grouped = apply(two, { type: "group", ids: two.ops.map((o) => o.id), name: "bell" });
  const { text, lines } = toQiskit(grouped);
  expect(text).toContain("qc.h(0)\nqc.cx(0, 1)");
  expect(lines.filter((id) => id === grouped.ops[0]!.id)).toHaveLength(2);
});
