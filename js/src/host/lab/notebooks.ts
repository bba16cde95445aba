// The notebooks open in JupyterLab, and new cells in them. What is used of their classes is written out here, so that
// @jupyterlab/notebook is no build dependency. Knows nothing of circuits and runs.
import type { JupyterFrontEnd } from "@jupyterlab/application";

export interface Comm {
  onMsg: (message: { content: { data: unknown } }) => void;
  onClose: () => void;
  open(): unknown;
  send(data: object): unknown;
  close(): unknown;
  readonly isDisposed: boolean;
}
export interface Kernel {
  readonly id: string;
  readonly status: string;
  readonly isDisposed: boolean;
  requestExecute(content: object): { done: Promise<{ content: { status: string; evalue?: string } }> };
  createComm(target: string): Comm;
}
export interface NotebookPanel {
  readonly id: string;
  readonly node: HTMLElement;
  readonly revealed: Promise<void>;
  readonly context: { readonly path: string; readonly ready: Promise<void> };
  readonly sessionContext: { session: { kernel: Kernel | null } | null; ready: Promise<void> };
  readonly content: {
    activeCellIndex: number;
    activeCell: { model: { sharedModel: { setSource(text: string): void } } } | null;
    widgets: { node: HTMLElement }[];
  };
}

export const isNotebook = (widget: unknown): widget is NotebookPanel =>
  typeof widget === "object" &&
  widget !== null &&
  "sessionContext" in widget &&
  Array.isArray((widget as NotebookPanel).content?.widgets);

/** The open notebooks, the current one first. */
export function* notebooks(app: JupyterFrontEnd): Generator<NotebookPanel> {
  const { currentWidget } = app.shell;
  if (isNotebook(currentWidget)) yield currentWidget;
  for (const widget of app.shell.widgets("main"))
    if (isNotebook(widget) && (widget as unknown) !== currentWidget) yield widget;
}

/** A new notebook in a folder, ready for its first cell. */
export async function newNotebook(app: JupyterFrontEnd, cwd: string): Promise<NotebookPanel> {
  const made = await app.commands.execute("notebook:create-new", { cwd, kernelName: "python3" });
  const panel = made as NotebookPanel;
  await panel.revealed;
  await panel.context.ready;
  await panel.sessionContext.ready;
  return panel;
}

/** Writes code into the active cell and runs it. */
export async function runHere(app: JupyterFrontEnd, panel: NotebookPanel, code: string): Promise<void> {
  panel.content.activeCell?.model.sharedModel.setSource(code);
  await app.commands.execute("notebook:run-cell");
}

/** Runs code in a new cell of a notebook: under the cell that holds `near`, else under the active one. */
export async function runBelow(
  app: JupyterFrontEnd,
  panel: NotebookPanel,
  code: string,
  near?: Node,
): Promise<void> {
  app.shell.activateById(panel.id);
  const at = panel.content.widgets.findIndex((cell) => near && cell.node.contains(near));
  if (at >= 0) panel.content.activeCellIndex = at;
  await app.commands.execute("notebook:insert-cell-below");
  await runHere(app, panel, code);
}
