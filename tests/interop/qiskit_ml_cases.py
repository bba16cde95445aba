"""Random Qiskit circuits and networks that the tests of `qlab.interop.qiskit_ml` share."""

from __future__ import annotations

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

ONE = ("rx", "ry", "rz", "p")
TWO = ("rxx", "ryy", "rzz", "rzx")
PLAIN_TWO = ("cx", "cz", "cy")


def random_circuit(rng: np.random.Generator, n: int, depth: int = 12, n_parameters: int = 5) -> QuantumCircuit:
    """A circuit of gates whose gradient the parameter-shift rule knows; angles are affine in shared parameters."""
    t = ParameterVector("t", n_parameters)
    qc = QuantumCircuit(n)
    qc.h(range(n))
    for k in range(depth):
        angle = t[k % n_parameters] * float(rng.uniform(-2, 2)) + float(rng.uniform(-1, 1))
        if rng.random() < 0.3:
            angle = angle + 0.5 * t[int(rng.integers(n_parameters))]
        if n > 1 and rng.random() < 0.5:
            a, b = rng.choice(n, 2, replace=False).tolist()
            getattr(qc, str(rng.choice(TWO)))(angle, a, b)
            getattr(qc, str(rng.choice(PLAIN_TWO)))(b, a)
        else:
            getattr(qc, str(rng.choice(ONE)))(angle, int(rng.integers(n)))
    return qc


def random_observable(rng: np.random.Generator, n: int, terms: int = 3) -> SparsePauliOp:
    """A sum of Pauli strings with real weights."""
    labels = ["".join(rng.choice(list("IXYZ"), n)) for _ in range(terms)]
    return SparsePauliOp([*labels, "Z" * n], [*rng.normal(size=terms), 1.0])


def network_circuit(n: int = 2) -> tuple[QuantumCircuit, ParameterVector, ParameterVector]:
    """A feature map and an ansatz, with the parameters' names in an order that isn't theirs by alphabet."""
    x, w = ParameterVector("z", n), ParameterVector("a", 2 * n)
    qc = QuantumCircuit(n)
    for q in range(n):
        qc.ry(x[n - 1 - q], q)
    for q in range(n):
        qc.rz(w[q] + 0.3 * x[q], q)
    for q in range(n - 1):
        qc.cx(q, q + 1)
    for q in range(n):
        qc.ry(2 * w[n + q], q)
    return qc, x, w
