"""Networks of qiskit-machine-learning through qlab.train: the same events, their own predict afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit.circuit.library import real_amplitudes, zz_feature_map
from qiskit_machine_learning.algorithms import VQC, VQR, NeuralNetworkClassifier
from qiskit_machine_learning.neural_networks import EstimatorQNN, SamplerQNN

import qlab
from qlab.errors import TrainError
from qlab.interop.networks import NetworkPlan
from qlab.training.events import Evaluated

from .fakes import features

MAP, ANSATZ = zz_feature_map(2, reps=1), real_amplitudes(2, reps=1)
pytestmark = pytest.mark.filterwarnings("ignore")


def qnn() -> Any:
    return EstimatorQNN(
        circuit=MAP.compose(ANSATZ), input_params=MAP.parameters, weight_params=ANSATZ.parameters, input_gradients=False
    )


def train(given: Any, fx: Any, **options: Any) -> Any:
    run = qlab.train(given, fx, **{"epochs": 2, "batch": 8, "record": False, **options})
    assert run.wait(120)
    return run


def test_the_port_gives_their_outputs_and_contracts_their_jacobian() -> None:
    network, rng = qnn(), np.random.default_rng(0)
    X, w, cot = rng.normal(size=(3, 2)), rng.normal(size=4), rng.normal(size=(3, 1))
    port = NetworkPlan(network, None)
    values, by_w, by_x = port.value_and_vjp(X, w, cot, True)
    np.testing.assert_allclose(values, network.forward(X, w))
    for k in range(4):
        step = 1e-5 * np.eye(4)[k]
        slope = (port.expectations(X, w + step) - port.expectations(X, w - step)) / 2e-5
        assert by_w[k] == pytest.approx((cot * slope).sum(), abs=1e-6)
    assert by_x is not None
    assert by_x.shape == (3, 2)
    assert not network.input_gradients


def test_a_classifier_streams_and_is_fitted_afterwards() -> None:
    fx = features(16, 2, val=6)
    fx.classes = (-1, 1)
    classifier = NeuralNetworkClassifier(qnn(), initial_point=np.array([0.1, 0.2, 0.3, 0.4]))
    run = train(classifier, fx)
    assert list(run.history["step"]) == [1, 2, 3, 4]
    assert sum(isinstance(e, Evaluated) for e in run.events) == 2
    np.testing.assert_array_equal(classifier.predict(fx.test.X).ravel(), run.model.predict(fx.test.X))
    np.testing.assert_array_equal(classifier.weights, run.model.theta)
    assert classifier.score(fx.test.X, np.array(fx.classes)[fx.test.y]) == run.summary()["test_accuracy"]
    first = run.history["loss"].iloc[0]
    order = np.random.default_rng([0, 2, 0]).permutation(16)[:8]
    target = np.array(fx.classes)[fx.train.y][order]
    want = classifier.loss(classifier.neural_network.forward(fx.train.X[order], [0.1, 0.2, 0.3, 0.4]).ravel(), target)
    assert first == pytest.approx(want.mean())


def test_a_classifier_of_one_output_answers_with_the_labels_it_was_trained_on() -> None:
    for classes, one_hot in ((("b", "a"), False), ((7, 3), False), (("no", "yes"), True)):
        fx = features(8, 2, val=0)
        fx.classes = classes
        classifier = NeuralNetworkClassifier(qnn(), one_hot=one_hot)
        run = train(classifier, fx, epochs=1)
        told = classifier.predict(fx.test.X)
        assert told.tolist() == run.model.predict(fx.test.X).tolist()
        assert set(told) <= set(classes)
        labels = np.array(classes)[fx.test.y]
        assert classifier.score(fx.test.X, labels) == run.summary()["test_accuracy"]


def test_a_vqc_learns_names_and_answers_with_them() -> None:
    fx = features(16, 2, val=0)
    vqc = VQC(feature_map=MAP, ansatz=ANSATZ)
    run = train(vqc, fx, epochs=4, lr=0.1)
    assert run.spec.loss == "cross_entropy"
    assert run.spec.foreign == "VQC"
    np.testing.assert_array_equal(vqc.predict(fx.test.X), run.model.predict(fx.test.X))
    np.testing.assert_allclose(vqc.predict_proba(fx.test.X), run.model.predict_proba(fx.test.X), atol=1e-5)
    assert run.history["loss"].iloc[-2:].mean() < run.history["loss"].iloc[:2].mean()


def test_a_vqr_and_bare_networks() -> None:
    fx = features(12, 2, task="regression", val=0)
    vqr = VQR(feature_map=MAP, ansatz=ANSATZ)
    run = train(vqr, fx)
    np.testing.assert_allclose(vqr.predict(fx.test.X).ravel(), run.model.predict(fx.test.X))
    assert train(qnn(), fx).model.model.head == "linear"
    sampler = SamplerQNN(
        circuit=MAP.compose(ANSATZ), input_params=MAP.parameters, weight_params=ANSATZ.parameters,
        interpret=lambda x: x % 2, output_shape=2,
    )  # fmt: skip
    bare = train(sampler, features(12, 2, val=0), optimizer="spsa")
    assert bare.model.model.head == "probability"
    assert bare.model.model.size == 4


def test_what_does_not_fit_is_told_before_the_run() -> None:
    fx = features(12, 2)
    for given, options, text in (
        (object(), {}, "a object can't be trained"),
        (qnn(), {"observables": ["Z0"]}, "observables can't be set"),
        (qnn(), {"shots": 10}, "shots can't be set"),
        (qnn(), {"optimizer": "qng"}, "has no metric here"),
        (VQR(feature_map=MAP, ansatz=ANSATZ), {}, "VQR is for regression"),
        (NeuralNetworkClassifier(qnn()), {"head": "linear"}, "head can't be set"),
    ):
        with pytest.raises(TrainError, match=text) as caught:
            qlab.train(given, fx, record=False, **options)
        assert caught.value.cure
    with pytest.raises(TrainError, match="reads 2 inputs and there are 3"):
        qlab.train(qnn(), features(12, 3), record=False)
    with pytest.raises(TrainError, match="1 outputs and there are 3 classes"):
        qlab.train(NeuralNetworkClassifier(qnn()), features(12, 2, classes=3), record=False)
    run = train(qnn(), fx, epochs=1)
    with pytest.raises(TrainError, match="doesn't hold"):
        run.spec.model()
