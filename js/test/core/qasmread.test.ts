import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gateCure } from "../../src/core/close";
import { CircuitError } from "../../src/core/errors";
import { toQasm3 } from "../../src/core/qasm";
import { type QasmError, readQasm } from "../../src/core/qasmread";
import { parse, print } from "../../src/core/text";
import { anyCircuit, vectors } from "./helpers";

interface Row {
  readonly name?: string;
  readonly text: string;
  readonly canonical?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message?: string;
}
const V = vectors<{
  good: Row[];
  bad: Row[];
  mutated: Row[];
  written: (Row & { qasm: string })[];
  unknown: { gate: string; cure: string }[];
}>("qasm");

/** Numbers as a person would compare them: Python's shortest digits are JavaScript's, so texts may be compared. */
function verdict(text: string): Partial<Row> {
  try {
    return { canonical: print(readQasm(text).circuit) };
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    return { line: error.line!, column: error.column!, message: error.message };
  }
}
const expected = ({ canonical, line, column, message }: Row): Partial<Row> =>
  canonical === undefined ? { line: line!, column: column!, message: message! } : { canonical };

describe("the OpenQASM reader, beside Python's", () => {
  it.each(V.good.map((row) => [row.name!, row] as const))("reads %s", (_, row) => {
    expect(verdict(row.text)).toEqual(expected(row));
  });

  it.each(V.bad.map((row) => [row.name!, row] as const))("refuses %s", (_, row) => {
    expect(verdict(row.text)).toEqual(expected(row));
    expect(() => readQasm(row.text)).toThrow(expect.objectContaining({ cure: expect.stringMatching(/./) }));
  });

  it("says the same of programs with a slip", () => {
    for (const row of V.mutated) expect(verdict(row.text), row.text).toEqual(expected(row));
  });
});

describe("an unknown gate", () => {
  it("is answered with the names closest to it, as Python does", () => {
    for (const { gate, cure } of V.unknown) expect(gateCure(gate), gate).toBe(cure);
  });
});

describe("what is printed", () => {
  it.each(V.written.map((row) => [row.name!, row] as const))("is Python's text: %s", (_, row) => {
    const c = parse(row.text);
    // The angles of a matrix written out end in other last digits; test/core/synth.test.ts compares the states.
    const digits = (text: string): string => text.replace(/-?\d+\.\d+(e-\d+)?/g, (n) => Number(n).toFixed(9));
    if (row.text.includes('"matrix"')) expect(digits(toQasm3(c).text)).toBe(digits(row.qasm));
    else expect(toQasm3(c).text).toBe(row.qasm);
  });

  it("comes back, names and all", () => {
    fc.assert(
      fc.property(anyCircuit(5, 12), fc.boolean(), (c, named) => {
        const given = named ? { ...c, name: "other", qubits: c.qubits.map((_, i) => `wire ${i}`) } : c;
        const back = readQasm(toQasm3(given).text).circuit;
        // U with anti-controls alone is three statements; 1/2 is written 1.0/2.0 and read so
        if (!given.ops.some((op) => op.gate === "u" && op.anticontrols.length > 0))
          expect(print(back)).toBe(print(given));
      }),
      { numRuns: 300 },
    );
  });

  it("says which statement each operation stands in", () => {
    const text = "qubit[2] q;\nh q;\n\ngate two a, b { cx a, b; cx b, a; }\ntwo q[0],\n  q[1];\n";
    const { circuit, offsets } = readQasm(text);
    expect(circuit.ops.map((op) => op.gate)).toEqual(["h", "h", "x", "x"]);
    expect(offsets.map((o) => text.slice(o, o + 3))).toEqual(["h q", "h q", "two", "two"]);
  });

  it("gives the offset of an error", () => {
    const text = "qubit q;\nrx(2*) q;";
    try {
      readQasm(text);
      expect.unreachable();
    } catch (error) {
      expect((error as QasmError).offset).toBe(text.indexOf(")"));
    }
  });
});

