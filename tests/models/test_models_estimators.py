"""All estimators under scikit-learn's own checks, and each on a task of its kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_regressor
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import qlab
from qlab.errors import TrainError
from qlab.models import (
    QuantumClassifier,
    QuantumKernelClassifier,
    QuantumKernelRegressor,
    QuantumRegressor,
    Quanvolution,
    kernel_matrix,
)

ESTIMATORS = [
    QuantumClassifier(epochs=20, batch=64),
    QuantumRegressor(epochs=20, batch=64),
    QuantumKernelClassifier(),
    QuantumKernelRegressor(),
]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_checks(estimator: Any, check: Any) -> None:
    check(estimator)  # none is expected to fail: nothing is excused


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_each_is_cloned_and_searched_in_a_pipeline(estimator: Any) -> None:
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (40, 2))
    y = X[:, 0] if is_regressor(estimator) else np.where(X[:, 0] > 0, "up", "down")
    step = type(estimator).__name__.lower()
    twin = clone(estimator)
    assert twin.get_params() == estimator.get_params()
    over = {f"{step}__C": [0.01, 10.0]} if "C" in twin.get_params() else {f"{step}__epochs": [1, 60]}
    search = GridSearchCV(make_pipeline(StandardScaler(), twin), over, cv=2).fit(X, y)
    assert search.best_params_ == {next(iter(over)): next(iter(over.values()))[1]}
    assert search.score(X, y) > 0.4


def test_quanvolution_passes_the_checks_that_give_it_square_images() -> None:
    from sklearn.utils.estimator_checks import check_estimator

    square = "a row of {} pixels is no image"  # scikit-learn's tables of 2, 3, 5 or 10 columns are no images
    for result in check_estimator(Quanvolution(patch=1), on_fail=None, on_skip=None):
        if result["status"] == "failed":
            text = str(result["exception"])
            assert any(square.format(n) in text for n in (2, 3, 5, 10)), (result["check_name"], text)


def test_regressor_learns_a_wave() -> None:
    X = np.linspace(-1, 1, 60)[:, None]
    y = 100.0 + 5.0 * np.sin(3 * X[:, 0])
    reg = QuantumRegressor(epochs=60, lr=0.1, loss="huber").fit(X, y)
    assert reg.score(X, y) > 0.9
    assert 94 < reg.predict([[0.0]])[0] < 106


def test_a_kernel_is_the_overlap_of_states() -> None:
    c = qlab.templates.zz_feature_map(3)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    plan = qlab.engine.compile(c)
    want = np.abs(plan.statevector(X, []).conj() @ plan.statevector(Y, []).T) ** 2
    np.testing.assert_allclose(kernel_matrix(c, X, Y), want, atol=1e-12)
    own = kernel_matrix(c, X)
    np.testing.assert_array_equal(own, own.T)
    assert (np.diag(own) == 1).all()
    assert np.linalg.eigvalsh(own).min() > -1e-12


def test_kernels_in_pipelines_and_searches() -> None:
    X, y = load_iris(return_X_y=True)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), QuantumKernelClassifier()), {"quantumkernelclassifier__C": [0.1, 10]}, cv=3
    )
    assert search.fit(X, y).best_score_ > 0.9
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (80, 2))
    y = 50.0 + 3.0 * np.sin(2 * X[:, 0]) * X[:, 1]
    reg = QuantumKernelRegressor(encode="angle", C=10.0).fit(X[::2], y[::2])
    assert reg.score(X[1::2], y[1::2]) > 0.9


def test_early_stopping_holds_rows_out_and_wide_tables_get_a_layer() -> None:
    data = load_digits(n_class=2)
    clf = clone(QuantumClassifier(epochs=40, lr=0.1, early_stop={"patience": 2, "min_delta": 0.02})).fit(
        data.data, data.target
    )
    assert clf.model_.model.n_inputs == 64
    assert clf.model_.model.circuit.n_qubits == 8
    assert len(clf.loss_curve_) < 40 * 9
    assert clf.score(data.data, data.target) > 0.95


def test_quanvolution_is_deterministic_and_keeps_the_order_of_patches() -> None:
    images = load_digits().data[:20]
    one = Quanvolution(seed=3).fit(images)
    found = one.transform(images)
    assert found.shape == (20, 64)
    np.testing.assert_array_equal(found, Quanvolution(seed=3).fit_transform(images))
    assert not np.array_equal(found, Quanvolution(seed=4).fit_transform(images))
    patch = images[7].reshape(8, 8)[2:4, 4:6].ravel() * np.pi / images.max()  # row 1, column 2 of the patches
    want = qlab.engine.compile(one.circuit_).expectations(patch[None], [])[0]
    np.testing.assert_allclose(found[7].reshape(4, 4, 4)[1, 2], want, atol=1e-12)
    assert Quanvolution(stride=1).fit_transform(images).shape == (20, 7 * 7 * 4)
    assert Quanvolution(shape=(4, 16)).fit_transform(images).shape == (20, 64)
    with pytest.raises(NotFittedError):
        Quanvolution().transform(images)
    with pytest.raises(TrainError, match="no image of 5 × 5"):
        Quanvolution(shape=(5, 5)).fit(images)


def test_quanvolution_feeds_a_classifier() -> None:
    data = load_digits(n_class=3)
    pipe = make_pipeline(Quanvolution(), StandardScaler(), LogisticRegression(max_iter=1000))
    assert pipe.fit(data.data[::2], data.target[::2]).score(data.data[1::2], data.target[1::2]) > 0.9
