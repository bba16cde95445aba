/** The geometry of one operation in its column. Called by layout.ts only. */
import { type Block, blockOf, clbitsOf, family, type Op, rowOf, spanOf } from "./circuit";
import { printExpr } from "./expr";
import type { Kind, Placed } from "./layout";
import { angleLabel, boxWidth, elide, type Metrics, tagWidth } from "./metrics";
import { sizeText } from "./repeats";

export interface Frame {
  readonly m: Metrics;
  readonly y: (wire: number) => number;
  readonly cwire: number | undefined;
  /** The circuit's, for the colour of an instance. */
  readonly blocks?: readonly Block[] | undefined;
}

const BARRIER = 24;
const TAG_HEIGHT = 14;
const PORT = 6;
const MAX_LABEL = 14;

const isControlled = (op: Op): boolean => op.controls.length + op.anticontrols.length > 0;

function kindOf(op: Op): Kind {
  if (op.gate === "measure" || op.gate === "reset" || op.gate === "barrier" || op.gate === "swap")
    return op.gate;
  if (isControlled(op) && op.gate === "x") return "target";
  return isControlled(op) && op.gate === "z" ? "dot" : "box";
}

const labelOf = (op: Op): string => elide(rowOf(op)?.label ?? op.gate, MAX_LABEL);
/** "5 gates" on a block, for what it does is not to be seen. */
const fullAngle = (op: Op, blocks: readonly Block[] | undefined, times: number): string =>
  blockOf(op) === undefined ? op.params.map(printExpr).join(", ") : sizeText(op, blocks, times);

/** "c[0] = 1", "c[0, 2] = 3". */
const tagText = (op: Op): string =>
  op.condition ? `c[${op.condition.clbits.join(", ")}] = ${op.condition.value}` : "";

/** Names of blocks are long, and must not meet the port digits at the left edge; nor the arrow of a run at the right. */
const portRoom = (op: Op, times: number): number =>
  (blockOf(op) !== undefined && op.qubits.length > 1 ? 24 : 0) + (times > 1 ? 20 : 0);

/** The width an operation needs, without the gap of the column. */
export function naturalWidth(op: Op, m: Metrics, blocks?: readonly Block[], times = 1): number {
  const kind = kindOf(op);
  const tag = op.condition ? tagWidth(m, tagText(op)) : 0;
  if (kind === "box")
    return Math.max(
      tag,
      boxWidth(m, labelOf(op), angleLabel(fullAngle(op, blocks, times))) + portRoom(op, times),
    );
  return Math.max(tag, kind === "barrier" ? m.gap : m.gate);
}

/** Consecutive runs of ascending wires. */
function runs(wires: readonly number[]): [number, number][] {
  const out: [number, number][] = [];
  for (const q of [...wires].sort((a, b) => a - b)) {
    const run = out.at(-1);
    if (run && run[1] === q - 1) run[1] = q;
    else out.push([q, q]);
  }
  return out;
}

/** Boxes of the targets: one tall box for neighbours, else one each, upper first. */
function boxesOf(op: Op, kind: Kind, cx: number, w: number, frame: Frame): Placed["boxes"] {
  const { m, y } = frame;
  if (kind === "target" || kind === "dot" || kind === "swap") return [];
  const wires = op.qubits.length > 0 ? op.qubits : [0];
  const half = kind === "barrier" ? BARRIER : m.gate / 2;
  const width = kind === "barrier" ? 2 : w;
  return runs(wires).map(([low, high]) => ({
    x: cx - width / 2,
    y: y(low) - half,
    w: width,
    h: y(high) - y(low) + 2 * half,
    wire: low,
  }));
}

export function place(op: Op, index: number, col: number, cx: number, frame: Frame, times = 1): Placed {
  const { m, y, cwire } = frame;
  const kind = kindOf(op);
  const label = labelOf(op);
  const full = fullAngle(op, frame.blocks, times);
  const angle = angleLabel(full);
  const boxW =
    kind === "box" ? boxWidth(m, label, angle) + portRoom(op, times) : kind === "barrier" ? m.gap : m.gate;
  const boxes = boxesOf(op, kind, cx, boxW, frame);
  const dots = [
    ...op.controls.map((wire) => ({ x: cx, y: y(wire), anti: false, wire, control: true })),
    ...op.anticontrols.map((wire) => ({ x: cx, y: y(wire), anti: true, wire, control: true })),
    ...(kind === "dot"
      ? op.qubits.map((wire) => ({ x: cx, y: y(wire), anti: false, wire, control: false }))
      : []),
  ];
  const [low, high] = spanOf(op) ?? [0, 0];
  const reach = kind === "barrier" ? BARRIER : m.gate / 2;
  const top = y(low) - reach;
  const bottom = y(high) + reach;
  const linked = high > low && kind !== "barrier" && !(boxes.length === 1 && dots.length === 0);
  const ports =
    kind === "box" && op.qubits.length > 1
      ? op.qubits.map((wire, i) => ({ x: cx - boxW / 2 + PORT, y: y(wire), text: String(i) }))
      : [];
  const text = tagText(op);
  const tagW = tagWidth(m, text);
  const w = op.condition ? Math.max(boxW, tagW) : boxW;
  const classical = cwire !== undefined && clbitsOf(op).length > 0;
  return {
    id: op.id,
    index,
    col,
    kind,
    family: family(op, frame.blocks),
    block: blockOf(op),
    label,
    angle,
    fullAngle: full,
    x: cx - w / 2,
    y: top,
    w,
    h: bottom - top,
    boxes,
    dots,
    links: linked ? [{ x: cx, y1: y(low), y2: y(high) }] : [],
    ...(kind === "target"
      ? { target: { x: cx, y: y(op.qubits[0]!), r: m.target, wire: op.qubits[0]! } }
      : {}),
    crosses: kind === "swap" ? op.qubits.map((wire) => ({ x: cx, y: y(wire), wire })) : [],
    ports,
    ...(classical ? { cline: { x: cx, y1: bottom, y2: cwire, up: op.condition !== undefined } } : {}),
    ...(op.condition ? { tag: { x: cx - tagW / 2, y: top - TAG_HEIGHT, w: tagW, h: TAG_HEIGHT, text } } : {}),
  };
}

/** How far the outline of an opened block stands off its gates, and the height of its name's tag. */
export const OUTLINE = 6;
const NAME = 14;

/** An instance opened in place: its gates, an outline around them, and its name at the bottom left. */
export function placeOpen(
  op: Op,
  index: number,
  col: number,
  x: number,
  width: number,
  inner: readonly Placed[],
  frame: Frame,
  times: number,
): Placed {
  const closed = place(op, index, col, x + width / 2, frame, times);
  const { tag: _, ...rest } = closed;
  const text = tagText(op);
  const outline = { x, y: closed.y - OUTLINE, w: width, h: closed.h + 2 * OUTLINE };
  const name = `${closed.label}  open, ${closed.fullAngle}`;
  const nameW = Math.min(width - 8, [...name].length * frame.m.char + 12);
  const tagW = tagWidth(frame.m, text);
  return {
    ...rest,
    kind: "open",
    ...outline,
    boxes: [{ ...outline, wire: spanOf(op)?.[0] ?? 0 }],
    dots: [],
    links: [],
    ports: [],
    inner,
    name: { x: x + 8, y: outline.y + outline.h - 5, w: nameW, h: NAME, text: name },
    ...(op.condition ? { tag: { x, y: outline.y - TAG_HEIGHT, w: tagW, h: TAG_HEIGHT, text } } : {}),
  };
}
