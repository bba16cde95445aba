"""Circuits with measurements, resets and conditions in the middle: samples follow Qiskit's exact density matrices."""

from __future__ import annotations

import numpy as np
import pytest

from qlab import engine
from qlab.circuit import GATES, Circuit
from qlab.engine import branches, dense
from qlab.engine.plan import Plan
from qlab.errors import EngineError
from tests.engine.exact import exact
from tests.engine.reference import UNITARY, random_circuit
from tests.vectors import cases
from tests.vectors.reference import matrix

SHOTS = 20_000
TELEPORT = (
    Circuit(3, clbits=2)
    .append("ry", 0, "x[0]").append("rz", 0, "x[1]").append("h", 1).append("cx", [1, 2])
    .append("cx", [0, 1]).append("h", 0).append("measure", 0, clbits=0).append("measure", 1, clbits=1)
    .append("x", 2, condition=(1, 1)).append("z", 2, condition=(0, 1))
)  # fmt: skip


def random_dynamic(rng: np.random.Generator, n: int) -> Circuit:
    """A random circuit with measurements, resets and conditions anywhere."""
    bits = int(rng.integers(1, 4))
    out = Circuit(n, clbits=bits)
    for _ in range(int(rng.integers(4, 12))):
        kind = rng.integers(6)
        q = int(rng.integers(n))
        when = None
        if rng.random() < 0.35:
            which = [int(b) for b in rng.permutation(bits)[: rng.integers(1, bits + 1)]]
            when = (which, int(rng.integers(2 ** len(which))))
        if kind < 2:
            out = out.append("measure", q, clbits=int(rng.integers(bits)), condition=when)
        elif kind == 2:
            out = out.append("reset", q, condition=when)
        else:
            part = random_circuit(rng, n, int(rng.integers(1, 3)))
            for op in part.ops:
                out = out.extend([op]).replace(f"g{len(out) + 1}", condition=when)
    return out


def joint(states: np.ndarray, bits: np.ndarray, n: int) -> np.ndarray:
    """Frequencies of classical bits and basis states together."""
    word = bits.astype(np.int64) @ (1 << np.arange(bits.shape[-1]))
    return np.bincount((word << n) + states, minlength=1 << (n + bits.shape[-1])) / len(states)


def assert_frequencies(found: np.ndarray, want: np.ndarray, shots: int, note: str) -> None:
    sigma = np.sqrt(want * (1 - want) / shots)
    assert np.all(np.abs(found - want) <= 4 * sigma + 1e-9), note


@pytest.mark.parametrize("seed", range(24))
def test_bits_and_states_follow_the_exact_density_matrices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    circuit = random_dynamic(rng, n)
    x, w = rng.normal(size=(2, circuit.n_inputs)), rng.normal(size=circuit.n_weights)
    plan = engine.compile(circuit)
    states = plan.sample(x, w, shots=SHOTS, seed=seed)
    bits = plan.sample_clbits(x, w, shots=SHOTS, seed=seed)
    assert (states.shape, bits.shape, bits.dtype) == ((2, SHOTS), (2, SHOTS, circuit.n_clbits), np.uint8)
    for b in range(2):
        want = np.zeros(1 << (n + circuit.n_clbits))
        for word, rho in exact(circuit, list(x[b]), list(w)).items():
            start = sum(v << k for k, v in enumerate(word)) << n
            want[start : start + 2**n] = np.real(np.diag(rho))
        assert_frequencies(joint(states[b], bits[b], n), want, SHOTS, f"seed {seed}, sample {b}")


@pytest.mark.parametrize("circuit", [c for c in cases.circuits() if c.n_clbits], ids=lambda c: c.name)
def test_the_vectors_with_classical_bits(circuit: Circuit) -> None:
    x, w = [0.3, -1.1, 0.7, 2.2][: circuit.n_inputs], [0.5, -0.25][: circuit.n_weights]
    plan = engine.compile(circuit)
    states = plan.sample([x], w, shots=4000, seed=1)[0]
    want = sum(np.real(np.diag(rho)) for rho in exact(circuit, x, w).values())
    found = np.bincount(states, minlength=len(want)) / 4000
    assert_frequencies(found, want, 4000, circuit.name)


def test_a_teleported_state_arrives_and_the_seed_decides() -> None:
    plan = engine.compile(TELEPORT)
    x = [[0.4, 1.0], [2.0, -0.3]]
    shots = plan.sample(x, shots=10_000, seed=7)
    for row, (theta, _) in zip(shots, x, strict=True):
        assert abs(np.mean(row >> 2) - np.sin(theta / 2) ** 2) < 4 * 0.5 / np.sqrt(10_000)
    assert np.array_equal(shots, plan.sample(x, shots=10_000, seed=7))
    assert not np.array_equal(shots, plan.sample(x, shots=10_000, seed=8))
    assert set(np.unique(shots[0] & 3)) == {0, 1, 2, 3}


def test_shots_come_in_no_order() -> None:
    plan = engine.compile(Circuit(1, clbits=1).append("h", 0).append("measure", 0, clbits=0).append("x", 0))
    shots = plan.sample(shots=4000, seed=2)[0]
    halves = [np.mean(half) for half in np.split(shots, 4)]
    assert np.ptp(halves) < 0.1
    runs = np.count_nonzero(np.diff(shots))
    assert abs(runs - 2000) < 4 * np.sqrt(1000)


