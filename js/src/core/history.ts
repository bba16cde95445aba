/** Undo as a list of canonical texts. A History is a value: every function returns a new one, or the same if nothing changed. */

export interface History {
  readonly texts: readonly string[];
  readonly at: number;
  /** The gesture the last entry belongs to: a further push with this key replaces it. */
  readonly key?: string | undefined;
}

const LIMIT = 500;

export const create = (text: string): History => ({ texts: [text], at: 0 });
export const current = (h: History): string => h.texts[h.at]!;
export const canUndo = (h: History): boolean => h.at > 0;
export const canRedo = (h: History): boolean => h.at < h.texts.length - 1;

/** Add a step. An equal text adds nothing; the same `mergeKey` as the last step replaces it (one drag, one typing burst). */
export function push(h: History, text: string, mergeKey?: string): History {
  if (text === current(h)) return h;
  const merge = mergeKey !== undefined && mergeKey === h.key && h.at > 0;
  const kept = h.texts.slice(0, merge ? h.at : h.at + 1);
  // A gesture that returns to where it began leaves no step behind.
  if (merge && kept.at(-1) === text) return { texts: kept, at: kept.length - 1 };
  const texts = [...kept, text].slice(-LIMIT);
  return { texts, at: texts.length - 1, key: mergeKey };
}

export function undo(h: History): History {
  return canUndo(h) ? { texts: h.texts, at: h.at - 1 } : h;
}

export function redo(h: History): History {
  return canRedo(h) ? { texts: h.texts, at: h.at + 1 } : h;
}
