"""Observables: sums of Pauli strings from text to bit masks. It must not know circuits or kernels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qlab.errors import EngineError

Observable = str | Mapping[str, float]
_FACTOR = re.compile(r"([IXYZixyz])\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient * i**turns * X^x Z^z`` of observable ``row``; the masks are over wires."""

    row: int
    coefficient: float
    x: int
    z: int

    @property
    def turns(self) -> int:
        """How many Y factors it has: each is i X Z."""
        return (self.x & self.z).bit_count()


def parse_observables(observables: Sequence[Observable] | Observable, n_qubits: int) -> tuple[Term, ...]:
    """Return the terms of all observables.

    Args:
        observables: Each a Pauli string such as ``"Z0"``, ``"X0 Y2"``, ``"I"``, or a mapping from those to
        real weights. n_qubits: The wires they may name are 0 to ``n_qubits - 1``.

    Raises:
        EngineError: naming the observable, and the wires where it names one that isn't there.

    Example:
        >>> [term.z for term in parse_observables(["Z0", {"Z0 Z1": 0.5}], 2)]
        [1, 3]
    """
    listed = [observables] if isinstance(observables, str | Mapping) else list(observables)
    terms: list[Term] = []
    for row, observable in enumerate(listed):
        if not isinstance(observable, str | Mapping):
            raise EngineError(
                f"observable {observable!r} is neither a text nor a mapping",
                where=f"observables[{row}]",
                cure='use "Z0" or {"Z0 Z1": 0.5}',
                value=observable,
            )
        weighted = {observable: 1.0} if isinstance(observable, str) else observable
        for text, weight in weighted.items():
            terms.append(_term(row, text, weight, n_qubits))
    return tuple(terms)


def _term(row: int, text: object, weight: object, n_qubits: int) -> Term:
    place = f"observables[{row}]"
    if not isinstance(weight, int | float | np.integer | np.floating) or not np.isfinite(weight):
        raise EngineError(
            f"the weight of {text!r} is {weight!r}",
            where=place,
            cure="use a finite real number",
            value=weight,
        )
    if not isinstance(text, str) or _FACTOR.sub("", text).strip(" *@Ii"):
        raise EngineError(
            f"observable {text!r} is not a Pauli string",
            where=place,
            cure='write letters I, X, Y, Z with wire numbers: "Z0 Z1"',
            value=text,
        )
    x = z = seen = 0
    for letter, digits in _FACTOR.findall(text):
        wire = int(digits)
        if wire >= n_qubits:
            have = "wire 0" if n_qubits == 1 else f"wires 0 to {n_qubits - 1}"
            raise EngineError(
                f"observable {text!r} names wire {wire}, but the circuit has {have}",
                where=place,
                cure=f"use {have}, or add a wire to the circuit",
                value=text,
            )
        bit = 1 << wire
        if seen & bit:
            raise EngineError(
                f"observable {text!r} names wire {wire} twice",
                where=place,
                cure="multiply the two Paulis first",
                value=text,
            )
        seen |= bit
        x |= bit if letter in "XYxy" else 0
        z |= bit if letter in "YZyz" else 0
    return Term(row, float(weight), x, z)
