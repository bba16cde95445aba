"""Run and qlab.train: the thread, the hands of the user, and two runs at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qlab
from qlab.errors import TrainError
from qlab.training import job, loop, steps
from qlab.training.events import Evaluated, Intervened, Step, TrainState

from .fakes import circuit, features


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    assert job.active_runs() == ()
    yield
    for _ in range(200):
        if not job.active_runs():
            return
        time.sleep(0.05)
    raise AssertionError(f"still active: {job.active_runs()}")


def train(fx: Any = None, **options: Any) -> qlab.Run:
    return qlab.train(circuit(2), features() if fx is None else fx, **{"epochs": 3, "batch": 16, **options})


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_run_to_its_end() -> None:
    run = train(name="first")
    assert run.wait(30)
    assert (run.state, run.step, run.epoch, run.total_steps, run.is_active) == ("done", 9, 3, 9, False)
    frame = run.history
    assert list(frame.columns) == list(loop.columns_of("classification"))
    assert frame["step"].tolist() == list(range(1, 10))
    assert run.summary() == run.metrics
    assert run.summary()["test_accuracy"] == run.model.score(run._features.test)
    assert set(run.model.predict(np.zeros((2, 2)))) <= {"a", "b"}
    assert run.stats["weights"] == 4
    assert sum(isinstance(e, Evaluated) for e in run.events) == 3
    assert "'first' done: step 9 of 9, loss" in repr(run)


def test_it_returns_at_once_and_two_ids_differ() -> None:
    run = train(epochs=100_000)
    assert run.is_active
    assert run.step < run.total_steps
    run.stop()
    run.wait(30)
    assert run.state == "stopped"
    other = train()
    other.wait()
    assert other.id != run.id


def test_two_runs_of_one_seed_are_bitwise_equal() -> None:
    drop = list(loop.TIMES)
    one, two = train(seed=3), None
    one.wait()
    two = train(seed=3)
    two.wait()
    assert one.history.drop(columns=drop).equals(two.history.drop(columns=drop))


def test_pause_lr_resume_stop_from_another_thread() -> None:
    run = train(epochs=100_000)
    until(lambda: run.step > 5)
    run.pause()
    until(lambda: run.state == "paused")
    at = run.step
    run.lr = 0.001
    until(lambda: run.lr == 0.001)
    time.sleep(0.1)
    assert run.step == at
    assert run.status()["lr_pending"] is None
    assert not run.wait(0.01)
    run.resume()
    until(lambda: run.step > at + 5)
    assert run.latest("lr") == 0.001
    run.stop()
    assert run.wait(60)
    kinds = [(e.kind, e.step) for e in run.events if isinstance(e, Intervened)]
    assert kinds[:3] == [("pause", at + 1), ("lr", at + 1), ("resume", at + 1)]
    texts = [e["text"] for e in run.status()["events"]]
    assert texts[1] == "learning rate 0.05 → 0.001"


def test_a_bad_learning_rate_is_refused_and_the_run_goes_on() -> None:
    run = train(epochs=100_000)
    for bad in (0, -1, float("inf"), "x", None):
        with pytest.raises(TrainError, match="not a positive number"):
            run.lr = bad  # type: ignore[assignment]
    until(lambda: run.step > 3)
    run.stop()
    run.wait(60)
    with pytest.raises(TrainError, match="is stopped, so"):
        run.pause()


def test_a_second_run_is_refused_by_name_and_the_first_survives() -> None:
    first = train(epochs=100_000, name="the first")
    with pytest.raises(TrainError) as caught:
        train()
    assert first.id in str(caught.value)
    assert "'the first'" in str(caught.value)
    assert "run.stop()" in str(caught.value.cure)
    at = first.step
    until(lambda: first.step > at)
    second = train(parallel=True)
    assert second.wait(30)
    assert first.is_active
    first.stop()
    first.wait(60)
    train().wait(30)


def test_a_failure_is_raised_by_wait_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "timed_loss_and_grad", lambda *args: 1 / 0)
    run = train()
    with pytest.raises(TrainError, match=r"failed: division by zero \(at step 1\)") as caught:
        run.wait(30)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    status = run.status()
    assert status["state"] == "failed"
    assert "ZeroDivisionError" in status["error"]["traceback"]


def test_a_loss_out_of_bounds_keeps_what_there_was() -> None:
    run = train(lr=1e308, optimizer="sgd")
    with pytest.raises(TrainError, match="lower lr"):
        run.wait(30)
    assert run.state == "failed"
    assert "failed" in repr(run)


def test_predict_before_the_first_step() -> None:
    fx = features()
    run = qlab.Run(train_spec(fx), fx, train_model(fx))
    with pytest.raises(TrainError, match=r"untrained.*run\.wait\(\)"):
        run.model.predict(fx.test.X)
    assert np.isnan(run.latest("loss"))
    assert run.history.empty
    assert run.status()["state"] == "waiting"


def train_model(fx: Any) -> Any:
    return qlab.models.build_model(circuit(2), fx)


def train_spec(fx: Any) -> Any:
    return qlab.training.Spec.of(train_model(fx), loss="cross_entropy")


def test_a_broken_fold_is_a_failure_too() -> None:
    fx = features()
    run = qlab.Run(train_spec(fx), fx, train_model(fx))
    run._job._fold = lambda event: 1 / 0
    run._start(parallel=False)
    with pytest.raises(TrainError, match="division by zero"):
        run.wait(60)


def test_unknown_column() -> None:
    run = train()
    run.wait()
    with pytest.raises(TrainError, match="use one of step, epoch"):
        run.latest("los")


def test_the_status_is_json_without_nan() -> None:
    run = train(features(val=0))
    run.wait()
    status = json.loads(json.dumps(run.status(), allow_nan=False))
    assert status["state"] == "done"
    assert set(status) >= {"step", "total", "epoch", "epochs", "lr", "stats", "events", "metrics", "elapsed", "seed"}
    assert status["baseline"]["name"] == "logistic regression"


def test_a_run_of_a_hundred_thousand_steps_stays_small() -> None:
    fx = features()
    run = qlab.Run(train_spec(fx), fx, train_model(fx))
    names = run.columns.names
    tracemalloc.start()
    for i in range(1, 100_001):
        state = TrainState(i, np.zeros(50), (np.zeros(50), np.zeros(50)), 0.05)
        run._fold(Step(i, 1, 0.1 * i, ((float(i),) * len(names),), names, state))
        if i % 10 == 0:
            run._fold(Evaluated(i, 0.1 * i, {"val_loss": 1.0}, ((1, 2), (3, 4))))
    now, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert run.columns.n == 100_000
    assert now < 20e6
    assert run.latest("loss") == 100_000


def test_the_ticker_calls_wakes_and_survives_a_faulty_listener() -> None:
    ticker = job.Ticker()
    calls: list[str] = []

    def faulty() -> None:
        calls.append("faulty")
        raise ValueError

    def steady() -> float | None:
        calls.append("steady")
        return 0.01 if len(calls) < 6 else None

    ticker.add(faulty)
    ticker.add(steady)
    until(lambda: len(calls) >= 6)
    assert calls.count("faulty") == 1
    before = len(calls)
    time.sleep(0.05)
    assert len(calls) == before
    ticker.wake()
    until(lambda: len(calls) == before + 1)
    ticker.remove(steady)
    ticker.wake()
    time.sleep(0.05)
    assert len(calls) == before + 1


ENDS = """import atexit, threading, time
seen = []
def last():
    before = len(seen)
    alive = [t.name for t in threading.enumerate() if t.name.startswith("qlab")]
    time.sleep(0.1)
    print(len(seen) - before, alive)
