/** What the Lab's views and its host agree on. Types only, and the order of the tabs. */

import type { Link } from "../stream/messages";
import type { Connection } from "./panel";
import type { Store } from "./store";

export type Tab = "data" | "circuit" | "train" | "optimise";
export const TABS: readonly Tab[] = ["data", "circuit", "train", "optimise"];

export interface LabError {
  readonly message: string;
  readonly where?: string | null;
  readonly cure?: string | null;
  /** The tab where it is mended. */
  readonly tab?: Tab | null;
}

/** The Lab as Python tells it. */
export interface LabState {
  /** The features in use: "digits", 6 qubits, 218 training rows. */
  readonly features: { readonly name: string; readonly qubits: number; readonly rows: number } | null;
  readonly run: { readonly id: string; readonly state: string; readonly progress: number } | null;
  /** Why the last attempt to start a run was refused. */
  readonly error: LabError | null;
}

/** What the bar sends when a run is started. */
export interface TrainSettings {
  readonly optimizer: string;
  readonly lr: number;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
}

/** The Lab's port to its host. */
export interface LabHost {
  readonly id: string;
  readonly store: Store;
  link(channel: "data" | "panel" | "optimise"): Link;
  state(): LabState;
  onState(callback: (state: LabState) => void): () => void;
  /** Python asks to show a tab, after *Use these features* for instance. */
  onGo(callback: (tab: Tab) => void): () => void;
  tab(): Tab;
  setTab(tab: Tab): void;
  height(): number;
  /** Whether there is a kernel, for the panel's banner. */
  readonly connection?: Connection;
  train(settings: TrainSettings): void;
}
