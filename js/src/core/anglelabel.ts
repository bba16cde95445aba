/**
 * Angles as labels show them: numbers to six digits, or as the fraction of π that they are. For reading only; what is saved
 * and edited keeps every digit. The same as qlab/circuit/labels.py.
 */

// a number that is no part of a name and no index
const NUMBER = /(?<![\w.[])(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.\]])/g;
const DIGITS = 6;
const MOST = 64;
const PARTS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16];

/** The canonical text of an angle, made short. */
export const shortAngle = (text: string): string =>
  text.replace(NUMBER, (all: string, _literal: string, at: number) => {
    const digits = all.replace(/e.*/, "").replace(".", "").replace(/^0+/, "").replace(/0+$/, "");
    if (digits.length <= DIGITS) return all;
    const value = Number(all);
    const part = ofPi(value);
    if (part === undefined) return String(Number(value.toPrecision(DIGITS)));
    const bound = text[at - 1] === "/" || text.startsWith("**", at + all.length);
    return bound && part !== "pi" ? `(${part})` : part;
  });

/** "3*pi/4" where the value, above 0, is that to twelve digits. */
export function ofPi(value: number): string | undefined {
  for (const d of value < MOST * Math.PI ? PARTS : []) {
    const n = Math.round((value * d) / Math.PI);
    if (n < 1 || n > MOST || Math.abs(value - (n * Math.PI) / d) > 1e-12 * value) continue;
    return `${n === 1 ? "" : `${n}*`}pi${d === 1 ? "" : `/${d}`}`;
  }
  return undefined;
}
