"""The loop: determinism, pause, resume, learning rate, stop, failure; all without a thread."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from qlab.models import build_model
from qlab.training import loop, steps
from qlab.training.events import Evaluated, Event, Failed, Finished, Intervened, Started, Step
from qlab.training.spec import Spec

from .fakes import Script, circuit, features

TIMES = loop.TIMES


def spec_of(fx: Any, **options: Any) -> Spec:
    task = fx.task
    base = {"loss": "mse" if task == "regression" else "cross_entropy", "epochs": 3, "batch": 16, "seed": 1}
    return Spec.of(build_model(circuit(2), fx), **{**base, **options})


def events(
    fx: Any = None, control: Any = None, clock: Callable[[], float] | None = None, **options: Any
) -> list[Event]:
    fx = features() if fx is None else fx
    more = {} if clock is None else {"clock": clock}
    return list(loop.run(spec_of(fx, **options), fx, control, **more))


def rows(found: list[Event]) -> np.ndarray:
    return np.array(
        [[v for k, v in e.values.items() if k not in TIMES] for e in found if isinstance(e, Step)], dtype=np.float64
    )


def of(found: list[Event], kind: type) -> list[Any]:
    return [e for e in found if isinstance(e, kind)]


def test_the_order_of_events() -> None:
    found = events()
    assert isinstance(found[0], Started)
    assert found[0].total_steps == 9  # 40 rows in batches of 16: 3 a pass
    assert [e.step for e in of(found, Step)] == list(range(1, 10))
    assert [e.epoch for e in of(found, Step)] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [e.step for e in of(found, Evaluated)] == [3, 6, 9]
    assert isinstance(found[-1], Finished)
    assert set(found[-1].metrics) == {f"{s}_{m}" for s in ("train", "val", "test") for m in ("loss", "accuracy")}
    assert tuple(of(found, Step)[0].values) == found[0].columns


def test_the_same_spec_and_seed_give_the_same_history_bit_for_bit() -> None:
    np.testing.assert_array_equal(rows(events()), rows(events()))
    assert not np.array_equal(rows(events()), rows(events(seed=2)))


def test_validation_figures_are_in_the_row_of_their_step() -> None:
    found = events(val_every=4)
    told = {e.step: e.values["val_loss"] for e in of(found, Evaluated)}
    assert list(told) == [4, 8, 9]
    for e in of(found, Step):
        if e.step in told:
            assert e.values["val_loss"] == told[e.step]
        else:
            assert np.isnan(e.values["val_loss"])


def test_the_confusion_matrix_counts_every_validation_row() -> None:
    for e in of(events(features(classes=3)), Evaluated):
        assert np.sum(e.confusion) == 12
        assert np.trace(e.confusion) / 12 == pytest.approx(e.values["val_accuracy"])


def test_every_row_is_seen_once_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    fx = features(37)
    fx.train.X[:, 1] = np.arange(37) / 100.0
    seen: list[float] = []
    real = steps.timed_loss_and_grad

    def spy(model, theta, X, y, loss):
        seen.extend(X[:, 1])
        return real(model, theta, X, y, loss)

    monkeypatch.setattr(steps, "timed_loss_and_grad", spy)
    events(fx, epochs=2)
    assert sorted(seen[:37]) == sorted(seen[37:]) == pytest.approx(list(np.arange(37) / 100.0))
    assert seen[:37] != seen[37:]


def test_it_learns() -> None:
    found = events(features(200), epochs=30)
    assert found[-1].metrics["test_accuracy"] > 0.9
    found = events(features(200, task="regression"), epochs=40)
    assert found[-1].metrics["test_r2"] > 0.9
    assert of(found, Evaluated)[-1].confusion is None


def test_pause_holds_the_step_count_and_resume_equals_the_uninterrupted_run() -> None:
    script = Script({4: [("pause", None)]}, idle=[("resume", None)])
    found = events(control=script)
    assert [(e.kind, e.step) for e in of(found, Intervened)] == [("pause", 5), ("resume", 5)]
    assert script.idles == 3
    assert [e.step for e in of(found, Step)] == list(range(1, 10))
    np.testing.assert_array_equal(rows(found), rows(events()))


def test_time_leaves_pauses_out() -> None:
    tick = itertools.count()
    held = Script({4: [("pause", None)]}, idle=[("resume", None)])
    plain = events(clock=lambda: float(next(tick)))[-1].time
    tick = itertools.count()
    assert events(control=held, clock=lambda: float(next(tick)))[-1].time <= plain + 4


def test_a_learning_rate_acts_at_the_next_step_and_is_recorded() -> None:
    found = events(control=Script({3: [("lr", 0.2)], 5: [("lr", 0.2)]}))
    assert of(found, Intervened) == [Intervened(4, of(found, Intervened)[0].time, "lr", 0.05, 0.2)]
    assert [e.values["lr"] for e in of(found, Step)] == [0.05] * 3 + [0.2] * 6
    plain = rows(events())
    np.testing.assert_array_equal(rows(found)[:3], plain[:3])
    assert rows(found)[4, 2] != plain[4, 2]


def test_a_learning_rate_set_while_paused_is_taken_at_once() -> None:
    found = events(control=Script({2: [("pause", None), ("lr", 0.01)]}, idle=[("resume", None)]))
    assert [e.kind for e in of(found, Intervened)] == ["pause", "lr", "resume"]


def test_stop_ends_within_a_step_with_figures() -> None:
    found = events(control=Script({4: [("stop", None)]}))
    assert of(found, Step)[-1].step == 4
    assert (found[-1].reason, found[-1].step) == ("stopped", 4)
    assert "test_accuracy" in found[-1].metrics


def test_stop_while_paused() -> None:
    found = events(control=Script({4: [("pause", None)]}, idle=[("stop", None)]))
    assert [e.kind for e in of(found, Intervened)] == ["pause", "stop"]
    assert found[-1].reason == "stopped"


def test_a_run_goes_on_from_any_state_bit_for_bit() -> None:
    whole = events()
    for k in (1, 3, 5):
        state = of(whole, Step)[k - 1].state
        rest = list(loop.run(spec_of(features()), features(), start=state))
        np.testing.assert_array_equal(rows(rest), rows(whole)[k:])


def test_a_loss_that_is_not_a_number_fails_at_its_own_step(monkeypatch: pytest.MonkeyPatch) -> None:
    real = steps.timed_loss_and_grad
    calls = itertools.count(1)

    def faulty(*args):
        loss, grad, scores, seconds = real(*args)
        return loss, np.full_like(grad, np.nan) if next(calls) == 5 else grad, scores, seconds

    monkeypatch.setattr(steps, "timed_loss_and_grad", faulty)
    found = events()
    failed = found[-1]
    assert isinstance(failed, Failed)
    assert failed.step == 5
    assert of(found, Step)[-1].step == 4
    assert failed.error["where"] == "step 5"
    assert failed.error["cure"] == "lower lr; 0.05 is usual for adam"
    assert "not_finite" in failed.traceback


def test_a_learning_rate_far_too_high_fails_by_name_without_a_warning() -> None:
    failed = events(lr=1e308, optimizer="sgd")[-1]
    assert isinstance(failed, Failed)
    assert failed.error["type"] == "TrainError"
    assert "lower lr" in failed.error["cure"]


def test_any_exception_becomes_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "timed_loss_and_grad", lambda *args: 1 / 0)
    failed = events()[-1]
    assert (failed.step, failed.error["type"], failed.error["where"]) == (1, "ZeroDivisionError", "step 1")
    assert isinstance(failed.cause, ZeroDivisionError)


def test_no_training_rows() -> None:
    failed = events(features(0))[-1]
    assert "no training rows" in failed.error["message"]


def test_without_validation_rows_the_columns_stay_empty() -> None:
    found = events(features(val=0))
    assert of(found, Evaluated) == []
    assert isinstance(found[-1], Finished)
    assert "val_loss" not in found[-1].metrics
