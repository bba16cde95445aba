"""The path for one large state, forced on small circuits: Qiskit, central differences, bits, memory, interrupts.

Tiles of 2**5 amplitudes and up make a circuit of nine wires walk memory as one of twenty-two does.
"""

from __future__ import annotations

import _thread
import threading
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab import engine
from qlab.circuit import Circuit
from qlab.engine import capacity
from qlab.engine.lower import lower, visible
from qlab.engine.observables import parse_observables
from qlab.engine.wide import WidePlan

from .reference import qiskit_expectation, qiskit_state, random_circuit, random_observable

STEP = 1e-5
ENTANGLED = ["h", "rx", "ry", "rz", "u", "p", "rzz", "rxx", "swap", "x"]


@pytest.fixture(autouse=True)
def _same_threads() -> Iterator[None]:
    before = engine.get_threads()
    yield
    engine.set_threads(before)


def wide(circuit: Circuit, observables: list[Any], tile_bits: int = 6, dtype: Any = np.float64) -> WidePlan:
    """Return the wide plan of a circuit, whatever its size."""
    low = lower(circuit)
    terms = parse_observables(observables, circuit.n_qubits)
    seen = visible(low.passes, [low.frame.pauli(t.x, t.z)[:2] for t in terms])
    sizes = len(observables), circuit.n_inputs, circuit.n_weights
    return WidePlan(low, seen, terms, *sizes, dtype=dtype, tile_bits=tile_bits)


def layers(n: int, depth: int = 3) -> Circuit:
    """Return RY(x), then layers of RY RZ and a chain of CX."""
    c, k = Circuit(n), 0
    for q in range(n):
        c = c.append("ry", q, f"x[{q}]")
    for layer in range(depth + 1):
        for gate in ("ry", "rz"):
            for q in range(n):
                c, k = c.append(gate, q, f"w[{k}]"), k + 1
        if layer < depth:
            for q in range(n - 1):
                c = c.append("cx", [q, q + 1])
    return c


