"""The encoder circuits of amplitudes and bits prepare exactly the rows they are given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qlab
from qlab import engine
from qlab.errors import TrainError
from qlab.models.amplitude import amplitude_angles, amplitude_circuit
from qlab.models.build import build_model
from qlab.models.encoder import encoder
from qlab.models.model import init, loss_and_grad


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


def test_a_model_on_amplitudes_learns_and_predicts_from_the_rows_themselves() -> None:
    fx = qlab.load("digits").features(classes=[0, 1], qubits=3, reduce="pca", encode="amplitude", seed=1)
    circuit = qlab.templates.hardware_efficient(3, 2)
    run = qlab.train(circuit, fx, epochs=15, seed=2, lr=0.05)
    run.wait()
    assert fx.train.X.shape[1] == 8
    assert run.spec.model().n_inputs == 8
    assert run.history["loss"].iloc[-10:].mean() < 0.5 * run.history["loss"].iloc[:5].mean()
    assert (run.model.predict(fx.test.X) == run.model.predict(qlab.load("digits").take(fx.test.rows))).all()
    assert np.mean(run.model.predict(fx.val.X) == fx.val.labels) > 0.9


def test_the_gradient_on_amplitudes_is_that_of_differences() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(40, 4)), columns=list("abcd")).assign(y=[0, 1] * 20)
    fx = qlab.load(frame).features("y", encode="amplitude")
    model = build_model(qlab.templates.hardware_efficient(2, 1), fx)
    theta = init(model, 3)
    _, grad, _ = loss_and_grad(model, theta, fx.train.X, fx.train.y)
    for k in range(model.size):
        step = np.zeros(model.size)
        step[k] = 1e-5
        up = loss_and_grad(model, theta + step, fx.train.X, fx.train.y)[0]
        down = loss_and_grad(model, theta - step, fx.train.X, fx.train.y)[0]
        assert grad[k] == pytest.approx((up - down) / 2e-5, abs=1e-7)


def test_no_layer_stands_between_amplitudes_and_the_circuit() -> None:
    fx = qlab.load("iris").features(encode="amplitude")
    for options in ({"before": [3]}, {"input_scaling": True}):
        with pytest.raises(TrainError, match="amplitudes go to the circuit as they are"):
            build_model(qlab.templates.hardware_efficient(2, 1), fx, **options)
    with pytest.raises(TrainError, match="the features need 2, as 4 amplitudes"):
        build_model(qlab.templates.hardware_efficient(1, 1), fx)
