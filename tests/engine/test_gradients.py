"""Gradients of weights and inputs: central differences, the parameter-shift rule, threads, chunks."""

from __future__ import annotations

import numpy as np
import pytest

from qlab import engine
from qlab.circuit import Circuit, templates
from qlab.engine import capacity

from .reference import random_circuit, random_observable

STEP = 1e-5


@pytest.fixture(autouse=True)
def _same_threads():
    before = engine.get_threads()
    yield
    engine.set_threads(before)


def central_differences(plan: engine.Plan, x: np.ndarray, w: np.ndarray, cotangent: np.ndarray):
    """Return grad_w and grad_x of ``sum(cotangent * expectations)``."""

    def per_sample(x: np.ndarray, w: np.ndarray) -> np.ndarray:
        return (plan.expectations(x, w) * cotangent).sum(1)

    def slope(dx: np.ndarray, dw: np.ndarray) -> np.ndarray:
        return (per_sample(x + STEP * dx, w + STEP * dw) - per_sample(x - STEP * dx, w - STEP * dw)) / (2 * STEP)

    none_x, none_w = np.zeros(x.shape[1]), np.zeros(len(w))
    grad_w = np.array([slope(none_x, unit).sum() for unit in np.eye(len(w))])
    grad_x = np.stack([slope(unit, none_w) for unit in np.eye(x.shape[1])], axis=1)
    return grad_w, grad_x


def test_gradients_of_random_circuits_match_central_differences() -> None:
    for seed in range(100):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(1, 6))
        circuit = random_circuit(rng, n, int(rng.integers(1, 20)))
        batch = (1, 7, 33)[seed % 3]
        x, w, cotangent = rng.normal(size=(batch, 3)), rng.normal(size=4), rng.normal(size=(batch, 2))
        plan = engine.compile(circuit, [random_observable(rng, n) for _ in range(2)])
        values, grad_w, grad_x = plan.value_and_vjp(x, w, cotangent, want_x=True)
        np.testing.assert_allclose(values, plan.expectations(x, w), atol=1e-13)
        want_w, want_x = central_differences(plan, x, w, cotangent)
        scale = 1 + np.abs(grad_w).max()
        np.testing.assert_allclose(grad_w / scale, want_w / scale, atol=1e-6, err_msg=f"seed {seed}")
        np.testing.assert_allclose(grad_x, want_x, atol=1e-6, err_msg=f"seed {seed}")


def test_asking_for_inputs_does_not_change_the_gradient_of_weights() -> None:
    rng = np.random.default_rng(2)
    plan = engine.compile(random_circuit(rng, 4, 30), ["Z0 X1", "Y2"])
    x, w, cotangent = rng.normal(size=(9, 3)), rng.normal(size=4), rng.normal(size=(9, 2))
    _, without, none = plan.value_and_vjp(x, w, cotangent)
    _, with_x, grad_x = plan.value_and_vjp(x, w, cotangent, want_x=True)
    assert none is None
    assert grad_x is not None
    np.testing.assert_allclose(without, with_x, atol=1e-12)


def test_gradients_match_the_parameter_shift_rule() -> None:
    rng = np.random.default_rng(3)
    circuit = templates.efficient_su2(4, 2)
    plan = engine.compile(circuit, ["Z0 Z3", {"X1": 0.5, "Y2": -1.0}])
    w, cotangent = rng.normal(size=circuit.n_weights), rng.normal(size=(1, 2))
    _, grad, _ = plan.value_and_vjp(None, w, cotangent)
    for j, unit in enumerate(np.eye(len(w)) * np.pi / 2):
        shifted = plan.expectations(None, w + unit) - plan.expectations(None, w - unit)
        np.testing.assert_allclose(grad[j], (shifted * cotangent).sum() / 2, atol=1e-12)


def test_a_callable_cotangent_sees_the_values() -> None:
    plan = engine.compile(Circuit(1).append("ry", 0, "x[0] + w[0]"), ["Z0"])
    x, y = np.array([[0.1], [0.7]]), np.array([1.0, -1.0])

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        error = values[:, 0] - y
        return float(error @ error), (2 * error)[:, None]

    values, grad, _ = plan.value_and_vjp(x, [0.2], loss)
    angle = x[:, 0] + 0.2
    np.testing.assert_allclose(values[:, 0], np.cos(angle))
    np.testing.assert_allclose(grad[0], np.sum(2 * (np.cos(angle) - y) * -np.sin(angle)))


def test_any_number_of_threads_gives_the_same_bits() -> None:
    rng = np.random.default_rng(4)
    circuit = templates.reuploading(10, 3)
    plan = engine.compile(circuit)
    x = rng.normal(size=(67, circuit.n_inputs))
    w, cotangent = rng.normal(size=circuit.n_weights), rng.normal(size=(67, 10))
    results = []
    for threads in (1, 2, 3):
        engine.set_threads(threads)
        results.append((*plan.value_and_vjp(x, w, cotangent, want_x=True), plan.expectations(x, w)))
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            assert one is not None
            assert two is not None
            assert one.tobytes() == two.tobytes()


def test_recomputed_states_give_the_same_bits_as_kept_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(6)
    circuit = random_circuit(rng, 5, 30)
    x, w, cotangent = rng.normal(size=(50, 3)), rng.normal(size=4), rng.normal(size=(50, 1))
    kept = engine.compile(circuit, ["Z0"]).value_and_vjp(x, w, cotangent, want_x=True)
    monkeypatch.setattr(capacity, "KEEP_BYTES", 1)
    for given in (cotangent, lambda values: (0.0, cotangent)):
        again = engine.compile(circuit, ["Z0"]).value_and_vjp(x, w, given, want_x=True)
        for one, two in zip(kept, again, strict=True):
            assert one is not None
            assert two is not None
            assert one.tobytes() == two.tobytes()


def test_calls_from_several_threads_do_not_mix() -> None:
    from concurrent.futures import ThreadPoolExecutor

    rng = np.random.default_rng(7)
    circuit = templates.reuploading(8, 2)
    plan = engine.compile(circuit, ["Z0", "Z7"])
    w = rng.normal(size=circuit.n_weights)
    inputs = [rng.normal(size=(40, circuit.n_inputs)) for _ in range(12)]
    want = [plan.value_and_vjp(x, w, np.ones((40, 2)))[1] for x in inputs]
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda x: plan.value_and_vjp(x, w, np.ones((40, 2)))[1], inputs))
    for one, two in zip(want, got, strict=True):
        assert np.array_equal(one, two)
