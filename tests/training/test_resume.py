"""Pause, stop, failure and resume against the uninterrupted run, bit for bit; the store beside a live run."""

from __future__ import annotations

import errno
import sqlite3
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
from qlab.training import store_checkpoint, store_files
from qlab.training.events import Intervened, Warned
from qlab.training.loop import TIMES
from qlab.training.recorder import Recorder
from qlab.training.run_stored import StoredRun
from qlab.training.store_sqlite import SqliteBackend, StoreError
from qlab.widgets.still import static_html

from .fakes import circuit, features, quick_store, until

__all__ = ["quick_store"]  # a fixture
pytestmark = pytest.mark.usefixtures("quick_store")

ADAM = {"epochs": 40, "batch": 16, "seed": 3, "lr": 0.05, "optimizer": "adam"}
SPSA = {**ADAM, "optimizer": "spsa"}
RICH = {**ADAM, "schedule": "cosine", "clip": 1.0, "terms": {"l2": 0.01}, "val_every": 5}


def same(one: Any, two: Any) -> None:
    """Assert that two histories are the same bits, but for what the clock says."""
    a, b = (run.history.drop(columns=[c for c in TIMES if c in run.history]) for run in (one, two))
    pd.testing.assert_frame_equal(a, b, check_exact=True)
    assert one.fingerprint == two.fingerprint


def stored(run: Any) -> StoredRun:
    found = qlab.open_run(run.id)
    assert isinstance(found, StoredRun)
    return found


@pytest.fixture(scope="module")
def whole() -> Callable[..., Any]:
    """Uninterrupted runs, each made once."""
    made: dict[str, Any] = {}

    def get(options: dict[str, Any]) -> Any:
        key = repr(sorted(options.items(), key=str))
        if key not in made:
            made[key] = qlab.train(circuit(2), features(200), record=False, **options)
            made[key].wait(60)
        return made[key]

    return get


@pytest.mark.parametrize("options", [ADAM, SPSA, RICH], ids=["adam", "spsa", "rich"])
def test_stopped_and_resumed_is_the_run_that_was_never_stopped(options: Any, whole: Any) -> None:
    run = qlab.train(circuit(2), features(200), **options)
    for at in (60, 200):
        until(lambda at=at, run=run: run.step >= at)
        run.stop()
        run.wait(30)
        assert run.state == "stopped"
        run = qlab.resume(run.id, features(200))
    run.wait(60)
    assert run.state == "done"
    same(run, whole(options))
    same(stored(run), whole(options))
    assert run.metrics == whole(options).metrics
    assert [e.kind for e in run.events if isinstance(e, Intervened)] == ["stop", "stop"]


@pytest.mark.parametrize("options", [ADAM, SPSA], ids=["adam", "spsa"])
def test_paused_and_resumed_is_the_run_that_was_never_paused(options: Any, whole: Any) -> None:
    run = qlab.train(circuit(2), features(200), **options)
    for at in (30, 90):
        until(lambda at=at: run.step >= at)
        run.pause()
        until(lambda: run.state == "paused")
        run.resume()
    run.wait(60)
    same(run, whole(options))


def test_stages_and_early_stop_resume_too(whole: Any) -> None:
    options = {
        **ADAM,
        "stages": [{"optimizer": "spsa", "epochs": 10, "rows": 0.5}, {"epochs": 30, "lr": 0.03}],
        "early_stop": {"patience": 12},
    }
    reference = qlab.train(circuit(2), features(200), record=False, **options)
    reference.wait(60)
    run = qlab.train(circuit(2), features(200), **options)
    for at in (20, 66, 150):
        until(lambda at=at, run=run: run.step >= at or not run.is_active)
        run.stop()
        run.wait(30)
        if run.state == "done":
            break
        run = qlab.resume(run.id, features(200))
    run.wait(60)
    same(run, reference)
    noted = [(type(e).__name__, e.step, e.kind) for e in stored(run).events if type(e).__name__ == "Noted"]
    assert len(noted) == len(set(noted))  # told once, though the run came by several times
    assert ("Noted", 1, "stage") in noted


def test_what_was_recorded_after_the_last_checkpoint_is_made_again_interventions_included() -> None:
    """As after a kill: the record is ahead of the checkpoint, and orders lie between."""
    run = qlab.train(circuit(2), features(200), **ADAM)
    until(lambda: run.step >= 40)
    run.lr = 0.2
    until(lambda: run.lr == 0.2)
    run.batch = 25
    run.freeze("circuit")
    until(lambda: run.batch == 25)
    until(lambda: run.step >= 150)
    run.thaw([0, 1])
    until(lambda: len(run.status()["events"]) == 4)
    run.wait(60)
    old = stored(run)
    files = old._store.checkpoints(run.id)
    first = old.events
    for step in files.steps():
        if step > 20:
            files._path(step).unlink()
    live = {**old._record.live, "state": "running", "pid": 2**22 + 1}
    old._store.backend.write(run.id, old._record.owner, live)
    assert qlab.open_run(run.id).state == "interrupted"
    again = qlab.resume(run.id, features(200))
    again.wait(60)
    same(again, run)
    assert again.status()["lr"] == 0.2
    assert again.status()["frozen"] == run.status()["frozen"] == [2, 3]
    orders = [(e.step, e.kind, e.new) for e in stored(again).events if isinstance(e, Intervened)]
    assert orders == [(e.step, e.kind, e.new) for e in first if isinstance(e, Intervened)]
    assert [(e.step, e.kind, e.new) for e in again.events if isinstance(e, Intervened)] == orders


