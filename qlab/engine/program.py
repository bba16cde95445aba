"""The gate program: layers of turns and phases as the integer and float tables the kernels read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from . import codes
from .arrays import FloatArray, IntArray
from .codes import AMPLITUDE
from .cone import Cone
from .frame import Constraint, Frame, dual, independent, solve, solve_all, span
from .observables import Projector, Term
from .schedule import Key, Layer, Sum

_TURNS_BETWEEN_SCALES = 24  # deferred cosines are at least 2**-0.5 each; their fourth powers must fit float32
_INLINE_BITS = 6  # at least so many bits of an index come from the inner list
Place = tuple[int, int, int, int]


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


def build(layers: Sequence[Layer], n_qubits: int, *, want_x: bool, n_sources: tuple[int, int]) -> Program:
    """Return the program of some layers.

    Args:
        layers: From `schedule`.
        n_qubits: Wires of the state.
        want_x: Whether gradients of inputs will be asked for.
        n_sources: How many inputs and weights there are; general expressions are counted behind them.
    """
    return _Builder(n_qubits, want_x, n_sources).run(layers)


class _Lists:
    """The numbers of `Program.lists`; spans, which are most of them, are formed at the end, all of a size at once."""

    def __init__(self) -> None:
        self._length = 0
        self._numbers: list[tuple[int, list[int]]] = []
        self._spans: dict[int, list[tuple[int, ...]]] = {}  # number of vectors -> (at, start, *vectors)
        self._seen: dict[tuple[int, ...], int] = {}

    def numbers(self, some: list[int]) -> int:
        """Append numbers; return where they are."""
        at = self._length
        self._numbers.append((at, some))
        self._length += len(some)
        return at

    def span(self, start: int, vectors: Sequence[int]) -> int:
        """Append what `frame.span` returns, unless it is there; return where it is."""
        key = (start, *vectors)
        at = self._seen.get(key)
        if at is None:
            at = self._seen[key] = self._length
            self._spans.setdefault(len(vectors), []).append((at, *key))
            self._length += 1 << len(vectors)
        return at

    def spans(self, start: int, vectors: Sequence[int]) -> Place:
        """Append two spans whose pairwise xor is a subspace; return (lo, lo_n, hi, hi_n)."""
        count = len(vectors)
        cut = min(count, max(_INLINE_BITS, (count + 1) // 2))
        return self.span(0, vectors[:cut]), 1 << cut, self.span(start, vectors[cut:]), 1 << count - cut

    def array(self) -> IntArray:
        """Return all of it."""
        out = np.zeros(max(1, self._length), dtype=np.int64)
        for at, some in self._numbers:
            out[at : at + len(some)] = some
        for count, wanted in self._spans.items():
            rows = np.array(wanted, dtype=np.int64)
            found = rows[:, 1:2]
            for k in range(count):
                found = np.concatenate([found, found ^ rows[:, k + 2, None]], axis=1)
            out[rows[:, :1] + np.arange(1 << count)] = found
        return out


class _Subspaces:
    """Where the constraints of sweeps and of pieces of diagonals hold: solved at the end, all of a size at once.

    What asks for one gets a number now, and `places` later.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.known: dict[tuple[Constraint, ...], int] = {}

    def add(self, constraints: tuple[Constraint, ...]) -> int:
        """Return the number of a subspace of independent constraints."""
        return self.known.setdefault(constraints, len(self.known))

    def places(self, lists: _Lists) -> IntArray:
        """Write the lists of all of them; return a row (lo, lo_n, hi, hi_n) for each."""
        sizes: dict[int, list[tuple[Constraint, ...]]] = {}
        for constraints in self.known:
            sizes.setdefault(len(constraints), []).append(constraints)
        out = np.empty((len(self.known), 4), dtype=np.int64)
        for k, some in sizes.items():
            at = [self.known[constraints] for constraints in some]
            starts, basis = solve_all(self.n, np.array(some, dtype=np.int64).reshape(len(some), k, 2))
            rows = zip((starts * AMPLITUDE).tolist(), (basis * AMPLITUDE).tolist(), strict=True)
            out[at] = [lists.spans(start, vectors) for start, vectors in rows]
        return out