const doubling = `gate g0 q { x q; }${Array.from({ length: 40 }, (_, i) => `gate g${i + 1} q { g${i} q; g${i} q; }`).join("")}qubit q; g40 q;`;
const chain = Array.from({ length: 5000 }, (_, i) => `gate g${i + 1} q { g${i} q; }`).join("");
const HOSTILE: Record<string, string> = {
  "200k parentheses": `qubit q; rx(${"(".repeat(200_000)}1${")".repeat(200_000)}) q;`,
  "200k braces": `qubit q; ${"if (c) {".repeat(100_000)}`,
  "huge register": "qreg q[100000000];",
  "huge register in digits": `qubit[${"9".repeat(100_000)}] q;`,
  "many registers": "qubit[60] a;qubit[60] b;",
  doubling,
  "doubling of nothing": doubling.replace("x q;", ""),
  "chain of definitions": `gate g0 q { }${chain}qubit q;`,
  power: "qubit q; pow(1e9) @ x q;",
  "powers of powers": "gate a q { pow(1000) @ x q; } gate b q { pow(1000) @ a q; } qubit q; pow(1000) @ b q;",
  controls: "qubit q; ctrl(1000000000) @ x q;",
  range: "qubit[2] q; h q[0:1000000000000];",
  "if nested without braces": `qubit q; bit c; ${"if (c) ".repeat(100_000)}x q;`,
  "else nested": `qubit q; bit c; ${"if (c) x q; else ".repeat(50_000)}x q;`,
  "conditions nested": `qubit q; bit c; if (${"(".repeat(5000)}c${")".repeat(5000)}) x q;`,
  "many gates": `qubit q;${"h q;".repeat(10_001)}`,
  broadcast: `qubit[64] q;${"h q;".repeat(200)}`,
  "too long": `// ${"a".repeat(1_000_001)}`,
  "long sum": `qubit q; rx(${"1+".repeat(200_000)}1) q;`,
  "long product in a gate": `gate a(t) q { rx(t${"*t".repeat(100_000)}) q; } qubit q; a(2) q;`,
  "long inputs": `input float x_${"9".repeat(5000)}; qubit q; rx(x_${"9".repeat(5000)}+zz) q;`,
  "many inputs": Array.from({ length: 30_000 }, (_, i) => `input float a${i};`).join(""),
  "many arguments": `gate g ${Array.from({ length: 100_000 }, (_, i) => `a${i}`).join(",")} { nope a0; }`,
  "stray quotes": "'".repeat(100_001),
  "open comment": "/*".repeat(100_000),
  "open comment of a megabyte": `/* ${"a".repeat(900_000)}`,
  "text without end": `include "${"a".repeat(900_000)}`,
  digits: `qubit q; rx(${"1".repeat(900_000)}) q;`,
  modifiers: `qubit[2] q; ${"ctrl @ ".repeat(100_000)}x q;`,
  "inverses of squares": `qubit q; ${"pow(9) @ ".repeat(400)}x q;`,
  "minus signs": `qubit q; rx(${"-".repeat(500_000)}) q;`,
  prototype: "qubit q; __proto__ q;",
  constructor: "qubit q; rx(constructor) q;",
};

describe("hostile programs", () => {
  it.each(Object.entries(HOSTILE))("are refused with place and cure: %s", (_, text) => {
    try {
      readQasm(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CircuitError);
      expect((error as CircuitError).where).toBeTruthy();
      expect((error as CircuitError).cure).toBeTruthy();
      expect(String(error).length).toBeLessThan(600);
    }
  });

  it("says where a text that is too long passes the limit", () => {
    const at = (text: string): string | undefined => {
      try {
        readQasm(text);
      } catch (error) {
        return (error as CircuitError).where;
      }
    };
    expect(at(`qubit q;\n// é${"a".repeat(999_990)}`)).toBe("line 2, column 999991");
    expect(at("a\n".repeat(600_000))).toBe("line 500001, column 1");
  });

  it("is never a crash, whatever the characters", () => {
    const words = fc.constantFrom(
      ...'qubit q ; [ ] ( ) { } 0 1 3.5 pi x_0 input float gate bit c measure -> = if else == ctrl @ pow inv , h cx rx barrier reset * - + ** " 𝛉'.split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (list) => {
        try {
          readQasm(`qubit q; ${list.join(" ")}`);
        } catch (error) {
          expect(error).toBeInstanceOf(CircuitError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
