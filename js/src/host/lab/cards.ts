// One command of qlab, offered in the palette and, unless the user declines, as a launcher card. Knows no command itself.
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { ILauncher } from "@jupyterlab/launcher";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import type { LabIcon } from "@jupyterlab/ui-components";

/** The services a plugin with a card asks for, all optional, in the order of `offer`. */
export const CARD_SERVICES = [ILauncher, ICommandPalette, ISettingRegistry];
export type Services = [ILauncher | null, ICommandPalette | null, ISettingRegistry | null];

export interface Offer {
  readonly command: string;
  /** On the card; `inPalette` stands in the palette, where there is no picture to explain it. */
  readonly label: string;
  readonly inPalette: string;
  readonly caption: string;
  readonly icon: LabIcon;
  readonly rank: number;
  execute(cwd: string): Promise<unknown>;
}

/** Adds the command, its palette entry and its card. */
export async function offer(app: JupyterFrontEnd, services: Services, what: Offer): Promise<void> {
  const [cards, palette, settings] = services;
  const { command, rank } = what;
  app.commands.addCommand(command, {
    label: (args) => (args.isPalette ? what.inPalette : what.label),
    caption: what.caption,
    icon: what.icon,
    execute: (args) => what.execute(String(args.cwd ?? "")),
  });
  palette?.addItem({ command, category: "qlab", args: { isPalette: true } });
  const wanted = (await settings?.load("qlab:launcher").catch(() => null))?.get("showCards").composite;
  if (wanted !== false) cards?.add({ command, category: "qlab", rank });
}
