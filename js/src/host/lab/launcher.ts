// Launcher card and palette command "qlab Lab": a new notebook whose first cell opens the Lab, already run.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { ILauncher } from "@jupyterlab/launcher";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { labIcon } from "./icons";

const OPEN_LAB = "qlab:open-lab";
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
  optional: [ILauncher, ICommandPalette, ISettingRegistry],
  activate: async (
    app: JupyterFrontEnd,
    cards: ILauncher | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
  ) => {
    app.commands.addCommand(OPEN_LAB, {
      label: (args) => (args["isPalette"] ? "Open qlab Lab in a new notebook" : "qlab Lab"),
      caption: "Data, circuit and training in one widget, in a new notebook",
      icon: labIcon,
      execute: (args) => openLab(app, String(args["cwd"] ?? "")),
    });
    palette?.addItem({ command: OPEN_LAB, category: "qlab", args: { isPalette: true } });
    if (await cardsWanted(settings)) cards?.add({ command: OPEN_LAB, category: "qlab", rank: 1 });
  },
};

/** Whether the user wants qlab's cards in the launcher; without a settings registry, yes. */
export async function cardsWanted(settings: ISettingRegistry | null): Promise<boolean> {
  if (!settings) return true;
  const loaded = await settings.load("qlab:launcher").catch(() => null);
  return loaded?.get("showCards").composite !== false;
}
