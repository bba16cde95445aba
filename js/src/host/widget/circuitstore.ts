/**
 * The designer's Store over a widget's traits: `circuit_text` carries the circuit; `accepted`, `error` and `read_only`
 * tell what Python made of it. Shared by the Designer and the Lab. No view logic.
 */
import type { AnyModel } from "@anywidget/types";
import type { Conflict, Store, StoreError } from "../../view/store";

// biome-ignore lint/suspicious/noExplicitAny: traits differ from widget to widget
type Model = AnyModel<any>;

const QUIET = 400;
const LONG = 3000;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** CRC-32 of the text in UTF-8, as Python's zlib.crc32: tells whether Python holds the same text without resending it. */
export function crc32(text: string): number {
  let c = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) c = TABLE[(c ^ byte) & 255]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

export function circuitStore(model: Model, signal: AbortSignal): Store {
  let sent = 0;
  /** The person's text that Python has not confirmed. */
  let pending: string | undefined;
  let agreed = Date.now();
  let conflict: Conflict | undefined;
  let own = false;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const later = (ms: number): void => {
    const timer = setTimeout(tell, ms);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  };
  /** Python's answer to the pending text: then it is confirmed. */
  const answered = (): void => {
    if (pending === undefined || model.get("accepted") !== crc32(pending)) return;
    pending = undefined;
    agreed = Date.now();
  };
  /**
   * Python's own text, come while ours was still on its way: it will arrive there after all, so one has to be chosen.
   * A refusal sends the last good text back, and is no conflict.
   */
  const arrived = (): void => {
    if (own) return;
    const theirs = model.get("circuit_text");
    const refused = refusal(model.get("error")) !== undefined;
    if (pending === undefined || refused || theirs === pending) {
      pending = undefined;
      return;
    }
    conflict = { mine: pending, theirs, since: agreed };
  };
  const send = (text: string): void => {
    sent = Date.now();
    pending = typeof model.get("accepted") === "number" ? text : undefined;
    own = true;
    // the same text set again would not be sent; a blank more is the same circuit to whoever sees it in between
    if (model.get("circuit_text") === text) model.set("circuit_text", `${text} `);
    model.set("circuit_text", text);
    own = false;
    model.save_changes();
    later(QUIET + 20);
    later(LONG + 20);
  };
  model.on("change:accepted", answered);
  model.on("change:circuit_text", arrived);
  signal.addEventListener(
    "abort",
    () => {
      model.off("change:accepted", answered);
      model.off("change:circuit_text", arrived);
    },
    { once: true },
  );
  for (const name of ["circuit_text", "accepted", "error", "read_only"]) model.on(`change:${name}`, tell);
  signal.addEventListener(
    "abort",
    () => {
      for (const name of ["circuit_text", "accepted", "error", "read_only"])
        model.off(`change:${name}`, tell);
    },
    { once: true },
  );
  return {
    get: () => conflict?.mine ?? model.get("circuit_text"),
    set(text) {
      if (model.get("circuit_text") !== text) send(text);
    },
    conflict: () => conflict,
    settle(text) {
      conflict = undefined;
      send(text);
    },
    subscribe(callback) {
      listeners.add(callback);
      return () => {
        listeners.delete(callback);
      };
    },
    status() {
      const accepted = model.get("accepted");
      const same = typeof accepted !== "number" || accepted === crc32(model.get("circuit_text"));
      const waited = Date.now() - sent;
      if (same || waited < QUIET) return { state: "step", text: "In step with Python" };
      if (waited < LONG) return { state: "wait", text: "Sending to Python" };
      return { state: "off", text: "No answer from Python yet; the change is kept here" };
    },
    error: () => refusal(model.get("error")),
    locked: () => (model.get("read_only") === true ? "This designer is read-only" : undefined),
  };
}

/** The error trait: JSON of a QlabError, or "". */
export function refusal(text: unknown): StoreError | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  try {
    const { message, where, cure } = JSON.parse(text) as Record<string, unknown>;
    const word = (v: unknown): string | undefined => (typeof v === "string" && v !== "" ? v : undefined);
    return { message: word(message) ?? "no reason was given", where: word(where), cure: word(cure) };
  } catch {
    return { message: text };
  }
}
