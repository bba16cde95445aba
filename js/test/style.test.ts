// A view's style sheet reaches its own view only: widgets of several kinds share one page.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOTS = {
  designer: /\.ql-(ds|document)/,
  data: /\.ql-data/,
  panel: /\.ql-panel/,
  lab: /\.ql-lab(root|-)/,
};

/** The selectors of a sheet, each alternative on its own; at-rules and the steps of keyframes are left out. */
function selectors(css: string): string[] {
  const plain = css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/@keyframes[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "");
  const heads = [...plain.matchAll(/([^{};]+)\{/g)]
    .map((m) => m[1]!.trim())
    .filter((s) => !s.startsWith("@"));
  return heads.flatMap((head) => head.split(/,(?![^(]*\))/)).map((s) => s.trim());
}

describe("style sheets", () => {
  for (const [view, root] of Object.entries(ROOTS)) {
    it(`${view}.css touches nothing outside its root`, () => {
      const all = selectors(readFileSync(join(import.meta.dirname, "..", "style", `${view}.css`), "utf8"));
      expect(all.length).toBeGreaterThan(10);
      expect(all.filter((s) => !root.test(s))).toEqual([]);
    });
  }

  it("notices a rule that reaches out", () => {
    expect(selectors(".a, .b:is(.c, .d) { } @media x { .e { } } @keyframes k { 50% { } }")).toEqual([
      ".a",
      ".b:is(.c, .d)",
      ".e",
    ]);
  });
});
