/**
 * Sends one file up to the kernel in pieces, at most a window ahead of what the kernel has, and again from there if no
 * answer comes. The digest of what was read is compared with that of what arrived. No DOM; the other end is
 * qlab/widgets/dataserver.py.
 */

import { sha256 } from "./sha256";

const PATIENCE = 3000; // milliseconds without an answer

export interface UploadAnswer {
  readonly id: string;
  readonly state: "ready" | "got" | "whole" | "gone" | "refused";
  readonly next?: number;
  readonly chunk?: number;
  readonly window?: number;
  readonly sha256?: string;
}

export interface UploadPort {
  announce(id: string, name: string, size: number): void;
  chunk(id: string, at: number, bytes: ArrayBuffer): void;
  cancel(id: string): void;
}

export interface UploadEvents {
  /** So many bytes are with the kernel. */
  progress(done: number): void;
  /** All of it is; false: what arrived is not what was read. */
  whole(intact: boolean): void;
  /** It was stopped, by either side, or the file could not be read. */
  ended(reason: "cancelled" | "refused" | "unreadable"): void;
}

export interface Upload {
  receive(answer: UploadAnswer): void;
  cancel(): void;
}

export function upload(file: File, id: string, port: UploadPort, events: UploadEvents): Upload {
  const digest = sha256();
  let hashed = 0;
  let chunk = 0;
  let ahead = 0;
  let next = 0; // the kernel has everything before
  let at = 0; // sent up to here
  let over = false;
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function watch(): void {
    clearTimeout(timer);
    if (over) return;
    timer = setTimeout(() => {
      at = next; // go back: what is underway may be lost
      if (chunk === 0) port.announce(id, file.name, file.size);
      void pump();
      watch();
    }, PATIENCE);
  }

  function end(report: () => void): void {
    if (over) return;
    over = true;
    clearTimeout(timer);
    report();
  }

  /** Sends as far ahead as the window allows; one reader at a time. */
  async function pump(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      while (!over && chunk > 0 && at < file.size && at < next + ahead * chunk) {
        const from = at;
        const bytes = await file.slice(from, from + chunk).arrayBuffer();
        if (over) return;
        if (from === hashed) {
          digest.update(new Uint8Array(bytes));
          hashed += bytes.byteLength;
        }
        if (at !== from) continue; // it went back meanwhile
        at = from + bytes.byteLength;
        port.chunk(id, from, bytes);
      }
    } catch {
      end(() => {
        port.cancel(id);
        events.ended("unreadable");
      });
    } finally {
      busy = false;
    }
  }

  port.announce(id, file.name, file.size);
  watch();
  return {
    receive(answer) {
      if (answer.id !== id || over) return;
      if (answer.state === "gone" || answer.state === "refused") {
        end(() => events.ended(answer.state === "gone" ? "cancelled" : "refused"));
        return;
      }
      if (answer.state === "whole") {
        const intact = answer.sha256 === undefined || answer.sha256 === digest.hex();
        end(() => events.whole(intact));
        return;
      }
      chunk = answer.chunk ?? chunk;
      ahead = answer.window ?? ahead;
      next = Math.max(next, answer.next ?? 0);
      at = Math.max(at, next);
      events.progress(next);
      watch();
      void pump();
    },
    cancel() {
      end(() => {
        port.cancel(id);
        events.ended("cancelled");
      });
    },
  };
}
