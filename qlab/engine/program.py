"""The gate program: layers of turns and phases as the integer and float tables the kernels read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import codes
from .arrays import FloatArray, IntArray
from .codes import AMPLITUDE
from .cone import Cone
from .frame import Frame, independent, solve, span
from .observables import Projector, Term
from .schedule import Layers
from .spaces import Duals, solve_all, spans

_TURNS_BETWEEN_SCALES = 24  # deferred cosines are at least 2**-0.5 each; their fourth powers must fit float32


@dataclass(frozen=True, slots=True)
class Program:
    """Tables of one circuit; see `codes` for their columns."""

    ops: IntArray
    lists: IntArray
    entries: IntArray
    terms: IntArray
    coef: FloatArray
    offsets: FloatArray
    rows_shared: int  # merged angles that all samples share
    rows_batched: int
    slots: int  # wanted gradients
    tables: int  # numbers of all shared diagonals
    build: int  # vectors of the largest outer product
    batched_table: bool
    first: int  # the earliest sweep with a wanted gradient
    work: int  # amplitude pairs of all sweeps, for the decision to use threads


def build(layers: Layers, n_qubits: int, *, want_x: bool, n_sources: tuple[int, int]) -> Program:
    """Return the program of some layers.

    Args:
        layers: From `schedule`.
        n_qubits: Wires of the state.
        want_x: Whether gradients of inputs will be asked for.
        n_sources: How many inputs and weights there are; general expressions are counted behind them.
    """
    a = _Angles(layers, want_x, n_sources)
    s = _Sweeps(a)
    ops = np.zeros((len(s.kinds), codes.OP_COLUMNS), dtype=np.int64)
    ops[:, codes.KIND] = s.kinds
    ops[1 : 1 + s.still, codes.STILL] = 1

    turning, sizes, turns = (np.array(column, dtype=np.int64) for column in (s.turning, s.sizes, s.turns))
    of = np.repeat(np.arange(len(turning)), sizes)
    op, q = turning[of], _counted(sizes)
    ops[op, codes.V0 + q], ops[op, codes.M0 + q] = a.move[turns] * AMPLITUDE, a.mask[turns] * AMPLITUDE
    ops[op, codes.E0 + q] = turns

    diagonal, bounds = np.array(s.diagonal, dtype=np.int64), np.array(s.bounds, dtype=np.int64).reshape(-1, 2)
    counts = bounds[:, 1] - bounds[:, 0]
    phases = np.repeat(bounds[:, 0], counts) + _counted(counts)
    duals, factors, loose = _bases(a, s.bounds, n_qubits)
    pieces = np.bincount(np.searchsorted(bounds[:, 1], loose, side="right"), minlength=len(bounds))
    ops[diagonal, codes.AT] = np.arange(len(bounds)) * n_qubits
    ops[diagonal, codes.EXTRA], ops[diagonal, codes.EXTRA_N] = factors.size + 5 * (np.cumsum(pieces) - pieces), pieces
    shared = ops[:, codes.KIND] == codes.PHASES
    tables = np.cumsum(shared) * (2 << n_qubits)
    ops[diagonal, codes.V0] = (tables - shared * (2 << n_qubits))[diagonal]

    placed, where = np.concatenate([turns, phases]), np.concatenate([op, np.repeat(diagonal, counts)])
    a.entries[placed, codes.OP] = where
    ops[:, codes.WANT] = np.bincount(where, a.wanted[placed], len(ops)) > 0

    # Subspaces: a sweep of several turns is where none of their masks is odd; all others keep their keys' constraints.
    held = np.concatenate([np.where(sizes[of] > 1, 1, a.length[turns]), a.length[loose]])
    system = np.repeat(np.concatenate([of, len(turning) + np.arange(len(loose))]), held)
    constraint = np.repeat(a.start[np.concatenate([turns, loose])], held) + _counted(held)
    each = np.bincount(system, minlength=len(turning) + len(loose))
    masks = np.zeros((2, int(each.max(initial=0)), len(each)), dtype=np.int64)
    masks[:, _counted(each), system] = a.constraints[:, constraint]
    starts, basis, vectors = solve_all(n_qubits, *masks)
    first = np.zeros((1, n_qubits), dtype=np.int64)
    first[0, : s.first] = a.move[: s.first]
    numbers, places = spans(
        np.concatenate([starts, np.zeros(len(bounds) + 1, dtype=np.int64)]) * AMPLITUDE,
        np.concatenate([basis, duals, first]) * AMPLITUDE,
        np.concatenate([vectors, np.full(len(bounds), n_qubits), [s.first]]),
        factors.size + 5 * len(loose) + s.first,
    )
    ops[turning, codes.LO : codes.HI_N + 1] = places[: len(turning)]
    ops[diagonal, codes.LO : codes.HI_N + 1] = places[len(each) : -1]
    ops[0, codes.LO : codes.HI_N + 1], ops[0, codes.AT] = places[-1], factors.size + 5 * len(loose)
    extra = np.concatenate([loose[:, None], places[len(turning) : len(each)]], axis=1)
    outer = places[len(each) :, 1] + places[len(each) :, 3]  # of the diagonals, and of the product state
    wanted = np.flatnonzero(ops[:, codes.WANT])
    return Program(
        ops,
        np.concatenate([factors.ravel(), extra.ravel(), np.arange(s.first), numbers]),
        a.entries,
        a.terms,
        a.coef,
        a.offset,
        int(np.count_nonzero(a.entries[:, codes.PER_SAMPLE] == 0)),
        int(np.count_nonzero(a.entries[:, codes.PER_SAMPLE])),
        int(np.count_nonzero(a.wanted)),
        int(tables[-1]),
        max(1, int(outer[-1]), 2 * int(outer[:-1].max(initial=0))),
        codes.BATCHED in s.kinds,
        int(wanted[0]) if len(wanted) else len(ops),
        int(ops[:, codes.LO_N] @ ops[:, codes.HI_N]),
    )


def _counted(lengths: IntArray) -> IntArray:
    """Return 0, 1, ... up to each length, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)


