"""Spec: frozen, JSON there and back, and refusals that name value, place and cure."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from qlab.errors import TrainError
from qlab.models import build_model
from qlab.training.spec import Spec, check_lr

from .fakes import circuit, features


def spec(**options) -> Spec:
    model = build_model(circuit(2), features(8, 2), observables=["Z0", {"Z0 Z1": 0.5}])
    return Spec.of(model, **{"loss": "cross_entropy", "name": "θ run", **options})


def test_json_there_and_back() -> None:
    one = spec(lr=0.013, epochs=7, seed=3, lineage="abc")
    assert Spec.from_json(one.to_json()) == one
    assert json.loads(one.to_json())["qlab"] == "run/1"
    assert one.model() == build_model(circuit(2), features(8, 2), observables=["Z0", {"Z0 Z1": 0.5}])


def test_numpy_labels_become_plain() -> None:
    fx = features(8, 2)
    fx.classes = tuple(np.array([3, 5]))
    assert Spec.of(build_model(circuit(2), fx), loss="cross_entropy").classes == (3, 5)


def test_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        spec().lr = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"lr": -1}, "learning rate -1"),
        ({"lr": float("nan")}, "learning rate nan"),
        ({"lr": "fast"}, "learning rate 'fast'"),
        ({"epochs": 0}, "epochs 0"),
        ({"batch": 1.5}, "batch 1.5"),
        ({"seed": -1}, "seed -1"),
        ({"val_every": True}, "val_every True"),
        ({"optimizer": "lion"}, "optimizer='lion' is unknown"),
        ({"loss": "mse"}, "loss 'mse' is for regression"),
    ],
)
def test_refusals(options: dict, text: str) -> None:
    with pytest.raises(TrainError, match=text) as caught:
        spec(**options)
    assert caught.value.where
    assert caught.value.cure


def test_check_lr_takes_every_kind_of_number() -> None:
    assert check_lr(np.float32(0.5)) == 0.5
    assert check_lr(1) == 1.0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"qlab": "run/9"}', '{"qlab": "run/1", "circuit": 3}', "nul"])
def test_a_text_that_is_no_spec(text: str) -> None:
    with pytest.raises(TrainError, match="not a run's spec"):
        Spec.from_json(text)
