/** A Store in a variable, circuits written short, and a page to mount a view in, for the tests of the view. */
import { type Circuit, displayName, empty } from "../../src/core/circuit";
import { apply } from "../../src/core/edit";
import { parseExpr, printExpr } from "../../src/core/expr";
import { parse, print } from "../../src/core/text";
import { type DesignerOptions, designer } from "../../src/view/designer";
import { Session } from "../../src/view/session";
import type { Store, StoreError } from "../../src/view/store";
import { page } from "../page";

export interface FakeStore extends Store {
  readonly texts: string[];
  /** What the host does: another text, a refusal. */
  put(text: string, error?: StoreError): void;
  lock?: string;
}

export function fakeStore(text: string): FakeStore {
  const listeners = new Set<() => void>();
  let error: StoreError | undefined;
  const store: FakeStore = {
    texts: [],
    get: () => text,
    set(next) {
      text = next;
      store.texts.push(next);
      for (const listener of listeners) listener();
    },
    subscribe(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    put(next, fault) {
      text = next;
      error = fault;
      for (const listener of listeners) listener();
    },
    error: () => error,
    locked: () => store.lock,
  };
  return store;
}

/** `circuit(3, "ry 0 x[0]", "cx 0 1", "rzz 1 2 w[0]")`. */
export function circuit(n: number, ...ops: string[]): Circuit {
  return ops.reduce((c, line) => {
    const [gate = "", ...rest] = line.split(" ");
    const qubits = rest.filter((r) => /^\d+$/.test(r)).map(Number);
    const params = rest.filter((r) => !/^\d+$/.test(r)).map(parseExpr);
    return apply(c, { type: "insert", op: { gate, qubits, params }, at: c.ops.length });
  }, empty(n));
}

/** The operations as one reads them: "ry 0 x[0]", "cx 0 1". */
export const shown = (c: Circuit): string[] =>
  c.ops.map((op) =>
    [displayName(op), ...op.controls, ...op.anticontrols, ...op.qubits, ...op.params.map(printExpr)].join(
      " ",
    ),
  );

export function session(c: Circuit): { s: Session; store: FakeStore; end: AbortController } {
  const store = fakeStore(print(c));
  const end = new AbortController();
  return { s: new Session(store, end.signal), store, end };
}

export const read = (store: Store): string[] => shown(parse(store.get()));

/** The picture, and the frame after it, in which the text follows. */
export const frame = (): Promise<unknown> =>
  new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 40));

/** A fresh page for each test of the file that asks for it, with a designer as `mount` is told. */
export function designerPage() {
  const here = page();
  return Object.assign(here, {
    /** What the designer was mounted over last. */
    store: fakeStore(""),
    /** Mounts a designer over a circuit, or over another store, and waits for its picture. */
    async mount(over: Circuit | Store, options: DesignerOptions = {}): Promise<void> {
      const made = "ops" in over ? fakeStore(print(over)) : undefined;
      if (made) this.store = made;
      designer(here.root, made ?? (over as Store), options, here.end.signal);
      await frame();
    },
  });
}
