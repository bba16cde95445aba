import { describe, expect, it } from "vitest";
import type { Link, ToKernel } from "../../src/stream/messages";
import { Zoom } from "../../src/stream/zoom";
import { join } from "../../src/view/panelfeed";
import { FakeKernel } from "../stream/fake";

const RUN = "R1";
const timers = { now: () => 0, every: () => () => {} };

/** Views of one comm: what each sends, and a kernel that all of them hear. */
function comm() {
  const heard = new Set<(message: never, buffers: DataView[]) => void>();
  const kernel = new FakeKernel(RUN, (message, buffers) => {
    for (const listener of [...heard]) listener(message, buffers);
  });
  const sent: [number, ToKernel][] = [];
  const link = (view: number): Link => ({
    send(message) {
      sent.push([view, message as ToKernel]);
      kernel.receive(message as ToKernel);
    },
    onMessage(listener) {
      heard.add(listener);
      return () => heard.delete(listener);
    },
  });
  const count = (type: string, view?: number): number =>
    sent.filter(([of, m]) => m.type === type && (view === undefined || of === view)).length;
  return { kernel, link, heard, count };
}

describe("the views of one comm", () => {
  it("open a run once, pull its history once, acknowledge a frame once", () => {
    const { kernel, link, count } = comm();
    kernel.step(50);
    const changed = new Set<number>();
    const views = [0, 1].map((i) => {
      const feed = join("once", link(i), RUN, timers, () => void changed.add(i));
      feed.open();
      return feed;
    });
    expect([count("open"), count("pull"), count("ack")]).toEqual([1, 1, 1]);
    kernel.step();
    kernel.flush();
    expect(views.map(({ session }) => session.columns.n)).toEqual([51, 51]);
    expect(count("ack")).toBe(2);
    expect(changed.size).toBe(2);
    expect(views[0]?.session).toBe(views[1]?.session);
  });

  it("go on when the one leaves that spoke for them; the last ends it", () => {
    const { kernel, link, count, heard } = comm();
    const [first, second] = [0, 1].map((i) => join("leave", link(i), RUN, timers, () => {}));
    first?.open();
    second?.open();
    first?.leave();
    kernel.step(3);
    kernel.flush();
    expect(second?.session.columns.n).toBe(3);
    expect([count("close"), count("ack", 1)]).toEqual([0, 1]);
    second?.leave();
    second?.leave();
    expect([count("close", 1), heard.size]).toEqual([1, 0]);
    const anew = join("leave", link(2), RUN, timers, () => {});
    expect(anew.session).not.toBe(second?.session);
  });

  it("zoom each for itself", () => {
    const { kernel, link } = comm();
    kernel.step(50);
    const [one, other] = [0, 1].map((i) => {
      const feed = join("zoom", link(i), RUN, timers, () => {});
      feed.open();
      return new Zoom(link(i), feed.session, () => {});
    });
    one?.to(10, 20);
    expect([one?.detail?.n, other?.detail]).toEqual([10, null]);
    expect(Array.from(one?.detail?.column("step") ?? []).slice(0, 2)).toEqual([11, 12]);
  });

  it("share nothing without a name for their comm", () => {
    const { link } = comm();
    const [a, b] = [0, 1].map((i) => join("", link(i), RUN, timers, () => {}));
    expect(a?.session).not.toBe(b?.session);
  });
});
