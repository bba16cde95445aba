import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IDLE, type KeyAction, type KeyState, type Press, press } from "../../src/view/keys";

/** Presses keys written as "Shift+E", "Mod+z", "y"; returns the actions. */
function type(...keys: string[]): { actions: KeyAction[]; state: KeyState } {
  let state = IDLE;
  const actions: KeyAction[] = [];
  for (const written of keys) {
    const parts = written === "+" ? ["+"] : written.split("+");
    const key = parts.at(-1)!;
    const p: Press = {
      key,
      shift: parts.includes("Shift"),
      alt: parts.includes("Alt"),
      mod: parts.includes("Mod"),
    };
    const result = press(state, p);
    state = result.state;
    if (result.action && result.action.type !== "wait") actions.push(result.action);
  }
  return { actions, state };
}

const place = (gate: string, param: "" | "x" | "w" = "", more: object = {}) => ({
  type: "place",
  gate,
  param,
  fill: false,
  controlled: false,
  ...more,
});

describe("keys", () => {
  it.each([
    ["h", place("h")],
    ["v", place("sx")],
    ["w", place("swap")],
    ["m", place("measure")],
    ["b", place("barrier")],
    ["Shift+H", place("h", "", { fill: true })],
    ["l", { type: "chain", ring: false }],
    ["Shift+L", { type: "chain", ring: true }],
    ["Delete", { type: "remove" }],
    ["F2", { type: "edit" }],
    ["/", { type: "search" }],
    ["?", { type: "sheet" }],
    ["Mod+z", { type: "undo" }],
    ["Mod+Shift+Z", { type: "redo" }],
    ["Mod+y", { type: "redo" }],
    ["Mod+a", { type: "all" }],
    ["Alt+ArrowLeft", { type: "shift", dx: -1, dy: 0 }],
    ["Shift+ArrowDown", { type: "cursor", dx: 0, dy: 1, extend: true }],
  ])("%s", (key, action) => {
    expect(type(key).actions).toEqual([action]);
  });

  it("places a rotation after a prefix, and fills when the first letter was shifted", () => {
    expect(type("e", "y").actions).toEqual([place("ry", "x")]);
    expect(type("r", "u").actions).toEqual([place("u", "w")]);
    expect(type("Shift+E", "y").actions).toEqual([place("ry", "x", { fill: true })]);
  });

  it("reads digits right after a placement as its index, and only then", () => {
    expect(type("e", "y", "1", "2").actions.slice(1)).toEqual([
      { type: "index", index: 1 },
      { type: "index", index: 12 },
    ]);
    expect(type("e", "y", "ArrowLeft", "0").actions.at(-1)).toEqual({ type: "zoom", by: 0 });
    expect(type("h", "0").actions.at(-1)).toEqual({ type: "zoom", by: 0 });
  });

  it("keeps a control waiting over arrows until the gate", () => {
    expect(type("c", "ArrowDown", "o", "ArrowDown", "x").actions).toEqual([
      { type: "control", anti: false },
      { type: "cursor", dx: 0, dy: 1, extend: false },
      { type: "control", anti: true },
      { type: "cursor", dx: 0, dy: 1, extend: false },
      place("x", "", { controlled: true }),
    ]);
  });

  it("leaves a gate letter after a prefix that it can't follow to its own meaning", () => {
    expect(type("e", "h").actions).toEqual([place("h")]);
  });

  it("does nothing with keys of the browser", () => {
    for (const key of ["Mod+c", "Mod+r", "Tab", "F5", "Alt+h", "Mod+Alt+z"])
      expect(type(key).actions).toEqual([]);
  });

  it("is at rest after Escape, whatever was typed", () => {
    const key = fc.constantFrom("e", "r", "c", "o", "y", "x", "1", "ArrowDown", "Shift+E", "l", "q", "Mod+z");
    fc.assert(
      fc.property(fc.array(key, { maxLength: 12 }), (keys) => {
        expect(type(...keys, "Escape").state).toEqual(IDLE);
      }),
    );
  });
});
