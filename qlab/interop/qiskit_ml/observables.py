"""Observables from Qiskit's many forms to sorted Pauli terms in the engine's notation; it must not run anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from qiskit.quantum_info import Operator, Pauli, SparseObservable, SparsePauliOp

from qlab.errors import EngineError

Terms = tuple[tuple[str, float], ...]  # (("Z0 X2", 0.5), ...): hashable, so that plans can be found by it
MAX_PROJECTORS = 12  # letters 0 1 + - r l in one term: each doubles its Pauli strings


def terms_of(observable: Any, n_qubits: int, where: str) -> Terms:
    """Return the Pauli terms of an observable, sorted, with real weights.

    Args:
        observable: A `SparsePauliOp`, `Pauli`, `SparseObservable` (its projectors become Paulis) or `Operator`; or in
            qlab's own notation a text ``"Z0 Z1"`` or a mapping ``{"Z0 Z1": 0.5}``.
        n_qubits: The circuit's number of qubits.
        where: The place that an error names.

    Raises:
        EngineError: for another number of qubits, a weight that isn't real, or a type that isn't an observable.

    Example:
        >>> terms_of(SparsePauliOp(["ZIX", "III"], [0.5, 2.0]), 3, "observables[0]")
        (('I', 2.0), ('X0 Z2', 0.5))
    """
    if isinstance(observable, str):
        return ((observable, 1.0),)
    if isinstance(observable, Mapping):
        return tuple(sorted((str(text), weight) for text, weight in observable.items()))
    if isinstance(observable, Operator):
        observable = SparsePauliOp.from_operator(observable)
    if isinstance(observable, SparsePauliOp):
        observable = SparseObservable.from_sparse_pauli_op(observable)
    elif isinstance(observable, Pauli):
        observable = SparseObservable.from_pauli(observable)
    if not isinstance(observable, SparseObservable):
        raise EngineError(
            f"an observable of type {type(observable).__name__} isn't understood",
            where=where,
            cure='use a SparsePauliOp, a Pauli, an Operator, or a text such as "Z0 Z1"',
            value=observable,
        )
    if observable.num_qubits != n_qubits:
        raise EngineError(
            f"the observable has {observable.num_qubits} qubits, the circuit {n_qubits}",
            where=where,
            cure="give it one letter per qubit; after a transpilation use observable.apply_layout(circuit.layout)",
            value=observable.num_qubits,
        )
    sums: dict[str, complex] = {}
    for letters, qubits, weight in _paulis(observable, where):
        text = " ".join(f"{p}{q}" for q, p in sorted(zip(qubits, letters, strict=True))) or "I"
        sums[text] = sums.get(text, 0.0) + complex(weight)
    for text, weight in sums.items():
        if abs(weight.imag) > 1e-12 * max(1.0, abs(weight.real)) or not np.isfinite(weight.real):
            raise EngineError(
                f"the weight of {text} is {weight}, so the observable isn't Hermitian",
                where=where,
                cure="use finite real weights",
                value=weight,
            )
    return tuple(sorted((text, weight.real) for text, weight in sums.items())) or (("I", 0.0),)


def _paulis(observable: SparseObservable, where: str) -> list[tuple[str, list[int], complex]]:
    found: list[tuple[str, list[int], complex]] = observable.to_sparse_list()
    most = max((sum(letter not in "XYZ" for letter in letters) for letters, _, _ in found), default=0)
    if most > MAX_PROJECTORS:
        raise EngineError(
            f"a term has {most} projectors, which are {1 << most} Pauli strings",
            where=where,
            cure=f"project at most {MAX_PROJECTORS} qubits, or read the probability with EngineSampler",
            value=most,
        )
    return observable.as_paulis().to_sparse_list() if most else found
