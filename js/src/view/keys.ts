/**
 * The designer's keyboard as a pure state machine: a state and a key give a new state and at most one action.
 * It knows neither circuit nor DOM; session and canvas carry the actions out.
 */

export interface Press {
  readonly key: string;
  readonly shift?: boolean;
  readonly alt?: boolean;
  /** Ctrl, or Cmd on a Mac. */
  readonly mod?: boolean;
}

export interface KeyState {
  /** "e" or "r" waits for the axis; "control" waits for arrows and the gate. */
  readonly prefix: "" | "e" | "r" | "control";
  readonly fill: boolean;
  /** Digits typed right after a placement with an index. */
  readonly digits: string;
  /** Whether digits now change the index of what was just placed. */
  readonly indexing: boolean;
}

export type KeyAction =
  | { type: "place"; gate: string; param: "" | "x" | "w"; fill: boolean; controlled: boolean }
  | { type: "index"; index: number }
  | { type: "control"; anti: boolean }
  | { type: "cursor"; dx: number; dy: number; extend: boolean; jump?: "row" | "all" }
  | { type: "shift"; dx: number; dy: number }
  | { type: "chain"; ring: boolean }
  | { type: "zoom"; by: -1 | 0 | 1 }
  /** The state marker: a column left or right, or to the end. */
  | { type: "marker"; by: -1 | 1 | "end" }
  | {
      type:
        | "edit"
        | "remove"
        | "duplicate"
        | "undo"
        | "redo"
        | "all"
        | "search"
        | "sheet"
        | "cancel"
        | "group"
        | "ungroup"
        | "block"
        | "roll"
        | "wait";
    };

export interface Result {
  readonly state: KeyState;
  readonly action?: KeyAction;
}

export const IDLE: KeyState = { prefix: "", fill: false, digits: "", indexing: false };

const FIXED: Record<string, string> = {
  h: "h",
  x: "x",
  y: "y",
  z: "z",
  s: "s",
  t: "t",
  v: "sx",
  w: "swap",
  m: "measure",
  i: "if",
  b: "barrier",
};
const ENCODE: Record<string, string> = { x: "rx", y: "ry", z: "rz", p: "p" };
const TRAIN: Record<string, string> = { x: "rx", y: "ry", z: "rz", u: "u", p: "p" };
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const done = (action: KeyAction): Result => ({ state: IDLE, action });

/** What a key does; without an action and with the state unchanged the key is not the designer's and goes on. */
export function press(state: KeyState, p: Press): Result {
  if (p.mod) return withMod(state, p);
  if (p.key in ARROWS) return arrow(state, p);
  if (/^\d$/.test(p.key) && state.indexing) {
    const digits = (state.digits + p.key).slice(-4);
    return { state: { ...state, digits }, action: { type: "index", index: Number(digits) } };
  }
  const letter = p.key.length === 1 ? p.key.toLowerCase() : "";
  if (state.prefix === "e" || state.prefix === "r") {
    const gate = (state.prefix === "e" ? ENCODE : TRAIN)[letter];
    const param = state.prefix === "e" ? "x" : "w";
    if (gate && !p.alt) {
      const action: KeyAction = { type: "place", gate, param, fill: state.fill, controlled: false };
      return { state: { ...IDLE, indexing: true }, action };
    }
    if (p.key === "Shift") return { state };
    if (p.key === "Escape") return done({ type: "cancel" });
  }
  if (letter && !p.alt) {
    if (letter === "e" || letter === "r")
      return { state: { ...IDLE, prefix: letter, fill: Boolean(p.shift) }, action: { type: "wait" } };
    if (letter === "c" || letter === "o") {
      const prefix = { ...IDLE, prefix: "control" } as const;
      return { state: prefix, action: { type: "control", anti: letter === "o" } };
    }
    if (letter === "l") return done({ type: "chain", ring: Boolean(p.shift) });
    const gate = FIXED[letter];
    if (gate) {
      const controlled = state.prefix === "control";
      return done({ type: "place", gate, param: "", fill: Boolean(p.shift), controlled });
    }
    if (letter === "g") return done({ type: p.shift ? "ungroup" : "group" });
    if (letter === "k") return done({ type: p.shift ? "roll" : "block" });
    if (letter === "d") return done({ type: "duplicate" });
  }
  return named(state, p);
}

function named(state: KeyState, p: Press): Result {
  if (p.alt) return { state };
  switch (p.key) {
    case "Delete":
    case "Backspace":
      return done({ type: "remove" });
    case "Enter":
    case "F2":
      return done({ type: "edit" });
    case "Escape":
      return done({ type: "cancel" });
    case "/":
      return done({ type: "search" });
    case "?":
      return done({ type: "sheet" });
    case "+":
    case "=":
      return done({ type: "zoom", by: 1 });
    case "-":
      return done({ type: "zoom", by: -1 });
    case "0":
      return done({ type: "zoom", by: 0 });
    case "[":
      return done({ type: "marker", by: -1 });
    case "]":
      return done({ type: "marker", by: p.shift ? "end" : 1 });
    case "}":
      return done({ type: "marker", by: "end" });
    case "Home":
    case "End": {
      const dx = p.key === "Home" ? -1 : 1;
      return done({ type: "cursor", dx, dy: 0, extend: Boolean(p.shift), jump: "row" });
    }
    case "PageUp":
    case "PageDown": {
      const dy = p.key === "PageUp" ? -1 : 1;
      return done({ type: "cursor", dx: 0, dy, extend: Boolean(p.shift), jump: "all" });
    }
  }
  return { state };
}

function arrow(state: KeyState, p: Press): Result {
  const [dx, dy] = ARROWS[p.key]!;
  if (p.alt) return done({ type: "shift", dx, dy });
  const keep = state.prefix === "control" ? state : IDLE;
  return { state: keep, action: { type: "cursor", dx, dy, extend: Boolean(p.shift) } };
}

function withMod(state: KeyState, p: Press): Result {
  if (p.alt) return { state };
  switch (p.key.toLowerCase()) {
    case "z":
      return done({ type: p.shift ? "redo" : "undo" });
    case "y":
      return done({ type: "redo" });
    case "a":
      return done({ type: "all" });
  }
  return { state };
}
