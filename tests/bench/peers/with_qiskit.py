"""qiskit-machine-learning: `EstimatorQNN` as it comes, with our estimator and gradient, and `EngineQNN`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_machine_learning.neural_networks import EstimatorQNN, NeuralNetwork

from qlab.interop.qiskit_ml import AdjointEstimatorGradient, EngineEstimator, EngineQNN

from .work import Step, Work, gates, observable


def _parts(work: Work) -> dict[str, Any]:
    n = work.n
    x, w = ParameterVector("x", n), ParameterVector("w", len(work.w))
    qc = QuantumCircuit(n)
    for gate, q, k in gates(n):
        if gate == "cx":
            qc.cx(q, k)
        else:
            (qc.rz if gate == "rz" else qc.ry)(x[k] if gate == "encode" else w[k], q)
    terms = [("Z", [int(text[1:])], weight) for text, weight in observable(n, work.kind).items()]
    return {
        "circuit": qc,
        "observables": SparsePauliOp.from_sparse_list(terms, num_qubits=n),
        "input_params": x,
        "weight_params": w,
    }


def _step(make: Callable[..., NeuralNetwork], work: Work) -> Step:
    net = make(**_parts(work))

    def step() -> tuple[float, np.ndarray]:
        error = net.forward(work.x, work.w)[:, 0] - work.y
        grad = net.backward(work.x, work.w)[1]
        return float(np.mean(error**2)), 2 / len(work.x) * error @ grad[:, 0]

    return step


def default(work: Work) -> Step:
    """Return the step of an `EstimatorQNN` made with no options: exact values, parameter shift."""
    return _step(EstimatorQNN, work)


def with_ours(work: Work) -> Step:
    """Return the step of an `EstimatorQNN` with our estimator and gradient dropped in."""
    return _step(
        lambda **parts: EstimatorQNN(**parts, estimator=EngineEstimator(), gradient=AdjointEstimatorGradient()), work
    )


def engine_qnn(work: Work) -> Step:
    """Return the step of an `EngineQNN`."""
    return _step(EngineQNN, work)
