/** Finer rows of the part of a run that one view is zoomed to, asked for beside its session. No DOM. */

import { Columns } from "./columns";
import { decode, FrameError } from "./decode";
import type { FromKernel, Link } from "./messages";
import type { Session } from "./session";

const NOWHERE = { id: "", from: 0, to: 0 };

export class Zoom {
  /** Null while there are none. */
  detail: Columns | null = null;
  private asked = NOWHERE;
  private count = 0;
  private readonly name = crypto.randomUUID();
  private readonly stop: () => void;

  constructor(
    private readonly link: Link,
    private readonly session: Session,
    private readonly changed: () => void,
  ) {
    this.stop = link.onMessage((message, buffers) => this.receive(message as FromKernel, buffers));
  }

  /** The rows [from, to) in finer buckets than the session has; `detail` has them once they come. */
  to(from: number, to: number): void {
    const { run, patience, phase, lost, client } = this.session.state;
    if (phase !== "live" || lost !== null || to <= from) return;
    if (this.asked.from === from && this.asked.to === to) return;
    this.asked = { id: `${this.name}:zoom${this.count++}`, from, to };
    try {
      this.link.send({ type: "pull", client, run, ...this.asked, points: patience.points });
    } catch {
      this.asked = NOWHERE; // the session notices a dead link by itself
    }
  }

  /** Forgets the finer rows. */
  clear(): void {
    this.asked = NOWHERE;
    this.detail = null;
  }

  close(): void {
    this.stop();
  }

  private receive(message: FromKernel, buffers: readonly DataView[]): void {
    if (message?.type !== "history" || message.id !== this.asked.id) return;
    const names = this.session.state.columns;
    try {
      const block = decode(buffers[0] ?? new ArrayBuffer(0), names.length, message.n);
      const columns = new Columns(names);
      columns.put({ from: 0, to: message.n, exact: true, block });
      this.detail = columns;
      this.changed();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.asked = NOWHERE; // the coarser rows stay in the picture
    }
  }
}
