"""The whole model: gradient by θ against differences, shapes, encoders, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

import qlab
from qlab.errors import QlabError, TrainError
from qlab.models import build_model, encoder, forward, init, loss_and_grad
from qlab.models.trained import TrainedModel

from ..training.fakes import circuit, features


@pytest.mark.parametrize(
    ("classes", "head", "observables", "task"),
    [
        (2, "linear", None, "classification"),
        (3, "linear", ["Z0", {"Z0 Z1": 0.5, "X2": -1.0}], "classification"),
        (2, "direct", ["Z0"], "classification"),
        (2, "direct", None, "classification"),
        (3, "direct", None, "classification"),
        (0, "linear", None, "regression"),
        (0, "direct", ["Z1"], "regression"),
    ],
)
def test_gradient_of_the_whole_model(classes: int, head: str, observables: object, task: str) -> None:
    fx = features(9, 3, classes=classes or 2, task=task)
    model = build_model(circuit(3, 2), fx, head=head, observables=observables)
    loss = "mse" if task == "regression" else "cross_entropy"
    y = (fx.train.y - model.y_shift) / model.y_scale if task == "regression" else fx.train.y
    theta = init(model, 3)
    _, grad, scores = loss_and_grad(model, theta, fx.train.X, y, loss)
    assert scores.shape == (9, model.n_outputs)
    np.testing.assert_allclose(scores, forward(model, theta, fx.train.X), atol=1e-12)
    for k in range(model.size):
        step = np.zeros(model.size)
        step[k] = 1e-6
        up = loss_and_grad(model, theta + step, fx.train.X, y, loss)[0]
        down = loss_and_grad(model, theta - step, fx.train.X, y, loss)[0]
        assert grad[k] == pytest.approx((up - down) / 2e-6, abs=2e-8)


def test_slices_cover_theta_once() -> None:
    model = build_model(circuit(3), features(9, 3, classes=3))
    covered = sorted(i for part in model.slices.values() for i in range(part.start, part.stop))
    assert covered == list(range(model.size))
    assert list(model.slices) == ["circuit", "head.w", "head.b"]


def test_angle_encoder_is_ry_of_each_input() -> None:
    state = qlab.engine.compile(encoder("angle", 2)).statevector(np.array([[0.4, 1.0]]), np.empty(0))
    want = np.kron([np.cos(0.5), np.sin(0.5)], [np.cos(0.2), np.sin(0.2)])
    np.testing.assert_allclose(state[0], want, atol=1e-12)


def test_iqp_encoder_has_the_products() -> None:
    ops = [(op.gate, op.qubits, [str(p) for p in op.params]) for op in encoder("iqp", 3).ops]
    assert ops.count(("rzz", (0, 1), ["x[0]*x[1]"])) == 1
    assert len(ops) == 3 + 3 + 2


def test_a_circuit_without_inputs_gets_the_encoder_and_keeps_its_ids() -> None:
    drawn = qlab.Circuit(3).append("rx", 0, "w[0]").append("cx", [0, 1])
    built = build_model(drawn, features(9, 2)).circuit
    assert [op.gate for op in built.ops] == ["ry", "ry", "rx", "x"]
    assert built.ops[2:] == drawn.ops
    assert len({op.id for op in built.ops}) == 4


def test_a_circuit_that_reads_fewer_inputs_uses_the_first() -> None:
    fx = features(9, 3)
    model = build_model(qlab.Circuit(1).append("ry", 0, "x[1]"), fx)
    assert model.n_inputs == 2
    assert TrainedModel(model, init(model, 0)).predict(fx.test.X).shape == (12,)


def refused(make) -> str:
    with pytest.raises(QlabError) as caught:
        make()
    assert caught.value.cure
    return str(caught.value)


def test_what_does_not_fit_names_both_sizes_and_a_cure() -> None:
    fx = features(9, 3)
    text = refused(lambda: build_model(qlab.Circuit(2).append("ry", 0, "w[0]"), fx))
    assert "2 wires" in text
    assert "need 3" in text
    text = refused(lambda: build_model(qlab.Circuit(1).append("ry", 0, "x[4]"), fx))
    assert "5 inputs" in text
    assert "3 features" in text
    fx.encode = "raw"
    assert "'raw'" in refused(lambda: build_model(qlab.Circuit(3).append("ry", 0, "w[0]"), fx))
    assert "one observable a class" in refused(
        lambda: build_model(circuit(3), features(9, 3, classes=3), head="direct", observables=["Z0"])
    )
    assert "'linear'" in refused(lambda: build_model(circuit(3), features(9, 3), head="deep"))
    assert "unknown encoding" in refused(lambda: encoder("angles", 2))


def test_an_observable_on_a_wire_that_is_not_there() -> None:
    text = refused(lambda: build_model(circuit(2), features(9, 2), observables=["Z7"]))
    assert "7" in text


def test_predict_gives_original_labels_and_takes_arrays_splits_and_datasets() -> None:
    fx = features(9, 2)
    model = build_model(circuit(2), fx)
    trained = TrainedModel(model, init(model, 1), fx)
    answers = trained.predict(fx.test.X)
    assert set(answers) <= {"a", "b"}
    assert trained.score(fx.test) == trained.score(fx.test.X, np.asarray(fx.classes)[fx.test.y])

    class Raw:
        rows = fx.test.X

    np.testing.assert_array_equal(trained.predict(Raw()), answers)
    assert trained.predict_proba(fx.test).sum(axis=1) == pytest.approx(1.0)
    assert "rows, 2" in refused(lambda: trained.predict(np.zeros((3, 1))))
    assert "no labels" in refused(lambda: trained.score(fx.test.X))


def test_an_untrained_model_says_how_to_train_it() -> None:
    model = build_model(circuit(2), features(9, 2))
    with pytest.raises(TrainError, match=r"untrained.*run\.wait\(\)"):
        TrainedModel(model, None).predict(np.zeros((1, 2)))


def test_regression_answers_in_units_of_the_target() -> None:
    fx = features(30, 2, task="regression")
    model = build_model(circuit(2), fx)
    trained = TrainedModel(model, init(model, 1), fx)
    assert 1500 < trained.predict(fx.test.X).mean() < 4500
    assert trained.score(fx.test) <= 1.0
    assert "no class probabilities" in refused(lambda: trained.predict_proba(fx.test))
