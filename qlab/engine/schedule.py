"""From passes to layers: commuting RY turns that share sweeps, and diagonals merged into one table.

Every 2x2 matrix is ``e^(i g) P(b) RY(a) P(c)``, and CX, SWAP and X are already gone (see `frame`), so a circuit
is nothing but turns and phases over memory. Phases commute with each other and with the turns of other qubits:
each atom moves back as far as it commutes, and joins the layer it gets to. Angles of equal atoms add up. Pure
Python; it must not know batches or numba.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from . import codes
from .angles import Angle, Source
from .arrays import ComplexArray
from .frame import Constraint, Span, parity
from .lower import Factor, Pass, visible

_TINY = 1e-15


@dataclass(slots=True)
class Sum:
    """``offset + sum(scale * source)`` in radians."""

    offset: float = 0.0
    parts: tuple[tuple[float, Source], ...] = ()

    @staticmethod
    def of(angle: Angle, scale: float = 1.0) -> Sum:
        """Return an angle times a number."""
        if angle.source.row < 0:
            return Sum(scale * angle.offset)
        return Sum(scale * angle.offset, ((scale * angle.scale, angle.source),))

    def __add__(self, other: Sum) -> Sum:
        if not other.parts or not self.parts:
            return Sum(self.offset + other.offset, self.parts or other.parts)
        scales: dict[Source, float] = {}
        for scale, source in self.parts + other.parts:
            scales[source] = scales.get(source, 0.0) + scale
        return Sum(self.offset + other.offset, tuple((c, s) for s, c in scales.items() if c != 0.0))

    def __neg__(self) -> Sum:
        return Sum(-self.offset, tuple((-c, s) for c, s in self.parts))

    @property
    def batched(self) -> bool:
        """Whether it differs from sample to sample."""
        for _, source in self.parts:  # noqa: SIM110  # asked for every angle of a new circuit
            if source.batched:
                return True
        return False

    def vanishes(self, period: float) -> bool:
        """Whether it is a constant multiple of ``period``."""
        return not self.parts and abs(math.remainder(self.offset, period)) < _TINY


class Atom(NamedTuple):
    """RY on pairs (p, p ^ v) with ``parity(p & m) == 0``, or (v = m = 0) a phase; where all constraints hold."""

    v: int
    m: int
    constraints: tuple[Constraint, ...]
    angle: Sum

    @property
    def diagonal(self) -> bool:
        """Whether it is a phase."""
        return self.v == 0

    def masks_z(self) -> list[int]:
        """Return the Z-like masks it depends on."""
        masks = [mask for mask, _ in self.constraints]
        return [self.m, *masks] if self.m else masks


Key = tuple[int, int, tuple[Constraint, ...]]


@dataclass(slots=True)
class Layer:
    """Atoms that commute with each other: either turns or phases, by (v, m, constraints)."""

    turns: bool
    angles: dict[Key, Sum] = field(default_factory=dict)
    moves: Span = field(default_factory=Span)
    signs: Span = field(default_factory=Span)

    def add(self, atom: Atom) -> None:
        """Include an atom that commutes with all others."""
        key = atom.v, atom.m, atom.constraints
        found = self.angles.get(key)
        self.angles[key] = atom.angle if found is None else found + atom.angle
        if found is None:
            if atom.v:
                self.moves.add(atom.v)
            for z in atom.masks_z():
                self.signs.add(z)

    def commutes(self, v: int, masks: list[int]) -> bool:
        """Return whether a new atom of these masks certainly commutes with all, from their generators alone."""
        if v and not self.signs.orthogonal(v):
            return False
        if self.turns:
            for z in masks:
                if not self.moves.orthogonal(z):
                    return False
        return True


def layers(passes: Sequence[Pass], terms: Sequence[tuple[int, int]] | None) -> list[Layer]:
    """Return the layers of some passes, in order.

    Args:
        passes: From `lower`.
        terms: Memory masks (x, z) of the observables' Pauli strings, to drop what they can't see, global
            phases among it; None keeps everything.
    """
    atoms = [atom for p in passes for f in p.factors for atom in _atoms(p, f)]
    if terms is not None:
        atoms = list(visible(atoms, terms))
    out: list[Layer] = []
    for atom in atoms:
        _place(out, atom)
    for layer in out:
        period = 4 * math.pi if layer.turns else 2 * math.pi
        layer.angles = {k: a for k, a in layer.angles.items() if not a.vanishes(period)}
    out = [layer for layer in out if layer.angles]
    if out and not out[0].turns:  # |0...0> is an eigenvector: only phases of subspaces that hold it remain
        kept = {k: a for k, a in out[0].angles.items() if not any(value for _, value in k[2])}
        if terms is not None or not kept:
            out.pop(0)
        else:
            total = Sum()
            for a in kept.values():
                total = total + a
            out[0] = Layer(False, {(0, 0, ()): total})
    return out


def _place(out: list[Layer], atom: Atom) -> None:
    """Add an atom to the earliest layer it reaches, best to one that has the same atom."""
    v, masks = atom.v, atom.masks_z()
    key, turns = (v, atom.m, atom.constraints), v != 0
    place: Layer | None = None
    for layer in reversed(out):
        if layer.turns != turns:
            if not layer.commutes(v, masks):
                break
        elif key in layer.angles:
            layer.add(atom)
            return
        elif turns and not layer.commutes(v, masks):
            break
        else:
            place = layer
    if place is None:
        place = Layer(turns)
        out.append(place)
    place.add(atom)


def _atoms(p: Pass, f: Factor) -> list[Atom]:
    """Return turns and phases, in time order, of one factor of a pass."""
    odd = p.constraints if p.m == 0 else _subspace((*p.constraints, (p.m, 1)))
    even = _subspace(p.constraints)
    if f.angle is None:
        assert f.matrix is not None
        return _constant(p, f.matrix, even, odd)
    angle = Sum.of(f.angle)
    if angle.vanishes(4 * math.pi):
        return []
    if f.kind == codes.P:
        return phase(odd, angle)
    if f.kind == codes.GPHASE:
        return phase(odd if p.m == 0 else even, angle)
    half = Sum.of(f.angle, 0.5)
    if f.kind == codes.RZ:
        return phase(odd, half) if p.m == 0 else [*phase(odd, angle), *phase(even, -half)]
    turn = Atom(p.v, p.m, p.constraints, angle)
    if f.kind == codes.RY:
        return [turn]
    quarter = Sum(math.pi / 2)  # RX = S^-1 RY S, S first
    return [*phase(odd, quarter), turn, *phase(odd, -quarter)]


def _constant(p: Pass, u: ComplexArray, even: tuple[Constraint, ...], odd: tuple[Constraint, ...]) -> list[Atom]:
    """Return P(c), RY(a), P(b) and a phase for a constant matrix."""
    before, turned, after, common = _euler(u.tobytes())
    if p.m == 0:
        return phase(odd, Sum(before + common))
    if turned == 0.0:
        return [*phase(odd, Sum(before)), *phase(even, Sum(common))]
    turn = Atom(p.v, p.m, p.constraints, Sum(turned))
    return [*phase(odd, Sum(before)), turn, *phase(odd, Sum(after)), *phase(even, Sum(common))]


@lru_cache(maxsize=1024)
def _euler(entries: bytes) -> tuple[float, float, float, float]:
    """Return (before, turn, after, common) with ``u = e^(i common) P(after) RY(turn) P(before)`` for a 2x2 matrix."""
    a, b, c, d = (complex(entry) for entry in np.frombuffer(entries, dtype=np.complex128))
    if abs(c) < _TINY:
        return cmath.phase(d) - cmath.phase(a), 0.0, 0.0, cmath.phase(a)
    common = cmath.phase(c) if abs(a) < _TINY else cmath.phase(a)
    after = 0.0 if abs(a) < _TINY else cmath.phase(c) - common
    return cmath.phase(-b) - common, 2 * math.atan2(abs(c), abs(a)), after, common


def phase(subspace: tuple[Constraint, ...] | None, angle: Sum) -> list[Atom]:
    """Return a phase on a subspace; that of one even parity becomes one of the odd one, and a global phase."""
    if subspace is None or angle.vanishes(2 * math.pi):
        return []
    if len(subspace) == 1 and subspace[0][1] == 0:
        return [Atom(0, 0, (), angle), Atom(0, 0, ((subspace[0][0], 1),), -angle)]
    return [Atom(0, 0, subspace, angle)]


def _subspace(constraints: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
    return tuple(sorted(constraints))


__all__ = ["Atom", "Layer", "Sum", "layers", "parity", "phase"]
