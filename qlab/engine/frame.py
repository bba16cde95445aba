"""Where the logical amplitudes are: CX, SWAP and X relabel instead of moving memory.

Logical index k and memory index p obey ``p = A k ^ b`` over bits. A logical qubit t is then the parity
``row[t] & p``, xored with ``flip[t]``, and flipping it in memory means xoring ``col[t]``. Gates on t
therefore pair amplitudes ``p`` and ``p ^ col[t]``, whatever permutations came before. Pure bit arithmetic; it
must not know gates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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

    def __len__(self) -> int:
        return len(self._basis)

    def orthogonal(self, mask: int) -> bool:
        """Return whether the mask shares an even number of bits with every member."""
        for v in self._basis.values():  # noqa: SIM110  # much of the time a new circuit takes
            if (mask & v).bit_count() & 1:
                return False
        return True
