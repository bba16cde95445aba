"""Only the amplitudes that observables can see: the space that the turns they see span, in coordinates of its own.

A circuit starts in one basis state and phases don't move it, so after the layers that matter to some
observables only sums of those layers' moves are ever reached. With few of them, as for one wire of a shallow
circuit, a state of r < n qubits is enough: memory indices become coordinates along a basis of that space, masks
the parities of the basis vectors. Pure bit arithmetic; it must not know gates, batches or numba.
"""

from __future__ import annotations

import numpy as np

from .frame import Constraint, Frame, independent, parity
from .schedule import Keys, Layers


class Cone:
    """A frame of fewer qubits, for the layers that some observables can see.

    Args:
        frame: Where the logical amplitudes end up.
        layers: From `schedule.layers`.

    Attributes:
        n: How many qubits are enough; at least 1.
    """

    def __init__(self, frame: Frame, layers: Layers) -> None:
        self._frame = frame
        rows: dict[int, int] = {}  # a bit that no other vector has -> the vector
        for v in np.unique(layers.keys.columns()[0][layers.key]).view(np.uint64).tolist():
            for bit, row in rows.items():
                if v >> bit & 1:
                    v ^= row
            if v:
                top = v.bit_length() - 1
                for bit, row in rows.items():
                    if row >> top & 1:
                        rows[bit] = row ^ v
                rows[top] = v
                if len(rows) == frame.n:
                    break
        self._rows = sorted((rows or {0: 1}).items())
        self.n = len(self._rows)

    def narrowed(self, layers: Layers) -> Layers:
        """Return the layers on the fewer qubits; what can never be true there, and global phases, are gone."""
        keys = Keys()
        every = list(layers.keys.known)
        number, sign = np.full(len(every), -1), np.ones(len(every))
        for k in np.unique(layers.key).tolist():
            v, constraints = every[k]
            turn = bool(v)
            held = independent((self._signs(mask), value) for mask, value in constraints[turn:])
            if held is None or not (turn or held):
                continue
            if turn:
                held = (self._signs(constraints[0][0]), 0), *held
            elif len(held) == 1 and held[0][1] == 0:  # but for a global phase, that of the odd parity
                held, sign[k] = ((held[0][0], 1),), -1.0
            number[k] = keys.number((self._moves(v), held))
        return layers.rekeyed(keys, number[layers.key], sign[layers.key])

    def reaches(self, x: int) -> bool:
        """Return whether a Pauli string with this X part, over wires, leads back into the space; else its
        expectation is 0."""
        move = self._frame.pauli(x, 0)[0]
        for bit, row in self._rows:
            if move >> bit & 1:
                move ^= row
        return move == 0

    def pauli(self, x: int, z: int) -> tuple[int, int, int]:
        """Return what `Frame.pauli` does, for a string that `reaches` back."""
        move, mask, sign = self._frame.pauli(x, z)
        return self._moves(move), self._signs(mask), sign

    def where(self, qubit: int, value: int) -> Constraint:
        """Return what `Frame.where` does."""
        mask, odd = self._frame.where(qubit, value)
        return self._signs(mask), odd

    def _moves(self, v: int) -> int:
        return sum((v >> bit & 1) << k for k, (bit, _) in enumerate(self._rows))

    def _signs(self, mask: int) -> int:
        return sum(parity(mask & row) << k for k, (_, row) in enumerate(self._rows))


__all__ = ["Cone"]
