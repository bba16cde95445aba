"""The one gate table of qlab: names, labels, sizes, parameters, aliases.

Everything that lists gates reads this table; `python -m qlab.circuit.gates --write` writes it out for
JavaScript (js/src/core/gates.gen.ts) and for the tests of both languages (tests/vectors/gates.json). It holds
no matrices and imports nothing of qlab but the errors. Controlled gates are no rows: ``cx`` is ``x`` with a
control.
"""

from __future__ import annotations

import difflib
import json
import sys
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from qlab.errors import CircuitError

ANY_CONTROLS = -1  # an alias such as mcx: all qubits but the targets are controls


@dataclass(frozen=True, slots=True)
class Gate:
    """One row of the gate table.

    Args:
        name: The name in canonical text.
        label: What the drawing shows: ``"RY"``, ``"√X"``.
        title: What a sentence calls it: ``"Rotation about Y"``.
        targets: How many target qubits (for ``barrier`` the least number).
        params: The names of its angles, in order, in radians.
        aliases: Other names of the same gate without controls.
        kind: ``"rotation" | "fixed" | "entangle" | "read"``: the palette section, not the colour.
        hermitian: Its own inverse at every angle.
        diagonal: Diagonal in the computational basis.
        clbits: How many classical bits it writes.
        variadic: Takes any number of qubits from ``targets`` on.
        unitary: Has a matrix and may have controls (``gphase`` is unitary and may not: that would be ``p``).
        controllable: May have controls.
        qiskit: The name of the same gate in Qiskit.
    """

    name: str
    label: str
    title: str
    targets: int
    params: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    kind: str = "fixed"
    hermitian: bool = False
    diagonal: bool = False
    clbits: int = 0
    variadic: bool = False
    unitary: bool = True
    controllable: bool = True
    qiskit: str = ""


def _g(name: str, label: str, title: str, targets: int = 1, params: str = "", aliases: str = "",
       kind: str = "fixed", flags: str = "", clbits: int = 0, qiskit: str = "") -> Gate:  # fmt: skip
    f = flags.split()
    read = kind == "read"
    return Gate(
        name=name, label=label, title=title, targets=targets, params=tuple(params.split()),
        aliases=tuple(aliases.split()), kind=kind, hermitian="hermitian" in f, diagonal="diagonal" in f,
        clbits=clbits, variadic="variadic" in f, unitary=not read,
        controllable=not read and targets > 0, qiskit=qiskit or name,
    )  # fmt: skip


# fmt: off
_ROWS = (
    _g("h", "H", "Hadamard", aliases="hadamard", flags="hermitian"),
    _g("x", "X", "Pauli X", aliases="not pauli_x", flags="hermitian"),
    _g("y", "Y", "Pauli Y", aliases="pauli_y", flags="hermitian"),
    _g("z", "Z", "Pauli Z", aliases="pauli_z", flags="hermitian diagonal"),
    _g("s", "S", "Phase π/2", aliases="sqrt_z", flags="diagonal"),
    _g("sdg", "S†", "Phase −π/2", aliases="sdag", flags="diagonal"),
    _g("t", "T", "Phase π/4", flags="diagonal"),
    _g("tdg", "T†", "Phase −π/4", aliases="tdag", flags="diagonal"),
    _g("sx", "√X", "Square root of X", aliases="v sqrt_x"),
    _g("sxdg", "√X†", "Inverse square root of X", aliases="vdg sxdag"),
    _g("id", "I", "Identity", aliases="i identity", flags="hermitian diagonal"),
    _g("rx", "RX", "Rotation about X", params="theta", kind="rotation"),
    _g("ry", "RY", "Rotation about Y", params="theta", kind="rotation"),
    _g("rz", "RZ", "Rotation about Z", params="theta", kind="rotation", flags="diagonal"),
    _g("p", "P", "Phase", params="theta", aliases="phase u1 phaseshift", kind="rotation", flags="diagonal"),
    _g("r", "R", "Rotation about cos φ X + sin φ Y", params="theta phi", aliases="prx", kind="rotation"),
    _g("u", "U", "Any one-qubit gate", params="theta phi lam", aliases="u3", kind="rotation"),
    _g("swap", "SWAP", "Swap", 2, kind="entangle", flags="hermitian"),
    _g("iswap", "iSWAP", "i-Swap", 2, kind="entangle"),
    _g("ecr", "ECR", "Echoed cross-resonance", 2, kind="entangle", flags="hermitian"),
    _g("dcx", "DCX", "Double CX", 2, kind="entangle"),
    _g("rxx", "RXX", "Rotation about XX", 2, "theta", "xx", "entangle"),
    _g("ryy", "RYY", "Rotation about YY", 2, "theta", "yy", "entangle"),
    _g("rzz", "RZZ", "Rotation about ZZ", 2, "theta", "zz", "entangle", "diagonal"),
    _g("rzx", "RZX", "Rotation about ZX", 2, "theta", "zx", "entangle"),
    _g("xx_plus_yy", "XX+YY", "Rotation about XX + YY", 2, "theta beta", "xxplusyy", "entangle"),
    _g("xx_minus_yy", "XX−YY", "Rotation about XX − YY", 2, "theta beta", "xxminusyy", "entangle"),
    _g("gphase", "GPH", "Global phase", 0, "theta", "global_phase", "rotation", "diagonal",
       qiskit="global_phase"),
    _g("measure", "M", "Measure", aliases="meter m measurement", kind="read", clbits=1),
    _g("reset", "|0⟩", "Reset", kind="read"),
    _g("barrier", "║", "Barrier", kind="read", flags="variadic"),
)
# fmt: on

