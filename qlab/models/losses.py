"""Losses as pure functions of scores: each returns the mean loss and its gradient. Must not know circuits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError, not_one_of

Array = NDArray[np.float64]
Loss = Callable[[Array, NDArray[Any]], tuple[float, Array]]


def softmax(scores: Array) -> Array:
    """Return class probabilities, shape (rows, classes), of scores (rows, K).

    One column is read as the log odds of class 1 and gives two columns.
    """
    if scores.shape[1] == 1:
        p = _sigmoid(scores)
        return np.concatenate([1.0 - p, p], axis=1)
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def cross_entropy(scores: Array, y: NDArray[Any]) -> tuple[float, Array]:
    """Return the mean negative log likelihood and its gradient by the scores.

    Args:
        scores: (rows, K) logits; K = 1 is the log odds of class 1 of two.
        y: (rows,) int64 class index.

    Returns:
        The loss in nats, and the gradient (rows, K), already divided by the number of rows.
    """
    rows = scores.shape[0]
    if scores.shape[1] == 1:
        z = scores[:, 0]
        # log(1+e^z) - y z, written so that no exponential overflows
        loss = np.maximum(z, 0.0) - z * y + np.log1p(np.exp(-np.abs(z)))
        return float(loss.mean()), ((_sigmoid(scores) - y[:, None]) / rows)
    top = scores.max(axis=1, keepdims=True)
    exps = np.exp(scores - top)
    total = exps.sum(axis=1, keepdims=True)
    index = np.arange(rows)
    loss = np.log(total[:, 0]) + top[:, 0] - scores[index, y]
    grad = exps / total
    grad[index, y] -= 1.0
    grad /= rows
    return float(loss.mean()), grad


def mse(scores: Array, y: NDArray[Any]) -> tuple[float, Array]:
    """Return the mean squared error of scores (rows, 1) against y (rows,), and its gradient (rows, 1)."""
    gap = scores[:, 0] - y
    return float(np.mean(gap * gap)), (2.0 / gap.shape[0] * gap)[:, None]


LOSSES: dict[str, tuple[str, Loss]] = {
    "cross_entropy": ("classification", cross_entropy),
    "mse": ("regression", mse),
}


def loss_for(task: str, name: str | None = None) -> str:
    """Return the name of the loss to use for a task, checked.

    Args:
        task: ``"classification"`` or ``"regression"``.
        name: the loss asked for, or None for the usual one.

    Raises:
        TrainError: unknown loss, or one of another task.
    """
    usual = "mse" if task == "regression" else "cross_entropy"
    if name is None:
        return usual
    if name not in LOSSES:
        raise not_one_of(TrainError, "loss", name, LOSSES, where="loss")
    if LOSSES[name][0] != task:
        raise TrainError(
            f"loss {name!r} is for {LOSSES[name][0]}, and the target makes this a {task}",
            where="loss",
            cure=f"use loss={usual!r}, or leave it out",
            value=name,
        )
    return name


def _sigmoid(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1.0, e) / (1.0 + e))
