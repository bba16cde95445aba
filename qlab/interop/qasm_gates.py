"""Calls of gates in OpenQASM: modifiers, the program's own definitions, and their expansion into qlab's operations.

Nothing here reads text. Every step is counted, so that no program can expand without end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from qlab.circuit.expr import MAX_LENGTH, Bin, Expr, Neg, Num, Pi, Sym, number
from qlab.circuit.gates import GATES, Gate, resolve

# What an inverse is called, where it isn't the gate itself or the gate with all angles negated.
_INVERSE = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t", "sx": "sxdg", "sxdg": "sx"}
MAX_LEVELS = 64
MAX_POWER = 1e6
# The gates of qelib1.inc that no name of the table stands for. Source: Qiskit's qelib1.inc.
PRELUDE = {
    "rccx": "gate rccx a, b, c { u2(0, pi) c; u1(pi/4) c; cx b, c; u1(-pi/4) c; cx a, c; u1(pi/4) c; cx b, c;"
    " u1(-pi/4) c; u2(0, pi) c; }",
    "rc3x": "gate rc3x a, b, c, d { u2(0, pi) d; u1(pi/4) d; cx c, d; u1(-pi/4) d; u2(0, pi) d; cx a, d;"
    " u1(pi/4) d; cx b, d; u1(-pi/4) d; cx a, d; u1(pi/4) d; cx b, d; u1(-pi/4) d; u2(0, pi) d; u1(pi/4) d;"
    " cx c, d; u1(-pi/4) d; u2(0, pi) d; }",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A gate by its name, with modifiers: ``inv @ ctrl @ name(params) qubits``.

    In the body of a definition the angles read ``Sym("p", k)``, the k-th parameter, and qubits count its own.
    """

    name: str
    params: tuple[Expr, ...]
    qubits: tuple[int, ...]  # the added controls first
    controls: tuple[bool, ...] = ()  # of the first qubits: True for ctrl, False for negctrl
    power: float = 1.0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Definition:
    """A gate the program defines; body None where it is opaque."""

    params: int
    qubits: int
    body: tuple[Call, ...] | None
    levels: int


Fail = Callable[[str, int, str], NoReturn]
Emit = Callable[[str, tuple[int, ...], tuple[Expr, ...], tuple[int, ...], tuple[int, ...], int], None]


def standard(name: str) -> tuple[Gate, int] | None:
    """Return gate and controls of a name of stdgates.inc, qelib1.inc or of qlab; OpenQASM minds capitals."""
    name = {"U": "u", "CX": "cx", "u0": "id", "u2": "u"}.get(name, name)
    found = resolve(name) if name == name.lower() else None
    return found if found is not None and found[0].unitary and found[0].name in GATES else None


def signature(name: str) -> tuple[int, int] | None:
    """Return how many angles and how many qubits a standard gate takes; -1 qubits: two or more."""
    if name in ("u2", "u0", "cu"):
        return {"u2": (2, 1), "u0": (1, 1), "cu": (4, 2)}[name]
    found = standard(name)
    if found is None:
        return None
    row, controls = found
    return len(row.params), -1 if controls < 0 else row.targets + controls


