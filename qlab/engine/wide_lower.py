"""From passes to the four operations of the wide path, all of them rotations by an angle.

A pass on free pairs is a product of 2x2 unitaries, and each of those is RZ.RY.RZ: it falls apart into *turns*
(RY, real, moves weight between two amplitudes) and *phases* (a parity's sign times an angle). Phases on
different parities commute, so that a schedule can do dozens of them in one walk. What has controls becomes
phases where it is diagonal, else a turn under constraints. Pure Python; it must not know tiles or numba.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from . import codes
from .angles import Angle
from .frame import Constraint, parity
from .lower import Factor, Pass

TURN, PHASE = 0, 1  # exp(-i t/2 Y) on pairs; exp(-i t/2 (-1)**parity(p & m)) or, under constraints, exp(i t)
_EXPANDED = 3  # a phase under this many constraints becomes 2**k - 1 parities; beyond it, one walk of its own


@dataclass(slots=True)
class Sum:
    """An angle: ``offset`` plus weighted `Angle`s, in radians."""

    offset: float = 0.0
    parts: list[tuple[Angle, float]] = field(default_factory=list)

    def add(self, angle: Angle | float, weight: float = 1.0) -> None:
        """Add ``weight * angle``."""
        if isinstance(angle, float):
            self.offset += weight * angle
        elif angle.known is not None:
            self.offset += weight * angle.known
        else:
            self.parts.append((angle, weight))

    def plus(self, other: Sum, weight: float) -> None:
        """Add ``weight * other``."""
        self.offset += weight * other.offset
        self.parts += [(angle, weight * w) for angle, w in other.parts]


@dataclass(slots=True)
class Op:
    """One operation: on pairs (p, p ^ v) with branch ``parity(p & m)``, where all constraints hold."""

    kind: int
    v: int
    m: int
    angle: Sum
    constraints: tuple[Constraint, ...] = ()
    mirror: bool = False  # a turn that is X itself, not a rotation, and has no branches (m = 0)

    @property
    def merges(self) -> bool:
        """Whether it is a phase on one parity, which a walk can do together with others."""
        return self.kind == PHASE and not self.constraints


@dataclass(slots=True)
class Ops:
    """The operations of a circuit in order, and its global phase."""

    ops: list[Op]
    phase: Sum


def rotations(passes: Iterable[Pass], n_qubits: int, terms: Sequence[tuple[int, int]] | None) -> Ops:
    """Return the operations of some passes that start from the basis state 0.

    Args:
        passes: From `lower`.
        n_qubits: Wires.
        terms: Memory masks (x, z) of the Pauli strings that are measured, so that what they can't see is
            dropped; None keeps everything.
    """
    found = Ops([], Sum())
    for p in passes:
        if not p.constraints and p.m:
            _free(found, p)
        else:
            _bound(found, p)
    clash = clashes(found.ops, n_qubits)
    kept = []
    for i, op in enumerate(found.ops):
        if op.kind == PHASE and not clash[i, :i].any():  # it meets the basis state 0: a number
            if not op.constraints:
                found.phase.plus(op.angle, -0.5)
            elif not any(value for _, value in op.constraints):
                found.phase.plus(op.angle, 1.0)
        else:
            kept.append(i)
    if terms is not None:
        kept = _seen(found.ops, clash, kept, terms)
    return Ops([found.ops[i] for i in kept], found.phase)


def clashes(ops: Sequence[Op], n: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return which operations don't certainly commute, from their generators alone."""
    moves, signs = bits([op.v for op in ops], n), bits([op.m for op in ops], n)
    both = moves @ signs.T
    out: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = (both + both.T) % 2 == 1
    owner = [i for i, op in enumerate(ops) for _ in op.constraints]
    if owner:
        crossed = moves @ bits([mask for op in ops for mask, _ in op.constraints], n).T % 2 == 1
        for column, i in enumerate(owner):
            out[:, i] |= crossed[:, column]
            out[i, :] |= crossed[:, column]
    return out


