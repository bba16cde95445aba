"""Many small systems of parities at once: what solves them, and the lists of amplitudes that kernels walk.

A mask of bits stands for a parity, several for a subspace of memory indices. A circuit has hundreds of them, each
too small for NumPy, so they are padded to one size and worked on side by side. Pure bit arithmetic; it must not know
gates. `frame` has the same for one system.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import BoolArray, IntArray

_INLINE_BITS = 6  # at least so many bits of an index come from the inner list


def solve_all(n: int, masks: IntArray, values: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return a solution of ``parity(mask & p) == value`` for each of many systems, and a basis of all differences.

    Args:
        n: Bits.
        masks, values: (constraints, systems), those of a system independent; a mask of 0 is none.

    Returns:
        Solutions (systems,), bases (systems, n) with the lowest bits first and zeros behind, and how many vectors a
        basis has (systems,).
    """
    masks, values = masks.copy(), values.copy()
    tops = np.zeros_like(masks)
    pivots = np.zeros_like(masks)
    for i, mask in enumerate(masks):
        tops[i] = np.frexp(mask.astype(np.float64))[1] - (mask != 0)
        pivots[i] = (mask != 0) << tops[i]
        has = masks >> tops[i] & 1
        has[i] = 0
        masks ^= has * mask
        values ^= has * values[i]
    bits = np.arange(n)
    vectors = np.repeat(np.int64(1) << bits[None], masks.shape[1], axis=0)
    for mask, top, pivot in zip(masks, tops, pivots, strict=True):
        vectors |= ((mask ^ pivot)[:, None] >> bits & 1) << top[:, None]
    free = (pivots.sum(axis=0)[:, None] >> bits & 1) == 0
    count = n - (pivots != 0).sum(axis=0)
    basis = np.zeros_like(vectors)
    basis[bits < count[:, None]] = vectors[free]
    return (values << tops).sum(axis=0), basis, count


class Duals:
    """Bases of all ``n``-bit vectors, dual to masks: one system after the other is `add`-ed, then solved with the rest.

    Example:
        >>> duals = Duals(2)
        >>> duals.add([1, 3, 2])
        [0, 1]
        >>> duals.solved()
        array([[2, 3]])
    """

    def __init__(self, n: int) -> None:
        self.n, self._systems = n, 0
        self._places: list[int] = []
        self._masks: list[int] = []
        self._parts: list[int] = []

    def add(self, masks: Sequence[int]) -> list[int]:
        """Add a system of masks other than 0; return which of them form an independent set, greedily, in order."""
        place = self._systems * self.n
        self._systems += 1
        if len(masks) == 1:
            self._places.append(place + masks[0].bit_length() - 1)
            self._masks.append(masks[0])
            self._parts.append(1)
            return [0]
        rows: dict[int, tuple[int, int]] = {}  # pivot bit -> (reduced mask, which masks it is the xor of)
        taken: list[int] = []
        for k, mask in enumerate(masks):
            made = 0
            for bit, (m, parts) in rows.items():
                if mask >> bit & 1:
                    mask, made = mask ^ m, made ^ parts
            if mask == 0:
                continue
            made ^= 1 << len(taken)
            taken.append(k)
            top = mask.bit_length() - 1
            for bit, (m, parts) in rows.items():
                if m >> top & 1:
                    rows[bit] = m ^ mask, parts ^ made
            rows[top] = mask, made
            if len(taken) == self.n:
                break
        for bit, (mask, parts) in rows.items():
            self._places.append(place + bit)
            self._masks.append(mask)
            self._parts.append(parts)
        return taken

    def solved(self) -> IntArray:
        """Return the bases, (systems, n).

        Each ends with one vector per mask of the set, the first mask's last, which has odd parity with this mask and
        even with the others; the vectors before are even with all.
        """
        n, bits = self.n, np.arange(self.n)
        table = np.zeros((2, self._systems * n), dtype=np.int64)
        if self._places:
            table[:, self._places] = self._masks, self._parts
        masks, parts = table.reshape(2, self._systems, n)
        pivot = masks != 0
        even = np.int64(1) << bits | _transposed(masks ^ pivot << bits)
        out = _transposed(parts)[:, ::-1].copy()
        out[bits < n - pivot.sum(axis=1)[:, None]] = even[~pivot]
        return out


def _transposed(rows: IntArray) -> IntArray:
    """Return systems of rows of bits, (systems, n), with rows and bits exchanged."""
    bits = np.arange(rows.shape[1])
    out: IntArray = np.bitwise_or.reduce((rows[:, :, None] >> bits & 1) << bits[:, None], axis=1)
    return out


def spans(starts: IntArray, basis: IntArray, counts: IntArray, at: int) -> tuple[IntArray, IntArray]:
    """Return each subspace as two lists whose pairwise xor it is, all of them in one array.

    Args:
        starts: (subspaces,). basis: (subspaces, width), of which the first ``counts`` vectors count.
        counts: (subspaces,).
        at: Where the array will be.

    Returns:
        The numbers, and (lo, lo_n, hi, hi_n) for each subspace.
    """
    cut = np.minimum(counts, np.maximum(_INLINE_BITS, (counts + 1) // 2))
    places = np.empty((len(counts), 4), dtype=np.int64)
    columns = np.arange(basis.shape[1])
    numbers = []
    for side, (first, stop) in enumerate(((np.zeros_like(cut), cut), (cut, counts))):
        width = int((stop - first).max(initial=0))
        out = np.empty((len(counts), 1 << width), dtype=np.int64)
        out[:, 0] = starts if side else 0
        some = first[:, None] + columns[:width]
        vectors = np.take_along_axis(basis, np.minimum(some, max(0, basis.shape[1] - 1)), axis=1) * (
            some < stop[:, None]
        )
        for k in range(width):
            np.bitwise_xor(out[:, : 1 << k], vectors[:, k, None], out=out[:, 1 << k : 2 << k])
        lengths = np.int64(1) << stop - first
        ends = np.cumsum(lengths)
        places[:, 2 * side], places[:, 2 * side + 1] = at + ends - lengths, lengths
        used: BoolArray = np.arange(1 << width) < lengths[:, None]
        numbers.append(out[used])
        at += int(lengths.sum())
    return np.concatenate(numbers), places
