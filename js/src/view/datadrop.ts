/** Files dropped on the widget or picked: one after the other goes up to the kernel, which then loads it. */

import { type Upload, upload } from "../stream/upload";
import type { LoadingMessage, ToKernel, UploadMessage } from "./datatypes";
import { h, on } from "./dom";
import { icon } from "./icons";

export interface DropEvents {
  send(message: ToKernel, buffers?: ArrayBuffer[]): void;
  /** A file begins to go up. */
  start(name: string): void;
  progress(message: LoadingMessage): void;
  /** It arrived whole, and is read now. */
  arrived(name: string): void;
  /** It did not; `fault` is to be shown unless the kernel said why. */
  ended(fault: { message: string; cure: string } | null): void;
  /** Stop at bad rows. */
  strict(): boolean;
}

export interface Drop {
  /** The area shown over the widget while a file hangs above it. */
  readonly area: HTMLElement;
  /** Opens the browser's choice of files. */
  choose(): void;
  receive(message: UploadMessage): void;
  /** The upload that runs is stopped; false: there is none. */
  cancel(): boolean;
  /** What came before is read or refused: the next file may go. */
  next(): void;
}

export function drop(root: HTMLElement, events: DropEvents, signal: AbortSignal): Drop {
  const area = h(
    "div",
    { class: "ql-data-drop", hidden: true },
    h("b", null, icon("upload"), "Drop to load"),
  );
  const input = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "Files to load",
    tabindex: -1,
  });
  area.append(input);
  let queue: File[] = [];
  let going: { upload: Upload; file: File } | null = null;
  let reading = false;

  function take(files: Iterable<File>): void {
    queue.push(...files);
    if (!going && !reading) next();
  }

  function next(): void {
    reading = false;
    const file = queue.shift();
    if (!file || signal.aborted) return;
    const began = performance.now();
    const { name, size } = file;
    const tell = (done: number): void => {
      const seconds = (performance.now() - began) / 1000;
      const left = done > 0 ? ((size - done) * seconds) / done : null;
      events.progress({ ...NOTHING, source: name, done, total: size, seconds, left });
    };
    events.start(name);
    const port = {
      announce: (id: string, as: string, bytes: number) =>
        events.send({
          type: "upload",
          id,
          name: as,
          size: bytes,
          ...(events.strict() ? { strict: true as const } : {}),
        }),
      chunk: (id: string, at: number, bytes: ArrayBuffer) => events.send({ type: "chunk", id, at }, [bytes]),
      cancel: (id: string) => events.send({ type: "cancel", id }),
    };
    const made = upload(file, newId(), port, {
      progress: tell,
      whole(intact) {
        going = null;
        reading = true;
        if (intact) {
          events.arrived(name);
          return;
        }
        events.send({ type: "cancel" });
        events.ended({ message: `${name} arrived damaged`, cure: "load it again" });
      },
      ended(reason) {
        going = null;
        const unread = {
          message: `${name} can't be read`,
          cure: "it was moved, changed or is a folder; choose it again",
        };
        events.ended(reason === "unreadable" ? unread : null);
        next();
      },
    });
    going = { upload: made, file };
    tell(0);
  }

  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  const mine = (event: DragEvent): boolean => {
    if (!holdsFiles(event)) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  for (const type of ["dragenter", "dragover"] as const)
    on(
      root,
      type,
      (event) => {
        if (!mine(event)) return;
        if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
        area.hidden = false;
      },
      signal,
    );
  on(
    area,
    "dragleave",
    (event) => {
      if (!area.contains(event.relatedTarget as Node | null)) area.hidden = true;
    },
    signal,
  );
  on(
    root,
    "drop",
    (event) => {
      if (!mine(event)) return;
      area.hidden = true;
      take(event.dataTransfer?.files ?? []);
    },
    signal,
  );
  on(
    input,
    "change",
    () => {
      take([...(input.files ?? [])]);
      input.value = "";
    },
    signal,
  );
  signal.addEventListener("abort", () => {
    queue = [];
    going?.upload.cancel();
  });

  return {
    area,
    choose: () => input.click(),
    receive: (message) => going?.upload.receive(message),
    cancel() {
      const was = going;
      was?.upload.cancel();
      return was !== null;
    },
    next() {
      if (!going) next();
    },
  };
}

const NOTHING = { type: "loading", stage: "upload", rows: 0, bad: 0, estimate: null, columns: [] } as const;

function newId(): string {
  const digits = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(digits, (d) => d.toString(16).padStart(2, "0")).join("");
}
