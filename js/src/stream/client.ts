/**
 * The panel's end of the protocol as a pure reducer: (state, event) → (state, messages to send, rows to store).
 * Frames may be lost, doubled or out of order; what is missing is noticed by its row numbers and pulled.
 * It holds no timer, no buffer of figures and no clock: the host supplies `now` and a tick.
 */

import { type Chunk, place } from "./columns";
import type { Action, Append, FromKernel, Hello, History, OrderValue, Status, ToKernel } from "./messages";
import { type Asked, type ClientState, isActive, NOTHING, nameOf } from "./state";

export type { Link } from "./messages";

export type Event =
  | { type: "open"; now: number }
  | { type: "tick"; now: number }
  | { type: "message"; now: number; message: FromKernel; block?: readonly Float64Array[] }
  | { type: "control"; now: number; action: Action; value?: OrderValue }
  | { type: "lost"; now: number }
  | { type: "found"; now: number }
  | { type: "dismiss"; now: number }
  | { type: "close"; now: number };

/** Rows for the columns; `reset` starts them anew first. */
export interface Put {
  readonly reset?: readonly string[];
  readonly chunk?: Chunk;
}

export interface Step {
  readonly state: ClientState;
  readonly send: readonly ToKernel[];
  readonly put: readonly Put[];
}

const STASH = 64;
const only = (state: ClientState, ...send: ToKernel[]): Step => ({ state, send, put: [] });

export function reduce(state: ClientState, event: Event): Step {
  const { now } = event;
  switch (event.type) {
    case "open":
      return state.phase === "idle" ? opened(state, now) : only(state);
    case "tick":
      return tick(state, now);
    case "message":
      return state.phase === "closed" ? only(state) : received(state, event.message, event.block, now);
    case "control":
      return control(state, event.action, event.value, now);
    case "lost":
      return only({ ...state, lost: state.lost ?? now, pull: null, pinged: null, asked: NOTHING });
    case "found":
      return opened({ ...state, life: state.life + 1, lost: null, pull: null }, now);
    case "dismiss":
      return only({ ...state, refusal: null });
    case "close":
      if (state.phase === "idle" || state.phase === "closed") return only({ ...state, phase: "closed" });
      return only({ ...state, phase: "closed" }, { type: "close", client: nameOf(state), run: state.run });
  }
}

function opened(state: ClientState, now: number): Step {
  const next: ClientState = { ...state, phase: "opening", openedAt: now, heard: now, opens: 1, pinged: null };
  return only({ ...next, silent: null }, { type: "open", client: nameOf(next), run: next.run });
}

/** Orders that a run takes when it has ended, too. */
const ALWAYS: ReadonlySet<Action> = new Set(["branch", "resume"]);

function control(state: ClientState, action: Action, value: OrderValue | undefined, now: number): Step {
  if (state.phase !== "live" || state.lost !== null) return only(state);
  if (!isActive(state.status) && !ALWAYS.has(action)) return only(state);
  const asked = askedBy(state, action, value, now);
  const order: ToKernel = { type: "control", client: nameOf(state), run: state.run, action };
  return only({ ...state, asked, refusal: null }, value === undefined ? order : { ...order, value });
}

/** What is awaited once an order has been sent. */
function askedBy(state: ClientState, action: Action, value: OrderValue | undefined, now: number): Asked {
  const { asked, status } = state;
  if (action === "watch") return asked;
  if (action === "lr") return { ...asked, lr: typeof value === "number" ? value : null };
  if (action === "batch") return { ...asked, batch: typeof value === "number" ? value : null };
  if (action === "freeze" || action === "thaw" || action === "term") {
    const seen = status?.events.length ?? 0;
    return { ...asked, part: { action, seen } };
  }
  if (action === "branch") return { ...asked, branch: now };
  return { ...asked, action };
}