class _Builder:
    def __init__(self, n: int, want_x: bool, n_sources: tuple[int, int]) -> None:
        self.n, self.want_x, self.n_sources = n, want_x, n_sources
        self.lists = _Lists()
        self.subspaces = _Subspaces(n)
        self.ops: list[list[int]] = []
        self.open: list[tuple[int, int]] = []  # sweeps, and the numbers of their subspaces
        self.pieces: list[tuple[int, int]] = []  # the same for places in the lists
        self.entries: list[list[int]] = []
        self.terms: list[tuple[int, int, int]] = []
        self.coef: list[float] = []
        self.offsets: list[float] = []
        self.rows = [0, 0]
        self.slots = self.tables = self.turned = 0
        self.build = 1
        self.batched_table = False

    def run(self, layers: Sequence[Layer]) -> Program:
        """Return the tables of all layers."""
        self._init(layers[0] if layers and layers[0].turns else None)
        for k, layer in enumerate(layers):
            if layer.turns:
                self._turns(layer, started=k == 0)
            else:
                kinds: tuple[list[tuple[Key, Sum]], list[tuple[Key, Sum]]] = [], []
                for key, a in layer.angles.items():
                    kinds[a.batched].append((key, a))
                self._phases(kinds[False], False)
                self._phases(kinds[True], True)
        ops = np.array(self.ops, dtype=np.int64).reshape(-1, codes.OP_COLUMNS)
        places = self.subspaces.places(self.lists)
        lists = self.lists.array()
        if self.open:
            at, which = np.array(self.open).T
            ops[at, codes.LO : codes.HI_N + 1] = places[which]
        if self.pieces:
            at, which = np.array(self.pieces).T
            lists[at[:, None] + np.arange(4)] = places[which]
        wanted = np.flatnonzero(ops[:, codes.WANT])
        return Program(
            ops,
            lists,
            np.array(self.entries, dtype=np.int64).reshape(-1, codes.ENTRY_COLUMNS),
            np.array(self.terms, dtype=np.int64).reshape(-1, codes.TERM_COLUMNS),
            np.array(self.coef, dtype=np.float64),
            np.array(self.offsets, dtype=np.float64),
            self.rows[0],
            self.rows[1],
            self.slots,
            self.tables,
            self.build,
            self.batched_table,
            int(wanted[0]) if len(wanted) else len(ops),
            int(ops[:, codes.LO_N] @ ops[:, codes.HI_N]),
        )

    def _entry(self, angle: Sum, half: int) -> tuple[int, bool]:
        """Append a merged angle; return its row and whether its gradient is wanted."""
        start, wanted, batched = len(self.terms), False, 0
        for source, scale in angle.scales.items():
            if scale == 0.0:
                continue
            row, own, general, reads_x, reads_w = source
            want = reads_w or (self.want_x and reads_x)
            if general:
                row += self.n_sources[0 if own else 1]
            self.terms.append((int(own), row, int(want)))
            self.coef.append(scale)
            wanted = wanted or want
            batched |= own
        e = len(self.entries)
        self.entries.append(
            [start, len(self.terms), int(batched), self.rows[batched], self.slots if wanted else -1, half, 0]
        )
        self.slots += wanted
        self.offsets.append(angle.offset)
        self.rows[batched] += 1
        return e, wanted

    def _op(self, kind: int, place: Place | int, want: bool, still: bool, entries: Iterable[int]) -> list[int]:
        """Append a sweep, over a span or a subspace still to be solved; return its row."""
        o, row = len(self.ops), [0] * codes.OP_COLUMNS
        row[codes.KIND], row[codes.WANT], row[codes.STILL] = kind, int(want), int(still)
        if isinstance(place, int):
            self.open.append((o, place))
        else:
            row[codes.LO : codes.HI_N + 1] = place
        for e in entries:
            self.entries[e][codes.OP] = o
        self.ops.append(row)
        return row

    def _init(self, layer: Layer | None) -> None:
        """The product state of the first turns, and sweeps for their gradients."""
        turns = [] if layer is None else sorted((k, a) for k, a in layer.angles.items() if not k[2])
        entries = [self._entry(a, 1) for _, a in turns]
        place = self.lists.spans(0, [key[0] * AMPLITUDE for key, _ in turns])
        self.build = max(self.build, place[1] + place[3])
        op = self._op(codes.INIT, place, False, False, ())
        op[codes.AT] = self.lists.numbers([e for e, _ in entries])
        wanted = [(key, e) for (key, _), (e, want) in zip(turns, entries, strict=True) if want]
        self._blocks(wanted, {e for _, e in wanted}, still=True)

    def _turns(self, layer: Layer, *, started: bool) -> None:
        shared, wanted = [], set()
        for key in sorted(layer.angles):
            v, m, constraints = key
            if started and not constraints:
                continue  # in the product state
            angle = layer.angles[key]
            e, want = self._entry(angle, 1)
            if want:
                wanted.add(e)
            if not constraints and not self.entries[e][codes.PER_SAMPLE]:
                shared.append((key, e))
                continue
            op = self._op(codes.ROTATE, self.subspaces.add(((m, 0), *constraints)), want, False, (e,))
            op[codes.V0], op[codes.M0], op[codes.E0] = v * AMPLITUDE, m * AMPLITUDE, e
        self._blocks(shared, wanted)

    def _blocks(self, turns: list[tuple[Key, int]], wanted: set[int], *, still: bool = False) -> None:
        """Sweeps of three or two turns each, one only where it is alone."""
        at = 0
        while at < len(turns):
            left = len(turns) - at
            size = 2 if left in (2, 4) else min(3, left)
            block = turns[at : at + size]
            at += size
            entries = [e for _, e in block]
            place = self.subspaces.add(tuple([(key[1], 0) for key, _ in block]))
            op = self._op(codes.TURN1 + size - 1, place, not wanted.isdisjoint(entries), still, entries)
            for q, ((v, m, _), e) in enumerate(block):
                op[codes.V0 + q], op[codes.M0 + q], op[codes.E0 + q] = v * AMPLITUDE, m * AMPLITUDE, e
            if not still:
                self.turned += size
                if self.turned > _TURNS_BETWEEN_SCALES:
                    self._phases([], False, always=True)

    def _phases(self, angles: list[tuple[Key, Sum]], batched: bool, *, always: bool = False) -> None:
        """One diagonal sweep: an independent set of odd parities as a basis, the rest piece by piece."""
        if not angles and not always:
            return
        entries = [(key[2], *self._entry(a, 0)) for key, a in angles]
        plain = [one for one in entries if len(one[0]) == 1]
        plain.sort(key=lambda one: not one[2])  # the wanted ones first, which end up last in the basis
        taken, vectors = dual(self.n, [constraints[0][0] for constraints, _, _ in plain])
        basis = [plain[k][1] for k in taken]
        place = self.lists.spans(0, [v * AMPLITUDE for v in vectors])
        op = self._op(
            codes.BATCHED if batched else codes.PHASES,
            place,
            any(want for _, _, want in entries),
            False,
            [e for _, e, _ in entries],
        )
        op[codes.AT] = self.lists.numbers([-1] * (self.n - len(basis)) + basis[::-1])
        pieces = [(e, constraints) for constraints, e, _ in entries if e not in basis]
        extra = op[codes.EXTRA] = self.lists.numbers([number for e, _ in pieces for number in (e, 0, 0, 0, 0)])
        for k, (_, constraints) in enumerate(pieces):
            self.pieces.append((extra + 5 * k + 1, self.subspaces.add(constraints)))
        op[codes.EXTRA_N], op[codes.V0] = len(pieces), self.tables
        self.build = max(self.build, 2 * (place[1] + place[3]))
        self.turned = 0
        if batched:
            self.batched_table = True
        else:
            self.tables += 2 << self.n


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
    for q in range(n):
        pairs = dense.reshape(-1, 2, 1 << q)
        low = pairs[:, 0] + pairs[:, 1]
        np.subtract(pairs[:, 0], pairs[:, 1], out=pairs[:, 1])
        pairs[:, 0] = low
    return dense


def memory_order(frame: Frame) -> IntArray:
    """Return the memory index of every logical basis state."""
    return np.array(span(frame.shift, frame.col), dtype=np.int64)