class Expander:
    """Turns calls into operations of the gate table."""

    def __init__(self, fail: Fail, emit: Emit, most: int) -> None:
        self.fail, self.emit = fail, emit
        self.definitions: dict[str, Definition] = {}
        self.left = self.most = 20 * most + 1000  # steps, also those that emit nothing

    def expand(self, call: Call) -> None:
        """Emit a call, by the definition of its gate if it has one."""
        self.left -= 1
        if self.left < 0:
            self.fail(f"the program expands to more than {self.most} steps", call.offset, "make it smaller")
        if not abs(call.power) <= MAX_POWER:
            self.fail(f"the power {call.power:g} is too large", call.offset, "use a smaller one")
        k = len(call.controls)
        ones = tuple(q for q, on in zip(call.qubits, call.controls, strict=False) if on)
        zeros = tuple(q for q, on in zip(call.qubits, call.controls, strict=False) if not on)
        own = self.definitions.get(call.name)
        if call.power not in (1.0, -1.0):
            self._power(call, own)
        elif own is not None:
            self._own(call, own)
        else:
            for name, params, inner, targets in self._known(call, call.qubits[k:]):
                self._emit(name, targets, params, (*ones, *inner), zeros, call)

    def _power(self, call: Call, own: Definition | None) -> None:
        found = None if own else standard(call.name)
        if call.power == int(call.power):
            for _ in range(abs(int(call.power))):
                self.expand(replace(call, power=1.0 if call.power > 0 else -1.0))
        elif found is not None and len(found[0].params) == 1:  # e^{−iθG/2} to a power
            angle = Bin("*", fold(number(call.power)), call.params[0])
            self.expand(replace(call, params=(angle,), power=1.0))
        else:
            self.fail(f"{call.name} to the power {call.power:g} can't be said", call.offset, "use an integer power")

    def _own(self, call: Call, own: Definition) -> None:
        if own.body is None:
            self.fail(f"the gate {call.name} is opaque: it has no definition", call.offset, "define it with gate")
        k = len(call.controls)
        extra, mine = call.qubits[:k], call.qubits[k:]
        values: dict[Sym, float | Expr] = {Sym("p", i): p for i, p in enumerate(call.params)}
        steps = own.body if call.power > 0 else own.body[::-1]
        for step in steps:
            self.expand(
                Call(
                    step.name,
                    tuple(self._filled(p, values, call) for p in step.params),
                    (*extra, *(mine[q] for q in step.qubits)),
                    (*call.controls, *step.controls),
                    step.power * call.power,
                    call.offset,
                )
            )

    def _filled(self, e: Expr, values: dict[Sym, float | Expr], call: Call) -> Expr:
        """An angle of a definition at the call's; kept short, since definitions could double it forty times."""
        out = e.substitute(values, fold=False)
        length = len(str(out))
        self.left -= length // 50
        if length <= MAX_LENGTH:
            return out
        if out.symbols():
            self.fail(f"the angle has {length} characters, more than {MAX_LENGTH}", call.offset, "shorten it")
        value = float(out.evaluate())
        if not math.isfinite(value):
            self.fail("the angle has no finite value", call.offset, "change it")
        return number(value)

    def _known(
        self, call: Call, qubits: tuple[int, ...]
    ) -> Iterator[tuple[str, tuple[Expr, ...], tuple[int, ...], tuple[int, ...]]]:
        """Name, angles, own controls, targets of the gates of the table that a standard gate stands for."""
        name, params, inverse = call.name, call.params, call.power < 0
        if name == "u2":
            name, params = "u", (Bin("/", Pi(), Num(2.0)), *params)
        elif name == "u0":  # a pause
            name, params = "id", ()
        elif name == "cu":
            gamma = fold(Neg(params[3])) if inverse else params[3]
            params = params[:3]
            if gamma.symbols() or float(gamma.evaluate()) != 0:
                yield "p", (gamma,), (), qubits[:1]
        found = standard(name)
        assert found is not None, name  # the reader has looked it up
        row, n = found
        n = len(qubits) - row.targets if n < 0 else n
        controls, targets = qubits[:n], qubits[n:]
        if inverse:
            yield from _inverse(row.name, params, targets, controls)
        else:
            yield row.name, params, controls, targets

    def _emit(
        self,
        name: str,
        targets: tuple[int, ...],
        params: tuple[Expr, ...],
        ones: tuple[int, ...],
        zeros: tuple[int, ...],
        call: Call,
    ) -> None:
        if name != "gphase" or not (ones or zeros):
            self.emit(name, targets, params, ones, zeros, call.offset)
        elif ones:
            self.emit("p", ones[-1:], params, ones[:-1], zeros, call.offset)
        else:  # a phase on |0⟩ alone
            flip = zeros[-1:]
            self.emit("x", flip, (), (), (), call.offset)
            self.emit("p", flip, params, (), zeros[:-1], call.offset)
            self.emit("x", flip, (), (), (), call.offset)


def _inverse(
    name: str, params: Sequence[Expr], targets: tuple[int, ...], controls: tuple[int, ...]
) -> Iterator[tuple[str, tuple[Expr, ...], tuple[int, ...], tuple[int, ...]]]:
    if name in _INVERSE:
        yield _INVERSE[name], (), controls, targets
    elif name == "u":
        theta, phi, lam = (fold(Neg(p)) for p in params)
        yield "u", (theta, lam, phi), controls, targets
    elif name == "dcx":
        yield "dcx", (), controls, targets[::-1]
    elif name == "iswap":
        yield "xx_plus_yy", (Pi(), Num(0.0)), controls, targets
    elif params:  # of r and xx±yy only the first angle is one of rotation
        yield name, (fold(Neg(params[0])), *params[1:]), controls, targets
    else:
        yield name, (), controls, targets


def fold(e: Expr) -> Expr:
    """−(−a) is a, and a negated number a number."""
    if isinstance(e, Neg) and isinstance(e.a, Neg):
        return e.a.a
    return e
