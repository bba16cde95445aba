"""Figures that are worked out when asked for: maps against the model itself, a transpiled circuit, the machine."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import qlab
from qlab.errors import QlabError, TrainError
from qlab.interop.transpiled import BACKENDS, transpiled
from qlab.training import load as load_module
from qlab.training import views
from qlab.training.load import Load

from .fakes import circuit, features, quick_store

__all__ = ["quick_store"]


def trained(fx: Any, n: int, **options: Any) -> qlab.Run:
    run = qlab.train(circuit(n), fx, epochs=4, record=False, **options)
    run.wait(30)
    return run


def test_the_map_of_two_features_is_what_the_model_answers_there() -> None:
    run = trained(features(60), 2)
    told = run.view("decision", grid=9)
    json.dumps(told, allow_nan=False)
    assert (told["plane"], told["explained"], told["classes"]) == ("features", None, ["a", "b"])
    places = np.array([[x, y] for y in told["y"] for x in told["x"]])
    assert np.array(told["classes"])[np.ravel(told["label"])].tolist() == run.model.predict(places).tolist()
    np.testing.assert_allclose(np.ravel(told["p"]), run.model.predict_proba(places).max(axis=1), rtol=1e-12)
    points = told["points"]
    np.testing.assert_array_equal(np.stack([points["x"], points["y"]], axis=1), run.features.val.X)
    assert np.mean(points["right"]) == run.model.score(run.features.val)


@pytest.mark.parametrize("n", [1, 4])
def test_the_map_of_more_features_is_a_plane_through_their_mean(n: int) -> None:
    fx = features(80, n) if n > 1 else _one_feature()
    run = trained(fx, n)
    told = run.view("decision", grid=7)
    assert told["plane"] == ("pca" if n > 1 else "line")
    if n == 1:
        assert told["y"] == [0.0]
        return
    centred = fx.train.X - fx.train.X.mean(axis=0)
    size, axes = np.linalg.eigh(centred.T @ centred)
    np.testing.assert_allclose(told["explained"], (size[::-1] / size.sum())[:2], rtol=1e-9)
    x, y = told["x"][2], told["y"][5]
    found = [s * x * axes[:, -1] + t * y * axes[:, -2] for s in (1, -1) for t in (1, -1)]
    at = [run.model.predict_proba((fx.train.X.mean(axis=0) + step)[None]).max() for step in found]
    assert min(abs(p - told["p"][5][2]) for p in at) < 1e-9  # the signs of an axis are free


def _one_feature() -> Any:
    fx = features(80, 2)
    cut = {name: SimpleNamespace(X=part.X[:, :1].copy(), y=part.y) for name, part in vars(fx).items()
           if name in views.SPLITS}  # fmt: skip
    return SimpleNamespace(**{**vars(fx), **cut, "n_features": 1, "qubits": 1})


def test_the_map_of_a_regression_has_values_in_units_of_the_target() -> None:
    run = trained(features(60, task="regression"), 2)
    told = run.view("decision", grid=5)
    places = np.array([[x, y] for y in told["y"] for x in told["x"]])
    np.testing.assert_allclose(np.ravel(told["p"]), run.model.predict(places), rtol=1e-12)
    assert told["label"] is told["classes"] is told["points"]["right"] is None
    assert told["points"]["value"] == run.features.val.y.tolist()


def test_the_embedding_shows_the_expectation_values() -> None:
    run = trained(features(60), 2)
    told, model = run.view("embedding", rows="train"), run.model.model
    values = model.plan.expectations(run.features.train.X, run.snapshot.theta[model.slices["circuit"]])  # type: ignore[union-attr]
    np.testing.assert_allclose(np.stack([told["points"]["x"], told["points"]["y"]], axis=1), values, atol=1e-12)
    assert (told["axes"], len(run.view("embedding")["points"]["x"])) == (["Z0", "Z1"], 12)
    wide = trained(features(60, 4), 4).view("embedding")
    assert 0.0 < wide["explained"][1] <= wide["explained"][0] <= 1.0


def test_asking_again_costs_nothing_and_another_step_is_another_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained(features(60), 2)
    calls: list[int] = []
    real = views.score_all
    monkeypatch.setattr(views, "score_all", lambda *args: (calls.append(1), real(*args))[1])
    assert run.view("decision", grid=4) is run.view("decision", grid=4)
    assert len(calls) == 2  # the grid and the points
    run.view("decision", grid=5)
    assert len(calls) == 4


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_transpiled_circuit_has_only_gates_and_couplings_of_the_device(backend: str) -> None:
    told = transpiled(qlab.templates.hardware_efficient(5, 2), backend)
    assert set(told["counts"]) <= set(told["basis"])
    assert told["two_qubit"] == told["counts"]["cx"] >= told["before"]["two_qubit"]
    assert told["two_qubit_depth"] <= told["depth"] <= told["size"] == sum(told["counts"].values())
    json.dumps(told)


def test_a_backend_of_qiskit_and_what_can_not_be() -> None:
    from qiskit.providers.fake_provider import GenericBackendV2

    run = trained(features(40), 2)
    assert run.view("transpiled", backend=GenericBackendV2(3, seed=1))["qubits"] == 3
    with pytest.raises(QlabError, match="3 qubits and the backend 2"):
        transpiled(circuit(3), GenericBackendV2(2, seed=1))
    for options, text in (({"backend": "lin"}, "backend"), ({"backend": 7}, "backend"), ({"level": 4}, "level 4")):
        with pytest.raises(QlabError, match=text):
            run.view("transpiled", **options)
    for name, options, text in (
        ("decisions", {}, "decision"),
        ("decision", {"grid": 1}, "grid"),
        ("decision", {"rows": "all"}, "split"),
        ("decision", {"colour": 1}, "can't take colour"),
    ):
        with pytest.raises(TrainError, match=text):
            run.view(name, **options)


@pytest.mark.usefixtures("quick_store")
def test_a_stored_run_tells_its_circuit_and_misses_its_rows(tmp_path: Path) -> None:
    run = qlab.train(circuit(2), features(), epochs=2)
    run.wait(30)
    again = qlab.open_run(run.id)
    assert again.view("transpiled") == run.view("transpiled")
    with pytest.raises(TrainError, match="not in memory"):
        again.view("decision")
    assert again.status()["machine"] is None


def test_the_machine_is_read_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(load_module.time, "monotonic", lambda: now[0])
    load = Load()
    first = load.read()
    assert first["memory"] > 1 << 20
    assert first["threads"] >= 1
    assert 0.0 <= first["cpu"] <= 1.0
    sum(i * i for i in range(10**6))
    assert load.read() == first
    now[0] += 1.0
    assert load.read() != first