class _Angles:
    """Merged angles in the order of the entries: by layer, and in it by the sweeps that will take them."""

    def __init__(self, layers: Layers, want_x: bool, n_sources: tuple[int, int]) -> None:
        count = len(layers.key)
        row, own, general, reads_x, reads_w = np.array(layers.sources, dtype=np.int64).reshape(-1, 5).T
        row = row + general * np.where(own, *n_sources)
        want = reads_w | (reads_x & want_x)
        batched = np.bincount(layers.angle, own[layers.source], count) > 0
        wanted = np.bincount(layers.angle, want[layers.source], count) > 0
        moves, starts, *constraints = layers.keys.columns()
        self.constraints = np.array(constraints)  # masks and values
        start, length = starts[layers.key], (starts[1:] - starts[:-1])[layers.key]
        mask = np.append(self.constraints[0], 0)[start]  # a global phase has none
        move, turns = moves[layers.key], layers.turns[layers.layer]
        alone, first = length == 1, layers.layer == 0
        kind = np.where(first & alone, _FIRST, np.where(batched | ~alone, _ALONE, _TOGETHER))
        kind = layers.layer * _KINDS + np.where(turns, kind, np.where(batched, _BATCHED, _SHARED))
        # Of phases those of a single parity come first, the wanted ones before the rest: they end up last in the basis.
        order = np.lexsort((np.where(turns, mask, 2 * ~alone + ~wanted), move, kind))
        self.kind, self.move, self.mask, self.start, self.length = (
            column[order] for column in (kind, move, mask, start, length)
        )
        self.offset, self.wanted, batched = layers.offset[order], wanted[order], batched[order]
        new = np.empty(count, dtype=np.int64)
        new[order] = np.arange(count)
        angle = new[layers.angle]
        of = np.argsort(angle, kind="stable")
        source = layers.source[of]
        self.terms, self.coef = np.stack([own[source], row[source], want[source]], axis=1), layers.scale[of]
        ends, batch = np.cumsum(np.bincount(angle, minlength=count)), np.cumsum(batched)
        self.entries = np.zeros((count, codes.ENTRY_COLUMNS), dtype=np.int64)
        self.entries[1:, codes.FROM], self.entries[:, codes.TO] = ends[:-1], ends
        self.entries[:, codes.PER_SAMPLE] = batched
        self.entries[:, codes.ROW] = np.where(batched, batch - 1, np.arange(count) - batch)
        self.entries[:, codes.SLOT] = np.where(self.wanted, np.cumsum(self.wanted) - 1, -1)
        self.entries[:, codes.HALF] = turns[order]


