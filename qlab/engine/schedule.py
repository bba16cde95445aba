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

from . import codes
from .angles import Angle, Source
from .arrays import ComplexArray
from .frame import Constraint, parity
from .lower import Factor, Pass, visible

_TINY = 1e-15


@dataclass(frozen=True, slots=True)
class Sum:
    """``offset + sum(scale * source)`` in radians."""

    offset: float = 0.0
    parts: tuple[tuple[float, Source], ...] = ()

    @staticmethod
    def of(angle: Angle, scale: float = 1.0) -> Sum:
        """Return an angle times a number."""
        if angle.source.index < 0:
            return Sum(scale * angle.offset)
        return Sum(scale * angle.offset, ((scale * angle.scale, angle.source),))

    def __add__(self, other: Sum) -> Sum:
        if not other.parts:
            return Sum(self.offset + other.offset, self.parts)
        scales: dict[Source, float] = {}
        for scale, source in self.parts + other.parts:
            scales[source] = scales.get(source, 0.0) + scale
        return Sum(self.offset + other.offset, tuple((c, s) for s, c in scales.items() if c != 0.0))

    def __neg__(self) -> Sum:
        return Sum(-self.offset, tuple((-c, s) for c, s in self.parts))

    @property
    def batched(self) -> bool:
        """Whether it differs from sample to sample."""
        return any(s.batched for _, s in self.parts)

    def vanishes(self, period: float) -> bool:
        """Whether it is a constant multiple of ``period``."""
        return not self.parts and abs(math.remainder(self.offset, period)) < _TINY


@dataclass(frozen=True, slots=True)
class Atom:
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
    x_masks: list[int] = field(default_factory=list)
    z_masks: list[int] = field(default_factory=list)

    def add(self, atom: Atom) -> None:
        """Include an atom that commutes with all others."""
        key = atom.v, atom.m, atom.constraints
        found = self.angles.get(key)
        self.angles[key] = atom.angle if found is None else found + atom.angle
        if found is None:
            if atom.v:
                self.x_masks.append(atom.v)
            self.z_masks += atom.masks_z()

    def commutes(self, atom: Atom) -> bool:
        """Return whether an atom certainly commutes with all, from their generators alone."""
        if atom.v:
            if (atom.v, atom.m, atom.constraints) in self.angles:
                return True
            for z in self.z_masks:
                if (atom.v & z).bit_count() & 1:
                    return False
        if self.turns:
            for z in atom.masks_z():
                for v in self.x_masks:
                    if (v & z).bit_count() & 1:
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
    key = atom.v, atom.m, atom.constraints
    place: Layer | None = None
    for layer in reversed(out):
        same = layer.turns != atom.diagonal
        if same and key in layer.angles:
            layer.add(atom)
            return
        if not (same and atom.diagonal) and not layer.commutes(atom):
            break
        if same:
            place = layer
    if place is None:
        place = Layer(not atom.diagonal)
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
    if f.kind == codes.P:
        return _phase(odd, angle)
    if f.kind == codes.GPHASE:
        return _phase(odd if p.m == 0 else even, angle)
    half = Sum.of(f.angle, 0.5)
    if f.kind == codes.RZ:
        return _phase(odd, half) if p.m == 0 else [*_phase(odd, angle), *_phase(even, -half)]
    turn = Atom(p.v, p.m, p.constraints, angle)
    if f.kind == codes.RY:
        return [turn]
    quarter = Sum(math.pi / 2)  # RX = S^-1 RY S, S first
    return [*_phase(odd, quarter), turn, *_phase(odd, -quarter)]


def _constant(p: Pass, u: ComplexArray, even: tuple[Constraint, ...], odd: tuple[Constraint, ...]) -> list[Atom]:
    """Return P(c), RY(a), P(b) and a phase for a constant matrix."""
    if p.m == 0:
        return _phase(odd, Sum(cmath.phase(u[1, 1])))
    if abs(u[1, 0]) < _TINY:
        g = cmath.phase(u[0, 0])
        return [*_phase(odd, Sum(cmath.phase(u[1, 1]) - g)), *_phase(even, Sum(g))]
    if abs(u[0, 0]) < _TINY:
        b, g = 0.0, cmath.phase(u[1, 0])
    else:
        g = cmath.phase(u[0, 0])
        b = cmath.phase(u[1, 0]) - g
    c = cmath.phase(-u[0, 1]) - g
    turn = Atom(p.v, p.m, p.constraints, Sum(2 * math.atan2(abs(u[1, 0]), abs(u[0, 0]))))
    return [*_phase(odd, Sum(c)), turn, *_phase(odd, Sum(b)), *_phase(even, Sum(g))]


def _phase(subspace: tuple[Constraint, ...] | None, angle: Sum) -> list[Atom]:
    """Return a phase on a subspace; that of one even parity becomes one of the odd one."""
    if subspace is None or angle.vanishes(2 * math.pi):
        return []
    if len(subspace) == 1 and subspace[0][1] == 0:
        return [Atom(0, 0, (), angle), Atom(0, 0, ((subspace[0][0], 1),), -angle)]
    return [Atom(0, 0, subspace, angle)]


def _subspace(constraints: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
    return tuple(sorted(constraints))


__all__ = ["Atom", "Layer", "Sum", "layers", "parity"]
