// Launcher card and palette command "qlab Lab": a new notebook whose first cell opens the Lab, already run.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { CARD_SERVICES, offer, type Services } from "./cards";
import { labIcon } from "./icons";

// What is used of @jupyterlab/notebook's NotebookPanel, so that its sources are not a build dependency.
interface NotebookPanel {
  revealed: Promise<void>;
  context: { ready: Promise<void> };
  sessionContext: { ready: Promise<void> };
  content: { activeCell: { model: { sharedModel: { setSource(text: string): void } } } | null };
}

const FIRST_CELL = "import qlab\n\nqlab.Lab()";

async function openLab(app: JupyterFrontEnd, cwd: string): Promise<NotebookPanel> {
  const panel = (await app.commands.execute("notebook:create-new", {
    cwd,
    kernelName: "python3",
  })) as NotebookPanel;
  await panel.revealed;
  await panel.context.ready;
  await panel.sessionContext.ready;
  panel.content.activeCell?.model.sharedModel.setSource(FIRST_CELL);
  await app.commands.execute("notebook:run-cell");
  return panel;
}

export const launcher: JupyterFrontEndPlugin<void> = {
  id: "qlab:launcher",
  description: "Adds the qlab Lab card and its palette command.",
  autoStart: true,
  optional: CARD_SERVICES,
  activate: (app: JupyterFrontEnd, ...services: Services) =>
    offer(app, services, {
      command: "qlab:open-lab",
      label: "qlab Lab",
      inPalette: "Open qlab Lab in a new notebook",
      caption: "Data, circuit and training in one widget, in a new notebook",
      icon: labIcon,
      rank: 1,
      execute: (cwd) => openLab(app, cwd),
    }),
};
