import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Event, reduce, type Step } from "../../src/stream/client";
import { Columns } from "../../src/stream/columns";
import { decode } from "../../src/stream/decode";
import type { FromKernel, ToKernel } from "../../src/stream/messages";
import { Session } from "../../src/stream/session";
import { idle } from "../../src/stream/state";
import { COLUMNS, FakeKernel, status } from "./fake";

const RUN = "R1";
const hello = (over: object = {}): FromKernel =>
  ({
    type: "hello",
    client: "c",
    run: RUN,
    seq: 0,
    name: "demo",
    columns: COLUMNS,
    n: 0,
    status: status(),
    ...over,
  }) as FromKernel;
const block = (n: number) => COLUMNS.map(() => new Float64Array(n));
const append = (seq: number, from: number, n: number, now = 0): Event => ({
  type: "message",
  now,
  message: { type: "append", run: RUN, seq, from, n },
  block: block(n),
});
const run = (events: readonly Event[], start = idle("c", RUN)): Step =>
  events.reduce<Step>((step, event) => reduce(step.state, event), { state: start, send: [], put: [] });
const message = (m: FromKernel, now = 0): Event => ({ type: "message", now, message: m });
const live = [{ type: "open", now: 0 } as const, message(hello())];
const types = (step: Step) => step.send.map((m) => m.type);

describe("opening", () => {
  it("asks, and asks again ever more rarely until the kernel says hello", () => {
    let { state, send } = reduce(idle("c", RUN), { type: "open", now: 0 });
    expect(send).toEqual([{ type: "open", client: "c", run: RUN }]);
    const asked: number[] = [];
    for (let now = 0; now < 60000; now += 500) {
      ({ state, send } = reduce(state, { type: "tick", now }));
      if (send.some((m) => m.type === "open")) asked.push(now);
    }
    expect(asked.slice(0, 3)).toEqual([1500, 4000, 7500]);
    expect(asked.length).toBeLessThan(12);
    expect(state.silent).toBe(0); // shown as "no answer since"
    ({ state } = reduce(state, message(hello(), 60001)));
    expect([state.phase, state.silent]).toEqual(["live", null]);
  });
  it("takes the columns from hello, pulls what is there and stashes what comes meanwhile", () => {
    const first = run([{ type: "open", now: 0 }, message(hello({ n: 5 }))]);
    expect(first.put).toEqual([{ reset: COLUMNS }]);
    expect(first.send.at(-1)).toMatchObject({ type: "pull", from: 0, to: 5, points: 1400 });
    const early = reduce(first.state, append(1, 5, 2));
    expect(early.put).toEqual([]);
    const pulled: FromKernel = { type: "history", run: RUN, id: "c:0", from: 0, n: 5, total: 7, exact: true };
    const done = reduce(early.state, { type: "message", now: 0, message: pulled, block: block(5) });
    expect(done.put.map((p) => [p.chunk?.from, p.chunk?.to])).toEqual([
      [0, 5],
      [5, 7],
    ]);
    expect([done.state.have, done.state.stash]).toEqual([7, []]);
  });
  it("treats a second hello, and one for another view, as news of the state alone", () => {
    const { state } = run([...live, append(1, 0, 3)]);
    for (const client of ["c", "someone else"]) {
      const step = reduce(state, message(hello({ client, n: 3, seq: 1, status: status({ step: 3 }) })));
      expect([step.put, step.state.have, step.state.status?.step]).toEqual([[], 3, 3]);
    }
    const old = reduce(
      run([message(hello({ seq: 5, status: status({ step: 9 }) }))], state).state,
      message(hello({ seq: 2 })),
    );
    expect(old.state.status?.step).toBe(9);
  });
  it("ignores rows before hello, and messages of other runs", () => {
    expect(run([{ type: "open", now: 0 }, append(1, 0, 3)]).state.have).toBe(0);
    const step = reduce(
      run(live).state,
      message({ type: "status", run: "R2", seq: 9, status: status({ state: "failed" }) }),
    );
    expect(step.state.status?.state).toBe("running");
  });
  it("keeps the kernel's refusal and stops asking", () => {
    const refusal: FromKernel = {
      type: "error",
      run: RUN,
      message: "this panel shows run R2",
      cure: "run.panel",
    };
    const { state } = run([{ type: "open", now: 0 }, message(refusal)]);
    expect([state.phase, state.refusal?.cure]).toEqual(["refused", "run.panel"]);
    expect(types(reduce(state, { type: "tick", now: 1e6 }))).toEqual([]);
  });
});

