/**
 * OpenQASM as it comes over the clipboard: a whole program, or some of its statements, whose registers and inputs are
 * then declared here as far as the statements show them. Reads with qasmread; a text it can't mend gets that one's error.
 */
import type { Circuit } from "./circuit";
import { CircuitError } from "./errors";
import { readQasm } from "./qasmread";

const DECLARED = /\b(?:qubit|qreg)\b/;
const INDEXED = /([\p{L}_][\p{L}\p{N}_]*)\s*\[\s*(\d{1,3})\s*\]/gu;
const BITS = [
  /->\s*([\p{L}_][\p{L}\p{N}_]*)/gu,
  /([\p{L}_][\p{L}\p{N}_]*)\s*(?:\[\s*\d+\s*\])?\s*=\s*measure\b/gu,
  /\bif\s*\(\s*!?\s*([\p{L}_][\p{L}\p{N}_]*)/gu,
];
const INPUT = /(?<![\p{L}\p{N}_])([xw]_\d{1,4})(?![\p{L}\p{N}_])/gu;

/** The circuit of a text that holds OpenQASM. */
export function readFragment(text: string): Circuit {
  if (DECLARED.test(text)) return readQasm(text).circuit;
  const sizes = new Map<string, number>();
  for (const [, name, index] of text.matchAll(INDEXED))
    sizes.set(name!, Math.max(sizes.get(name!) ?? 1, Number(index) + 1));
  const bits = new Set(BITS.flatMap((p) => [...text.matchAll(p)].map((m) => m[1]!)));
  const inputs = [...new Set([...text.matchAll(INPUT)].map((m) => m[1]!))].filter(
    (n) => !text.includes(`input float ${n}`),
  );
  const head = [
    ...inputs.map((name) => `input float ${name};`),
    ...[...sizes].map(([name, n]) => `${bits.has(name) ? "bit" : "qubit"}[${n}] ${name};`),
    ...[...bits].filter((b) => !sizes.has(b)).map((b) => `bit ${b};`),
  ];
  // blanks, so that places stay those of the text as it was pasted
  const blank = (found: string): string => found.replace(/[^\n]/g, " ");
  const body = text
    .replace(/^\s*OPENQASM[^;]*;/, blank)
    .replace(/\binclude\s*"(?:stdgates|qelib1)\.inc"\s*;/, blank);
  try {
    return readQasm(`${head.join(" ")}\n${body}`).circuit;
  } catch (error) {
    if (!(error instanceof CircuitError) || (error.line ?? 1) < 2) throw error;
    const { message, cure, column } = error;
    const line = error.line! - 1;
    throw new CircuitError(message, { line, column, cure, where: `line ${line}, column ${column}` });
  }
}
