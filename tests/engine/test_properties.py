"""A thousand random circuits over the whole gate set, each judged by Qiskit and by two rules of differentiation.

Hypothesis draws the seeds and prints those that fail.
"""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st

from qlab import engine
from qlab.circuit import Circuit

from .reference import qiskit_expectation, qiskit_state, random_circuit, random_observable

STEP = 1e-5


def close(got: np.ndarray, want: np.ndarray, tolerance: float) -> None:
    """Compare relative to the largest value, or absolutely where all are below one."""
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * max(1.0, float(np.abs(want).max(initial=0))))


@seed(20240607)
@settings(max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 2**32 - 1), n=st.integers(1, 8))
def test_a_random_circuit_is_qiskits_and_its_gradient_the_slope(number: int, n: int) -> None:
    note(f"np.random.default_rng({number}), {n} qubits")
    rng = np.random.default_rng(number)
    circuit = random_circuit(rng, n, int(rng.integers(1, 16 if n > 5 else 24)))
    observables = [random_observable(rng, n) for _ in range(2)]
    batch = int(rng.integers(1, 4))
    x, w = rng.normal(size=(batch, 3)), rng.normal(size=4) * rng.choice([1.0, 1.0, 6.0])
    plan = engine.compile(circuit, observables)
    states, values = plan.statevector(x, w), plan.expectations(x, w)
    want = qiskit_state(circuit, x[0], w)
    np.testing.assert_allclose(states[0], want, atol=1e-10)
    close(values[0], np.array([qiskit_expectation(want, o, n) for o in observables]), 1e-10)
    single = engine.compile(circuit, observables, dtype="complex64")
    np.testing.assert_allclose(single.statevector(x, w), states, atol=1e-4)
    cotangent = rng.normal(size=(batch, 2))
    _, grad_w, grad_x = plan.value_and_vjp(x, w, cotangent, want_x=True)
    values_32, grad_w_32, grad_x_32 = single.value_and_vjp(x, w, cotangent, want_x=True)
    assert grad_x is not None
    assert grad_x_32 is not None
    close(values_32, values, 1e-4)
    close(grad_w_32, grad_w, 1e-4)
    close(grad_x_32, grad_x, 1e-4)
    # One direction through all inputs and weights: a wrong partial derivative shows with probability one.
    along_x, along_w = rng.normal(size=(1, 3)), rng.normal(size=4)
    h = STEP / (1 + np.abs(grad_w).max() ** 0.5)
    up, down = (plan.expectations(x + s * h * along_x, w + s * h * along_w) for s in (1, -1))
    slope = np.sum((up - down) * cotangent) / (2 * h)
    close(np.sum(grad_x * along_x) + grad_w @ along_w, np.asarray(slope), 1e-6)


@seed(20240608)
@settings(max_examples=60, deadline=None, database=None)
@given(number=st.integers(0, 2**32 - 1), n=st.integers(1, 8))
def test_gradients_are_those_of_the_parameter_shift_rule(number: int, n: int) -> None:
    rng = np.random.default_rng(number)
    circuit, k = Circuit(n), 0
    for _ in range(24):  # every weight in one gate whose generator has eigenvalues +-1/2
        name = ["rx", "ry", "rz", "p", "rxx", "ryy", "rzz", "rzx", "cx", "h"][rng.integers(10 if n > 1 else 4)]
        wires = [int(q) for q in rng.permutation(n)[: 2 if name in ("rxx", "ryy", "rzz", "rzx", "cx") else 1]]
        if name in ("cx", "h"):
            circuit = circuit.append(name, wires)
        else:
            circuit, k = circuit.append(name, wires, f"w[{k}]"), k + 1
    plan = engine.compile(circuit, [random_observable(rng, n)])
    w = rng.uniform(-10, 10, circuit.n_weights)
    _, grad, _ = plan.value_and_vjp(None, w, [[1.0]])
    for j, unit in enumerate(np.eye(len(w)) * np.pi / 2):
        shifted = (plan.expectations(None, w + unit) - plan.expectations(None, w - unit))[0, 0] / 2
        assert abs(grad[j] - shifted) < 1e-6, f"w[{j}], seed {number}"
