"""Odd files and objects that users have: read as a person would read them, or refused with the place and a cure."""

from __future__ import annotations

import datetime
import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qlab
from qlab.data import read_dask
from qlab.data.csv_block import Reader
from qlab.data.csv_layout import Format
from qlab.errors import DataError


def load(folder: Path, name: str, text: str | bytes, **options: Any) -> qlab.Dataset:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return qlab.load(folder / name, **options)


def cells(ds: qlab.Dataset) -> dict[str, list[Any]]:
    return ds.table.to_pydict()


@pytest.mark.parametrize(
    ("text", "options", "wanted"),
    [
        ("name;price\nx;1,5\ny;-2,25\n", {}, {"name": ["x", "y"], "price": [1.5, -2.25]}),
        ("a;b\n1.234,5;x\n5.678.901,25;y\n", {}, {"a": [1234.5, 5678901.25], "b": ["x", "y"]}),
        ("a;b\n1,5;1.5\n2,5;2.5\n", {}, {"a": ["1,5", "2,5"], "b": [1.5, 2.5]}),  # both can't be: the point is kept
        ("a;b\n1,5;x\n", {"decimal": "."}, {"a": ["1,5"], "b": ["x"]}),
        ('a,b\n"1,234",2\n"5",4\n', {"thousands": ","}, {"a": [1234, 5], "b": [2, 4]}),
        ('a,b\n"1,234",2\n"5,000",4\n', {}, {"a": ["1,234", "5,000"], "b": [2, 4]}),  # as pandas has it
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", {}, {"c0": [5.1, 4.9], "c1": [3.5, 3.0], "c2": ["setosa"] * 2}),
        ("1,2\n3,4\n", {"header": False}, {"c0": [1, 3], "c1": [2, 4]}),
        ("1,2\n3,4\n", {}, {"1": [3], "2": [4]}),
        ("5.1,x\n4.9,y\n", {"header": True}, {"5.1": [4.9], "x": ["y"]}),
        ("country,2019,2020\nA,1,2\n", {}, {"country": ["A"], "2019": [1], "2020": [2]}),
        ("# by x\n# v2, final\na,b\n1,2\n", {}, {"a": [1], "b": [2]}),
        ("#id,b\n1,2\n", {}, {"#id": [1], "b": [2]}),  # a header, not a remark
        ("a|b\n1|2\n", {}, {"a": [1], "b": [2]}),
        ("a,a,b\n1,2,3\n", {}, {"a": [1], "a.1": [2], "b": [3]}),
        ("a,b,\n1,2,\n", {}, {"a": [1], "b": [2], "Unnamed: 2": [None]}),
        ("a\n1\n\n3\n", {}, {"a": [1, 3]}),
        ('a,b\n"x\ny",1\n"say ""hi""",2\n', {}, {"a": ["x\ny", 'say "hi"'], "b": [1, 2]}),
        ("a,b\nNA,1\nnull,n/a\nNaN,3\n", {}, {"a": [None] * 3, "b": [1, None, 3]}),
        ("a,b\nTrue,yes\n,no\nFalse,yes\n", {}, {"a": [True, None, False], "b": ["yes", "no", "yes"]}),
        ("when,v\n2020-01-02,1\n", {}, {"when": ["2020-01-02"], "v": [1]}),
        ("a\n18446744073709551616\n1\n", {}, {"a": [18446744073709551616.0, 1.0]}),
    ],
)
def test_texts(text: str, options: dict[str, Any], wanted: dict[str, list[Any]], tmp_path: Path) -> None:
    ds = load(tmp_path, "t.csv", text, **options)
    assert cells(ds) == wanted
    assert ds.bad == ()


