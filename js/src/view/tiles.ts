/** What the palette offers and how search finds it, as plain data. It places nothing (drop.ts does) and draws nothing. */
import { ALIASES, BLOCK, GATES, type GateRow } from "../core/gates.gen";
import { elide } from "../core/metrics";

export type Section = "Encode" | "Train" | "Fixed" | "Entangle" | "Read and steer" | "Blocks";
export type Glyph = "cx" | "cz" | "swap" | "dot" | "ring" | "meter" | "barrier";

export interface Tile {
  readonly id: string;
  readonly section: Section;
  /** A name `apply` understands, or "control", "anticontrol", "if"; a matrix on two wires is "unitary2". */
  readonly gate: string;
  readonly label: string;
  readonly title: string;
  /** What its angles read when it is placed; "" has none. */
  readonly param: "" | "x" | "w";
  readonly family: "data" | "weight" | "fixed" | "ent" | "meas" | "block";
  readonly glyph?: Glyph;
  /** Shown only after "more". */
  readonly extra?: boolean;
}

const FAMILY: Record<Section, Tile["family"]> = {
  Encode: "data",
  Train: "weight",
  Fixed: "fixed",
  Entangle: "ent",
  "Read and steer": "meas",
  Blocks: "block",
};

export const SECTIONS = Object.keys(FAMILY) as Section[];

function tile(section: Section, gate: string, more: Partial<Tile> = {}): Tile {
  const row = GATES[gate];
  const param = section === "Encode" ? "x" : section === "Train" ? "w" : "";
  return {
    id: `${section[0]}-${gate}`.toLowerCase(),
    section,
    gate,
    label: row?.label ?? gate.toUpperCase(),
    title: row?.title ?? gate,
    param,
    family: FAMILY[section],
    ...more,
  };
}

export const TILES: readonly Tile[] = [
  ...["rx", "ry", "rz", "p"].map((g) => tile("Encode", g)),
  ...["rx", "ry", "rz", "u", "rxx", "ryy", "rzz"].map((g) => tile("Train", g)),
  tile("Train", "cry", { title: "Controlled rotation about Y" }),
  ...["h", "x", "y", "z", "s", "t", "sx"].map((g) => tile("Fixed", g)),
  ...["sdg", "tdg", "sxdg", "id"].map((g) => tile("Fixed", g, { extra: true })),
  tile("Fixed", "unitary", { label: "2×2", title: "Any matrix on one wire", extra: true }),
  tile("Fixed", "unitary2", { label: "4×4", title: "Any matrix on two wires", extra: true }),
  tile("Entangle", "cx", { title: "Controlled X", glyph: "cx" }),
  tile("Entangle", "cz", { title: "Controlled Z", glyph: "cz" }),
  tile("Entangle", "swap", { glyph: "swap" }),
  tile("Entangle", "ecr"),
  tile("Entangle", "control", {
    label: "Control",
    title: "Control: drop it on a wire of a gate's column",
    glyph: "dot",
  }),
  tile("Entangle", "anticontrol", {
    label: "Anti-control",
    title: "Anti-control: drop it on a wire of a gate's column",
    glyph: "ring",
  }),
  tile("Read and steer", "measure", { glyph: "meter" }),
  tile("Read and steer", "reset"),
  tile("Read and steer", "if", { label: "if", title: "Condition: drop it on a gate" }),
  tile("Read and steer", "barrier", { glyph: "barrier" }),
];

/** A tile that places an instance of a block. */
export const blockTile = (name: string): Tile =>
  tile("Blocks", BLOCK + name, { id: `b-${name}`, label: elide(name, 5), title: `Block ${name}` });

/** The spoken name, which begins with what is written on the tile: "RY x, encode: Rotation about Y". */
export const tileName = (t: Tile): string => {
  const verb = t.param === "x" ? " x, encode:" : t.param === "w" ? " w, train:" : ",";
  return t.title.toLowerCase() === t.label.toLowerCase() ? t.title : `${t.label}${verb} ${t.title}`;
};

interface Entry {
  readonly tile: Tile;
  readonly names: readonly string[];
}

const SPECIAL: Record<string, string[]> = {
  control: ["dot", "ctrl"],
  anticontrol: ["open control", "negctrl"],
  if: ["condition", "if_else", "c_if"],
  unitary: ["matrix", "unitary matrix"],
  unitary2: ["matrix", "unitary matrix"],
};

function sectionOf(row: GateRow): Section {
  if (row.params.length > 0) return "Train";
  return row.kind === "entangle" ? "Entangle" : row.kind === "read" ? "Read and steer" : "Fixed";
}

function namesOf(t: Tile): string[] {
  const base = ALIASES[t.gate] ?? { gate: t.gate, controls: 0 };
  const row = GATES[base.gate];
  const same = Object.entries(ALIASES)
    .filter(([, a]) => a.gate === base.gate && a.controls === base.controls)
    .map(([name]) => name);
  const own = base.controls === 0 && row ? [row.name, row.qiskit, ...row.aliases] : [];
  return [t.gate, t.label, t.title, t.section, ...own, ...same, ...(SPECIAL[t.gate] ?? [])].map((n) =>
    n.toLowerCase(),
  );
}

let index: Entry[] | undefined;

/** Every gate once, those of the palette first, then the rest of the table and of its aliases. */
function entries(): Entry[] {
  if (index) return index;
  const all = [...TILES];
  const has = (gate: string) => all.some((t) => t.gate === gate);
  for (const row of Object.values(GATES)) {
    if (has(row.name) || row.targets === 0) continue;
    all.push(tile(sectionOf(row), row.name, { extra: true }));
  }
  for (const [name, { gate, controls }] of Object.entries(ALIASES)) {
    const row = GATES[gate]!;
    const known = all.some((t) => ALIASES[t.gate]?.gate === gate && ALIASES[t.gate]?.controls === controls);
    if (controls < 1 || controls > 2 || known || (controls === 2 && row.targets > 1)) continue;
    const label = "C".repeat(controls) + row.label;
    const what = row.title.replace(/^Pauli /, "");
    const lower =
      what === "Hadamard" || what.length === 1 ? what : what.charAt(0).toLowerCase() + what.slice(1);
    const title = `${controls === 1 ? "Controlled" : "Twice controlled"} ${lower}`;
    const section = row.params.length > 0 ? "Train" : "Entangle";
    all.push(tile(section, name, { label, title, extra: true }));
  }
  index = all.map((t) => ({ tile: t, names: namesOf(t) }));
  return index;
}

function rank(names: readonly string[], query: string): number {
  let best = 9;
  for (const name of names) {
    if (name === query) return 0;
    if (name.startsWith(query)) best = Math.min(best, 1);
    else if (name.split(/[ _,-]/).some((word) => word.startsWith(query))) best = Math.min(best, 2);
    else if (query.length > 1 && name.includes(query)) best = Math.min(best, 3);
  }
  return best;
}

/** Tiles by name, alias, Qiskit and OpenQASM name, best first, at most 24. */
export function searchTiles(text: string): Tile[] {
  const query = text.trim().toLowerCase();
  if (!query) return [];
  return entries()
    .map((entry, order) => ({ tile: entry.tile, order, rank: rank(entry.names, query) }))
    .filter((found) => found.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, 24)
    .map((found) => found.tile);
}