describe("frames", () => {
  it("acknowledge, and pull exactly what is missing", () => {
    const { state } = run([...live, append(1, 0, 5)]);
    const gap = reduce(state, append(3, 8, 2));
    expect(gap.send).toEqual([
      { type: "ack", client: "c", run: RUN, seq: 3 },
      { type: "pull", client: "c", run: RUN, id: "c:0", from: 5, to: 8, points: 1400 },
    ]);
    expect(types(reduce(gap.state, append(4, 10, 1)))).toEqual(["ack"]); // one pull at a time
  });
  it("repeat a pull that was lost, and forget a useless answer", () => {
    const gap = run([...live, append(1, 4, 2)]);
    expect(types(reduce(gap.state, { type: "tick", now: 600 }))).toEqual([]);
    const again = reduce(gap.state, { type: "tick", now: 900 });
    expect(again.send).toEqual([gap.send.at(-1)]);
    expect(types(reduce(again.state, { type: "tick", now: 2200 }))).toEqual([]); // a busy kernel isn't flooded
    expect(types(reduce(again.state, { type: "tick", now: 2400 }))).toEqual(["pull"]);
    const empty: FromKernel = { type: "history", run: RUN, id: "c:0", from: 0, n: 0, total: 6, exact: true };
    const useless = reduce(again.state, { type: "message", now: 1700, message: empty, block: block(0) });
    expect([types(useless), useless.state.pull?.id]).toEqual([[], "c:0"]);
  });
  it("notice a lost tail by the rows a status tells, if they don't come by themselves", () => {
    const { state } = run([...live, append(1, 0, 5)]);
    const told = { type: "status", run: RUN, seq: 3, n: 9, status: status({ step: 9 }) } as const;
    const step = reduce(state, message(told, 100));
    expect(types(step)).toEqual(["ack"]);
    expect(types(reduce(step.state, { type: "tick", now: 400 }))).toEqual([]);
    expect(reduce(step.state, { type: "tick", now: 600 }).send).toMatchObject([
      { type: "pull", from: 5, to: 9 },
    ]);
    const came = reduce(step.state, append(4, 5, 4, 200));
    expect(types(reduce(came.state, { type: "tick", now: 600 }))).toEqual([]);
    const ended = { ...told, status: status({ step: 9, state: "stopped" }) } as const;
    expect(types(reduce(state, message(ended, 100)))).toEqual(["ack", "pull"]); // its last rows were sent before
  });
  it("let a status of a lower number pass, and of an equal number only if it is further", () => {
    const at = (seq: number, step: number) =>
      message({ type: "status", run: RUN, seq, status: status({ step }) });
    const { state } = run([...live, at(5, 10)]);
    expect(reduce(state, at(4, 12)).state.status?.step).toBe(10);
    expect(reduce(state, at(5, 9)).state.status?.step).toBe(10);
    expect(reduce(state, at(5, 11)).state.status?.step).toBe(11);
  });
});

describe("orders", () => {
  it("stay open until the run confirms them", () => {
    const asked = reduce(run(live).state, { type: "control", now: 0, action: "pause" });
    expect(asked.send).toEqual([{ type: "control", client: "c", run: RUN, action: "pause" }]);
    expect(asked.state.asked.action).toBe("pause");
    const still = reduce(asked.state, message({ type: "status", run: RUN, seq: 1, status: status() }));
    expect(still.state.asked.action).toBe("pause");
    const done = reduce(
      still.state,
      message({ type: "status", run: RUN, seq: 2, status: status({ state: "paused" }) }),
    );
    expect(done.state.asked.action).toBeNull();
  });
  it("keep a learning rate pending until it is in force", () => {
    const asked = reduce(run(live).state, { type: "control", now: 0, action: "lr", value: 0.01 });
    const tell = (seq: number, lr: number, lr_pending: number | null) =>
      message({ type: "status", run: RUN, seq, status: status({ lr, lr_pending }) });
    const waiting = reduce(asked.state, tell(1, 0.05, 0.01)).state;
    expect(waiting.asked.lr).toBe(0.01);
    expect(reduce(waiting, tell(2, 0.01, null)).state.asked.lr).toBeNull();
  });
  it("are not sent without a kernel, before hello, or to a run that has ended", () => {
    const order = { type: "control", now: 0, action: "stop" } as const;
    const ended = run([
      ...live,
      message({ type: "status", run: RUN, seq: 1, status: status({ state: "done" }) }),
    ]);
    for (const step of [run([{ type: "open", now: 0 }]), run([...live, { type: "lost", now: 0 }]), ended])
      expect(reduce(step.state, order).send).toEqual([]);
  });
  it("are given up when the kernel refuses", () => {
    const asked = reduce(run(live).state, { type: "control", now: 0, action: "lr", value: -1 });
    const step = reduce(
      asked.state,
      message({ type: "error", run: RUN, message: "must be positive", cure: "0.01" }),
    );
    expect([step.state.asked.lr, step.state.refusal?.message, step.state.phase]).toEqual([
      null,
      "must be positive",
      "live",
    ]);
    expect(reduce(step.state, { type: "dismiss", now: 0 }).state.refusal).toBeNull();
  });
});

