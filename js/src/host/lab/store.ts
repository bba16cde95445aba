// The designer's Store over a document's text: the canonical text as it is, or OpenQASM read and written on the way.
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import { CircuitError } from "../../core/errors";
import { toQasm2, toQasm3 } from "../../core/qasm";
import { readQasm } from "../../core/qasmread";
import { parse, print } from "../../core/text";
import type { Store, StoreError } from "../../view/store";

type Model = Pick<DocumentRegistry.IModel, "toString" | "fromString" | "dirty" | "contentChanged">;

/** A Store whose text is the document's: an edit marks the file dirty, a change from disk redraws. */
export function documentStore(model: Model): Store {
  return {
    get: () => model.toString(),
    set: (text) => put(model, text),
    subscribe: (callback) => follow(model, callback),
  };
}

function put(model: Model, text: string): void {
  if (text === model.toString()) return;
  model.fromString(text);
  model.dirty = true; // the text model marks only its own editor's changes
}

function follow(model: Model, callback: () => void): () => void {
  const listener = (): void => callback();
  model.contentChanged.connect(listener);
  return () => {
    model.contentChanged.disconnect(listener);
  };
}

/** The same for a .qasm file. A file of version 2 stays one as long as it can say the circuit. */
export function qasmStore(model: Model): Store {
  /** The last text read or written, and the circuit it is, with the ids that the designer knows. */
  let last = { qasm: "", canonical: "" };
  let refused: StoreError | undefined;
  const written = (text: string): string => {
    const circuit = parse(text);
    const old = /^\s*(?:\/\/[^\n]*\n\s*)*OPENQASM\s+2/.test(model.toString());
    try {
      if (old) return toQasm2(circuit).text;
    } catch (error) {
      if (!(error instanceof CircuitError)) throw error; // version 2 has no word for it
    }
    return toQasm3(circuit).text;
  };
  return {
    get() {
      const qasm = model.toString();
      if (qasm === last.qasm && last.canonical !== "") return last.canonical;
      try {
        last = { qasm, canonical: print(readQasm(qasm).circuit) };
        return last.canonical;
      } catch (error) {
        if (!(error instanceof CircuitError)) throw error;
        return qasm; // the designer says what is wrong with it, by `parse`
      }
    },
    set(text) {
      try {
        const qasm = written(text);
        refused = undefined;
        last = { qasm, canonical: text };
        put(model, qasm);
      } catch (error) {
        if (!(error instanceof CircuitError)) throw error;
        refused = { message: error.message, where: error.where, cure: error.cure };
      }
    },
    error: () => refused,
    parse: (text) => readQasm(text).circuit,
    subscribe: (callback) => follow(model, callback),
  };
}
