"""Loading with progress and cancel, estimates, mapped rows, and the cache: what hits, what misses, what never tears."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import qlab
from qlab.data import cache as cache_module
from qlab.data import read_estimate, read_kept, read_text
from qlab.data.cache import Cache, content_of
from qlab.data.progress import CancelledError, Progress
from qlab.errors import DataError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, small files worth a cache, and many blocks."""
    folder = tmp_path / "home"
    monkeypatch.setenv("QLAB_HOME", str(folder))
    monkeypatch.setattr(read_kept, "LEAST", 1)
    monkeypatch.setattr(read_text, "BLOCK", 64 << 10)
    return folder


def table(folder: Path, rows: int = 20_000, name: str = "t.csv") -> Path:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "i": np.arange(rows),
            "f": rng.normal(size=rows).round(5),
            "g": np.where(rng.random(rows) < 0.1, np.nan, rng.integers(0, 9, rows)),
            "t": rng.choice(["red", "green", "a, b"], rows),
        }
    )
    path = folder / name
    frame.to_csv(path, index=False)
    return path


def entries(home: Path) -> list[Path]:
    return sorted((home / "cache").glob("*.arrow"))


def test_progress_grows_to_the_end_and_begins_with_an_estimate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qlab.data.progress.PERIOD", 0.0)
    got: list[Progress] = []
    path = table(tmp_path)
    ds = qlab.load(path, progress=got.append, cache=False)
    assert [got[0].stage, got[-1].stage] == ["estimate", "done"]
    assert got[0].done == 0
    assert len(got) > 8
    done, rows = [p.done for p in got], [p.rows for p in got]
    assert done == sorted(done)
    assert rows == sorted(rows)
    assert (done[-1], rows[-1]) == (path.stat().st_size, ds.rows)
    assert got[-1].share == 1.0
    about = got[0].estimate
    assert about is not None
    assert about.rows == pytest.approx(ds.rows, rel=0.05)
    assert about.nbytes == pytest.approx(ds.nbytes, rel=0.05)
    assert not about.mapped
    assert [c.name for c in got[-2].columns] == ["i", "f", "g"]
    assert sum(got[-2].columns[1].counts) > 5_000


def test_no_more_than_ten_events_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("qlab.data.progress.time.perf_counter", lambda: clock[0])
    from qlab.data.progress import Watch

    got: list[Progress] = []
    watch = Watch(got.append)
    watch.begin(1000, None, None)
    for k in range(1000):
        clock[0] = k * 0.005
        watch.step(k, 0, pa.table({"a": [1]}))
    assert 45 <= len(got) <= 51


@pytest.mark.parametrize("rows", [30_000, 60_000])
def test_the_estimate_comes_from_four_samples(rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_estimate, "SAMPLE", 16 << 10)
    path = table(tmp_path, rows)
    read: list[int] = []
    real = read_text.stream_of

    def counted(path: Path) -> Any:
        stream = real(path)

        class Counted(type(stream)):  # type: ignore[misc]
            def read(self, n: int = -1) -> bytes:
                read.append(n)
                return bytes(super().read(n))

        stream.close()
        return Counted(io.FileIO(path))

    from qlab.data.csv_layout import layout_of
    from qlab.data.read_text import Text

    form = layout_of(Text(path, "utf-8").beginning(), path.name, None, ())
    monkeypatch.setattr(read_estimate, "stream_of", counted)
    about, _ = read_estimate.estimate_text(path, form, "utf-8")
    assert read == [16 << 10] * 4
    ds = qlab.load(path, cache=False)
    assert about is not None
    assert about.rows == pytest.approx(ds.rows, rel=0.05)
    assert about.nbytes == pytest.approx(ds.nbytes, rel=0.05)


