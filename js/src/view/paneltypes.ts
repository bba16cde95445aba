/** What the host of a training panel gives and gets. Types only. */

import type { Timers } from "../stream/session";
import type { Settings } from "./panecurves";

/** How the host tells whether there is a kernel at the other end. */
export interface Connection {
  connected(): boolean;
  /** Whether the kernel that had the run is gone for good, so that no reconnection can help. */
  gone?(): boolean;
  /** Asks the host to connect again, where it would not by itself. */
  retry?(): void;
  onChange(callback: () => void): () => void;
  /** Opens the stored run in the kernel there is now, where the host can; else what to type is copied. */
  reopen?(run: string): boolean;
}

export interface PanelOptions {
  /** Id of the run; empty or null shows what to do to get one. */
  readonly run: string | null;
  readonly title?: string;
  /** Stands for the comm that the link uses: views of one page over the same one share what they know of a run. */
  readonly comm?: string;
  /** CSS pixels; never more than 85 % of the window. */
  readonly height?: number;
  readonly onHeight?: (height: number) => void;
  /** The theme of the page, at first and after each change. */
  readonly onTheme?: (theme: "light" | "dark") => void;
  readonly settings?: Partial<Settings>;
  readonly onSettings?: (settings: Settings) => void;
  readonly connection?: Connection;
  readonly timers?: Timers;
}

export interface Panel {
  /** Takes settings changed outside. */
  arrange(settings: Partial<Settings>): void;
  resize(height: number): void;
}