def test_lines_are_counted_below_remarks_and_without_a_header(tmp_path: Path) -> None:
    rows = "1,2\n" * 20
    assert load(tmp_path, "a.csv", f"# one\n# two\na,b\n{rows}x,2\n").bad[0].line == 24
    assert load(tmp_path, "b.csv", f"{rows}x,2\n", header=False).bad[0].line == 21
    ds = load(tmp_path, "c.csv", "a;b\n" + "1,5;2\n" * 20 + "1.5.x;2\n-,5;3\n,;4\n")
    assert [(r.line, r.text) for r in ds.bad] == [(22, "1.5.x"), (24, ",")]
    assert ds["a"].tolist()[-2:] == [1.5, -0.5]
    assert "decimal comma" in ds.note


NUMBERS = st.sampled_from(["1,5", "-2,25", "1.234,5", "7", "", "x1", ",", "1,2,3", "3,", "NA", "1e3"])


@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_the_quick_way_and_the_exact_one_agree_on_decimal_commas(rows: list[tuple[str, str]]) -> None:
    layout = Format("t", ";", ("a", "b", "t"), 2, (), ("float", "float", "text"), ",", ".")
    text = "".join(f"{a};{b};w\n" for a, b in rows).encode()
    got, exact = Reader(layout).parse(text, 2, last=True), Reader(layout).exact(text, 2, last=True)
    assert got.table.equals(exact.table)
    assert sorted(got.cells) == sorted(exact.cells)


def test_bytes_that_are_not_utf_8(tmp_path: Path) -> None:
    text = "a,b\n1,ü\n3,é\n"
    wanted = {"a": [1, 3], "b": ["ü", "é"]}
    assert cells(load(tmp_path, "bom.csv", b"\xef\xbb\xbf" + text.encode())) == wanted
    assert cells(load(tmp_path, "u16.csv", text.encode("utf-16"))) == wanted
    assert cells(load(tmp_path, "le.csv", text.encode("utf-16-le"), encoding="utf-16-le")) == wanted
    assert cells(load(tmp_path, "l1.csv", text.encode("latin-1"), encoding="latin-1")) == wanted
    with pytest.raises(DataError, match="UTF-16 text without a byte order mark") as error:
        load(tmp_path, "le2.csv", text.encode("utf-16-le"))
    assert error.value.cure == "give encoding='utf-16-le'"
    with pytest.raises(DataError, match="byte 0xe9") as error:
        load(tmp_path, "mix.csv", "a,b\n1,ü\n".encode() + "3,é\n".encode("latin-1"))
    assert (error.value.where, "latin-1" in str(error.value.cure)) == ("mix.csv, line 3", True)


def test_wide_narrow_and_packed(tmp_path: Path) -> None:
    wide = np.arange(5000 * 4).reshape(4, 5000)
    pd.DataFrame(wide).to_csv(tmp_path / "wide.csv", index=False)
    ds = qlab.load(tmp_path / "wide.csv")
    assert (ds.to_pandas().to_numpy() == wide).all()
    (tmp_path / "t.tsv.gz").write_bytes(gzip.compress(b"a\tb\n1\tx, y\n"))
    assert cells(qlab.load(tmp_path / "t.tsv.gz")) == {"a": [1], "b": ["x, y"]}


@pytest.mark.parametrize(
    "value",
    [
        [{"a": 1, "b": {"c": 2, "d": {"e": "x"}}}, {"a": 2, "b": {"c": 3}}],
        {"data": [{"a": 1, "b": {"c": 2, "d": {"e": "x"}}}, {"a": 2, "b": {"c": 3}}], "meta": {"n": 2}},
    ],
)
def test_objects_in_objects_become_columns(value: Any, tmp_path: Path) -> None:
    wanted = {"a": [1, 2], "b.c": [2, 3], "b.d.e": ["x", None]}
    assert cells(load(tmp_path, "t.json", json.dumps(value))) == wanted
    lines = value if isinstance(value, list) else value["data"]
    assert cells(load(tmp_path, "t.jsonl", "\n".join(map(json.dumps, lines)))) == wanted


