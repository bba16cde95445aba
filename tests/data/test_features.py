"""Preparation: nothing of the test rows reaches the training features, and the same call gives the same bits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qlab
from qlab.data.features import encodings
from qlab.data.options import ENCODINGS, SPAN
from qlab.data.pipeline import REDUCTIONS, middle
from qlab.data.split import split_rows
from qlab.errors import DataError
from qlab.models.encoder import encoder

ROOT = Path(__file__).resolve().parents[2]
PENGUINS = ROOT / "notebooks" / "data" / "penguins.csv"
MIXED = ["bill_length_mm", "bill_depth_mm", "body_mass_g", "island", "sex"]
CHOICES: list[dict[str, Any]] = [
    {},
    {"encode": "iqp", "scale": "standard"},
    {"reduce": "pca", "qubits": 3},
    {"reduce": "lda", "qubits": 2},
    {"reduce": "select", "qubits": 2, "impute": "mean"},
    {"encode": "raw", "scale": None, "impute": "most_frequent"},
    {"impute": "drop", "reduce": "pca", "qubits": 4, "scale": "standard"},
    {"encode": "amplitude"},
    {"encode": "amplitude", "scale": "standard", "reduce": "pca", "qubits": 2},
    {"encode": "basis"},
]
PRESETS: list[dict[str, Any]] = [
    {"encode": encode, "reduce": reduce, "impute": impute, "scale": scale}
    | ({} if reduce is None else {"qubits": 1 if (encode, reduce) == ("amplitude", "lda") else 2})
    for encode in ENCODINGS
    for reduce in (None, *REDUCTIONS)
    for impute, scale in (("median", "minmax"), ("drop", "standard"), ("mean", None))
]


@pytest.fixture(scope="module")
def penguins() -> qlab.Dataset:
    return qlab.load(PENGUINS)


@pytest.mark.parametrize("options", CHOICES)
def test_test_rows_change_no_bit_of_the_training_features(penguins: qlab.Dataset, options: dict[str, Any]) -> None:
    before = penguins.features("species", MIXED, seed=3, **options)
    frame = penguins.to_pandas()
    frame[["body_mass_g", "flipper_length_mm"]] = frame[["body_mass_g", "flipper_length_mm"]].astype(float)
    unseen = np.concatenate([before.val.rows, before.test.rows])
    frame.loc[unseen, ["bill_length_mm", "bill_depth_mm", "body_mass_g"]] = 1e6
    frame.loc[unseen, "island"] = "Atlantis"
    after = qlab.load(frame).features("species", MIXED, seed=3, **options)
    assert after.train.X.tobytes() == before.train.X.tobytes()
    assert (after.train.rows == before.train.rows).all()
    if options.get("encode") == "amplitude":
        assert np.abs(np.linalg.norm(after.test.X, axis=1) - 1).max() < 1e-12
    elif options.get("encode") == "basis":
        assert set(np.unique(after.test.X)) <= {0.0, 1.0}
    elif options.get("scale", "minmax"):
        assert np.abs(after.test.X).max() <= SPAN + 1e-9
        assert after.clipped > before.clipped


def test_in_no_preset_test_rows_reach_the_training_features(penguins: qlab.Dataset) -> None:
    """Every encoding with every reduction, filling and scale: the training features don't know of the test rows."""
    frame = penguins.to_pandas()
    for number in ("body_mass_g", "flipper_length_mm"):
        frame[number] = frame[number].astype(float)
    unseen = penguins.features("species", MIXED, seed=3)
    kept = penguins.features("species", MIXED, seed=3, impute="drop")
    for options in PRESETS:
        rows = kept if options["impute"] == "drop" else unseen
        other = frame.copy()
        other.loc[np.concatenate([rows.val.rows, rows.test.rows]), MIXED[:3]] = 1e6
        before, after = (qlab.load(f).features("species", MIXED, seed=3, **options) for f in (frame, other))
        assert after.train.X.tobytes() == before.train.X.tobytes(), options
        assert before.lineage != after.lineage
        if options["encode"] == "amplitude":
            for part in (after.train, after.val, after.test):
                assert np.abs(np.linalg.norm(part.X, axis=1) - 1).max() < 1e-12, options


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_the_quick_median_has_the_bits_of_the_slow_one(cells: list[float | None]) -> None:
    from sklearn.impute import SimpleImputer

    X = np.array([np.nan if c is None else c for c in cells]).reshape(-1, 1)
    ours, theirs = (SimpleImputer(strategy=s, keep_empty_features=True).fit(X) for s in (middle, "median"))
    assert ours.statistics_.tobytes() == (theirs.statistics_ + 0.0).tobytes()
    assert ours.transform(X).tobytes() == theirs.transform(X).tobytes()


