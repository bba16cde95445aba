"""From passes to layers: commuting RY turns that share sweeps, and diagonals merged into one table.

Every 2x2 matrix is ``e^(i g) P(b) RY(a) P(c)``, and CX, SWAP and X are already gone (see `frame`), so a circuit
is nothing but turns and phases over memory. Phases commute with each other and with the turns of other qubits:
each atom moves back as far as it commutes, and joins the layer it gets to (`arrange`). Angles of equal atoms add up.
All of it is columns of numbers, since a circuit that nobody has seen before has hundreds of atoms. It must not know
batches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qlab.errors import EngineError

from . import codes, warm
from .angles import Source
from .arrays import BoolArray, FloatArray, IntArray
from .frame import Constraint
from .lower import Pass

_TINY = 1e-15
WIRES = 64  # masks are machine words; a circuit has no more unless somebody raised its limit

Key = tuple[int, tuple[Constraint, ...]]


class Keys:
    """What angles act on, numbered: (v, constraints).

    A turn is an RY on pairs (p, p ^ v) where all constraints hold, the first of which, (m, 0), tells the branches
    apart. A phase has v = 0, and multiplies where all constraints hold.
    """

    __slots__ = ("_columns", "known")

    def __init__(self) -> None:
        self.known: dict[Key, int] = {}
        self._columns: tuple[IntArray, IntArray, IntArray, IntArray] | None = None

    def number(self, key: Key) -> int:
        """Return the number of a key."""
        return self.known.setdefault(key, len(self.known))

    def columns(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Return the moves; key k has the constraints ``starts[k]`` to ``starts[k + 1]`` of masks and values."""
        if self._columns is None or len(self._columns[0]) < len(self.known):
            flat = [part for _, constraints in self.known for one in constraints for part in one]
            moves, numbers = (
                np.array(some, dtype=np.uint64).view(np.int64) for some in ([v for v, _ in self.known], flat)
            )
            starts = np.cumsum([0, *[len(constraints) for _, constraints in self.known]])
            self._columns = moves, starts, numbers[::2].copy(), numbers[1::2].copy()
        return self._columns


@dataclass(frozen=True, slots=True)
class Layers:
    """Merged angles ``offset + sum(scale * source)`` in radians, in the order of their layers.

    Within a layer they commute with each other: either turns or phases.

    Attributes:
        turns: Whether a layer turns, (layers,).
        keys, sources: What the numbers in the columns mean.
        layer, key, offset: One per angle.
        angle, source, scale: One per term, in the order of the angles.
    """

    turns: BoolArray
    keys: Keys
    sources: Sequence[Source]
    layer: IntArray
    key: IntArray
    offset: FloatArray
    angle: IntArray
    source: IntArray
    scale: FloatArray

    def rekeyed(self, keys: Keys, key: IntArray, sign: FloatArray) -> Layers:
        """Return the same with another key for each angle, -1 where it is gone, and their angles times a sign."""
        kept = key >= 0
        mine = kept[self.angle]
        owner = (np.cumsum(kept) - 1)[self.angle[mine]]
        scale = (sign[self.angle] * self.scale)[mine]
        found = self.layer[kept], key[kept], (sign * self.offset)[kept]
        return _merged(self.turns, keys, self.sources, *found, owner, self.source[mine], scale)


def layers(passes: Sequence[Pass], terms: Sequence[tuple[int, int]] | None, n_qubits: int) -> Layers:
    """Return the layers of some passes.

    Args:
        passes: From `lower`.
        terms: Memory masks (x, z) of the observables' Pauli strings, to drop what they can't see, global
            phases among it; None keeps everything.
        n_qubits: Wires.
    """
    if n_qubits > WIRES:
        raise EngineError(
            f"the circuit has {n_qubits} wires, the engine takes {WIRES}",
            where=f"n_qubits = {n_qubits}",
            cure="leave out the wires that no observable needs",
            value=n_qubits,
        )
    warm.make_ready("circuits", np.dtype(np.float64))
    from .arrange import arrange

    atoms = _Atoms(everything=terms is None)
    for p in passes:
        atoms.add(p)
    key, source = np.array(atoms.key, dtype=np.int64), np.array(atoms.source, dtype=np.int64)
    offset, scale = np.array(atoms.offset), np.array(atoms.scale)
    moves, starts, masks, _ = atoms.keys.columns()
    seen = [(0, 0)] if terms is not None and not terms else terms or []
    xz = np.array(seen, dtype=np.uint64).view(np.int64).reshape(-1, 2)
    spans = np.zeros((2, len(key) + 1, n_qubits), dtype=np.int64)
    places = np.empty((4, len(key) + 1), dtype=np.int64)
    used = arrange(moves, starts, masks, key, xz, spans[0], spans[1], places)
    layer, turns = places[0, :-1], places[1, :used] == 1
    kept = layer >= 0
    if not kept.all():
        layer, key, offset, scale, source = layer[kept], key[kept], offset[kept], scale[kept], source[kept]
    owner = np.flatnonzero(source >= 0)
    columns = layer, key, offset, owner, source[owner], scale[owner]
    # |0...0> is an eigenvector of what comes first: only phases of subspaces that hold it remain, as a global one.
    out = _merged(turns, atoms.keys, list(atoms.sources), *columns, moves_first=terms is not None)
    if terms is None and len(out.turns) and not out.turns[0]:
        ones = np.array([any(value for _, value in constraints) for _, constraints in out.keys.known])
        first = out.layer == 0
        whole = out.keys.number((0, ()))
        out = out.rekeyed(out.keys, np.where(first, np.where(ones[out.key], -1, whole), out.key), np.ones(len(first)))
    return out


