import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CircuitError } from "../../src/core/errors";
import { parseJson } from "../../src/core/json";
import { parse, print } from "../../src/core/text";
import { anyCircuit, circuit, gate } from "./helpers";

function error(text: string): CircuitError {
  try {
    parse(text);
  } catch (e) {
    if (e instanceof CircuitError) return e;
    throw e;
  }
  throw new Error("the text parsed");
}
const wrap = (ops: string, more = ""): string =>
  `{\n"qlab": "circuit/1",\n"qubits": ["q0", "q1"],${more}\n"ops": [${ops}]\n}`;

describe("print", () => {
  it("is the text of the contract", () => {
    const c = {
      ...circuit(
        3,
        gate("ry", 0, "x[0]"),
        gate("cx", [0, 1]),
        gate("measure", 0),
        gate("z", 1, [], { controls: [0], anticontrols: [2], condition: { clbits: [0], value: 1 } }),
      ),
      name: "reupload",
      names: { "w[0]": "θ[0]" },
    };
    expect(print(c)).toBe(`{
"qlab": "circuit/1",
"name": "reupload",
"qubits": ["q0", "q1", "q2"],
"clbits": ["c0"],
"names": {"w[0]": "θ[0]"},
"ops": [
{"id": "g1", "gate": "ry", "qubits": [0], "params": ["x[0]"]},
{"id": "g2", "gate": "x", "qubits": [1], "controls": [0]},
{"id": "g3", "gate": "measure", "qubits": [0], "clbits": [0]},
{"id": "g4", "gate": "z", "qubits": [1], "controls": [0], "anticontrols": [2], "if": {"clbits": [0], "value": 1}}
]
}
`);
    expect(print(circuit(1))).toBe(
      '{\n"qlab": "circuit/1",\n"name": "circuit",\n"qubits": ["q0"],\n"ops": []\n}\n',
    );
  });

  it("is undone by parse, exactly", () => {
    fc.assert(
      fc.property(anyCircuit(6, 20), (c) => {
        expect(parse(print(c))).toEqual(c);
        expect(print(parse(print(c)))).toBe(print(c));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps any legal name", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), name, (qubits, title) => {
        const c = { name: title, qubits, clbits: [], names: {}, ops: [] };
        try {
          expect(parse(print(c))).toEqual(c);
        } catch (e) {
          expect(e).toBeInstanceOf(CircuitError);
          expect((e as CircuitError).message).toMatch(/not valid/);
        }
      }),
    );
  });
});

describe("parse", () => {
  it("brings hand-written text into normal form", () => {
    const text = `{"ops": [{"gate": "x", "id": "a", "controls": [2, 0], "qubits": [1.0], "params": []},
      {"id": "b", "gate": "ry", "qubits": [0], "params": [-0.5]}],
      "names": {"w[10]": "b", "w[2]": "w[2]", "x[3]": "c", "w[9]": "a"}, "qubits": ["a", "b", "c"], "qlab": "circuit/1"}`;
    expect(print(parse(text))).toBe(`{
"qlab": "circuit/1",
"name": "circuit",
"qubits": ["a", "b", "c"],
"names": {"x[3]": "c", "w[9]": "a", "w[10]": "b"},
"ops": [
{"id": "a", "gate": "x", "qubits": [1], "controls": [0, 2]},
{"id": "b", "gate": "ry", "qubits": [0], "params": ["-0.5"]}
]
}
`);
  });

  it.each([
    ["{", "line 1, column 2"],
    ['{\n"qlab": "circuit/1",\n"ops": [}', "line 3, column 9"],
    ['{\n"qlab": "circuit/1" "x": 1}', "line 2, column 21"],
    ['{"a": "b\nc"}', "line 1, column 9"],
    ['{"a": nul}', "line 1, column 7"],
    ["[1] x", "line 1, column 5"],
    ["", "line 1, column 1"],
    ['{"a": "\\q"}', "line 1, column 8"],
    ['{"a": 1, "a": 2}', "line 1, column 10"],
  ])("%j", (text, where) => {
    const e = error(text);
    expect(e.where).toBe(where);
    expect(`line ${e.line}, column ${e.column}`).toBe(where);
  });

  it.each([
    [wrap('{"id": "g1", "gate": "cx", "qubits": [0, 1]}'), "op g1, field gate", /normal form/],
    [wrap('{"id": "g1", "gate": "h", "qubits": [2]}'), "op g1, field qubits", /out of range/],
    [
      wrap('{"id": "g1", "gate": "ry", "qubits": [0], "params": ["2*"]}'),
      "op g1, field params[0], column 3",
      /expected after/,
    ],
    [
      wrap('{"id": "g1", "gate": "h", "qubits": [0]}, {"id": "g1", "gate": "h", "qubits": [0]}'),
      "op g1",
      /used twice/,
    ],
    [wrap('{"id": "g1", "gate": "h", "qubits": [0], "__proto__": 1}'), "op g1", /not a field/],
    [
      wrap('{"id": "g1", "gate": "x", "qubits": [0], "controls": [0]}'),
      "op g1, field controls",
      /used twice/,
    ],
    [wrap('{"id": "g1", "gate": "constructor", "qubits": [0]}'), "op g1, field gate", /unknown/],
    [
      wrap('{"id": "g1", "gate": "measure", "qubits": [0], "clbits": [0]}'),
      "op g1, field clbits",
      /out of range/,
    ],
    [wrap('{"id": "1", "gate": "h", "qubits": [0]}'), "op 1", /not valid/],
    [wrap("", '"names": {"__proto__": "a"},'), "field names", /not a symbol/],
    [wrap("", '"name": "a\\u0007",'), "field name", /not valid/],
    [wrap("", '"name": 3,'), "field name", /not valid/],
    [wrap("", '"clbits": ["q0"],'), "field clbits[0]", /two wires/],
    ["3", "line 1, column 1", /not a circuit/],
  ])("%s", (text, where, message) => {
    const e = error(text);
    expect(e.where).toBe(where);
    expect(e.message).toMatch(message);
    expect(e.cure).toBeTruthy();
  });

  it("throws nothing but CircuitError, wherever a text is cut, doubled or spoilt", () => {
    fc.assert(
      fc.property(
        anyCircuit(3, 4),
        fc.nat(2000),
        fc.nat(30),
        fc.constantFrom("", '"', "{", "]", ",", "1e999", "null", "\\"),
        (c, at, n, junk) => {
          const text = print(c);
          const k = at % text.length;
          try {
            parse(text.slice(0, k) + junk + text.slice(k + n));
          } catch (e) {
            expect(e).toBeInstanceOf(CircuitError);
            expect((e as CircuitError).where).toBeTruthy();
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("refuses more than a megabyte and deep nesting without reading on", () => {
    expect(error(`"${"é".repeat(500_001)}"`).message).toMatch(/over the limit of 1000000/);
    expect(error("[".repeat(100_000)).message).toMatch(/nests deeper/);
  });
});

it("the JSON reader agrees with JSON.parse", () => {
  const plain = (v: ReturnType<typeof parseJson>): unknown =>
    v instanceof Map
      ? Object.fromEntries([...v].map(([k, e]) => [k, plain(e)]))
      : Array.isArray(v)
        ? v.map(plain)
        : v;
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!text.includes("__proto__"));
      expect(plain(parseJson(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 1000 },
  );
});
