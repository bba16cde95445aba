// Launcher card and palette command "qlab Lab": a new notebook whose first cell opens the Lab, already run.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { CARD_SERVICES, offer, type Services } from "./cards";
import { labIcon } from "./icons";
import { type NotebookPanel, newNotebook, runHere } from "./notebooks";

const FIRST_CELL = "import qlab\n\nqlab.Lab()";

async function openLab(app: JupyterFrontEnd, cwd: string): Promise<NotebookPanel> {
  const panel = await newNotebook(app, cwd);
  await runHere(app, panel, FIRST_CELL);
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
