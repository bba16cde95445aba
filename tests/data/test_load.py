"""Reading: values equal to pandas, faults named by line, and a clear refusal of everything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

import qlab
from qlab.data import read_text
from qlab.errors import DataError

ROOT = Path(__file__).resolve().parents[2]
PENGUINS = ROOT / "notebooks" / "data" / "penguins.csv"


def write(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_penguins_are_what_pandas_reads() -> None:
    ds = qlab.load(PENGUINS)
    pd.testing.assert_frame_equal(ds.to_pandas(), pd.read_csv(PENGUINS))
    assert (ds.rows, len(ds.columns), ds.missing, len(ds.bad_rows)) == (344, 8, 19, 0)
    assert ds.schema.field("body_mass_g").type == pa.int64()


@pytest.mark.parametrize("block", [7, 64, 1 << 20])
@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2.5,x\n3,4,y\n",
        "a,b,c\r\n1,2.5,x\r\n3,,\r\n\r\n5,NA,é\r\n",
        'a,b,c\n1,2,"x, y"\n2,3,"he said ""no"""\n3,4,"two\nlines"\n',
        "a,b,c\nTrue,0.1,007\nFalse,1e-3,x\nTRUE,-2,\n",
        "a,b,c\n1,5 in,x\n2,6 in,y",
        '"a b",b,c\n1,,x\n,,y\n',
        "a,b,a\n1,2,3\n",
        '\ufeffa,b,c\n1,2,"ü"\n',
        "x\n1\n\n2\n",
        '5" disk,b\n3" nail,1\n2" nail,2\n',
        "n,m\n9007199254740993,1\n2,\n",
        "n,m\n18446744073709551615,a\n2,b\n",
    ],
)
def test_values_and_types_are_those_of_pandas(
    text: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_text, "BLOCK", block)
    path = write(tmp_path, text)
    ds = qlab.load(path)
    pd.testing.assert_frame_equal(ds.to_pandas(), pd.read_csv(path))
    assert len(ds.bad_rows) == 0


def test_large_random_table_in_many_blocks_equals_pandas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "i": rng.integers(-(10**12), 10**12, 20_000),
            "f": rng.normal(0, 1e6, 20_000),
            "g": np.where(rng.random(20_000) < 0.1, np.nan, rng.integers(0, 9, 20_000)),
            "t": rng.choice(["a", "b, c", 'd"e', "ß"], 20_000),
        }
    )
    path = tmp_path / "big.csv"
    frame.to_csv(path, index=False)
    monkeypatch.setattr(read_text, "BLOCK", 50_000)
    pd.testing.assert_frame_equal(qlab.load(path).to_pandas(), pd.read_csv(path))


@pytest.mark.parametrize("block", [50, 1 << 20])
def test_a_planted_file_gives_exactly_its_bad_lines(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_text, "BLOCK", block)
    lines = PENGUINS.read_text().splitlines()
    lines[47] = lines[47].replace(lines[47].split(",")[3], "n/a?", 1)
    lines[203] = "Gentoo,Biscoe,46.1"
    lines[310] = ",".join([*lines[310].split(",")[:5], "4 400 g", *lines[310].split(",")[6:]])
    lines[330] += ",one more"
    lines.insert(100, "")
    path = write(tmp_path, "\n".join(lines) + "\n")
    ds = qlab.load(path)
    assert ds.bad_rows.to_dict("list") == {
        "line": [48, 205, 312, 332],
        "column": ["bill_depth_mm", "whole row", "body_mass_g", "whole row"],
        "kind": ["not a number", "3 fields where 8 expected", "not a number", "9 fields where 8 expected"],
        "text": ["n/a?", "Gentoo,Biscoe,46.1", "4 400 g", lines[331]],
    }
    clean = write(tmp_path, "\n".join(s for i, s in enumerate(lines) if i not in {47, 204, 311, 331}), "clean.csv")
    pd.testing.assert_frame_equal(ds.to_pandas(), pd.read_csv(clean))
    with pytest.raises(DataError, match="line 48") as error:
        qlab.load(path, on_bad="raise")
    assert "n/a?" in error.value.message


def test_bad_cells_of_quoted_text_and_truth_values(tmp_path: Path) -> None:
    rows = [f'{i},"x, {i}",{i % 2 == 0}' for i in range(30)]
    rows[4] = '4,"two\nlines",maybe'
    rows[9] = 'nine,"x",True'
    rows[20] = '20,"never closed,True'
    ds = qlab.load(write(tmp_path, "n,t,b\n" + "\n".join(rows) + "\n"))
    assert ds.bad_rows[["line", "column"]].to_numpy().tolist() == [[6, "b"], [12, "n"], [23, "whole row"]]
    assert ds.rows == 27
    assert ds.schema.types == [pa.int64(), pa.string(), pa.bool_()]


