/** Names that look like a given one: the same choice as Python's difflib.get_close_matches, which qlab's errors use. */
import { ALIASES, GATES } from "./gates.gen";

/** Characters in common, by Ratcliff and Obershelp: the longest common run, then left and right of it. */
function common(a: string, b: string): number {
  let [at, from, size] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      let k = 0;
      while (i + k < a.length && j + k < b.length && a[i + k] === b[j + k]) k += 1;
      if (k > size) [at, from, size] = [i, j, k];
    }
  }
  if (size === 0) return 0;
  const left = common(a.slice(0, at), b.slice(0, from));
  return left + size + common(a.slice(at + size), b.slice(from + size));
}

/** At most three of `names` at least half like `word`, the most alike first. */
export function closeNames(word: string, names: readonly string[]): string[] {
  if (word.length > 64) return [];
  return names
    .map((name) => ({ name, score: (2 * common(name, word)) / (name.length + word.length) }))
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score || (a.name < b.name ? 1 : -1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** The cure for an unknown gate: the closest names, or where all are listed. */
export function gateCure(name: string): string {
  const close = closeNames(name.toLowerCase(), [...Object.keys(GATES), ...Object.keys(ALIASES)]);
  if (close.length === 0) return "see qlab.circuit.gates.GATES for the names";
  return `use ${close.map((c) => `"${c}"`).join(" or ")}`;
}
