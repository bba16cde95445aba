"""Exact outcome probabilities in the place of counted shots; it must not know circuits or simulate.

It answers what qiskit-machine-learning asks of a register's `BitArray`, with probabilities where that has counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from qiskit.primitives import SamplerPubResult

from qlab.engine.arrays import FloatArray, IntArray


class ExactBits:
    """The exact distribution of a classical register, for an array of parameter values.

    Args:
        joint: Probabilities of the measured qubits together, (*shape, 2**measured), first qubit least significant.
        places: For each bit of the register, least significant first, its place among the measured qubits, or -1
            for a bit that nothing was measured into.
    """

    def __init__(self, joint: FloatArray, places: Sequence[int]) -> None:
        self._joint, self._places = joint, tuple(places)

    def __repr__(self) -> str:
        return f"ExactBits(shape={self.shape}, num_bits={self.num_bits})"

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the parameter values."""
        return self._joint.shape[:-1]

    @property
    def num_bits(self) -> int:
        """Return the width of the register."""
        return len(self._places)

    @property
    def num_shots(self) -> None:
        """Return None: nothing was sampled."""
        return None

    def __getitem__(self, loc: Any) -> ExactBits:
        return ExactBits(self._joint[loc if isinstance(loc, tuple) else (loc,)], self._places)

    def get_counts(self, loc: int | tuple[int, ...] | None = None) -> dict[str, float]:
        """Return probabilities by bit string, the register's last bit leftmost; outcomes of probability 0 left out.

        Args:
            loc: Which parameter values; None adds up all of them, as `BitArray.get_counts` does.
        """
        return {format(k, f"0{self.num_bits}b"): p for k, p in self.get_int_counts(loc).items()}

    get_probabilities = get_counts

    def get_int_counts(self, loc: int | tuple[int, ...] | None = None) -> dict[int, float]:
        """Return probabilities by the register's value as a whole number."""
        chosen = self._joint if loc is None else self._joint[loc]
        total = chosen.reshape(-1, self._joint.shape[-1]).sum(0)
        outcomes: IntArray = np.flatnonzero(total)
        found: dict[int, float] = {}
        for outcome in outcomes.tolist():
            value = sum((outcome >> place & 1) << i for i, place in enumerate(self._places) if place >= 0)
            found[value] = found.get(value, 0.0) + float(total[outcome])
        return found

    @staticmethod
    def concatenate_bits(registers: Sequence[ExactBits]) -> ExactBits:
        """Return registers of one result as one, the first least significant."""
        return ExactBits(registers[0]._joint, [place for one in registers for place in one._places])


class ExactResult(SamplerPubResult):  # type: ignore[misc]
    """A sampler's result whose registers are `ExactBits`."""

    def join_data(self, names: Iterable[str] | None = None) -> ExactBits:
        """Return some registers, by default all, as one.

        Raises:
            ValueError: for a name that isn't a register, or none at all.
        """
        chosen = list(self.data) if names is None else list(names)
        unknown = [name for name in chosen if name not in self.data]
        if unknown or not chosen:
            raise ValueError(f"no register is called {unknown[0]!r}" if unknown else "there is no register to join")
        return ExactBits.concatenate_bits([self.data[name] for name in chosen])
