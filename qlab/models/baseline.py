"""The honest classical comparison on the very same features. Must not see test rows while fitting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_ROWS = 20_000


def logistic(features: Any, seen: NDArray[np.int64] | None = None) -> dict[str, Any]:
    """Fit a logistic regression (linear for regression) on the encoded training rows.

    Args:
        features: `qlab.data.Features`; standardised here, fitted on at most 20,000 training rows.
        seen: numbers of the training rows that it may see, those that the run sees; None for all.

    Returns:
        ``{"name", "metric", "train", "val", "test"}``: accuracy or R²; nan for a split without rows, and for all where
        the rows it may see are of one class. ``train`` is scored on the whole split, as the run's is.
    """
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classify = features.task == "classification"
    estimator = LogisticRegression(max_iter=1000) if classify else LinearRegression()
    model = make_pipeline(StandardScaler(), estimator)
    train = features.train
    rows = np.arange(len(train.y)) if seen is None else seen
    if len(rows) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(0).permutation(rows)[:MAX_ROWS])
    one = classify and len(np.unique(train.y[rows])) < 2
    if not one:
        model.fit(train.X[rows], train.y[rows])

    def score(split: Any) -> float:
        known = not one and split is not None and len(split.y)
        return float(model.score(split.X, split.y)) if known else float("nan")

    return {
        "name": "logistic regression" if classify else "linear regression",
        "metric": "accuracy" if classify else "R²",
        "train": score(train),
        "val": score(features.val),
        "test": score(features.test),
    }
