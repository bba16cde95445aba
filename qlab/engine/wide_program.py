"""The wide path's program: the walks of some passes, and how their angles come from a plan's.

It is built once per circuit and holds no state. It must not import numba.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .angles import Angle
from .arrays import FloatArray, IntArray
from .capacity import tile_bits
from .frame import Frame, span
from .lower import Pass
from .observables import Term
from .wide_lower import Sum, rotations
from .wide_schedule import schedule
from .wide_tables import Tables, tables


@dataclass(frozen=True, slots=True)
class WideProgram:
    """The walks of some passes, and how their angles come from a plan's.

    Attributes:
        walks: In order.
        angles: The distinct ones that are read.
        offsets: Of every walk's angle, one behind the other, and the global phase last.
        rows, columns, shares: Angle ``rows[k]`` has ``shares[k] * angles[columns[k]]``.
        starts: Where each walk's angles start.
        full: Whether the last state is everywhere defined.
    """

    walks: tuple[Tables, ...]
    angles: tuple[Angle, ...]
    offsets: FloatArray
    rows: IntArray
    columns: IntArray
    shares: FloatArray
    starts: tuple[int, ...]
    full: bool
    bits: int

    def theta(self, values: FloatArray) -> FloatArray:
        """Return all walks' angles, then the global phase, from the values of `angles`."""
        mixed = np.bincount(self.rows, weights=self.shares * values[self.columns], minlength=len(self.offsets))
        return self.offsets + mixed

    def chain(self, slopes: FloatArray) -> FloatArray:
        """Return the derivatives by `angles` from those by the walks' angles."""
        slopes = np.append(slopes, 0.0)  # a global phase is not observable
        weights = self.shares * slopes[self.rows]
        return np.bincount(self.columns, weights=weights, minlength=len(self.angles)).astype(np.float64)

    def first_wanted(self, wanted: Sequence[bool]) -> int:
        """Return the earliest walk with an angle whose derivative is wanted."""
        touched = [row for row, column in zip(self.rows, self.columns, strict=True) if wanted[column]]
        earliest = min(touched, default=len(self.offsets))
        return sum(start <= earliest for start in self.starts) - 1 if touched else len(self.walks)


def build(
    passes: Sequence[Pass], n_qubits: int, terms: Sequence[tuple[int, int]] | None, bits_of_tile: int = 0
) -> WideProgram:
    """Return the walks of some passes.

    Args:
        passes: From `lower`.
        n_qubits: Wires.
        terms: Memory masks (x, z) of the observables' Pauli strings; None where the state itself is wanted.
        bits_of_tile: Bits of an index within a tile, at least 5; 0 chooses.
    """
    bits = max(n_qubits, 3)
    found = rotations(passes, n_qubits, terms)
    walks = schedule(found.ops, bits, bits_of_tile or tile_bits(n_qubits))
    built = [tables(walk, bits) for walk in walks]
    sums: list[Sum] = [angle for walk in built for angle in walk.angles] + [found.phase]
    angles: dict[Angle, int] = {}
    parts = [(row, angles.setdefault(a, len(angles)), share) for row, s in enumerate(sums) for a, share in s.parts]
    starts = np.cumsum([0, *(len(walk.angles) for walk in built)])[:-1]
    return WideProgram(
        tuple(built),
        tuple(angles),
        np.array([s.offset for s in sums]),
        np.array([p[0] for p in parts], dtype=np.int64),
        np.array([p[1] for p in parts], dtype=np.int64),
        np.array([p[2] for p in parts], dtype=np.float64),
        tuple(int(s) for s in starts),
        len(walks[-1].reach) == bits,
        bits,
    )


def term_table(terms: Sequence[Term], frame: Frame) -> tuple[IntArray, FloatArray]:
    """Return the kernels' table of terms and their weights, signs included."""
    rows = np.zeros((len(terms), 6), dtype=np.int64)
    weights = np.zeros(len(terms))
    for k, term in enumerate(terms):
        x, z, sign = frame.pauli(term.x, term.z)
        top = 1 << ((x >> 3).bit_length() - 1) if x >> 3 else 0
        rows[k] = (x >> 3) * 16, x & 7, (z >> 3) * 16, z & 7, term.turns & 1, top * 16
        weights[k] = term.coefficient * (-1) ** sign * (-1) ** (term.turns // 2)
    return rows, weights


def wire_order(frame: Frame) -> tuple[IntArray, IntArray]:
    """Return two tables whose xor is the memory index of a basis state, from its low and its high bits."""
    half = frame.n // 2
    low, high = span(frame.shift, frame.col[:half]), span(0, frame.col[half:])
    return np.array(low, dtype=np.int64), np.array(high, dtype=np.int64)
