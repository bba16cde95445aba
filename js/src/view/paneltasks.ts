/** What a panel asks a run for now and then: figures computed as a whole, and the script. Knows the link, no DOM. */

import type { Aside, Link } from "../stream/messages";
import type { Timers } from "../stream/session";
import { isActive } from "../stream/state";
import type { Member } from "./panelset";

/** Milliseconds between two askings for the same figure while the run goes on; each waits for the last answer. */
const REST = 3000;
const LOST = 20_000;

interface Asked {
  readonly at: number;
  readonly step: number;
  readonly open: boolean;
}
type Answer = Extract<Aside, { type: "view" }>;

export class Tasks {
  /** Figures the kernel offers; older kernels offer none. */
  offered: ReadonlySet<string> = new Set();
  /** Tells this view's script from another's; what else it asks for, the views of a session share. */
  readonly view = crypto.randomUUID();
  private readonly asked = new Map<string, Asked>();

  constructor(
    private readonly link: Link,
    private readonly timers: Timers,
    private readonly changed: () => void,
  ) {}

  /** Asks for what is shown of a run and older than its newest step. */
  want(member: Member, names: Iterable<string>): void {
    const { session, id } = member;
    const { status, phase, lost, client } = session.state;
    if (phase !== "live" || lost !== null || !status || status.step === 0) return;
    const now = this.timers.now();
    for (const name of names) {
      if (!this.offered.has(name)) continue;
      const key = `${id} ${name} ${session.state.life}`;
      const last = this.asked.get(key);
      if (last?.open && now - last.at < LOST) continue;
      if (last && (last.step >= status.step || (isActive(status) && now - last.at < REST))) continue;
      this.asked.set(key, { at: now, step: status.step, open: true });
      this.send({ type: "view", client, id: key, run: id, name });
    }
  }

  /** Depth and gates for a machine; its answer comes as the reading "transpiled". */
  transpile(member: Member, backend: string): void {
    const { client } = member.session.state;
    const id = `${member.id} transpiled`;
    this.send({ type: "view", client, id, run: member.id, name: "transpiled", options: { backend } });
  }

  script(member: Member): void {
    this.send({ type: "script", client: this.view, run: member.id });
  }

  take(member: Member, answer: Answer): void {
    const { id, name, value, fault, client } = answer;
    if (client !== member.session.state.client) return;
    const last = this.asked.get(String(id));
    if (last) this.asked.set(String(id), { ...last, at: this.timers.now(), open: false });
    const values = value ?? { fault: fault ?? { message: "The kernel gave no figure" } };
    const step = Number(values.step ?? last?.step ?? 0);
    member.readings.set(name, [Number.isFinite(step) ? step : 0, 0, values]);
    this.changed();
  }

  private send(message: object): void {
    try {
      this.link.send(message);
    } catch {
      // the sessions notice a dead link by themselves
    }
  }
}