def test_data_is_made_again_from_its_lineage_or_must_be_given_and_is_checked(tmp_path: Path) -> None:
    iris = qlab.load("iris").to_pandas()
    iris.to_csv(tmp_path / "iris.csv", index=False)
    target = [c for c in iris.columns if iris[c].dtype.kind not in "fi"][-1]
    fx = qlab.load(tmp_path / "iris.csv").features(target=target, qubits=2, reduce="pca", seed=7)
    run = qlab.train(circuit(2), fx, epochs=400, batch=16)
    until(lambda: run.step >= 10)
    run.stop()
    run.wait(30)
    found = stored(run)
    again = found.features
    np.testing.assert_array_equal(again.train.X, fx.train.X)
    assert found.model.score(fx.test) == run.model.score(fx.test)
    rows = qlab.load(tmp_path / "iris.csv").head(5)
    np.testing.assert_array_equal(found.model.predict(rows), run.model.predict(rows))
    resumed = qlab.resume(run.id)
    until(lambda: resumed.step > run.step)
    resumed.stop()
    resumed.wait(30)
    other = qlab.load(tmp_path / "iris.csv").features(target=target, qubits=2, reduce="pca", seed=8)
    with pytest.raises(TrainError, match="not the data of run"):
        qlab.resume(run.id, other)
    iris.head(100).to_csv(tmp_path / "iris.csv", index=False)
    with pytest.raises(TrainError, match=r"must be given: .*has changed since"):
        qlab.resume(run.id)
    (tmp_path / "iris.csv").unlink()
    with pytest.raises(TrainError, match=r"must be given: .*can't be read again"):
        qlab.resume(run.id)
    resumed = qlab.resume(run.id, fx)
    resumed.stop()
    resumed.wait(30)
    with pytest.raises(TrainError, match="is no data"):
        qlab.resume(run.id, 3)


def test_what_can_not_be_resumed_says_why() -> None:
    run = qlab.train(circuit(2), features(), epochs=2)
    run.wait(30)
    with pytest.raises(TrainError, match=r"is done.*branch"):
        qlab.resume(run.id, features())
    with pytest.raises(TrainError, match="no run 'nothing'"):
        qlab.resume("nothing")
    other = qlab.train(circuit(2), features(), epochs=100_000)
    until(lambda: other.step > 1 and other.id in qlab.runs())
    assert qlab.open_run(other.id) is other
    with pytest.raises(TrainError, match="goes on, written by process"):
        qlab.resume(other.id, features())
    other.stop()
    other.wait(60)
    plain = qlab.train(circuit(2), features(), epochs=2, record=False)
    plain.wait(60)
    with pytest.raises(TrainError, match="isn't stored"):
        qlab.resume(plain)
    assert plain.id not in qlab.runs()


def test_a_failed_run_keeps_its_last_checkpoint_and_its_traceback() -> None:
    run = qlab.train(circuit(2), features(200), epochs=200, batch=16)
    until(lambda: run.step >= 30)
    run._control.steer("lr", 1e308)  # past the check, as a fault would
    with pytest.raises(TrainError, match="lower lr"):
        run.wait(30)
    found = stored(run)
    assert (found.state, found.step) == ("failed", run.step)
    assert found.status()["error"]["where"] == f"step {run.step + 1}"
    assert "not_finite" in found.status()["error"]["traceback"]
    assert found.snapshot().step == run.step  # type: ignore[union-attr]
    child = found.branch(step=25, lr=0.01, data=features(200))
    child.wait(60)
    assert child.state == "done"


def failing_at(monkeypatch: pytest.MonkeyPatch, point: str) -> dict[str, bool]:
    """Let writes fail as on a full disk, while ``full["now"]``."""
    full = {"now": False}
    no_room = OSError(errno.ENOSPC, "No space left on device")
    if point == "checkpoint":
        real_put = store_files.put

        def put(path: Path, data: bytes) -> None:
            if full["now"]:
                raise no_room
            real_put(path, data)

        monkeypatch.setattr(store_checkpoint, "put", put)
    else:
        real_write = SqliteBackend.write

        def write(self: Any, *args: Any, **options: Any) -> None:
            if full["now"]:
                raise StoreError("database or disk is full (OperationalError)") from sqlite3.OperationalError("full")
            real_write(self, *args, **options)

        monkeypatch.setattr(SqliteBackend, "write", write)
    return full


