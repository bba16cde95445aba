"""Which operations share a walk over memory, so that a state too large for the caches is read a few times only.

A *walk* cuts memory into tiles: cosets of a subspace of indices that holds the lowest bits (whole cache
lines) and the moves of every turn the walk does. A tile fits a cache, and all of the walk's operations happen
while it is there. Walks are filled greedily: an operation joins as soon as whatever it doesn't commute with
is done. Pure bit arithmetic; it must not know numba.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from .frame import parity
from .wide_lower import Op, clashes

LOW = 4  # lowest bits that every tile keeps together: 16 amplitudes, four cache lines


class Space:
    """A subspace of bit masks with a reduced basis: each vector owns its highest bit alone."""

    def __init__(self, vectors: Iterable[int] = ()) -> None:
        self.basis: dict[int, int] = {}
        for v in vectors:
            self.add(v)

    def __len__(self) -> int:
        return len(self.basis)

    def reduce(self, v: int) -> int:
        """Return the vector without what the subspace can make of it; 0 for a member."""
        for top, b in self.basis.items():
            if v >> top & 1:
                v ^= b
        return v

    def add(self, v: int) -> bool:
        """Grow by a vector; return whether it was new."""
        v = self.reduce(v)
        if not v:
            return False
        top = v.bit_length() - 1
        for other, b in self.basis.items():
            if b >> top & 1:
                self.basis[other] = b ^ v
        self.basis[top] = v
        return True

    def copy(self) -> Space:
        """Return an independent copy."""
        out = Space()
        out.basis = dict(self.basis)
        return out

    @property
    def tops(self) -> list[int]:
        """The owned bits, ascending; local bit j of a member is its bit ``tops[j]``."""
        return sorted(self.basis)

    def vectors(self) -> list[int]:
        """Return the basis in the order of `tops`."""
        return [self.basis[top] for top in self.tops]


@dataclass(slots=True)
class Walk:
    """One walk: groups of operations in order (turns one by one, phases together), its tile, its reach.

    ``reach`` is the subspace outside which the state is zero after the walk, ``before`` the same before it.
    """

    tile: Space
    before: Space
    groups: list[list[Op]] = field(default_factory=list)
    reach: Space = field(default_factory=Space)


def schedule(ops: Sequence[Op], n: int, tile_bits: int) -> list[Walk]:
    """Return walks that do all operations.

    Args:
        ops: In order.
        n: Bits of a memory index, at least `LOW`... or all of them.
        tile_bits: Bits of an index within a tile.
    """
    before = _blockers(ops, n)
    left = list(range(len(ops)))
    done, reach = 0, Space()
    walks: list[Walk] = []
    while left or not walks:
        walk = Walk(Space(1 << b for b in range(min(LOW, n))), reach)
        room = max(tile_bits, len(walk.tile))
        while True:
            turns = []
            for i in left:
                if ops[i].kind == 0 and not before[i] & ~done and _fits(walk.tile, ops[i].v, room):
                    walk.tile.add(ops[i].v)
                    turns.append(i)
            if turns:
                walk.groups += [[ops[i]] for i in turns]
            else:
                groups = _phases(ops, left, before, done, walk.tile, room)
                if not groups:
                    break
                walk.groups += [[ops[i] for i in group] for group in groups]
                turns = [i for group in groups for i in group]
            for i in turns:
                done |= 1 << i
            left = [i for i in left if not done >> i & 1]
        for b in range(n):  # a fuller tile where that makes nothing larger
            if len(walk.tile) >= room:
                break
            if not walks or not reach.reduce(1 << b):
                walk.tile.add(1 << b)
        reach = reach.copy()
        for v in walk.tile.vectors():
            reach.add(v)
        walk.reach = reach
        walks.append(walk)
    return walks


def _blockers(ops: Sequence[Op], n: int) -> list[int]:
    """Return, for every operation, the set of earlier ones it has to wait for, as a bit mask."""
    clash = np.tril(clashes(ops, n), -1) if ops else np.zeros((0, 0), dtype=bool)
    packed = np.packbits(clash, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _fits(tile: Space, v: int, room: int) -> bool:
    return len(tile) < room or not tile.reduce(v)


def _phases(
    ops: Sequence[Op], left: list[int], before: list[int], done: int, tile: Space, room: int
) -> list[list[int]]:
    """Return groups of phases to do now: those that turns of this tile wait for, and whatever fits with them."""
    ready = [i for i in left if ops[i].kind == 1 and not before[i] & ~done]
    open_ = sum(1 << i for i in ready)
    grown, wanted, turns_left = tile.copy(), 0, False
    for i in left:
        if ops[i].kind == 1:
            continue
        turns_left = True
        missing = before[i] & ~done
        if not missing & ~open_ and _fits(grown, ops[i].v, room):
            grown.add(ops[i].v)
            wanted |= missing
    if turns_left and not wanted:
        return []
    for v in grown.vectors():
        tile.add(v)
    if not turns_left:  # the end: tiles that see all that is left
        for i in ready:
            for mask in (ops[i].m, *(m for m, _ in ops[i].constraints)):
                if mask and not local(tile, mask) and len(tile) < room:
                    tile.add(1 << (mask.bit_length() - 1))
    groups: list[list[int]] = []
    spans: list[Space] = []
    for i in sorted(ready, key=lambda i: not wanted >> i & 1):
        needed = bool(wanted >> i & 1) or not turns_left
        if not ops[i].merges:
            if needed:
                groups.append([i])
                spans.append(Space(1 << b for b in range(len(tile))))
            continue
        mask = local(tile, ops[i].m)
        if not mask:
            continue
        for group, seen in zip(groups, spans, strict=True):
            if seen.add(mask):
                group.append(i)
                break
        else:
            if needed:
                groups.append([i])
                spans.append(Space([mask]))
    return groups


def local(tile: Space, mask: int) -> int:
    """Return the mask over local bits that has the parities of ``mask`` within the tile."""
    return sum(parity(mask & v) << j for j, v in enumerate(tile.vectors()))


def inside(tile: Space, v: int) -> int:
    """Return a member of the tile's subspace in local bits."""
    return sum((v >> top & 1) << j for j, top in enumerate(tile.tops))
