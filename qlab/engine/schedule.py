"""From passes to layers: commuting RY turns that share sweeps, and diagonals merged into one table.

Every 2x2 matrix is ``e^(i g) P(b) RY(a) P(c)``, and CX, SWAP and X are already gone (see `frame`), so a circuit
is nothing but turns and phases over memory. Phases commute with each other and with the turns of other qubits:
each atom moves back as far as it commutes, and joins the layer it gets to (`arrange`). Angles of equal atoms add up.
It must not know batches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from qlab.errors import EngineError

from . import codes, warm
from .angles import Source
from .frame import Constraint
from .lower import Pass

_TINY = 1e-15
WIRES = 64  # masks are machine words; a circuit has no more unless somebody raised its limit
_NOWHERE = Source()


@dataclass(slots=True)
class Sum:
    """``offset + sum(scale * source)`` in radians."""

    offset: float = 0.0
    scales: dict[Source, float] = field(default_factory=dict)

    def add(self, other: Sum, sign: float = 1.0) -> None:
        """Add another one, or subtract it."""
        self.offset += sign * other.offset
        for source, scale in other.scales.items():
            self.scales[source] = self.scales.get(source, 0.0) + sign * scale

    @property
    def parts(self) -> list[tuple[float, Source]]:
        """Scales and sources."""
        return [(scale, source) for source, scale in self.scales.items() if scale]

    @property
    def batched(self) -> bool:
        """Whether it differs from sample to sample."""
        for source, scale in self.scales.items():  # noqa: SIM110  # asked for every angle of a new circuit
            if source.batched and scale:
                return True
        return False

    def vanishes(self, period: float) -> bool:
        """Whether it is a constant multiple of ``period``."""
        return vanishes(self.offset, period) and not self.parts


Key = tuple[int, int, tuple[Constraint, ...]]


@dataclass(slots=True)
class Layer:
    """Atoms that commute with each other: either turns or phases, by (v, m, constraints).

    A turn is an RY on pairs (p, p ^ v) with ``parity(p & m) == 0``, a phase has v = m = 0; both act where all
    constraints hold.
    """

    turns: bool
    angles: dict[Key, Sum] = field(default_factory=dict)


def layers(passes: Sequence[Pass], terms: Sequence[tuple[int, int]] | None, n_qubits: int) -> list[Layer]:
    """Return the layers of some passes, in order.

    Args:
        passes: From `lower`.
        terms: Memory masks (x, z) of the observables' Pauli strings, to drop what they can't see, global
            phases among it; None keeps everything.
        n_qubits: Wires.
    """
    atoms = _Atoms()
    for p in passes:
        atoms.add(p)
    out: list[Layer] = []
    for place, turns, (key, offset, scale, source) in zip(*atoms.places(terms, n_qubits), atoms.found, strict=True):
        if place < 0:
            continue
        if place == len(out):
            out.append(Layer(turns))
        angle = out[place].angles.get(key)
        if angle is None:
            angle = out[place].angles[key] = Sum()
        angle.offset += offset
        if source.row >= 0:
            angle.scales[source] = angle.scales.get(source, 0.0) + scale
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
                total.add(a)
            out[0] = Layer(False, {(0, 0, ()): total})
    return out


Found = tuple[Key, float, float, Source]  # what an atom acts on, and its angle ``offset + scale * source``


class _Atoms:
    """Turns and phases in time order, as lists that machine code reads."""

    def __init__(self) -> None:
        self.found: list[Found] = []

    def add(self, p: Pass) -> None:
        """Add the turns and phases of a pass."""
        out, under, m = self.found.append, p.constraints, p.m
        odd = tuple(sorted((*under, (m, 1)))) if m else under
        turn = p.v, m, under
        for f in p.factors:
            angle = f.angle
            if angle is None:
                before, turned, after, common = f.euler
                if m == 0:
                    _phase(out, odd, before + common)
                    continue
                _phase(out, odd, before)
                if turned:
                    out((turn, turned, 0.0, _NOWHERE))
                    _phase(out, odd, after)
                _phase(out, under, common)
                continue
            offset, scale, source = angle
            kind = f.kind
            if source.row < 0 and vanishes(offset, 4 * math.pi):
                continue
            if kind == codes.RY:
                out((turn, offset, scale, source))
            elif kind == codes.P:
                _phase(out, odd, offset, scale, source)
            elif kind == codes.GPHASE:
                _phase(out, under, offset, scale, source)
            elif kind == codes.RX:  # S^-1 RY S, S first
                _phase(out, odd, math.pi / 2)
                out((turn, offset, scale, source))
                _phase(out, odd, -math.pi / 2)
            elif m == 0:
                _phase(out, odd, 0.5 * offset, 0.5 * scale, source)
            else:
                _phase(out, odd, offset, scale, source)
                _phase(out, under, -0.5 * offset, -0.5 * scale, source)

    def places(self, terms: Sequence[tuple[int, int]] | None, n: int) -> tuple[list[int], list[bool]]:
        """Return each atom's layer, -1 for what the terms don't see, and whether it turns."""
        warm.make_ready("circuits", np.dtype(np.float64))
        from .arrange import arrange

        known: dict[Key, int] = {}
        keys, moves = [], []
        masks: list[int] = []
        starts = [0]
        for key, _, _, _ in self.found:
            v, m, under = key
            keys.append(known.setdefault(key, len(known)))
            moves.append(v)
            if m:
                masks.append(m)
            for mask, _ in under:
                masks.append(mask)
            starts.append(len(masks))
        if n > WIRES:
            raise EngineError(
                f"the circuit has {n} wires, the engine takes {WIRES}",
                where=f"n_qubits = {n}",
                cure="leave out the wires that no observable needs",
                value=n,
            )
        seen = [(0, 0)] if terms is not None and not terms else terms or []
        v_column, same, first, all_masks, xz = (
            np.array(column, dtype=np.uint64).view(np.int64) for column in (moves, keys, starts, masks, seen)
        )
        count = len(keys) + 1
        spans = np.zeros((2, count, n), dtype=np.int64)
        found = np.empty((4, count), dtype=np.int64)
        arrange(v_column, same, first, all_masks, xz.reshape(-1, 2), spans[0], spans[1], found)
        return found[0, :-1].tolist(), [v != 0 for v in moves]


def _phase(
    out: Callable[[Found], object],
    subspace: tuple[Constraint, ...],
    offset: float,
    scale: float = 0.0,
    source: Source = _NOWHERE,
) -> None:
    """Add a phase on a subspace; that of one even parity becomes one of the odd one, and a global phase."""
    if source.row < 0 and vanishes(offset, 2 * math.pi):
        return
    if len(subspace) == 1 and subspace[0][1] == 0:
        out(((0, 0, ()), offset, scale, source))
        subspace, offset, scale = ((subspace[0][0], 1),), -offset, -scale
    out(((0, 0, subspace), offset, scale, source))


def vanishes(offset: float, period: float) -> bool:
    """Return whether an angle is a multiple of a period."""
    return abs(math.remainder(offset, period)) < _TINY