def test_lines_of_json_that_are_no_row_are_reported(tmp_path: Path) -> None:
    good = "".join(json.dumps({"a": i, "b": "x"}) + "\n" for i in range(30))
    ds = load(tmp_path, "t.jsonl", good + '{"a":\n[1]\n{"a": "five"}\n\n{"b": "y", "c": 1.5}\n')
    assert [(r.line, r.column, r.kind) for r in ds.bad] == [
        (31, "whole row", "no JSON: Expecting value (column 6)"),
        (32, "whole row", "no object"),
        (33, "a", "not a number"),
    ]
    assert (ds.rows, ds["a"].tolist()[:3], ds["c"].tolist()[-1]) == (31, [0, 1, 2], 1.5)
    with pytest.raises(DataError, match="no JSON") as error:
        qlab.load(tmp_path / "t.jsonl", on_bad="raise")
    assert "line 31" in str(error.value.where)
    mixed = load(tmp_path, "m.jsonl", '{"a": 1}\n{"a": "x"}\n' * 5)
    assert mixed["a"].tolist() == ["1", "x"] * 5
    for text in ("", "\n \n", "[1]\n"):
        with pytest.raises(DataError) as error:
            load(tmp_path, "e.jsonl", text)
        assert error.value.cure


def test_dates_in_workbooks_and_databases(tmp_path: Path) -> None:
    day = pd.Timestamp("2020-01-02")
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        pd.DataFrame({"a": [1], "when": [day]}).to_excel(book, sheet_name="one", index=False)
        pd.DataFrame({"z": [1.5, None, 2.5]}).to_excel(book, sheet_name="two", index=False)
    assert qlab.load(tmp_path / "t.xlsx")["when"].tolist() == [day]
    assert qlab.load(tmp_path / "t.xlsx", sheet="two").missing == 1
    with sqlite3.connect(tmp_path / "t.db") as base:
        base.execute("CREATE TABLE t (id INTEGER, d DATE, x REAL)")
        base.executemany("INSERT INTO t VALUES (?, ?, ?)", [(1, "2020-01-02", 1.5), (2, "2021-03-04", None)])
    base.close()
    assert cells(qlab.load(tmp_path / "t.db", query="SELECT d, 2 * x AS y FROM t WHERE d > '2021-01-01'")) == {
        "d": ["2021-03-04"],
        "y": [None],
    }


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (pl.DataFrame({"a": [1, 2], "b": ["x", None]}), {"a": [1, 2], "b": ["x", None]}),
        (pl.DataFrame({"a": [1, 2]}).lazy(), {"a": [1, 2]}),
        (pl.DataFrame({"a": pl.Series(["x", "y", "x"], dtype=pl.Categorical)}), {"a": ["x", "y", "x"]}),
        (pl.Series("v", [1, 2]), {"v": [1, 2]}),
        (pl.DataFrame({"d": [datetime.date(2020, 1, 2)]}), {"d": [datetime.date(2020, 1, 2)]}),
        (pd.Series([1, 2]), {"value": [1, 2]}),
        (pd.DataFrame({"g": ["x"], "k": [1], "v": [2.0]}).set_index(["g", "k"]), {"g": ["x"], "k": [1], "v": [2.0]}),
        (pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", 1)])), {"a.x": [1], "a.1": [2]}),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), {"a": [1, None]}),
        (pd.DataFrame({"a": pd.Categorical([3, 1])}), {"a": [3, 1]}),
        (pa.table({"a": [1]}).to_reader(), {"a": [1]}),
        ([[1, 2], [3, 4]], {"x0": [1, 3], "x1": [2, 4]}),
        (np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]), {"a": [1], "b": [2.5]}),
        (np.arange(8).reshape(2, 2, 2), {"px0": [0, 4], "px1": [1, 5], "px2": [2, 6], "px3": [3, 7]}),
    ],
    ids=lambda v: type(v).__module__.split(".")[0] + "." + type(v).__name__,
)
def test_objects_of_the_kernel(source: Any, wanted: dict[str, list[Any]]) -> None:
    assert cells(qlab.load(source)) == wanted


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (pd.DataFrame({"ok": [1, 2, 3], "a": [1, "x", None]}), "column 'a' holds int and str values"),
        (pd.DataFrame({"c": [1j, 2]}), "column 'c' holds complex values"),
        (pd.DataFrame({"a": []}), "no rows"),
        (np.zeros((2, 2), complex), "can't be loaded"),
        ([], "can't be loaded"),
    ],
)
def test_objects_that_are_no_table(source: Any, words: str) -> None:
    with pytest.raises(DataError, match=words) as error:
        qlab.load(source)
    assert error.value.cure


