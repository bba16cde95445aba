"""Noise of a teaching size: depolarising, amplitude damping and readout errors, by trajectories on up to 10 qubits.

A trajectory is a pure state on which each channel has fallen one way; their mean is the density matrix. It must not
simulate anything itself: `branches` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from qlab.circuit import Operation
from qlab.errors import EngineError

from . import trajectory
from .arrays import ComplexArray, FloatArray
from .branches import Action, Damp, Depolarise
from .observables import Term

if TYPE_CHECKING:
    from .plan import Plan

MAX_QUBITS = 10


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """What goes wrong, the same on every wire.

    Args:
        depolarizing_1q: After a gate on one wire: probability that the wire becomes fully mixed.
        depolarizing_2q: After a gate on two or more wires, its controls included: that all of them together do.
        amplitude_damping: After every gate, on each of its wires: probability that 1 decays to 0.
        readout: Probability that a measured bit reads wrong; or a pair, that 0 reads 1 and that 1 reads 0.

    Raises:
        EngineError: for a probability outside [0, 1].

    Example:
        >>> NoiseModel(depolarizing_2q=0.01, readout=(0.01, 0.03)).wrong
        (0.01, 0.03)
    """

    depolarizing_1q: float = 0.0
    depolarizing_2q: float = 0.0
    amplitude_damping: float = 0.0
    readout: float | tuple[float, float] = 0.0

    def __post_init__(self) -> None:
        for name in ("depolarizing_1q", "depolarizing_2q", "amplitude_damping"):
            _check(getattr(self, name), name)
        pair: tuple[float, ...] = self.readout if isinstance(self.readout, tuple) else (self.readout,) * 2
        if len(pair) != 2:
            cure = "give one probability, or the two of 1 for 0 and of 0 for 1"
            raise EngineError(f"readout has {len(pair)} entries", where="argument readout", cure=cure)
        for p in pair:
            _check(p, "readout")

    @property
    def wrong(self) -> tuple[float, float]:
        """Probability that 0 reads 1, and that 1 reads 0."""
        return self.readout if isinstance(self.readout, tuple) else (self.readout, self.readout)

    @property
    def is_zero(self) -> bool:
        """Whether nothing goes wrong."""
        return not (self.depolarizing_1q or self.depolarizing_2q or self.amplitude_damping or any(self.wrong))

    def after(self, op: Operation) -> list[Action]:
        """Return the channels after a gate."""
        wires, out = op.wires, list[Action]()
        p = self.depolarizing_1q if len(wires) == 1 else self.depolarizing_2q
        if p and wires:
            out.append(Depolarise(wires, p, op.condition))
        if self.amplitude_damping:
            out += [Damp(q, self.amplitude_damping, op.condition) for q in wires]
        return out


def _check(p: Any, name: str) -> None:
    if not isinstance(p, int | float | np.integer | np.floating) or isinstance(p, bool) or not 0 <= p <= 1:
        raise EngineError(f"{name} is {p!r}, no probability", where=f"argument {name}", cure="use 0 to 1", value=p)


def check_size(n_qubits: int) -> None:
    """Raise EngineError where trajectories would take too long to teach with."""
    if n_qubits > MAX_QUBITS:
        raise EngineError(
            f"noise on {n_qubits} qubits is more than the {MAX_QUBITS} it is made for",
            where=f"n_qubits = {n_qubits}",
            cure=f"use at most {MAX_QUBITS} qubits, leave the noise out, or take Qiskit Aer's density matrix",
            value=n_qubits,
        )


def noisy_expectations(
    plan: Plan, X: Any, w: Any, noise: NoiseModel, trajectories: int, seed: int | None
) -> tuple[FloatArray, FloatArray]:
    """Return means and standard errors; see `Plan.noisy_expectations`."""
    check_size(plan.n_qubits)
    if not isinstance(noise, NoiseModel):
        raise EngineError(
            f"the noise is {noise!r}", where="argument noise", cure="pass engine.NoiseModel(...)", value=noise
        )
    if not isinstance(trajectories, int | np.integer) or isinstance(trajectories, bool) or trajectories < 2:
        raise EngineError(
            f"{trajectories!r} trajectories were asked for",
            where="argument trajectories", cure="use a whole number of at least 2", value=trajectories,
        )  # fmt: skip
    if noise.is_zero and plan.obstacle is None:
        exact = plan.expectations(X, w)
        return exact, np.zeros_like(exact)
    x, weights = plan._check(X, w)
    terms = read_with_errors(plan.terms, noise.wrong)
    total = np.zeros((len(x), plan.n_observables))
    squares = np.zeros_like(total)
    # Deviations from a first value: the sum of squares then loses no digits.
    first: list[FloatArray | None] = [None] * len(x)
    rng = np.random.default_rng(seed)
    for rows in trajectory.final_rows(plan, x, weights, int(trajectories), rng, noise):
        values = dense_expectations(rows.states, terms, plan.n_observables)
        for sample in np.unique(rows.samples):
            at = rows.samples == sample
            start = first[sample]
            if start is None:
                start = first[sample] = values[at][0]
            off, shots = values[at] - start, rows.shots[at][:, None]
            total[sample] += (shots * off).sum(axis=0)
            squares[sample] += (shots * off**2).sum(axis=0)
    mean = total / trajectories
    variance = np.maximum(squares / trajectories - mean**2, 0) / (trajectories - 1)
    span = np.zeros(plan.n_observables)
    for term in terms:
        span[term.row] += 2 * abs(term.coefficient) * bool(term.x | term.z)
    return mean + np.array(first), np.hypot(np.sqrt(variance), span / trajectories)


def read_with_errors(terms: Sequence[Term], wrong: tuple[float, float]) -> list[Term]:
    """Return the terms as a faulty readout sees them: each Pauli P is a P + b, with a, b from the two probabilities."""
    a, b = 1 - wrong[0] - wrong[1], wrong[1] - wrong[0]
    out: list[Term] = []
    for term in terms:
        wires = [q for q in range((term.x | term.z).bit_length()) if (term.x | term.z) >> q & 1]
        for kept in range(len(wires) + 1) if b else (len(wires),):
            for chosen in combinations(wires, kept):
                mask = sum(1 << q for q in chosen)
                weight = term.coefficient * a**kept * b ** (len(wires) - kept)
                out.append(Term(term.row, weight, term.x & mask, term.z & mask))
    return out


def dense_expectations(states: ComplexArray, terms: Sequence[Term], n_observables: int) -> FloatArray:
    """Return the expectations of Pauli sums, shape (rows, n_observables), of normalised states (rows, 2**n)."""
    out = np.zeros((len(states), n_observables))
    k = np.arange(states.shape[1])
    for term in terms:
        sign = 1 - 2 * (np.bitwise_count(k & term.z) & 1).astype(float)
        value = np.einsum("ij,j,ij->i", states[:, k ^ term.x].conj(), sign, states) * 1j**term.turns
        out[:, term.row] += term.coefficient * value.real
    return out