GATES: dict[str, Gate] = {row.name: row for row in _ROWS}

# Gates that bring their own meaning, and so are no rows of the table: a matrix, or a block of the circuit.
UNITARY = _g("unitary", "U", "Unitary matrix", flags="variadic")
BLOCK = "block:"


def row_of(gate: str, targets: int, label: str | None = None) -> Gate:
    """Return the row of a gate in normal form, blocks and matrices with as many targets as they have there."""
    row = GATES.get(gate)
    return row if row is not None else _special(gate, targets, label)


@lru_cache(maxsize=1024)
def _special(gate: str, targets: int, label: str | None) -> Gate:
    if gate == "unitary":
        return replace(UNITARY, targets=targets, label=label or "U", variadic=False)
    name = gate[len(BLOCK) :]
    return Gate(gate, name, f"Block {name}", targets)


# alias -> (gate, number of leading qubits that are controls); Qiskit's and OpenQASM's names.
ALIASES: dict[str, tuple[str, int]] = {
    **{alias: (row.name, 0) for row in _ROWS for alias in row.aliases},
    **{"c" + row.name: (row.name, 1) for row in _ROWS if row.controllable and row.name != "id"},
    **{"cc" + base: (base, 2) for base in ("x", "y", "z", "h", "p")},
    "cnot": ("x", 1), "ccnot": ("x", 2), "toffoli": ("x", 2), "c3x": ("x", 3), "c4x": ("x", 4),
    "cu1": ("p", 1), "cphase": ("p", 1), "cu3": ("u", 1), "cv": ("sx", 1), "c3sx": ("sx", 3),
    "c3sqrtx": ("sx", 3), "fredkin": ("swap", 1),
    **{"mc" + base: (base, ANY_CONTROLS) for base in ("x", "y", "z", "p", "rx", "ry", "rz")},
    "mcphase": ("p", ANY_CONTROLS), "mct": ("x", ANY_CONTROLS),
}  # fmt: skip


def resolve(name: str) -> tuple[Gate, int] | None:
    """Return the gate a name or alias stands for, and how many leading qubits are its controls.

    The number is -1 where all qubits but the targets are controls (``mcx``).

    Any number of leading ``c`` before a gate name counts as controls, and upper case is accepted: ``"CCRY"``.

    Example:
        >>> gate, controls = resolve("toffoli")
        >>> gate.name, controls
        ('x', 2)
    """
    if name.startswith(BLOCK) and len(name) > len(BLOCK):
        return replace(_special(name, 1, None), variadic=True), 0
    for text in (name, name.lower()):
        if text in GATES:
            return GATES[text], 0
        if text in ALIASES:
            base, controls = ALIASES[text]
            return GATES[base], controls
        base = text.lstrip("c")
        if base == "unitary":
            return UNITARY, len(text) - len(base)
        if len(base) < len(text) and base in GATES and GATES[base].controllable:
            return GATES[base], len(text) - len(base)
    return None


