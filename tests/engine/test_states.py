"""The engine's amplitudes, expectations, probabilities and samples are Qiskit's."""

from __future__ import annotations

import numpy as np
import pytest

from qlab import engine
from qlab.circuit import GATES, Circuit

from .reference import UNITARY, qiskit_expectation, qiskit_state, random_circuit, random_observable

SEEDS = 300


def scrambled(n: int, circuit: Circuit) -> Circuit:
    """Return a circuit with a different one-qubit gate appended to every wire."""
    for q in range(n):
        circuit = circuit.append("u", q, 0.3 + q, 0.5 * q + 0.1, 1.1 - q)
    return circuit


@pytest.mark.parametrize("name", UNITARY)
def test_every_gate_with_every_kind_of_control_is_qiskits(name: str) -> None:
    row = GATES[name]
    rng = np.random.default_rng(1)
    for controls, anticontrols in (((), ()), ((2,), ()), ((), (3,)), ((2,), (3,)), ((2, 3), ())):
        if (controls or anticontrols) and not row.controllable:
            continue
        circuit = scrambled(4, Circuit(4)).append("cx", [1, 3])
        angles = [f"x[{i}]" for i in range(len(row.params))]
        circuit = circuit.append(name, list(range(row.targets)), *angles, controls=controls, anticontrols=anticontrols)
        circuit = scrambled(4, circuit)
        x = rng.normal(size=(3, circuit.n_inputs))
        states = engine.compile(circuit).statevector(x)
        for got, sample in zip(states, x, strict=True):
            np.testing.assert_allclose(got, qiskit_state(circuit, sample, np.empty(0)), atol=1e-10)


def test_random_circuits_over_the_whole_gate_set_are_qiskits() -> None:
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(1, 7))
        circuit = random_circuit(rng, n, int(rng.integers(1, 30)))
        x, w = rng.normal(size=(2, 3)), rng.normal(size=4)
        got = engine.compile(circuit).statevector(x, w)
        for b in range(2):
            want = qiskit_state(circuit, x[b], w)
            np.testing.assert_allclose(got[b], want, atol=1e-10, err_msg=f"seed {seed}")


def test_expectations_of_pauli_sums_are_qiskits_at_every_size_of_batch() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(1, 6))
        circuit = random_circuit(rng, n, int(rng.integers(1, 20)))
        observables = [random_observable(rng, n) for _ in range(3)]
        batch = (1, 7, 33)[seed % 3]
        x, w = rng.normal(size=(batch, 3)), rng.normal(size=4)
        got = engine.compile(circuit, observables).expectations(x, w)
        assert got.shape == (batch, 3)
        for b in {0, batch - 1}:
            state = qiskit_state(circuit, x[b], w)
            want = [qiskit_expectation(state, o, n) for o in observables]
            np.testing.assert_allclose(got[b], want, atol=1e-10, err_msg=f"seed {seed}")


def test_the_batch_is_only_a_batch() -> None:
    rng = np.random.default_rng(5)
    circuit = random_circuit(rng, 4, 25)
    plan = engine.compile(circuit, ["Z0", "X1 Y2"])
    x, w = rng.normal(size=(33, 3)), rng.normal(size=4)
    together = plan.expectations(x, w)
    one_by_one = np.concatenate([plan.expectations(x[b : b + 1], w) for b in range(33)])
    assert np.array_equal(together, one_by_one)


def test_probabilities_follow_the_order_of_the_wires_asked_for() -> None:
    circuit = Circuit(3).append("ry", 0, 0.4).append("ry", 1, 1.2).append("ry", 2, 2.1).append("cx", [0, 2])
    plan = engine.compile(circuit)
    full = plan.probabilities()[0]
    np.testing.assert_allclose(full, np.abs(plan.statevector()[0]) ** 2, atol=1e-15)
    want = np.zeros(4)
    for index, p in enumerate(full):
        want[(index >> 2 & 1) | (index & 1) << 1] += p
    np.testing.assert_allclose(plan.probabilities(qubits=[2, 0])[0], want, atol=1e-15)


def test_samples_have_the_states_frequencies_and_follow_the_seed() -> None:
    circuit = Circuit(2).append("ry", 0, "x[0]").append("cx", [0, 1])
    plan = engine.compile(circuit)
    shots = plan.sample([[1.0], [np.pi]], shots=20_000, seed=3)
    assert shots.shape == (2, 20_000)
    assert set(np.unique(shots[0])) == {0, 3}
    assert abs(np.mean(shots[0] == 3) - np.sin(0.5) ** 2) < 0.02
    assert np.all(shots[1] == 3)
    assert np.array_equal(shots, plan.sample([[1.0], [np.pi]], shots=20_000, seed=3))


def test_final_measurements_and_barriers_change_nothing() -> None:
    bare = Circuit(2, clbits=2).append("h", 0).append("cx", [0, 1])
    measured = bare.append("barrier").append("measure", 0, clbits=0).append("measure", 1, clbits=1)
    assert np.array_equal(engine.compile(measured).statevector(), engine.compile(bare).statevector())


def test_an_empty_circuit_and_one_without_inputs_run() -> None:
    assert np.array_equal(engine.compile(Circuit(2)).expectations(), [[1.0, 1.0]])
    plan = engine.compile(Circuit(1).append("ry", 0, "w[0]"), "Z0")
    np.testing.assert_allclose(plan.expectations(np.empty((5, 0)), [0.3]), np.full((5, 1), np.cos(0.3)))


def test_gates_outside_an_observables_light_cone_cost_nothing() -> None:
    circuit = Circuit(3).append("ry", 0, "w[0]").append("ry", 1, "w[1]").append("rz", 0, "w[2]")
    plan = engine.compile(circuit, ["Z0"])
    assert "1 passes" in repr(plan)
    _, grad, _ = plan.value_and_vjp(None, [0.4, 0.5, 0.6], [[1.0]])
    np.testing.assert_allclose(grad, [-np.sin(0.4), 0.0, 0.0], atol=1e-15)
