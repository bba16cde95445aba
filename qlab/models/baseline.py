"""The honest classical comparison on the very same features. Must not see test rows while fitting."""

from __future__ import annotations

from typing import Any

import numpy as np

MAX_ROWS = 20_000


def logistic(features: Any) -> dict[str, Any]:
    """Fit a logistic regression (linear for regression) on the encoded training rows.

    Args:
        features: `qlab.data.Features`; standardised here, fitted on at most 20,000 training rows.

    Returns:
        ``{"name", "metric", "train", "val", "test"}``: accuracy or R²; nan for a split without rows.
    """
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classify = features.task == "classification"
    estimator = LogisticRegression(max_iter=1000) if classify else LinearRegression()
    model = make_pipeline(StandardScaler(), estimator)
    train = features.train
    rows = np.arange(len(train.y))
    if len(train.y) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(0).permutation(len(train.y))[:MAX_ROWS])
    model.fit(train.X[rows], train.y[rows])

    def score(split: Any) -> float:
        return float(model.score(split.X, split.y)) if split is not None and len(split.y) else float("nan")

    return {
        "name": "logistic regression" if classify else "linear regression",
        "metric": "accuracy" if classify else "R²",
        "train": score(train),
        "val": score(features.val),
        "test": score(features.test),
    }
