"""Files that go through the browser: dropped on the view in chunks, and rows that leave as a file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qlab
from qlab.data import read_upload
from qlab.widgets import dataupload
from qlab.widgets.dataserver import DataServer

CHUNK = 1000


class Browser:
    """A page that sends a file as the protocol says, over a line that loses, doubles and reorders its messages."""

    def __init__(self, seed: int = 0, loss: float = 0.0) -> None:
        self.got: list[tuple[dict[str, Any], list[bytes]]] = []
        self.server = DataServer(lambda m, b: self.got.append((json.loads(json.dumps(m)), b)), variables=dict)
        self.rng, self.loss = np.random.default_rng(seed), loss

    def say(self, type_: str, buffers: Any = None, **message: Any) -> list[dict[str, Any]]:
        """Send one message; return what was answered."""
        at = len(self.got)
        self.server.handle({"type": type_, **message}, buffers)
        self.server.pump()
        return [m for m, _ in self.got[at:]]

    def upload(self, name: str, data: bytes, id_: str = "u1") -> list[dict[str, Any]]:
        """Send a whole file, again from the last acknowledged byte after each round."""
        told = self.say("upload", id=id_, name=name, size=len(data))
        while True:
            last = next(m for m in reversed(told) if m["type"] == "upload")
            if last["state"] not in {"ready", "got"}:
                return [m for m, _ in self.got]
            window = [last["next"] + k * CHUNK for k in range(read_upload.WINDOW)]
            line = [at for at in window if at < len(data) and self.rng.random() >= self.loss]
            line += [at for at in line if self.rng.random() < self.loss]
            for at in self.rng.permutation(line) if self.loss else line:
                piece = memoryview(data[at : at + CHUNK])
                self.server.handle({"type": "chunk", "id": id_, "at": int(at)}, [piece])
            at = len(self.got)
            self.server.pump()
            answers = [m for m, _ in self.got[at:] if m["type"] == "upload"]
            told = answers or [last]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(read_upload, "PIECE", CHUNK)
    monkeypatch.setattr(dataupload, "PIECE", CHUNK)
    return tmp_path / "home"


def text(rows: int = 4000) -> bytes:
    return b"a,b\n" + b"".join(b"%d,%d.5\n" % (i, i % 7) for i in range(rows))


@pytest.mark.parametrize(("seed", "loss"), [(0, 0.0), (1, 0.3), (2, 0.5)])
def test_a_file_arrives_over_any_line_and_is_deleted_when_it_was_read(seed: int, loss: float, home: Path) -> None:
    data = text()
    page = Browser(seed, loss)
    told = page.upload("C:\\me\\flights.csv", data)
    nexts = [m["next"] for m in told if m["type"] == "upload" and m["state"] == "got"]
    assert nexts == sorted(nexts)
    whole = [m for m in told if m.get("state") == "whole"]
    assert [(m["next"], m["sha256"]) for m in whole] == [(len(data), hashlib.sha256(data).hexdigest())]
    kinds = [m["type"] for m in told]
    assert kinds[-2:] == ["dataset", "plan"]
    assert (told[-2]["dataset"]["name"], told[-2]["dataset"]["rows"]) == ("flights.csv", 4000)
    assert "qlab.load('flights.csv')" in told[-1]["code"]
    assert f"# flights.csv was uploaded (sha256 {whole[0]['sha256'][:12]}…)" in told[-1]["code"]
    assert next(m["source"] for m in told if m["type"] == "loading") == "flights.csv"
    assert list((home / "uploads").iterdir()) == []
    assert page.server.dataset is not None
    assert page.server.dataset.source == "flights.csv"


def test_a_refused_file_writes_nothing_and_says_why(home: Path) -> None:
    page = Browser()
    for name, size, words in (("a.exe", 5, "not read"), ("a.csv", 0, "is empty"), ("a.csv", 10**12, "are taken")):
        told = page.say("upload", id="x", name=name, size=size)
        assert [m["type"] for m in told] == ["upload", "error"]
        assert told[0]["state"] == "refused"
        assert told[1]["at"] == "load"
        assert words in told[1]["message"]
        assert told[1]["cure"]
    assert page.say("upload", id="x", name="a.csv", size="5")[0]["state"] == "refused"
    assert page.say("chunk", [b"x"], id="x", at=0) == [{"type": "upload", "id": "x", "state": "refused"}]
    assert not home.exists()


def test_what_is_inside_is_looked_at_when_it_is_whole(home: Path) -> None:
    page = Browser()
    told = page.upload("page.csv", b"<!DOCTYPE html><html>404</html>")
    assert (told[-1]["type"], told[-1]["at"]) == ("error", "load")
    assert "a web page" in told[-1]["message"]
    assert list((home / "uploads").iterdir()) == []
    assert page.upload("t.csv", text(), "u2")[-1]["type"] == "plan"


def test_cancel_and_a_chunk_that_does_not_fit_end_the_upload(home: Path) -> None:
    page = Browser()
    page.say("upload", id="u", name="a.csv", size=5000)
    page.say("upload", id="v", name="b.csv", size=5000)
    page.say("chunk", [b"x" * CHUNK], id="u", at=0)
    assert page.say("cancel", id="u") == [{"type": "upload", "id": "u", "state": "gone"}]
    assert [m["state"] for m in page.say("chunk", [b"x" * CHUNK], id="u", at=CHUNK)] == ["refused"]
    told = page.say("chunk", [b"x"], id="v", at=0)
    assert [m["type"] for m in told] == ["upload", "error"]
    assert "a piece of 1 bytes" in told[1]["message"]
    page.say("upload", id="w", name="b.csv", size=5000)
    assert page.say("cancel") == [{"type": "upload", "id": "w", "state": "gone"}]
    assert list((home / "uploads").iterdir()) == []


def test_uploads_are_few_and_a_forgotten_one_gives_way(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    clock = [0.0]
    monkeypatch.setattr("qlab.widgets.dataupload.time.monotonic", lambda: clock[0])
    page = Browser()
    states = [page.say("upload", id=f"u{k}", name="a.csv", size=5000)[0]["state"] for k in range(5)]
    assert states == ["ready"] * 4 + ["refused"]
    clock[0] = 61.0
    assert page.say("upload", id="late", name="a.csv", size=5000)[0]["state"] == "ready"
    assert len(list((home / "uploads").iterdir())) == 1


def test_a_page_that_lost_patience_cannot_fill_the_memory() -> None:
    page = Browser()
    page.say("upload", id="u", name="a.csv", size=5000)
    for _ in range(500):
        page.server.handle({"type": "chunk", "id": "u", "at": 0}, [b"x" * CHUNK])
    assert len(page.server._quick._inbox) <= 8


def test_rows_leave_as_they_are_shown(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qlab.widgets.dataexport.PIECE", 200)
    page = Browser()
    page.say("load", source="iris")
    page.say("filter", condition="petal_length > 4", ranges={"sepal_length": [5, 6]})
    page.say("sort", by="sepal_width", descending=True)
    told = page.say("export", id="e", format="csv", path=str(tmp_path / "out.csv"))[0]
    assert (told["state"], told["path"], told["neutralised"]) == ("written", str(tmp_path / "out.csv"), 0)
    frame = qlab.load("iris").to_pandas().query("petal_length > 4 and 5 <= sepal_length <= 6")
    wanted = frame.sort_values("sepal_width", ascending=False, kind="stable").reset_index(drop=True)
    np.testing.assert_array_equal(qlab.load(tmp_path / "out.csv").to_pandas().to_numpy(), wanted.to_numpy())
    told = page.say("export", id="f", format="csv")[0]
    assert (told["state"], told["name"], told["rows"]) == ("ready", "iris.csv", len(wanted))
    pieces, at, last = [], 0, False
    while not last:
        piece = page.say("pull", id="f", at=at)[0]
        pieces.append(page.got[-1][1][0])
        at, last = at + len(pieces[-1]), piece["last"]
    assert b"".join(pieces) == (tmp_path / "out.csv").read_bytes()
    assert len(pieces) > 2
    assert page.say("pull", id="other", at=0)[0]["at"] == "export"
    page.say("cancel", id="f")
    assert list((home / "exports").iterdir()) == []
    for message in ({"format": "xlsx"}, {"format": "csv", "path": str(tmp_path / "no" / "out.csv")}):
        told = page.say("export", id="g", **message)[0]
        assert (told["type"], told["at"]) == ("error", "export")
    monkeypatch.setattr("qlab.widgets.dataexport.LARGEST", 10)
    assert "give a path" in page.say("export", id="h", format="csv")[0]["cure"]
