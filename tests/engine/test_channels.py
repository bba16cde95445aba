"""Noise by trajectories is Qiskit's exact density matrix, within four of the standard errors it states."""

from __future__ import annotations

import numpy as np
import pytest

from qlab import engine
from qlab.circuit import Circuit
from qlab.engine import NoiseModel
from qlab.errors import EngineError
from tests.engine.exact import exact, expectation, readout
from tests.engine.reference import random_circuit
from tests.engine.test_trajectory import assert_frequencies, random_dynamic
from tests.engine.test_unitary import with_matrices

OBSERVABLES = ["Z0", "X0", {"Z0 Z1": 0.7, "Y1": -1.3, "I": 0.4}, "X0 Y1"]
MODELS = {
    "depolarising 1q": NoiseModel(depolarizing_1q=0.05),
    "depolarising 2q": NoiseModel(depolarizing_2q=0.1),
    "damping": NoiseModel(amplitude_damping=0.08),
    "readout": NoiseModel(readout=(0.05, 0.12)),
    "all": NoiseModel(0.01, 0.04, 0.03, 0.02),
    "rare": NoiseModel(depolarizing_1q=1e-5),
}


def want_of(circuit: Circuit, x: np.ndarray, w: np.ndarray, noise: NoiseModel) -> np.ndarray:
    """The exact expectations of OBSERVABLES."""
    rho = sum(exact(circuit, list(x), list(w), noise).values())
    n = circuit.n_qubits
    out = []
    for observable in OBSERVABLES:
        terms = {observable: 1.0} if isinstance(observable, str) else observable
        out.append(sum(c * expectation(rho, "" if t == "I" else t, n, noise.wrong) for t, c in terms.items()))
    return np.array(out)


@pytest.mark.parametrize("name", MODELS)
def test_expectations_are_those_of_the_density_matrix_within_the_stated_error(name: str) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        circuit = random_circuit(rng, int(rng.integers(2, 4)), 8)
        x, w = rng.normal(size=(2, 3)), rng.normal(size=4)
        plan = engine.compile(circuit, OBSERVABLES)
        mean, error = plan.noisy_expectations(x, w, MODELS[name], 4000, seed=seed)
        assert mean.shape == error.shape == (2, 4)
        for b in range(2):
            want = want_of(circuit, x[b], w, MODELS[name])
            assert np.all(np.abs(mean[b] - want) <= 4 * error[b] + 1e-12), f"seed {seed}, sample {b}"
        assert np.all(error <= 4 / np.sqrt(4000) + 4 * 2 / 4000)


def test_the_stated_error_is_the_spread_of_repeated_estimates() -> None:
    circuit = Circuit(2).append("ry", 0, 1.1).append("cx", [0, 1]).append("rx", 1, 0.6)
    plan = engine.compile(circuit, ["Z0", "Z1"])
    noise = NoiseModel(0.1, 0.2, 0.1)
    runs = [plan.noisy_expectations(None, None, noise, 400, seed=s) for s in range(60)]
    spread = np.std([mean[0] for mean, _ in runs], axis=0, ddof=1)
    stated = np.mean([error[0] for _, error in runs], axis=0)
    assert np.all(np.abs(spread / stated - 1) < 0.4)


def test_no_noise_is_exact() -> None:
    rng = np.random.default_rng(1)
    circuit = random_circuit(rng, 3, 10)
    plan = engine.compile(circuit, ["Z0", "X1 Y2"])
    x, w = rng.normal(size=(5, 3)), rng.normal(size=4)
    mean, error = plan.noisy_expectations(x, w, NoiseModel(), 10)
    assert np.array_equal(mean, plan.expectations(x, w))
    assert not error.any()
    assert np.array_equal(plan.sample(x, w, 50, seed=3, noise=None), plan.sample(x, w, 50, seed=3))


