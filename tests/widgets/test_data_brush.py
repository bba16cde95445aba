"""What the Data view filters to: values of a column, bars by their edges; strict loading; the report of bad rows."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import qlab
from qlab.data import fingerprint
from qlab.widgets import dataserver

from .test_data_rows import PENGUINS, Page


@pytest.fixture
def penguins() -> Page:
    page = Page()
    page.say("load", source=str(PENGUINS))
    return page


def test_values_are_filtered_to_and_the_copied_code_says_the_same(penguins: Page) -> None:
    frame = pd.read_csv(PENGUINS)
    brush: dict[str, Any] = {"sex": {"values": ["male", None]}, "year": {"values": [2008, 2009]}}
    keep_sex, keep_year = frame.sex.isna() | (frame.sex == "male"), frame.year > 2007
    cross = penguins.say("brush", id=3, ranges=brush)[0]
    assert (cross["rows"], cross["total"]) == (int((keep_sex & keep_year).sum()), 344)
    island = {c["name"]: c["counts"] for c in cross["columns"]}["island"][0]
    assert island == frame.island[keep_sex & keep_year].value_counts().loc[["Biscoe", "Dream", "Torgersen"]].tolist()
    about, plan = (m for m in penguins.say("filter", condition="", ranges=brush) if m["type"] in {"dataset", "plan"})
    assert about["dataset"]["ranges"] == brush
    assert about["dataset"]["rows"] == cross["rows"]
    names: dict[str, Any] = {}
    exec(plan["code"], names)
    assert names["ds"].rows == cross["rows"]
    assert names["fx"].lineage.id == plan["plan"]["lineage"]


@pytest.mark.parametrize(
    "brush",
    [
        {"values": []},
        {"values": "male"},
        {"values": ["a'b\"c"]},
        {"values": [{}]},
        {"other": 1},
        {"values": [True, 1.5]},
    ],
)
def test_values_that_cannot_be_filtered_to_are_refused(penguins: Page, brush: Any) -> None:
    column = "year" if brush.get("values") == [True, 1.5] else "sex"
    told = penguins.say("filter", condition="", ranges={column: brush})
    assert [(m["type"], m["at"]) for m in told] == [("error", "filter")]
    assert penguins.server.dataset is not None
    assert penguins.server.dataset.rows == 344


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("sex in ('male')", lambda f: f.sex == "male"),
        ("sex in (male, missing) and year in (2007, 2009)", lambda f: (f.sex != "female") & (f.year != 2008)),
        ("`island` in(\"Dream\" , 'Biscoe')", lambda f: f.island != "Torgersen"),
        ("island in ('Dream, or )not', Dream)", lambda f: f.island == "Dream"),
        ("year in (2007)", lambda f: f.year == 2007),
    ],
)
def test_in_keeps_what_pandas_keeps(condition: str, kept: Any) -> None:
    assert qlab.load(PENGUINS).filter(condition).rows == int(kept(pd.read_csv(PENGUINS)).sum())


@pytest.mark.parametrize("condition", ["sex in ()", "sex in (male", "sex in (male,)", "sex in (,male)", "year in (x)"])
def test_a_list_that_cannot_be_read_is_refused(condition: str) -> None:
    with pytest.raises(qlab.DataError):
        qlab.load(PENGUINS).filter(condition)


def test_each_histogram_says_where_its_bars_begin_and_end(penguins: Page) -> None:
    columns = {c["name"]: c for c in penguins.say("open")[0]["dataset"]["columns"]}
    frame = pd.read_csv(PENGUINS)
    assert columns["year"]["span"] == [2006.5, 2009.5]
    assert columns["sex"]["span"] is None
    low, high = columns["body_mass_g"]["span"]
    counts = np.histogram(frame.body_mass_g.dropna(), np.linspace(low, high, 23))[0]
    assert np.sum(columns["body_mass_g"]["counts"], axis=0).tolist() == counts.tolist()


def test_a_strict_load_refuses_bad_rows_and_the_code_says_so(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("a,b\n" + "1,x\n2,y\n" * 10)
    bad.write_text("a,b\n" + "1,x\n2,y\n" * 10 + "=1+1,y\n")
    page = Page()
    page.say("load", source=str(good))
    told = page.say("load", source=str(bad), strict=True)
    assert told[-1]["type"] == "error"
    assert told[-1]["at"] == "load"
    assert "line 22" in str(told[-1])
    assert page.server.dataset is not None
    assert page.server.dataset.name == "good.csv"
    code = page.say("load", source=str(good), strict=True)[-1]["code"]
    assert page.say("load", source=str(bad))[-1]["type"] == "plan"
    told = page.say("export", id="e", what="bad", format="csv")
    assert (told[0]["name"], told[0]["rows"], told[0]["neutralised"]) == ("bad-bad-rows.csv", 1, 1)
    page.say("pull", id="e", at=0)
    saved = pd.read_csv(io.BytesIO(page.got[-1][1][0]))
    assert saved.to_dict("records") == [{"line": 22, "column": "a", "kind": "not a number", "text": "'=1+1"}]
    assert "on_bad" not in code, "an open dataset keeps its tab and its call"
    fresh = Page()
    assert (
        "qlab.load(" + repr(str(good)) + ", on_bad='raise')"
        in fresh.say("load", source=str(good), strict=True)[-1]["code"]
    )


def test_rows_of_a_large_table_are_shown_before_it_is_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataserver, "LARGE", 100)
    hashed: list[int] = []
    plain = fingerprint.fingerprint

    def counted(table: Any) -> str:
        hashed.append(len(page.got))
        return plain(table)

    monkeypatch.setattr("qlab.data.dataset.fingerprint", counted)
    frame = pd.DataFrame({"a": np.arange(300.0), "t": ["x", "y"] * 150})
    page = Page(variables=lambda: {"df": frame})
    told = page.say("load", source="df")
    assert [m["dataset"]["provisional"] for m in told if m["type"] == "dataset"] == [True, False]
    assert min(hashed) >= 1, "nothing was hashed before the first message"
    again = page.say("load", source="df")
    assert again[0]["tabs"] == told[0]["tabs"], "an equal table keeps its tab"
    frame.loc[0, "a"] = -1.0
    assert len(page.say("load", source="df")[0]["tabs"]) == 2


def test_a_cancelled_file_is_not_loaded_though_all_of_it_waits_already() -> None:
    page = Page()
    page.server.handle({"type": "upload", "id": "u", "name": "a.csv", "size": 8})
    page.server.handle({"type": "chunk", "id": "u", "at": 0}, [b"a,b\n1,2\n"])
    page.say("cancel", id="u")
    states = [m["state"] for m, _ in page.got if m["type"] == "upload"]
    assert states == ["ready", "gone"]
    assert page.server.dataset is None


DATES = pd.date_range("2021-03-01", periods=400, freq="D")


@pytest.mark.parametrize(
    "kind",
    ["date32[day]", "date64[ms]", "timestamp[ns]", "timestamp[s]", "timestamp[us, Europe/Berlin]"],
)
def test_dates_have_a_histogram_that_filters(kind: str) -> None:
    zone = "Europe/Berlin" if "Berlin" in kind else None
    shift = pd.Timedelta(0) if kind.startswith("date") else pd.Timedelta(hours=7, minutes=3, seconds=2)
    when = DATES + shift
    day = kind.startswith("date")
    arrow = (
        pa.date32() if kind == "date32[day]" else pa.date64() if day else pa.timestamp(kind[10:12].strip(",]"), zone)
    )
    cells = pa.array([*when.tz_localize("UTC" if zone else None), None], type=None if day else arrow)
    table = pa.table({"when": cells.cast(arrow), "y": pa.array([*([0, 1] * 200), 1])})
    page = Page(variables=lambda: {"t": table})
    about = next(m for m in page.say("load", source="t") if m["type"] == "dataset")["dataset"]
    column = about["columns"][0]
    seconds = when.as_unit("ns").asi8 / 1e9
    assert (column["type"], column["daily"], column["missing"], column["unique"]) == ("date", day, 1, 400)
    assert (column["low"], column["high"]) == (seconds[0], seconds[-1])
    total = np.sum(column["counts"], axis=0)
    assert total.tolist() == np.histogram(seconds, bins=22, range=column["span"])[0].tolist()
    edges = np.linspace(*column["span"], 23)
    low, high = (float(np.ceil(edges[3] / 86400) * 86400), float(np.floor(edges[9] / 86400) * 86400))
    keep = (seconds >= low) & (seconds <= high)
    cross = page.say("brush", id=1, ranges={"when": [low, high]})[0]
    assert cross["rows"] == int(keep.sum()) > 50
    told = page.say("filter", condition="", ranges={"when": [low, high]})
    assert told[0]["dataset"]["rows"] == int(keep.sum())
    names: dict[str, Any] = {"t": table}
    exec(next(m for m in told if m["type"] == "plan")["code"].split("fx =")[0], names)
    assert names["ds"].rows == int(keep.sum())
    far = page.say("filter", condition="", ranges={"when": [-1e18, 1e18]})
    assert [(m["type"], m["at"]) for m in far] == [("error", "filter")]


def test_few_days_have_a_bar_each_and_a_time_of_day_has_none() -> None:
    few = pa.array([datetime.date(2021, 3, 1), datetime.date(2021, 3, 1), datetime.date(2021, 3, 4)])
    days, times = qlab.load({"d": few, "t": pa.array([datetime.time(3), None, datetime.time(4)])}).profile()
    assert days.counts == ((2, 0, 0, 1),)
    assert [value for value, _ in days.top] == ["2021-03-01", "2021-03-04"]
    assert (times.type, times.counts, times.low) == ("date", (), None)
