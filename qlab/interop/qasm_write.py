"""OpenQASM 3, printed: symbols are ``input float x_0``, gates outside stdgates.inc are defined when used.

The same text as js/src/core/qasm3.ts, with one comment line more where names differ from what a reader would give.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from qlab.circuit import Circuit, Operation
from qlab.circuit.expr import Bin, Call, Expr, Neg, Num
from qlab.circuit.synth import written

# By gates of stdgates.inc alone; exact, global phase included, so that they may be controlled.
DEFINITIONS = {
    "r": "gate r(alpha, beta) a { p(pi/2-beta) a; ry(alpha) a; p(beta-pi/2) a; }",
    "iswap": "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
    "dcx": "gate dcx a, b { cx a, b; cx b, a; }",
    "rxx": "gate rxx(theta) a, b { h a; h b; cx a, b; rz(theta) b; cx a, b; h a; h b; }",
    "ryy": "gate ryy(theta) a, b { rx(pi/2) a; rx(pi/2) b; cx a, b; rz(theta) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; }",
    "rzz": "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }",
    "rzx": "gate rzx(theta) a, b { h b; cx a, b; rz(theta) b; cx a, b; h b; }",
    "ecr": "gate ecr a, b { rzx(pi/4) a, b; x a; rzx(-pi/4) a, b; }",
    "xx_plus_yy": (
        "gate xx_plus_yy(alpha, beta) a, b { rz(beta) a; rxx(alpha/2) a, b; ryy(alpha/2) a, b; rz(-beta) a; }"
    ),
    "xx_minus_yy": (
        "gate xx_minus_yy(alpha, beta) a, b { rz(-beta) b; rxx(alpha/2) a, b; ryy(-alpha/2) a, b; rz(beta) b; }"
    ),
}
_NEEDS = {"ecr": ("rzx",), "xx_plus_yy": ("rxx", "ryy"), "xx_minus_yy": ("rxx", "ryy")}
_WORD = re.compile(r"\w+(?:\.\w+)?|[^\s\w]")


def signature_of(words: Sequence[str]) -> str:
    """Return a definition word by word, its own names of angles and qubits as numbers."""
    head = words[2 : words.index("{")]
    names = {word: f"#{k}" for k, word in enumerate(word for word in head if word.isidentifier())}
    return " ".join([*words[:2], *(names.get(word, word) for word in words[2:])])


# A program's own definition that reads so is the gate of the table; others are expanded.
SIGNATURES = frozenset(signature_of(_WORD.findall(text)) for text in DEFINITIONS.values())

_WITH_CONTROLS = {
    "x": ("cx", "ccx"), "y": ("cy",), "z": ("cz",), "h": ("ch",), "p": ("cp",), "rx": ("crx",), "ry": ("cry",),
    "rz": ("crz",), "swap": ("cswap",),
}  # fmt: skip
_SYMBOL = re.compile(r"\b([xw])\[(\d+)\]")
_WHOLE = re.compile(r"(?<![\w.\[*])(?<!\*-)(\d+)(?![\w.\]])")


def to_qasm3(circuit: Circuit) -> str:
    """Return the program; see `qlab.interop.qasm.to_qasm`."""
    circuit = written(circuit)
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    private = _private(circuit)
    if private:
        lines.append("// qlab " + json.dumps(private, ensure_ascii=False))
    used = {name for op in circuit.ops for name in (op.gate, *_NEEDS.get(op.gate, ()))}
    lines += [text for name, text in DEFINITIONS.items() if name in used]
    lines += [f"input float {s.kind}_{s.index};" for s in circuit.symbols]
    lines.append(f"qubit[{circuit.n_qubits}] q;")
    if circuit.n_clbits:
        lines.append(f"bit[{circuit.n_clbits}] c;")
    for op in circuit.ops:
        lines += [_conditional(op, text) for text in _statements(op)]
    return "\n".join(lines) + "\n"


def _private(circuit: Circuit) -> dict[str, object]:
    out: dict[str, object] = {}
    if circuit.name != "circuit":
        out["name"] = circuit.name
    for key, prefix in (("qubits", "q"), ("clbits", "c")):
        names = getattr(circuit, key)
        if names != tuple(f"{prefix}{i}" for i in range(len(names))):
            out[key] = list(names)
    if circuit.names:
        out["names"] = dict(circuit.names)
    return out


def _conditional(op: Operation, statement: str) -> str:
    """Nested, so that any choice of bits can be said."""
    if op.condition is None:
        return statement
    for i in reversed(range(len(op.condition.clbits))):
        value = "true" if op.condition.value >> i & 1 else "false"
        statement = f"if (c[{op.condition.clbits[i]}] == {value}) {{ {statement} }}"
    return statement


def _integral(e: Expr) -> bool:
    match e:
        case Num(value):
            return value == int(value)
        case Neg(a):
            return _integral(a)
        case Bin(_, a, b):
            return _integral(a) and _integral(b)
    return False


def _divides_integers(e: Expr) -> bool:
    match e:
        case Bin("/", a, b) if _integral(a) and _integral(b):
            return True
        case Bin(_, a, b):
            return _divides_integers(a) or _divides_integers(b)
        case Neg(a) | Call(_, a):
            return _divides_integers(a)
    return False


def angle(e: Expr) -> str:
    """Return an angle in OpenQASM 3, where 1/2 between integers would be 0."""
    text = str(e)
    if _divides_integers(e):
        text = _WHOLE.sub(r"\1.0", text)
    return _SYMBOL.sub(r"\1_\2", text)


def _q(qubits: tuple[int, ...]) -> str:
    return ", ".join(f"q[{i}]" for i in qubits)


def _modifier(word: str, n: int) -> str:
    return "" if n == 0 else f"{word} @ " if n == 1 else f"{word}({n}) @ "


def _statements(op: Operation) -> list[str]:
    if op.gate == "measure":
        return [f"c[{op.clbits[0]}] = measure {_q(op.qubits)};"]
    if op.gate in ("reset", "barrier"):
        return [f"{op.gate} {_q(op.qubits)};"]
    angles = f"({', '.join(map(angle, op.params))})" if op.params else ""
    if op.gate == "gphase":
        return [f"gphase{angles};"]
    if op.gate == "u" and (op.controls or op.anticontrols):
        return _controlled_u(op)
    name, own = {"sxdg": "inv @ sx", "u": "U"}.get(op.gate, op.gate), 0
    short = () if op.anticontrols else _WITH_CONTROLS.get(op.gate, ())
    if 0 < len(op.controls) <= len(short):
        own = len(op.controls)
        name = short[own - 1]
    rest = op.controls[: len(op.controls) - own]
    prefix = _modifier("ctrl", len(rest)) + _modifier("negctrl", len(op.anticontrols))
    qubits = (*rest, *op.anticontrols, *op.controls[len(rest) :], *op.qubits)
    return [f"{prefix}{name}{angles} {_q(qubits)};"]


def _controlled_u(op: Operation) -> list[str]:
    """By stdgates' cu, since the phase of a controlled U differs between OpenQASM 3 and Qiskit."""
    angles = ", ".join(map(angle, op.params))
    flip = op.anticontrols[:1] if not op.controls else ()
    anti = op.anticontrols[len(flip) :]
    controls = (*op.controls, *flip)
    prefix = _modifier("ctrl", len(controls) - 1) + _modifier("negctrl", len(anti))
    gate = f"{prefix}cu({angles}, 0) {_q((*controls[:-1], *anti, controls[-1], *op.qubits))};"
    around = [f"x q[{i}];" for i in flip]
    return [*around, gate, *around]
