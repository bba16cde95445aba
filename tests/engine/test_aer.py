"""Noise by trajectories is Aer's density matrix: expectations within their stated errors, samples as Aer's counts."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

from qlab import engine
from qlab.circuit import Circuit
from qlab.engine import NoiseModel

pytest.importorskip("qiskit_aer")  # no wheel for every Python
from qiskit_aer import AerSimulator, noise

ONE = ("h", "x", "s", "t", "sx", "rx", "ry", "rz", "p")
TWO = ("cx", "cz", "swap", "rzz", "rxx", "cy")
ANGLED = {"rx", "ry", "rz", "p", "rzz", "rxx"}
LABELS = {"Z0": "IIZ", "X1": "IXI", "Z0 Z2": "ZIZ", "Y1 X2": "XYI"}


def drawn(rng: np.random.Generator, gates: int) -> Circuit:
    """Gates on one and two of three wires, none of which Aer would take apart."""
    circuit = Circuit(3)
    for _ in range(gates):
        name = str(rng.choice(ONE + TWO))
        wires = [int(q) for q in rng.permutation(3)[: 1 if name in ONE else 2]]
        circuit = circuit.append(name, wires, *([float(rng.normal())] if name in ANGLED else []))
    return circuit


def aers(model: NoiseModel) -> noise.NoiseModel:
    """The same channels in Aer."""
    made, damping = noise.NoiseModel(), noise.amplitude_damping_error(model.amplitude_damping)
    one = noise.depolarizing_error(model.depolarizing_1q, 1).compose(damping)
    two = noise.depolarizing_error(model.depolarizing_2q, 2).compose(damping.tensor(damping))
    made.add_all_qubit_quantum_error(one, list(ONE))
    made.add_all_qubit_quantum_error(two, list(TWO))
    up, down = model.wrong
    made.add_all_qubit_readout_error(noise.ReadoutError([[1 - up, up], [down, 1 - down]]))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_expectations_are_aers_within_the_stated_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    circuit = drawn(rng, 12)
    model = NoiseModel(*rng.uniform(0, 0.08, 3))
    asked = circuit.to_qiskit()
    for label in LABELS.values():
        asked.save_expectation_value(SparsePauliOp(label), range(3), label=label)  # type: ignore[attr-defined]
    simulator = AerSimulator(method="density_matrix", noise_model=aers(model))
    found = simulator.run(asked).result().data(0)
    mean, error = engine.compile(circuit, list(LABELS)).noisy_expectations(None, None, model, 6000, seed=seed)
    want = np.array([found[label] for label in LABELS.values()])
    assert np.all(np.abs(mean[0] - want) <= 4 * error[0] + 1e-12), (mean[0] - want) / error[0]
    ideal = engine.compile(circuit, list(LABELS)).expectations(None, None)[0]
    assert np.abs(want - ideal).max() > 8 * error.max(), "the noise is seen at all"


def test_samples_are_distributed_as_aers_counts() -> None:
    rng = np.random.default_rng(9)
    circuit, shots = drawn(rng, 10), 40_000
    model = NoiseModel(0.02, 0.05, 0.04, (0.03, 0.08))
    asked = circuit.to_qiskit()
    asked.measure_all()
    simulator = AerSimulator(method="density_matrix", noise_model=aers(model), seed_simulator=1)
    counts = simulator.run(asked, shots=shots).result().get_counts()
    theirs = np.array([counts.get(f"{k:03b}", 0) for k in range(8)])
    ours = np.bincount(engine.compile(circuit).sample(None, None, shots, seed=2, noise=model).ravel(), minlength=8)
    both = theirs + ours
    spread = np.sqrt(np.maximum(both * (1 - both / (2 * shots)), 1))
    assert np.all(np.abs(theirs - ours) <= 4.5 * spread), (theirs, ours)
