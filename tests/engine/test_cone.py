"""Observables that see few of the amplitudes: a state of fewer qubits must give the same, and be what runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, note, seed, settings
from hypothesis import strategies as st

from qlab import engine
from qlab.circuit import Circuit
from qlab.engine.frame import independent
from qlab.engine.schedule import layers

from .reference import qiskit_expectation, qiskit_state, random_circuit


def widened(plan: engine.Plan) -> engine.Plan:
    """Make a plan run on all its qubits."""
    plan.__dict__["_schedule"] = (layers(plan._lowered.gates, plan._masks, plan.n_qubits), plan._lowered.frame)
    return plan


def width(plan: engine.Plan) -> int:
    """Return how many qubits a plan's state has."""
    return plan._schedule[1].n


@seed(20240609)
@settings(max_examples=100, deadline=None, database=None)
@given(number=st.integers(0, 2**32 - 1), n=st.integers(3, 9))
def test_fewer_qubits_give_the_same_values_and_gradients(number: int, n: int) -> None:
    note(f"np.random.default_rng({number}), {n} qubits")
    rng = np.random.default_rng(number)
    circuit = random_circuit(rng, n, int(rng.integers(2, 12)))
    wires = [int(q) for q in rng.permutation(n)[:3]]
    bits = "".join(rng.choice(["0", "1", "-"], n, p=[0.35, 0.3, 0.35]))
    names = [f"Z{wires[0]}", f"X{wires[0]} Z{wires[1]}", f"Y{wires[2]}", {"|" + bits + ">": 0.5, f"Z{wires[1]}": 1.0}]
    observables = [names[k] for k in rng.permutation(4)[: int(rng.integers(1, 4))]]
    narrow, wide = engine.compile(circuit, observables), widened(engine.compile(circuit, observables))
    x, w = rng.normal(size=(3, narrow.n_inputs)), rng.normal(size=narrow.n_weights) * rng.choice([1.0, 6.0])
    cotangent = rng.normal(size=(3, len(observables)))
    got, want = (plan.value_and_vjp(x, w, cotangent, want_x=True) for plan in (narrow, wide))
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-11 * max(1.0, np.abs(b).max(initial=0)))
    np.testing.assert_allclose(narrow.statevector(x, w), wide.statevector(x, w), atol=1e-14)


@pytest.mark.parametrize(("n", "most"), [(8, 4), (12, 4), (16, 4)])
def test_one_wire_of_a_shallow_circuit_needs_a_few_qubits(n: int, most: int) -> None:
    circuit, k = Circuit(n), 0
    for layer in range(4):
        for gate in ("ry", "rz"):
            for q in range(n):
                circuit, k = circuit.append(gate, q, f"w[{k}]"), k + 1
        for q in range(n - 1 if layer < 3 else 0):
            circuit = circuit.append("cx", [q, q + 1])
    plan = engine.compile(circuit, ["Z0"])
    assert width(plan) <= most
    w = np.linspace(-3, 3, plan.n_weights)
    state = qiskit_state(circuit, np.empty(0), w)
    assert abs(plan.expectations(None, w)[0, 0] - qiskit_expectation(state, {"Z0": 1.0}, n)) < 1e-12
    assert plan._chosen(1, gradient=True) is None  # nor is a large state's path taken for them


def test_idle_wires_and_relabelled_ones_cost_nothing() -> None:
    ghz = Circuit(20).append("ry", 0, "w[0]")
    for q in range(19):
        ghz = ghz.append("cx", [q, q + 1])
    plan = engine.compile(
        ghz, ["Z19", "Z3 Z17", "X0", "|" + "1" * 20 + ">", "|0" + "1" * 19 + ">", "|" + "0" * 20 + ">"]
    )
    assert width(plan) == 1
    values, grad, _ = plan.value_and_vjp(None, [0.7], [[1.0, 1.0, 1.0, 1.0, 1.0, 0.0]])
    c, s = np.cos(0.7), np.sin(0.7)
    np.testing.assert_allclose(values[0], [c, 1.0, 0.0, (1 - c) / 2, 0.0, (1 + c) / 2], atol=1e-15)
    np.testing.assert_allclose(grad, [-s + s / 2], atol=1e-15)


def test_a_circuit_without_turns_still_runs() -> None:
    plan = engine.compile(Circuit(3).append("x", 1).append("rz", 0, "w[0]").append("cz", [0, 1]), ["Z0", "Z1", "X2"])
    values, grad, _ = plan.value_and_vjp(None, [0.3], [[1.0, 1.0, 1.0]])
    np.testing.assert_array_equal(values, [[1.0, -1.0, 0.0]])
    np.testing.assert_array_equal(grad, [0.0])


def test_constraints_that_follow_or_contradict() -> None:
    assert independent([(0b011, 1), (0b110, 0), (0b101, 1)]) == ((0b011, 1), (0b110, 0))
    assert independent([(0b011, 1), (0b110, 0), (0b101, 0)]) is None
    assert independent([(0, 0)]) == ()
    assert independent([(0, 1)]) is None
