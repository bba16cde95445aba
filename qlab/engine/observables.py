"""Observables: sums of Pauli strings and bitstring projectors from text to bit masks.

A projector is written like a ket, ``"|0-1>"``: one character per wire, the leftmost is the highest wire (as in
Qiskit), and ``-`` leaves a wire out. It must not know circuits or kernels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qlab.errors import EngineError

Observable = str | Mapping[str, float]
EXPANDED = 4  # a projector on so few wires is the sum of its 2**k strings of Z; larger ones stay whole
_EXPANDABLE = 12
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


@dataclass(frozen=True, slots=True)
class Projector:
    """``coefficient`` times the projector on the basis states with ``index & mask == value``, of observable
    ``row``; over wires."""

    row: int
    coefficient: float
    mask: int
    value: int

    def expanded(self) -> list[Term]:
        """Return the same as a sum of strings of Z: the product of (1 +- Z) / 2 over its wires."""
        terms, scale = [], self.coefficient / (1 << self.mask.bit_count())
        z = self.mask
        while True:
            sign = -1 if (z & self.value).bit_count() & 1 else 1
            terms.append(Term(self.row, sign * scale, 0, z))
            if z == 0:
                return terms
            z = (z - 1) & self.mask


def parse_observables(observables: Sequence[Observable] | Observable, n_qubits: int) -> tuple[Term, ...]:
    """Return all observables as Pauli strings; projectors are written out, which a dozen wires allow.

    Raises:
        EngineError: as `split_observables`, and for a projector on more wires.

    Example:
        >>> [term.z for term in parse_observables(["Z0", {"Z0 Z1": 0.5}], 2)]
        [1, 3]
    """
    terms, projectors = split_observables(observables, n_qubits)
    return terms + written_out(projectors)


def written_out(projectors: Sequence[Projector]) -> tuple[Term, ...]:
    """Return projectors as Pauli strings.

    Raises:
        EngineError: for one on more than a dozen wires.
    """
    terms: list[Term] = []
    for projector in projectors:
        if projector.mask.bit_count() > _EXPANDABLE:
            raise EngineError(
                f"a projector on {projector.mask.bit_count()} wires has too many Pauli strings here",
                where=f"observables[{projector.row}]",
                cure=f"project at most {_EXPANDABLE} wires, with - for the others",
            )
        terms += projector.expanded()
    return tuple(terms)


def split_observables(
    observables: Sequence[Observable] | Observable, n_qubits: int
) -> tuple[tuple[Term, ...], tuple[Projector, ...]]:
    """Return the Pauli strings of all observables, and the projectors on too many wires to write out.

    Args:
        observables: Each a Pauli string such as ``"Z0"``, ``"X0 Y2"``, ``"I"``, a projector such as
            ``"|01>"``, or a mapping from those to real weights.
        n_qubits: The wires they may name are 0 to ``n_qubits - 1``.

    Raises:
        EngineError: naming the observable, and the wires where it names one that isn't there.

    Example:
        >>> split_observables("|--1>", 3)[0][0]
        Term(row=0, coefficient=-0.5, x=0, z=1)
    """
    listed = [observables] if isinstance(observables, str | Mapping) else list(observables)
    terms: list[Term] = []
    projectors: list[Projector] = []
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
            if isinstance(text, str) and text.strip().startswith("|"):
                projector = _projector(row, text, _weight(row, text, weight), n_qubits)
                if projector.mask.bit_count() <= EXPANDED:
                    terms += projector.expanded()
                else:
                    projectors.append(projector)
            else:
                terms.append(_term(row, text, _weight(row, text, weight), n_qubits))
    return tuple(terms), tuple(projectors)


def _weight(row: int, text: object, weight: object) -> float:
    if not isinstance(weight, int | float | np.integer | np.floating) or not np.isfinite(weight):
        raise EngineError(
            f"the weight of {text!r} is {weight!r}",
            where=f"observables[{row}]",
            cure="use a finite real number",
            value=weight,
        )
    return float(weight)


def _projector(row: int, text: str, weight: float, n_qubits: int) -> Projector:
    bits = text.strip()[1:-1]
    example = "|" + "01-"[: min(3, n_qubits)].rjust(n_qubits, "0") + ">"
    if not text.strip().endswith(">") or bits.strip("01-"):
        raise EngineError(
            f"observable {text!r} is not a projector",
            where=f"observables[{row}]",
            cure=f'write 0, 1 or - for every wire, the highest first: "{example}"',
            value=text,
        )
    if len(bits) != n_qubits:
        have = "1 wire" if n_qubits == 1 else f"{n_qubits} wires"
        raise EngineError(
            f"observable {text!r} has {len(bits)} places, but the circuit has {have}",
            where=f"observables[{row}]",
            cure=f'write one of 0, 1, - for every wire, the highest first: "{example}"',
            value=text,
        )
    mask = int("0" + "".join("0" if bit == "-" else "1" for bit in bits), 2)
    return Projector(row, weight, mask, int("0" + bits.replace("-", "0"), 2))


def _term(row: int, text: object, weight: float, n_qubits: int) -> Term:
    place = f"observables[{row}]"
    if not isinstance(text, str) or _FACTOR.sub("", text).strip(" *@Ii"):
        raise EngineError(
            f"observable {text!r} is not a Pauli string",
            where=place,
            cure='write letters I, X, Y, Z with wire numbers: "Z0 Z1", or a projector: "|01>"',
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
    return Term(row, weight, x, z)
