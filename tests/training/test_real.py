"""The main job on real input: digits from the file to labels, through the very functions a user calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import qlab
from qlab.training import Spec


@pytest.fixture(scope="module")
def ds() -> Any:
    return qlab.load("digits")


@pytest.fixture(scope="module")
def fx(ds: Any) -> Any:
    return ds.features(target="target", classes=[3, 5], qubits=8, reduce="pca", encode="angle", seed=7)


@pytest.fixture(scope="module")
def run(fx: Any) -> Any:
    found = qlab.train(qlab.templates.hardware_efficient(8, 3), fx, epochs=30, batch=32, lr=0.05, seed=7)
    assert found.wait(120)
    return found


def test_three_against_five(run: Any) -> None:
    assert run.summary()["test_accuracy"] >= 0.93
    assert run.baseline["test"] >= 0.93
    assert run.history["loss"].iloc[-5:].mean() < 0.3 * run.history["loss"].iloc[:5].mean()


def test_a_raw_dataset_is_encoded_and_answered_in_its_own_labels(run: Any, ds: Any, fx: Any) -> None:
    answers = run.model.predict(ds)
    assert answers.shape == (ds.rows,)
    assert set(np.unique(answers)) == {3, 5}
    np.testing.assert_array_equal(answers[fx.test.rows], run.model.predict(fx.test.X))
    assert run.model.score(fx.test) == run.summary()["test_accuracy"]
    assert 0.1 < run.model.score(ds) < 0.3  # ten digits, two of them known


def test_the_spec_of_a_real_run_is_json_and_names_its_data(run: Any, fx: Any) -> None:
    assert Spec.from_json(run.spec.to_json()) == run.spec
    assert run.spec.lineage == fx.lineage.id
    assert run.spec.classes == (3, 5)


def test_ten_classes_and_a_direct_head(ds: Any) -> None:
    fx = ds.features(target="target", qubits=10, reduce="pca", seed=1)
    run = qlab.train(qlab.templates.hardware_efficient(10, 1), fx, head="direct", epochs=1, batch=128, seed=1)
    assert run.wait(120)
    assert np.shape(run.status()["confusion"]["matrix"]) == (10, 10)
