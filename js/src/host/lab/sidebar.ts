// Puts a sidebar on the left, where JupyterLab restores it, with the command that shows it.

import type { ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette } from "@jupyterlab/apputils";
import type { Widget } from "@lumino/widgets";

export interface SidebarPlace {
  readonly rank: number;
  /** Id and words of the command. */
  readonly command: string;
  readonly label: string;
}

export function addSidebar(
  app: JupyterFrontEnd,
  sidebar: Widget,
  { rank, command, label }: SidebarPlace,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null,
): void {
  app.shell.add(sidebar, "left", { rank });
  restorer?.add(sidebar, sidebar.id);
  app.commands.addCommand(command, { label, execute: () => app.shell.activateById(sidebar.id) });
  palette?.addItem({ command, category: "qlab" });
}
