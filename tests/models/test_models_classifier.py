"""QuantumClassifier among scikit-learn's tools, and the classical baseline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import qlab
from qlab.errors import TrainError
from qlab.models import logistic
from qlab.training.stage import rows_of_run

from ..training.fakes import circuit, features


def table(rows: int = 60) -> tuple[np.ndarray, np.ndarray]:
    fx = features(rows, 2)
    return fx.train.X, np.array(["no", "yes"])[fx.train.y]


def test_it_learns_and_answers_with_the_labels() -> None:
    X, y = table()
    clf = qlab.QuantumClassifier(epochs=20, lr=0.1).fit(X, y)
    assert clf.score(X, y) > 0.9
    assert clf.classes_.tolist() == ["no", "yes"]
    assert clf.predict_proba(X).shape == (60, 2)
    assert ((clf.decision_function(X) > 0) == (clf.predict(X) == "yes")).all()
    assert clf.loss_curve_[-1] < clf.loss_curve_[0]


def test_the_same_seed_gives_the_same_weights() -> None:
    X, y = table()
    one, two = (qlab.QuantumClassifier(epochs=2, seed=5).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(one.model_.theta, two.model_.theta)


def test_clone_pipeline_and_grid_search() -> None:
    X, y = table(24)
    clf = clone(qlab.QuantumClassifier(circuit(2), epochs=1))
    assert clf.circuit == circuit(2)
    assert clf.get_params()["epochs"] == 1
    search = GridSearchCV(make_pipeline(StandardScaler(), clf), {"quantumclassifier__lr": [0.01, 0.1]}, cv=2)
    assert search.fit(X, y).best_params_["quantumclassifier__lr"] in (0.01, 0.1)


def test_untrained_predict_is_a_train_error_and_not_fitted() -> None:
    for kind in (TrainError, NotFittedError):
        with pytest.raises(kind, match="call fit"):
            qlab.QuantumClassifier().predict([[0.0, 0.0]])


def test_bad_input_names_the_cure() -> None:
    X, y = table(10)
    with pytest.raises(TrainError, match="one class only"):
        qlab.QuantumClassifier().fit(X, ["a"] * 10)
    with pytest.raises(TrainError, match="pass 2 features"):
        qlab.QuantumClassifier(epochs=1).fit(X, y).predict(np.zeros((1, 3)))
    with pytest.raises(TrainError, match="lower lr"):
        qlab.QuantumClassifier(lr=1e308, optimizer="sgd", epochs=2).fit(X, y)


def test_baseline_scores_each_split() -> None:
    found = logistic(features(60, 2))
    assert found["name"] == "logistic regression"
    assert found["train"] > 0.9
    assert 0.0 <= found["test"] <= 1.0
    assert np.isnan(logistic(features(60, 2, val=0))["val"])
    assert logistic(features(60, 2, task="regression"))["metric"] == "R²"


def test_baseline_sees_the_rows_that_the_run_sees() -> None:
    fx = features(200)
    run = qlab.train(circuit(2), fx, rows=0.2, epochs=1, record=False)
    assert run.wait(30)
    chosen = np.sort(np.random.default_rng([0, 4, 0]).permutation(200)[:40])
    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    fitted.fit(fx.train.X[chosen], fx.train.y[chosen])
    assert run.baseline["test"] == fitted.score(fx.test.X, fx.test.y)
    assert run.baseline["train"] == fitted.score(fx.train.X, fx.train.y)
    spec = run.spec
    assert rows_of_run(replace(spec, rows=None, stages=({"rows": 0.5, "epochs": 1}, {"epochs": 1})), 200) is None
    both = rows_of_run(replace(spec, rows=None, stages=({"rows": 0.1, "epochs": 1}, {"rows": 0.2, "epochs": 1})), 200)
    assert both is not None
    assert 40 <= both.size <= 60
    one = logistic(fx, np.flatnonzero(fx.train.y == 0))
    assert all(np.isnan(one[name]) for name in ("train", "val", "test"))