atexit.register(last)  # as a kernel's own, which closes its sockets
from qlab.training import job
job.ticker.add(lambda: seen.append(1) or 0.0)
job.Ticker("qlab-idle").add(lambda: None)
while len(seen) < 10:
    time.sleep(0.001)
"""


def test_no_listener_is_called_once_the_interpreter_ends() -> None:
    said = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, check=True)
    assert (said.stdout.strip(), said.stderr) == ("0 []", "")


def test_the_interpreter_is_handed_over_sooner_while_a_run_is_active() -> None:
    usual = sys.getswitchinterval()
    try:
        for own, meanwhile in ((0.005, job.SWITCH), (0.0002, 0.0002)):  # a shorter one of the user's own stays
            sys.setswitchinterval(own)
            job.claim("a", "a", parallel=True)
            job.claim("b", "b", parallel=True)
            job.release("a")
            assert sys.getswitchinterval() == pytest.approx(meanwhile)
            job.release("b")
            assert sys.getswitchinterval() == pytest.approx(own)
    finally:
        sys.setswitchinterval(usual)


def test_a_baseline_that_takes_long_holds_no_step_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    go = threading.Event()
    told = {"name": "late", "metric": "accuracy", "train": 0.5, "val": 0.5, "test": 0.5}
    monkeypatch.setattr("qlab.training.run.logistic", lambda *_: told if go.wait(60) else None)
    monkeypatch.setattr("qlab.training.run.COMPARING", 0.01)
    run = train(epochs=3, folder=tmp_path)
    until(lambda: run.step == 9)
    assert (run.is_active, run.status()["baseline"]) == (True, None)  # its record waits for it
    go.set()
    assert run.wait(60)
    assert run.baseline == told
    assert qlab.open_run(run.id, folder=tmp_path).baseline == told


def test_a_baseline_that_fails_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qlab.training.run.logistic", lambda *_: 1 / 0)
    run = train(epochs=1)
    assert run.wait(60)
    assert (run.state, run.baseline["name"]) == ("done", "no baseline")