def test_cancel_ends_the_reading_and_keeps_nothing(tmp_path: Path, home: Path) -> None:
    stop = qlab.Cancel()
    seen: list[Progress] = []

    def look(progress: Progress) -> None:
        seen.append(progress)
        stop.set()

    path = table(tmp_path)
    for options in ({}, {"mapped": True}, {"mapped": True, "cache": False}):
        stop.is_set = False
        seen.clear()
        with pytest.raises(CancelledError, match="cancelled"):
            qlab.load(path, progress=look, cancel=stop, **options)
        assert seen[-1].rows < 5_000  # the block in hand, and no more
    assert not home.exists() or [p for p in home.rglob("*") if p.is_file()] == []
    with pytest.raises(DataError):
        qlab.load("iris", cancel=stop)
    assert qlab.load(path).rows == 20_000


@pytest.mark.parametrize("cache", [True, False])
def test_mapped_rows_are_the_same_rows(cache: bool, tmp_path: Path, home: Path) -> None:
    path = table(tmp_path)
    memory = qlab.load(path, cache=False)
    disk = qlab.load(path, mapped=True, cache=cache)
    assert (memory.mapped, disk.mapped) == (False, True)
    assert memory.hash == disk.hash
    pd.testing.assert_frame_equal(memory.to_pandas(), disk.to_pandas())
    assert "mapped from disk" in repr(disk)
    assert len(entries(home)) == int(cache)
    options = {"columns": ["f", "i"], "seed": 5, "stratify": True}
    a, b = memory.features("t", **options), disk.features("t", **options)
    assert a.lineage == b.lineage
    assert a.train.X.tobytes() == b.train.X.tobytes()
    other = qlab.load(pd.read_csv(path), mapped=True)
    assert other.mapped
    assert other.hash == memory.hash


def test_past_the_free_memory_it_is_mapped_by_itself_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path)
    for free, mapped in ((700_000, True), (50_000_000, False)):
        monkeypatch.setattr(read_estimate, "memory_limit", lambda free=free: free)
        monkeypatch.setattr("qlab.data.read_csv.memory_limit", lambda free=free: free)
        ds = qlab.load(path, cache=False)
        assert ds.mapped is mapped
        assert ("mapped from disk" in ds.note) is mapped
    assert qlab.load(path, cache=False, mapped=False).mapped is False


def test_the_second_load_is_the_cached_one_and_says_the_same(tmp_path: Path, home: Path) -> None:
    path = table(tmp_path)
    with path.open("a") as file:
        file.write("x,1,2,red\n1,2\n")
    first = qlab.load(path)
    second = qlab.load(path)
    assert len(entries(home)) == 1
    assert second.note == f"{first.note}, cached"
    assert second.hash == first.hash
    assert second.bad == first.bad
    assert len(second.bad) == 2
    with pytest.raises(DataError, match="line 20002"):
        qlab.load(path, on_bad="raise")
    moved = path.rename(tmp_path / "other name.csv")
    assert qlab.load(moved).note.endswith("cached")
    assert qlab.load(moved, na=["red"]).missing > first.missing  # other options, another entry
    assert len(entries(home)) == 2
    assert not qlab.load(moved, cache=False).note.endswith("cached")


def test_one_changed_byte_misses_even_with_the_old_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path)
    monkeypatch.setattr(cache_module, "YOUNG", 0)  # so that the state of the file is trusted at once
    assert qlab.load(path)["i"].iloc[7] == 7
    assert Cache().known(path) == content_of(path)
    told = path.stat()
    data = bytearray(path.read_bytes())
    at = data.index(b"\n7,") + 1
    data[at : at + 1] = b"8"
    time.sleep(0.02)  # the clock of the file system has to move on, for which a young file is hashed anew
    path.write_bytes(data)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert path.stat().st_size == told.st_size
    changed = qlab.load(path)
    assert changed["i"].iloc[7] == 8
    assert not changed.note.endswith("cached")
    assert qlab.load(path).note.endswith("cached")


def test_a_young_file_is_never_known_by_its_state(tmp_path: Path) -> None:
    path = table(tmp_path)
    qlab.load(path)
    assert Cache().known(path) is None
    assert qlab.load(path).note.endswith("cached")