def lookup(name: object, where: str | None = None) -> tuple[Gate, int]:
    """Return `resolve(name)`.

    Raises:
        CircuitError: for an unknown name, with the closest names as cure.
    """
    found = resolve(name) if isinstance(name, str) else None
    if found is not None:
        return found
    known = [*GATES, *ALIASES]
    close = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5) if isinstance(name, str) else []
    cure = "use " + " or ".join(f'"{c}"' for c in close) if close else "see qlab.circuit.gates.GATES for the names"
    shown = json.dumps(name, ensure_ascii=False, default=repr)
    raise CircuitError(f"the gate {shown[:80]} is unknown", where=where, cure=cure, value=name)


def to_json() -> str:
    """Return the table as JSON text, one row a line: the content of tests/vectors/gates.json."""
    rows = ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in _ROWS)
    pairs = ",\n".join(
        f'{json.dumps(alias)}: {{"gate": "{gate}", "controls": {controls}}}'
        for alias, (gate, controls) in ALIASES.items()
    )
    return f'{{\n"gates": [\n{rows}\n],\n"aliases": {{\n{pairs}\n}}\n}}\n'


def to_typescript() -> str:
    """Return the table as a TypeScript module: the content of js/src/core/gates.gen.ts."""
    rows = []
    for row in _ROWS:
        cells = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in asdict(row).items())
        rows.append(f"  {row.name}: {{ {cells} }},")
    pairs = [f'  {alias}: {{ gate: "{gate}", controls: {n} }},' for alias, (gate, n) in ALIASES.items()]
    cells = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in asdict(UNITARY).items())
    middle = _TS_MIDDLE.replace("UNITARY_ROW", f"{{ {cells} }}")
    return _TS_HEAD + "\n".join(rows) + middle + "\n".join(pairs) + _TS_TAIL


_TS_HEAD = """\
// Generated by `python -m qlab.circuit.gates --write` from qlab/circuit/gates.py. Do not edit.

export interface GateRow {
  readonly name: string;
  /** What the drawing shows: "RY", "√X". */
  readonly label: string;
  readonly title: string;
  /** Number of target qubits; the least number where `variadic`. */
  readonly targets: number;
  /** Names of the angles, in order. */
  readonly params: readonly string[];
  readonly aliases: readonly string[];
  /** The palette section, not the colour: that is `family(op)`. */
  readonly kind: "rotation" | "fixed" | "entangle" | "read";
  readonly hermitian: boolean;
  readonly diagonal: boolean;
  /** Number of classical bits it writes. */
  readonly clbits: number;
  readonly variadic: boolean;
  readonly unitary: boolean;
  readonly controllable: boolean;
  readonly qiskit: string;
}

export const GATES: Record<string, GateRow> = {
"""
_TS_MIDDLE = """
};

/** Gates that bring their own meaning are no rows of the table: a matrix, or a block of the circuit. */
export const UNITARY: GateRow = UNITARY_ROW;
export const BLOCK = "block:";

/** `controls` leading qubits are controls; -1: all qubits but the targets. */
export const ALIASES: Record<string, { gate: string; controls: number }> = {
"""
_TS_TAIL = """
};

/** The gate a name or an alias stands for; any number of leading c's and upper case are accepted. */
export function resolve(name: string): { gate: string; controls: number } | undefined {
  if (name.startsWith(BLOCK) && name.length > BLOCK.length) return { gate: name, controls: 0 };
  for (const text of [name, name.toLowerCase()]) {
    if (Object.hasOwn(GATES, text)) return { gate: text, controls: 0 };
    if (Object.hasOwn(ALIASES, text)) return ALIASES[text];
    const base = text.replace(/^c+/, "");
    if (base === "unitary") return { gate: base, controls: text.length - base.length };
    if (base.length < text.length && Object.hasOwn(GATES, base) && GATES[base]?.controllable) {
      return { gate: base, controls: text.length - base.length };
    }
  }
  return undefined;
}
"""


def outputs(root: Path) -> dict[Path, str]:
    """Return the generated files below the repository's root and their texts."""
    return {
        root / "js" / "src" / "core" / "gates.gen.ts": to_typescript(),
        root / "tests" / "vectors" / "gates.json": to_json(),
    }


if __name__ == "__main__":
    for path, text in outputs(Path(__file__).resolve().parents[2]).items():
        stale = not path.exists() or path.read_text("utf-8") != text
        if stale and "--write" in sys.argv:
            path.write_text(text, "utf-8")
        print("stale:" if stale and "--write" not in sys.argv else "current:", path.name)