function tick(state: ClientState, now: number): Step {
  if (state.lost !== null || state.phase === "idle" || state.phase === "closed" || state.phase === "refused")
    return only(state);
  const { retry, again, late, ping, silent } = state.patience;
  const client = nameOf(state);
  if (state.phase === "opening") {
    // a kernel busy with a cell may be long: ask less and less often, but never give up
    const wait = Math.min(retry * 1.5 ** (state.opens - 1), 8 * retry);
    const due = now - state.openedAt >= wait;
    const next = due ? { ...state, openedAt: now, opens: state.opens + 1 } : state;
    const quiet = now - state.heard >= ping + silent ? (state.silent ?? state.heard) : null;
    const open: ToKernel = { type: "open", client, run: state.run };
    return due ? only({ ...next, silent: quiet }, open) : only({ ...next, silent: quiet });
  }
  if (state.pull && now - state.pull.at >= again * 2 ** Math.min(state.pull.repeats, 4)) {
    const pull = { ...state.pull, at: now, repeats: state.pull.repeats + 1 };
    return only({ ...state, pull }, asking(state, pull));
  }
  // rows a status spoke of that have not come by themselves
  if (!state.pull && state.told > state.have && now - state.toldAt >= late)
    return ask({ ...state, total: Math.max(state.total, state.told) }, [], [], now);
  if (state.pinged !== null && now - state.pinged >= silent)
    return only({ ...state, silent: state.silent ?? state.heard, pinged: now }, probe(state));
  if (state.pinged === null && isActive(state.status) && now - state.heard >= ping)
    return only({ ...state, pinged: now }, probe(state));
  return only(state);
}

const asking = (state: ClientState, pull: { id: string; from: number; to: number }): ToKernel => ({
  type: "pull",
  client: nameOf(state),
  run: state.run,
  id: pull.id,
  from: pull.from,
  to: pull.to,
  points: state.patience.points,
});

/** A pull of nothing: any answer to it shows that the kernel is there. */
const probe = (state: ClientState): ToKernel =>
  asking(state, { id: `${nameOf(state)}:ping`, from: state.have, to: state.have });

function received(
  state: ClientState,
  message: FromKernel,
  block: readonly Float64Array[] | undefined,
  now: number,
): Step {
  if (message.type === "plotly") return only(state);
  if (message.type === "error") {
    if (message.run != null && message.run !== state.run) return only(state);
    const phase = state.phase === "opening" ? "refused" : state.phase;
    return only({ ...state, phase, refusal: message, asked: NOTHING, heard: now });
  }
  if (message.run !== state.run || state.phase === "idle") return only(state);
  // before hello nothing is known about the columns; what is missed then is pulled after it
  if (state.phase !== "live" && message.type !== "hello") return only(state);
  const heard: ClientState = { ...state, heard: now, pinged: null, silent: null };
  switch (message.type) {
    case "hello":
      return hello(heard, message, now);
    case "append":
      return append(heard, message, block, now);
    case "history":
      return history(heard, message, block, now);
    case "status": {
      const n = message.n ?? 0;
      const toldAt = state.told > state.have ? state.toldAt : now;
      // the last rows of a run were sent before the status that ends it
      const total = isActive(message.status) ? state.total : Math.max(state.total, n);
      const told = { ...heard, total, told: Math.max(state.told, n), toldAt };
      return ask(withStatus(told, message.status, message.seq), [ack(heard, message.seq)], [], now);
    }
  }
}

const ack = (state: ClientState, seq: number): ToKernel => ({
  type: "ack",
  client: nameOf(state),
  run: state.run,
  seq,
});

function hello(state: ClientState, message: Hello, now: number): Step {
  const mine = message.client === nameOf(state) && state.phase !== "live";
  const total = Math.max(state.total, message.n);
  if (!mine) {
    if (state.phase !== "live") return only(state);
    return ask(withStatus({ ...state, total }, message.status, message.seq), [], [], now);
  }
  const same = message.n >= state.have && message.columns.join() === state.columns.join();
  const fresh: ClientState = {
    ...state,
    ...(same ? {} : { have: 0, columns: message.columns }),
    phase: "live",
    name: message.name,
    total: message.n,
    told: 0,
    seq: -1,
    stash: [],
    pull: null,
    refusal: null,
  };
  const put: Put[] = same ? [] : [{ reset: message.columns }];
  return ask(withStatus(fresh, message.status, message.seq), [ack(fresh, message.seq)], put, now);
}