def test_a_column_whose_sample_misleads_becomes_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qlab.data.csv_layout.SAMPLE", 10)
    monkeypatch.setattr(read_text, "BLOCK", 100)
    text = "a,b\n" + "".join(f"{i},\n" for i in range(50)) + "".join(f"k{i},z\n" for i in range(50))
    ds = qlab.load(write(tmp_path, text))
    assert ds.rows == 100
    assert ds.schema.types == [pa.string(), pa.string()]
    assert ds.to_pandas()["a"].tolist()[49:51] == ["49", "k0"]


def test_other_formats_and_objects_give_the_same_table(tmp_path: Path) -> None:
    ds = qlab.load(PENGUINS)
    pa.parquet.write_table(ds.table, tmp_path / "t.parquet")
    pa.feather.write_feather(ds.table, tmp_path / "t.feather")
    ds.to_pandas().to_json(tmp_path / "t.jsonl", orient="records", lines=True)
    PENGUINS_TSV = write(tmp_path, PENGUINS.read_text().replace(",", "\t"), "t.tsv")
    sources = [tmp_path / "t.parquet", tmp_path / "t.feather", PENGUINS_TSV, ds.table, ds.table.to_pandas(
        types_mapper={pa.int64(): pd.Int64Dtype()}.get), {n: ds.table.column(n) for n in ds.columns}]  # fmt: skip
    assert {qlab.load(s).hash for s in sources} == {ds.hash}
    assert qlab.load(tmp_path / "t.jsonl").rows == 344
    assert qlab.load(ds.table.slice(10)).hash != ds.hash


def test_delimiter_encoding_and_words_for_missing(tmp_path: Path) -> None:
    path = write(tmp_path, "Größe;wert\nä;1\nö;unknown\nü;3\n".encode("latin-1"))
    with pytest.raises(DataError, match="latin-1") as error:
        qlab.load(path)
    assert error.value.where == "t.csv, line 1"
    ds = qlab.load(path, encoding="latin-1", na=["unknown"])
    assert ds.columns == ("Größe", "wert")
    assert ds.missing == 1
    utf16 = write(tmp_path, "a,b\n1,é\n".encode("utf-16"), "w.csv")
    assert qlab.load(utf16).to_pandas()["b"].tolist() == ["é"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n\n  \n", "empty"),
        ("a,b,c\n", "no row"),
        ("a,b,c\n\n", "no row"),
        ("a,b\n1,2,3\n4,5,6\n", "none of the 2 rows"),
        ("<!DOCTYPE html>\n<html></html>", "web page"),
        (b"PK\x03\x04\x00\x00\x00\x00", "no text"),
        (b"a,b\n100,2\n1,\x002\n", "zero bytes"),
        (b"a,b\n1,2\n\xff,2\n", "line 3"),
    ],
)
def test_what_is_no_table_is_refused_with_a_cure(text: str | bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words) as error:
        qlab.load(write(tmp_path, text))
    assert "t.csv" in (error.value.where or "")
    assert error.value.cure


def test_unknown_names_and_missing_files_name_the_closest(tmp_path: Path) -> None:
    write(tmp_path, "a\n1\n", "penguins.csv")
    for source, cure in [
        ("iriss", "use 'iris'"),
        ("zzz", "use one of 'iris', 'wine'"),
        (str(tmp_path / "pengins.csv"), "use 'penguins.csv'"),
        (tmp_path / "no" / "x.csv", "there is no folder"),
        (str(tmp_path), "one file in it"),
        ("https://example.org/x.csv", "download"),
        (write(tmp_path, "x", "t.docx"), ".parquet"),
        (write(tmp_path, "x", "t.parquet"), "whole"),
        (42, "DataFrame"),
        ({"a": [1, 2], "b": [1]}, None),
    ]:
        with pytest.raises(DataError) as error:
            qlab.load(source)
        assert cure is None or cure in (error.value.cure or ""), str(error.value)
    with pytest.raises(DataError, match="rows"):
        qlab.load(pd.DataFrame({"a": []}))
    with pytest.raises(DataError, match="'maybe'"):
        qlab.load("iris", on_bad="maybe")
