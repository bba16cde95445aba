/** Which curves each pane shows, and their values: smoothed, in steps, epochs or seconds. No DOM, no Plotly. */

import { nearest } from "../stream/bucket";
import { Columns } from "../stream/columns";
import type { Status } from "../stream/messages";
import { type Derived, ema, median, scaled } from "../stream/smooth";

export type Across = "step" | "epoch" | "time";

/** What the user arranged; kept with the notebook, never sent to the run. */
export interface Settings {
  readonly smoothing: number;
  readonly across: Across;
  readonly logLoss: boolean;
  /** Ids of the panes shown, in their order. */
  readonly panes: readonly string[];
  /** Panes whose scale is other than it comes: true is logarithmic. */
  readonly logs: Readonly<Record<string, boolean>>;
  /** Panes that are wider or narrower than they come: 1 to 3 columns. */
  readonly widths: Readonly<Record<string, number>>;
}

/** Every pane there is, in the order of the list in *Panes*; a run that lacks the columns of one goes without. */
export const PANES = [
  "loss",
  "conf",
  "merit",
  "grad",
  "layers",
  "weights",
  "outputs",
  "time",
  "circ",
  "lr",
  "whist",
  "ent",
  "bits",
  "map",
  "embed",
] as const;

export const DEFAULTS: Settings = {
  smoothing: 0.88,
  across: "step",
  logLoss: false,
  panes: PANES.slice(0, 10),
  logs: {},
  widths: {},
};

const record = (given: unknown): Record<string, unknown> =>
  typeof given === "object" && given !== null && !Array.isArray(given)
    ? (given as Record<string, unknown>)
    : {};

/** `now` with what is usable of `patch`, which may come from a notebook or from Python. */
export function arranged(now: Settings, patch: Readonly<Record<string, unknown>> = {}): Settings {
  const { smoothing, across, logLoss, panes, logs, widths } = patch;
  const known = Array.isArray(panes) ? panes.filter((id) => PANES.includes(id)) : [];
  const scales = Object.entries(record(logs)).filter(([, is]) => typeof is === "boolean");
  const sizes = Object.entries(record(widths)).filter(([, n]) => n === 1 || n === 2 || n === 3);
  return {
    panes: known.length > 0 ? [...new Set<string>(known)] : now.panes,
    logs: logs === undefined ? now.logs : (Object.fromEntries(scales) as Record<string, boolean>),
    widths: widths === undefined ? now.widths : (Object.fromEntries(sizes) as Record<string, number>),
    smoothing: typeof smoothing === "number" && smoothing >= 0 ? Math.min(0.99, smoothing) : now.smoothing,
    across: across === "step" || across === "epoch" || across === "time" ? across : now.across,
    logLoss: typeof logLoss === "boolean" ? logLoss : now.logLoss,
  };
}

export type Style = "raw" | "smooth" | "val";

export interface Curve {
  readonly column: string;
  readonly style: Style;
  readonly label: string;
}

export interface PaneSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly scale: "linear" | "log" | "loss";
  /** Digits after the point in words, or significant digits where absent. */
  readonly share?: boolean;
  readonly suffix?: string;
  readonly curves: readonly Curve[];
  /** The instrument that the run must be asked for while the pane is shown. */
  readonly watch?: string;
  /** It is asked for as a whole, instead of being watched. */
  readonly view?: boolean;
  /** Its x axis is not that of the run, so that it takes no part in zoom and hover line. */
  readonly ownAxis?: boolean;
  /** A column with the standard error of the first curve. */
  readonly band?: string;
}

const pair = (column: string, label: string): Curve[] => [
  { column, style: "raw", label },
  { column, style: "smooth", label },
];

/** The plot panes for the columns a run has, in their order. */
export function specsFor(columns: readonly string[]): PaneSpec[] {
  const r2 = columns.includes("r2");
  const merit = r2 ? "r2" : "accuracy";
  const specs: PaneSpec[] = [
    {
      id: "loss",
      title: "Loss",
      unit: r2 ? "mean squared error" : "cross entropy",
      scale: "loss",
      band: "loss_se",
      curves: [...pair("loss", "training"), { column: "val_loss", style: "val", label: "validation" }],
    },
    {
      id: "merit",
      title: r2 ? "R²" : "Accuracy",
      unit: "",
      scale: "linear",
      share: true,
      curves: [
        { column: merit, style: "smooth", label: "training" },
        { column: `val_${merit}`, style: "val", label: "validation" },
      ],
    },
    {
      id: "grad",
      title: "Gradient norm",
      unit: "log",
      scale: "log",
      curves: pair("grad_norm", "gradient norm"),
    },
    {
      id: "time",
      title: "Time of a step",
      unit: "ms",
      scale: "linear",
      suffix: " ms",
      curves: [
        ...pair("step_ms", "whole step"),
        { column: "engine_ms", style: "smooth", label: "simulator" },
      ],
    },
    {
      id: "lr",
      title: "Learning rate",
      unit: "log",
      scale: "log",
      curves: [{ column: "lr", style: "val", label: "learning rate" }],
    },
  ];
  const drawn: readonly PaneSpec[] = specs
    .map((spec) => ({ ...spec, curves: spec.curves.filter((c) => columns.includes(c.column)) }))
    .filter((spec) => spec.curves.length > 0);
  return [...drawn, ...INSTRUMENTS.filter((spec) => !r2 || !CLASSED.includes(spec.id))];
}

