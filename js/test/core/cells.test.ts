import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Entry, furthest, identity, nearestUnitary, parseEntry, printEntry } from "../../src/core/cells";
import { CircuitError } from "../../src/core/errors";
import { checkMatrix, type Rows } from "../../src/core/unitary";

const S = Math.SQRT1_2;

describe("an entry of a matrix", () => {
  it("is a complex expression", () => {
    const cases: [string, number, number][] = [
      ["1/sqrt(2)", S, 0],
      ["exp(i*pi/4)", S, S],
      ["-i/sqrt(2)", 0, -S],
      ["0.5 + 0.5i", 0.5, 0.5],
      ["2j", 0, 2],
      ["(1+i)/2", 0.5, 0.5],
      ["(1+i)**2", 0, 2],
      ["i**-1", 0, -1],
      ["1/(1-i)", 0.5, 0.5],
      ["sqrt(-1)", 0, 1],
      ["sqrt(2i)", 1, 1],
      ["exp(-i*π)", -1, 0],
      ["cos(pi/8) - i*sin(pi/8)", Math.cos(Math.PI / 8), -Math.sin(Math.PI / 8)],
      ["log(-1)", 0, Math.PI],
      ["tan(0.3)", Math.tan(0.3), 0],
    ];
    for (const [text, re, im] of cases) {
      const found = parseEntry(text);
      expect([text, found[0]]).toEqual([text, expect.closeTo(re, 14)]);
      expect([text, found[1]]).toEqual([text, expect.closeTo(im, 14)]);
    }
  });

  it("that is none says what, where and the cure", () => {
    const cases: [string, RegExp, number, RegExp][] = [
      ["", /nothing is written/, 1, /write 0/],
      ["1/", /a value was expected after \//, 3, /i, or as 1\/sqrt/],
      ["w[0]", /w has no place in a matrix/, 1, /use numbers, i, pi/],
      ["1 + foo", /foo has no place/, 5, /use numbers/],
      ["1/0", /no finite value/, 1, /zero/],
      ["arcsin(2)", /no finite value/, 1, /functions/],
      ["2^3", /\^ is not a power/, 2, /\*\*/],
      ["(".repeat(150), /nested deeper than 20/, 21, /fewer/],
      ["1".repeat(201), /201 characters/, 1, /shorten/],
    ];
    for (const [text, message, column, cure] of cases) {
      try {
        parseEntry(text);
        expect.unreachable(text);
      } catch (error) {
        if (!(error instanceof CircuitError)) throw error;
        expect(error.message).toMatch(message);
        expect(error.cure).toMatch(cure);
        expect([text, error.column]).toEqual([text, column]);
      }
    }
  });

  it("reads again as it was printed", () => {
    const number = fc.oneof(
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.constantFrom(0, 1, -1, 0.5, S, -S, Math.sqrt(3) / 2, -1 / Math.sqrt(3)),
    );
    fc.assert(
      fc.property(number, number, (re, im) => {
        const back = parseEntry(printEntry([re, im]));
        expect(Math.abs(back[0] - re)).toBeLessThan(1e-15);
        expect(Math.abs(back[1] - im)).toBeLessThan(1e-15);
      }),
      { numRuns: 2000 },
    );
    expect(printEntry([S, -S])).toBe("1/sqrt(2)-i/sqrt(2)");
    expect(printEntry([0, 1])).toBe("i");
    expect(printEntry([0, -Math.sqrt(3) / 2])).toBe("-i*sqrt(3)/2");
  });
});

describe("the nearest unitary", () => {
  const anyRows = (n: number) => {
    const entry = fc.tuple(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    return fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: n, maxLength: n });
  };
  const distance = (a: Rows, b: Rows): number =>
    a.flat().reduce((sum, [re, im], k) => {
      const other = b.flat()[k]!;
      return sum + (re - other[0]) ** 2 + (im - other[1]) ** 2;
    }, 0);

  it("is unitary, and no small turn of it is nearer", () => {
    for (const n of [2, 4])
      fc.assert(
        fc.property(anyRows(n), fc.nat(n - 1), fc.constantFrom(-0.01, 0.01), (rows, wire, angle) => {
          const near = nearestUnitary(rows);
          if (!near) return;
          checkMatrix(near, "op g1, field matrix");
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          const phase = near.map((row, r) =>
            row.map(([re, im]): Entry => (r === wire ? [c * re - s * im, s * re + c * im] : [re, im])),
          );
          expect(distance(near, rows)).toBeLessThanOrEqual(distance(phase, rows) + 1e-9);
        }),
        { numRuns: 200 },
      );
  });

  it("of a unitary is itself, of digits that were cut off the unitary that was meant, and of a singular matrix nothing", () => {
    const cut = 0.7;
    const hadamard = [cut, -cut].map((v): Entry[] => [
      [cut, 0],
      [v, 0],
    ]);
    const near = nearestUnitary(hadamard)!;
    expect(near.flat().map(([re]) => Math.abs(re))).toEqual(Array(4).fill(expect.closeTo(S, 14)));
    expect(furthest(nearestUnitary(identity(4))!, identity(4))).toBe(0);
    expect(nearestUnitary([0, 1].map(() => [[1, 0] as Entry, [1, 0] as Entry]))).toBeUndefined();
  });
});
