import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { download } from "../../src/stream/download";
import { sha256 } from "../../src/stream/sha256";
import { type Upload, type UploadAnswer, upload } from "../../src/stream/upload";

const of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("sha256", () => {
  it("equals Node's for any bytes, however they are cut", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(400), { maxLength: 6 }),
        (bytes, cuts) => {
          const digest = sha256();
          const ends = [0, ...cuts.map((c) => Math.min(c, bytes.length)).sort((a, b) => a - b), bytes.length];
          for (let i = 1; i < ends.length; i++) digest.update(bytes.subarray(ends[i - 1], ends[i]));
          expect(digest.hex()).toBe(of(bytes));
        },
      ),
    );
  });
  it("knows the examples of the standard", () => {
    const text = (t: string) => {
      const digest = sha256();
      digest.update(new TextEncoder().encode(t));
      return digest.hex();
    };
    expect(text("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(text("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(text("a".repeat(1_000_000))).toBe(
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    );
  });
});

const CHUNK = 100;
const WINDOW = 4;

/** A kernel that keeps what arrives; `loses` says which messages of the page never come. */
class Kernel {
  readonly got: Uint8Array;
  readonly sent: { at: number; next: number }[] = [];
  readonly there = new Map<number, Uint8Array>();
  next = 0;
  said: string[] = [];
  to: Upload | undefined;
  progress: number[] = [];

  constructor(
    readonly bytes: Uint8Array,
    readonly loses: (n: number, what: string) => boolean = () => false,
    readonly spoil = false,
  ) {
    this.got = new Uint8Array(bytes.length);
  }
  #count = 0;
  #answer(answer: Partial<UploadAnswer>): void {
    if (this.loses(this.#count++, "answer")) return;
    queueMicrotask(() => this.to?.receive({ id: "u", ...answer } as UploadAnswer));
  }
  start(): void {
    this.to = upload(
      new File([this.bytes as Uint8Array<ArrayBuffer>], "a.csv"),
      "u",
      {
        announce: () => this.#answer({ state: "ready", next: 0, chunk: CHUNK, window: WINDOW }),
        chunk: (_id, at, bytes) => this.take(at, new Uint8Array(bytes)),
        cancel: () => this.said.push("cancel"),
      },
      {
        progress: (done) => this.progress.push(done),
        whole: (intact) => this.said.push(`whole ${intact}`),
        ended: (reason) => this.said.push(reason),
      },
    );
  }
  take(at: number, bytes: Uint8Array): void {
    this.sent.push({ at, next: this.next });
    if (this.loses(this.#count++, "chunk")) return;
    this.there.set(at, bytes);
    this.got.set(bytes, at);
    while (this.there.has(this.next)) this.next += this.there.get(this.next)?.length ?? 0;
    this.#answer({ state: "got", next: this.next });
    if (this.next < this.bytes.length) return;
    if (this.spoil) this.got[0] = (this.got[0] ?? 0) ^ 1;
    this.#answer({ state: "whole", next: this.next, sha256: of(this.got) });
  }
}

describe("an upload", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());
  const settle = async (kernel: Kernel): Promise<void> => {
    for (let i = 0; i < 400 && kernel.said.length === 0; i++) {
      await new Promise((done) => setImmediate(done));
      if (i % 20 === 19) vi.advanceTimersByTime(3100);
    }
  };
  const bytes = Uint8Array.from({ length: 1030 }, (_, i) => (i * 7) % 251);

  it("brings every byte, never further ahead than the window, and knows that it did", async () => {
    const kernel = new Kernel(bytes);
    kernel.start();
    await settle(kernel);
    expect(kernel.said).toEqual(["whole true"]);
    expect(kernel.got).toEqual(bytes);
    expect(kernel.sent.every(({ at, next }) => at < next + WINDOW * CHUNK)).toBe(true);
    expect(kernel.sent).toHaveLength(11);
    expect(kernel.progress).toEqual([...kernel.progress].sort((a, b) => a - b));
  });

  it("goes back to what the kernel has when messages get lost either way", async () => {
    for (const every of [3, 4, 5]) {
      const kernel = new Kernel(bytes, (n) => n % every === every - 1 && n < 40);
      kernel.start();
      await settle(kernel);
      expect(kernel.said).toEqual(["whole true"]);
      expect(kernel.got).toEqual(bytes);
    }
  });

  it("says when what arrived is not what was read", async () => {
    const kernel = new Kernel(bytes, () => false, true);
    kernel.start();
    await settle(kernel);
    expect(kernel.said).toEqual(["whole false"]);
  });

  it("is stopped from either side and then sends nothing more", async () => {
    const kernel = new Kernel(bytes, (n) => n > 4);
    kernel.start();
    for (let i = 0; i < 10; i++) await new Promise((done) => setImmediate(done));
    kernel.to?.cancel();
    expect(kernel.said).toEqual(["cancel", "cancelled"]);
    const sent = kernel.sent.length;
    vi.advanceTimersByTime(10_000);
    await new Promise((done) => setImmediate(done));
    expect(kernel.sent).toHaveLength(sent);
    const other = new Kernel(bytes, () => true);
    other.start();
    other.to?.receive({ id: "u", state: "refused" });
    expect(other.said).toEqual(["refused"]);
  });
});

describe("a download", () => {
  it("puts the pieces in their order, few at a time, and asks again for one that is lost", () => {
    vi.useFakeTimers();
    const asked: number[] = [];
    let whole: Uint8Array[] | undefined;
    const get = download(
      25,
      4,
      (at) => asked.push(at),
      (pieces) => {
        whole = pieces;
      },
    );
    expect(asked).toEqual([0, 4, 8, 12]);
    const piece = (at: number): void => {
      const bytes = Uint8Array.from({ length: Math.min(4, 25 - at) }, (_, i) => at + i);
      get.piece(at, new DataView(bytes.buffer));
    };
    for (const at of [12, 0, 8, 20, 16, 24]) piece(at);
    expect(whole).toBeUndefined();
    vi.advanceTimersByTime(3100);
    expect(asked.at(-1)).toBe(4);
    piece(4);
    piece(4);
    expect(whole?.flatMap((p) => [...p])).toEqual(Array.from({ length: 25 }, (_, i) => i));
    vi.useRealTimers();
  });
});
