/** The runs of a panel: one session each over one link, which is current, which are drawn, in which colour. No DOM. */

import type { Aside, Link, SetRow } from "../stream/messages";
import type { Session, Timers } from "../stream/session";
import { isActive } from "../stream/state";
import { Zoom } from "../stream/zoom";
import { Curves, type Settings } from "./panecurves";
import type { Overlay, Pen } from "./panefigure";
import { type Feed, join } from "./panelfeed";
import { Tasks } from "./paneltasks";
import type { Readings } from "./panereadings";

export interface Member {
  readonly id: string;
  readonly session: Session;
  readonly curves: Curves;
  readonly readings: Readings;
  readonly feed: Feed;
  readonly zoom: Zoom;
  name: string;
  parent: string | null;
  parentStep: number | null;
  /** Drawn over the current run; the current one always is. */
  on: boolean;
  color: number;
}

const DIM = 0.25;
/** Milliseconds between two pulls of readings, and how many one brings. */
const PULL = 1000;
const FRESH = 20;

function leave({ feed, zoom }: Member): void {
  zoom.close();
  feed.leave();
}

export class Members {
  list: Member[] = [];
  current: Member;
  /** The run pointed at in the list: the others fade. */
  pointed: string | null = null;
  private colors = 0;
  private stop: () => void = () => {};
  private opened = false;
  /** Instruments this page has asked each run for, so that only these are given up. */
  private readonly mine = new Map<string, Set<string>>();
  readonly tasks: Tasks;

  constructor(
    private readonly link: Link,
    private readonly timers: Timers,
    run: string,
    private readonly changed: () => void,
    private readonly listed: () => void,
    private readonly scripted: (run: string, text: string) => void,
    private readonly key?: string,
  ) {
    this.tasks = new Tasks(link, timers, changed);
    this.current = this.add(run);
  }

  open(): void {
    this.opened = true;
    this.stop = this.link.onMessage((message) => this.receive(message as Aside));
    this.current.feed.open();
    this.send({ type: "set", client: this.current.session.state.client });
  }

  close(): void {
    this.stop();
    for (const member of this.list) leave(member);
  }

  /** The host tells at each message, busy or idle: only a change is worth a question, else the two never rest. */
  connected(is: boolean): void {
    const before = this.current.session.state.lost === null;
    for (const { session } of this.list) session.connected(is);
    if (is && !before) this.send({ type: "set", client: this.current.session.state.client });
  }

  reconnect(): void {
    for (const { session } of this.list) session.reconnect();
    this.send({ type: "set", client: this.current.session.state.client });
  }

  toggle(id: string): void {
    const member = this.list.find((m) => m.id === id);
    if (!member || member === this.current) return;
    member.on = !member.on;
    this.listed();
  }

  choose(id: string): void {
    const member = this.list.find((m) => m.id === id);
    if (!member || member === this.current) return;
    this.current = member;
    member.on = true;
    this.listed();
  }

  add(id: string): Member {
    const known = this.list.find((m) => m.id === id);
    if (known) return known;
    const feed = join(this.key, this.link, id, this.timers, this.changed);
    const { session, readings } = feed;
    const member: Member = {
      id,
      session,
      curves: new Curves(),
      readings,
      feed,
      zoom: new Zoom(this.link, session, this.changed),
      name: "",
      parent: null,
      parentStep: null,
      on: true,
      color: this.colors++,
    };
    this.list.push(member);
    if (this.opened) feed.open();
    return member;
  }

  pen(member: Member): Pen {
    return { color: member.color, opacity: this.pointed && this.pointed !== member.id ? DIM : 1 };
  }

  overlays(settings: Settings): Overlay[] {
    return this.list
      .filter((m) => m.on && m !== this.current)
      .map((m) => {
        const { status } = m.session.state;
        m.curves.use(m.session.columns, settings, status);
        const { id, name, curves, parent, parentStep } = m;
        const size = { total: status?.total ?? 0, epochs: status?.epochs ?? 0 };
        return { id, name, curves, parent, parentStep, ...size, ...this.pen(m) };
      });
  }

  /** Asks for what the shown panes need of the current run, and gives up what none needs any more. */
  watch(needed: ReadonlySet<string>): void {
    const { session, id, readings, feed } = this.current;
    const { status, phase, lost } = session.state;
    if (phase !== "live" || lost !== null || !status) return;
    for (const [name, reading] of Object.entries(status.measured ?? {})) readings.put(name, [reading]);
    const now = this.timers.now();
    for (const name of status.measured ? needed : []) {
      const key = `${name} ${session.state.life}`;
      const last = feed.asked.get(key);
      const newest = status.measured?.[name]?.[0] ?? -1;
      // all there are at first, then what lies between two statuses, once a second at most
      if (last && (newest <= last.step || now - last.at < PULL)) continue;
      feed.asked.set(key, { at: now, step: newest });
      const since = last ? { since: last.step, n: FRESH } : {};
      this.send({ type: "readings", run: id, name, client: session.state.client, ...since });
    }
    if (!status.watched || !isActive(status)) return;
    const mine = this.mine.get(id) ?? new Set<string>();
    const kept = status.watched.filter((name) => needed.has(name) || !mine.has(name));
    const wanted = [...new Set([...kept, ...needed])].sort();
    const key = wanted.join();
    if (key === [...status.watched].sort().join() || key === this.wanted) return;
    for (const name of needed) if (!status.watched.includes(name)) mine.add(name);
    this.mine.set(id, mine);
    this.wanted = key;
    session.control("watch", wanted);
  }
  private wanted = "";

  private receive(message: Aside): void {
    if (typeof message !== "object" || message === null) return;
    if (message.type === "set") {
      this.tasks.offered = new Set(message.views);
      this.take(message.runs);
    } else if (message.type === "view") {
      const member = this.list.find((m) => m.id === message.run);
      if (member) this.tasks.take(member, message);
    } else if (message.type === "script") {
      if (message.client === this.tasks.view) this.scripted(message.run, message.text);
    } else if (message.type === "readings") {
      const member = this.list.find((m) => m.id === message.run);
      if (!member || !Array.isArray(message.rows)) return;
      member.readings.put(message.name, message.rows);
      this.changed();
    } else if (message.type === "branched") {
      const parent = this.list.find((m) => m.id === message.run);
      parent?.session.branched();
    } else if (message.type === "resumed") {
      const member = this.list.find((m) => m.id === message.run);
      member?.zoom.clear();
      member?.session.restart();
    }
  }

  private take(rows: readonly SetRow[]): void {
    if (!Array.isArray(rows)) return;
    for (const row of rows) {
      const member = this.add(row.id);
      member.name = row.name;
      member.parent = row.parent;
      member.parentStep = row.parent_step;
    }
    for (const member of [...this.list]) {
      if (member === this.current || rows.some((row) => row.id === member.id)) continue;
      leave(member);
      this.list.splice(this.list.indexOf(member), 1);
    }
    this.listed();
  }

  private send(message: object): void {
    try {
      this.link.send(message);
    } catch {
      // the sessions notice a dead link by themselves
    }
  }
}