_KINDS = 5  # of sweeps that a layer's angles are taken by, in their order
_FIRST, _ALONE, _TOGETHER, _SHARED, _BATCHED = range(_KINDS)


class _Sweeps:
    """The sweeps in time order, the first of which makes the product state.

    Attributes:
        kinds: Of all sweeps.
        first: How many angles the product state has.
        still: How many sweeps after it only read its gradients.
        turning, sizes, turns: Sweeps that turn, how many angles each, and these angles.
        diagonal, bounds: Sweeps of phases, and between which angles theirs are.
    """

    def __init__(self, a: _Angles) -> None:
        self.kinds = [codes.INIT]
        self.first = self.still = self._turned = 0
        self.turning: list[int] = []
        self.sizes: list[int] = []
        self.turns: list[int] = []
        self.diagonal: list[int] = []
        self.bounds: list[tuple[int, int]] = []
        cuts = np.flatnonzero(np.diff(a.kind, prepend=-1, append=-1)).tolist()
        wanted = a.wanted.tolist()
        for (start, stop), kind in zip(itertools.pairwise(cuts), (a.kind[cuts[:-1]] % _KINDS).tolist(), strict=True):
            if kind == _FIRST:
                self.first = stop
                self._blocks([e for e in range(stop) if wanted[e]], still=True)
                self.still = len(self.kinds) - 1
            elif kind == _ALONE:
                count = stop - start
                self.turning += range(len(self.kinds), len(self.kinds) + count)
                self.kinds += [codes.ROTATE] * count
                self.sizes += [1] * count
                self.turns += range(start, stop)
            elif kind == _TOGETHER:
                self._blocks(range(start, stop))
            else:
                self._phases(codes.BATCHED if kind == _BATCHED else codes.PHASES, start, stop)

    def _blocks(self, turns: Sequence[int], *, still: bool = False) -> None:
        """Add sweeps of three or two turns each, one only where it is alone."""
        at = 0
        while at < len(turns):
            left = len(turns) - at
            size = 2 if left in (2, 4) else min(3, left)
            self.turning.append(len(self.kinds))
            self.kinds.append(codes.TURN1 + size - 1)
            self.sizes.append(size)
            self.turns += turns[at : at + size]
            at += size
            self._turned += 0 if still else size
            if self._turned > _TURNS_BETWEEN_SCALES:
                self._phases(codes.PHASES, turns[at - 1] + 1, turns[at - 1] + 1)

    def _phases(self, kind: int, start: int, stop: int) -> None:
        self.diagonal.append(len(self.kinds))
        self.bounds.append((start, stop))
        self.kinds.append(kind)
        self._turned = 0


