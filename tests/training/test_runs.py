"""Stored runs in the hands of people: the list, the way back by id, comparison, files for elsewhere, the shell."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import qlab
from qlab.cli import main
from qlab.errors import TrainError
from qlab.training import recorder
from qlab.training.runs_list import row_of
from qlab.training.store import Record
from qlab.widgets.report import report_html
from qlab.widgets.still import static_html

from .fakes import circuit, features


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: two done, one stopped with an intervention; made once."""
    folder = tmp_path_factory.mktemp("runs")
    fx = features(100)
    for name, lr in (("first <b>", 0.05), ("second", 0.1)):
        qlab.train(circuit(2), fx, epochs=6, batch=16, lr=lr, name=name, folder=folder).wait(30)
    third = qlab.train(circuit(2), fx, epochs=100_000, batch=16, optimizer="sgd", lr=0.05, name="third", folder=folder)
    while third.step < 50:
        third.wait(0.01)
    third.lr = 0.3
    while third.lr != 0.3:
        third.wait(0.01)
    third.stop()
    third.wait(30)
    return folder


@pytest.fixture(autouse=True)
def _here(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLAB_HOME", str(home))
    monkeypatch.setattr(recorder, "PERIOD", 0.02)


def test_the_list_is_newest_first_and_narrows() -> None:
    found = qlab.runs()
    assert [run.name for run in found] == ["third", "second", "first <b>"]
    assert len(found[:2]) == 2
    assert found[0].state == "stopped"
    assert [r.name for r in found.filter(state="done")] == ["second", "first <b>"]
    assert [r.name for r in found.filter(optimizer="sgd")] == ["third"]
    assert [r.name for r in found.filter(lambda row: row["lr"] > 0.06)] == ["second"]
    assert [r.name for r in found.filter(text="SECOND")] == ["second"]
    assert found[0].id in found
    assert "nothing" not in found
    assert found[found[1].id].name == "second"
    with pytest.raises(TrainError, match="no run 'zzz'"):
        found["zzz"]
    with pytest.raises(TrainError, match="3 runs begin with ''"):
        found[""]
    with pytest.raises(TrainError, match="no 'optimiser'"):
        found.filter(optimiser="adam")
    with pytest.raises(IndexError):
        found[3]


def test_the_table_is_escaped_and_names_every_run() -> None:
    html = qlab.runs()._repr_html_()
    assert "first &lt;b&gt;" in html
    assert "<b>" not in html
    assert html.count("<tr") == 4
    frame = qlab.runs().to_pandas()
    assert frame.index.tolist() == [run.id for run in qlab.runs()]
    assert frame.loc[qlab.runs()[0].id, "optimizer"] == "sgd"
    assert "stopped" in repr(qlab.runs())
    empty = qlab.runs().filter(state="failed")
    assert "No run yet" in empty._repr_html_()
    assert empty.to_pandas().empty


def test_a_record_that_is_broken_is_listed_all_the_same() -> None:
    for head in ({}, {"spec": "{"}, {"spec": "{}", "data": None}):
        assert row_of(Record("X", "", head, {}))["state"] == "failed"


def test_tags_and_notes_are_kept_and_seen_by_others() -> None:
    qlab.runs().filter(state="done").tag("paper", "a,b").note("  look <again>  ")
    assert [r.name for r in qlab.runs().filter(tag="paper")] == ["second", "first <b>"]
    assert qlab.runs()[1].note == "look <again>"  # type: ignore[attr-defined]
    assert qlab.runs()[1].tags == ("a,b", "paper")  # type: ignore[attr-defined]
    assert "look &lt;again&gt;" in qlab.runs()._repr_html_()
    qlab.runs().untag("paper", "never").note("")
    assert len(qlab.runs().filter(tag="paper")) == 0
    for bad in ("", " ", "x" * 65, 3):
        with pytest.raises(TrainError, match="can't be a tag"):
            qlab.runs().tag(bad)  # type: ignore[arg-type]


def test_delete_removes_all_of_it_and_refuses_a_run_that_goes_on(home: Path) -> None:
    run = qlab.train(circuit(2), features(), epochs=100_000)
    while run.id not in qlab.runs() or run.step < 5:
        run.wait(0.01)
    chosen = qlab.runs().filter(id=run.id)
    with pytest.raises(TrainError, match=r"is (running|waiting)"):
        chosen.delete()
    run.stop()
    run.wait(60)
    assert (home / "checkpoints" / run.id).is_dir()
    assert chosen.delete() == 1
    assert run.id not in qlab.runs()
    assert not (home / "checkpoints" / run.id).exists()


def test_the_way_back_gives_the_run_as_it_was(home: Path) -> None:
    live = qlab.train(circuit(2), features(100), epochs=3)
    live.wait(30)
    old = qlab.open_run(live.id)
    assert old is not live
    pd.testing.assert_frame_equal(old.history, live.history)
    told, want = old.status(), live.status()
    assert {k: v for k, v in told.items() if k != "checkpoints"} == {
        k: v for k, v in want.items() if k != "checkpoints"
    }
    assert old.checkpoints()[-1] == live.step  # type: ignore[attr-defined]
    assert repr(old) == repr(live)
    assert static_html(old) == static_html(live)
    assert old.summary() == live.summary()
    assert old.baseline == live.baseline
    X = features(100).test.X
    np.testing.assert_array_equal(old.model.predict(X), live.model.predict(X))
    assert [type(e).__name__ for e in old.events] == [
        type(e).__name__ for e in live.events if type(e).__name__ != "Started"
    ]
    assert len(report_html(old)) > 100_000
    assert old.latest("loss") == live.latest("loss")
    for order in (lambda: old.pause(), lambda: setattr(old, "lr", 0.1), lambda: old.steer("batch", 3)):
        with pytest.raises(TrainError, match=r"is done, so.*qlab\.resume"):
            order()
    qlab.runs().filter(id=live.id).delete()


def test_runs_beside_each_other() -> None:
    both = qlab.compare(qlab.runs())
    frame = both.to_pandas()
    assert frame["lr"].tolist() == [0.05, 0.1, 0.05]
    assert frame["optimizer"].tolist() == ["sgd", "adam", "adam"]
    assert "seed" not in frame  # the same in all
    third = both.runs[0]
    first = next(e.step for e in third.events if type(e).__name__ == "Intervened" and e.kind == "lr")
    assert frame["steered"].tolist() == [f"lr 0.3 @ {first}", "", ""]
    assert "parent" not in frame  # none is a branch
    fig = both.figure("loss")
    assert [t.name.split(" · ")[-1] for t in fig.data] == [run.id for run in both]
    run = qlab.runs()[1]
    np.testing.assert_array_equal(fig.data[1].y, run.history["loss"])
    assert len(both.figure("val_loss", across="epoch").data[2].x) == 6
    assert len(qlab.compare([run, run.id, run])) == 1
    assert max(len(x) for x, _ in both.curves("loss", points=20).values()) <= 20
    for call in (
        lambda: qlab.compare([]),
        lambda: qlab.compare([3]),
        lambda: both.figure("los"),
        lambda: both.curves("los"),
        lambda: both.figure("loss", across="mood"),
    ):
        with pytest.raises(TrainError):
            call()
    assert "<table" in both._repr_html_()


def test_history_goes_to_csv_parquet_and_json(tmp_path: Path) -> None:
    run = qlab.runs()[0]
    run.export(tmp_path / "r.csv")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "r.csv"), run.history)
    run.export(tmp_path / "r.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "r.parquet"), run.history)
    run.export(tmp_path / "r.json")
    doc = json.loads((tmp_path / "r.json").read_text())
    assert doc["history"]["loss"] == run.history["loss"].tolist()
    assert [e["kind"] for e in doc["events"] if e["event"] == "Intervened"] == ["lr", "stop"]
    for bad in ("r.xls", "r", "no/folder/r.csv"):
        with pytest.raises(TrainError):
            run.export(tmp_path / bad)


def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "r.qlabrun"
    qlab.runs()[0].export(path)
    return path


def test_a_run_goes_to_another_machine_and_on_from_there(tmp_path: Path) -> None:
    run = qlab.runs()[0]
    with pytest.raises(TrainError, match="already"):
        qlab.import_run(bundle(tmp_path))
    there = qlab.import_run(bundle(tmp_path), folder=tmp_path / "there")
    pd.testing.assert_frame_equal(there.history, run.history)
    assert there.status() == run.status()
    assert there.fingerprint == run.fingerprint
    child = there.branch(step=40, data=features(100))
    child.stop()
    child.wait(30)
    on = qlab.resume(there, features(100))
    while on.step < there.step + 20:
        on.wait(0.01)
    on.stop()
    on.wait(60)
    assert on.lr == 0.3


def rewritten(path: Path, change: Any) -> Path:
    """The bundle with its members changed by ``change(dict of name -> bytes)``, checksums made to fit."""
    import hashlib

    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    change(parts)
    manifest["members"] = {
        name: {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()} for name, raw in parts.items()
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", json.dumps(manifest))
        for name, raw in parts.items():
            file.writestr(name, raw)
    path.write_bytes(out.getvalue())
    return path


def record_with(**changes: Any) -> Any:
    def change(parts: dict[str, bytes]) -> None:
        parts["record.json"] = json.dumps({**json.loads(parts["record.json"]), **changes}).encode()

    return change


def put(name: str, raw: bytes) -> Any:
    return lambda parts: parts.__setitem__(name, raw)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("../../evil.qck", b"x"), "member '../../evil.qck'"),
        (put("/etc/passwd", b"x"), "member '/etc/passwd'"),
        (put("checkpoints/1.qck", b"x"), "member 'checkpoints/1.qck'"),
        (put("events.json", b" " * 3_000_000), "over 100 times"),
        (put("events.json", b"[" * 100_000), "over 100 times|no JSON"),
        (put("events.json", b"{}"), "events are missing"),
        (put("events.json", b"[3]"), "no object"),
        (put("record.json", b"[]"), "can't be read"),
        (put("rows.f8", b"x" * 80), "can't be read"),
        (put("checkpoints/000000000007.qck", b"x" * 99), "checkpoint can't be used"),
        (record_with(id="../../up"), "no id"),
        (record_with(id="a/b"), "no id"),
        (record_with(rows=-1), "can't be read"),
        (record_with(head={}), "can't be read"),
        (record_with(head={"spec": "{}", "columns": []}), "spec"),
        (lambda parts: parts.pop("rows.f8"), "don't fit its manifest"),
    ],
)
def test_a_bundle_that_was_tampered_with_is_refused(change: Any, message: str, tmp_path: Path) -> None:
    path = rewritten(bundle(tmp_path), change)
    with pytest.raises(TrainError, match=message):
        qlab.import_run(path, folder=tmp_path / "there")
    assert len(qlab.runs(tmp_path / "there")) == 0
    assert not list((tmp_path / "there").glob("checkpoints/*/*"))


