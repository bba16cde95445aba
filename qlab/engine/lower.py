"""From a `Circuit` to passes over memory: relabelling, lowering to (controlled) 2x2 matrices, and fusion.

Every gate of the table becomes at most three controlled 2x2 passes; CX, SWAP, DCX and X none at all (see
`frame`); a matrix on three qubits 28, each over two of eight amplitudes. Passes on the same pair of amplitudes
fuse across everything they commute with, and passes that no observable can see are dropped. Pure Python; it must
not know batches or numba.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from qlab.circuit import Circuit, Operation
from qlab.circuit.synth import steps

from . import codes
from .angles import Angle, AngleTable
from .arrays import ComplexArray
from .checks import final_measurements_only
from .frame import Constraint, Frame, Span
from .matrices import FIXED

_TINY = 1e-15


class Factor(NamedTuple):
    """One gate inside a pass: a rotation by an angle, or a constant matrix."""

    kind: int
    angle: Angle | None = None
    matrix: ComplexArray | None = None
    euler: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # of a matrix

    @staticmethod
    def constant(matrix: ComplexArray) -> Factor:
        """Return the factor of a fixed 2x2 matrix."""
        return Factor(codes.CONST, None, matrix, euler(matrix.tobytes()))

    @property
    def diagonal(self) -> bool:
        """Whether it can't move weight between the two branches."""
        if self.matrix is not None:
            return not (self.matrix[0, 1] or self.matrix[1, 0])
        return self.kind in (codes.RZ, codes.P, codes.GPHASE)

    def flipped(self) -> list[Factor]:
        """Return X . factor . X."""
        if self.matrix is not None:
            return _mirrored(self.matrix.tobytes())
        if self.kind in (codes.RX, codes.GPHASE) or self.angle is None:
            return [self]
        back = Factor(self.kind, -self.angle)
        return [back, Factor(codes.GPHASE, self.angle)] if self.kind == codes.P else [back]


@lru_cache(maxsize=1024)
def _mirrored(entries: bytes) -> list[Factor]:
    """Return X . matrix . X."""
    return [Factor.constant(np.frombuffer(entries, dtype=np.complex128).reshape(2, 2)[::-1, ::-1])]


@lru_cache(maxsize=1024)
def euler(entries: bytes) -> tuple[float, float, float, float]:
    """Return (before, turn, after, common) with ``u = e^(i common) P(after) RY(turn) P(before)`` for a 2x2 matrix."""
    a, b, c, d = (complex(entry) for entry in np.frombuffer(entries, dtype=np.complex128))
    if abs(c) < _TINY:
        return cmath.phase(d) - cmath.phase(a), 0.0, 0.0, cmath.phase(a)
    common = cmath.phase(c) if abs(a) < _TINY else cmath.phase(a)
    after = 0.0 if abs(a) < _TINY else cmath.phase(c) - common
    return cmath.phase(-b) - common, 2 * math.atan2(abs(c), abs(a)), after, common


@dataclass(slots=True)
class Pass:
    """One pass: factors in time order on pairs (p, p ^ v) where ``parity(p & m) == 0``, under constraints.

    A *phase* pass has no pair (``v == m == 0``): it multiplies what meets the constraints by its 1-1 entry.
    """

    v: int
    m: int
    constraints: tuple[Constraint, ...]
    factors: list[Factor] = field(default_factory=list)
    diagonal: bool = True

    def masks_z(self) -> list[int]:
        """Return the Z-like masks it depends on."""
        return [self.m, *(mask for mask, _ in self.constraints)]

    def commutes(self, other: Pass) -> bool:
        """Return whether the two passes certainly commute, from their generators alone."""
        # Plain loops: this is most of the time a new circuit takes.
        for one, two in ((self, other), (other, self)):
            if one.diagonal:
                continue
            if (one.v & two.m).bit_count() & 1:
                return False
            for mask, _ in two.constraints:
                if (one.v & mask).bit_count() & 1:
                    return False
        return True

    def fuses(self, other: Pass) -> bool:
        """Return whether one pass can do both: same pairs, or same branches while one of them is diagonal."""
        if self.m != other.m or self.constraints != other.constraints:
            return False
        return self.v == other.v or (self.m != 0 and (self.diagonal or other.diagonal))

    def absorb(self, other: Pass) -> None:
        """Do ``other`` right after this one."""
        if self.diagonal and not other.diagonal:
            self.v = other.v
        self.diagonal = self.diagonal and other.diagonal
        self.factors += other.factors