def _bases(a: _Angles, bounds: Sequence[tuple[int, int]], n: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return for some diagonals an independent set of odd parities as a basis, and what is left over.

    Returns:
        Bases (diagonals, n); the angle of each vector, -1 for none (diagonals, n); the other angles.
    """
    duals, taken, factors, loose = Duals(n), list[int](), list[int](), list[int]()
    masks = a.mask.tolist()
    edges = [0, *np.cumsum(a.length == 1).tolist()]
    for d, (start, stop) in enumerate(bounds):
        middle = start + edges[stop] - edges[start]
        found = duals.add(masks[start:middle])
        factors += range((d + 1) * n - 1, (d + 1) * n - 1 - len(found), -1)
        taken += [start + k for k in found] if len(found) < middle - start else range(start, middle)
        if len(found) < middle - start:
            loose += [start + k for k in range(middle - start) if k not in found]
        loose += range(middle, stop)
    table = np.full(len(bounds) * n, -1, dtype=np.int64)
    table[factors] = taken
    return duals.solved(), table.reshape(-1, n), np.array(loose, dtype=np.int64)


def term_arrays(terms: Sequence[Term], frame: Frame | Cone) -> tuple[IntArray, FloatArray]:
    """Return the kernel's Pauli strings with an X part, and their coefficients with the signs folded in."""
    rows, coef = [], []
    for term in terms:
        x, z, sign = frame.pauli(term.x, term.z)
        if x == 0:
            continue
        top = 1 << (x.bit_length() - 1)
        rows.append((x * AMPLITUDE, z * AMPLITUDE, term.turns & 1, term.row, top * AMPLITUDE))
        coef.append(term.coefficient * (-1) ** sign * (-1) ** (term.turns // 2))
    return np.array(rows, dtype=np.int64).reshape(-1, codes.PAULI_COLUMNS), np.array(coef, dtype=np.float64)


def weight_arrays(
    terms: Sequence[Term], projectors: Sequence[Projector], frame: Frame | Cone, n_observables: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the diagonal parts of the observables as sparse rows: starts, memory indices, weights."""
    parts: list[list[tuple[IntArray, FloatArray]]] = [[] for _ in range(n_observables)]
    strings: list[list[tuple[int, float]]] = [[] for _ in range(n_observables)]
    for term in terms:
        x, z, sign = frame.pauli(term.x, term.z)
        if x == 0:
            strings[term.row].append((z, -term.coefficient if sign else term.coefficient))
    every = np.arange(1 << frame.n, dtype=np.int64)
    for row, signs in zip(parts, strings, strict=True):
        if len(signs) == 1:
            z, c = signs[0]
            row.append((every, c - 2.0 * c * (np.bitwise_count(every & z) & 1)))
        elif signs:
            dense = _signed_sum(frame.n, signs)
            at = np.flatnonzero(dense)
            row.append((at, dense[at]))
    for p in projectors:
        wires = [q for q in range(p.mask.bit_length()) if p.mask >> q & 1]
        constraints = independent(frame.where(q, p.value >> q & 1) for q in wires)
        if constraints is None:
            continue  # such an outcome never happens
        start, basis = solve(frame.n, constraints)
        held = np.array(span(start, basis), dtype=np.int64)
        parts[p.row].append((held, np.full(len(held), p.coefficient)))
    starts, indices, weights = [0], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for found in parts:
        if len(found) > 1:
            places, where = np.unique(np.concatenate([at for at, _ in found]), return_inverse=True)
            found = [(places, np.bincount(where, np.concatenate([weight for _, weight in found])).astype(np.float64))]
        indices += [at * AMPLITUDE for at, _ in found]
        weights += [weight for _, weight in found]
        starts.append(starts[-1] + sum(len(at) for at, _ in found))
    return np.array(starts, dtype=np.int64), np.concatenate(indices), np.concatenate(weights)


def _signed_sum(n: int, strings: Sequence[tuple[int, float]]) -> FloatArray:
    """Return ``sum(c * (-1)**parity(z & p))`` for every p: a fast Walsh-Hadamard transform."""
    dense = np.zeros(1 << n)
    for z, c in strings:
        dense[z] += c
    low = n // 2
    rows = dense.reshape(-1, 1 << low).T.copy()  # either half of the bits as rows, so that sums are of long vectors
    _hadamard(rows, low)
    rows = rows.T.copy()
    _hadamard(rows, n - low)
    return rows.ravel()


def _hadamard(rows: FloatArray, bits: int) -> None:
    for q in range(bits):
        pairs = rows.reshape(-1, 2, rows.shape[1] << q)
        total = pairs[:, 0] + pairs[:, 1]
        np.subtract(pairs[:, 0], pairs[:, 1], out=pairs[:, 1])
        pairs[:, 0] = total


def memory_order(frame: Frame) -> IntArray:
    """Return the memory index of every logical basis state."""
    return np.array(span(frame.shift, frame.col), dtype=np.int64)
