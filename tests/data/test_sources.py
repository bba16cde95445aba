"""Every kind of source gives the values that were put in, and hostile files are refused with a cure."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import qlab
from qlab.errors import DataError

FRAME = pd.DataFrame({"n": [1, 2, 3], "x": [0.5, None, -2.25], "word": ["a", "ü", None]})


def same(ds: qlab.Dataset, frame: pd.DataFrame = FRAME) -> None:
    got = ds.to_pandas()
    assert list(got.columns) == list(frame.columns)
    pd.testing.assert_frame_equal(got, frame, check_dtype=False)


@pytest.mark.parametrize(
    "value",
    [
        json.loads(FRAME.to_json(orient="records")),
        json.loads(FRAME.to_json(orient="split", index=False)),
        {"n": [1, 2, 3], "x": [0.5, None, -2.25], "word": ["a", "ü", None]},
        [{"n": 1, "x": 0.5, "word": "a"}, {"n": 2, "word": "ü"}, {"n": 3, "x": -2.25}],
    ],
    ids=["records", "split", "columns", "records with gaps"],
)
def test_json(tmp_path: Path, value: Any) -> None:
    (tmp_path / "t.json").write_text(json.dumps(value), encoding="utf-8")
    same(qlab.load(tmp_path / "t.json"))


@pytest.mark.parametrize(
    ("text", "where", "part"),
    [
        ('[{"a": 1},\n {"a": }]', "line 2, column 8", "no JSON"),
        ("[1, 2, 3]", "t.json", "a list of int, no table"),
        ('{"rows": 3}', "t.json", "an object with the keys 'rows'"),
        ('[{"a": [1, 2]}]', "t.json", "holds lists or objects"),
        ('[{"a": 1}, {"a": "x"}]', "t.json", "one type each"),
        ("[" * 100_000, "t.json", "nested too deeply"),
    ],
)
def test_json_that_is_no_table(tmp_path: Path, text: str, where: str, part: str) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(DataError, match=part) as caught:
        qlab.load(tmp_path / "t.json")
    assert where in str(caught.value.where)
    assert caught.value.cure


def test_excel_sheets(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with pd.ExcelWriter(path) as book:
        FRAME.to_excel(book, sheet_name="first", index=False)
        FRAME.iloc[:2].to_excel(book, sheet_name="second", index=False)
        pd.DataFrame({"m": [1, "a"]}).to_excel(book, sheet_name="mixed", index=False)
    same(qlab.load(path))
    same(qlab.load(path, sheet="second"), FRAME.iloc[:2])
    same(qlab.load(path, sheet=1), FRAME.iloc[:2])
    with pytest.raises(DataError, match="'secnd'") as caught:
        qlab.load(path, sheet="secnd")
    assert "second" in str(caught.value.cure)
    with pytest.raises(DataError, match="column 'm' mixes int and str"):
        qlab.load(path, sheet="mixed")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "t.sqlite"
    with sqlite3.connect(path) as one:
        FRAME.to_sql("frame", one, index=False)
        one.execute("CREATE TABLE other (a, b BLOB)")
        one.execute("INSERT INTO other VALUES (1, x'00ff'), ('two', NULL)")
    one.close()
    return path


def test_sqlite_tables_and_queries(base: Path) -> None:
    same(qlab.load(base, table="frame"))
    same(qlab.load(base, query="SELECT * FROM frame WHERE n < 3"), FRAME.iloc[:2])
    assert qlab.load(base, query="SELECT a FROM other")["a"].tolist() == ["1", "two"]
    with pytest.raises(DataError, match="holds 2 tables") as caught:
        qlab.load(base)
    assert "frame, other" in str(caught.value.cure)
    with pytest.raises(DataError, match="column 'b' holds bytes"):
        qlab.load(base, table="other")


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM frame",
        "ATTACH DATABASE 'stolen.db' AS s",
        "SELECT 1; DROP TABLE frame",
        "PRAGMA writable_schema = 1",
        "INSERT INTO frame SELECT * FROM frame",
        "VACUUM INTO 'copy.db'",
    ],
)
def test_a_query_can_only_read(base: Path, query: str) -> None:
    before, files = base.read_bytes(), sorted(base.parent.iterdir())
    with pytest.raises(DataError, match="the query failed"):
        qlab.load(base, query=query)
    assert base.read_bytes() == before
    assert sorted(base.parent.iterdir()) == files


def test_numpy_archives(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    images, y = rng.integers(0, 256, (5, 2, 3), dtype=np.uint8), np.arange(5)
    np.savez(tmp_path / "a.npz", x_train=images, y_train=y, x_test=images[:2])
    ds = qlab.load(tmp_path / "a.npz", arrays=["x_train", "y_train"])
    assert ds.columns == (*(f"px{i}" for i in range(6)), "y_train")
    assert (ds.to_pandas().to_numpy()[:, :6] == images.reshape(5, 6)).all()
    with pytest.raises(DataError, match=r"different lengths: x_train \(5, 2, 3\)"):
        qlab.load(tmp_path / "a.npz")
    np.save(tmp_path / "b.npy", np.eye(3))
    assert (qlab.load(tmp_path / "b.npy").to_pandas().to_numpy() == np.eye(3)).all()
    np.savez_compressed(tmp_path / "c.npz", x=np.eye(4), y=np.array(["a", "b", "a", "b"]))
    assert qlab.load(tmp_path / "c.npz")["target"].tolist() == ["a", "b", "a", "b"]


def test_numpy_files_are_never_unpickled(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (open, (str(tmp_path / "ran"), "w"))

    np.savez(tmp_path / "a.npz", a=np.array([Evil()], dtype=object))
    np.save(tmp_path / "b.npy", np.array([Evil()], dtype=object))
    for name in ("a.npz", "b.npy"):
        with pytest.raises(DataError, match="Python objects"):
            qlab.load(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_a_forged_numpy_header_allocates_nothing(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    (tmp_path / "a.npy").write_bytes(header.getvalue() + b"\0" * 80)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", header.getvalue() + b"\0" * 80)
    for name in ("a.npy", "a.npz"):
        with pytest.raises(DataError, match="tells of 8,000,000,000,000 bytes, and 80 are there"):
            qlab.load(tmp_path / name)


def test_images(tmp_path: Path) -> None:
    from PIL import Image

    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    for label, image in zip("ba", pixels, strict=True):
        (tmp_path / "set" / label).mkdir(parents=True)
        Image.fromarray(image).save(tmp_path / "set" / label / "one.png")
    ds = qlab.load(tmp_path / "set")
    assert ds["target"].tolist() == ["a", "b"]
    assert (ds.to_pandas().to_numpy()[:, :12].astype(int) == pixels[::-1].reshape(2, 12)).all()
    Image.new("L", (9, 9)).save(tmp_path / "set" / "b" / "two.png")
    with pytest.raises(DataError, match="9 × 9 pixels, the images before it 4 × 3"):
        qlab.load(tmp_path / "set")
    assert len(qlab.load(tmp_path / "set", size=(2, 2)).columns) == 5
    (tmp_path / "set" / "b" / "two.png").unlink()
    (tmp_path / "set" / "b" / "two.png").symlink_to(tmp_path / "set.png")
    Image.new("L", (4, 3)).save(tmp_path / "set.png")
    with pytest.raises(DataError, match="a link that leads out of the folder"):
        qlab.load(tmp_path / "set")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no images"):
        qlab.load(tmp_path / "empty")


def test_packed_text(tmp_path: Path) -> None:
    text = FRAME.to_csv(index=False).encode()
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/t.csv", text)
    same(qlab.load(tmp_path / "t.csv.gz"))
    same(qlab.load(tmp_path / "t.zip"))
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", text)
        archive.writestr("b.csv", text)
    with pytest.raises(DataError, match=r"holds 2 files: a.csv, b.csv"):
        qlab.load(tmp_path / "two.zip")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(text * 100)[:60])
    with pytest.raises(DataError, match="the packed data is broken"):
        qlab.load(tmp_path / "cut.csv.gz")


def test_bombs_are_refused_before_they_go_off(tmp_path: Path) -> None:
    zeros = b"0,0\n" * (1 << 20)
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", b"a,b\n" + zeros)
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\n" + zeros, 9))
    for name in ("t.zip", "t.csv.gz"):
        with pytest.raises(DataError, match="the packed file is refused") as caught:
            qlab.load(tmp_path / name)
        assert caught.value.cure
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr("../../out.csv", b"a\n1\n")
    with pytest.raises(DataError, match="leads out of it"):
        qlab.load(tmp_path / "out.zip")


def test_a_size_written_in_an_archive_can_lie(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", b"a,b\n" + b"0,0\n" * (1 << 20))
    data, size = path.read_bytes(), (4 + 4 * (1 << 20)).to_bytes(4, "little")
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(DataError):
        qlab.load(path)


def test_a_web_page_named_csv(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\n<!DOCTYPE html><html><body>404</body></html>")
    with pytest.raises(DataError, match="a web page") as caught:
        qlab.load(tmp_path / "t.csv")
    assert "t.csv, line 2" in str(caught.value.where)


def test_addresses_go_through_fsspec_and_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with fsspec.open("memory://folder/t.csv", "wb") as there:
        there.write(FRAME.to_csv(index=False).encode())
    ds = qlab.load("memory://folder/t.csv")
    same(ds)
    assert (ds.name, ds.source) == ("t.csv", "memory://folder/t.csv")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DataError, match="can't be fetched"):
        qlab.load("memory://folder/none.csv")
    with pytest.raises(DataError, match="can't be fetched"):
        qlab.load("nonsense://t.csv")
    monkeypatch.setattr("qlab.data.read_remote.fetched.__wrapped__.__defaults__", (10,))
    with pytest.raises(DataError, match="has more than"):
        qlab.load("memory://folder/t.csv")
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_the_kernel_already() -> None:
    same(qlab.load([{"n": 1, "x": 0.5, "word": "a"}, {"n": 2, "word": "ü"}, {"n": 3, "x": -2.25}]))
    assert qlab.load(np.arange(6).reshape(3, 2)).columns == ("x0", "x1")
    same(qlab.load(pa.Table.from_pandas(FRAME)))

    class Exporter:  # what polars and DuckDB give
        def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
            return pa.Table.from_pandas(FRAME).__arrow_c_stream__(requested_schema)

    same(qlab.load(Exporter()))
    with pytest.raises(DataError, match="a set can't be loaded"):
        qlab.load({1, 2})
