/** What the panel says: state, progress, time left. Pure: texts only. */

import { type ClientState, isActive } from "../stream/state";
import { thousands } from "./format";
import type { IconName } from "./icons";

export type Shown =
  | "empty"
  | "loading"
  | "waiting"
  | "running"
  | "paused"
  | "done"
  | "stopped"
  | "failed"
  | "interrupted"
  | "disconnected";

/** Whether figures may be missing for want of a kernel. A run that has ended and is here in full lacks nothing. */
export function isLost({ lost, status, have, total }: ClientState): boolean {
  return lost !== null && (status === null || isActive(status) || have < total);
}

/** The state to show: the run's own, unless nothing can be known about it. */
export function shown(state: ClientState): Shown {
  if (state.run === "") return "empty";
  if (isLost(state)) return "disconnected";
  return state.status?.state ?? "loading";
}

export const PILLS: Record<Shown, { word: string; kind: string; icon?: IconName; pulse?: boolean }> = {
  empty: { word: "No run", kind: "" },
  loading: { word: "Loading", kind: "" },
  waiting: { word: "Waiting", kind: "" },
  running: { word: "Running", kind: "acc", pulse: true },
  paused: { word: "Paused", kind: "warn", icon: "pause" },
  done: { word: "Done", kind: "ok", icon: "check" },
  stopped: { word: "Stopped", kind: "", icon: "stop" },
  failed: { word: "Failed", kind: "err", icon: "close" },
  interrupted: { word: "Interrupted", kind: "warn" },
  disconnected: { word: "Disconnected", kind: "warn" },
};

/** Whole seconds as people say them: "6 s", "2 min 5 s", "1 h 4 min". */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** "about 6 s left" from 5 % on, "estimating" before. */
export function timeLeft(step: number, total: number, pace: number): string {
  if (total <= 0 || step >= total) return "";
  if (step / total < 0.05 || !Number.isFinite(pace)) return "estimating";
  const seconds = (total - step) * pace;
  return seconds < 1 ? "less than 1 s left" : `about ${span(seconds)} left`;
}

/** "35 ms a step". */
export function paceText(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds >= 1) return `${seconds.toPrecision(3)} s a step`;
  const ms = seconds * 1000;
  return `${ms >= 10 ? Math.round(ms) : Number(ms.toPrecision(2))} ms a step`;
}

/** "14:02". */
export function clock(at: number): string {
  const time = new Date(at);
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
}

/** "validation accuracy" for "val_accuracy". */
export function metricName(name: string): string {
  const words: Record<string, string> = { val: "validation", train: "training", r2: "R²" };
  return name
    .split("_")
    .map((part) => words[part] ?? part)
    .join(" ");
}

/** A figure of the run: 0.151, 12.3, 1.2e−5. */
export function figureText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return value
      .toExponential(2)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e")
      .replaceAll("-", "−");
  if (size >= 1000) return thousands(Math.round(value));
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3).replace("-", "−");
}