def test_a_file_that_changes_while_it_is_read_is_not_cached(tmp_path: Path, home: Path) -> None:
    path = table(tmp_path)

    def meddle(progress: Progress) -> None:
        if progress.stage == "estimate":
            with path.open("a") as file:
                file.write("1,2,3,red\n")

    qlab.load(path, progress=meddle)
    qlab.load(path, progress=meddle, mapped=True)
    assert entries(home) == []


@pytest.mark.parametrize("damage", ["short", "empty", "garbage", "facts", "gone", "boot"])
def test_a_damaged_entry_is_read_anew(damage: str, tmp_path: Path, home: Path) -> None:
    path = table(tmp_path)
    whole = qlab.load(path)
    (entry,) = entries(home)
    facts = entry.with_suffix(".json")
    data = entry.read_bytes()
    if damage == "boot":  # the machine went down before the file was on the disk
        facts.write_text(json.dumps({**json.loads(facts.read_text()), "boot": "another"}))
    elif damage == "facts":
        facts.write_text("{")
    elif damage == "gone":
        entry.unlink()
    else:
        entry.write_bytes({"short": data[:-100], "empty": b"", "garbage": b"x" * len(data)}[damage])
    again = qlab.load(path)
    assert not again.note.endswith("cached")
    assert again.hash == whole.hash
    assert qlab.load(path).note.endswith("cached")


def test_the_least_recently_used_go_first(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [table(tmp_path, 4_000 + k, f"{k}.csv") for k in range(4)]
    for k, path in enumerate(paths[:3]):
        qlab.load(path)
        for entry in entries(home):
            if entry.stat().st_mtime > 1e6 * (k + 1) + 1e8:
                os.utime(entry.with_suffix(".json"), (1e6 * (k + 1), 1e6 * (k + 1)))
                os.utime(entry, (1e6 * (k + 1), 1e6 * (k + 1)))
    qlab.load(paths[0])  # used again
    monkeypatch.setattr(cache_module, "LIMIT", int(2.5 * entries(home)[0].stat().st_size))
    qlab.load(paths[3])
    left = [qlab.load(p).note.endswith("cached") for p in (paths[3], paths[0])]
    assert left == [True, True]
    assert len(entries(home)) == 2
    assert len(list((home / "cache").glob("*.json"))) == 2


def test_a_disk_that_refuses_leaves_the_load_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path)
    (tmp_path / "home").write_text("a file where the folder should be")
    assert qlab.load(path).rows == 20_000
    with pytest.raises(DataError, match="can't be written"):
        qlab.load(path, mapped=True)


def test_packed_and_json_files_are_cached_too(tmp_path: Path) -> None:
    path = table(tmp_path)
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    lines = tmp_path / "t.jsonl"
    pd.read_csv(path).to_json(lines, orient="records", lines=True)
    for source in (packed, lines):
        first, second = qlab.load(source), qlab.load(source)
        assert second.note == f"{first.note}, cached"
        assert second.hash == first.hash


WRITER = """
import threading
import pyarrow as pa
from qlab.data.cache import Cache
cache, wrong, ready = Cache(), [], threading.Barrier(25)
def write(k):
    ready.wait()
    for _ in range(3):
        key = cache.key("content", 7, {"k": k % 3})
        cache.put(key, pa.table({"a": [k % 3] * 5000}), {"bad": [], "note": str(k % 3)})
        found = cache.find(key)
        if found is not None:
            table, facts = found
            if table.num_rows != 5000 or set(table["a"].unique().to_pylist()) != {int(facts["note"])}:
                wrong.append(k)
threads = [threading.Thread(target=write, args=(k,)) for k in range(25)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("wrong", len(wrong))
"""


def test_a_hundred_writers_at_the_same_time_tear_nothing(home: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)  # of 25 threads each
    ]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert out.strip() == "wrong 0", err
    assert len(entries(home)) == 3
    assert list((home / "cache").glob(".*.tmp*")) == []
