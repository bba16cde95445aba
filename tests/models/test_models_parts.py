"""Dressed circuits, heads and losses: whole gradients against differences, groups of bitstrings against states."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qlab
from qlab.errors import QlabError, TrainError
from qlab.models import bitstring_groups, build_model, forward, init, loss_and_grad, qcnn, qcnn_wires
from qlab.models.losses import LOSSES, class_weights, criterion, hinge, huber

from ..training.fakes import circuit, features
from .test_models_losses import difference


@pytest.mark.parametrize(
    "options",
    [
        {"before": []},
        {"before": [4]},
        {"after": [5, 3]},
        {"input_scaling": True},
        {"before": [4], "after": [3], "input_scaling": True},
        {"head": "probability"},
        {"head": "identity", "loss": "squared_error"},
        {"head": "identity", "loss": "absolute_error"},
        {"loss": "hinge"},
    ],
    ids=str,
)
@pytest.mark.parametrize("classes", [2, 3])
def test_gradient_of_every_part(options: dict[str, Any], classes: int) -> None:
    options = dict(options)
    loss = options.pop("loss", "cross_entropy")
    fx = features(9, 3, classes=classes)
    model = build_model(circuit(3, 1), fx, **options)
    theta = init(model, 3) + 0.05
    _, grad, scores = loss_and_grad(model, theta, fx.train.X, fx.train.y, loss)
    np.testing.assert_allclose(scores, forward(model, theta, fx.train.X), atol=1e-12)
    for k in range(model.size):
        step = np.zeros(model.size)
        step[k] = 1e-6
        up = loss_and_grad(model, theta + step, fx.train.X, fx.train.y, loss)[0]
        down = loss_and_grad(model, theta - step, fx.train.X, fx.train.y, loss)[0]
        assert grad[k] == pytest.approx((up - down) / 2e-6, abs=5e-8)
    parts = sorted(i for part in model.slices.values() for i in range(part.start, part.stop))
    assert parts == list(range(model.size))


@pytest.mark.parametrize("name", list(LOSSES))
@pytest.mark.parametrize("columns", [1, 4])
def test_gradients_of_losses_with_class_weights(name: str, columns: int) -> None:
    task = LOSSES[name][0]
    if task == "regression" and columns > 1:
        return
    rng = np.random.default_rng(columns)
    y = rng.integers(0, max(2, columns), 8) if task == "classification" else rng.normal(0, 2, 8)
    weights = None if task == "regression" else [0.5, 2.0, 1.0, 3.0][: max(2, columns)]
    function = criterion(name, weights, delta=0.7)
    scores = rng.normal(0, 1.5, (8, columns))
    np.testing.assert_allclose(function(scores, y)[1], difference(function, scores, y), atol=1e-7)


def test_values_of_hinge_and_huber_by_hand() -> None:
    assert hinge(np.array([[0.25], [2.0]]), np.array([0, 1]))[0] == pytest.approx(1.25 / 2)
    assert hinge(np.array([[1.0, 0.5, 0.0]]), np.array([1]))[0] == pytest.approx(1.5)
    assert huber(np.array([[0.5], [3.0]]), np.zeros(2), delta=1.0)[0] == pytest.approx((0.125 + 2.5) / 2)


def test_balanced_weights_are_scikit_learns() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    y = np.array([0] * 7 + [1] * 2 + [2] * 5)
    want = compute_class_weight("balanced", classes=np.arange(3), y=y)
    np.testing.assert_allclose(class_weights("balanced", y, "abc"), want)
    assert class_weights({"c": 2}, y, "abc") == (1.0, 1.0, 2.0)
    for bad in ("even", {"d": 1.0}, {"a": -1.0}):
        with pytest.raises(TrainError):
            class_weights(bad, y, "abc")


def test_class_weights_move_the_answers_to_the_rare_class() -> None:
    fx = features(200, 2)
    keep = np.flatnonzero((fx.train.y == 0) | (np.arange(200) % 10 == 0))
    fx.train.X, fx.train.y = np.ascontiguousarray(fx.train.X[keep] * 0.3), fx.train.y[keep]
    counts = []
    for weight in (None, "balanced"):
        run = qlab.train(circuit(2), fx, epochs=5, class_weight=weight, record=False)
        run.wait(60)
        counts.append(int((run.model.predict(fx.train.X) == "b").sum()))
    assert counts[1] > counts[0]


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(1, 4), classes=st.integers(2, 5), rule=st.sampled_from(["modulo", "parity"]), seed=st.integers(0, 99)
)
def test_groups_are_the_probabilities_of_their_bitstrings(n: int, classes: int, rule: str, seed: int) -> None:
    enough = n + 1 if rule == "parity" else 2**n
    if enough < classes:
        with pytest.raises(TrainError, match="can't tell"):
            bitstring_groups(n, classes, rule)
        return
    groups = bitstring_groups(list(range(n)), classes, rule)
    c = qlab.templates.efficient_su2(n, 1)
    w = np.random.default_rng(seed).normal(size=c.n_weights)
    found = qlab.engine.compile(c, list(groups)).expectations(np.zeros((1, 0)), w)[0]
    p = qlab.engine.compile(c).probabilities(np.zeros((1, 0)), w)[0]
    number = np.arange(2**n)
    label = number % classes if rule == "modulo" else np.array([b.bit_count() for b in number]) % classes
    np.testing.assert_allclose(found, [p[label == k].sum() for k in range(classes)], atol=1e-12)


def test_groups_by_a_function_of_some_wires() -> None:
    groups = bitstring_groups([3, 1], 2, lambda number: int(number == 3))
    assert groups[1] == {"I": 0.25, "Z3": -0.25, "Z1": -0.25, "Z3 Z1": 0.25}
    with pytest.raises(TrainError, match="class 2"):
        bitstring_groups(2, 2, lambda number: number)


def test_a_dressed_circuit_reads_more_features_than_it_has_wires() -> None:
    fx = features(60, 6)
    run = qlab.train(circuit(2), fx, before=[], epochs=80, lr=0.1, record=False)
    run.wait(60)
    assert run.summary()["train_accuracy"] > 0.9
    assert run.model.predict(fx.test.X).shape == (12,)
    with pytest.raises(QlabError, match="names no widths"):
        build_model(circuit(2), fx, before=[0])
    with pytest.raises(QlabError, match="linear head"):
        build_model(circuit(2), features(), after=[3], head="direct")


def test_probability_head_gives_probabilities_that_are_the_circuits() -> None:
    fx = features(9, 3, classes=3)
    model = build_model(circuit(3), fx, head="probability")
    theta = init(model, 1)
    trained = qlab.models.TrainedModel(model, theta)
    want = model.plan.expectations(fx.train.X, theta)
    np.testing.assert_allclose(trained.predict_proba(fx.train.X), want, atol=1e-6)


def test_a_model_is_pickled_without_its_plan() -> None:
    model = build_model(circuit(3), features(9, 3), before=[4])
    again = pickle.loads(pickle.dumps(model))
    assert again == model
    assert again.plan is not model.plan
    np.testing.assert_array_equal(
        forward(again, init(again, 0), np.ones((2, 3))), forward(model, init(model, 0), np.ones((2, 3)))
    )


def test_qcnn_shares_weights_halves_wires_and_learns() -> None:
    c = qcnn(8)
    assert (c.n_weights, qcnn_wires(8)) == (18, (7,))
    assert qcnn(8, share=False).n_weights == 3 * (8 + 4 + 4 + 2 + 1 + 1)
    assert qcnn_wires(6, keep=2) == (4, 5)
    with pytest.raises(TrainError, match="can't keep 2"):
        qcnn(2, keep=2)
    fx = qlab.load("digits").features(target="target", classes=[0, 1], qubits=4, reduce="pca", seed=1)
    run = qlab.train(qcnn(4), fx, observables=["Z3"], epochs=15, lr=0.1, record=False)
    run.wait(60)
    assert run.summary()["test_accuracy"] > 0.9