@pytest.mark.parametrize("options", CHOICES)
def test_shape_range_and_order(penguins: qlab.Dataset, options: dict[str, Any]) -> None:
    fx = penguins.features("species", MIXED, **options)
    assert fx.classes == ("Adelie", "Chinstrap", "Gentoo")
    for part in (fx.train, fx.val, fx.test):
        assert part.X.flags.c_contiguous
        assert part.X.dtype == np.float64
        assert part.y.dtype == np.int64
        assert part.X.shape == (len(part), fx.n_features)
        assert np.isfinite(part.X).all()
        assert list(np.asarray(fx.classes)[part.y]) == list(part.labels)
        assert list(penguins["species"].iloc[part.rows]) == list(part.labels)
    rows = np.concatenate([fx.train.rows, fx.val.rows, fx.test.rows])
    assert len(set(rows)) == len(rows) == penguins.rows - fx.dropped
    if fx.lineage.options["impute"] != "drop":
        X = fx.transform(penguins)
        assert X[fx.test.rows].tobytes() == fx.test.X.tobytes()
    if options.get("scale", "minmax") == "minmax" and options.get("encode") not in {"amplitude", "basis"}:
        assert np.allclose(fx.train.X.min(axis=0), -SPAN)
        assert np.allclose(fx.train.X.max(axis=0), SPAN)


def test_same_bits_in_another_process_and_from_another_source(penguins: qlab.Dataset) -> None:
    fx = qlab.load("digits").features(classes=[3, 5], qubits=8, reduce="pca", seed=7)
    code = (
        "import qlab, hashlib; fx = qlab.load('digits').features(classes=[3, 5], qubits=8, reduce='pca', seed=7);"
        "print(fx.lineage, hashlib.sha256(fx.train.X.tobytes() + fx.test.X.tobytes()).hexdigest())"
    )
    out = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        for _ in range(2)
    ]
    assert out[0] == out[1]
    assert out[0].split()[0] == str(fx.lineage)
    args: dict[str, Any] = {"reduce": "pca", "qubits": 3}
    first = penguins.features("species", MIXED, **args)
    for source in (penguins.to_pandas().astype({"sex": object}), penguins.table, PENGUINS):
        again = qlab.load(source).features("species", MIXED, **args)
        assert again.train.X.tobytes() == first.train.X.tobytes()
    assert qlab.load(penguins.table).features("species", MIXED, **args).lineage == first.lineage


@pytest.mark.parametrize("scale", ["minmax", "standard"])
def test_span_is_the_half_width_of_the_angles(penguins: qlab.Dataset, scale: str) -> None:
    whole = penguins.features("species", MIXED, scale=scale)
    half = penguins.features("species", MIXED, scale=scale, span=SPAN / 2)
    assert np.allclose(half.train.X, whole.train.X / 2)
    assert half.clipped == whole.clipped
    assert half.lineage != whole.lineage


def test_lineage_follows_every_option_and_the_content(penguins: qlab.Dataset) -> None:
    base = penguins.features("species", MIXED)
    ids = {base.lineage.id}
    for options in [*CHOICES[1:], {"seed": 1}, {"test": 0.3}, {"stratify": False}, {"classes": ["Adelie", "Gentoo"]}]:
        ids.add(penguins.features("species", MIXED, **options).lineage.id)
    frame = penguins.to_pandas()
    frame.loc[0, "bill_depth_mm"] += 0.1
    ids.add(qlab.load(frame).features("species", MIXED).lineage.id)
    assert len(ids) == len(CHOICES) + 5
    assert json.loads(json.dumps(base.lineage.dict()))["id"] == base.lineage.id
    assert penguins.features("species", MIXED, split=(60, 20, 20)).lineage == base.lineage


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=6),
    shares=st.sampled_from([(0.6, 0.2, 0.2), (0.7, 0.1, 0.2), (0.8, 0.2, 0.0), (1.0, 0.0, 0.0), (1 / 3, 1 / 3, 1 / 3)]),
    seed=st.integers(0, 5),
)
def test_every_class_is_divided_within_one_row(
    counts: list[int], shares: tuple[float, float, float], seed: int
) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    parts = split_rows(len(labels), shares, seed, labels)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))
    for part, share in zip(parts, shares, strict=True):
        found = np.bincount(labels[part], minlength=len(counts))
        assert (np.abs(found - np.array(counts) * share) < 1 + 1e-9).all()
    assert (np.bincount(labels[parts[0]], minlength=len(counts)) > 0).all()


