"""The Fubini–Study metric: an analytic case, Qiskit's derivatives, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

import qlab
from qlab.errors import TrainError
from qlab.models.depth import depth_of_weights
from qlab.models.metric import Metric


def qiskits(circuit: qlab.Circuit, w: np.ndarray) -> np.ndarray:
    """The whole metric from differences of Qiskit's statevectors."""

    def state(at: np.ndarray) -> np.ndarray:
        qc = circuit.to_qiskit()
        return Statevector(
            qc.assign_parameters(dict(zip(sorted(qc.parameters, key=lambda p: p.index), at, strict=True)))
        ).data

    h, s = 1e-5, state(w)
    J = np.array([(state(w + h * e) - state(w - h * e)) / (2 * h) for e in np.eye(len(w))])
    along = J.conj() @ s
    return (J.conj() @ J.T).real - np.outer(along, along.conj()).real


def test_two_qubits_against_the_formula_of_the_paper() -> None:
    # RY(w0) ⊗ RY(w1), CX, RZ(w2) ⊗ RZ(w3): the first block is 1/4, the second the covariance of Z after the CX
    c = qlab.Circuit(2).append("ry", 0, "w[0]").append("ry", 1, "w[1]").append("cx", [0, 1])
    c = c.append("rz", 0, "w[2]").append("rz", 1, "w[3]")
    w = np.array([0.7, 1.2, 0.3, -0.5])
    z0, z1 = np.cos(w[0]), np.cos(w[0]) * np.cos(w[1])  # ⟨Z0⟩, ⟨Z1⟩ after the CX, and ⟨Z0 Z1⟩ is cos w1
    want = np.zeros((4, 4))
    want[0, 0] = want[1, 1] = 0.25
    want[2:, 2:] = 0.25 * np.array([[1 - z0**2, np.cos(w[1]) - z0 * z1], [np.cos(w[1]) - z0 * z1, 1 - z1**2]])
    np.testing.assert_allclose(Metric(c).at(np.zeros((1, 0)), w), want, atol=1e-12)


def test_blocks_equal_those_of_qiskits_derivatives() -> None:
    c = qlab.Circuit(3)
    for gate, wires in (("ry", 0), ("rx", 1), ("rz", 2), ("crx", [0, 1]), ("rzz", [1, 2]), ("cp", [0, 2]), ("p", 1)):
        c = c.append(gate, wires, f"w[{c.n_weights}]").append("h", 0)
    c = c.append("ry", 1, f"w[{c.n_weights}]", anticontrols=[0])
    w = np.random.default_rng(1).normal(size=c.n_weights)
    found, whole = Metric(c).at(np.zeros((1, 0)), w), qiskits(c, w)
    layer = depth_of_weights(c)
    same = layer[:, None] == layer[None, :]
    np.testing.assert_allclose(found[same], whole[same], atol=1e-8)
    assert (found[~same] == 0).all()
    assert np.count_nonzero(same) > len(w)


def test_rows_are_averaged_and_expressions_pulled_back() -> None:
    c = qlab.Circuit(1).append("ry", 0, "x[0]*w[0]+2*w[1]")
    rows = np.array([[1.0], [3.0]])
    want = np.mean([np.outer(v, v) / 4 for v in ([1.0, 2.0], [3.0, 2.0])], axis=0)
    np.testing.assert_allclose(Metric(c).at(rows, np.array([0.3, 0.4])), want, atol=1e-12)


def test_a_gate_without_a_generator_is_named() -> None:
    with pytest.raises(TrainError, match=r"'u' \(at op g1\)"):
        Metric(qlab.Circuit(1).append("u", 0, "w[0]", "w[1]", "0"))
    Metric(qlab.Circuit(1).append("u", 0, "x[0]", "0", "0").append("ry", 0, "w[0]"))


def test_natural_gradient_steps_straight_down_where_plain_descent_crawls() -> None:
    # the energy of Stokes et al.'s figure: one qubit, RY then RZ; the metric flattens its long valley
    c = qlab.Circuit(1).append("ry", 0, "w[0]").append("rz", 0, "w[1]")
    plan = qlab.engine.compile(c, ["X0"])
    metric, X = Metric(c), np.zeros((1, 0))
    plain = natural = np.array([0.05, 0.4])
    for _ in range(40):
        plain = plain - 0.05 * plan.value_and_vjp(X, plain, np.ones((1, 1)))[1]
        grad = plan.value_and_vjp(X, natural, np.ones((1, 1)))[1]
        natural = natural - 0.05 * np.linalg.solve(metric.at(X, natural) + 1e-3 * np.eye(2), grad)
    assert plan.expectations(X, natural)[0, 0] < plan.expectations(X, plain)[0, 0] - 0.05
