"""The store: pieces and pyramids, both backends, checkpoints; whole after any cut, exact after any write."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab.errors import TrainError
from qlab.training import store_files
from qlab.training.columns import Columns
from qlab.training.snapshot import Snapshot, equal, from_bytes, to_bytes
from qlab.training.store import Store, StoredColumns, open_store, state_of, whereabouts
from qlab.training.store_backend import GoneError, Record
from qlab.training.store_checkpoint import Checkpoints
from qlab.training.store_journal import JOURNAL, JournalBackend
from qlab.training.store_pieces import CHUNK, Piece, pieces_of
from qlab.training.store_sqlite import SqliteBackend

NAMES = ["step", "loss", "val_loss"]


@pytest.fixture(params=["sqlite", "journal"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("QLAB_STORE", request.param)
    found = open_store(tmp_path)
    assert found.backend.kind == request.param
    return found


def record(run_id: str = "R1", owner: str = "me", **live: Any) -> Record:
    return Record(run_id, owner, {"columns": NAMES, "created": 1.0}, {"state": "running", **whereabouts(), **live})


def rows(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    block = np.stack([np.arange(1.0, n + 1), rng.normal(size=n), rng.normal(size=n)])
    block[2, rng.random(n) < 0.9] = np.nan
    return block


def write_rows(store: Store, block: np.ndarray, cuts: list[int], run_id: str = "R1") -> StoredColumns:
    """Store a block as a writer does that looks at it after ``cuts`` rows."""
    store.backend.create(record(run_id))
    saved = 0
    for n in [*sorted(cuts), block.shape[1]]:
        if n > saved:
            pieces, gone = pieces_of(saved, lambda a, b: block[:, a:b], n)
            store.backend.write(run_id, "me", {"state": "running", "rows": n}, (), pieces, gone)
            saved = n
    found = store.backend.read(run_id)
    assert found is not None
    return store.columns(found)


def test_rows_come_back_whatever_way_they_were_cut(store: Store) -> None:
    block = rows(3 * CHUNK + 77)
    columns = write_rows(store, block, [1, 5, 4000, 4095, 4096, 4097, 9000, 9001])
    np.testing.assert_array_equal(columns.block(0, columns.n), block)
    np.testing.assert_array_equal(columns.block(4090, 4100), block[:, 4090:4100])
    np.testing.assert_array_equal(columns.column("loss"), block[1])
    assert columns.block(13_000, 12_000).shape == (3, 0)
    level0 = store.backend.pieces("R1", 0, 0, 10**9)
    assert len(level0) == 4  # the small ones of full chunks were replaced


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 3 * CHUNK), data=st.data())
def test_a_bucket_of_a_stored_run_has_the_extremes_of_its_rows(n: int, data: st.DataObject) -> None:
    block = rows(n, seed=n)
    pieces, _ = pieces_of(0, lambda a, b: block[:, a:b], n)
    fetch = Fetch(pieces)
    columns = StoredColumns(fetch, "R1", NAMES, n)  # type: ignore[arg-type]
    start = data.draw(st.integers(0, n))
    stop = data.draw(st.integers(start, n))
    points = data.draw(st.integers(2, 60))
    got, exact = columns.bucket(start, stop, points)
    assert exact == (stop - start <= points)
    part = block[:, start:stop]
    if exact:
        np.testing.assert_array_equal(got, part)
        return
    assert got.shape[1] <= points
    assert (got[0, 0], got[0, -1]) == (part[0, 0], part[0, -1])
    for k in (1, 2):
        if np.isfinite(part[k]).any():
            assert (np.nanmin(got[k]), np.nanmax(got[k])) == (np.nanmin(part[k]), np.nanmax(part[k]))
    for low, high in zip(got[0, 0::2], got[0, 1::2], strict=True):  # each bucket, by the steps it spans
        inside = part[1, (part[0] >= low) & (part[0] <= high)]
        at = list(got[0, 0::2]).index(low)
        assert (got[1, 2 * at], got[1, 2 * at + 1]) == (inside.min(), inside.max())


class Fetch:
    """Stands for a store in memory that counts the bytes that are read."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.backend, self._pieces, self.bytes = self, pieces, 0

    def pieces(self, _run: str, level: int, start: int, stop: int) -> list[Piece]:
        found = [p for p in self._pieces if p.level == level and p.first < stop and p.first + p.rows > start]
        self.bytes += sum(len(p.data) for p in found)
        return sorted(found, key=lambda p: p.first)


def test_a_zoom_over_many_rows_reads_the_pyramid_and_not_the_rows() -> None:
    block = rows(64 * CHUNK)
    fetch = Fetch(pieces_of(0, lambda a, b: block[:, a:b], block.shape[1])[0])
    columns = StoredColumns(fetch, "R1", NAMES, block.shape[1])  # type: ignore[arg-type]
    columns.bucket(3, block.shape[1] - 5, 1000)
    assert fetch.bytes < block.nbytes / 8


