"""Templates against Qiskit: the same unitary and order of parameters, or the state they say they prepare."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import library as lib
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector

from qlab.circuit import Circuit, templates
from qlab.errors import CircuitError
from tests.vectors.reference import to_reference
from tests.vectors.templates import VECTORS, templates_text

VALUES = [math.sin(1.7 * i + 0.3) * 2 for i in range(200)]


def matrix(c: Circuit, x: Sequence[float] = VALUES, w: Sequence[float] = VALUES) -> np.ndarray:
    reference = to_reference(c, x, w)
    assert reference is not None
    return np.asarray(Operator(reference).data)


def bound(qc: QuantumCircuit, values: Sequence[float] = VALUES) -> np.ndarray:
    return np.asarray(Operator(qc.assign_parameters(values[: qc.num_parameters])).data)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal up to a global phase."""
    return bool(abs(abs(np.vdot(a, b)) / len(a) - 1) < 1e-9)


@pytest.mark.parametrize("entanglement", ["full", "linear", "reverse_linear", "circular"])
@pytest.mark.parametrize(("gates", "entanglers"), [(["ry"], ["cz"]), (["ry", "u"], ["crx", "cx"]), (["h"], ["rzz"])])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_two_local_is_qiskits(n: int, gates: list[str], entanglers: list[str], entanglement: str) -> None:
    ours = templates.two_local(n, gates, entanglers, 2, entanglement)
    theirs = lib.n_local(n, gates, entanglers, entanglement, 2)
    assert ours.n_weights == theirs.num_parameters
    assert np.allclose(matrix(ours), bound(theirs))


@pytest.mark.parametrize("reps", [0, 1, 3])
def test_z_feature_map_is_qiskits(reps: int) -> None:
    assert np.allclose(matrix(templates.z_feature_map(3, reps)), bound(lib.z_feature_map(3, reps)))


@pytest.mark.parametrize("entanglement", ["full", "linear", "circular"])
@pytest.mark.parametrize("paulis", [["Z"], ["Z", "ZZ"], ["X", "Y"], ["YX", "ZY"], ["XYZ"], ["Z", "XX", "ZYX"]])
def test_pauli_feature_map_is_qiskits(paulis: list[str], entanglement: str) -> None:
    ours = templates.pauli_feature_map(4, paulis, 2, entanglement)
    theirs = lib.pauli_feature_map(4, 2, entanglement, paulis=paulis)
    assert same(matrix(ours), bound(theirs))


def test_pauli_feature_map_of_z_and_zz_is_the_zz_feature_map() -> None:
    named = templates.pauli_feature_map(3).with_(name="zz_feature_map")
    assert same(matrix(named), matrix(templates.zz_feature_map(3)))


@given(st.lists(st.floats(-10, 10).filter(lambda v: v == 0 or abs(v) > 1e-6), min_size=1, max_size=16).filter(any))
@settings(max_examples=60, deadline=None)
def test_amplitude_encoding_prepares_the_state(values: list[float]) -> None:
    c = templates.amplitude_encoding(values)
    wanted = np.zeros(2**c.n_qubits)
    wanted[: len(values)] = values
    wanted /= np.linalg.norm(wanted)
    found = Statevector(to_reference(c, [], [])).data
    assert np.allclose(found, wanted, atol=1e-9)
    theirs = QuantumCircuit(c.n_qubits)
    theirs.append(lib.StatePreparation(wanted), range(c.n_qubits))
    assert abs(np.vdot(found, Statevector(theirs).data)) == pytest.approx(1, abs=1e-9)  # theirs up to a phase