def test_regression_and_the_kind_of_a_target(penguins: qlab.Dataset) -> None:
    fx = qlab.load("diabetes").features(qubits=4, reduce="select")
    assert (fx.task, fx.classes, fx.train.y.dtype) == ("regression", None, np.float64)
    assert len(fx.train) + len(fx.val) + len(fx.test) == 442
    assert penguins.features("year").classes == (2007, 2008, 2009)
    assert penguins.features("body_mass_g").dropped == 2
    assert penguins.features("year", task="regression").classes is None
    truth = qlab.load({"a": [1.0, 2, 3, 4, 5, 6], "b": [True, False, True, False, True, None]})
    assert truth.features("b", val=0.0, test=0.4).classes == (False, True)
    assert qlab.load("digits").features(classes=[5, 3]).classes == (5, 3)


def test_missing_and_words_are_filled_from_the_training_rows() -> None:
    frame = pd.DataFrame(
        {"a": [1.0, np.nan, 3, 5, 7, 9] * 5, "w": ["u", "v", None, "u", "u", "x"] * 5, "y": [0, 1] * 15}
    )
    fx = qlab.load(frame).features("y", ["a", "w"], scale=None, seed=1)
    assert fx.names == ("a", "w_u", "w_v", "w_x")
    train = frame.iloc[fx.train.rows]
    assert fx.transform({"a": [None], "w": ["never seen"]}).tolist() == [[train["a"].median(), 0, 0, 0]]
    dropped = qlab.load(frame).features("y", ["a", "w"], impute="drop")
    assert dropped.dropped == 10
    with pytest.raises(DataError, match="1 rows have missing"):
        dropped.transform({"a": pa.array([None], pa.float64()), "w": ["u"]})
    with pytest.raises(DataError, match="unknown column 'w'"):
        dropped.transform({"a": [1.0]})


def test_describe_costs_what_the_encoder_costs(penguins: qlab.Dataset) -> None:
    about = penguins.features("species", MIXED).describe()
    assert json.loads(json.dumps(about)) == about
    assert about["rows"] == {"train": 206, "val": 69, "test": 69}
    assert sum(about["balance"]) == 206
    assert about["qubits"] == len(about["names"]) == 7
    for n in (1, 2, 5):
        for row in encodings(n):
            if row["name"] != "raw":
                assert encoder(row["name"], n).stats()["gates"] == row["gates"]


def test_amplitudes_are_the_rows_padded_and_of_norm_one() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 5))
    X[0] = 0  # no direction of its own
    X[1] = [1e200, 0, 0, 0, 1e200]  # squares overflow
    X[2] = [1e-200, 0, 0, 0, 0]  # squares vanish
    frame = pd.DataFrame(X, columns=list("abcde")).assign(y=["u", "v"] * 30)
    fx = qlab.load(frame).features("y", encode="amplitude", scale=None)
    assert (fx.qubits, fx.n_features, fx.names[5:]) == (3, 8, ("zero0", "zero1", "zero2"))
    assert {e["name"]: e["qubits"] for e in fx.describe()["encodings"]}["angle"] == 5
    for part in (fx.train, fx.val, fx.test):
        assert np.abs(np.linalg.norm(part.X, axis=1) - 1).max() < 1e-12
        plain = part.rows > 2
        wanted = X[part.rows[plain]] / np.linalg.norm(X[part.rows[plain]], axis=1, keepdims=True)
        np.testing.assert_allclose(part.X[plain, :5], wanted, atol=1e-15)
    found = fx.transform(frame.iloc[:3])
    half = np.sqrt(0.5)
    np.testing.assert_allclose(found[:, :5], [[1, 0, 0, 0, 0], [half, 0, 0, 0, half], [1, 0, 0, 0, 0]], atol=1e-15)


