"""Figures of merit as pure functions of scores. Must not know circuits or optimizers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..models.losses import LOSSES, Array, Loss
from ..models.model import Model, forward
from ..models.trained import class_index, r2

CHUNK = 1024  # rows scored at once, so that a large split needs no large state


def merit_name(task: str) -> str:
    """Return the column name of the figure of merit: ``accuracy`` or ``r2``."""
    return "r2" if task == "regression" else "accuracy"


def merit(task: str, scores: Array, y: NDArray[Any]) -> float:
    """Return accuracy, or R² in regression (nan if y is constant), of scores (rows, K)."""
    if task == "regression":
        return r2(y, scores[:, 0])
    if scores.shape[1] == 1:  # the rows on the right side of 0: what `class_index` says, in fewer calls
        return np.count_nonzero((scores[:, 0] > 0) == y) / max(1, y.size)
    return int(np.count_nonzero(class_index(scores) == y)) / max(1, y.size)


def merits(task: str, found: Sequence[tuple[Array, NDArray[Any]]]) -> list[float]:
    """Return the figure of merit of each pair of scores (rows, K) and y (rows,); nan where there are no scores.

    Classes are compared at once for all of them, which for many small pairs is several times as fast.
    """
    if task == "regression" or any(len(scores) != len(y) or not len(y) for scores, y in found):
        return [merit(task, scores, y) if len(scores) else float("nan") for scores, y in found]
    right = class_index(np.concatenate([scores for scores, _ in found])) == np.concatenate([y for _, y in found])
    sizes = [len(y) for _, y in found]
    counts = np.add.reduceat(right, [0, *accumulate(sizes[:-1])], dtype=np.int64)
    return [count / size for count, size in zip(counts.tolist(), sizes, strict=True)]


def confusion(scores: Array, y: NDArray[Any], classes: int) -> tuple[tuple[int, ...], ...]:
    """Return the confusion matrix: rows true classes, columns answers."""
    flat = np.bincount(y * classes + class_index(scores), minlength=classes * classes)
    return tuple(tuple(int(v) for v in row) for row in flat.reshape(classes, classes))


def score_all(model: Model, theta: Array, X: Array) -> Array:
    """Return scores (rows, K) of any number of rows, in chunks of 1024."""
    parts = [forward(model, theta, X[i : i + CHUNK]) for i in range(0, X.shape[0], CHUNK)]
    return np.concatenate(parts) if parts else np.empty((0, model.n_outputs))


def evaluate(model: Model, theta: Array, X: Array, y: NDArray[Any], loss: str | Loss) -> tuple[float, float, Array]:
    """Return loss, figure of merit and scores over a split."""
    scores = score_all(model, theta, X)
    function = LOSSES[loss][1] if isinstance(loss, str) else loss
    with np.errstate(all="ignore"):  # weights that ran away are told by the next step
        return function(scores, y)[0], merit(model.task, scores, y), scores
