/** What the panel's end of the wire knows between two events. Plain data; client.ts says how it changes. */

import type { Chunk } from "./columns";
import type { Action, Refusal, Status } from "./messages";

/** Milliseconds, and the rows a pull may bring. */
export interface Patience {
  /** Until an open without an answer is sent again. */
  readonly retry: number;
  /** Until a pull is sent again, at first; each wait is twice the last. */
  readonly again: number;
  /** Until rows that a status spoke of count as lost. */
  readonly late: number;
  /** Of silence until the kernel is asked whether it is there. */
  readonly ping: number;
  /** Until an unanswered question is shown. */
  readonly silent: number;
  /** Rows of a pull at most: two a pixel of a wide pane. Four panels loaded anew stay under a megabyte. */
  readonly points: number;
}

export const PATIENCE: Patience = {
  retry: 1500,
  again: 700,
  late: 400,
  ping: 8000,
  silent: 7000,
  points: 1400,
};

export interface Pull {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  /** How often it was asked again. */
  readonly repeats: number;
}

export interface Asked {
  readonly action: Action | null;
  readonly lr: number | null;
  readonly batch: number | null;
  /** Freezing, thawing or a term, and how many events there were when it was asked. */
  readonly part: { readonly action: Action; readonly seen: number } | null;
  /** When a branch was asked for; its answer ends it. */
  readonly branch: number | null;
}

export const NOTHING: Asked = { action: null, lr: null, batch: null, part: null, branch: null };

export interface ClientState {
  readonly client: string;
  readonly run: string;
  readonly patience: Patience;
  /** "opening" until the kernel has said hello; "refused" when it has said no. */
  readonly phase: "idle" | "opening" | "live" | "refused" | "closed";
  /** Grows with each reconnection, so that a hello of an earlier life is known as such. */
  readonly life: number;
  /** Since when there has been no kernel, null while there is one. */
  readonly lost: number | null;
  /** Since when the kernel has not answered, null when it has. */
  readonly silent: number | null;
  readonly name: string;
  readonly columns: readonly string[];
  /** Rows of the kernel covered here, and rows known to exist there. */
  readonly have: number;
  readonly total: number;
  /** Rows a status spoke of beyond these, and since when: they may be under way, or lost. */
  readonly told: number;
  readonly toldAt: number;
  readonly seq: number;
  readonly status: Status | null;
  readonly stash: readonly Chunk[];
  readonly pull: Pull | null;
  readonly asked: Asked;
  readonly refusal: Refusal | null;
  readonly heard: number;
  readonly openedAt: number;
  readonly opens: number;
  readonly pulls: number;
  readonly pinged: number | null;
}

/** A panel that has not been opened. `client` must differ between all views of all pages. */
export function idle(client: string, run: string, patience: Partial<Patience> = {}): ClientState {
  return {
    client,
    run,
    patience: { ...PATIENCE, ...patience },
    phase: "idle",
    life: 0,
    lost: null,
    silent: null,
    name: "",
    columns: [],
    have: 0,
    total: 0,
    told: 0,
    toldAt: 0,
    seq: -1,
    status: null,
    stash: [],
    pull: null,
    asked: NOTHING,
    refusal: null,
    heard: 0,
    openedAt: 0,
    opens: 0,
    pulls: 0,
    pinged: null,
  };
}

/** The name the kernel knows this life by. */
export const nameOf = (state: ClientState): string =>
  state.life === 0 ? state.client : `${state.client}.${state.life}`;

export const isActive = (status: Status | null): boolean =>
  status !== null && (status.state === "waiting" || status.state === "running" || status.state === "paused");