def test_bits_divide_the_training_rows_at_the_median() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"a": rng.normal(size=101), "b": ["p"] * 80 + ["q"] * 21, "y": [0, 1] * 50 + [0]})
    fx = qlab.load(frame).features("y", ["a", "b"], encode="basis")
    median = np.median(frame["a"].to_numpy()[fx.train.rows])
    for part in (fx.train, fx.val, fx.test):
        assert (part.X[:, 0] == (frame["a"].to_numpy()[part.rows] > median)).all()
        assert (part.X[:, 1] == (frame["b"].to_numpy()[part.rows] == "q")).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target": None}, ["no target", "target='species'"]),
        ({"target": "spcies"}, ["unknown column 'spcies'", "use 'species'"]),
        ({"columns": ["bill_lenght_mm"]}, ["bill_lenght_mm", "use 'bill_length_mm'"]),
        ({"columns": ["species", "year"]}, ["is the target"]),
        ({"columns": ["year", "year"]}, ["twice"]),
        ({"columns": []}, ["no column"]),
        ({"qubits": 9}, ["9 qubits", "give 5", "qubits=5"]),
        ({"qubits": 3}, ["3 qubits", "reduce='pca'"]),
        ({"qubits": 9, "reduce": "pca"}, ["9 qubits", "qubits=5"]),
        ({"qubits": 3, "reduce": "lda"}, ["LDA on 3 classes gives 2"]),
        ({"target": "body_mass_g", "reduce": "lda"}, ["LDA needs classes"]),
        ({"qubits": 0}, ["qubits=0"]),
        ({"classes": ["Adelie"]}, ["only the class 'Adelie'"]),
        ({"classes": ["Adelie", "Emperor"]}, ["unknown class 'Emperor'"]),
        ({"encode": "phase"}, ["encode='phase'", "'angle'"]),
        ({"encode": "amplitude", "qubits": 2}, ["2 qubits hold 4 amplitudes", "give 5", "qubits=3"]),
        ({"encode": "amplitude", "qubits": 4}, ["4 qubits hold 16 amplitudes", "give 5", "qubits=3"]),
        ({"encode": "amplitude", "qubits": 9, "reduce": "pca"}, ["9 qubits", "qubits=3"]),
        ({"reduce": "umap"}, ["reduce='umap'", "'pca'"]),
        ({"impute": "zero"}, ["impute='zero'"]),
        ({"scale": "log"}, ["scale='log'"]),
        ({"test": 0.7, "val": 0.3}, ["no rows to train on"]),
        ({"split": (0.5, 0.1, 0.1)}, ["split=(0.5, 0.1, 0.1)"]),
        ({"seed": -1}, ["seed=-1"]),
        ({"span": 7}, ["span=7"]),
        ({"task": "regression"}, ["no number"]),
    ],
)
def test_what_cannot_be_is_refused_with_a_cure(
    penguins: qlab.Dataset, options: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(DataError) as error:
        penguins.features(**{"target": "species", **options})
    assert error.value.cure
    for word in words:
        assert word in str(error.value)


def test_targets_and_columns_that_cannot_work() -> None:
    one = qlab.load({"a": [1.0, 2, 3, 4], "c": ["x"] * 4, "k": [5.0] * 4, "big": [1.0, np.inf, 0, 0]})
    with pytest.raises(DataError, match="only the class 'x'"):
        one.features("c", ["a"])
    with pytest.raises(DataError, match="is 5 in every row"):
        one.features("k", ["a"])
    with pytest.raises(DataError, match="infinite value"):
        one.features("a", ["big"])
    ids = qlab.load({"id": [f"n{i}" for i in range(200)], "y": [0, 1] * 100, "z": [[1]] * 200})
    with pytest.raises(DataError, match="200 different texts"):
        ids.features("y", ["id"])
    with pytest.raises(DataError, match="holds other values"):
        ids.features("y", ["z"])
