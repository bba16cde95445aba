// The designer's Store over a document's text. Must not know the designer.
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { Store } from "../../view/store";

/** A Store whose text is the document's: an edit marks the file dirty, a change from disk redraws. */
export function documentStore(model: DocumentRegistry.IModel): Store {
  return {
    get: () => model.toString(),
    set: (text) => {
      if (text === model.toString()) return;
      model.fromString(text);
      model.dirty = true; // the text model marks only its own editor's changes
    },
    subscribe: (callback) => {
      const listener = (): void => callback();
      model.contentChanged.connect(listener);
      return () => {
        model.contentChanged.disconnect(listener);
      };
    },
  };
}