describe("a kernel that goes", () => {
  it("is asked after silence, and shown only when it doesn't answer", () => {
    const { state } = run(live);
    expect(types(reduce(state, { type: "tick", now: 7999 }))).toEqual([]);
    const asked = reduce(state, { type: "tick", now: 8000 });
    expect(asked.send).toMatchObject([{ type: "pull", from: 0, to: 0 }]);
    const quiet = reduce(asked.state, { type: "tick", now: 15500 }).state;
    expect(quiet.silent).toBe(0);
    const answer: FromKernel = {
      type: "history",
      run: RUN,
      id: "c:ping",
      from: 0,
      n: 0,
      total: 0,
      exact: true,
    };
    expect(reduce(quiet, message(answer, 16000)).state.silent).toBeNull();
  });
  it("is not asked about a run that has ended", () => {
    const ended = run([
      ...live,
      message({ type: "status", run: RUN, seq: 1, status: status({ state: "done" }) }),
    ]);
    expect(types(reduce(ended.state, { type: "tick", now: 1e7 }))).toEqual([]);
  });
  it("is opened anew under a new name, keeping the rows", () => {
    const lost = run([...live, append(1, 0, 5), { type: "lost", now: 5 }]);
    expect(lost.state.lost).toBe(5);
    const found = reduce(lost.state, { type: "found", now: 9 });
    expect(found.send).toEqual([{ type: "open", client: "c.1", run: RUN }]);
    expect(reduce(found.state, message(hello({ n: 8 }))).state.phase).toBe("opening"); // of the old life
    const back = reduce(found.state, message(hello({ client: "c.1", n: 8 })));
    expect(back.put).toEqual([]);
    expect(back.send.at(-1)).toMatchObject({ type: "pull", from: 5, to: 8 });
    const shorter = reduce(found.state, message(hello({ client: "c.1", n: 2 })));
    expect([shorter.put, shorter.state.have]).toEqual([[{ reset: COLUMNS }], 0]);
  });
  it("hears nothing from a closed view", () => {
    const closed = reduce(run(live).state, { type: "close", now: 0 });
    expect(closed.send).toEqual([{ type: "close", client: "c", run: RUN }]);
    expect(types(reduce(closed.state, append(1, 0, 5)))).toEqual([]);
  });
});

interface Recorded {
  columns: string[];
  run: string;
  total_rows: (number | null)[][];
  frames: { msg: FromKernel; buffers: string[] }[];
}

describe("frames recorded from the Python server", () => {
  const vectors = JSON.parse(
    readFileSync(new URL("../../../tests/vectors/frames.json", import.meta.url), "utf8"),
  ) as Recorded;
  const play = (frames: Recorded["frames"]) => {
    let state = reduce(idle("a", vectors.run), { type: "open", now: 0 }).state;
    let columns = new Columns([]);
    const pulls: string[] = [];
    for (const { msg, buffers } of frames) {
      // the recording names its pulls p1, p2, …: they are the answers to the pull that is open here
      const mine = msg.type === "history" && state.pull ? { ...msg, id: state.pull.id } : msg;
      const n = "n" in msg ? (msg.n ?? 0) : 0;
      const bytes = buffers[0] ? Uint8Array.from(Buffer.from(buffers[0], "base64")).buffer : null;
      const event: Event = { type: "message", now: 0, message: mine };
      const step = reduce(
        state,
        bytes ? { ...event, block: decode(bytes, vectors.columns.length, n) } : event,
      );
      state = step.state;
      for (const { reset, chunk } of step.put) {
        if (reset) columns = new Columns(reset);
        if (chunk) columns.put(chunk);
      }
      for (const m of step.send) if (m.type === "pull") pulls.push(`${m.from}-${m.to}`);
    }
    return { state, columns, pulls };
  };
  const truth = vectors.total_rows.map((row) => row.map((v) => v ?? Number.NaN));
  const rows = (c: Columns) => truth.map((_, i) => vectors.columns.map((name) => c.column(name)[i]));

  it("give every row, the gap pulled as recorded", () => {
    const { columns, pulls, state } = play(vectors.frames);
    expect(pulls).toContain("6-8");
    expect(state.have).toBe(truth.length);
    expect(rows(columns)).toEqual(truth);
  });
  it("give the same with every frame doubled", () => {
    expect(rows(play(vectors.frames.flatMap((f) => [f, f])).columns)).toEqual(truth);
  });
});

