"""Shots that go different ways: rows of (state, how many shots share it, classical bits), split where chance decides.

What is certain is simulated once for all shots that got there. A split hands out the shots of a row to its outcomes
by one multinomial draw, so that the rows are never more than the shots, and few where little is random. Deterministic
by seed; memory is bounded by working off parts of the rows one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qlab.circuit import Condition, Operation

from . import dense
from .arrays import ComplexArray, FloatArray, IntArray

BitArray = npt.NDArray[np.uint8]
_PART_BYTES = 64 << 20  # of states worked on at the same time


@dataclass(slots=True)
class Rows:
    """Branches: ``states`` (rows, 2**n), the sample each is of, its number of shots, its classical bits."""

    states: ComplexArray
    samples: IntArray
    shots: IntArray
    bits: BitArray

    def take(self, chosen: IntArray | slice) -> Rows:
        """Return copies of some rows."""
        return Rows(
            self.states[chosen].copy(), self.samples[chosen].copy(), self.shots[chosen].copy(), self.bits[chosen].copy()
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """Apply a unitary operation."""

    op: Operation


@dataclass(frozen=True, slots=True)
class Measure:
    """Write a qubit into a bit, which then reads wrong with the given probabilities (of 1 for 0, of 0 for 1)."""

    op: Operation
    wrong: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Reset:
    """Put a qubit to 0."""

    op: Operation


@dataclass(frozen=True, slots=True)
class Depolarise:
    """With probability p apply a Pauli string on wires, chosen uniformly among all 4**k, the identity included."""

    wires: tuple[int, ...]
    p: float
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Damp:
    """Let a qubit's 1 decay to 0 with probability gamma."""

    wire: int
    gamma: float
    condition: Condition | None = None


Action = Gate | Measure | Reset | Depolarise | Damp


