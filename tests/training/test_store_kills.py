"""A kill before any touch of a file: the store is as it was before or after, and takes the next writer."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import qlab
from qlab.errors import TrainError
from qlab.training import store_journal
from qlab.training.store import Store, open_store
from qlab.training.store_journal import DEBRIS, FOLDER, JOURNAL, OWNER

from .crashes import ROOT
from .fakes import circuit, features, quick_store, until
from .killed_store import act, piece, record

__all__ = ["quick_store"]  # a fixture
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the process to be killed is forked")
LEAST = {"create": 6, "write": 2, "take": 2, "edit": 2, "delete": 4}  # touches of a file, of a journal


@pytest.fixture(params=["sqlite", "journal"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("QLAB_STORE", request.param)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # a kill is no power cut
    found: str = request.param
    return found


def killed(kind: str, folder: Path, what: str) -> list[Store]:
    """Return the stores that were killed, and last the one that was not."""
    order = [sys.executable, "-m", "tests.training.killed_store", kind, str(folder), what]
    subprocess.run(order, check=True, cwd=ROOT, timeout=300)
    stores = [open_store(folder / str(k)) for k in range(1, 1 + len(os.listdir(folder)))]
    assert kind == "sqlite" or len(stores) > LEAST[what]
    return stores


def goes_on(store: Store) -> None:
    """Check that a run which is in the store, whoever wrote it, can be taken over and written."""
    store.backend.take("R1", "next")
    store.backend.write("R1", "next", {"state": "done", "rows": 3}, [(0, {"event": "Done"})], [piece()])
    found = open_store(store.folder).find("R1")
    assert (found.owner, found.live["state"]) == ("next", "done")
    assert open_store(store.folder).columns(found).block(0, 9).tolist() == [[0.0, 0.0, 0.0]]
    assert [run.id for run in store.backend.records()] == ["R1"]


def test_a_run_whose_beginning_was_killed_is_there_whole_or_can_begin_again(kind: str, tmp_path: Path) -> None:
    stores = killed(kind, tmp_path / "s", "create")
    for store in stores:
        found = store.backend.read("R1")
        assert [run.id for run in store.backend.records()] == ([] if found is None else ["R1"])
        if found is None:
            assert store is not stores[-1]
            store.backend.create(record("another"))
        else:
            assert found == record()
            with pytest.raises(TrainError, match="R1 already"):
                store.backend.create(record("another"))
        goes_on(store)


@pytest.mark.parametrize("what", ["write", "take", "edit"])
def test_what_was_killed_has_happened_or_not(what: str, kind: str, tmp_path: Path) -> None:
    stores = killed(kind, tmp_path / "s", what)
    seen = []
    for store in stores:
        found = store.find("R1")
        told = store.backend.events("R1")
        seen.append((found.owner, found.live["state"], found.edits["name"], len(told)))
        goes_on(store)
    before = ("me", "running", "before", 0)
    after = {"write": ("me", "paused", "before", 1), "take": ("you", *before[1:])}.get(what, (*before[:2], "after", 0))
    assert set(seen) <= {before, after}
    assert seen[-1] == after


def test_a_run_whose_deletion_was_killed_is_there_or_gone_and_can_come_again(kind: str, tmp_path: Path) -> None:
    stores = killed(kind, tmp_path / "s", "delete")
    assert stores[-1].backend.read("R1") is None
    for store in stores:
        found = store.backend.read("R1")
        if found is not None:
            assert (found.head, found.edits) == (record().head, record().edits)
            act(store, "delete")
        assert store.backend.records() == []
        store.backend.create(record("another"))
        goes_on(store)


@pytest.mark.parametrize("left", ["nothing", "an owner", "half a record"])
def test_a_folder_of_an_older_qlab_that_a_kill_left_without_a_run_is_in_nobodys_way(
    left: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLAB_STORE", "journal")
    folder = tmp_path / FOLDER / "R1"
    folder.mkdir(parents=True)
    if left != "nothing":
        (folder / OWNER).write_text("it")
    if left == "half a record":
        (folder / JOURNAL).write_bytes(b"qj1\n\0\0")
    store = open_store(tmp_path)
    assert store.backend.read("R1") is None
    store.backend.create(record())
    goes_on(store)


def test_a_folder_on_its_way_is_left_to_its_writer_and_swept_when_it_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLAB_STORE", "journal")
    young, old = (tmp_path / FOLDER / f".R{k}.0.tmp" for k in (2, 3))
    for path in (young, old):
        path.mkdir(parents=True)
        (path / OWNER).write_text("it")
    os.utime(old, (time.time() - DEBRIS - 60,) * 2)
    store = open_store(tmp_path)
    store.backend.create(record())
    assert young.is_dir()
    assert not old.exists()
    assert [run.id for run in store.backend.records()] == ["R1"]


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done all the same"])
@pytest.mark.usefixtures("quick_store")
def test_a_run_whose_beginning_could_not_be_stored_is_stored_when_it_can_be(
    done: bool, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend: Any = type(open_store(tmp_path).backend)
    real, tries = backend.create, []

    def create(self: Any, record: Any) -> None:
        tries.append(record.id)
        if done or len(tries) > 1:
            real(self, record)
        if len(tries) == 1:  # as a network's file system that lost the answer
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(backend, "create", create)
    run = qlab.train(circuit(2), features(200), epochs=100_000, folder=tmp_path)
    until(lambda: run.warning is not None)
    until(lambda: run.warning is None)
    run.stop()
    run.wait(30)
    assert tries == [run.id] * 2
    assert qlab.open_run(run.id, folder=tmp_path).history.equals(run.history)


@pytest.mark.parametrize("point", ["lay", "sync_folder", "mkdir", "rename"])
def test_a_disk_that_is_full_as_a_run_begins_leaves_nothing_in_its_way(
    point: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLAB_STORE", "journal")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = open_store(tmp_path)
    (tmp_path / FOLDER).mkdir()
    module: Any = os if point in ("mkdir", "rename") else store_journal
    with monkeypatch.context() as patch:
        patch.setattr(module, point, full)
        with pytest.raises(OSError, match="No space"):
            store.backend.create(record())
    assert os.listdir(tmp_path / FOLDER) == []
    store.backend.create(record())
    goes_on(store)
