"""A file in pieces: whole whatever order they come in, refused before the first, and never left behind."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab.data import read_upload
from qlab.data.read_upload import Upload, safe_name
from qlab.errors import DataError

SMALL = 100  # bytes of a piece, here


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(read_upload, "PIECE", SMALL)
    return tmp_path / "home"


def files(home: Path) -> list[Path]:
    return [p for p in home.rglob("*") if p.is_file()]


@settings(max_examples=40, deadline=None)
@given(size=st.integers(1, 1500), seed=st.integers(0, 2**32 - 1))
def test_dropped_doubled_and_overtaking_pieces_make_the_same_file(
    size: int, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = np.random.default_rng(seed)
    data = rng.bytes(size)
    pieces = {at: data[at : at + SMALL] for at in range(0, size, SMALL)}
    folder = tmp_path_factory.mktemp("up")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_upload, "PIECE", SMALL)
        with Upload("a.csv", size, folder) as upload:
            for _ in range(10_000):
                if upload.whole:
                    break
                window = [at for at in pieces if at >= upload.next][: read_upload.WINDOW + 2]
                at = int(rng.choice([*window, *list(pieces)[:2]]))  # any order, old ones again, some too early
                before = upload.next
                if rng.random() < 0.7:  # the others are lost
                    assert upload.put(at, pieces[at]) >= before
            assert upload.whole
            assert upload.sha256 == hashlib.sha256(data).hexdigest()
            assert upload.finish().read_bytes() == data
    assert list(folder.iterdir()) == []


def test_nothing_is_there_until_it_is_whole_and_nothing_after(home: Path) -> None:
    with Upload("../../etc/t.csv", 250) as upload:
        upload.put(0, b"x" * 100)
        assert [p.name for p in files(home)] == [".part"]
        with pytest.raises(DataError, match="150 bytes are missing"):
            upload.finish()
        upload.put(200, b"z" * 50)
        assert upload.next == 100
        upload.put(100, b"y" * 100)
        path = upload.finish()
        assert (path.name, path.parent.parent) == ("t.csv", home / "uploads")
    assert files(home) == []
    upload = Upload("t.csv", 250)
    upload.close()
    assert files(home) == []


@pytest.mark.parametrize(
    ("at", "piece"),
    [(0, b"x" * 99), (0, b"x" * 101), (50, b"x" * 100), (-100, b"x" * 100), (200, b"x" * 100), (300, b"")],
)
def test_a_piece_that_does_not_fit_is_refused(at: int, piece: bytes) -> None:
    with Upload("t.csv", 250) as upload, pytest.raises(DataError, match="a piece of"):
        upload.put(at, piece)


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("a.exe", 10, "'.exe' are not read"),
        ("noending", 10, "'nothing' are not read"),
        ("a.csv", 0, "is empty"),
        ("a.csv", 5 << 30, "are taken from a browser"),
        ("a.json", 3 << 20, "of memory may be used"),
        ("b.csv", 3 << 20, "of disk may be used"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_a_byte_is_written(
    name: str, size: int, words: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = (1 << 40) if name == "a.csv" else (4 << 20)

    monkeypatch.setattr(read_upload, "memory_limit", lambda: 1 << 20)
    monkeypatch.setattr(read_upload.shutil, "disk_usage", lambda place: Usage)
    with pytest.raises(DataError, match=words) as error:
        Upload(name, size)
    assert error.value.cure
    assert not home.exists()


def test_names_are_made_harmless() -> None:
    assert safe_name("C:\\data\\my file.csv") == "my file.csv"
    assert safe_name("../../x/.csv") == "csv"
    assert safe_name("a\x00b\n<c>.csv") == "a_b__c_.csv"
    long = safe_name("x" * 500 + ".csv.gz")
    assert len(long) <= read_upload.LONGEST_NAME
    assert long.endswith(".gz")
    assert safe_name("..") == ""


def test_a_full_disk_is_told_and_what_dead_processes_left_is_swept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, alive = Upload("dead.csv", 100), Upload("alive.csv", 100)
    for path in (dead._folder / ".part", dead._folder):
        os.utime(path, (time.time() - 7200,) * 2)
    with Upload("t.csv", 250) as upload:
        assert not dead._folder.exists()
        assert alive._folder.exists()

        class Full:
            def write(self, data: bytes) -> int:
                raise OSError(28, "No space left on device")

            def close(self) -> None:
                pass

        held: Any = upload._file
        held.close()
        monkeypatch.setattr(upload, "_file", Full())
        with pytest.raises(DataError, match="No space left") as error:
            upload.put(0, b"x" * 100)
        assert "make room" in str(error.value.cure)
    alive.close()
    assert files(home) == []