def test_a_folder_of_images_of_every_mode(tmp_path: Path) -> None:
    from PIL import Image

    rng = np.random.default_rng(0)
    grey = rng.integers(0, 2, (4, 6), dtype=np.uint8) * 255
    plain = Image.fromarray(grey)
    for k, mode in enumerate(["L", "RGB", "RGBA", "1", "P", "I;16"]):
        made = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else plain.convert(mode)
        made.save(tmp_path / f"{k}.png")
    ds = qlab.load(tmp_path)
    assert ds.image == (6, 4)
    found = ds.to_pandas().to_numpy()
    assert (found[:5] == grey.ravel()).all()
    assert ds.rows == 6


class Partitions:
    """What qlab asks of a Dask DataFrame: counts how much is computed at once."""

    def __init__(self, frames: list[pd.DataFrame], log: list[int]) -> None:
        self.frames, self.log, self.npartitions, self.partitions = frames, log, len(frames), self

    def __getitem__(self, some: slice) -> Partitions:
        return Partitions(self.frames[some], self.log)

    def compute(self) -> pd.DataFrame:
        self.log.append(len(self.frames))
        return pd.concat(self.frames)


Partitions.__module__ = "dask.dataframe"


@pytest.mark.parametrize("free", [1 << 40, 4000])
def test_a_dask_frame_comes_some_partitions_at_a_time(
    free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLAB_HOME", str(tmp_path))
    monkeypatch.setattr(read_dask, "memory_limit", lambda: free)
    frame = pd.DataFrame({"x": np.arange(500) / 3, "t": pd.Categorical(["u", "v"] * 250)})
    log: list[int] = []
    source = Partitions([frame.iloc[k : k + 20] for k in range(0, 500, 20)], log)
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("qlab.data.progress.PERIOD", 0.0)
    ds = qlab.load(source, progress=lambda p: told.append((p.done, p.rows)))
    assert log == [8, 8, 8, 1]
    assert ds.mapped is (free == 4000)
    assert ds.hash == qlab.load(frame).hash
    assert told[-1] == (25, 500)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    stop = qlab.Cancel()
    with pytest.raises(DataError, match="cancelled"):
        qlab.load(source, progress=lambda p: stop.set(), cancel=stop)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columns_on_disk_tell_their_size_and_are_mapped_when_they_must_be(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLAB_HOME", str(tmp_path / "home"))
    rng = np.random.default_rng(0)
    words = np.array(["red", "green", "a longer word"])[rng.integers(0, 3, 30_000)]
    table = pa.table({"x": rng.normal(size=30_000), "k": rng.integers(0, 9, 30_000), "t": words})
    path = tmp_path / f"t.{kind}"
    if kind == "parquet":
        pa.parquet.write_table(table, path, row_group_size=7000)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    told: list[qlab.Progress] = []
    plain = qlab.load(path, progress=told.append)
    about = told[0].estimate
    assert about is not None
    assert about.rows == plain.rows
    assert about.nbytes == pytest.approx(plain.nbytes, rel=0.05)
    assert plain.mapped is (kind == "arrow")
    for options in ({"mapped": True}, {}):
        if not options:
            monkeypatch.setattr("qlab.data.read_estimate.memory_limit", lambda: plain.nbytes)
        other = qlab.load(path, **options)
        assert other.mapped
        assert other.hash == plain.hash == qlab.load(table).hash
