"""Rows as the grid shows them: sorted, brushed, cross-filtered, at once on a large table; balance and bad rows."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import qlab
from qlab.widgets import dataserver
from qlab.widgets.dataserver import DataServer

PENGUINS = Path(__file__).resolve().parents[2] / "notebooks" / "data" / "penguins.csv"
Said = list[dict[str, Any]]


class Page:
    """Sends messages; keeps the answers after a trip through JSON, with their blocks."""

    def __init__(self, **options: Any) -> None:
        self.got: list[tuple[dict[str, Any], list[bytes]]] = []
        options.setdefault("variables", dict)
        self.server = DataServer(lambda m, b: self.got.append((json.loads(json.dumps(m)), b)), **options)

    def say(self, type_: str, **message: Any) -> Said:
        at = len(self.got)
        self.server.handle({"type": type_, **message})
        self.server.pump()
        return [m for m, _ in self.got[at:]]

    def rows(self, start: int, n: int) -> list[int]:
        """The row numbers of a page."""
        told = self.say("page", id=1, **{"from": start, "n": n})[0]
        if told["rows"] is None:
            return list(range(told["from"], told["from"] + told["n"]))
        return np.frombuffer(self.got[-1][1][0], "<u4", told["n"], told["rows"]).tolist()


@pytest.fixture
def penguins() -> Page:
    page = Page()
    page.say("load", source=str(PENGUINS))
    return page


@pytest.mark.parametrize("by", ["body_mass_g", "sex", "year"])
@pytest.mark.parametrize("descending", [False, True])
def test_sorting_is_stable_with_missing_cells_last(by: str, descending: bool, penguins: Page) -> None:
    token = penguins.say("open")[0]["dataset"]["hash"]
    told = penguins.say("sort", by=by, descending=descending)[0]["dataset"]
    assert told["sort"] == {"by": by, "descending": descending}
    assert told["hash"] != token
    frame = pd.read_csv(PENGUINS)
    wanted = frame.sort_values(by, ascending=not descending, kind="stable").index.tolist()
    assert penguins.rows(0, 200) + penguins.rows(200, 200) == wanted
    penguins.say("row", row=wanted[0])
    back = penguins.say("sort", by=None)[0]["dataset"]
    assert (back["hash"], back["sort"]) == (token, None)
    assert penguins.rows(300, 10) == list(range(300, 310))


def test_what_has_no_order_is_refused() -> None:
    page = Page(variables=lambda: {"t": qlab.load({"l": [[1], [2]], "b": [True, False]})})
    page.say("load", source="t")
    told = page.say("sort", by="l")[0]
    assert (told["type"], told["message"]) == ("error", "column 'l' has no order")
    assert page.say("sort", by="nope")[0]["type"] == "error"
    page.say("sort", by="b")
    assert page.rows(0, 2) == [1, 0]


def test_brushes_count_each_column_within_all_others(penguins: Page) -> None:
    ranges = {"bill_length_mm": [40, 50], "body_mass_g": [5000, 3500]}
    before = {c["name"]: c for c in penguins.say("open")[0]["dataset"]["columns"]}
    told = penguins.say("brush", id=7, ranges=ranges)[0]
    assert (told["type"], told["id"], told["total"]) == ("cross", 7, 344)
    frame = pd.read_csv(PENGUINS)
    bill = frame["bill_length_mm"].between(40, 50)
    mass = frame["body_mass_g"].between(3500, 5000)
    assert told["rows"] == (bill & mass).sum()
    counts = {c["name"]: np.array(c["counts"]) for c in told["columns"]}
    assert list(counts) == list(before)
    for name, mask in (("bill_length_mm", mass), ("body_mass_g", bill), ("flipper_length_mm", bill & mass)):
        about = next(c for c in qlab.load(PENGUINS).profile() if c.name == name)
        for k, species in enumerate(["Adelie", "Chinstrap", "Gentoo"]):
            cells = frame.loc[mask & (frame["species"] == species), name].dropna()
            assert counts[name][k].tolist() == np.histogram(cells, np.array(about.edges))[0].tolist()
    islands = frame[bill & mass]["island"].value_counts()
    assert counts["island"].tolist() == [[int(islands.get(v, 0)) for v, _ in before["island"]["top"]]]
    none = {c["name"]: c["counts"] for c in penguins.say("brush", id=8, ranges={})[0]["columns"]}
    assert all(none[n] == before[n]["counts"] for n in before if before[n]["counts"])


def test_a_brush_that_is_let_go_filters_and_the_code_says_so(penguins: Page) -> None:
    told = penguins.say("filter", condition="year > 2007", ranges={"body_mass_g": [3500, 4000.5]})
    assert [m["type"] for m in told] == ["dataset", "plan", "cross"]
    about = told[0]["dataset"]
    frame = pd.read_csv(PENGUINS).query("year > 2007")
    inside = frame[frame["body_mass_g"].between(3500, 4000.5)]
    assert (about["rows"], about["total"], about["ranges"]) == (len(inside), 344, {"body_mass_g": [3500, 4000.5]})
    mass = next(c for c in about["columns"] if c["name"] == "body_mass_g")
    assert mass["high"] == frame["body_mass_g"].max(), "the axes stay"
    names: dict[str, Any] = {}
    exec(told[1]["code"], names)
    assert names["ds"].rows == len(inside)
    assert names["fx"].lineage.id == told[1]["plan"]["lineage"]
    assert told[2]["id"] is None
    assert about["balance"]["values"] == [[k, int(n)] for k, n in inside["species"].value_counts().items()]
    assert penguins.say("filter", condition="", ranges={})[0]["dataset"]["rows"] == 344
    for ranges in ({"sex": [1, 2]}, {"nope": [1, 2]}, {"year": [1]}, {"year": ["a", "b"]}, {"year": [1, None]}):
        assert penguins.say("filter", condition="", ranges=ranges)[0]["at"] == "filter"
        assert penguins.say("brush", id=1, ranges=ranges)[0]["type"] == "error"
    refused = penguins.say("filter", condition="", ranges={"year": [1, 2]})[0]
    assert (refused["at"], refused["message"]) == ("filter", "no row meets the condition")
    assert penguins.server.dataset is not None
    assert penguins.server.dataset.rows == 344


def test_only_the_newest_of_many_brushes_is_answered(penguins: Page) -> None:
    at = len(penguins.got)
    for k in range(20):
        penguins.server.handle({"type": "brush", "id": k, "ranges": {"body_mass_g": [3000, 3000 + 100 * k]}})
    penguins.server.pump()
    assert [m["id"] for m, _ in penguins.got[at:]] == [19]


def test_balance_counts_rows_and_parts() -> None:
    page = Page()
    told = {m["type"]: m for m in page.say("load", source="digits")}
    balance = told["dataset"]["dataset"]["balance"]
    counts = qlab.load("digits").to_pandas()["target"].value_counts()
    assert {int(k): n for k, n in balance["values"]} == counts.to_dict()
    assert (balance["column"], balance["others"], balance["missing"]) == ("target", 0, 0)
    parts = told["plan"]["plan"]["balances"]
    assert np.sum([parts[p] for p in ("train", "val", "test")], axis=0).tolist() == [counts[k] for k in range(10)]
    assert {m["type"]: m for m in page.say("load", source="diabetes")}["dataset"]["dataset"]["balance"] is None
    many = qlab.load({"t": [f"c{i % 30:02}" for i in range(3000)], "x": np.arange(3000.0)}, target="t")
    page = Page(variables=lambda: {"many": many})
    balance = page.say("load", source="many")[0]["dataset"]["balance"]
    assert (len(balance["values"]), balance["others"]) == (20, 1000)


def test_bad_rows_come_in_pages(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n" + "1,2\n" * 6000 + "".join(f"x{i},2\n" for i in range(500)))
    page = Page()
    about = page.say("load", source=str(path))
    first = next(m for m in about if m["type"] == "dataset")["dataset"]["bad"]
    assert (first["total"], len(first["rows"])) == (500, 200)
    told = page.say("bad", **{"from": 200, "n": 1000})[0]
    assert (told["total"], told["from"], len(told["rows"])) == (500, 200, 200)
    assert told["rows"][0] == [6202, "a", "not a number", "x200"]
    assert page.say("bad", **{"from": 490, "n": 50})[0]["rows"][-1][3] == "x499"
    assert page.say("bad", **{"from": 900, "n": 50})[0]["rows"] == []


def test_a_large_table_shows_its_rows_before_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are answered on a thread of their own, while the columns are looked at on another."""
    monkeypatch.setattr(dataserver, "LARGE", 100)
    big = qlab.load({"a": np.arange(500), "t": ["u", "v"] * 250})
    page = Page(variables=lambda: {"big": big}, wake_quick=lambda: None)
    looked, answered = threading.Event(), threading.Event()
    real = type(big).profile

    def slow(self: qlab.Dataset, *args: Any, **options: Any) -> Any:
        looked.set()
        assert answered.wait(30), "the page waited for the figures"
        return real(self, *args, **options)

    monkeypatch.setattr(type(big), "profile", slow)
    page.server.handle({"type": "load", "source": "big"})
    reader = threading.Thread(target=page.server.pump)
    reader.start()
    assert looked.wait(30)
    first = page.got[-1][0]["dataset"]
    assert (first["provisional"], first["rows"], first["grid"], first["page"]) == (True, 500, ["a", "t"], 100)
    assert [(c["type"], c["counts"]) for c in first["columns"]] == [("int", []), ("text", [])]
    page.server.handle({"type": "page", "id": 1, "from": 400, "n": 50})
    page.server.pump_quick()
    told = page.got[-1][0]
    assert (told["type"], told["from"], told["n"], told["hash"]) == ("page", 400, 50, first["hash"])
    answered.set()
    reader.join(30)
    assert [m["type"] for m, _ in page.got] == ["dataset", "page", "dataset", "plan"]
    whole = page.got[2][0]["dataset"]
    assert (whole["provisional"], whole["hash"]) == (False, first["hash"])
    assert whole["columns"][0]["unique"] == 500


def test_a_dask_like_frame_of_the_kernel_is_offered() -> None:
    from qlab.widgets.datavars import about, loadable

    made = type("DataFrame", (), {"compute": lambda self: None, "columns": ["a"], "shape": ("delayed", 1)})
    made.__module__ = "dask.dataframe"
    assert loadable(made())
    assert about(made()) == "DataFrame"
    assert not loadable(made)
    assert loadable(pa.table({"a": [1]}))