@pytest.mark.parametrize(
    ("n", "edges"), [(2, "ring"), (4, "ring"), (4, "line"), (3, "complete"), (4, [(0, 2), (3, 1)])]
)
def test_qaoa_is_qiskits(n: int, edges: str | list[tuple[int, int]]) -> None:
    ours = templates.qaoa(n, edges, 2)
    pairs = [op.qubits for op in templates.qaoa(n, edges, 1).ops if op.gate == "rzz"]
    cost = SparsePauliOp.from_sparse_list([("ZZ", list(p), 1.0) for p in pairs], n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = lib.QAOAAnsatz(cost, reps=2)
        assert theirs.num_parameters == ours.n_weights
        assert same(matrix(ours), bound(theirs.decompose(reps=4)))


def test_qcnn_is_the_tutorials() -> None:
    """Built here as in qiskit-machine-learning's tutorial 11, layer by layer."""
    qc = QuantumCircuit(4)
    values = iter(VALUES)

    def block(a: int, b: int, *, convolution: bool) -> None:
        qc.rz(-np.pi / 2, b)
        qc.cx(b, a)
        qc.rz(next(values), a)
        qc.ry(next(values), b)
        qc.cx(a, b)
        qc.ry(next(values), b)
        if convolution:
            qc.cx(b, a)
            qc.rz(np.pi / 2, a)

    for a, b in ((0, 1), (2, 3), (1, 2), (3, 0)):
        block(a, b, convolution=True)
    for a, b in ((0, 2), (1, 3)):
        block(a, b, convolution=False)
    for a, b in ((2, 3), (3, 2)):
        block(a, b, convolution=True)
    block(2, 3, convolution=False)
    ours = templates.qcnn(4)
    assert ours.n_weights == 27
    assert np.allclose(matrix(ours), Operator(qc).data)
    assert templates.qcnn(8).n_weights == 3 * (8 + 4 + 4 + 2 + 2 + 1)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_qft_is_qiskits(n: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.allclose(matrix(templates.qft(n)), Operator(lib.QFTGate(n)).data)
        assert np.allclose(matrix(templates.qft(n, swaps=False)), Operator(lib.QFT(n, do_swaps=False)).data)
    assert np.allclose(matrix(templates.qft(n, inverse=True)) @ matrix(templates.qft(n)), np.eye(2**n))


def test_ghz_prepares_the_state() -> None:
    state = Statevector(to_reference(templates.ghz(4), [], [])).data
    assert np.allclose(state[[0, 15]], 1 / math.sqrt(2))


@pytest.mark.parametrize(
    ("act", "part"),
    [
        (lambda: templates.two_local(2, ["cx"]), "cx is no gate on 1 qubit"),
        (lambda: templates.two_local(2, ["ry"], ["h"]), "h is no gate on 2 qubits"),
        (lambda: templates.two_local(2, ["measure"]), "measure is no gate"),
        (lambda: templates.two_local(2, reps=-1), "reps can't be -1"),
        (lambda: templates.pauli_feature_map(2, ["ZIZ"]), "'ZIZ' doesn't fit 2 qubits"),
        (lambda: templates.pauli_feature_map(2, ["A"]), "'A' doesn't fit"),
        (lambda: templates.pauli_feature_map(2, entanglement="star"), "'star' is unknown"),
        (lambda: templates.amplitude_encoding([]), "0 amplitudes"),
        (lambda: templates.amplitude_encoding([0, 0]), "all 0"),
        (lambda: templates.amplitude_encoding([math.nan]), "not finite"),
        (lambda: templates.amplitude_encoding([1] * 1025), "1025 amplitudes"),
        (lambda: templates.qaoa(3, "star"), "graph 'star' is unknown"),
        (lambda: templates.qaoa(2, [(0, 5)]), "qubit 5 is out of range"),
        (lambda: templates.qcnn(6), "can't halve 6"),
        (lambda: templates.ghz(0), "at least 1 qubit"),
    ],
)
def test_bad_arguments_name_the_cure(act, part: str) -> None:
    with pytest.raises(CircuitError) as caught:
        act()
    assert part in str(caught.value)
    assert caught.value.cure


def test_vectors_are_current() -> None:
    assert VECTORS.read_text("utf-8") == templates_text(), "run python tests/vectors/make.py --write"
    assert len(json.loads(templates_text())) > 30
