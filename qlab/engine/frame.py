"""Where the logical amplitudes are: CX, SWAP and X relabel instead of moving memory.

Logical index k and memory index p obey ``p = A k ^ b`` over bits. A logical qubit t is then the parity
``row[t] & p``, xored with ``flip[t]``, and flipping it in memory means xoring ``col[t]``. Gates on t
therefore pair amplitudes ``p`` and ``p ^ col[t]``, whatever permutations came before. Pure bit arithmetic; it
must not know gates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .arrays import IntArray

Constraint = tuple[int, int]  # (mask, parity)


def parity(bits: int) -> int:
    """Return 1 for an odd number of set bits."""
    return bits.bit_count() & 1


class Frame:
    """The relabelling so far; starts as the identity on ``n`` qubits."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.col = [1 << q for q in range(n)]
        self.row = [1 << q for q in range(n)]
        self.flip = [0] * n
        self.shift = 0  # memory index of logical |0...0>

    def x(self, target: int) -> None:
        """Apply X."""
        self.flip[target] ^= 1
        self.shift ^= self.col[target]

    def cx(self, control: int, target: int, value: int = 1) -> None:
        """Apply X on target where control has the value."""
        self.row[target] ^= self.row[control]
        self.flip[target] ^= self.flip[control]
        self.col[control] ^= self.col[target]
        if value == 0:
            self.x(target)

    def swap(self, a: int, b: int) -> None:
        """Apply SWAP."""
        for table in (self.row, self.col, self.flip):
            table[a], table[b] = table[b], table[a]

    def where(self, qubit: int, value: int) -> Constraint:
        """Return the condition on memory indices for a qubit to have a value."""
        return self.row[qubit], value ^ self.flip[qubit]

    def pauli(self, x: int, z: int) -> tuple[int, int, int]:
        """Return masks (x, z) in memory and the sign bit of the logical Pauli string X^x Z^z."""
        mx, mz, sign = 0, 0, 0
        for q in range(self.n):
            if x >> q & 1:
                mx ^= self.col[q]
            if z >> q & 1:
                mz ^= self.row[q]
                sign ^= self.flip[q]
        return mx, mz, sign


def solve(n: int, constraints: Iterable[Constraint]) -> tuple[int, list[int]]:
    """Return one solution of ``parity(mask & p) == value`` for all constraints, and a basis of all
    differences.

    The basis has its lowest bits first, so that counting through it walks memory nearly in order.
    """
    pivots: dict[int, Constraint] = {}  # highest bit -> row
    for mask, value in constraints:
        for bit, (m, v) in pivots.items():
            if mask >> bit & 1:
                mask, value = mask ^ m, value ^ v
        if mask == 0:
            continue
        top = mask.bit_length() - 1
        for bit, (m, v) in pivots.items():
            if m >> top & 1:
                pivots[bit] = m ^ mask, v ^ value
        pivots[top] = mask, value
    start = 0
    for bit, (_, v) in pivots.items():
        start |= v << bit
    return start, _orthogonal(n, {bit: m for bit, (m, _) in pivots.items()})


def solve_all(n: int, constraints: IntArray) -> tuple[IntArray, IntArray]:
    """Do `solve` for many systems of k independent constraints at once.

    Args:
        n: Bits.
        constraints: (systems, k, 2), masks and values.

    Returns:
        Solutions (systems,), and bases (systems, n - k).
    """
    masks, values = constraints[:, :, 0].T.copy(), constraints[:, :, 1].T.copy()
    tops = np.zeros_like(masks)
    for i, mask in enumerate(masks):
        tops[i] = np.frexp(mask.astype(np.float64))[1] - 1
        for j in range(len(masks)):
            if j != i:
                has = masks[j] >> tops[i] & 1
                masks[j] ^= has * mask
                values[j] ^= has * values[i]
    pivots = np.int64(1) << tops
    bits = np.arange(n)
    vectors = np.repeat(np.int64(1) << bits[None], masks.shape[1], axis=0)
    for mask, top, pivot in zip(masks, tops, pivots, strict=True):
        vectors |= ((mask ^ pivot)[:, None] >> bits & 1) << top[:, None]
    free = (pivots.sum(axis=0)[:, None] >> bits & 1) == 0
    return (values << tops).sum(axis=0), vectors[free].reshape(masks.shape[1], n - len(masks))


def _orthogonal(n: int, rows: dict[int, int]) -> list[int]:
    """Return a basis of what is orthogonal to reduced masks, given by their pivot bits."""
    vectors = {q: 1 << q for q in range(n) if q not in rows}
    for bit, mask in rows.items():
        mask ^= 1 << bit
        while mask:
            low = mask & -mask
            vectors[low.bit_length() - 1] |= 1 << bit
            mask ^= low
    return list(vectors.values())


def independent(constraints: Iterable[Constraint]) -> tuple[Constraint, ...] | None:
    """Return the constraints that don't follow from those before them; None where they contradict each other."""
    rows: list[tuple[int, int, int]] = []
    kept = []
    for mask, value in constraints:
        left, odd = mask, value
        for top, m, v in rows:
            if left >> top & 1:
                left, odd = left ^ m, odd ^ v
        if left:
            rows.append((left.bit_length() - 1, left, odd))
            kept.append((mask, value))
        elif odd:
            return None
    return tuple(sorted(kept))


def span(start: int, basis: Sequence[int]) -> list[int]:
    """Return ``start`` xored with every combination of the basis, first vector fastest."""
    out = [start]
    for vector in basis:
        out += [v ^ vector for v in out]
    return out


class Span:
    """A subspace of bit masks grown one by one; answers whether a mask is orthogonal to all of it."""

    __slots__ = ("_basis",)

    def __init__(self) -> None:
        self._basis: dict[int, int] = {}

    def add(self, mask: int) -> None:
        """Include a mask."""
        basis = self._basis
        while mask:
            top = mask.bit_length()
            found = basis.get(top)
            if found is None:
                basis[top] = mask
                return
            mask ^= found

    def orthogonal(self, mask: int) -> bool:
        """Return whether the mask shares an even number of bits with every member."""
        for v in self._basis.values():  # noqa: SIM110  # much of the time a new circuit takes
            if (mask & v).bit_count() & 1:
                return False
        return True


def dual(n: int, masks: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return which masks form an independent set (greedily, in order), and a basis of all ``n``-bit vectors.

    The basis ends with one vector per mask of the set, the first mask's last, which has odd parity with this
    mask and even with the others; the vectors before are even with all.
    """
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
        if len(taken) == n:
            break
    odd = [0] * len(taken)
    for bit, (_, parts) in rows.items():
        while parts:
            low = parts & -parts
            odd[low.bit_length() - 1] |= 1 << bit
            parts ^= low
    return taken, _orthogonal(n, {bit: m for bit, (m, _) in rows.items()}) + odd[::-1]
