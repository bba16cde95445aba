/** anywidget entry of the training panel: its link, its settings, and whether there is a kernel. No view logic. */

import type { AnyModel, RenderProps } from "@anywidget/types";
import { type Connection, panel, type Settings } from "../../view/panel";
import { modelLink, onTrait } from "./model";

interface Traits {
  run_id: string;
  title: string;
  height: number;
  settings: Partial<Settings>;
}

/** Lumino's signals, as far as they are used here. */
interface Signal {
  connect(slot: () => void): void;
  disconnect(slot: () => void): void;
}
interface Kernel {
  status?: string;
  connectionStatus?: string;
  statusChanged?: Signal;
  connectionStatusChanged?: Signal;
}

const GONE = new Set(["dead", "terminating", "restarting", "autorestarting"]);

/**
 * What JupyterLab's widget manager knows of the kernel. A widget's comm ends for good when its kernel restarts; elsewhere
 * (VS Code, Colab) nothing is known and the panel's own question and answer decide.
 */
function connection(model: AnyModel<Traits>, signal: AbortSignal): Connection {
  let closed = false;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const manager = model.widget_manager as unknown as { kernel?: Kernel | null };
  const kernel = manager?.kernel ?? null;
  const down = (): boolean =>
    kernel !== null && (GONE.has(kernel.status ?? "") || kernel.connectionStatus === "disconnected");
  const check = (): void => {
    // after a restart the comm is gone, though the kernel comes back
    closed ||= GONE.has(kernel?.status ?? "");
    tell();
  };
  for (const change of [kernel?.statusChanged, kernel?.connectionStatusChanged]) {
    change?.connect(check);
    signal.addEventListener("abort", () => change?.disconnect(check), { once: true });
  }
  const lost = (): void => {
    closed = true;
    tell();
  };
  for (const event of ["comm:close", "destroy"]) {
    model.on(event, lost);
    signal.addEventListener("abort", () => model.off(event as never, lost), { once: true });
  }
  return {
    connected: () => !closed && !down(),
    gone: () => closed,
    onChange(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
  };
}

function render({ model, el, signal }: RenderProps<Traits>): void {
  const view = panel(
    el,
    modelLink(model, signal),
    {
      run: model.get("run_id"),
      title: model.get("title"),
      height: model.get("height"),
      settings: model.get("settings"),
      connection: connection(model, signal),
      onHeight: (height) => {
        model.set("height", height);
        model.save_changes();
      },
      onSettings: (now) => {
        model.set("settings", { ...now });
        model.save_changes();
      },
    },
    signal,
  );
  onTrait(model, "settings", () => view.arrange(model.get("settings")), signal);
  onTrait(model, "height", () => view.resize(model.get("height")), signal);
}

export default { render };