def bits(masks: Sequence[int], n: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return masks as rows of n zeros and ones."""
    return (np.array(masks, dtype=np.int64)[:, None] >> np.arange(n) & 1).astype(np.float32)


def _seen(ops: Sequence[Op], clash: np.ndarray, kept: list[int], terms: Sequence[tuple[int, int]]) -> list[int]:
    visible: list[int] = []
    for i in reversed(kept):
        op = ops[i]
        masks = [mask for mask, _ in op.constraints]
        if clash[i, visible].any() or any(
            parity(op.v & z) ^ parity(op.m & x) or any(parity(mask & x) for mask in masks) for x, z in terms
        ):
            visible.append(i)
    return visible[::-1]


def _free(out: Ops, p: Pass) -> None:
    """Split a pass on free pairs into phases and turns; neighbours of a kind become one."""
    first = len(out.ops)

    def put(kind: int, angle: Angle | float, weight: float = 1.0) -> None:
        if len(out.ops) == first or out.ops[-1].kind != kind:
            out.ops.append(Op(kind, p.v if kind == TURN else 0, p.m, Sum()))
        out.ops[-1].angle.add(angle, weight)

    for f in p.factors:
        if f.angle is None:
            before, turn, after, phase = _rotated(f)
            out.phase.offset += phase
            if before:
                put(PHASE, before)
            if turn:
                put(TURN, turn)
            if after:
                put(PHASE, after)
        elif f.kind == codes.RY:
            put(TURN, f.angle)
        elif f.kind == codes.RX:  # S+ RY S
            put(PHASE, math.pi / 2)
            put(TURN, f.angle)
            put(PHASE, -math.pi / 2)
        elif f.kind == codes.GPHASE:
            out.phase.add(f.angle)
        else:
            put(PHASE, f.angle)
            if f.kind == codes.P:
                out.phase.add(f.angle, 0.5)


def _bound(out: Ops, p: Pass) -> None:
    """Split a pass under constraints, or a phase pass, the same way."""
    for f in p.factors:
        if f.diagonal:
            _phases(out, p, f)
        elif f.angle is None:
            assert f.matrix is not None
            if np.array_equal(f.matrix, [[0, 1], [1, 0]]):
                out.ops.append(Op(TURN, p.v, 0, Sum(), p.constraints, mirror=True))
                continue
            before, turn, after, phase = _rotated(f)
            _phases(out, p, Factor(codes.RZ, Angle.constant(before)))
            out.ops.append(Op(TURN, p.v, p.m, Sum(turn), p.constraints))
            _phases(out, p, Factor(codes.RZ, Angle.constant(after)))
            _phases(out, p, Factor(codes.GPHASE, Angle.constant(phase)))
        else:
            quarter = math.pi / 2 if f.kind == codes.RX else 0.0
            _phases(out, p, Factor(codes.RZ, Angle.constant(quarter)))
            out.ops.append(Op(TURN, p.v, p.m, _sum(f.angle, 1.0), p.constraints))
            _phases(out, p, Factor(codes.RZ, Angle.constant(-quarter)))


def _phases(out: Ops, p: Pass, f: Factor) -> None:
    """Add a diagonal factor as phases ``exp(i a)`` of the two branches, each where its constraints hold."""
    if f.angle is None:
        assert f.matrix is not None
        zero, one = (Sum(cmath.phase(complex(f.matrix[k, k]))) for k in (0, 1))
    else:
        low = {codes.RZ: -0.5, codes.P: 0.0, codes.GPHASE: 1.0}[f.kind]
        zero, one = _sum(f.angle, low), _sum(f.angle, low + 1.0 if f.kind != codes.GPHASE else 1.0)
    if p.m == 0:
        _projector(out, list(p.constraints), one)
        return
    common, split = Sum(), Sum()
    common.plus(zero, 0.5)
    common.plus(one, 0.5)
    split.plus(zero, 0.5)
    split.plus(one, -0.5)
    if len(p.constraints) < _EXPANDED:
        _parities(out, list(p.constraints), 0, common)
        _parities(out, list(p.constraints), p.m, split)
    else:
        _projector(out, [*p.constraints, (p.m, 0)], zero)
        _projector(out, [*p.constraints, (p.m, 1)], one)


def _projector(out: Ops, constraints: list[Constraint], angle: Sum) -> None:
    """Multiply by ``exp(i angle)`` where all constraints hold."""
    if not (angle.offset or angle.parts):
        return
    if len(constraints) <= _EXPANDED:
        _parities(out, constraints, 0, angle)
    else:
        out.ops.append(Op(PHASE, 0, 0, angle, tuple(constraints)))


def _parities(out: Ops, constraints: list[Constraint], m: int, angle: Sum) -> None:
    """Multiply by ``exp(i angle (-1)**parity(p & m))`` under constraints, written as products of signs."""
    share = 1.0 / (1 << len(constraints))
    for size in range(len(constraints) + 1):
        for chosen in combinations(constraints, size):
            mask, sign = m, 1.0
            for other, value in chosen:
                mask ^= other
                sign = -sign if value else sign
            if mask == 0:
                out.phase.plus(angle, share * sign)
                continue
            turned = Sum()
            turned.plus(angle, -2 * share * sign)
            if turned.offset or turned.parts:
                out.ops.append(Op(PHASE, 0, mask, turned))


def _rotated(factor: Factor) -> tuple[float, float, float, float]:
    """Return (before, turn, after, phase) with ``matrix = e^(i phase) RZ(after) RY(turn) RZ(before)``."""
    before, turn, after, common = factor.euler
    return before, turn, after, common + (before + after) / 2


def _sum(angle: Angle, weight: float) -> Sum:
    out = Sum()
    out.add(angle, weight)
    return out
