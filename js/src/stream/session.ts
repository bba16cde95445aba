/** Runs the reducer over a link: decodes frames, stores rows, calls back. Timers and clock come from the host. */

import { type Event, type Link, reduce } from "./client";
import { Columns } from "./columns";
import { decode, FrameError } from "./decode";
import type { Action, FromKernel, OrderValue, ToKernel } from "./messages";
import { type ClientState, idle, type Patience } from "./state";

export interface Timers {
  now(): number;
  /** Calls back every `ms`; returns how to end it. */
  every(ms: number, callback: () => void): () => void;
}

const TICK = 250;
const KINDS: ReadonlySet<string> = new Set(["hello", "append", "history", "status", "error", "plotly"]);

export class Session {
  state: ClientState;
  columns = new Columns([]);
  private hush: () => void = () => {};
  private readonly stops: (() => void)[] = [];

  constructor(
    private link: Link,
    client: string,
    run: string,
    private readonly timers: Timers,
    private readonly changed: () => void,
    patience: Partial<Patience> = {},
  ) {
    this.state = idle(client, run, patience);
  }

  open(): void {
    this.through(this.link);
    this.stops.push(this.timers.every(TICK, () => this.dispatch({ type: "tick", now: this.timers.now() })));
    this.dispatch({ type: "open", now: this.timers.now() });
  }

  /** Speaks and listens over another link of the same kernel from now on. */
  through(link: Link): void {
    this.hush();
    this.link = link;
    this.hush = link.onMessage((message, buffers) => this.receive(message as FromKernel, buffers));
  }

  close(): void {
    this.dispatch({ type: "close", now: this.timers.now() });
    this.hush();
    for (const stop of this.stops.splice(0)) stop();
  }

  control(action: Action, value?: OrderValue): void {
    const event = { type: "control" as const, now: this.timers.now(), action };
    this.dispatch(value === undefined ? event : { ...event, value });
  }

  /** The host has lost or found the kernel. */
  connected(is: boolean): void {
    if (is === (this.state.lost === null)) return;
    this.dispatch({ type: is ? "found" : "lost", now: this.timers.now() });
  }

  /** Tries anew, whatever is believed about the kernel. */
  reconnect(): void {
    this.dispatch({ type: "found", now: this.timers.now() });
  }

  dismiss(): void {
    this.dispatch({ type: "dismiss", now: this.timers.now() });
  }

  private receive(message: FromKernel, buffers: readonly DataView[]): void {
    if (typeof message !== "object" || message === null || !KINDS.has(message.type)) return;
    // an error that names no run but a question is the answer to somebody else's
    if (message.type === "error" && message.run == null && message.id != null) return;
    const now = this.timers.now();
    if (message.type !== "append" && message.type !== "history") {
      this.dispatch({ type: "message", now, message });
      return;
    }
    if (message.run !== this.state.run || this.state.phase !== "live") return;
    // another view's answer is a sign of life, but not worth decoding
    const foreign = message.type === "history" && message.id !== this.state.pull?.id;
    try {
      const block = foreign
        ? []
        : decode(buffers[0] ?? new ArrayBuffer(0), this.state.columns.length, message.n);
      this.dispatch({ type: "message", now, message, block });
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      console.warn(`qlab: ${error.message}`); // the rows it held are pulled
      this.dispatch({ type: "message", now, message });
    }
  }

  /** A branch that was asked for has come, or was refused. */
  branched(): void {
    this.state = { ...this.state, asked: { ...this.state.asked, branch: null } };
    this.changed();
  }

  /** Starts anew with the same run: it was resumed, perhaps from an earlier step. Each view may say so. */
  restart(): void {
    if (this.state.phase === "opening") return;
    this.state = {
      ...idle(this.state.client, this.state.run, this.state.patience),
      life: this.state.life + 1,
    };
    this.columns = new Columns([]);
    this.dispatch({ type: "open", now: this.timers.now() });
  }

  private dispatch(event: Event): void {
    const before = this.state;
    const { state, send, put } = reduce(before, event);
    this.state = state;
    for (const { reset, chunk } of put) {
      if (reset) this.columns = new Columns(reset);
      if (chunk) this.columns.put(chunk);
    }
    const sent = this.sendAll(send);
    if (state !== before || put.length > 0) this.changed();
    if (!sent && this.state.lost === null) this.dispatch({ type: "lost", now: event.now });
  }

  /** False when the link throws, as a comm does that has been closed. */
  private sendAll(messages: readonly ToKernel[]): boolean {
    try {
      for (const message of messages) this.link.send(message);
      return true;
    } catch {
      return false;
    }
  }
}
