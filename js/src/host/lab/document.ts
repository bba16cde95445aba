// A `.qlab.json` file opens in the designer as a JupyterLab document, without a kernel. Must not parse circuits itself.

import sheet from "qlab:designer.css";
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from "@jupyterlab/docregistry";
import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { Widget } from "@lumino/widgets";
import { empty } from "../../core/circuit";
import { print } from "../../core/text";
import { designer } from "../../view/designer";
import type { DesignerHandle } from "../../view/handle";
import { offeredPlotly } from "../../view/plotly";
import { CARD_SERVICES, offer, type Services } from "./cards";
import { circuitIcon } from "./icons";
import { documentStore, qasmStore } from "./store";

const FACTORY = "qlab circuit";
const FILE_TYPE = "qlab-circuit";
const QASM_TYPE = "qlab-openqasm";

/** The designer filling a document area. */
class DesignerWidget extends Widget {
  private readonly _life = new AbortController();
  private _designer: DesignerHandle | undefined;
  /** Chosen before there was anything to focus. */
  private _early = false;

  constructor(private readonly _context: DocumentRegistry.Context) {
    super();
    this.addClass("ql-document");
    this._life.signal.addEventListener("abort", () => this.node.replaceChildren());
    void this._context.ready.then(() => {
      if (this.isDisposed) return;
      const options = { document: true, plotly: offeredPlotly };
      this._designer = designer(this.node, storeOf(this._context), options, this._life.signal);
      if (this._early) this._designer.focus();
    });
  }

  /** The keys belong to the drawing of the document that has been chosen. */
  protected override onActivateRequest(): void {
    this._early = true;
    const { activeElement } = document;
    if (activeElement === this.node || !this.node.contains(activeElement)) this._designer?.focus();
  }

  override dispose(): void {
    this._life.abort();
    super.dispose();
  }
}

const storeOf = (context: DocumentRegistry.Context) =>
  /\.qasm$/i.test(context.path) ? qasmStore(context.model) : documentStore(context.model);

class CircuitFactory extends ABCWidgetFactory<DocumentWidget<DesignerWidget>> {
  protected createNewWidget(context: DocumentRegistry.Context): DocumentWidget<DesignerWidget> {
    const widget = new DocumentWidget({ content: new DesignerWidget(context), context });
    widget.title.icon = circuitIcon;
    widget.toolbar.hide(); // the designer has its own
    return widget;
  }
}

export const circuitDocument: JupyterFrontEndPlugin<void> = {
  id: "qlab:circuit-document",
  description: "Opens .qlab.json and .qasm files in the circuit designer and adds the Quantum circuit card.",
  autoStart: true,
  optional: CARD_SERVICES,
  activate: async (app: JupyterFrontEnd, ...services: Services) => {
    const style = document.createElement("style");
    style.textContent = sheet;
    document.head.append(style);
    app.docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: "Quantum circuit",
      extensions: [".qlab.json"],
      mimeTypes: ["application/vnd.qlab.circuit+json"],
      fileFormat: "text",
      contentType: "file",
      icon: circuitIcon,
    });
    app.docRegistry.addFileType({
      name: QASM_TYPE,
      displayName: "OpenQASM",
      extensions: [".qasm"],
      mimeTypes: ["text/x-qasm"],
      fileFormat: "text",
      contentType: "file",
      icon: circuitIcon,
    });
    const factory = new CircuitFactory({
      name: FACTORY,
      modelName: "text",
      fileTypes: [FILE_TYPE, QASM_TYPE],
      defaultFor: [FILE_TYPE, QASM_TYPE],
    });
    // ABCWidgetFactory's own types are not written for exactOptionalPropertyTypes
    app.docRegistry.addWidgetFactory(factory as DocumentRegistry.WidgetFactory);
    await offer(app, services, {
      command: "qlab:new-circuit",
      label: "Quantum circuit",
      inPalette: "New quantum circuit",
      caption: "Draw a circuit in a .qlab.json file",
      icon: circuitIcon,
      rank: 2,
      execute: async (cwd) => newCircuit(app, cwd, await wiresWanted(services[2])),
    });
  },
};

async function wiresWanted(settings: ISettingRegistry | null): Promise<number> {
  const loaded = await settings?.load(circuitDocument.id).catch(() => null);
  return Number(loaded?.get("newWires").composite ?? 4);
}

async function newCircuit(app: JupyterFrontEnd, cwd: string, wires: number): Promise<unknown> {
  const model = await app.serviceManager.contents.newUntitled({ path: cwd, type: "file", ext: ".qlab.json" });
  await app.serviceManager.contents.save(model.path, {
    type: "file",
    format: "text",
    content: print(empty(wires)),
  });
  return app.commands.execute("docmanager:open", { path: model.path, factory: FACTORY });
}
