// The last state of a panel in the notebook: written into it while its widget lives, shown from it when the widget is gone.
// Knows no run: it moves what the kernel drew.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Widget } from "@lumino/widgets";
import type { Still } from "../../stream/still";
import { notebooks } from "./notebooks";

const VIEW = "application/vnd.jupyter.widget-view+json";
/** What JupyterLab's widget renderer leaves where it finds no widget, and the mark of our own pictures. */
const ORPHAN = ".jp-OutputArea-output.jupyter-widgets";
const OURS = "saved view";
const SETTLED = 250;

interface Output {
  readonly data: Readonly<Record<string, unknown>>;
  toJSON(): { data?: object; metadata?: object };
}
interface CodeCell {
  readonly node: HTMLElement;
  readonly model: {
    readonly outputs?: { readonly length: number; get(i: number): Output };
    readonly sharedModel: {
      updateOutputs?(start: number, end: number, outputs: object[], origin: unknown): void;
    };
  };
  readonly outputArea?: { readonly widgets: readonly Widget[] };
}
type Renderer = Widget & { renderModel(model: Output): Promise<void> };
interface Notebook {
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  readonly disposed: { connect(slot: () => void): void };
  readonly content: {
    readonly widgets: readonly CodeCell[];
    readonly rendermime: { createRenderer(mime: string): Renderer };
  };
}

const all = (app: JupyterFrontEnd): Notebook[] => [...notebooks(app)] as unknown as Notebook[];

/** Writes the picture into every output that shows the widget; false if there is none. */
function keep(app: JupyterFrontEnd, { model, data, metadata }: Still): boolean {
  let found = false;
  for (const notebook of all(app))
    for (const { model: cell } of notebook.content.widgets) {
      const { outputs, sharedModel } = cell;
      for (let i = 0; i < (outputs?.length ?? 0); i++) {
        const output = outputs?.get(i);
        const view = output?.data[VIEW] as { model_id?: string } | undefined;
        if (!output || view?.model_id !== model || !sharedModel.updateOutputs) continue;
        const old = output.toJSON();
        const fresh = { ...old, data: { ...old.data, ...data }, metadata: { ...old.metadata, ...metadata } };
        // "silent-change" is how JupyterLab itself writes what is on the screen already: nothing is drawn anew
        sharedModel.updateOutputs(i, i + 1, [fresh], "silent-change");
        found = true;
      }
    }
  return found;
}

/** Puts the picture in the place of "model not found". */
function restore(notebook: Notebook): void {
  if (notebook.isDisposed || !notebook.node.querySelector(ORPHAN)) return;
  for (const cell of notebook.content.widgets) {
    if (!cell.node.querySelector(ORPHAN)) continue;
    for (const [i, area] of (cell.outputArea?.widgets ?? []).entries()) {
      const orphan = area.node.querySelector<HTMLElement>(ORPHAN);
      const output = cell.model.outputs?.get(i);
      const html = output?.data["text/html"];
      if (!orphan || !output || !String(html ?? "").includes(OURS)) continue;
      orphan.classList.remove("jupyter-widgets");
      orphan.textContent = "";
      const renderer = notebook.content.rendermime.createRenderer("text/html");
      void renderer.renderModel(output);
      Widget.attach(renderer, orphan);
    }
  }
}

export const stills: JupyterFrontEndPlugin<void> = {
  id: "qlab:stills",
  description:
    "Keeps the last state of a training panel in its notebook, and shows it where there is no kernel.",
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    document.addEventListener("qlab:still", (event) => {
      if (keep(app, (event as CustomEvent<Still>).detail)) event.preventDefault();
    });
    const watched = new WeakSet<Notebook>();
    const watch = (notebook: Notebook): void => {
      if (watched.has(notebook)) return;
      watched.add(notebook);
      let timer = 0;
      // outputs come with the notebook, with a kernel that has forgotten them, and with scrolling
      const seen = new MutationObserver(() => {
        timer ||= window.setTimeout(() => {
          timer = 0;
          restore(notebook);
        }, SETTLED);
      });
      seen.observe(notebook.node, { childList: true, subtree: true });
      notebook.disposed.connect(() => {
        clearTimeout(timer);
        seen.disconnect();
      });
      restore(notebook);
    };
    const look = (): void => {
      for (const notebook of all(app)) watch(notebook);
    };
    const { shell } = app;
    void app.restored.then(() => {
      look();
      shell.currentChanged?.connect(look);
      (shell as unknown as { layoutModified?: { connect(slot: () => void): void } }).layoutModified?.connect(
        look,
      );
    });
  },
};
