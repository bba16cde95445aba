"""Files that are written: the same values come back, formulas are text, and a file is whole or not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qlab
from qlab.data import write as writing
from qlab.errors import DataError

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(CELLS, min_size=2, max_size=6), numbers=st.lists(st.floats(allow_nan=False), min_size=2, max_size=2)
)
def test_values_come_back_and_no_cell_is_a_formula(
    words: list[str], numbers: list[float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    x = np.resize(np.array([*numbers, 0.1]), len(words))
    ds = qlab.load({"word": words, "x": x})
    back = pd.read_csv(ds.to_csv(folder / "t.csv"), keep_default_na=False)
    assert back["x"].to_numpy(dtype=float).tolist() == x.tolist()
    for was, now in zip(words, back["word"].astype(str), strict=True):
        risky = was[:1] in set("=+-@\t")
        assert now == ("'" + was if risky else was)
    plain = pd.read_csv(ds.to_csv(folder / "t.csv", neutralise=False), keep_default_na=False)
    assert plain["word"].astype(str).tolist() == words
    assert qlab.load(ds.to_parquet(folder / "t.parquet")).hash == ds.hash
    if np.isfinite(x).all():
        assert qlab.load(ds.to_json(folder / "t.json"))["word"].tolist() == words


def test_names_are_neutralised_too_and_all_are_counted(tmp_path: Path) -> None:
    ds = qlab.load({"=cmd|' /C calc'!A0": ["@SUM(A1)", "ok", None], "n": [-1, 2, 3]})
    done = writing.write(ds.table, tmp_path / "t.csv", "csv")
    assert (done.neutralised, done.rows, done.nbytes) == (2, 3, (tmp_path / "t.csv").stat().st_size)
    assert done.path.read_text() == '"\'=cmd|\' /C calc\'!A0","n"\n"\'@SUM(A1)",-1\n"ok",2\n,3\n'


@pytest.mark.parametrize("kind", ["csv", "parquet", "json", "jsonl"])
def test_many_blocks_make_one_file(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROWS", 7)
    ds = qlab.load("penguins")
    path = writing.write(ds.table, tmp_path / f"t.{kind}", kind).path
    assert qlab.load(path).hash == ds.hash


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    qlab.load("iris").to_csv(path)
    before = path.read_bytes()
    monkeypatch.setattr(writing, "ROWS", 50)
    seen: list[int] = []

    def stop() -> None:
        seen.append(1)
        if len(seen) == 3:
            raise DataError("stopped")

    with pytest.raises(DataError, match="stopped"):
        writing.write(qlab.load("wine").table, path, "csv", alive=stop)
    with pytest.raises(DataError, match="can't be written as csv"):
        qlab.load({"a": [[1], [2]]}).to_csv(path)
    with pytest.raises(DataError, match="can't be written as json"):
        qlab.load({"a": [1.0, np.inf]}).to_json(tmp_path / "t.json")
    with pytest.raises(DataError, match="can't be written") as error:
        qlab.load("iris").to_csv(tmp_path / "nowhere" / "t.csv")
    assert "another path" in str(error.value.cure)
    with pytest.raises(DataError, match="can't be written"):
        qlab.load("iris").to_csv(tmp_path)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv"]
