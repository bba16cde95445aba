"""Branches: from any step, with the bits the parent had there; of live, stored and branched runs; and replays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import qlab
from qlab.errors import TrainError
from qlab.models import build_model
from qlab.training import job, store_checkpoint
from qlab.training.control import STEERING, checked, steered, weights_of
from qlab.training.events import Intervened
from qlab.training.loop import TIMES, start_state
from qlab.training.resume_run import all_orders
from qlab.training.snapshot import Snapshot
from qlab.training.spec import Spec
from qlab.training.status import intervention

from .fakes import circuit, features, quick_store, until

__all__ = ["quick_store"]  # a fixture
pytestmark = pytest.mark.usefixtures("quick_store")

OPTIONS: dict[str, Any] = {"epochs": 30, "batch": 16, "seed": 5}


def tail(run: Any, after: int) -> pd.DataFrame:
    frame = run.history.drop(columns=[c for c in TIMES if c in run.history])
    return frame[frame["step"] > after].reset_index(drop=True)


def done(run: Any) -> Any:
    run.wait(60)
    assert run.state == "done"
    return run


@pytest.fixture(scope="module")
def parent_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    made: dict[str, Any] = {}

    def get(optimizer: str) -> Any:
        if optimizer not in made:
            home = tmp_path_factory.mktemp("parent")
            made[optimizer] = done(
                qlab.train(circuit(2), features(200), optimizer=optimizer, folder=home, name="parent", **OPTIONS)
            )
        return made[optimizer]

    return get


@pytest.mark.parametrize("optimizer", ["adam", "spsa"])
@pytest.mark.parametrize("step", [0, 1, 120, 251, 389])
def test_a_branch_that_changes_nothing_is_its_parent(step: int, optimizer: str, parent_of: Any) -> None:
    parent = parent_of(optimizer)
    child = done(parent.branch(step=step))
    pd.testing.assert_frame_equal(tail(child, 0), tail(parent, step), check_exact=True)
    assert child.fingerprint == parent.fingerprint
    assert child.metrics == parent.metrics
    assert (child.base, child.step, child.total_steps) == (step, 390, 390)
    assert child.status()["parent"] == {"run": parent.id, "step": step}


def test_a_branch_differs_from_its_first_step_by_what_was_changed(parent_of: Any) -> None:
    parent = parent_of("adam")
    child = done(parent.branch(step=120, lr=0.005, batch=50, freeze="circuit", name="slower"))
    assert child.name == "slower"
    orders = [(e.step, e.kind, e.old, e.new) for e in child.events if isinstance(e, Intervened)]
    assert orders == [
        (121, "lr", 0.05, 0.005), (121, "batch", 16, 50), (121, "freeze", 0, "circuit")
    ]  # fmt: skip
    # 120 steps of 16 rows are 9 passes of 200 rows and 3 steps; 152 rows are left of the tenth, and 20 passes
    assert child.step == child.total_steps == 120 + 4 + 20 * 4
    frozen = child.model.theta[:4]
    again = done(parent.branch(step=120, freeze="all"))
    np.testing.assert_array_equal(again.model.theta[:4], frozen)
    assert not np.array_equal(again.model.theta[4:], child.model.theta[4:])


def test_a_branch_of_a_stored_run_of_a_branch_after_its_parents_are_gone() -> None:
    root = qlab.train(circuit(2), features(200), **OPTIONS)
    until(lambda: root.step >= 30)
    root.lr = 0.02
    done(root)
    middle = done(root.branch(step=200, batch=32))
    want = done(root.branch(step=200, batch=32)).fingerprint
    root.store.delete(root.id)
    files = middle.store.checkpoints(middle.id)
    for step in files.steps():
        files._path(step).unlink()  # only the origin's orders are left: all of it is made again
    leaf = done(qlab.open_run(middle.id).branch(step=250, data=features(200)))
    assert leaf.fingerprint == want
    assert all_orders(leaf) == all_orders(middle)
    assert [kind for _, kind, _ in all_orders(leaf)] == ["lr", "batch"]


def test_a_live_run_is_branched_while_it_goes_on() -> None:
    parent = qlab.train(circuit(2), features(200), **{**OPTIONS, "epochs": 4000})
    until(lambda: parent.step >= 100)
    child = parent.branch(lr=0.001)
    at = child.base
    until(lambda: child.step > at)
    assert parent.is_active
    assert child.is_active
    child.stop()
    parent.stop()
    child.wait(30)
    parent.wait(30)
    assert float(child.history["lr"].iloc[0]) == 0.001


def test_a_branch_can_be_stopped_on_its_way_to_its_first_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_checkpoint.Checkpoints, "latest", lambda self, most=None: None)
    parent = qlab.train(circuit(2), features(200), **{**OPTIONS, "epochs": 400})
    done(parent)
    child = parent.branch(step=parent.step - 1)
    child.stop()
    assert child.wait(30)
    assert child.state == "stopped"
    assert child.columns.n <= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": -1}, "no step -1"),
        ({"step": 391}, r"no step 391.*0 to 390"),
        ({"step": 1.5}, "no step 1.5"),
        ({"step": True}, "no step True"),
        ({"lr": 0}, "not a positive number"),
        ({"batch": 0}, "whole number"),
        ({"freeze": "tail"}, r"no part 'tail'.*circuit"),
        ({"freeze": [99]}, "no weight 99"),
        ({"epochs": 3}, "can't change 'epochs'"),
        ({"data": features(100)}, "not the data"),
    ],
)
def test_a_branch_that_can_not_be(options: Any, message: str, parent_of: Any) -> None:
    parent = parent_of("adam")
    before = len(qlab.runs(parent.store.folder))
    with pytest.raises(TrainError, match=message):
        parent.branch(**options)
    assert len(qlab.runs(parent.store.folder)) == before
    assert job.active_runs() == ()


@pytest.mark.parametrize("value", [0, -1, 1.5, "x", None, True, float("nan")])
def test_a_bad_batch_is_refused_and_the_run_goes_on(value: Any) -> None:
    run = qlab.train(circuit(2), features(), epochs=100_000, record=False)
    with pytest.raises(TrainError, match="whole number of at least 1"):
        run.batch = value
    with pytest.raises(TrainError, match="is unknown"):
        run.watch("thermometer")
    with pytest.raises(TrainError, match="unknown order"):
        run.steer("explode", 1)
    with pytest.raises(TrainError):
        run.steer("term", ("l3", 1.0))
    with pytest.raises(TrainError):
        run.steer("term", ("l2", -1.0))
    with pytest.raises(TrainError):
        run.freeze({"a": 1})
    until(lambda: run.step > 3)
    run.stop()
    run.wait(60)
    assert run.status()["events"][-1]["kind"] == "stop"
    assert len(run.status()["events"]) == 1


def test_frozen_weights_stay_to_the_last_bit_and_thawed_ones_move() -> None:
    run = qlab.train(circuit(2), features(200), **{**OPTIONS, "optimizer": "adamw", "epochs": 4000}, record=False)
    until(lambda: run.step >= 20)
    run.freeze("head")
    until(lambda: run.status()["frozen"] != [])
    before = run.snapshot.theta[run._model.slices["head.w"]].copy()  # type: ignore[union-attr]
    at = run.step
    until(lambda: run.step > at + 30)
    np.testing.assert_array_equal(run.snapshot.theta[run._model.slices["head.w"]], before)  # type: ignore[union-attr]
    run.thaw("head.w")
    until(lambda: len(run.status()["events"]) == 2)
    at = run.step
    until(lambda: run.step > at + 5)
    assert not np.array_equal(run.snapshot.theta[run._model.slices["head.w"]], before)  # type: ignore[union-attr]
    run.steer("term", ("l2", 0.5))
    until(lambda: len(run.status()["events"]) == 3)
    assert run.status()["terms"] == run.terms == {"data": 1.0, "l1": 0.0, "l2": 0.5}
    run.stop()
    run.wait(60)
    texts = [e["text"] for e in run.status()["events"]]
    assert texts == ["froze head", "thawed head.w", "weight of l2 → 0.5", "stopped by hand"]


def test_steering_is_a_pure_function_of_the_state() -> None:
    model = build_model(circuit(2), features())
    slices, size = model.slices, model.size
    state = start_state(Spec.of(model, loss="cross_entropy"), model)
    raw = state.theta.copy()
    for kind, value in (
        ("lr", 0.2), ("batch", 7), ("freeze", [0, 1]), ("freeze", None), ("thaw", "circuit"), ("term", ("l1", 1))
    ):  # fmt: skip
        if kind == "thaw":
            state, _, _ = steered(state, "freeze", "all", slices, 32)
        order = checked(kind, value, slices, size)
        after, _, new = steered(state, kind, order, slices, 32)
        same, _, _ = steered(after, kind, new, slices, 32)
        assert after is not state
        assert same is after  # what an event tells can be given again, and changes nothing twice
        assert intervention(Intervened(1, 0.0, kind, *_old_new(state, kind, order, slices)))["text"]
    np.testing.assert_array_equal(state.theta, raw)
    assert weights_of("all", slices, size).tolist() == list(range(size))
    assert set(STEERING) == {"lr", "batch", "freeze", "thaw", "term"}


def _old_new(state: Snapshot, kind: str, order: Any, slices: Any) -> tuple[Any, Any]:
    _, old, new = steered(state, kind, order, slices, 32)
    return old, new


def test_an_exported_script_replays_to_the_last_bit(tmp_path: Path) -> None:
    fx = qlab.load("iris").features(qubits=2, reduce="pca", seed=7)
    run = qlab.train(circuit(2), fx, epochs=3000, batch=16, seed=1, terms={"l2": 0.01}, name='it\'s "quoted" \\n')
    until(lambda: run.step >= 40)
    run.lr = 0.02
    run.batch = 30
    run.freeze([0, 1])
    until(lambda: run.batch == 30)
    run.pause()
    until(lambda: run.state == "paused")
    run.resume()
    at = run.step
    until(lambda: run.step > at + 20)
    child = run.branch(step=run.step, lr=0.3)
    until(lambda: child.step > child.base + 25)
    child.steer("term", ("l2", 0.5))
    until(lambda: child.status()["terms"]["l2"] == 0.5)
    at = child.step
    until(lambda: child.step > at + 10)
    child.stop()
    run.stop()
    child.wait(30)
    run.wait(30)
    for k, one in enumerate((run, child)):
        path = tmp_path / f"again{k}.py"
        one.export_script(path)
        out = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True, timeout=120)
        assert "the same to the last bit" in out.stdout, out.stdout
        assert str(one.summary()) in out.stdout


def test_the_events_of_a_run_replay_it_whatever_they_are() -> None:
    fx = features(200)
    stages = [{"epochs": 400, "rows": 0.5}, {"optimizer": "spsa", "epochs": 400}]
    run = qlab.train(circuit(2), fx, seed=3, batch=8, stages=stages, terms={"l2": 0.01}, name="steered")
    until(lambda: run.step >= 20)
    run.pause()
    until(lambda: run.state == "paused")
    run.lr = 0.02
    run.batch = 16
    run.freeze("head.b")
    run.term("data", 0.5)
    run.term("l1", 0.02)
    run.resume()
    until(lambda: run.snapshot is not None and run.snapshot.stage == 1)
    run.thaw()
    run.pause()
    until(lambda: run.state == "paused")
    run.stop()
    run.wait(30)
    again = qlab.replay(run.spec, fx, run.events, stop=run.step)
    again.wait(30)
    assert again.fingerprint == run.fingerprint
    drop = list(TIMES)
    pd.testing.assert_frame_equal(again.history.drop(columns=drop), run.history.drop(columns=drop))

    def by_hand(one: Any) -> list[Any]:
        return [(e.step, e.kind, e.old, e.new) for e in one.events if isinstance(e, Intervened)]

    assert by_hand(again) == [*by_hand(run)[:-2], by_hand(run)[-1]]  # of a pause that was never ended, only the stop
    assert {kind for _, kind, _, _ in by_hand(again)} == {
        "pause", "resume", "lr", "batch", "freeze", "thaw", "term", "stop"
    }  # fmt: skip
    with pytest.raises(TrainError, match="is no intervention"):
        qlab.replay(run.spec, fx, [("lr", 0.1)])  # type: ignore[list-item]


def test_a_script_whose_data_was_in_memory_asks_for_it() -> None:
    run = done(qlab.train(circuit(2), features(), epochs=2))
    text = run.export_script()
    assert "raise SystemExit" in text
    compile(text, "script", "exec")
    namespace: dict[str, Any] = {}
    body = text.split("features = None")[0]
    exec(body, namespace)
    again = done(qlab.replay(run.spec.to_json(), features()))
    assert again.fingerprint == run.fingerprint
    with pytest.raises(TrainError, match="not a run's spec"):
        qlab.replay("{}", features())
    with pytest.raises(TrainError, match="not a positive number"):
        qlab.replay(run.spec, features(), [(3, "lr", -1)])
