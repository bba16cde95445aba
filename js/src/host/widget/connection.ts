/** Whether there is a kernel behind a widget, as far as its host tells. No view logic. */

import type { AnyModel } from "@anywidget/types";
import type { Connection } from "../../view/panel";

// biome-ignore lint/suspicious/noExplicitAny: traits differ from widget to widget
type Model = AnyModel<any>;

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
  reconnect?(): Promise<void>;
}

/** Milliseconds a socket may be down before it is said: most come back by themselves sooner. */
const BLINK = 1500;
const GONE = new Set(["dead", "terminating", "restarting", "autorestarting"]);

interface Manager {
  kernel?: Kernel | null;
  get_model?(id: string): Promise<{ comm?: { jsServicesComm?: { commsOverSubshells?: string } } }>;
}

/**
 * Orders must reach the run while a cell computes. Where JupyterLab is set to send comm messages to the main shell, they
 * would wait there for its end: this one comm then goes over a subshell. Its handlers in the kernel only set flags.
 */
async function pass(manager: Manager | undefined, address: unknown): Promise<void> {
  if (typeof address !== "string" || address === "") return;
  const comm = (await manager?.get_model?.(address))?.comm?.jsServicesComm;
  if (comm?.commsOverSubshells === "disabled") comm.commsOverSubshells = "perCommTarget";
}

/**
 * What JupyterLab's widget manager knows of the kernel. A widget's comm ends for good when its kernel restarts; elsewhere
 * (VS Code, Colab) nothing is known and the panel's own question and answer decide.
 */
export function connection(model: Model, el: HTMLElement, signal: AbortSignal): Connection {
  let closed = false;
  let held = false;
  let cut: number | null = null;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const manager = model.widget_manager as unknown as Manager | undefined;
  pass(manager, model.get("address")).catch(() => {}); // elsewhere there is no such setting
  const kernel = manager?.kernel ?? null;
  const down = (): boolean =>
    kernel !== null &&
    (GONE.has(kernel.status ?? "") ||
      kernel.connectionStatus === "disconnected" ||
      (cut !== null && Date.now() - cut >= BLINK));
  const check = (): void => {
    // after a restart the comm is gone, though the kernel comes back
    closed ||= GONE.has(kernel?.status ?? "");
    held ||= kernel?.connectionStatus === "connected";
    const cutting = held && kernel?.connectionStatus === "connecting";
    if (cutting && cut === null) {
      cut = Date.now();
      setTimeout(() => !signal.aborted && tell(), BLINK);
    }
    if (!cutting) cut = null;
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
    // JupyterLab itself doesn't try again once a socket was closed for good (1000, 1001)
    retry: () => void kernel?.reconnect?.().catch(() => {}),
    // a plugin of the labextension that hears this opens the run in a new cell, and says so by cancelling
    reopen: (run) =>
      !el.dispatchEvent(
        new CustomEvent("qlab:open-run", {
          detail: { run },
          bubbles: true,
          composed: true,
          cancelable: true,
        }),
      ),
    onChange(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
  };
}
