"""kill -9 at any moment: the store stays whole, less than a second is lost, and the run goes on bit for bit."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qlab.training import loop
from qlab.training.events import Step
from qlab.training.loop import TIMES
from qlab.training.snapshot import from_bytes
from qlab.training.store import open_store

from .crashes import Nursery, recipe

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the trainers are forked")
EPOCHS = 130  # 13 steps each
LOST = 1.0  # seconds of history, at most


def reference(epochs: int) -> np.ndarray:
    """The columns of the run that nobody killed, but for the times."""
    spec, fx, model = recipe(epochs)
    rows = [e.values for e in loop.run(spec, fx, model=model) if isinstance(e, Step)]
    return np.array([[row[name] for name in row if name not in TIMES] for row in rows]).T


def examine(home: Path, run_id: str, kind: str, whole: np.ndarray) -> tuple[int, float]:
    """Check all that is stored of a run whose process was killed; return steps and the time of the last one."""
    if kind == "sqlite" and (home / "runs.sqlite").exists():
        with sqlite3.connect(home / "runs.sqlite") as db:
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        db.close()
    store = open_store(home)
    record = store.backend.read(run_id)
    if record is None:
        return 0, 0.0
    columns = store.columns(record)
    block = columns.block(0, columns.n)
    keep = [i for i, name in enumerate(columns.names) if name not in TIMES]
    np.testing.assert_array_equal(block[keep], whole[:, : columns.n])
    assert len(store.backend.events(run_id)) >= record.live.get("events", 0)
    files = store.checkpoints(run_id)
    for step in files.steps():
        assert from_bytes(files.raw(step)).step == step
        assert step <= columns.n  # never ahead of its history
    store.backend.close()
    return columns.n, float(block[columns.names.index("time"), -1]) if columns.n else 0.0


@pytest.fixture(params=["sqlite", "journal"])
def nursery(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("QLAB_STORE", request.param)
    found = Nursery(tmp_path, request.param)
    yield found, request.param
    found.close()


def test_killed_again_and_again_and_resumed_it_is_the_run_that_never_was(nursery: Any) -> None:
    trainers, kind = nursery
    whole = reference(EPOCHS)
    chance = random.Random(kind)
    for k in range(6):
        before = trainers.mark("K")[0]
        pid = trainers.start("K", epochs=EPOCHS, eager=k % 2 == 1)
        while trainers.mark("K")[0] == before:
            time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.6))
        trainers.kill(pid)
        step, seconds = trainers.mark("K")
        kept, at = examine(trainers.home, "K", kind, whole)
        assert kept <= max(step, before) + 1
        assert seconds - at < LOST
    pid = trainers.start("K", epochs=EPOCHS, pause=0.0)
    assert trainers.wait(pid) == 0
    assert examine(trainers.home, "K", kind, whole)[0] == whole.shape[1]
    record = open_store(trainers.home).find("K")
    assert record.live["state"] == "done"


def test_two_processes_write_two_runs_into_one_store_at_once(nursery: Any) -> None:
    trainers, kind = nursery
    whole = reference(30)
    for name in ("A", "B"):
        trainers.start(name, epochs=30, eager=True)
    assert [trainers.gone()[2] for _ in range(2)] == ["0", "0"]
    for name in ("A", "B"):
        assert examine(trainers.home, name, kind, whole)[0] == whole.shape[1]
    frame = pd.DataFrame([r.live["state"] for r in open_store(trainers.home).backend.records()])
    assert frame[0].tolist() == ["done", "done"]