def state(plan: WidePlan, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the amplitudes of every sample."""
    out = np.empty((len(x), 1 << plan.n_qubits), dtype=complex)
    plan.statevector(x, w, out)
    return out


@settings(max_examples=60, deadline=None, print_blob=True)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 60), st.integers(5, 8))
def test_states_and_expectations_are_qiskits(seed: int, n: int, gates: int, bits: int) -> None:
    rng = np.random.default_rng(seed)
    circuit = random_circuit(rng, n, gates)
    observables = [random_observable(rng, n) for _ in range(3)]
    plan = wide(circuit, observables, bits)
    x, w = rng.normal(size=(2, 3)), rng.normal(size=4)
    values, got = plan.expectations(x, w), state(plan, x, w)
    for b in range(2):
        want = qiskit_state(circuit, x[b], w)
        np.testing.assert_allclose(got[b], want, atol=1e-10)
        np.testing.assert_allclose(values[b], [qiskit_expectation(want, o, n) for o in observables], atol=1e-10)


@pytest.mark.parametrize("names", [None, ENTANGLED])
def test_twelve_wires_in_many_tiles(names: list[str] | None) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        circuit = random_circuit(rng, 12, 80, names=names)
        x, w = rng.normal(size=(1, 3)), rng.normal(size=4)
        got = state(wide(circuit, ["Z0"], 5 + 2 * (seed % 2)), x, w)
        np.testing.assert_allclose(got[0], qiskit_state(circuit, x[0], w), atol=1e-10, err_msg=f"seed {seed}")


@pytest.mark.parametrize("controls", [3, 4, 5, 7])
@pytest.mark.parametrize("gate", ["x", "z", "h", "rx", "rz", "p", "ry", "y"])
def test_many_controls_on_lanes_and_far_wires(gate: str, controls: int) -> None:
    angles = ["w[0]"] if gate in ("rx", "rz", "p", "ry") else []
    for target in (0, 5, 8):
        wires = [q for q in (1, 8, 2, 7, 0, 4, 6, 3, 5) if q != target][:controls]
        circuit = Circuit(9)
        for q in range(9):
            circuit = circuit.append("u", q, 0.3 + q, 0.5 * q, "x[0]")
        circuit = circuit.append("cx", [8, 0]).append("cx", [1, 6]).append("swap", [2, 7])
        circuit = circuit.append(gate, target, *angles, controls=wires[1:], anticontrols=wires[:1])
        circuit = circuit.append("ry", target, "w[1]").append("h", wires[0])
        plan, x, w = wide(circuit, ["X0 Z5", "Y8"], 6), np.array([[0.7]]), np.array([0.9, -0.4])[: circuit.n_weights]
        np.testing.assert_allclose(state(plan, x, w)[0], qiskit_state(circuit, x[0], w), atol=1e-10)
        check_gradient(plan, x, w, np.array([[0.8, -1.1]]))


def check_gradient(plan: WidePlan, x: np.ndarray, w: np.ndarray, cotangent: np.ndarray, atol: float = 1e-6) -> None:
    """Compare both gradients with central differences."""

    def per_sample(x: np.ndarray, w: np.ndarray) -> np.ndarray:
        return (plan.expectations(x, w) * cotangent).sum(1)

    def slope(dx: np.ndarray, dw: np.ndarray) -> np.ndarray:
        return (per_sample(x + STEP * dx, w + STEP * dw) - per_sample(x - STEP * dx, w - STEP * dw)) / (2 * STEP)

    values, grad_w, grad_x = plan.value_and_vjp(x, w, cotangent, True)
    assert grad_x is not None
    np.testing.assert_allclose(values, plan.expectations(x, w), atol=1e-13)
    scale = 1 + np.abs(grad_w).max(initial=0.0)
    none_x, none_w = np.zeros(x.shape[1]), np.zeros(len(w))
    want_w = [slope(none_x, unit).sum() for unit in np.eye(len(w))]
    np.testing.assert_allclose(grad_w / scale, np.array(want_w) / scale, atol=atol)
    want_x = [slope(unit, none_w) for unit in np.eye(x.shape[1])]
    np.testing.assert_allclose(grad_x, np.stack(want_x, axis=1), atol=atol * (1 + np.abs(grad_x).max()))


@settings(max_examples=40, deadline=None, print_blob=True)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 40), st.integers(5, 7))
def test_gradients_are_central_differences(seed: int, n: int, gates: int, bits: int) -> None:
    rng = np.random.default_rng(seed)
    plan = wide(random_circuit(rng, n, gates), [random_observable(rng, n) for _ in range(2)], bits)
    check_gradient(plan, rng.normal(size=(2, 3)), rng.normal(size=4), rng.normal(size=(2, 2)))


@pytest.mark.parametrize("seed", range(4))
def test_values_and_gradients_are_those_of_the_batched_path(seed: int) -> None:
    rng = np.random.default_rng(seed)
    circuit = layers(9) if seed == 0 else random_circuit(rng, 9, 50)
    observables = [random_observable(rng, 9), {"Z0": 0.5, "X3 Y7": 1.0}]
    x, w = rng.normal(size=(3, circuit.n_inputs)), rng.normal(size=circuit.n_weights)
    cotangent = rng.normal(size=(3, 2))
    batched = engine.compile(circuit, observables)
    batched._path = "lanes"
    want = batched.value_and_vjp(x, w, cotangent, want_x=True)
    for got_part, want_part in zip(wide(circuit, observables).value_and_vjp(x, w, cotangent, True), want, strict=True):
        np.testing.assert_allclose(got_part, want_part, atol=1e-11)


def test_angles_at_which_a_tangent_is_infinite() -> None:
    circuit = layers(8)
    plan = wide(circuit, ["Z0 Z7", "X3"], 6)
    x, w = np.full((1, 8), np.pi), np.tile([np.pi, -np.pi, 0.0, np.pi - 1e-9, 0.4], 20)[: circuit.n_weights]
    np.testing.assert_allclose(state(plan, x, w)[0], qiskit_state(circuit, x[0], w), atol=1e-10)
    check_gradient(plan, x, w, np.array([[0.7, -0.2]]))
    deep = Circuit(6)
    for k in range(300):  # left-out cosines of 1e-3 each would overflow if nothing put them back
        deep = deep.append("ry", k % 6, "w[0]").append("cz", [k % 6, (k + 1) % 6])
    got = state(wide(deep, ["Z0"], 6), np.empty((1, 0)), np.array([np.pi - 2e-3]))
    np.testing.assert_allclose(np.linalg.norm(got), 1.0, atol=1e-12)
    np.testing.assert_allclose(got[0], qiskit_state(deep, np.empty(0), np.array([np.pi - 2e-3])), atol=1e-10)


def test_any_number_of_threads_gives_the_same_bits() -> None:
    circuit = layers(15, 2)
    observables = [{f"Z{q}": 1 / 15 for q in range(15)}, "X0 Y14"]
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 15)), rng.normal(size=circuit.n_weights)
    found = []
    for k in (1, 2, 3):
        engine.set_threads(k)
        plan = wide(circuit, observables, 8)
        values, grad_w, grad_x = plan.value_and_vjp(x, w, np.ones((2, 2)), True)
        found.append([values, grad_w, grad_x, plan.expectations(x, w), state(plan, x, w)])
    for others in found[1:]:
        for one, other in zip(found[0], others, strict=True):
            assert np.array_equal(one, other)


def test_a_sample_gives_the_same_bits_alone_and_with_a_callable(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    plan = wide(random_circuit(rng, 7, 40), ["Z0", "X1"], 5)
    x, w, cotangent = rng.normal(size=(3, 3)), rng.normal(size=4), rng.normal(size=(3, 2))
    values, grad_w, grad_x = plan.value_and_vjp(x, w, cotangent, True)
    called = plan.value_and_vjp(x, w, lambda seen: cotangent if np.array_equal(seen, values) else 0 * cotangent, True)
    monkeypatch.setattr(capacity, "wide_kept", lambda *_: 2)  # fewer than samples: some states are run again
    again = plan.value_and_vjp(x, w, lambda seen: cotangent, True)
    for got in (called, again):
        assert np.array_equal(got[0], values)
        assert np.array_equal(got[1], grad_w)
        assert np.array_equal(got[2], grad_x)
    assert np.array_equal(plan.expectations(x[1:2], w), values[1:2])


def test_single_precision() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 10))
        circuit, observables = random_circuit(rng, n, 40), [random_observable(rng, n) for _ in range(2)]
        x, w, cotangent = rng.normal(size=(1, 3)), rng.normal(size=4), rng.normal(size=(1, 2))
        single, double = wide(circuit, observables, 6, np.float32), wide(circuit, observables, 6)
        np.testing.assert_allclose(state(single, x, w), state(double, x, w), atol=1e-5)
        got, want = (p.value_and_vjp(x, w, cotangent, True) for p in (single, double))
        for one, other in zip(got, want, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-4, err_msg=f"seed {seed}")


def test_nothing_to_do_and_observables_of_nothing() -> None:
    empty, w = np.empty((1, 0)), np.empty(0)
    assert np.array_equal(wide(Circuit(2), ["Z0", "I", "X1"]).expectations(empty, w), [[1.0, 1.0, 0.0]])
    values, grad_w, _ = wide(Circuit(9).append("h", 0), ["Z0"]).value_and_vjp(empty, w, np.ones((1, 1)), False)
    np.testing.assert_allclose(values, [[0.0]], atol=1e-15)
    assert grad_w.shape == (0,)


def test_a_walk_outside_the_light_cone_costs_no_tiles() -> None:
    plan = wide(layers(14), ["Z0"], 8)
    plan.expectations(np.zeros((1, 14)), np.zeros(112))
    few = plan._program(False).walks
    assert max(w.tiles for w in few) < 1 << 6
    assert sum(w.turns for w in few) < 4 * 14


def test_an_interrupt_leaves_it_usable() -> None:
    circuit = layers(16)
    plan = wide(circuit, ["Z15"], 0)
    x, w, cotangent = np.zeros((1, 16)), np.linspace(0, 1, circuit.n_weights), np.ones((1, 1))
    want = plan.value_and_vjp(x, w, cotangent, False)[1]

    def forever() -> None:
        while True:
            plan.value_and_vjp(x, w, cotangent, False)

    threading.Timer(0.05, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        forever()
    assert np.array_equal(plan.value_and_vjp(x, w, cotangent, False)[1], want)


@pytest.mark.parametrize("n", [16, 18, 20])
def test_the_estimate_of_memory_holds(n: int) -> None:
    circuit = layers(n)
    plan = wide(circuit, [{f"Z{q}": 1.0 for q in range(n)}], 0)
    x, w, cotangent = np.zeros((1, n)), np.ones(circuit.n_weights), np.ones((1, 1))
    wide(layers(5), ["Z0"]).value_and_vjp(np.zeros((1, 5)), np.ones(40), cotangent, False)  # kernels are loaded
    tracemalloc.start()
    plan.value_and_vjp(x, w, cotangent, False)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    estimate = capacity.wide_bytes(n, 1, gradient=True, threads=engine.get_threads())
    assert 0.8 < peak / estimate < 1.25