def _merged(
    turns: BoolArray,
    keys: Keys,
    sources: Sequence[Source],
    layer: IntArray,
    key: IntArray,
    offset: FloatArray,
    owner: IntArray,
    source: IntArray,
    scale: FloatArray,
    *,
    moves_first: bool = False,
) -> Layers:
    """Add up what has the same key in the same layer, and leave out what vanishes.

    Args:
        turns, keys, sources: As in `Layers`.
        layer, key, offset: One per atom.
        owner, source, scale: One per term: of which atom.
        moves_first: Whether phases that nothing comes before are left out.
    """
    found, merged = np.unique(layer * len(keys.known) + key, return_inverse=True)
    layer, key = np.divmod(found, max(1, len(keys.known)))
    offset = np.bincount(merged, offset, len(found)).astype(np.float64, copy=False)
    pairs, same = np.unique(merged[owner] * len(sources) + source, return_inverse=True)
    scale = np.bincount(same, scale, len(pairs)).astype(np.float64, copy=False)
    pairs, scale = pairs[scale != 0], scale[scale != 0]
    angle, source = np.divmod(pairs, max(1, len(sources)))
    turning = turns[layer]
    period = np.where(turning, 4 * math.pi, 2 * math.pi)
    rest = np.fmod(np.abs(offset), period)
    kept = np.minimum(rest, period - rest) >= _TINY
    kept[angle] = True
    if moves_first and kept.any():
        first = int(kept.argmax())
        if not turning[first]:
            kept &= layer != layer[first]
            mine = kept[angle]
            angle, source, scale = angle[mine], source[mine], scale[mine]
    used, layer = np.unique(layer[kept], return_inverse=True)
    new = np.cumsum(kept) - 1
    return Layers(turns[used], keys, sources, layer, key[kept], offset[kept], new[angle], source, scale)


class _Atoms:
    """Turns and phases in time order, as columns: ``offset + scale * source`` acts on a key; source -1 is none.

    Args:
        everything: Whether global phases count.
    """

    def __init__(self, *, everything: bool) -> None:
        self.keys, self._everything = Keys(), everything
        self.sources: dict[Source, int] = {}
        self.key: list[int] = []
        self.offset: list[float] = []
        self.scale: list[float] = []
        self.source: list[int] = []

    def add(self, p: Pass) -> None:
        """Add the turns and phases of a pass."""
        v, m, under = p.v, p.m, p.constraints
        odd = under if m == 0 else tuple(sorted((*under, (m, 1)))) if under else ((m, 1),)
        for f in p.factors:
            if f.angle is None:
                before, turned, after, common = f.euler
                if m == 0:
                    self._phase(odd, before + common)
                    continue
                if before:
                    self._phase(odd, before)
                if turned:
                    self._turn(v, m, under, turned)
                    if after:
                        self._phase(odd, after)
                if common:
                    self._phase(under, common)
                continue
            kind = f.kind
            offset, scale, source = f.angle
            if source.row >= 0:
                number = self.sources.setdefault(source, len(self.sources))
            elif vanishes(offset, 4 * math.pi):
                continue
            else:
                number = -1
            if kind == codes.RY:
                self._turn(v, m, under, offset, scale, number)
            elif kind == codes.P:
                self._phase(odd, offset, scale, number)
            elif kind == codes.GPHASE:
                self._phase(under, offset, scale, number)
            elif kind == codes.RX:  # S^-1 RY S, S first
                self._phase(odd, math.pi / 2)
                self._turn(v, m, under, offset, scale, number)
                self._phase(odd, -math.pi / 2)
            elif m == 0:
                self._phase(odd, 0.5 * offset, 0.5 * scale, number)
            else:
                self._phase(odd, offset, scale, number)
                self._phase(under, -0.5 * offset, -0.5 * scale, number)

    def _turn(
        self, v: int, m: int, under: tuple[Constraint, ...], offset: float, scale: float = 0.0, source: int = -1
    ) -> None:
        known = self.keys.known
        self.key.append(known.setdefault((v, ((m, 0), *under)), len(known)))
        self.offset.append(offset)
        self.scale.append(scale)
        self.source.append(source)

    def _phase(self, under: tuple[Constraint, ...], offset: float, scale: float = 0.0, source: int = -1) -> None:
        """Add a phase on a subspace; that of one even parity becomes one of the odd one, and a global phase."""
        if source < 0 and vanishes(offset, 2 * math.pi):
            return
        if len(under) == 1 and under[0][1] == 0:
            self._phase((), offset, scale, source)
            under, offset, scale = ((under[0][0], 1),), -offset, -scale
        if under or self._everything:
            known = self.keys.known
            self.key.append(known.setdefault((0, under), len(known)))
            self.offset.append(offset)
            self.scale.append(scale)
            self.source.append(source)


def vanishes(offset: float, period: float) -> bool:
    """Return whether an angle is a multiple of a period."""
    return abs(math.remainder(offset, period)) < _TINY
