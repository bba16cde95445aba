// The *Runs* sidebar: stored runs through a comm to a kernel, and new cells that open their panels. Knows no run itself.

import sheet from "qlab:runs.css";
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ILayoutRestorer } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { Widget } from "@lumino/widgets";
import type { Link } from "../../stream/messages";
import { h } from "../../view/dom";
import { type RunsView, runs } from "../../view/runs";
import { runsIcon } from "./icons";
import { type Comm, type Kernel, type NotebookPanel, notebooks, runBelow } from "./notebooks";
import { addSidebar } from "./sidebar";

const SETUP = "from qlab.widgets.runstable import offer_sidebar as _offer\n_offer()\ndel _offer";
const TARGET = "qlab.runs";
const LOOK = 1500;

/** What opens the panel of a run, or of several over each other. */
function code(run: string, others: readonly string[], resume: boolean): string {
  const quoted = [run, ...others].map((id) => JSON.stringify(id)).join(", ");
  const call = resume
    ? `resume(${quoted})`
    : others.length > 0
      ? `compare([${quoted}])`
      : `open_run(${quoted})`;
  return `import qlab\n\nqlab.${call}.panel`;
}

class Sidebar extends Widget {
  private readonly _life = new AbortController();
  private readonly _listeners = new Set<(message: never, buffers: DataView[]) => void>();
  private readonly _view: RunsView;
  private _kernel: Kernel | null = null;
  private _comm: Comm | null = null;
  private _timer = 0;
  private _told = "";

  constructor(private readonly _app: JupyterFrontEnd) {
    super();
    this.id = "qlab-runs";
    this.title.icon = runsIcon;
    this.title.caption = "qlab runs";
    this.addClass("ql-runs-side");
    const root = h("div", { style: "height:100%" });
    this.node.append(root);
    const link: Link = {
      send: (message) => {
        if (!this._comm || this._comm.isDisposed) throw new Error("no comm");
        void this._comm.send(message);
      },
      onMessage: (callback) => {
        this._listeners.add(callback);
        return () => this._listeners.delete(callback);
      },
    };
    const host = {
      open: (ids: readonly string[]) => ids[0] !== undefined && this.open(ids[0], ids.slice(1), false),
      resume: (id: string) => this.open(id, [], true),
    };
    this._view = runs(root, link, host, this._life.signal);
    this._away();
  }

  /** Runs the code in a new cell under the active one of the notebook at hand, or of the one that holds `near`. */
  open(run: string, others: readonly string[], resume: boolean, near?: Node): boolean {
    const found = [...notebooks(this._app)].find((nb) => near && nb.node.contains(near)) ?? this._notebook();
    if (!found) return false;
    void runBelow(this._app, found, code(run, others, resume), near);
    return true;
  }

  protected override onAfterShow(): void {
    this._look();
    this._timer = window.setInterval(() => this._look(), LOOK);
    if (this._comm && !this._comm.isDisposed) this._view.refresh();
  }

  protected override onBeforeHide(): void {
    clearInterval(this._timer);
  }

  override dispose(): void {
    clearInterval(this._timer);
    this._comm?.close();
    this._life.abort();
    super.dispose();
  }

  /** The current notebook, else any that has a kernel. */
  private _notebook(): NotebookPanel | undefined {
    const all = [...notebooks(this._app)];
    return all.find((nb) => nb.sessionContext.session?.kernel) ?? all[0];
  }

  /** Keeps to the kernel at hand while it lives; takes another when it has gone or restarted. */
  private _look(): void {
    const kernel = this._notebook()?.sessionContext.session?.kernel ?? null;
    const alive = kernel !== null && kernel.status !== "dead" && !kernel.isDisposed;
    if (!alive) {
      this._comm = this._kernel = null;
      this._away();
      return;
    }
    if (kernel.id === this._kernel?.id && this._comm && !this._comm.isDisposed) return;
    if (kernel.id === this._kernel?.id && this._comm === null) return; // being opened
    this._kernel = kernel;
    this._comm = null;
    void this._connect(kernel);
  }

  private async _connect(kernel: Kernel): Promise<void> {
    try {
      const options = { code: SETUP, silent: true, store_history: false, stop_on_error: false };
      const reply = await kernel.requestExecute(options).done;
      if (this._kernel !== kernel) return;
      if (reply.content.status !== "ok") {
        this._say("This kernel has no qlab", "Open a notebook whose Python has qlab installed.", false);
        return;
      }
      const comm = kernel.createComm(TARGET);
      comm.onMsg = ({ content }) => {
        for (const listener of [...this._listeners]) listener(content.data as never, []);
      };
      comm.onClose = () => {
        if (this._comm === comm) this._comm = this._kernel = null;
      };
      comm.open();
      this._comm = comm;
      this._told = "";
      this._view.away(null);
      this._view.refresh();
    } catch {
      if (this._kernel === kernel) this._comm = this._kernel = null; // looked for again soon
    }
  }

  private _away(): void {
    this._say("No kernel", "The runs are read by a kernel. Open a notebook, or start one here.", true);
  }

  private _say(title: string, text: string, start: boolean): void {
    if (this._told === title) return;
    this._told = title;
    const button = h("button", { type: "button", class: "ql-btn primary" }, "New notebook");
    button.addEventListener("click", () => {
      void this._app.commands.execute("notebook:create-new", { kernelName: "python3" });
    });
    const words = [h("h2", null, title), h("p", { class: "sub" }, text)];
    this._view.away(start ? [...words, button] : words);
  }
}

export const runsSidebar: JupyterFrontEndPlugin<void> = {
  id: "qlab:runs",
  description: "Adds the Runs sidebar: stored runs to find, compare, tag, delete, open and resume.",
  autoStart: true,
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (app: JupyterFrontEnd, palette: ICommandPalette | null, restorer: ILayoutRestorer | null) => {
    const style = document.createElement("style");
    style.textContent = sheet;
    document.head.append(style);
    const sidebar = new Sidebar(app);
    const place = { rank: 600, command: "qlab:show-runs", label: "Show qlab runs" };
    addSidebar(app, sidebar, place, palette, restorer);
    // panels and tables in a notebook ask for a run by its id
    document.addEventListener("qlab:open-run", (event) => {
      const { run, others, resume } = (
        event as CustomEvent<{ run: string; others?: string[]; resume?: boolean }>
      ).detail;
      const near = event.composedPath()[0];
      if (sidebar.open(run, others ?? [], resume === true, near instanceof Node ? near : undefined))
        event.preventDefault();
    });
  },
};