@dataclass(frozen=True)
class Lowered:
    """The passes of a circuit as its gates come, and where its logical amplitudes end up."""

    gates: tuple[Pass, ...]
    frame: Frame
    angles: AngleTable

    @cached_property
    def passes(self) -> tuple[Pass, ...]:
        """The same, fused; layers of turns and phases don't need that."""
        fused: list[Pass] = []
        for p in self.gates:
            _push(fused, Pass(p.v, p.m, p.constraints, list(p.factors), all(f.diagonal for f in p.factors)))
        return tuple(fused)


def lower(circuit: Circuit) -> Lowered:
    """Return the passes of a circuit.

    Raises:
        EngineError: naming the operation that isn't a gate: a reset, a condition, a measurement before the
        end.
    """
    circuit = circuit.flattened()
    final_measurements_only(circuit)
    lowering = _Lowering(circuit.n_qubits)
    for op in circuit.ops:
        if op.gate not in ("measure", "barrier", "id"):
            lowering.add(op)
    return Lowered(tuple(lowering.passes), lowering.frame, lowering.angles)


class _Masked(Protocol):
    @property
    def v(self) -> int: ...
    @property
    def diagonal(self) -> bool: ...
    def masks_z(self) -> list[int]: ...


Part = TypeVar("Part", bound=_Masked)


