"""Kernel matrices are Qiskit's fidelities, simulate each state once, and are refused before they'd exhaust memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from qiskit.quantum_info import Statevector, state_fidelity

from qlab import engine
from qlab.circuit import Circuit, templates
from qlab.engine import capacity, gram
from qlab.engine.plan import Plan
from qlab.errors import EngineError
from tests.engine.reference import qiskit_state, random_circuit


def fidelities(circuit: Circuit, a: np.ndarray, b: np.ndarray, w: np.ndarray) -> np.ndarray:
    """By Qiskit, pair by pair."""
    left = [Statevector(qiskit_state(circuit, x, w)) for x in a]
    right = [Statevector(qiskit_state(circuit, x, w)) for x in b]
    return np.array([[state_fidelity(p, q) for q in right] for p in left])


@pytest.mark.parametrize("seed", range(8))
def test_every_entry_is_qiskits_fidelity(seed: int) -> None:
    rng = np.random.default_rng(seed)
    circuit = random_circuit(rng, int(rng.integers(1, 5)), 12)
    a, b, w = rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=4)
    np.testing.assert_allclose(engine.kernel_matrix(circuit, a, b, w), fidelities(circuit, a, b, w), atol=1e-10)
    np.testing.assert_allclose(engine.kernel_matrix(circuit, a, w=w), fidelities(circuit, a, a, w), atol=1e-10)


def test_the_symmetric_matrix_is_symmetric_to_the_bit_with_ones_on_its_diagonal() -> None:
    x = np.random.default_rng(0).uniform(-2, 2, (600, 3))  # several blocks of the product
    circuit = templates.zz_feature_map(3)
    k = engine.kernel_matrix(circuit, x)
    assert np.array_equal(k, k.T)
    assert np.array_equal(np.diag(k), np.ones(600))
    assert k.min() >= 0
    assert k.max() <= 1
    assert np.linalg.eigvalsh(k).min() > -1e-10
    assert np.array_equal(k, engine.kernel_matrix(engine.compile(circuit), x, x.copy()))
    np.testing.assert_allclose(engine.kernel_matrix(circuit, x[:300], x[300:]), k[:300, 300:], atol=1e-14)


@pytest.mark.parametrize("symmetric", [True, False])
def test_in_little_memory_states_are_made_in_parts_with_the_same_result(
    symmetric: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    circuit = templates.zz_feature_map(4)
    a, b = rng.normal(size=(23, 4)), rng.normal(size=(17, 4))
    whole = engine.kernel_matrix(circuit, a, None if symmetric else b)
    monkeypatch.setattr(gram, "_rows_at_once", lambda *_: 5)
    parts = engine.kernel_matrix(circuit, a, None if symmetric else b)
    np.testing.assert_allclose(parts, whole, atol=1e-14)
    assert not symmetric or np.array_equal(parts, parts.T)


def test_each_state_is_simulated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    original = Plan.statevector

    def counting(self: Plan, X: object = None, w: object = None) -> object:
        counted.append(len(X))  # type: ignore[arg-type]
        return original(self, X, w)

    monkeypatch.setattr(Plan, "statevector", counting)
    engine.kernel_matrix(templates.zz_feature_map(2), np.zeros((40, 2)))
    engine.kernel_matrix(templates.zz_feature_map(2), np.zeros((40, 2)), np.ones((7, 2)))
    assert counted == [40, 40, 7]


def test_too_large_is_refused_before_allocating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "memory_limit", lambda: 200 << 20)
    circuit = templates.angle_encoding(3)
    tracemalloc.start()
    with pytest.raises(EngineError, match="kernel matrix of 9000 x 9000 entries on 3 qubits needs 617 MiB") as caught:
        engine.kernel_matrix(circuit, np.zeros((9000, 3)))
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()
    assert caught.value.cure
    with pytest.raises(EngineError, match=r"X2 has shape \(2, 4\), expected \(batch, 3\)"):
        engine.kernel_matrix(circuit, np.zeros((2, 3)), np.zeros((2, 4)))
