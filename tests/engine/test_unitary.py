"""Matrices, blocks and many controls in the engine are Qiskit's."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from qlab import engine
from qlab.circuit import GATES, Circuit
from tests.engine.reference import UNITARY, random_circuit
from tests.vectors import cases
from tests.vectors.reference import to_reference

X, W = np.array([0.3, -1.1, 0.7, 2.2]), np.linspace(-1, 2, 13)


def reference_state(circuit: Circuit, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Qiskit's amplitudes."""
    found = to_reference(circuit, list(x), list(w))
    assert found is not None
    return np.asarray(Statevector(found).data)


def random_matrix(rng: np.random.Generator, qubits: int) -> np.ndarray:
    """A random unitary matrix."""
    size = 2**qubits
    q, _ = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))
    return q


def with_matrices(rng: np.random.Generator, n: int) -> Circuit:
    """A random circuit of gates and matrices with any controls, some of it grouped."""
    circuit = random_circuit(rng, n, 4)
    for _ in range(4):
        wires = [int(q) for q in rng.permutation(n)]
        k = int(rng.integers(1, min(3, n) + 1))
        rest = wires[k : int(rng.integers(k, n + 1))]
        cut = int(rng.integers(0, len(rest) + 1))
        circuit = circuit.append(
            "unitary", wires[:k], matrix=random_matrix(rng, k), controls=rest[:cut], anticontrols=rest[cut:]
        )
        circuit = circuit.compose(random_circuit(rng, n, 2))
    ids = [op.id for op in circuit.ops]
    circuit = circuit.group(ids[3:9], "A")
    if n > 2:
        circuit = circuit.append("block:A", [int(q) for q in rng.permutation(n)][: circuit.blocks[0].qubits])
    return circuit


@pytest.mark.parametrize("controls", range(6))
def test_every_gate_with_up_to_five_controls_is_qiskits(controls: int) -> None:
    rng = np.random.default_rng(controls)
    for name in UNITARY:
        row = GATES[name]
        if controls and not row.controllable:
            continue
        n = row.targets + controls
        if n == 0:
            continue
        wires = [int(q) for q in rng.permutation(n)]
        circuit = Circuit(n)
        for q in range(n):
            circuit = circuit.append("u", q, 0.3 + q, 0.5 * q, 1.1 - q)
        cut = controls // 2
        circuit = circuit.append(
            name,
            wires[: row.targets],
            *[f"w[{i}]" for i in range(len(row.params))],
            controls=wires[row.targets : n - cut],
            anticontrols=wires[n - cut :],
        )
        w = np.linspace(0.4, 1.4, circuit.n_weights)
        got = engine.compile(circuit).statevector(None, w)[0]
        np.testing.assert_allclose(got, reference_state(circuit, X, w), atol=1e-10, err_msg=name)


def test_random_circuits_with_matrices_and_blocks_are_qiskits() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        circuit = with_matrices(rng, int(rng.integers(1, 7)))
        x, w = rng.normal(size=(2, circuit.n_inputs)), rng.normal(size=circuit.n_weights)
        got = engine.compile(circuit).statevector(x, w)
        for b in range(2):
            np.testing.assert_allclose(got[b], reference_state(circuit, x[b], w), atol=1e-10, err_msg=f"seed {seed}")


def test_gradients_through_matrices_and_blocks_are_central_differences() -> None:
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        circuit = with_matrices(rng, 4)
        plan = engine.compile(circuit, ["Z0", {"X1 Y2": 0.7, "Z3": -1.2}])
        x, w = rng.normal(size=(3, circuit.n_inputs)), rng.normal(size=circuit.n_weights)
        cotangent = rng.normal(size=(3, 2))
        _, grad_w, grad_x = plan.value_and_vjp(x, w, cotangent, want_x=True)
        assert grad_x is not None
        h = 1e-5
        for j in range(len(w)):
            step = h * np.eye(len(w))[j]
            slope = np.sum(cotangent * (plan.expectations(x, w + step) - plan.expectations(x, w - step))) / (2 * h)
            assert abs(slope - grad_w[j]) < 1e-6, f"seed {seed}, w[{j}]"
        for i in range(x.shape[1]):
            step = h * np.eye(x.shape[1])[i]
            slopes = np.sum(cotangent * (plan.expectations(x + step, w) - plan.expectations(x - step, w)), axis=1)
            np.testing.assert_allclose(slopes / (2 * h), grad_x[:, i], atol=1e-6)


@pytest.mark.parametrize(
    "circuit", [c for c in cases.circuits() if c.blocks or "matri" in c.name], ids=lambda c: c.name
)
def test_the_vectors_with_matrices_and_blocks(circuit: Circuit) -> None:
    if circuit.n_clbits:
        return
    got = engine.compile(circuit).statevector([X[: circuit.n_inputs]], W[: circuit.n_weights])[0]
    np.testing.assert_allclose(got, reference_state(circuit, X, W), atol=1e-10)


def test_a_matrix_on_three_qubits_walks_seven_states() -> None:
    matrix = random_matrix(np.random.default_rng(1), 3)
    plan = engine.compile(Circuit(6).append("unitary", [4, 0, 2], matrix=matrix))
    from qlab.engine.lower import lower

    pairs = [2 ** (6 - 1 - len(p.constraints)) for p in lower(plan.circuit).passes]
    assert sum(pairs) == 28 * 2**6 // 8