def test_live_and_stored_columns_give_the_same_buckets_where_the_rows_are_few() -> None:
    block = rows(3000)
    live = Columns(NAMES)
    live.fill(block)
    stored = StoredColumns(Fetch(pieces_of(0, live.block, 3000)[0]), "R1", NAMES, 3000)  # type: ignore[arg-type]
    for span in ((0, 3000, 100), (10, 2000, 64), (0, 50, 100)):
        np.testing.assert_array_equal(live.bucket(*span)[0], stored.bucket(*span)[0])
    live.append({"step": 3001.0})
    assert (live.n, live.column("step")[-1]) == (3001, 3001.0)


def test_events_and_edits_and_deletion(store: Store) -> None:
    backend = store.backend
    backend.create(record())
    backend.write("R1", "me", {"state": "running"}, [(0, {"event": "a"}), (1, {"event": "b"})])
    backend.write("R1", "me", {"state": "done", "x": 2}, [(1, {"event": "b2"}), (2, {"event": "c"})])
    backend.edit("R1", {"tags": ["é", "<b>"]})
    again = store.another()
    found = again.backend.read("R1")
    assert found is not None
    assert (found.live, found.edits, found.head) == ({"state": "done", "x": 2}, {"tags": ["é", "<b>"]}, record().head)
    assert [e["event"] for e in again.backend.events("R1")] == ["a", "b2", "c"]
    with pytest.raises(TrainError, match="already"):
        backend.create(record())
    store.checkpoints("R1").save(snapshot(1))
    store.delete("R1")
    assert store.another().backend.read("R1") is None
    assert not store.checkpoints("R1").folder.exists()
    with pytest.raises(GoneError):
        backend.write("R1", "me", {})


def test_one_writer_a_run(store: Store) -> None:
    store.backend.create(record())
    other = store.another()
    other.backend.take("R1", "you")
    with pytest.raises(GoneError):
        store.backend.write("R1", "me", {"state": "done"})
    other.backend.write("R1", "you", {"state": "stopped"})
    found = store.another().backend.read("R1")
    assert found is not None
    assert found.live["state"] == "stopped"
    with pytest.raises(GoneError):
        other.backend.take("R9", "you")


def test_an_id_is_found_by_its_beginning_and_is_never_a_path(store: Store) -> None:
    for run_id in ("6ABC-1", "6ABD-2"):
        store.backend.create(record(run_id))
    assert store.find("6ABD").id == "6ABD-2"
    with pytest.raises(TrainError, match="2 runs begin with"):
        store.find("6AB")
    for bad in ("", "7", "../x", "6ABC-1/..", "%"):
        with pytest.raises(TrainError):
            store.find(bad)
    for bad in ("../x", "a/b", "", "-x", "x" * 65):
        with pytest.raises(TrainError, match="no id"):
            store.checkpoints(bad)


def test_a_run_whose_writer_is_gone_is_interrupted() -> None:
    assert state_of(record()) == "running"
    assert state_of(record(state="done", pid=1)) == "done"
    assert state_of(record(pid=2**22 + 1)) == "interrupted"
    assert state_of(record(session="of another process of this number")) == "interrupted"
    assert state_of(record(host="elsewhere")) == "running"
    assert state_of(record(host="elsewhere", beat=whereabouts()["beat"] - 60)) == "interrupted"


def test_a_journal_cut_anywhere_is_read_up_to_its_last_whole_record(tmp_path: Path) -> None:
    backend = JournalBackend(tmp_path)
    backend.create(record())
    block = rows(60)
    path = backend._folder("R1") / JOURNAL
    ends = [path.stat().st_size]
    for n in range(20, 61, 20):
        pieces, gone = pieces_of(n - 20, lambda a, b: block[:, a:b], n)
        backend.write("R1", "me", {"state": "running", "rows": n}, [(n, {"event": n})], pieces, gone)
        ends.append(path.stat().st_size)
    whole = path.read_bytes()
    for cut in range(ends[0], len(whole) + 1, 7):
        path.write_bytes(whole[:cut])
        found = JournalBackend(tmp_path)
        kept = sum(end <= cut for end in ends) - 1
        got = found.read("R1")
        assert got is not None
        assert got.live.get("rows", 0) == 20 * kept
        assert len(found.events("R1")) == kept
        columns = StoredColumns(Store(tmp_path, found), "R1", NAMES, 20 * kept)
        np.testing.assert_array_equal(columns.block(0, 99), block[:, : 20 * kept])
    path.write_bytes(whole[:-3])  # the next writer cuts the torn end off and goes on
    writer = JournalBackend(tmp_path)
    writer.take("R1", "you")
    writer.write("R1", "you", {"state": "done", "rows": 40})
    got = JournalBackend(tmp_path).read("R1")
    assert got is not None
    assert got.live["state"] == "done"
    flipped = bytearray(whole)
    flipped[ends[1] + 40] ^= 1
    path.write_bytes(flipped)
    got = JournalBackend(tmp_path).read("R1")
    assert got is not None
    assert got.live["rows"] == 20


