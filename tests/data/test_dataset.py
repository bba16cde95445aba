"""The dataset as a value: immutable, profiled, filtered by a grammar, printed without a chance for markup."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import qlab
from qlab.data import benchmarks
from qlab.data.gallery import SETS
from qlab.errors import DataError

PENGUINS = Path(__file__).resolve().parents[2] / "notebooks" / "data" / "penguins.csv"


@pytest.fixture(scope="module")
def penguins() -> qlab.Dataset:
    return qlab.load(PENGUINS)


def test_it_is_frozen_and_narrowing_gives_a_new_one(penguins: qlab.Dataset) -> None:
    with pytest.raises(FrozenInstanceError):
        penguins.name = "x"  # type: ignore[misc]
    two = penguins.select(["sex", "year"])
    assert two.columns == ("sex", "year")
    assert two.hash != penguins.hash
    assert penguins.head(3).rows == 3
    assert penguins.take([5, 1])["year"].tolist() == penguins["year"].iloc[[5, 1]].tolist()
    assert penguins.page(340, 50).num_rows == 4
    assert penguins.page(900, 50).num_rows == 0
    assert len(penguins) == 344
    with pytest.raises(DataError, match="use 'sex'"):
        penguins.select(["sxe"])


@pytest.mark.parametrize(
    ("condition", "query"),
    [
        ("body_mass_g > 4000", "body_mass_g > 4000"),
        ("body_mass_g >= 4e3 and sex == 'male'", "body_mass_g >= 4000 and sex == 'male'"),
        ("sex is missing", "sex.isna()"),
        ("`bill_depth_mm` <= 15.5 and sex is not missing", "bill_depth_mm <= 15.5 and sex.notna()"),
        ("island != Biscoe and year==2008", "island != 'Biscoe' and year == 2008"),
    ],
)
def test_filter_is_what_pandas_would_keep(penguins: qlab.Dataset, condition: str, query: str) -> None:
    frame = penguins.to_pandas()
    pd.testing.assert_frame_equal(
        penguins.filter(condition).to_pandas(), frame.query(query).reset_index(drop=True), check_dtype=False
    )


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("", "condition was expected"),
        ("mass > 3", "unknown column 'mass'"),
        ("body_mass_g >", "value was expected after >"),
        ("body_mass_g = 3", "can't be read"),
        ("body_mass_g > 3 or year > 1", "'and' was expected"),
        ("body_mass_g > 3 and", "after 'and'"),
        ("body_mass_g > tall", "'tall' can't be compared"),
        ("__import__('os')", "unknown column"),
        ("year is odd", "'missing' or 'not missing'"),
        ("year > 1 " * 200, "too long"),
    ],
)
def test_a_condition_that_cannot_be_read_says_where(penguins: qlab.Dataset, condition: str, words: str) -> None:
    with pytest.raises(DataError) as error:
        penguins.filter(condition)
    assert words in error.value.message
    assert "filter" in (error.value.where or "")


def test_profile_equals_pandas(penguins: qlab.Dataset) -> None:
    frame = penguins.to_pandas()
    for column in penguins.profile():
        series = frame[column.name]
        assert column.missing == series.isna().sum()
        assert column.unique == series.nunique()
        if column.type in {"int", "float"}:
            assert (column.low, column.high) == (series.min(), series.max())
            assert column.mean == pytest.approx(series.mean())
            assert sum(column.counts[0]) == series.count()
            counts, _ = np.histogram(series.dropna(), np.array(column.edges))
            assert list(column.counts[0]) == counts.tolist()
        else:
            assert dict(column.top) == series.value_counts().to_dict()
    split = {c.name: c for c in penguins.profile(by="species")}["bill_length_mm"]
    assert len(split.counts) == 3
    whole = {c.name: c for c in penguins.profile()}["bill_length_mm"]
    assert np.sum(split.counts, axis=0).tolist() == list(whole.counts[0])
    assert len(qlab.load("digits").profile(by="target")[20].counts) == 1
    assert len(qlab.load("digits").profile(by="target", classes=[3, 5])[20].counts) == 2


def test_odd_columns_are_profiled_too() -> None:
    table = pa.table(
        {
            "nothing": pa.nulls(3),
            "nan": [1.0, float("nan"), float("inf")],
            "when": pd.to_datetime(["2020-01-01", "2021-01-01", None]),
            "list": [[1], [2], None],
            "cat": pa.array(["a", "b", "a"]).dictionary_encode(),
            "yes": [True, None, False],
        }
    )
    ds = qlab.load(table)
    about = {c.name: (c.type, c.missing, c.unique) for c in ds.profile()}
    assert about == {
        "nothing": ("float", 3, 0),
        "nan": ("float", 1, 2),
        "when": ("date", 1, 2),
        "list": ("other", 1, 2),
        "cat": ("text", 0, 2),
        "yes": ("bool", 1, 2),
    }
    assert "missing" in ds._repr_html_()
    assert ds.hash == qlab.load(pa.concat_tables([table.slice(0, 1), table.slice(1)])).hash


def test_html_is_escaped_and_says_the_facts(penguins: qlab.Dataset) -> None:
    text = penguins._repr_html_()
    assert "344 rows, 8 columns" in text
    assert "338 more rows" in text
    evil = qlab.load({"<script>": ["<img src=x onerror=alert(1)>"]}, name="<b>")
    assert "<script>" not in evil._repr_html_()
    assert "<img" not in evil._repr_html_()
    assert repr(penguins) == "penguins.csv: 344 rows, 8 columns, 24 kB in memory, 19 cells missing"


@pytest.mark.parametrize("name", list(SETS))
def test_gallery_sets_are_what_their_card_says(name: str) -> None:
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    entry = SETS[name]
    if entry.needs and importlib.util.find_spec(entry.needs) is None:
        with pytest.raises(DataError, match=f"pip install 'qlab\\[{name}\\]'"):
            qlab.load(name)
        return
    ds = qlab.load(name)
    assert (ds.rows, len(ds.columns), ds.target, ds.licence) == (entry.rows, entry.columns, "target", entry.licence)
    frame = ds.to_pandas().select_dtypes("number").assign(target=ds.to_pandas()["target"]).dropna()
    model = Ridge() if entry.task == "regression" else LogisticRegression(max_iter=2000)
    scores = cross_val_score(
        make_pipeline(StandardScaler(), model), frame.drop(columns="target"), frame["target"], cv=5
    )
    assert scores.mean() == pytest.approx(entry.baseline, abs=0.01)
    fx = ds.features(qubits=min(entry.qubits, entry.columns - 1), reduce="pca")
    assert fx.task == ("regression" if entry.task == "regression" else "classification")
    assert fx.classes is None or entry.task == f"{len(fx.classes)} classes"
    assert name in qlab.gallery().index


def test_the_penguins_of_the_gallery_are_those_of_the_notebooks() -> None:
    shipped = resources.files("qlab.data") / "sets" / "penguins.csv"
    assert shipped.read_bytes() == PENGUINS.read_bytes()


def test_each_bar_and_each_stripe_is_one_colour_without_noise() -> None:
    images, label = benchmarks.bars_and_stripes(np.random.default_rng(3), 60, height=3, width=5, noise=0.0)
    images = images.reshape(60, 3, 5)
    assert set(np.unique(images)) == {-1.0, 1.0}
    assert all((image == image[:1]).all() for image in images[label == 0])
    assert all((image == image[:, :1]).all() for image in images[label == 1])


def test_two_curves_lie_an_offset_apart() -> None:
    one, label = benchmarks.two_curves(np.random.default_rng(3), 400, offset=0.0, noise=0.0)
    two, _ = benchmarks.two_curves(np.random.default_rng(3), 400, offset=0.3, noise=0.0)
    np.testing.assert_allclose(two - one, 0.3 * label[:, None] * np.ones(one.shape[1]))


def test_loading_pulls_in_neither_sklearn_nor_a_widget() -> None:
    code = (
        f"import sys, qlab; qlab.load({str(PENGUINS)!r});"
        "print([m for m in ('sklearn', 'anywidget', 'qiskit', 'numba', 'plotly') if m in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PENGUINS.parents[2]
    )
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "values",
    [
        [1e300, -1e308, 1.7e308, 3.0],
        [1.0, 1.0 + 2e-16, 1.0 + 4e-16, 1.0],
        [5, 5, 5, 5],
        [0, 1, 2, 21],
        [2**60, 2**60 + 1, 5, 6],
        [float("nan"), float("inf"), 1.5, -2.5],
    ],
)
def test_bars_of_the_classes_add_up_to_the_bars_of_all(values: list[float]) -> None:
    ds = qlab.load({"v": values * 3, "y": ["a", "b", "a", "c"] * 3})
    whole, split = ds.profile()[0], ds.profile("y")[0]
    assert len(split.counts) == 3
    assert np.sum(split.counts, axis=0).tolist() == list(whole.counts[0])
    assert sum(whole.counts[0]) == sum(np.isfinite(values)) * 3
    assert replace(split, counts=whole.counts) == whole