const CLASSED = ["outputs", "bits"];

/** Panes of what is measured only while somebody looks (paneinstruments.ts draws them). */
export const INSTRUMENTS: readonly PaneSpec[] = [
  {
    id: "layers",
    title: "Gradient variance",
    unit: "by layer, log",
    scale: "log",
    curves: [],
    watch: "layers",
  },
  { id: "weights", title: "Weights", unit: "rad, by step", scale: "linear", curves: [], watch: "weights" },
  {
    id: "outputs",
    title: "Output by class",
    unit: "probability of the true class",
    scale: "linear",
    curves: [],
    watch: "outputs",
    ownAxis: true,
  },
  {
    id: "whist",
    title: "Weight histogram",
    unit: "rad, wrapped",
    scale: "linear",
    curves: [],
    watch: "weights",
    ownAxis: true,
  },
  {
    id: "ent",
    title: "Entanglement",
    unit: "Meyer–Wallach Q",
    scale: "linear",
    curves: [],
    watch: "entanglement",
  },
  {
    id: "bits",
    title: "Bitstrings by class",
    unit: "likeliest 16",
    scale: "linear",
    curves: [],
    watch: "bits",
    ownAxis: true,
  },
  {
    id: "map",
    title: "Decision map",
    unit: "validation rows",
    scale: "linear",
    curves: [],
    watch: "decision",
    view: true,
    ownAxis: true,
  },
  {
    id: "embed",
    title: "Embedding",
    unit: "of the rows by the circuit",
    scale: "linear",
    curves: [],
    watch: "embedding",
    view: true,
    ownAxis: true,
  },
];

/** Values of all curves over one set of columns, computed once a row. */
export class Curves {
  private readonly smooth = new Map<string, Derived>();
  private epochs: Derived | undefined;
  private weight = Number.NaN;
  private factor = Number.NaN;
  private generation = 0;
  private source = new Columns([]);

  /** Takes the columns, axis and smoothing in force; earlier results are kept where they still hold. */
  use(columns: Columns, settings: Settings, status: Status | null): void {
    const factor = status && status.total > 0 ? status.epochs / status.total : 1;
    const other = columns !== this.source || columns.generation !== this.generation;
    if (other || settings.smoothing !== this.weight) this.smooth.clear();
    if (other || factor !== this.factor) this.epochs = scaled(factor);
    this.generation = columns.generation;
    this.source = columns;
    this.weight = settings.smoothing;
    this.factor = factor;
  }

  get columns(): Columns {
    return this.source;
  }

  x(across: Across): Float64Array {
    if (across === "time") return this.source.column("time");
    const step = this.source.column("step");
    return across === "epoch" && this.epochs ? this.epochs.of(step) : step;
  }

  y({ column, style }: Curve): Float64Array {
    const values = this.source.column(column);
    if (style !== "smooth") return values;
    let derived = this.smooth.get(column);
    if (!derived) {
      derived = ema(this.weight);
      this.smooth.set(column, derived);
    }
    return derived.of(values);
  }

  /** The newest value of a curve at or before row `i`, NaN if there is none. */
  at(curve: Curve, i: number): number {
    const values = this.y(curve);
    for (let k = Math.min(i, values.length - 1); k >= 0; k--)
      if (Number.isFinite(values[k])) return values[k] as number;
    return Number.NaN;
  }

  /** Where a step lies on the axis in use. */
  place(step: number, across: Across): number {
    if (across === "step") return step;
    if (across === "epoch") return step * this.factor;
    const i = nearest(this.source.column("step"), step);
    return this.source.column("time")[i] ?? 0;
  }

  /** Seconds a step takes: the median of the last 50, so that pauses and evaluations don't count. */
  pace(): number {
    const time = this.source.column("time");
    const step = this.source.column("step");
    const gaps: number[] = [];
    for (let i = Math.max(1, time.length - 50); i < time.length; i++) {
      const steps = (step[i] as number) - (step[i - 1] as number);
      if (steps > 0) gaps.push(((time[i] as number) - (time[i - 1] as number)) / steps);
    }
    return median(gaps);
  }
}
