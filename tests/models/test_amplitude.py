"""The encoder circuits of amplitudes and bits prepare exactly the rows they are given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab import engine
from qlab.models.amplitude import amplitude_angles, amplitude_circuit
from qlab.models.encoder import encoder


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_the_circuit_prepares_any_row_signs_and_zeros_included(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(4, 1 << n)) * (rng.random((4, 1 << n)) < 0.6)
    X[np.abs(X).max(axis=1) == 0, 0] = -1.0
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    got = engine.compile(amplitude_circuit(n)).statevector(amplitude_angles(X))
    np.testing.assert_allclose(got, X, atol=1e-12)


def test_further_wires_stay_untouched() -> None:
    X = np.array([[0.6, 0.0, 0.0, -0.8]])
    got = engine.compile(encoder("amplitude", 4, qubits=3)).statevector(amplitude_angles(X))
    np.testing.assert_allclose(got, [[0.6, 0, 0, -0.8, 0, 0, 0, 0]], atol=1e-12)


def test_bits_become_a_basis_state() -> None:
    got = engine.compile(encoder("basis", 3)).probabilities([[1.0, 0.0, 1.0]])
    assert got[0].argmax() == 0b101
    assert got[0].max() == pytest.approx(1, abs=1e-12)
