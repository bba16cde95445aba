"""What people make with Qiskit's library comes over: the same unitary, parameters by name and in order.

Each goes to qlab and back, and once more through OpenQASM 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit import library as lib
from qiskit.quantum_info import Operator, SparsePauliOp, random_clifford, random_unitary

from qlab.circuit import Circuit
from qlab.circuit.text import from_text

A, B = Parameter("a"), Parameter("b")
ISING = SparsePauliOp(["ZZI", "IZZ", "XII"], [1, 2, 0.5])


def of(n: int, *steps: tuple[Any, list[int]]) -> QuantumCircuit:
    qc = QuantumCircuit(n)
    for gate, qubits in steps:
        qc.append(gate, qubits)
    return qc


def _vector() -> QuantumCircuit:
    qc, theta = QuantumCircuit(2), ParameterVector("θ", 12)
    for i in range(12):
        qc.ry(theta[i] / (i + 1), i % 2)
        qc.cx(i % 2, 1 - i % 2)
    return qc


def _expressions() -> QuantumCircuit:
    qc = QuantumCircuit(2)
    qc.rx((2 * A).sin() * B.cos(), 0)
    qc.ry(A**2 / 3 - B, 1)
    qc.rz((A * B).exp() + np.pi, 0)
    qc.crz(A.arctan(), 0, 1)
    qc.p(-(B + 2).log(), 1)
    return qc


def _registers() -> QuantumCircuit:
    qc = QuantumCircuit(QuantumRegister(2, "alice"), QuantumRegister(1, "bob"), ClassicalRegister(2, "m"))
    qc.h(0)
    qc.cx(0, 2)
    qc.ry(A, 1)
    qc.measure([0, 1], [0, 1])
    return qc


def _loops() -> QuantumCircuit:
    qc, i = QuantumCircuit(3), Parameter("i")
    with qc.for_loop(range(3), i):
        qc.rx(i * 0.3 + A, 0)
        qc.cx(0, 1)
    with qc.for_loop((2, 5)):
        qc.ry(B, 2)
    return qc


def _unrolled() -> QuantumCircuit:
    qc = QuantumCircuit(3)
    for i in range(3):
        qc.rx(i * 0.3 + A, 0)
        qc.cx(0, 1)
    for _ in (2, 5):
        qc.ry(B, 2)
    return qc


def _phases() -> QuantumCircuit:
    qc = QuantumCircuit(2, global_phase=0.3)
    qc.h(0)
    qc.append(lib.GlobalPhaseGate(A), [])
    qc.barrier()
    qc.delay(100, 1, "ns")
    qc.barrier(0, label="here")
    return qc


def _own() -> QuantumCircuit:
    sub = QuantumCircuit(2, name="sub")
    sub.ry(A, 0)
    sub.cx(0, 1)
    qc = of(3, (sub.to_gate(), [0, 2]), (sub.to_gate().inverse(), [1, 2]), (sub.to_instruction(), [2, 1]))
    number = sub.assign_parameters([0.4]).to_gate()
    for gate, qubits in (
        (number.control(1, annotated=False), [2, 0, 1]),
        (number.power(2), [0, 1]),
        (number.repeat(2), [1, 2]),
    ):
        qc.append(gate, qubits)
    return qc


LIBRARY: dict[str, Callable[[], QuantumCircuit]] = {
    "EfficientSU2": lambda: lib.efficient_su2(4, reps=2),
    "RealAmplitudes of 36": lambda: lib.real_amplitudes(3, reps=11),
    "QFT": lambda: of(4, (lib.QFTGate(4), [3, 1, 0, 2])),
    "QAOA": lambda: lib.qaoa_ansatz(SparsePauliOp(["ZZI", "IZZ", "ZII"], [1, 2, 0.5]), reps=2),
    "evolution, commuting": lambda: of(3, (lib.PauliEvolutionGate(SparsePauliOp(["ZZI", "IZZ"]), 0.7), [0, 1, 2])),
    "PauliFeatureMap": lambda: lib.pauli_feature_map(3, paulis=["Z", "ZZ", "YX"], entanglement="circular"),
    "PauliFeatureMap, own pairs": lambda: lib.pauli_feature_map(
        3, paulis=["Z", "XX"], entanglement={1: [(0,), (2,)], 2: [(0, 2)]}
    ),
    "ZZFeatureMap": lambda: lib.zz_feature_map(3),
    "TwoLocal": lambda: lib.n_local(3, ["ry", "rz"], ["cz", "crx"], entanglement="circular"),
    "excitation preserving": lambda: lib.excitation_preserving(3),
    "vector of 12": _vector,
    "expressions": _expressions,
    "registers": _registers,
    "phase, barrier, delay": _phases,
    "controlled matrix": lambda: of(
        3, (lib.UnitaryGate(random_unitary(2, seed=1)).control(2, annotated=False), [0, 1, 2])
    ),
    "controls on 0": lambda: of(3, (lib.RYGate(A).control(2, ctrl_state=1, annotated=False), [2, 0, 1])),
    "controlled U": lambda: of(3, (lib.CUGate(A, B, 1, 2), [0, 2])),
    "matrix": lambda: of(2, (lib.UnitaryGate(random_unitary(4, seed=2)), [1, 0])),
    "mcx, mcp": lambda: of(5, (lib.MCXGate(4), [4, 0, 1, 2, 3]), (lib.MCPhaseGate(A, 3), [0, 1, 2, 4])),
    "prepared": lambda: of(2, (lib.StatePreparation(np.array([0.5, 0.5j, -0.5, 0.5])), [0, 1])),
    "diagonal, permutation": lambda: of(
        3, (lib.DiagonalGate([1, -1, 1j, 1]), [0, 2]), (lib.PermutationGate([2, 0, 1]), [0, 1, 2])
    ),
    "multiplexed": lambda: of(3, (lib.UCRYGate([0.1, 0.2, 0.3, 0.4]), [0, 1, 2])),
    "own gates": _own,
    "annotated": lambda: of(2, (lib.SGate().control(1, annotated=True), [0, 1])),
    "Clifford": lambda: of(2, (random_clifford(2, seed=3), [1, 0])),
    "Pauli": lambda: of(3, (lib.PauliGate("XYZ"), [0, 1, 2])),
    "quantum volume": lambda: lib.quantum_volume(3, 2, seed=1),
    "adder": lambda: of(4, (lib.ModularAdderGate(2), [0, 1, 2, 3])),
    "loops": _loops,
}  # fmt: skip


def unitary(qc: QuantumCircuit) -> np.ndarray[Any, Any]:
    plain = qc.remove_final_measurements(inplace=False)
    values = {p: 0.2 + 0.17 * i for i, p in enumerate(qc.parameters)}
    return np.asarray(Operator(plain.assign_parameters(values, strict=False)).data)


@pytest.mark.parametrize("name", LIBRARY)
def test_comes_over_and_back(name: str) -> None:
    source = LIBRARY[name]()
    circuit = Circuit.from_qiskit(source)
    assert from_text(circuit.to_text()) == circuit
    expected = unitary(_unrolled() if name == "loops" else source)
    for back in (circuit.to_qiskit(), Circuit.from_qasm(circuit.to_qasm()).to_qiskit()):
        assert [p.name for p in back.parameters] == [p.name for p in source.parameters]
        found = unitary(back)
        # a Clifford is given up to its phase
        assert abs(abs(np.vdot(found, expected)) / len(expected) - 1) < 1e-9
        assert name == "Clifford" or np.allclose(found, expected, atol=1e-8)


def test_an_evolution_is_the_product_that_qiskit_runs() -> None:
    source = of(3, (lib.PauliEvolutionGate(ISING, A), [0, 1, 2]))
    found = Circuit.from_qiskit(source).to_qiskit()
    assert np.allclose(unitary(found), unitary(source.decompose().decompose()), atol=1e-9)