class Machine:
    """Carries out actions on rows.

    Args:
        actions: In order.
        n: Wires.
        x, w: Inputs (batch, n_inputs) and weights of the angles.
        rng: Decides.
    """

    def __init__(
        self, actions: Sequence[Action], n: int, x: FloatArray, w: FloatArray, rng: np.random.Generator
    ) -> None:
        self.n, self.rng, self.actions = n, rng, list(actions)
        self.most = max(1, _PART_BYTES // (16 << n))
        self._matrices = [dense.matrix_of(a.op, x, w) if isinstance(a, Gate) else None for a in self.actions]

    def run(self, rows: Rows) -> Iterator[Rows]:
        """Yield the rows at the end, in parts."""
        waiting = [(0, rows)]
        while waiting:
            start, part = waiting.pop()
            if len(part.shots) > self.most:
                middle = len(part.shots) // 2
                waiting += [(start, part.take(slice(middle, None))), (start, part.take(slice(0, middle)))]
                continue
            for k in range(start, len(self.actions)):
                part = self._step(k, part)
                if len(part.shots) > self.most and k + 1 < len(self.actions):
                    waiting.append((k + 1, part))
                    break
            else:
                yield part

    def _step(self, k: int, rows: Rows) -> Rows:
        action = self.actions[k]
        condition = action.condition if isinstance(action, Depolarise | Damp) else action.op.condition
        chosen = None if condition is None else np.flatnonzero(_met(rows.bits, condition))
        if chosen is not None and not len(chosen):
            return rows
        match action:
            case Gate(op):
                self._gate(rows, op, self._matrices[k], chosen)
                return rows
            case Measure(op, wrong):
                return self._measure(rows, op, wrong, chosen)
            case Reset(op):
                return self._reset(rows, op.qubits[0], chosen)
            case Depolarise(wires, p):
                return self._depolarise(rows, wires, p, chosen)
            case Damp(wire, gamma):
                return self._damp(rows, wire, gamma, chosen)

    def _gate(self, rows: Rows, op: Operation, matrix: ComplexArray | None, chosen: IntArray | None) -> None:
        assert matrix is not None
        if matrix.ndim == 3:
            matrix = matrix[rows.samples if chosen is None else rows.samples[chosen]]
        if chosen is None:
            dense.apply(rows.states, matrix, op, self.n)
        else:
            some = rows.states[chosen]
            dense.apply(some, matrix, op, self.n)
            rows.states[chosen] = some

    def _split(self, rows: Rows, chances: FloatArray, chosen: IntArray | None) -> tuple[Rows, list[IntArray]]:
        """Hand out the shots of the chosen rows to outcomes.

        Args:
            rows: All rows.
            chances: (chosen rows, outcomes), or (outcomes,) for all alike.
            chosen: Which rows split.

        Returns:
            The new rows, and for each outcome which of them have it; rows that don't split have none.
        """
        among = rows.shots if chosen is None else rows.shots[chosen]
        counts = self.rng.multinomial(among, chances)
        row, outcome = np.nonzero(counts)
        source = row if chosen is None else chosen[row]
        shots = counts[row, outcome]
        # The first outcome of a row stays where the row is, so that nothing is copied where nothing happens.
        first = np.ones(len(source), dtype=bool)
        first[1:] = source[1:] != source[:-1]
        place = np.empty(len(source), dtype=np.int64)
        place[first] = source[first]
        more = ~first
        place[more] = len(rows.shots) + np.arange(np.count_nonzero(more))
        if more.any():
            rows = _with_copies(rows, source[more])
        rows.shots[place] = shots
        return rows, [place[outcome == k] for k in range(counts.shape[-1])]

    def _ones(self, rows: Rows, qubit: int, chosen: IntArray | None) -> FloatArray:
        return dense.one_probability(rows.states if chosen is None else rows.states[chosen], qubit, self.n)

    def _measured(self, rows: Rows, qubit: int, chosen: IntArray | None) -> tuple[Rows, list[IntArray]]:
        one = self._ones(rows, qubit, chosen)
        rows, outcomes = self._split(rows, np.stack([1 - one, one], axis=1), chosen)
        for value, at in enumerate(outcomes):
            gone = dense.indices(self.n, (), () if value else (qubit,), (qubit,) if value else ())[0]
            some = rows.states[at]
            some[:, gone] = 0
            rows.states[at] = _normalised(some)
        return rows, outcomes

    def _measure(self, rows: Rows, op: Operation, wrong: tuple[float, float], chosen: IntArray | None) -> Rows:
        rows, outcomes = self._measured(rows, op.qubits[0], chosen)
        for value, at in enumerate(outcomes):
            rows.bits[at, op.clbits[0]] = value
        for value, at in enumerate(outcomes):
            if wrong[value] > 0 and len(at):
                rows, read = self._split(rows, np.array([1 - wrong[value], wrong[value]]), at)
                rows.bits[read[1], op.clbits[0]] = 1 - value
        return rows

    def _reset(self, rows: Rows, qubit: int, chosen: IntArray | None) -> Rows:
        rows, outcomes = self._measured(rows, qubit, chosen)
        self._flip(rows, qubit, outcomes[1])
        return rows

    def _flip(self, rows: Rows, qubit: int, at: IntArray) -> None:
        pair = dense.indices(self.n, (qubit,))
        some = rows.states[at]
        some[:, pair] = some[:, pair[::-1]]
        rows.states[at] = some

    def _depolarise(self, rows: Rows, wires: tuple[int, ...], p: float, chosen: IntArray | None) -> Rows:
        strings = 4 ** len(wires)
        hit = p * (1 - 1 / strings)
        rows, outcomes = self._split(rows, np.array([1 - hit, hit]), chosen)
        if not len(outcomes[1]):
            return rows
        rows, at = _single(rows, outcomes[1])
        drawn = self.rng.integers(1, strings, len(at))
        some = rows.states[at]
        for k, q in enumerate(wires):
            letter = drawn >> 2 * k & 3  # 1 X, 2 Z, 3 both: Y up to a phase that nobody sees
            pair = dense.indices(self.n, (q,))
            turned, flipped = np.flatnonzero(letter & 2), np.flatnonzero(letter & 1)
            some[turned[:, None], pair[1]] *= -1
            both = some[flipped]
            both[:, pair] = both[:, pair[::-1]]
            some[flipped] = both
        rows.states[at] = some
        return rows

    def _damp(self, rows: Rows, wire: int, gamma: float, chosen: IntArray | None) -> Rows:
        decays = gamma * self._ones(rows, wire, chosen)
        rows, outcomes = self._split(rows, np.stack([1 - decays, decays], axis=1), chosen)
        pair = dense.indices(self.n, (wire,))
        for value, at in enumerate(outcomes):
            some = rows.states[at]
            if value == 0:
                some[:, pair[1]] *= np.sqrt(1 - gamma)
            else:
                some[:, pair[0]] = some[:, pair[1]]
                some[:, pair[1]] = 0
            rows.states[at] = _normalised(some)
        return rows


def _with_copies(rows: Rows, source: IntArray) -> Rows:
    """The rows and, behind them, copies of some."""
    extra = rows.take(source)
    return Rows(
        np.concatenate([rows.states, extra.states]),
        np.concatenate([rows.samples, extra.samples]),
        np.concatenate([rows.shots, extra.shots]),
        np.concatenate([rows.bits, extra.bits]),
    )


def _single(rows: Rows, at: IntArray) -> tuple[Rows, IntArray]:
    """Give each shot of some rows a row of its own; returns where they are."""
    more = np.repeat(at, rows.shots[at] - 1)
    rows.shots[at] = 1
    if not len(more):
        return rows, at
    before = len(rows.shots)
    rows = _with_copies(rows, more)
    return rows, np.concatenate([at, np.arange(before, len(rows.shots))])


def _normalised(states: ComplexArray) -> ComplexArray:
    norm = np.sqrt(np.einsum("ij,ij->i", states, states.conj()).real)
    result: ComplexArray = states / norm[:, None]
    return result


def _met(bits: BitArray, condition: Condition) -> npt.NDArray[np.bool_]:
    wanted = [condition.value >> k & 1 for k in range(len(condition.clbits))]
    result: npt.NDArray[np.bool_] = (bits[:, list(condition.clbits)] == wanted).all(axis=1)
    return result