def visible(passes: Sequence[Part], terms: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    """Return the passes that can change the expectation of Pauli strings given by their memory masks (x, z).

    A pass that commutes with every term and with every later pass that stays cancels against its own inverse.
    """
    xs, zs = Span(), Span()
    for x, z in terms:
        xs.add(x)
        zs.add(z)
    kept = []
    for p in reversed(passes):
        masks, v = p.masks_z(), 0 if p.diagonal else p.v
        if not v or zs.orthogonal(v):
            for z in masks:
                if not xs.orthogonal(z):
                    break
            else:
                continue
        kept.append(p)
        if v:
            xs.add(v)
        for z in masks:
            zs.add(z)
    return tuple(reversed(kept))


class _Lowering:
    def __init__(self, n: int) -> None:
        self.frame = Frame(n)
        self.angles = AngleTable()
        self.passes: list[Pass] = []

    def add(self, op: Operation) -> None:
        """Lower one gate."""
        conditions = [(q, 1) for q in op.controls]
        if op.anticontrols:
            conditions += [(q, 0) for q in op.anticontrols]
        angles = [self.angles.add(e, op.id) for e in op.params] if op.params else []
        if op.matrix is not None:
            for step in steps(op.matrix):
                fixed = [(op.qubits[k], value) for k, value in step.fixed]
                self.gate(op.qubits[step.target], conditions + fixed, [Factor.constant(np.array(step.matrix))])
        elif op.gate in _TWO:
            _TWO[op.gate](self, op.qubits[0], op.qubits[1], conditions, angles)
        elif op.gate == "gphase":
            self.phase(conditions, [_turn(codes.P, angles[0])])
        elif op.gate == "x" and not conditions:
            self.frame.x(op.qubits[0])
        elif op.gate == "x" and len(conditions) == 1:
            self.frame.cx(conditions[0][0], op.qubits[0], conditions[0][1])
        elif op.gate in ("z", "s", "sdg", "t", "tdg", "p") and conditions:
            self.phase([*conditions, (op.qubits[0], 1)], _one_qubit(op.gate, angles))
        else:
            self.gate(op.qubits[0], conditions, _one_qubit(op.gate, angles))

    def gate(self, target: int, conditions: list[tuple[int, int]], factors: list[Factor]) -> None:
        """Apply factors, in time order, to a qubit where the conditions hold."""
        frame = self.frame
        if frame.flip[target]:
            factors = [part for f in factors for part in f.flipped()]
        under = self._under(conditions) if conditions else ()
        self.passes.append(Pass(frame.col[target], frame.row[target], under, factors))

    def phase(self, conditions: list[tuple[int, int]], factors: list[Factor]) -> None:
        """Multiply the amplitudes that meet the conditions by the 1-1 entry of diagonal factors."""
        self.passes.append(Pass(0, 0, self._under(conditions), factors))

    def _under(self, conditions: list[tuple[int, int]]) -> tuple[Constraint, ...]:
        row, flip = self.frame.row, self.frame.flip
        return tuple(sorted([(row[q], value ^ flip[q]) for q, value in conditions]))

    def constant(self, target: int, name: str) -> None:
        """Apply a fixed gate without controls."""
        self.gate(target, [], _one_qubit(name, []))


def _push(passes: list[Pass], new: Pass) -> None:
    for old in reversed(passes):
        if old.fuses(new):
            old.absorb(new)
            return
        if not old.commutes(new):
            break
    passes.append(new)


_turn = Factor


_ONE: dict[str, Callable[[list[Angle]], list[Factor]]] = {
    "rx": lambda a: [_turn(codes.RX, a[0])],
    "ry": lambda a: [_turn(codes.RY, a[0])],
    "rz": lambda a: [_turn(codes.RZ, a[0])],
    "p": lambda a: [_turn(codes.P, a[0])],
    "r": lambda a: [_turn(codes.P, -a[1]), _turn(codes.RX, a[0]), _turn(codes.P, a[1])],
    "u": lambda a: [_turn(codes.P, a[2]), _turn(codes.RY, a[0]), _turn(codes.P, a[1])],
}


_FIXED = {name: [Factor.constant(matrix)] for name, matrix in FIXED.items()}


def _one_qubit(gate: str, angles: list[Angle]) -> list[Factor]:
    return _ONE[gate](angles) if gate in _ONE else _FIXED[gate]


Conditions = list[tuple[int, int]]


def _conjugated(
    lo: _Lowering, control: int, target: int, on: int, conditions: Conditions, factors: list[Factor]
) -> None:
    """CX, factors on one of the two qubits, CX: only the middle needs the conditions."""
    lo.frame.cx(control, target)
    lo.gate(on, conditions, factors)
    lo.frame.cx(control, target)


def _swap(lo: _Lowering, a: int, b: int, conditions: Conditions, _: list[Angle]) -> None:
    if conditions:
        _conjugated(lo, a, b, a, [*conditions, (b, 1)], _FIXED["x"])
    else:
        lo.frame.swap(a, b)


def _rxx(lo: _Lowering, a: int, b: int, conditions: Conditions, angles: list[Angle]) -> None:
    _conjugated(lo, a, b, a, conditions, [_turn(codes.RX, angles[0])])


def _ryy(lo: _Lowering, a: int, b: int, conditions: Conditions, angles: list[Angle]) -> None:
    # CX turns Y on its control into YX; S on the other qubit turns that into YY.
    lo.constant(b, "sdg")
    _conjugated(lo, a, b, a, conditions, [_turn(codes.RY, angles[0])])
    lo.constant(b, "s")


def _rzz(lo: _Lowering, a: int, b: int, conditions: Conditions, angles: list[Angle]) -> None:
    _conjugated(lo, a, b, b, conditions, [_turn(codes.RZ, angles[0])])


def _rzx(lo: _Lowering, a: int, b: int, conditions: Conditions, angles: list[Angle]) -> None:
    lo.constant(b, "h")
    _rzz(lo, a, b, conditions, angles)
    lo.constant(b, "h")


def _ecr(lo: _Lowering, a: int, b: int, conditions: Conditions, _: list[Angle]) -> None:
    # RZX(pi/4), X, RZX(-pi/4): Qiskit's definition. The outer two cancel where the middle is off.
    eighth = Angle.constant(np.pi / 4)
    _rzx(lo, a, b, [], [eighth])
    if not conditions:
        lo.frame.x(a)
    else:
        lo.gate(a, conditions, _FIXED["x"])
    _rzx(lo, a, b, [], [-eighth])


def _dcx(lo: _Lowering, a: int, b: int, conditions: Conditions, _: list[Angle]) -> None:
    for control, target in ((a, b), (b, a)):
        if conditions:
            lo.gate(target, [*conditions, (control, 1)], _FIXED["x"])
        else:
            lo.frame.cx(control, target)


def _block(lo: _Lowering, a: int, b: int, conditions: Conditions, angles: list[Angle], odd: int) -> None:
    """R(theta, beta) on the two-dimensional block where the qubits differ (odd = 1) or agree (0)."""
    factors = [_turn(codes.P, -angles[1]), _turn(codes.RX, angles[0]), _turn(codes.P, angles[1])]
    _conjugated(lo, b, a, b, [*conditions, (a, odd)], factors)


def _plus(lo: _Lowering, a: int, b: int, conditions: Conditions, angles: list[Angle]) -> None:
    _block(lo, a, b, conditions, angles, 1)


def _minus(lo: _Lowering, a: int, b: int, conditions: Conditions, angles: list[Angle]) -> None:
    _block(lo, a, b, conditions, angles, 0)


def _iswap(lo: _Lowering, a: int, b: int, conditions: Conditions, _: list[Angle]) -> None:
    _block(lo, a, b, conditions, [Angle.constant(-np.pi), Angle.constant(0.0)], 1)


_TWO: dict[str, Callable[[_Lowering, int, int, Conditions, list[Angle]], None]] = {
    "swap": _swap,
    "iswap": _iswap,
    "ecr": _ecr,
    "dcx": _dcx,
    "rxx": _rxx,
    "ryy": _ryy,
    "rzz": _rzz,
    "rzx": _rzx,
    "xx_plus_yy": _plus,
    "xx_minus_yy": _minus,
}

__all__ = ["Factor", "Lowered", "Pass", "lower", "visible"]
