/**
 * A drag as a pure state machine: pointer events in, one effect out. Lives for one gesture; what a drop means for the
 * circuit is drop.ts, what it looks like is canvas and pointer.
 */
import type { Tile } from "./tiles";

export type Source =
  | { readonly kind: "tile"; readonly tile: Tile }
  /** `wire`, `col`: where the gate was taken. */
  | { readonly kind: "ops"; readonly ids: readonly string[]; readonly wire: number; readonly col: number }
  | { readonly kind: "marquee"; readonly add: boolean }
  /** The flag on the ruler. */
  | { readonly kind: "marker" };

export type DragState =
  | { readonly phase: "idle" }
  | {
      readonly phase: "pressed" | "dragging";
      readonly source: Source;
      readonly x: number;
      readonly y: number;
      readonly touch: boolean;
    };

export type DragEvent =
  | { type: "down"; source: Source; x: number; y: number; touch: boolean }
  | { type: "move"; x: number; y: number }
  | { type: "hold" }
  | { type: "up" }
  | { type: "cancel" };

export type Effect = "none" | "begin" | "move" | "drop" | "click" | "restore";

/** How far the pointer goes before a press is a drag. */
const REACH = { mouse: 4, touch: 8 };

export const AT_REST: DragState = { phase: "idle" };

export function step(state: DragState, event: DragEvent): { state: DragState; effect: Effect } {
  if (event.type === "down") {
    if (state.phase !== "idle") return { state, effect: "none" };
    const { source, x, y, touch } = event;
    return { state: { phase: "pressed", source, x, y, touch }, effect: "none" };
  }
  if (state.phase === "idle") return { state, effect: "none" };
  if (event.type === "cancel")
    return { state: AT_REST, effect: state.phase === "dragging" ? "restore" : "none" };
  if (event.type === "up") return { state: AT_REST, effect: state.phase === "dragging" ? "drop" : "click" };
  if (event.type === "hold") {
    if (state.phase === "dragging" || !state.touch) return { state, effect: "none" };
    return { state: { ...state, phase: "dragging" }, effect: "begin" };
  }
  if (state.phase === "dragging") return { state, effect: "move" };
  const far = Math.hypot(event.x - state.x, event.y - state.y);
  if (far < (state.touch ? REACH.touch : REACH.mouse)) return { state, effect: "none" };
  return { state: { ...state, phase: "dragging" }, effect: "begin" };
}