def test_matrices_blocks_and_gates_on_many_wires_have_the_channel_of_their_wires() -> None:
    rng = np.random.default_rng(2)
    circuit = with_matrices(rng, 3)
    x, w = rng.normal(size=(1, circuit.n_inputs)), rng.normal(size=circuit.n_weights)
    noise = NoiseModel(depolarizing_2q=0.1)
    mean, error = engine.compile(circuit, OBSERVABLES).noisy_expectations(x, w, noise, 3000, seed=0)
    assert np.all(np.abs(mean[0] - want_of(circuit, x[0], w, noise)) <= 4 * error[0])
    many = Circuit(6).append("h", 0).append("mcx", range(6))
    mixed, error = engine.compile(many, ["Z5", "Z0"]).noisy_expectations(None, None, NoiseModel(0, 1.0), 2000, seed=1)
    assert np.all(np.abs(mixed) <= 4 * error)


@pytest.mark.parametrize("seed", range(4))
def test_measurements_in_the_middle_go_with_noise(seed: int) -> None:
    rng = np.random.default_rng(seed)
    circuit = random_dynamic(rng, 2)
    x, w = rng.normal(size=(1, circuit.n_inputs)), rng.normal(size=circuit.n_weights)
    noise = NoiseModel(0.02, 0.05, 0.05, (0.04, 0.1))
    plan = engine.compile(circuit, OBSERVABLES)
    mean, error = plan.noisy_expectations(x, w, noise, 4000, seed=seed)
    assert np.all(np.abs(mean[0] - want_of(circuit, x[0], w, noise)) <= 4 * error[0] + 1e-12)


@pytest.mark.parametrize("name", ["readout", "all"])
def test_samples_have_the_noisy_distribution(name: str) -> None:
    noise = MODELS[name]
    circuit = (
        Circuit(2, clbits=3).append("ry", 0, "x[0]").append("measure", 0, clbits=2).append("cx", [0, 1])
        .append("ry", 1, 0.4, condition=(2, 1)).append("measure", 0, clbits=0).append("measure", 1, clbits=1)
    )  # fmt: skip
    plan = engine.compile(circuit)
    shots = 20_000
    states = plan.sample([[1.2]], shots=shots, seed=4, noise=noise)[0]
    bits = plan.sample_clbits([[1.2]], shots=shots, seed=4, noise=noise)[0]
    found = exact(circuit, [1.2], [], noise)
    end = Circuit(2, circuit.ops[:4], clbits=3)
    want = readout(sum(np.real(np.diag(rho)) for rho in exact(end, [1.2], [], noise).values()), 2, noise.wrong)
    assert_frequencies(np.bincount(states, minlength=4) / shots, want, shots, name)
    words = np.zeros(8)
    for word, rho in found.items():
        words[sum(v << k for k, v in enumerate(word))] += np.trace(rho).real
    assert_frequencies(np.bincount(bits @ [1, 2, 4], minlength=8) / shots, words, shots, name)
    assert np.array_equal(bits[:, 0], states & 1)


def test_the_seed_decides() -> None:
    plan = engine.compile(Circuit(2).append("h", 0).append("cx", [0, 1]), ["Z0 Z1"])
    noise = MODELS["all"]
    one, two, other = (plan.noisy_expectations(None, None, noise, 200, seed=s)[0] for s in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_what_is_refused() -> None:
    big = engine.compile(Circuit(11).append("h", 0))
    for ask in (
        lambda: big.noisy_expectations(None, None, NoiseModel(0.1)),
        lambda: big.sample(noise=NoiseModel(0.1)),
        lambda: big.sample_clbits(noise=NoiseModel()),
    ):
        with pytest.raises(EngineError, match="noise on 11 qubits") as caught:
            ask()
        assert "at most 10 qubits" in str(caught.value.cure)
    for bad in ({"depolarizing_1q": 1.5}, {"amplitude_damping": -0.1}, {"readout": (0.1, np.nan)}, {"readout": "x"}):
        with pytest.raises(EngineError, match="no probability"):
            NoiseModel(**bad)  # type: ignore[arg-type]
    with pytest.raises(EngineError, match="readout has 3 entries"):
        NoiseModel(readout=(0.1, 0.1, 0.1))  # type: ignore[arg-type]
    small = engine.compile(Circuit(1).append("h", 0))
    with pytest.raises(EngineError, match="1 trajectories"):
        small.noisy_expectations(None, None, NoiseModel(0.1), 1)
    with pytest.raises(EngineError, match=r"the noise is 0\.1"):
        small.noisy_expectations(None, None, 0.1)  # type: ignore[arg-type]