def test_a_bit_is_what_the_last_measurement_wrote() -> None:
    c = Circuit(2, clbits=2).append("x", 0).append("measure", 0, clbits=0).append("measure", 1, clbits=0)
    assert np.all(engine.compile(c).sample_clbits(shots=5, seed=0) == 0)
    c = Circuit(2, clbits=2).append("x", 0).append("measure", 1, clbits=0).append("measure", 0, clbits=0)
    assert np.array_equal(engine.compile(c).sample_clbits(shots=1, seed=0), [[[1, 0]]])
    assert engine.compile(Circuit(2).append("h", 0)).sample_clbits(shots=3).shape == (1, 3, 0)


def test_a_measurement_under_a_condition_may_not_happen() -> None:
    c = Circuit(2, clbits=2).append("x", 0).append("x", 1).append("measure", 0, clbits=0)
    never = c.append("measure", 1, clbits=1, condition=(0, 0))
    assert np.array_equal(engine.compile(never).sample_clbits(shots=2, seed=1), [[[1, 0]] * 2])
    assert np.all(
        engine.compile(c.append("measure", 1, clbits=1, condition=(0, 1))).sample_clbits(shots=2, seed=1) == 1
    )


def test_what_is_certain_is_simulated_once_for_all_shots(monkeypatch: pytest.MonkeyPatch) -> None:
    applied: list[int] = []
    original = dense.apply

    def counting(states: np.ndarray, *rest: object) -> None:
        applied.append(len(states))
        original(states, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(dense, "apply", counting)
    circuit = Circuit(4, clbits=1)
    for q in range(4):
        circuit = circuit.append("h", q)
    circuit = circuit.append("measure", 0, clbits=0).append("x", 1, condition=(0, 1)).append("h", 0)
    engine.compile(circuit).sample(shots=100_000, seed=1)
    assert applied == [1, 2]  # one of two branches, then both; the H gates before are a plan's business


def test_branches_beyond_the_memory_for_them_are_worked_off_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    circuit = random_dynamic(rng, 3).append("h", 0).append("measure", 0, clbits=0).append("h", 1)
    x, w = rng.normal(size=(3, circuit.n_inputs)), rng.normal(size=circuit.n_weights)
    monkeypatch.setattr(branches, "_PART_BYTES", 5 * 16 << 3)
    plan = engine.compile(circuit)
    states = plan.sample(x, w, shots=3000, seed=1)
    for b in range(3):
        want = sum(np.real(np.diag(rho)) for rho in exact(circuit, list(x[b]), list(w)).values())
        assert_frequencies(np.bincount(states[b], minlength=8) / 3000, want, 3000, f"sample {b}")


def test_what_has_no_exact_answer_names_its_operation() -> None:
    plan = engine.compile(TELEPORT, ["Z2"])
    for ask in (
        lambda: plan.expectations([[0, 0]]),
        lambda: plan.value_and_vjp([[0, 0]], None, [[1.0]]),
        lambda: plan.statevector([[0, 0]]),
        lambda: plan.probabilities([[0, 0]]),
    ):
        with pytest.raises(EngineError, match=r"op g9 \(x\) is a classical condition") as caught:
            ask()
        assert caught.value.where == "op g9"
        assert "plan.sample" in str(caught.value.cure)
    assert "TrajectoryPlan" in repr(plan)
    assert isinstance(plan, Plan)
    with pytest.raises(EngineError, match=r"X has shape \(1, 1\), expected \(batch, 2\)"):
        plan.sample([[0.0]])
    with pytest.raises(EngineError, match="0 shots"):
        plan.sample([[0.0, 0.0]], shots=0)
    bad = TELEPORT.append("ry", 0, "arcsin(x[0])").append("reset", 1)
    with pytest.raises(EngineError, match="op g11, row 1 of X"):
        engine.compile(bad).sample([[0.5, 0.0], [1.5, 0.0]], shots=3)


def test_a_training_run_of_such_a_circuit_is_refused_at_once() -> None:
    from qlab.models.model import Model

    with pytest.raises(EngineError, match="op g2 measures wire 0 before op g3"):
        Model(
            circuit=Circuit(1, clbits=1).append("ry", 0, "x[0]").append("measure", 0, clbits=0).append("ry", 0, "w[0]"),
            observables=("Z0",), head="linear", task="regression",
        )  # fmt: skip


@pytest.mark.parametrize("name", UNITARY)
def test_dense_matrices_are_qiskits(name: str) -> None:
    row = GATES[name]
    circuit = Circuit(max(1, row.targets)).append(
        name, range(row.targets), *[f"x[{i}]" for i in range(len(row.params))]
    )
    x = np.random.default_rng(1).normal(size=(4, len(row.params)))
    found = dense.matrix_of(circuit.ops[0], x, np.empty(0))
    assert found.ndim == (3 if row.params else 2)
    for b in range(4):
        got = found[b] if row.params else found
        np.testing.assert_allclose(got, matrix(name, list(x[b])), atol=1e-12)
