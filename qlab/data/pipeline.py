"""From columns to angles: the scikit-learn Pipeline, not yet fitted. The only file that builds sklearn objects.

scikit-learn has no types: what comes from it is `Any` here and nowhere else.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

REDUCTIONS = ("pca", "lda", "select")
IMPUTES = ("median", "mean", "most_frequent", "drop")
SCALES = ("minmax", "standard")


def build(
    columns: Sequence[str],
    words: Collection[str],
    *,
    impute: str,
    scale: str | None,
    span: float,
    reduce: str | None,
    qubits: int | None,
    regression: bool,
    tall: bool,
    encode: str = "angle",
    features: int | None = None,
) -> Any:
    """Return impute → one-hot → standardise → reduce → scale to angles, as an unfitted Pipeline of a DataFrame.

    Args:
        columns: their names, in the order of the features.
        words: those of them that are categorical.
        impute: how missing numbers are filled; missing words become the most frequent one.
        scale: ``"minmax"`` maps the training range to [−span, span], ``"standard"`` three standard deviations to ±span;
            both clip what lies outside. None leaves the values in their own units.
        reduce: ``"pca"``, ``"lda"``, ``"select"`` or None.
        qubits: of the circuit.
        regression: whether the target is a number.
        tall: many more rows than columns, so that PCA goes through the covariance.
        encode: ``"amplitude"`` puts rows of norm 1 at the end in place of angles (``"minmax"`` then maps the training
            range to [-1, 1]), ``"basis"`` bits.
        features: how many are kept by ``reduce``.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

    fill = SimpleImputer(strategy=middle if impute in {"median", "drop"} else impute, keep_empty_features=True)
    onehot = Pipeline(
        [
            ("impute", SimpleImputer(strategy="most_frequent")),
            ("onehot", OneHotEncoder(drop="if_binary", handle_unknown="ignore", sparse_output=False)),
        ]
    )
    runs = [(kind, list(run)) for kind, run in groupby(columns, key=lambda c: c in words)]
    parts = [
        (f"{'words' if kind else 'numbers'}{i}", onehot if kind else fill, run) for i, (kind, run) in enumerate(runs)
    ]
    together = ColumnTransformer(parts, verbose_feature_names_out=False)
    steps: list[tuple[str, Any]] = [("columns", together)]
    if reduce is not None:
        steps += [("standard", StandardScaler()), (reduce, _reducer(reduce, features, regression, tall))]
    if encode == "basis":
        from .states import Bits

        return Pipeline([*steps, ("bits", Bits())])
    if encode == "amplitude":
        from .states import Amplitudes

        if scale is not None:
            steps.append(("scale", MinMaxScaler(feature_range=(-1, 1)) if scale == "minmax" else StandardScaler()))
        return Pipeline([*steps, ("amplitudes", Amplitudes(qubits))])
    if scale == "minmax":
        steps.append(("angles", MinMaxScaler(feature_range=(-span, span), clip=True)))
    elif scale == "standard":
        steps += [("zscore", StandardScaler()), ("angles", _three_sigma(span))]
    return Pipeline(steps)


def middle(values: NDArray[np.float64]) -> float:
    """Return the median, 0 of no values: the bits of scikit-learn's own, which takes ten times as long over it."""
    return float(np.median(values)) if len(values) else 0.0


def _reducer(reduce: str, features: int | None, regression: bool, tall: bool) -> Any:
    if reduce == "pca":
        from sklearn.decomposition import PCA

        return PCA(n_components=features, svd_solver="covariance_eigh" if tall else "full")
    if reduce == "lda":
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

        return LinearDiscriminantAnalysis(n_components=features)
    from sklearn.feature_selection import SelectKBest, f_classif, f_regression

    return SelectKBest(f_regression if regression else f_classif, k=features or "all")


def _three_sigma(span: float) -> Any:
    from sklearn.preprocessing import FunctionTransformer

    return FunctionTransformer(three_sigma, kw_args={"span": span}, feature_names_out="one-to-one")


def three_sigma(z: NDArray[np.float64], span: float) -> NDArray[np.float64]:
    """Map z-scores to angles: ±3 to ±span, clipped."""
    return np.clip(np.asarray(z) * (span / 3), -span, span)


def fit(pipeline: Any, table: pd.DataFrame, y: NDArray[Any]) -> None:
    """Fit ``pipeline`` in place; columns that don't vary are no reason to warn."""
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore")
        pipeline.fit(table, y)


def apply(pipeline: Any, table: pd.DataFrame) -> tuple[NDArray[np.float64], float]:
    """Return X (rows, features), C-contiguous float64, and the share of values that had to be clipped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a category not seen in training: all its columns are 0
        before: Any = table
        for _, step in pipeline.steps[:-1]:
            before = step.transform(before)
        X = pipeline.steps[-1][1].transform(before)
    X = np.ascontiguousarray(X, dtype=np.float64)
    return X, _clipped(pipeline.steps[-1][1], before)


def _clipped(scaler: Any, before: Any) -> float:
    if hasattr(scaler, "data_min_"):
        outside = (before < scaler.data_min_) | (before > scaler.data_max_)
    elif hasattr(scaler, "func"):
        outside = np.abs(before) > 3
    else:
        return 0.0
    return float(np.mean(outside)) if np.size(outside) else 0.0


def names_out(pipeline: Any) -> tuple[str, ...]:
    """Return the names of the features, in the order of the qubits."""
    names = list(pipeline.steps[0][1].get_feature_names_out())
    for key, step in pipeline.steps[1:]:
        if key in {"pca", "lda"}:
            kept = int(getattr(step, "n_components_", 0) or step._max_components)
            names = [f"{key}{i}" for i in range(kept)]
        elif key == "select":
            names = [names[i] for i in step.get_support(indices=True)]
        elif key == "amplitudes":
            names += [f"zero{i}" for i in range((1 << step.qubits_) - len(names))]
    return tuple(map(str, names))
