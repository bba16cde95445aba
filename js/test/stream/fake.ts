/** A kernel in a few lines: rows, status, the protocol. For tests of the client over links that lose and reorder. */
import type { Status, ToKernel } from "../../src/stream/messages";

export const COLUMNS = ["step", "epoch", "time", "loss", "val_loss"];

export const status = (over: Partial<Status> = {}): Status => ({
  state: "running",
  step: 0,
  total: 100,
  epoch: 0,
  epochs: 10,
  lr: 0.05,
  lr_pending: null,
  stats: { depth: 5, depth2: 2, gates: 14, gates2: 6, counts: { ry: 8, cx: 6 }, weights: 4, inputs: 4 },
  events: [],
  confusion: null,
  error: null,
  metrics: null,
  elapsed: 0,
  seed: 7,
  baseline: null,
  ...over,
});

export class FakeKernel {
  n = 0;
  seq = 0;
  private sent = 0;
  now = status();
  /** Rows a pull may bring before it is answered in buckets. */
  limit = 1e9;

  constructor(
    readonly run: string,
    private readonly out: (message: never, buffers: DataView[]) => void,
  ) {}

  step(rows = 1): void {
    this.n += rows;
    this.now = { ...this.now, step: this.n };
  }

  row(i: number): number[] {
    return [
      i + 1,
      Math.ceil((i + 1) / 10),
      (i + 1) / 100,
      1 / (i + 1),
      i % 10 === 9 ? 2 / (i + 1) : Number.NaN,
    ];
  }

  flush(): void {
    if (this.n === this.sent) return;
    this.seq++;
    const { run, seq, sent, n } = this;
    this.emit({ type: "append", run, seq, from: sent, n: n - sent }, [this.pack(sent, n)]);
    this.sent = n;
  }

  tell(): void {
    this.seq++;
    this.probe();
  }

  probe(): void {
    this.emit({ type: "status", run: this.run, seq: this.seq, n: this.n, status: this.now });
  }

  receive(m: ToKernel): void {
    const { run, seq, n } = this;
    if (m.type === "open") {
      this.sent = n;
      this.emit({
        type: "hello",
        client: m.client,
        run,
        seq,
        name: "demo",
        columns: COLUMNS,
        n,
        status: this.now,
      });
    }
    if (m.type === "pull") {
      const to = Math.min(m.to, n);
      const from = Math.min(m.from, to);
      const exact = to - from <= this.limit;
      const body = exact ? this.pack(from, to) : this.pack(from, from + 1);
      const rows = exact ? to - from : 1;
      this.emit({ type: "history", run, id: m.id, from, n: rows, total: n, exact }, [body]);
    }
    if (m.type === "control") {
      if (m.action === "pause") this.now = { ...this.now, state: "paused" };
      if (m.action === "resume") this.now = { ...this.now, state: "running" };
      if (m.action === "stop") this.now = { ...this.now, state: "stopped" };
      if (m.action === "lr")
        this.now = { ...this.now, lr_pending: typeof m.value === "number" ? m.value : null };
      this.tell();
    }
  }

  private emit(message: object, buffers: DataView[] = []): void {
    this.out(message as never, buffers);
  }

  private pack(from: number, to: number): DataView {
    const rows = to - from;
    const view = new DataView(new ArrayBuffer(8 * rows * COLUMNS.length));
    for (let i = 0; i < rows; i++)
      for (const [c, v] of this.row(from + i).entries()) view.setFloat64(8 * (c * rows + i), v, true);
    return view;
  }
}
