"""Operations that are a matrix: what is accepted, what survives, and their decomposition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit.library import UGate
from qiskit.quantum_info import Operator
from scipy.linalg import expm

from qlab.circuit import Circuit
from qlab.circuit.synth import angles, decomposed, steps, written
from qlab.errors import CircuitError
from tests.circuit.strategies import unitaries
from tests.vectors.reference import to_reference

X = [[0, 1], [1, 0]]


def matrix_of(circuit: Circuit) -> np.ndarray:
    """The circuit's matrix by Qiskit, apart from qlab.interop."""
    reference = to_reference(circuit, [0.3, -1.1, 0.7, 2.2, -0.4, 0.9], [0.5, -0.25, 1.5, -2.0, 0.9, 3.1])
    assert reference is not None
    return np.asarray(Operator(reference).data)


def test_a_matrix_has_controls_a_label_and_a_negative_zero_is_zero() -> None:
    c = Circuit(3).append("unitary", 2, matrix=np.array([[-0.0, 1], [1, -0.0]]), controls=0, label="NOT")
    assert c.ops[0].display == "cunitary"
    assert c.ops[0].spec.label == "NOT"
    assert '"matrix": [[[0, 0], [1, 0]], [[1, 0], [0, 0]]], "label": "NOT", "controls": [0]}' in c.to_text()
    assert c == Circuit(3).append("cunitary", [0, 2], matrix=X, label="NOT")
    assert hash(c) == hash(Circuit.from_text(c.to_text()))
    assert c.replace("g1", matrix=[[1, 0], [0, 1j]], label=None).ops[0].label is None
    assert np.allclose(matrix_of(c), matrix_of(Circuit(3).append("cx", [0, 2])))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ("no matrix", "not rows of numbers"),
        ([1, 0], "not rows of numbers"),
        ([[1, 0], [0]], "not rows of numbers"),
        ([[1, 1], [1, 1]], "column 0 doesn't have length 1"),
        ([[1, 0], [0, np.nan]], "entry 1, 1 of the matrix is not a finite number"),
        (np.eye(3), "3 rows, not 2, 4 or 8"),
        (np.eye(4), "4 × 4, but 1 qubit needs 2 × 2"),
        (None, "unitary needs a matrix"),
    ],
)
def test_what_is_no_unitary_matrix_is_refused(matrix: object, message: str) -> None:
    with pytest.raises(CircuitError, match=message) as caught:
        Circuit(2).append("unitary", 0, matrix=matrix)
    assert caught.value.where == "op g1, field matrix"
    assert caught.value.cure


@given(st.integers(1, 3).flatmap(unitaries))
@settings(max_examples=60, deadline=None)
def test_the_steps_multiply_to_the_matrix(matrix: np.ndarray) -> None:
    found = steps(Circuit(3).append("unitary", range(len(matrix).bit_length() - 1), matrix=matrix).ops[0].matrix)
    assert len(found) <= {2: 1, 4: 6, 8: 28}[len(matrix)]
    product = np.eye(len(matrix), dtype=complex)
    for step in found:
        one = np.eye(len(matrix), dtype=complex)
        low = sum(value << k for k, value in step.fixed)
        at = [low, low | 1 << step.target]
        one[np.ix_(at, at)] = step.matrix
        product = one @ product
    np.testing.assert_allclose(product, matrix, atol=1e-13)


def test_entries_near_rounding_errors_do_no_harm() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        k = int(rng.integers(1, 4))
        generator = 10.0 ** -rng.integers(0, 17) * rng.normal(size=(2**k, 2**k))
        matrix = expm(1j * (generator + generator.T))[rng.permutation(2**k)]
        product = np.eye(2**k, dtype=complex)
        for step in steps(Circuit(k).append("unitary", range(k), matrix=matrix).ops[0].matrix):
            alpha, theta, phi, lam = angles(step.matrix)
            u = np.exp(1j * alpha) * np.asarray(UGate(theta, phi, lam))
            np.testing.assert_allclose(u, step.matrix, atol=1e-13)
            at = [low := sum(value << q for q, value in step.fixed), low | 1 << step.target]
            product[at] = u @ product[at]
        np.testing.assert_allclose(product, matrix, atol=1e-12)


@given(st.integers(1, 3).flatmap(unitaries), st.integers(0, 2), st.integers(0, 2))
@settings(max_examples=25, deadline=None)
def test_the_decomposition_is_the_matrix_with_any_controls(matrix: np.ndarray, ones: int, zeros: int) -> None:
    k = len(matrix).bit_length() - 1
    wires = np.random.default_rng(ones + 3 * zeros).permutation(5).tolist()
    zeros = min(zeros, 5 - k - ones)
    c = Circuit(5).append(
        "unitary",
        wires[:k],
        matrix=matrix,
        controls=wires[k : k + ones],
        anticontrols=wires[k + ones : k + ones + zeros],
    )
    assert all(op.matrix is None for op in decomposed(c.ops[0]))
    np.testing.assert_allclose(matrix_of(written(c)), matrix_of(c), atol=1e-11)
