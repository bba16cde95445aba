// The *Circuit* sidebar: palette and statistics of the designer in hand, and the cell that loads its circuit. Knows where
// a circuit lies (a file, a notebook), not what it is.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ILayoutRestorer } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import { Widget } from "@lumino/widgets";
import { type CircuitSide, type CircuitSideHost, circuitSide } from "../../view/circuitside";
import { type DesignerHandle, followDesigners } from "../../view/handle";
import { circuitIcon } from "./icons";
import { newNotebook, notebooks, runBelow, runHere } from "./notebooks";
import { addSidebar } from "./sidebar";

interface FileWidget {
  readonly node: HTMLElement;
  readonly context: DocumentRegistry.Context;
}

/** The open file whose view this is. */
function fileOf(app: JupyterFrontEnd, handle: DesignerHandle): FileWidget | undefined {
  for (const widget of app.shell.widgets("main"))
    if ("context" in widget && widget.node.contains(handle.root)) return widget as unknown as FileWidget;
  return undefined;
}

const isFile = (path: string): boolean => /\.(qasm|qlab\.json)$/i.test(path);
const folder = (path: string): string => path.split("/").slice(0, -1).join("/");

/** One path of the server's as seen from a folder. */
export function relative(path: string, from: string): string {
  const [to, base] = [path.split("/"), from.split("/").filter(Boolean)];
  let same = 0;
  while (same < base.length && same < to.length - 1 && base[same] === to[same]) same += 1;
  return [...base.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}

/** Python that reads the file, or that holds the text where there is none. */
export function loading(source: { path: string } | { text: string }): string {
  if ("text" in source) {
    const text = source.text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"').trimEnd();
    return `import qlab\n\ncircuit = qlab.Circuit.from_text("""${text}""")\ncircuit`;
  }
  const name = JSON.stringify(source.path);
  const read = `Path(${name}).read_text(encoding="utf-8")`;
  const call = /\.qasm$/i.test(source.path) ? `from_qasm(${read}, file=${name})` : `from_text(${read})`;
  return `from pathlib import Path\n\nimport qlab\n\ncircuit = qlab.Circuit.${call}\ncircuit`;
}

async function insert(app: JupyterFrontEnd, handle: DesignerHandle): Promise<string> {
  const file = fileOf(app, handle);
  const path = file?.context.path ?? "";
  if (!file || !isFile(path)) {
    const own = [...notebooks(app)].find((nb) => nb.node.contains(handle.root));
    if (!own) throw new Error("The designer is in no notebook.");
    await runBelow(app, own, loading({ text: handle.text() }), handle.root);
    return "Inserted under the designer.";
  }
  if (file.context.model.dirty) {
    await file.context.save();
    await file.context.createCheckpoint();
  }
  const open = notebooks(app).next().value;
  const target = open ?? (await newNotebook(app, folder(path)));
  const code = loading({ path: relative(path, folder(target.context.path)) });
  await (open ? runBelow(app, target, code) : runHere(app, target, code));
  return `Inserted into ${target.context.path}.`;
}

/** Built when it is first shown; until then it only notes which designer is in hand. */
class Sidebar extends Widget {
  private readonly _life = new AbortController();
  private _view: CircuitSide | undefined;
  private _last: DesignerHandle | undefined;

  constructor(private readonly _host: CircuitSideHost) {
    super();
    this.id = "qlab-circuit";
    this.title.icon = circuitIcon;
    this.title.caption = "qlab circuit";
    this.addClass("ql-ds-side");
    followDesigners((handle) => {
      this._last = handle;
      this._view?.show(handle);
    }, this._life.signal);
  }

  protected override onBeforeShow(): void {
    if (this._view) return;
    const root = document.createElement("div");
    this.node.append(root);
    this._view = circuitSide(root, this._host, this._life.signal);
    if (this._last) this._view.show(this._last);
  }

  override dispose(): void {
    this._life.abort();
    super.dispose();
  }
}

export const circuitSidebar: JupyterFrontEndPlugin<void> = {
  id: "qlab:circuit",
  description:
    "Adds the Circuit sidebar: palette and statistics of the circuit in hand, a cell that loads it.",
  autoStart: true,
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (app: JupyterFrontEnd, commands: ICommandPalette | null, restorer: ILayoutRestorer | null) => {
    const sidebar = new Sidebar({
      about: (handle) => fileOf(app, handle)?.context.path ?? "in no file",
      insert: (handle) => insert(app, handle),
      create: () => void app.commands.execute("qlab:new-circuit"),
    });
    const place = { rank: 601, command: "qlab:show-circuit", label: "Show qlab circuit palette" };
    addSidebar(app, sidebar, place, commands, restorer);
  },
};