/** The newer status of two: by number, and by progress where a status was sent again under its old number. */
function withStatus(state: ClientState, status: Status, seq: number): ClientState {
  const old = state.status;
  const again = seq === state.seq && old !== null && status.step < old.step;
  if (seq < state.seq || again) return state;
  const { action, lr, batch, part, branch } = state.asked;
  const answered =
    action === null ||
    (!isActive(status) && action !== "resume") ||
    (action === "pause" && status.state === "paused") ||
    (action === "resume" && status.state === "running");
  const arrived = !isActive(status) || lr === null || (status.lr === lr && status.lr_pending === null);
  const sized = !isActive(status) || batch === null || status.batch === undefined || status.batch === batch;
  // what the loop has taken it tells as an event, even where it changed nothing
  const done = !isActive(status) || part === null || status.events.length > part.seen;
  const asked: Asked = {
    action: answered ? null : action,
    lr: arrived ? null : lr,
    batch: sized ? null : batch,
    part: done ? null : part,
    branch,
  };
  return { ...state, seq, status, asked };
}

function append(
  state: ClientState,
  message: Append,
  block: readonly Float64Array[] | undefined,
  now: number,
): Step {
  const reply = [ack(state, message.seq)];
  const to = message.from + message.n;
  const total = Math.max(state.total, to);
  if (!block || block.length !== state.columns.length) return ask({ ...state, total }, reply, [], now);
  const chunk: Chunk = { from: message.from, to, exact: true, block };
  if (place(state.have, chunk) === "gap") {
    const stash = state.stash.length < STASH ? [...state.stash, chunk] : state.stash;
    return ask({ ...state, total, stash }, reply, [], now);
  }
  return store({ ...state, total }, chunk, reply, now);
}

function history(
  state: ClientState,
  message: History,
  block: readonly Float64Array[] | undefined,
  now: number,
): Step {
  const { pull } = state;
  if (!pull || message.id !== pull.id) return only(state);
  const to = message.exact ? message.from + message.n : Math.min(pull.to, message.total);
  const useful = block?.length === state.columns.length && (to > pull.from || message.total <= pull.from);
  // a useless answer stays open until the tick repeats the question, so that two faulty ends can't spin
  if (!useful || !block) return only(state);
  const next: ClientState = { ...state, pull: null, total: message.total, told: message.total };
  return store(next, { from: message.from, to, exact: message.exact, block }, [], now);
}

/** Takes a chunk that fits, then all that were waiting for it. */
function store(state: ClientState, chunk: Chunk, send: readonly ToKernel[], now: number): Step {
  let have = state.have;
  const put: Put[] = [];
  let waiting = [...state.stash, chunk];
  for (;;) {
    waiting = waiting.filter((c) => place(have, c) !== "old");
    const next = waiting.find((c) => place(have, c) !== "gap");
    if (!next) break;
    put.push({ chunk: next });
    have = next.to;
  }
  return ask({ ...state, have, total: Math.max(state.total, have), stash: waiting }, send, put, now);
}

/** Pulls the rows that are known to be missing, one pull at a time. */
function ask(state: ClientState, send: readonly ToKernel[], put: readonly Put[], now: number): Step {
  if (state.pull || state.have >= state.total || state.lost !== null) return { state, send, put };
  const to = state.stash.reduce((least, c) => Math.min(least, c.from), state.total);
  const pull = { id: `${nameOf(state)}:${state.pulls}`, from: state.have, to, at: now, repeats: 0 };
  const next = { ...state, pull, pulls: state.pulls + 1 };
  return { state: next, send: [...send, asking(next, pull)], put };
}