@pytest.mark.parametrize("point", ["checkpoint", "rows"])
def test_a_full_disk_costs_a_warning_and_no_step(point: str, monkeypatch: pytest.MonkeyPatch, whole: Any) -> None:
    full = failing_at(monkeypatch, point)
    run = qlab.train(circuit(2), features(200), **{**ADAM, "epochs": 4000})
    until(lambda: len(stored_or_none(run)) > 1)
    full["now"] = True
    until(lambda: run.warning is not None)
    kept, at = max(stored_or_none(run)), run.step
    assert "make room in" in str(run.status()["warning"]["cure"])
    until(lambda: run.step > at + 100)
    old = StoredRun(run.store, run.store.find(run.id))  # type: ignore[arg-type,union-attr]
    assert old.snapshot(kept).step == kept  # type: ignore[union-attr]  # the old checkpoint loads
    full["now"] = False
    until(lambda: run.warning is None)
    run.stop()
    run.wait(30)
    told = [e.message is None for e in run.events if isinstance(e, Warned)]
    assert told == [False, True]
    same(stored(run), run)  # what was missed was written


def test_no_checkpoint_is_ahead_of_the_rows_in_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the best one either, though the run finds a better one while its rows are being written."""
    real_write, real_save, rows, ahead = Recorder._write, store_checkpoint.Checkpoints.save, [0], []

    def write(self: Any, count: int, n: int, now: float) -> bool:
        best, wrote = self._best, real_write(self, count, n, now)
        rows.append(self._saved)
        if len(rows) < 9:
            until(lambda: self._best is not best or self._over)
        return wrote

    def save(self: Any, snapshot: Any) -> None:
        ahead.append(snapshot.step - rows[-1])
        real_save(self, snapshot)

    monkeypatch.setattr(Recorder, "_write", write)
    monkeypatch.setattr(store_checkpoint.Checkpoints, "save", save)
    run = qlab.train(circuit(2), features(200), **{**ADAM, "epochs": 4000, "lr": 1e-4})
    until(lambda: len(rows) > 9)
    run.stop()
    run.wait(30)
    assert len(ahead) > 3
    assert max(ahead) <= 0


def stored_or_none(run: Any) -> list[int]:
    return run.store.checkpoints(run.id).steps()  # type: ignore[no-any-return]


def test_a_disk_that_stays_full_loses_the_end_only(monkeypatch: pytest.MonkeyPatch) -> None:
    full = failing_at(monkeypatch, "rows")
    run = qlab.train(circuit(2), features(200), **{**ADAM, "epochs": 2000})
    until(lambda: len(stored_or_none(run)) > 1)
    full["now"] = True
    until(lambda: run.warning is not None)
    run.stop()
    assert run.wait(30)
    old = qlab.open_run(run.id)
    n = old.columns.n
    assert 0 < n <= run.columns.n
    pd.testing.assert_frame_equal(old.history, run.history.head(n))


def test_a_folder_that_can_not_be_written_costs_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    run = qlab.train(circuit(2), features(), epochs=3, folder=tmp_path / "file" / "home")
    assert run.wait(30)
    assert run.state == "done"
    assert "could not be stored" in str(run.warning["message"])  # type: ignore[index]


def test_a_run_deleted_while_it_goes_on_goes_on() -> None:
    run = qlab.train(circuit(2), features(200), epochs=100_000)
    until(lambda: run.step > 20 and run.id in qlab.runs())
    run.store.delete(run.id)  # type: ignore[union-attr]
    until(lambda: run.warning is not None)
    at = run.step
    until(lambda: run.step > at + 10)
    run.stop()
    assert run.wait(60)
    assert "deleted" in str(run.warning["message"])  # type: ignore[index]


ENDS = """
import time, qlab
from tests.training.fakes import circuit, features
run = qlab.train(circuit(2), features(200), epochs=100, batch=16, seed=3)
while run.step < 300: time.sleep(0.001)
run.pause()
while run.state != "paused": time.sleep(0.001)
print(run.id, run.step)
"""


def test_a_script_that_ends_in_mid_run_leaves_it_whole_and_interrupted() -> None:
    done = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, check=True, timeout=120)
    run_id, step = done.stdout.split()
    old = qlab.open_run(run_id)
    assert (old.state, old.step) == ("interrupted", int(step))
    assert "Interrupted" in static_html(old)
    assert old.snapshot().step == int(step)  # type: ignore[attr-defined]
    again = qlab.resume(run_id, features(200))
    again.wait(60)
    whole = qlab.train(circuit(2), features(200), epochs=100, batch=16, seed=3, record=False)
    whole.wait(60)
    same(again, whole)