/** A clockwork: messages wait in a bag and arrive when the schedule says so, twice, late, or never. */
function converge(schedule: readonly number[], loss: number, limit = 1e9): Session {
  let now = 0;
  let tick = (): void => {};
  let deliver: (message: never, buffers: DataView[]) => void = () => {};
  const up: ToKernel[] = [];
  const down: [never, DataView[]][] = [];
  const kernel = new FakeKernel(RUN, (m, b) => down.push([structuredClone(m), b]));
  kernel.limit = limit;
  const link = {
    send: (m: object) => up.push(m as ToKernel),
    onMessage: (cb: typeof deliver) => {
      deliver = cb;
      return () => {};
    },
  };
  const timers = {
    now: () => now,
    every: (_: number, cb: () => void) => {
      tick = cb;
      return () => {};
    },
  };
  const session = new Session(link, "c", RUN, timers, () => {});
  session.open();
  for (const roll of schedule) {
    now += 120;
    if (roll % 3 !== 0) kernel.step(1 + (roll % 4));
    if (roll % 2 === 0) kernel.flush();
    if (roll % 11 === 0) kernel.tell();
    const upward = up.splice(up.length ? roll % up.length : 0, 1)[0];
    if (upward && roll % 100 >= loss) kernel.receive(upward);
    const downward = down.splice(down.length ? roll % down.length : 0, 1)[0];
    if (downward && (roll >> 3) % 100 >= loss) deliver(...downward);
    if (downward && roll % 7 === 0) deliver(...downward);
    if (roll % 5 === 0) tick();
  }
  // then the line is good, and the kernel sends its status once more, as PanelServer does until it is answered
  for (let i = 0; i < 200; i++) {
    now += 500;
    tick();
    kernel.flush();
    if (i % 10 === 0) kernel.probe();
    for (const m of up.splice(0)) kernel.receive(m);
    for (const m of down.splice(0)) deliver(...m);
  }
  expect(session.state.have).toBe(kernel.n);
  expect(session.state.status?.step).toBe(kernel.n);
  if (limit > 1e6)
    expect([...session.columns.column("loss")]).toEqual(
      Array.from({ length: kernel.n }, (_, i) => 1 / (i + 1)),
    );
  return session;
}

describe("a line that loses, doubles and reorders", () => {
  const schedules = fc.array(fc.nat(1e6), { maxLength: 150 });
  it("converges on the kernel's rows", () => {
    fc.assert(
      fc.property(schedules, fc.nat(60), (schedule, loss) => {
        converge(schedule, loss);
      }),
      { numRuns: 150 },
    );
  });
  it("converges when long gaps come back as buckets", () => {
    fc.assert(
      fc.property(schedules, fc.nat(60), (schedule, loss) => {
        const { columns } = converge(schedule, loss, 5);
        const steps = [...columns.column("step")];
        expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });
  it("takes a link that throws for a kernel that is gone", () => {
    const link = {
      send: () => {
        throw new Error("Cannot send");
      },
      onMessage: () => () => {},
    };
    const session = new Session(link, "c", RUN, { now: () => 5, every: () => () => {} }, () => {});
    session.open();
    expect(session.state.lost).toBe(5);
    session.reconnect();
    expect(session.state.lost).toBe(5);
  });
  it("survives a frame whose buffer is short: its rows are pulled", () => {
    let listener: (message: never, buffers: DataView[]) => void = () => {};
    const sent: ToKernel[] = [];
    const kernel = new FakeKernel(RUN, (m, b) => listener(m, b));
    const link = {
      send: (m: object) => {
        sent.push(m as ToKernel);
        kernel.receive(m as ToKernel);
      },
      onMessage: (cb: typeof listener) => {
        listener = cb;
        return () => {};
      },
    };
    const session = new Session(link, "c", RUN, { now: () => 0, every: () => () => {} }, () => {});
    session.open();
    kernel.step(4);
    listener({ type: "append", run: RUN, seq: 1, from: 0, n: 4 } as never, [
      new DataView(new ArrayBuffer(8)),
    ]);
    expect(sent.some((m) => m.type === "pull")).toBe(true);
    expect(session.columns.n).toBe(4);
  });
});
