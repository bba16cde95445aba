/**
 * Any gate of the table, with any controls, as a list of gates of qelib1.inc, exact but for a global phase where there is
 * no control. Angles are numbers. For OpenQASM 2 only: the list of a many-controlled gate grows fast.
 */

export interface Elementary {
  readonly name: string;
  readonly angles: readonly number[];
  readonly qubits: readonly number[];
}

/** One step of a definition: gate, angles, own controls, targets. */
type Step = readonly [
  gate: string,
  angles: readonly number[],
  controls: readonly number[],
  targets: readonly number[],
];

const MAX_CONTROLS = 6;
const PI = Math.PI;

/** Gate and number of controls → name in qelib1.inc (that of Qiskit). */
const DIRECT: Record<string, readonly (string | undefined)[]> = {
  x: ["x", "cx", "ccx", "c3x", "c4x"],
  y: ["y", "cy"],
  z: ["z", "cz"],
  h: ["h", "ch"],
  s: ["s"],
  sdg: ["sdg"],
  t: ["t"],
  tdg: ["tdg"],
  sx: ["sx", "csx"],
  sxdg: ["sxdg"],
  id: ["id"],
  rx: ["rx", "crx"],
  ry: ["ry", "cry"],
  rz: ["rz", "crz"],
  p: ["p", "cp"],
  u: ["u"],
  swap: ["swap", "cswap"],
  rxx: ["rxx"],
  rzz: ["rzz"],
};

/** What a gate consists of; each step takes the controls of the whole, which is right if not always shortest. */
function definition(
  gate: string,
  [t = 0, b = 0, l = 0]: readonly number[],
  q: readonly number[],
): Step[] | undefined {
  const [a, c] = q as [number, number];
  const one = (name: string, angle: number): Step => [name, [angle], [], q];
  const on = (name: string, qubit: number, ...angles: number[]): Step => [name, angles, [], [qubit]];
  const cx = (from: number, to: number): Step => ["x", [], [from], [to]];
  const two = (name: string, angle: number): Step => [name, [angle], [], q];
  switch (gate) {
    case "id":
      return [];
    case "z":
      return [one("p", PI)];
    case "s":
      return [one("p", PI / 2)];
    case "sdg":
      return [one("p", -PI / 2)];
    case "t":
      return [one("p", PI / 4)];
    case "tdg":
      return [one("p", -PI / 4)];
    case "y":
      return [on("sdg", a), on("x", a), on("s", a)];
    case "h":
      return [on("ry", a, -PI / 4), on("z", a), on("ry", a, PI / 4)];
    case "sx":
      return [on("h", a), on("p", a, PI / 2), on("h", a)];
    case "sxdg":
      return [on("h", a), on("p", a, -PI / 2), on("h", a)];
    case "rx":
      return [on("h", a), on("rz", a, t), on("h", a)];
    case "r":
      return [on("p", a, PI / 2 - b), on("ry", a, t), on("p", a, b - PI / 2)];
    case "u":
      return [on("p", a, l), on("ry", a, t), on("p", a, b)];
    case "swap":
      return [cx(c, a), cx(a, c), cx(c, a)];
    case "iswap":
      return [on("s", a), on("s", c), on("h", a), cx(a, c), cx(c, a), on("h", c)];
    case "ecr":
      return [two("rzx", PI / 4), on("x", a), two("rzx", -PI / 4)];
    case "dcx":
      return [cx(a, c), cx(c, a)];
    case "rxx":
      return [on("h", a), on("h", c), two("rzz", t), on("h", a), on("h", c)];
    case "ryy":
      return [
        on("rx", a, PI / 2),
        on("rx", c, PI / 2),
        two("rzz", t),
        on("rx", a, -PI / 2),
        on("rx", c, -PI / 2),
      ];
    case "rzz":
      return [cx(a, c), on("rz", c, t), cx(a, c)];
    case "rzx":
      return [on("h", c), two("rzz", t), on("h", c)];
    case "xx_plus_yy":
      return [on("rz", a, b), two("rxx", t / 2), two("ryy", t / 2), on("rz", a, -b)];
    case "xx_minus_yy":
      return [on("rz", c, -b), two("rxx", t / 2), two("ryy", -t / 2), on("rz", c, b)];
    default:
      return undefined;
  }
}

/** Controlled cores, by one control less. */
function controlled(
  gate: string,
  [t = 0]: readonly number[],
  controls: readonly number[],
  q: number,
): Step[] | undefined {
  const last = controls.at(-1)!;
  const rest = controls.slice(0, -1);
  const half = t / 2;
  const flip: Step = ["x", [], controls, [q]];
  switch (gate) {
    case "x":
      return [
        ["h", [], [], [q]],
        ["p", [PI], controls, [q]],
        ["h", [], [], [q]],
      ];
    case "rz":
    case "ry":
      return [[gate, [half], [], [q]], flip, [gate, [-half], [], [q]], flip];
    case "p":
      // Barenco and others, Phys. Rev. A 52, 3457 (1995), lemma 7.5
      return [
        ["p", [half], [last], [q]],
        ["x", [], rest, [last]],
        ["p", [-half], [last], [q]],
        ["x", [], rest, [last]],
        ["p", [half], rest, [q]],
      ];
    default:
      return undefined;
  }
}

/** The gates of qelib1.inc for one operation, or undefined if it has too many controls. */
export function expand(
  gate: string,
  angles: readonly number[],
  controls: readonly number[],
  anticontrols: readonly number[],
  targets: readonly number[],
): Elementary[] | undefined {
  if (gate === "gphase") return [];
  if (controls.length + anticontrols.length > MAX_CONTROLS) return undefined;
  const around = anticontrols.map((q) => ({ name: "x", angles: [], qubits: [q] }));
  return [...around, ...steps([gate, angles, [...controls, ...anticontrols], targets]), ...around];
}

function steps([gate, angles, controls, targets]: Step): Elementary[] {
  const name = DIRECT[gate]?.[controls.length];
  if (name !== undefined) return [{ name, angles, qubits: [...controls, ...targets] }];
  const core =
    targets.length === 1 && controls.length > 0 ? controlled(gate, angles, controls, targets[0]!) : undefined;
  if (core) return core.flatMap(steps);
  const parts = definition(gate, angles, targets) ?? [];
  return parts.flatMap(([g, a, own, t]) => steps([g, a, [...controls, ...own], t]));
}