def snapshot(step: int, size: int = 7, seed: int = 0) -> Snapshot:
    rng = np.random.default_rng([step, seed])
    return Snapshot(
        step, rng.normal(size=size), (rng.normal(size=size), np.arange(3), rng.random((2, 3)) > 0.5), 0.1 / 3,
        epoch=2, cursor=5, batch=16, frozen=rng.random(size) > 0.5, terms=(("l2", 0.1),), stage=1,
        rng={"a": np.random.default_rng(step).bit_generator.state}, extra={"best": 0.1, "over": "x"},
    )  # fmt: skip


@given(step=st.integers(0, 10**9), size=st.integers(0, 50))
def test_a_snapshot_comes_back_to_the_last_bit(step: int, size: int) -> None:
    one = snapshot(step, size)
    two = from_bytes(to_bytes(one))
    assert equal(one, two)
    for a, b in zip((one.theta, *one.opt, one.frozen), (two.theta, *two.opt, two.frozen), strict=True):
        np.testing.assert_array_equal(a, b)  # type: ignore[arg-type]
        assert a.dtype == b.dtype  # type: ignore[union-attr]
    assert (two.lr, two.terms, two.rng, two.extra) == (one.lr, one.terms, one.rng, one.extra)
    two.theta[:] = 0.0  # of its own


def test_a_damaged_checkpoint_is_never_taken() -> None:
    raw = to_bytes(snapshot(3))
    for k in range(0, len(raw), 5):
        changed = bytearray(raw)
        changed[k] ^= 0x10
        with pytest.raises(TrainError, match="checkpoint can't be used"):
            from_bytes(bytes(changed))
        with pytest.raises(TrainError, match="checkpoint can't be used"):
            from_bytes(raw[:k])


def test_the_last_three_and_those_named_are_kept_and_a_damaged_one_is_passed_over(tmp_path: Path) -> None:
    files = Checkpoints(tmp_path / "c")
    assert (files.steps(), files.latest()) == ([], None)
    for step in range(10, 80, 10):
        files.save(snapshot(step))
        files.prune([20])
    assert files.steps() == [20, 50, 60, 70]
    assert files.latest(65).step == 60  # type: ignore[union-attr]
    (files.folder / "000000000070.qck").write_bytes(b"qlabck1\nrubbish")
    assert files.latest().step == 60  # type: ignore[union-attr]
    with pytest.raises(TrainError, match=r"there are: 20, 50, 60, 70"):
        files.load(5)
    (files.folder / "000000000099.qck").write_bytes(to_bytes(snapshot(1)))
    with pytest.raises(TrainError, match="holds step 1"):
        files.load(99)


@pytest.mark.parametrize("point", ["open", "write", "fsync", "replace"])
def test_a_full_disk_at_any_point_leaves_the_old_file_whole(
    point: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    store_files.put(path, b"old")

    def full(*_args: Any, **_options: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    class Partly:
        def __init__(self, file: Any) -> None:
            self._file = file

        def __enter__(self) -> Partly:
            return self

        def __exit__(self, *_: Any) -> None:
            self._file.close()

        def write(self, data: bytes) -> None:
            self._file.write(data[:1])
            full()

    real: Callable[..., Any] = open
    if point == "write":
        monkeypatch.setattr(store_files, "open", lambda *a, **k: Partly(real(*a, **k)), raising=False)
    elif point == "open":
        monkeypatch.setattr(store_files, "open", full, raising=False)
    else:
        monkeypatch.setattr(store_files.os, point, full)
    with pytest.raises(OSError, match="No space"):
        store_files.put(path, b"new and longer")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["f"]


def test_where_runs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store_files.home("x") == Path.cwd() / "x"
    assert store_files.home() == Path(os.environ["QLAB_HOME"])
    monkeypatch.delenv("QLAB_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(store_files.sys, "platform", "linux")
    assert store_files.home() == tmp_path / "qlab"
    assert list(tmp_path.iterdir()) == []


def test_a_shared_file_system_gets_journals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qlab.training.store.is_shared", lambda path: True)
    assert open_store(tmp_path / "new").backend.kind == "journal"
    monkeypatch.setattr("qlab.training.store.is_shared", lambda path: False)
    monkeypatch.setattr("qlab.training.store.locks_work", lambda path: False)
    assert open_store(tmp_path / "other").backend.kind == "journal"
    monkeypatch.undo()
    assert open_store(tmp_path / "usual").backend.kind == "sqlite"
    for kind in ("nfs4", "cifs", "9p", "fuse.sshfs", "fuse"):
        assert store_files.SHARED.match(kind)
    for kind in ("ext4", "tmpfs", "overlay", "xfs", "btrfs", "apfs"):
        assert not store_files.SHARED.match(kind)
    monkeypatch.setenv("QLAB_STORE", "cloud")
    with pytest.raises(TrainError, match="'sqlite' or 'journal'"):
        open_store(tmp_path)


def test_sqlite_of_a_newer_qlab_is_refused(tmp_path: Path) -> None:
    import sqlite3

    SqliteBackend(tmp_path).create(record())
    with sqlite3.connect(tmp_path / "runs.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(TrainError, match="newer qlab"):
        SqliteBackend(tmp_path).read("R1")
