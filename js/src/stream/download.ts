/** Fetches a file that the kernel has ready, in pieces, a few at a time; what does not come is asked for again. No DOM. */

const OPEN = 4;
const PATIENCE = 3000; // milliseconds without a piece

export interface Download {
  piece(at: number, bytes: DataView): void;
  /** Nothing more is asked for. */
  stop(): void;
}

/** `whole` gets the pieces in their order once all are here. */
export function download(
  size: number,
  chunk: number,
  pull: (at: number) => void,
  whole: (pieces: Uint8Array<ArrayBuffer>[]) => void,
): Download {
  const count = Math.max(1, Math.ceil(size / chunk));
  const got = new Map<number, Uint8Array<ArrayBuffer>>();
  const asked = new Set<number>();
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function ask(): void {
    clearTimeout(timer);
    if (over) return;
    for (let i = 0; i < count && asked.size < OPEN; i++) {
      if (got.has(i) || asked.has(i)) continue;
      asked.add(i);
      pull(i * chunk);
    }
    timer = setTimeout(() => {
      asked.clear();
      ask();
    }, PATIENCE);
  }
  ask();
  return {
    piece(at, bytes) {
      const i = Math.floor(at / chunk);
      asked.delete(i);
      if (over || got.has(i)) return;
      // a copy: the buffer belongs to the message
      got.set(i, new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength).slice());
      if (got.size < count) {
        ask();
        return;
      }
      over = true;
      clearTimeout(timer);
      whole(Array.from({ length: count }, (_, k) => got.get(k) as Uint8Array<ArrayBuffer>));
    },
    stop() {
      over = true;
      clearTimeout(timer);
    },
  };
}
