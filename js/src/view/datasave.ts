/** *Download as CSV*: asks the kernel for the file, fetches its pieces and hands them to the browser. */

import { type Download, download } from "../stream/download";
import type { ExportMessage, PieceMessage, ToKernel } from "./datatypes";
import { h } from "./dom";
import { plural } from "./format";

export interface Save {
  ask(what: "rows" | "bad"): void;
  ready(message: ExportMessage): void;
  piece(message: PieceMessage, bytes: DataView): void;
  fail(): void;
}

/** `said` tells how it goes, in words. */
export function save(
  send: (message: ToKernel) => void,
  said: (text: string) => void,
  signal: AbortSignal,
): Save {
  let id = "";
  let ids = 0;
  let fetching: Download | undefined;
  signal.addEventListener("abort", () => fetching?.stop());
  return {
    ask(what) {
      fetching?.stop();
      id = `save-${Date.now().toString(36)}-${ids++}`;
      said("preparing the file");
      send({ type: "export", id, what, format: "csv" });
    },
    ready(message) {
      if (message.id !== id || message.state !== "ready") return;
      const { name = "rows.csv", size = 0, chunk = 1, neutralised = 0 } = message;
      fetching = download(
        size,
        chunk,
        (at) => send({ type: "pull", id, at }),
        (pieces) => {
          handOver(name, pieces);
          const tamed =
            neutralised > 0 ? `, ${plural(neutralised, "formula")} made text with a ’ in front` : "";
          said(`${name} saved${tamed}`);
        },
      );
    },
    piece(message, bytes) {
      if (message.id === id) fetching?.piece(message.at, bytes);
    },
    fail() {
      fetching?.stop();
      said("");
    },
  };
}

function handOver(name: string, pieces: Uint8Array<ArrayBuffer>[]): void {
  const url = URL.createObjectURL(new Blob(pieces, { type: "text/csv" }));
  const link = h("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
