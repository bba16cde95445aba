/**
 * What the views of a page share of a run that they show over the same comm: one session, so that its history is pulled
 * and held once and a frame is acknowledged once; and what its instruments said. The last view to leave ends it. No DOM.
 */

import type { Link } from "../stream/messages";
import { Session, type Timers } from "../stream/session";
import { Readings } from "./panereadings";

export interface Feed {
  readonly session: Session;
  readonly readings: Readings;
  /** By instrument: when readings were asked for last, and up to which step. */
  readonly asked: Map<string, { at: number; step: number }>;
  open(): void;
  leave(): void;
}

interface Shared extends Omit<Feed, "open" | "leave"> {
  /** The views that are there, each with its way to the kernel; the first one's is used. */
  readonly views: Map<() => void, Link>;
}

const feeds = new Map<string, Shared>();

/** Joins the feed of a run; views with the same `key`, which stands for their comm, share it. */
export function join(
  key: string | undefined,
  link: Link,
  run: string,
  timers: Timers,
  changed: () => void,
): Feed {
  const name = `${key || crypto.randomUUID()} ${run}`;
  const shared = feeds.get(name) ?? begin(link, run, timers);
  const { session, readings, asked, views } = shared;
  const mine = (): void => changed(); // a view may be there twice
  feeds.set(name, shared);
  views.set(mine, link);
  return {
    session,
    readings,
    asked,
    open() {
      if (session.state.phase === "idle") session.open();
      else changed();
    },
    leave() {
      if (!views.delete(mine)) return;
      const next = [...views.values()][0];
      if (next) session.through(next);
      else {
        feeds.delete(name);
        session.close();
      }
    },
  };
}

function begin(link: Link, run: string, timers: Timers): Shared {
  const views = new Map<() => void, Link>();
  const tell = (): void => {
    for (const changed of views.keys()) changed();
  };
  const session = new Session(link, crypto.randomUUID(), run, timers, tell);
  return { session, readings: new Readings(), asked: new Map(), views };
}
