/**
 * Undo as a list of canonical texts, without end: of each step only what it changed in the text is kept. A History is a
 * value: every function returns a new one, or the same if nothing changed.
 */

/** One step: from `at` on, `before` became `after`. */
interface Change {
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

/** A stack that shares its rest with all that were made of it. */
interface Steps {
  readonly change: Change;
  readonly rest: Steps | undefined;
}

export interface History {
  readonly text: string;
  readonly past: Steps | undefined;
  readonly future: Steps | undefined;
  /** The gesture the last step belongs to: a further push with this key replaces it. */
  readonly key?: string | undefined;
}

export const create = (text: string): History => ({ text, past: undefined, future: undefined });
export const current = (h: History): string => h.text;
export const canUndo = (h: History): boolean => h.past !== undefined;
export const canRedo = (h: History): boolean => h.future !== undefined;

/** Add a step. An equal text adds nothing; the same `mergeKey` as the last step replaces it (one drag, one typing burst). */
export function push(h: History, text: string, mergeKey?: string): History {
  if (text === h.text) return h;
  const merged = mergeKey !== undefined && mergeKey === h.key && h.past ? h.past : undefined;
  const from = merged ? back(h.text, merged.change) : h.text;
  const past = merged ? merged.rest : h.past;
  // A gesture that returns to where it began leaves no step behind.
  if (from === text) return { text, past, future: undefined };
  return { text, past: { change: change(from, text), rest: past }, future: undefined, key: mergeKey };
}

export function undo(h: History): History {
  if (!h.past) return h;
  const { change, rest } = h.past;
  return { text: back(h.text, change), past: rest, future: { change, rest: h.future } };
}

export function redo(h: History): History {
  if (!h.future) return h;
  const { change, rest } = h.future;
  const { at, before, after } = change;
  const text = h.text.slice(0, at) + after + h.text.slice(at + before.length);
  return { text, past: { change, rest: h.past }, future: rest };
}

const back = (text: string, { at, before, after }: Change): string =>
  text.slice(0, at) + before + text.slice(at + after.length);

/** What differs between the longest equal beginning and the longest equal end. */
function change(from: string, to: string): Change {
  const most = Math.min(from.length, to.length);
  let at = 0;
  while (at < most && from.charCodeAt(at) === to.charCodeAt(at)) at += 1;
  let end = 0;
  while (end < most - at && from.charCodeAt(from.length - 1 - end) === to.charCodeAt(to.length - 1 - end))
    end += 1;
  return { at, before: own(from.slice(at, from.length - end)), after: own(to.slice(at, to.length - end)) };
}

/** A copy: a piece of a text keeps the whole of it in memory. */
const own = (piece: string): string => ` ${piece}`.slice(1);
