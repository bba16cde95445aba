"""Schedules as functions of the step, by name; what a spec refuses to keep."""

from __future__ import annotations

import itertools
import math

import pytest

from qlab.errors import TrainError
from qlab.training import schedule


def values(spec, total=100, steps=None):
    f = schedule.factor(schedule.normal(spec))
    return [f(k, total) for k in (range(total + 1) if steps is None else steps)]


def test_cosine_goes_from_one_to_its_floor_and_stays() -> None:
    found = values({"name": "cosine", "floor": 0.1})
    assert found[0] == 1.0
    assert found[50] == pytest.approx(0.55)
    assert found[100] == pytest.approx(0.1)
    assert all(b < a for a, b in itertools.pairwise(found))
    assert values({"name": "cosine", "floor": 0.1}, steps=[250]) == [pytest.approx(0.1)]


def test_step_exponential_and_linear() -> None:
    assert values({"name": "step", "every": 10, "factor": 0.5}, steps=[0, 9, 10, 25]) == [1.0, 1.0, 0.5, 0.25]
    assert values({"name": "exponential", "half": 8}, steps=[0, 8, 12]) == pytest.approx([1.0, 0.5, math.sqrt(0.125)])
    assert values("linear", steps=[0, 25, 100]) == pytest.approx([1.0, 0.75, 0.0])


def test_warmup_rises_to_one_and_then_hands_over() -> None:
    found = values({"name": "cosine", "warmup": 10})
    assert found[:10] == pytest.approx([k / 10 for k in range(1, 11)])
    assert found[10] == 1.0
    assert found[100] == pytest.approx(0.0)
    assert values({"warmup": 4}, steps=[0, 3, 50]) == [0.25, 1.0, 1.0]


def test_a_function_is_refused_until_it_has_a_name() -> None:
    with pytest.raises(TrainError, match="register it by name"):
        schedule.normal(lambda step, total: 1.0)
    with pytest.raises(TrainError, match="schedule='third' is unknown"):
        schedule.normal("third")
    schedule.register("third", lambda step, total: 1.0 / 3.0)
    assert values("third", steps=[7]) == [1.0 / 3.0]
    assert values({"name": "third", "warmup": 2}, steps=[0, 2]) == [0.5, 1.0 / 3.0]
    with pytest.raises(TrainError, match="can't be registered as 'cosine'"):
        schedule.register("cosine", lambda step, total: 1.0)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"name": "cosine", "every": 3}, "has no option 'every'"),
        ({"name": "step", "every": 0}, "option 'every'"),
        ({"name": "step", "every": 1.5}, "option 'every'"),
        ({"name": "exponential", "half": -1.0}, "option 'half'"),
        ({"name": "cosine", "warmup": True}, "option 'warmup'"),
        (3, "neither a name nor a dict"),
    ],
)
def test_refusals(spec: object, text: str) -> None:
    with pytest.raises(TrainError, match=text) as caught:
        schedule.normal(spec)
    assert caught.value.cure
