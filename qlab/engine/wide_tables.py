"""The walks as the integer tables that the wide kernels read; circuits never reach them in any other form.

One vector holds eight amplitudes; offsets of vectors and masks over them are multiplied by 16, the numbers of
one vector's real and imaginary parts. It must not know circuits or numba.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray, IntArray
from .frame import parity, solve, span
from .wide_lower import TURN, Op, Sum
from .wide_schedule import Space, Walk, inside, local

# Kinds of rows: one turn; two commuting turns, whose own two rows follow; a group of phases; a turn and a
# phase under constraints.
ONE, TWO, PHASES, BOUND_TURN, BOUND_PHASE = range(5)

# Columns of rows. LIST..LIST_N: pieces of `lists`, the first vectors of every pair. MOVE, LANE: the partner's
# distance in vectors and lanes. CLASSES, SHIFT: whether both halves of memory need walking, and how far the
# second is. ODD: whether the partner has the other sign. SIGN, SIGN_HERE: the branch's mask in memory and over
# the tile's vectors. ANGLE: number of its angle in the walk. PAIR: number of the TWO row that this is the
# second of. FROM, TO: its parities or constraints. AT: its matrices, phases or lane masks.
KIND, LIST, LIST_N, MOVE, LANE, CLASSES, SHIFT, ODD, SIGN, SIGN_HERE, ANGLE, PAIR, FROM, TO, AT, MIRROR = range(16)
SIGN_LANES = 16  # the branch's mask over lanes
COLUMNS = 17

MATRIX = 24  # numbers of a turn: 8 signed tangents (or sines), 8 signs, 8 times the diagonal


@dataclass(frozen=True, slots=True)
class Tables:
    """One walk.

    Attributes:
        bits: Of an index in the tile.
        rows: See the columns above.
        lists: Vector offsets.
        marks: Of each parity of a phase group: mask in memory, the local index that flips this one alone, its
            local mask. Of each constraint: mask in memory, mask over vectors, value, whether it has lanes.
        lanes: Lanes that meet constraints, eight patterns of eight, behind each other.
        run: Vectors that lie together in memory. runs: memory offsets of runs. seen: their `checks`.
        bases: Memory indices that span the tiles. checks: masks that vanish where the state isn't zero yet.
        first: Whether the walk starts from the basis state 0.
        angles: The angles of all rows. groups, turns: How many groups of phases and turns there are.
    """

    bits: int
    rows: IntArray
    lists: IntArray
    marks: IntArray
    lanes: FloatArray
    run: int
    runs: IntArray
    seen: IntArray
    bases: IntArray
    checks: IntArray
    first: bool
    angles: tuple[Sum, ...]
    groups: int
    turns: int

    @property
    def tiles(self) -> int:
        """How many tiles it has."""
        return 1 << len(self.bases)


def tables(walk: Walk, n: int) -> Tables:
    """Return the tables of a walk over an index of n bits (at least 3)."""
    return _Builder(walk, n).build()


class _Builder:
    def __init__(self, walk: Walk, n: int) -> None:
        self.walk, self.n, self.tile = walk, n, walk.tile
        self.rows: list[list[int]] = []
        self.lists: list[IntArray] = []
        self._listed = 0
        self.marks: list[tuple[int, int, int, int]] = []
        self.lanes: list[list[float]] = []
        self.angles: list[Sum] = []
        self.groups = self.turns = 0
        self._seen: dict[tuple[tuple[int, int], ...], tuple[int, int]] = {}

    def build(self) -> Tables:
        """Return the tables."""
        run: list[Op] = []
        for group in [*self.walk.groups, []]:
            if len(group) == 1 and group[0].kind == TURN and not group[0].constraints:
                run.append(group[0])
                continue
            self._turns(run)
            run = []
            if group:
                self._other(group)
        vectors, first = self.tile.vectors(), not len(self.walk.before)
        r = 3
        while r < len(vectors) and vectors[r] == 1 << r and (first or not self.walk.before.reduce(1 << r)):
            r += 1
        runs = span(0, vectors[r:])
        checks = [] if first else solve(self.n, [(v, 0) for v in self.walk.before.vectors()])[1]
        bases = Space(self.tile.reduce(v) for v in self.walk.reach.vectors())
        return Tables(
            len(vectors),
            np.array(self.rows, dtype=np.int64).reshape(-1, COLUMNS),
            np.concatenate(self.lists) if self.lists else np.zeros(0, dtype=np.int64),
            np.array(self.marks, dtype=np.int64).reshape(-1, 4),
            np.array(self.lanes, dtype=np.float64).reshape(-1),
            1 << (r - 3),
            np.array(runs, dtype=np.int64),
            np.array([sum(parity(c & a) << k for k, c in enumerate(checks)) for a in runs], dtype=np.int64),
            np.array(bases.vectors(), dtype=np.int64),
            np.array(checks, dtype=np.int64),
            first,
            tuple(self.angles),
            self.groups,
            self.turns,
        )

    def _row(self, kind: int, **columns: int) -> list[int]:
        row = [0] * COLUMNS
        row[KIND], row[PAIR] = kind, -1
        for name, value in columns.items():
            row[globals()[name]] = value
        self.rows.append(row)
        return row

    def _list(self, constraints: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """Return (start, count) of the local vectors that meet constraints over vector bits."""
        key = tuple(constraints)
        if key not in self._seen:
            start, basis = solve(len(self.tile) - 3, constraints)
            found = np.array([start], dtype=np.int64)
            for vector in basis:
                found = np.concatenate([found, found ^ vector])
            self._seen[key] = self._listed, len(found)
            self._listed += len(found)
            self.lists.append(np.sort(found) * 16)
        return self._seen[key]

    def _turns(self, run: list[Op]) -> None:
        """Add turns that follow each other; commuting neighbours that leave the lanes alone become pairs."""
        waiting: list[Op] = []
        for op in run:
            if waiting and any(parity(op.v & o.m) or parity(op.m & o.v) for o in waiting):
                self._settle(waiting)
                waiting = []
            waiting.append(op)
        self._settle(waiting)

    def _settle(self, ops: list[Op]) -> None:
        """Add turns that commute with each other, in whichever order gives most pairs."""
        plain = [op for op in ops if not inside(self.tile, op.v) & 7]
        for op in ops:
            if inside(self.tile, op.v) & 7:
                self._one(op)
        for a, b in zip(plain[::2], plain[1::2], strict=False):
            ma, mb = local(self.tile, a.m) >> 3, local(self.tile, b.m) >> 3
            start, count = self._list(((ma, 0), (mb, 0)))
            at = len(self.rows)
            self._row(TWO, LIST=start, LIST_N=count)
            self._one(a)
            self._one(b)[PAIR] = at
        if len(plain) % 2:
            self._one(plain[-1])

    def _one(self, op: Op) -> list[int]:
        v, m = inside(self.tile, op.v), local(self.tile, op.m)
        move, here = v >> 3, m >> 3
        odd = parity(move & here)
        constraints = [(here, 0)] if here else []
        if move and not odd:
            constraints.append((1 << (move.bit_length() - 1), 0))
        start, count = self._list(constraints)
        shift = 0
        if here and not odd:  # some vector with the other sign and the same highest bit of `move`
            keep = [] if not move else [(1 << (move.bit_length() - 1), 0)]
            shift = solve(len(self.tile) - 3, [(here, 1), *keep])[0]
        self.turns += 1
        return self._row(
            ONE,
            LIST=start,
            LIST_N=count,
            MOVE=move * 16,
            LANE=v & 7,
            CLASSES=1 if odd or not here else 2,
            SHIFT=shift * 16,
            ODD=odd,
            SIGN=op.m,
            SIGN_HERE=here * 16,
            SIGN_LANES=m & 7,
            ANGLE=self._angle(op),
            AT=(self.turns - 1) * MATRIX,
        )

    def _other(self, group: list[Op]) -> None:
        op, start = group[0], len(self.marks)
        if op.merges:
            masks = [local(self.tile, o.m) for o in group]
            for o, mask, flip in zip(group, masks, _duals(masks), strict=True):
                self.marks.append((o.m, flip, mask, 0))
            first = len(self.angles)
            for o in group:
                self._angle(o)
            at = self.groups << (len(self.tile) + 1)
            self._row(PHASES, ANGLE=first, FROM=start, TO=len(self.marks), AT=at, LIST=self.groups)
            self.groups += 1
            return
        self._constraints(op)
        v, m = inside(self.tile, op.v), local(self.tile, op.m)
        self.turns += 1
        self._row(
            BOUND_TURN if op.kind == TURN else BOUND_PHASE,
            MOVE=(v >> 3) * 16,
            LANE=v & 7,
            SIGN=op.m,
            SIGN_HERE=(m >> 3) * 16,
            SIGN_LANES=m & 7,
            ANGLE=self._angle(op),
            FROM=start,
            TO=len(self.marks),
            AT=(self.turns - 1) * MATRIX,
            LIST=self._patterns(start),
            SHIFT=(1 << ((v >> 3).bit_length() - 1)) * 16 if v >> 3 else 0,
            MIRROR=int(op.mirror),
        )

    def _angle(self, op: Op) -> int:
        self.angles.append(op.angle)
        return len(self.angles) - 1

    def _constraints(self, op: Op) -> None:
        """Write constraints such that at most three, the first ones, depend on lanes."""
        left = [(local(self.tile, mask), mask, value) for mask, value in op.constraints]
        ordered = []
        for bit in (1, 2, 4):
            at = next((k for k, (here, _, _) in enumerate(left) if here & bit), None)
            if at is None:
                continue
            pivot = left.pop(at)
            left = [_xor(c, pivot) if c[0] & bit else c for c in left]
            ordered.append(pivot)
        for here, mask, value in [*ordered, *left]:
            self.marks.append((mask, (here >> 3) * 16, value, here & 7))

    def _patterns(self, start: int) -> int:
        """Add the lanes that meet the lane constraints from `start` on, for the eight patterns of the rest."""
        lanes = [mark[3] for mark in self.marks[start:] if mark[3]]
        at = len(self.lanes) * 8
        for pattern in range(8):
            met = [all(parity(lane & k) == pattern >> j & 1 for j, lane in enumerate(lanes)) for k in range(8)]
            self.lanes.append([float(x) for x in met])
        return at


def _xor(a: tuple[int, int, int], b: tuple[int, int, int]) -> tuple[int, int, int]:
    return a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2]


def _duals(masks: list[int]) -> list[int]:
    """Return, for each of some independent masks, an index that has odd parity with it and none of the others."""
    rows = [(mask, 1 << j) for j, mask in enumerate(masks)]
    pivots: list[int] = []
    for k in range(len(rows)):
        top = rows[k][0].bit_length() - 1  # high bits first, so that flips seldom touch lanes
        pivots.append(top)
        for other in range(len(rows)):
            if other != k and rows[other][0] >> top & 1:
                rows[other] = rows[other][0] ^ rows[k][0], rows[other][1] ^ rows[k][1]
    return [sum(1 << pivots[k] for k, (_, made) in enumerate(rows) if made >> j & 1) for j in range(len(masks))]