def test_a_bundle_that_is_damaged_too_large_or_none_is_refused(tmp_path: Path) -> None:
    path = bundle(tmp_path)
    raw = path.read_bytes()
    with pytest.raises(TrainError, match="over 10"):
        qlab.import_run(path, folder=tmp_path / "there", limit=10)
    at = raw.index(b'"elapsed"')
    for bad in (raw[: len(raw) // 2], b"", b"PK\x03\x04", raw[:at] + b"#" + raw[at + 1 :]):
        path.write_bytes(bad)
        with pytest.raises(TrainError):
            qlab.import_run(path, folder=tmp_path / "there")
    with pytest.raises(TrainError, match="no file"):
        qlab.import_run(tmp_path / "none.qlabrun")


def test_a_path_of_this_machine_does_not_travel(tmp_path: Path) -> None:
    frame = qlab.load("iris").to_pandas()
    frame.to_csv(tmp_path / "secret-iris.csv", index=False)
    fx = qlab.load(tmp_path / "secret-iris.csv").features(target=frame.columns[-1], qubits=2, reduce="pca")
    run = qlab.train(circuit(2), fx, epochs=1, folder=tmp_path / "h")
    run.wait(60)
    run.export(tmp_path / "r.qlabrun")
    assert str(tmp_path).encode() not in (tmp_path / "r.qlabrun").read_bytes()


def test_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run = qlab.runs()[0]
    assert main(["runs"]) == 0
    assert run.id in capsys.readouterr().out
    assert main(["runs", "list", "--state", "done", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["second", "first <b>"]
    assert main(["runs", "show", run.id]) == 0
    assert "learning rate 0.05 → 0.3" in capsys.readouterr().out
    assert main(["runs", "export", run.id, str(tmp_path / "x.qlabrun")]) == 0
    assert main(["runs", "--folder", str(tmp_path / "t"), "import", str(tmp_path / "x.qlabrun")]) == 0
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert main(["runs", "--folder", str(tmp_path / "t"), "delete", run.id]) == 1
    assert "nothing was removed" in capsys.readouterr().err
    assert main(["runs", "--folder", str(tmp_path / "t"), "delete", run.id, "--yes"]) == 0
    assert len(qlab.runs(tmp_path / "t")) == 0
    assert main(["runs", "show", "zzz"]) == 1
    assert "there is no run 'zzz'" in capsys.readouterr().err
