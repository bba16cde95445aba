"""The kernel's end of the data view: what a page is told, the code that says the same, and errors in their place."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import qlab
from qlab.widgets.dataabout import quick
from qlab.widgets.dataheld import Held
from qlab.widgets.datapage import page
from qlab.widgets.dataserver import DataServer

PENGUINS = Path(__file__).resolve().parents[2] / "notebooks" / "data" / "penguins.csv"
# The same block is decoded in js/test/data/page.test.ts.
VECTOR = "AAAAAAAA8D8AAAAAAAD4fwAAAAAAAATAAAAAAAMAAAADAAAABQAAAAABAGHDn8OpAAAAAAQAAAAEAAAACQAAAAABAFRydWVGYWxzZQAAAAA="


class Page:
    """A page as the server sees it: sends messages, keeps what comes back after a trip through JSON."""

    def __init__(self, **options: Any) -> None:
        self.got: list[tuple[dict[str, Any], list[bytes]]] = []
        options.setdefault("variables", dict)
        self.server = DataServer(lambda m, b: self.got.append((json.loads(json.dumps(m)), b)), **options)

    def say(self, type_: str, **message: Any) -> dict[str, dict[str, Any]]:
        """Send one message; return the last answer of each type."""
        self.got.clear()
        self.server.handle({"type": type_, **message})
        assert self.server.pump() is None
        return {m["type"]: m for m, _ in self.got}


def test_a_page_holds_the_rows_in_one_block() -> None:
    ds = qlab.load({"n": [1.0, None, -2.5], "t": ["aß", None, "é"], "b": [True, None, False]})
    about, block = page(Held.of(ds, "ds"), 0, 10)
    assert about == {
        "from": 0,
        "n": 3,
        "columns": [{"kind": "number", "at": 0}, {"kind": "text", "at": 24}, {"kind": "text", "at": 48}],
        "rows": None,
        "image": None,
    }
    assert base64.b64encode(block).decode() == VECTOR


def test_pages_are_small_and_exact() -> None:
    ds = qlab.load({"big": pa.array([2**60, 1]), "long": ["x" * 500, "<b>"], "d": pa.array([0, 1], pa.date32())})
    about, block = page(Held.of(ds, "ds"), 0, 2)
    assert [c["kind"] for c in about["columns"]] == ["text", "text", "text"]
    assert b"<b>" in block
    assert about["n"] == 2
    wine, block = page(Held.of(qlab.load("wine"), "wine"), 100, 500)
    assert wine["n"] == 78
    values = np.frombuffer(block, "<f8", 78, wine["columns"][9]["at"])
    assert values.tolist() == qlab.load("wine").table.column(9).to_pylist()[100:]


@pytest.mark.parametrize("columns", [5, 300])
@pytest.mark.parametrize("kind", ["numbers", "texts"])
def test_a_page_of_any_table_stays_under_64_kilobytes(columns: int, kind: str) -> None:
    cells = np.arange(400.0) if kind == "numbers" else ["ü" * 90] * 400
    held = Held.of(qlab.load({f"c{i}": cells for i in range(columns)}), "ds")
    told = quick(held)
    assert told["shown"] == len(told["grid"]) == min(columns, 200)
    n = told["page"]
    assert 10 <= n <= 100
    about, block = page(held, 37, n)
    assert about["n"] == n
    if (columns, kind) != (300, "texts"):  # ten rows are the least
        assert len(block) < 64_000


def test_pixels_come_as_one_thumbnail_a_row() -> None:
    held = Held.of(qlab.load("digits"), "digits")
    told = quick(held)
    assert (told["grid"], told["shown"]) == (["target"], 1)
    assert (told["image"]["width"], told["image"]["low"], told["image"]["high"]) == (8, 0, 16)
    about, block = page(held, 1700, 100)
    where = about["image"]
    assert (where["width"], where["height"]) == (8, 8)
    grey = np.frombuffer(block, np.uint8, 97 * 64, where["at"]).reshape(97, 64)
    wanted = held.dataset.to_pandas().iloc[1700:, :64].to_numpy()
    assert (grey == np.rint(wanted / 16 * 255)).all()
    wide = qlab.load({f"pixel{i}": np.full(30, float(i % 64)) for i in range(64 * 64)})
    about, block = page(Held.of(wide, "wide"), 0, 9)
    assert (about["image"]["width"], about["image"]["height"], about["columns"]) == (32, 32, [])
    grey = np.frombuffer(block, np.uint8, 9 * 1024).reshape(9, 32, 32)
    assert (grey[4, 7] == np.rint((np.arange(32) * 2 + 0.5) / 63 * 255)).all()
    for odd in ({f"px{i}": [1.0] for i in range(20)}, {f"px{i}": [1.0] for i in range(1, 40, 2)}, {"px0": [1.0]}):
        assert quick(Held.of(qlab.load(odd), "odd"))["image"] is None


def test_opening_loading_and_choosing() -> None:
    page = Page()
    empty = page.say("open")["dataset"]
    assert empty["dataset"] is None
    assert {s["name"] for s in empty["gallery"]} >= {"iris", "digits", "moons"}
    got = page.say("load", source=str(PENGUINS))
    about, plan = got["dataset"]["dataset"], got["plan"]
    assert (about["rows"], about["missing"], about["classes"]) == (344, 19, ["Adelie", "Chinstrap", "Gentoo"])
    assert plan["choice"]["target"] == "species"
    assert plan["plan"]["qubits"] == 5
    assert plan["preview"]["angles"] == pytest.approx(page.server._features(page.server._here()).transform(
        qlab.load(PENGUINS).head(1))[0].tolist())  # fmt: skip
    got = page.say("choose", set={"columns": ["sex", "body_mass_g"], "encode": "iqp", "test": 0.1})
    assert set(got) == {"plan"}
    assert [e["gates"] for e in got["plan"]["plan"]["encodings"]] == [2, 5, 1, 2, 0]
    got = page.say("choose", set={"target": "sex"})
    assert got["plan"]["choice"]["columns"] == ["body_mass_g"]
    assert got["dataset"]["dataset"]["classes"] == ["female", "male"]
    assert page.say("row", row=343)["preview"]["preview"]["row"] == 343


def test_use_hands_the_features_on_and_the_code_gives_the_same_bits() -> None:
    used: list[qlab.Features] = []
    page = Page(on_features=used.append)
    page.say("load", source=str(PENGUINS))
    page.say("filter", condition="year > 2007")
    got = page.say("choose", set={"reduce": "pca", "qubits": 3, "classes": ["Adelie", "Gentoo"], "seed": 4})
    assert got["plan"]["used"] is False
    code = got["plan"]["code"]
    assert page.say("use")["plan"]["used"] is True
    names: dict[str, Any] = {}
    exec(compile(code, "copied", "exec"), names)
    assert names["fx"].lineage == used[0].lineage == page.server.features.lineage  # type: ignore[union-attr]
    assert names["fx"].train.X.tobytes() == used[0].train.X.tobytes()
    assert page.say("choose", set={"seed": 5})["plan"]["used"] is False
    assert page.say("choose", set={"seed": 4})["plan"]["used"] is True


@pytest.mark.parametrize("source", ["digits", "iris", "diabetes", "xor"])
def test_the_first_choice_for_a_gallery_set_can_be_used_as_it_is(source: str) -> None:
    page = Page()
    plan = page.say("load", source=source)["plan"]
    assert plan["error"] is None
    assert plan["plan"]["qubits"] <= 12
    names: dict[str, Any] = {}
    exec(plan["code"], names)
    assert names["fx"].lineage.id == plan["plan"]["lineage"]


def test_errors_come_back_where_they_belong_and_change_nothing() -> None:
    page = Page()
    page.say("load", source="iris")
    got = page.say("load", source="iriss")["error"]
    assert (got["at"], got["message"], got["cure"]) == ("load", "unknown dataset 'iriss'", "use 'iris'")
    assert page.say("load", source="  ")["error"]["at"] == "load"
    assert page.say("filter", condition="petal_length > 100")["error"]["at"] == "filter"
    assert page.say("filter", condition="nope > 1")["error"]["at"] == "filter"
    got_plan = page.say("choose", set={"reduce": "lda", "qubits": 3})["plan"]
    assert got_plan["plan"] is None
    assert "LDA on 3 classes gives 2" in got_plan["error"]["message"]
    assert page.say("use")["error"]["at"] == "plan"
    assert page.say("choose", set={"colour": 1})["error"]["at"] == "plan"
    assert page.say("page", id=1, **{"from": "x", "n": 2})["error"]["at"] == "page"
    assert page.server.dataset is not None
    assert page.server.dataset.rows == 150
    assert page.server.features is None
    assert page.say("nonsense") == {}
    page.server.handle("not a message")
    page.server.pump()


def test_a_variable_of_the_kernel_is_loaded_by_its_name() -> None:
    frame = qlab.load("iris").to_pandas()
    page = Page(variables=lambda: {"df": frame, "iris": 3, "mine": qlab.load("wine")})
    got = page.say("load", source="df")
    assert {v["name"] for v in got["dataset"]["variables"]} == {"df", "mine"}
    assert got["dataset"]["dataset"]["name"] == "df"
    assert "ds = qlab.load(df)" in got["plan"]["code"]
    assert page.say("load", source="iris")["dataset"]["dataset"]["name"] == "iris"
    got = page.say("load", source="mine")
    assert [t["name"] for t in got["dataset"]["tabs"]] == ["df", "iris", "wine"]
    key = got["dataset"]["tabs"][0]["key"]
    assert page.say("pick", key=key)["plan"]["key"] == key
    assert [t["name"] for t in page.say("close", key=key)["dataset"]["tabs"]] == ["iris", "wine"]


def test_bad_rows_reach_the_page_as_text(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n" + "1,x\n" * 20 + "<i>,y\n1,2,3\n")
    about = Page().say("load", source=str(path))["dataset"]["dataset"]
    assert about["bad"] == {
        "lines": 2,
        "total": 2,
        "rows": [[22, "a", "not a number", "<i>"], [23, "whole row", "3 fields where 2 expected", "1,2,3"]],
    }


def test_loading_from_python_tells_every_page() -> None:
    woken: list[int] = []
    page = Page(wake=lambda: woken.append(1))
    with pytest.raises(qlab.DataError):
        page.server.load("no such set")
    ds = page.server.load("moons")
    assert page.server.dataset is ds
    page.server.pump()
    assert [m["type"] for m, _ in page.got] == ["dataset", "plan"]
    assert woken


def test_the_widget_shows_a_dataset_and_takes_another() -> None:
    widget = qlab.Data("iris", height=500)
    try:
        assert widget.height == 500
        assert widget.dataset is not None
        assert widget.dataset.rows == 150
        assert widget.features is None
        widget.dataset = qlab.load("moons")
        assert repr(widget).startswith("Data(moons: 400 rows")
        bundle, _ = widget._repr_mimebundle_()
        assert "moons" in bundle["text/html"]
    finally:
        widget.close()


def big(folder: Path, rows: int = 40_000) -> Path:
    rng = np.random.default_rng(0)
    path = folder / "big.csv"
    lines = [f"{i},{x:.4f},{'ab'[i % 2]}" for i, x in enumerate(rng.normal(size=rows))]
    path.write_text("i,x,t\n" + "\n".join(lines) + "\n")
    return path


def test_a_load_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qlab.data.read_text.BLOCK", 100_000)
    monkeypatch.setattr("qlab.data.progress.PERIOD", 0.0)
    page = Page()
    page.say("load", source=str(big(tmp_path)))
    told = [m for m, _ in page.got if m["type"] == "loading"]
    assert [told[0]["stage"], told[1]["stage"], told[-1]["stage"]] == ["estimate", "read", "done"]
    assert told[0]["estimate"]["rows"] == pytest.approx(40_000, rel=0.05)
    assert told[0]["estimate"]["mapped"] is False
    assert [c["name"] for c in told[2]["columns"]] == ["i", "x"]
    assert told[-1]["done"] == told[-1]["total"] > 100_000
    assert [m["type"] for m, _ in page.got][-2:] == ["dataset", "plan"]
    assert page.got[-2][0]["dataset"]["mapped"] is False


def test_cancel_passes_the_reading_thread_and_what_was_shown_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qlab.data.read_text.BLOCK", 100_000)
    monkeypatch.setattr("qlab.data.progress.PERIOD", 0.0)
    page = Page()
    page.say("load", source="iris")
    page.server.handle({"type": "cancel"})  # nothing is being read: of no effect
    link = page.server._link

    def meddle(message: dict[str, Any], buffers: list[bytes]) -> None:
        link(message, buffers)
        if message["type"] == "loading" and message.get("stage") == "read":
            page.server.handle({"type": "cancel"})  # as another thread does, while `pump` reads

    page.server._link = meddle
    page.say("load", source=str(big(tmp_path)))
    told = [m for m, _ in page.got]
    assert told[-1] == {"type": "loading", "source": None}
    assert "error" not in {m["type"] for m in told}
    assert max(m["rows"] for m in told[:-1]) < 20_000
    assert page.server.dataset is not None
    assert page.server.dataset.name == "iris"
    page.server._link = link
    assert page.say("load", source=str(tmp_path / "big.csv"))["dataset"]["dataset"]["rows"] == 40_000
