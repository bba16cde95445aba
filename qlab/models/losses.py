"""Losses as pure functions of scores: each returns the mean loss and its gradient. Must not know circuits.

A row's weight multiplies its loss; the sum is divided by the number of rows, not by the sum of the weights, so that
the mean over batches is the loss of all rows whatever the batches are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
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


def cross_entropy(scores: Array, y: NDArray[Any], weight: Array | None = None) -> tuple[float, Array]:
    """Return the mean negative log likelihood and its gradient by the scores.

    Args:
        scores: (rows, K) logits; K = 1 is the log odds of class 1 of two.
        y: (rows,) int64 class index.
        weight: (rows,) weight of each row; None is one for all.

    Returns:
        The loss in nats, and the gradient (rows, K), already divided by the number of rows.
    """
    rows = scores.shape[0]
    if scores.shape[1] == 1:
        z = scores[:, 0]
        full = np.logaddexp(0.0, z)  # log(1 + e^z), without overflow
        slope = np.exp(z - full)
        slope -= y
        slope /= rows
        return _mean(full - z * y, slope[:, None], weight)
    top = scores.max(axis=1, keepdims=True)
    exps = np.exp(scores - top)
    total = exps.sum(axis=1, keepdims=True)
    index = np.arange(rows)
    loss = np.log(total[:, 0]) + top[:, 0] - scores[index, y]
    grad = exps / total
    grad[index, y] -= 1.0
    grad /= rows
    return _mean(loss, grad, weight)


def hinge(scores: Array, y: NDArray[Any], weight: Array | None = None) -> tuple[float, Array]:
    """Return the mean hinge loss and a subgradient; shapes as in `cross_entropy`.

    One column z costs max(0, 1 − s·z) with s = ±1; more columns cost max(0, 1 + max_{j≠y} z_j − z_y), after
    Crammer and Singer, JMLR 2 (2001) 265.
    """
    rows = scores.shape[0]
    grad = np.zeros_like(scores)
    if scores.shape[1] == 1:
        s = 2.0 * y - 1.0
        gap = 1.0 - s * scores[:, 0]
        grad[:, 0] = np.where(gap > 0, -s / rows, 0.0)
        return _mean(np.maximum(gap, 0.0), grad, weight)
    index = np.arange(rows)
    others = scores.copy()
    others[index, y] = -np.inf
    rival = others.argmax(axis=1)
    gap = 1.0 + scores[index, rival] - scores[index, y]
    share = np.where(gap > 0, 1.0 / rows, 0.0)
    grad[index, rival] = share
    grad[index, y] = -share
    return _mean(np.maximum(gap, 0.0), grad, weight)


def mse(scores: Array, y: NDArray[Any], weight: Array | None = None) -> tuple[float, Array]:
    """Return the mean squared error of scores (rows, 1) against y (rows,), and its gradient (rows, 1)."""
    gap = scores[:, 0] - y
    return _mean(gap * gap, (2.0 / gap.shape[0] * gap)[:, None], weight)


def mae(scores: Array, y: NDArray[Any], weight: Array | None = None) -> tuple[float, Array]:
    """Return the mean absolute error of scores (rows, 1) against y (rows,), and a subgradient (rows, 1)."""
    gap = scores[:, 0] - y
    return _mean(np.abs(gap), (np.sign(gap) / gap.shape[0])[:, None], weight)


def huber(scores: Array, y: NDArray[Any], weight: Array | None = None, *, delta: float = 1.0) -> tuple[float, Array]:
    """Return the mean Huber loss and its gradient (rows, 1): ½·gap² up to ``delta``, then δ·(|gap| − ½·δ).

    Args:
        scores: (rows, 1).
        y: (rows,) target, in the units of the scores: standard deviations of the training target.
        weight: (rows,) or None.
        delta: where the square becomes a line, positive. Source: Huber 1964, doi:10.1214/aoms/1177703732.
    """
    gap = scores[:, 0] - y
    size = np.abs(gap)
    loss = np.where(size <= delta, 0.5 * gap * gap, delta * (size - 0.5 * delta))
    return _mean(loss, (np.clip(gap, -delta, delta) / gap.shape[0])[:, None], weight)


def squared_error(scores: Array, y: NDArray[Any], weight: Array | None = None) -> tuple[float, Array]:
    """Return the mean of Σ_k (score_k − target_k)², a loss of classes for bounded scores, and its gradient.

    The target of one column is ±1 (class 1 is +1), that of more columns 1 for the class and 0 elsewhere.
    """
    gap = scores - _coded(scores, y)
    return _mean((gap * gap).sum(axis=1), 2.0 * gap / gap.shape[0], weight)


def absolute_error(scores: Array, y: NDArray[Any], weight: Array | None = None) -> tuple[float, Array]:
    """Return the mean of Σ_k |score_k − target_k| and a subgradient; targets as in `squared_error`."""
    gap = scores - _coded(scores, y)
    return _mean(np.abs(gap).sum(axis=1), np.sign(gap) / gap.shape[0], weight)


def _coded(scores: Array, y: NDArray[Any]) -> Array:
    if scores.shape[1] == 1:
        return np.asarray(2.0 * y[:, None] - 1.0)
    return np.asarray(np.eye(scores.shape[1])[y])


def _mean(loss: Array, grad: Array, weight: Array | None) -> tuple[float, Array]:
    if weight is not None:
        loss, grad = loss * weight, grad * weight[:, None]
    return float(np.add.reduce(loss)) / loss.shape[0], grad


LOSSES: dict[str, tuple[str, Loss]] = {
    "cross_entropy": ("classification", cross_entropy),
    "hinge": ("classification", hinge),
    "squared_error": ("classification", squared_error),
    "absolute_error": ("classification", absolute_error),
    "mse": ("regression", mse),
    "huber": ("regression", huber),
    "mae": ("regression", mae),
}


def criterion(name: str, class_weight: Sequence[float] | None = None, delta: float = 1.0) -> Loss:
    """Return the loss of that name as a function of scores and y alone.

    Args:
        name: a name in `LOSSES`.
        class_weight: the weight of the rows of each class, by class index; None is one for all.
        delta: of the Huber loss, positive.

    Example:
        >>> criterion("huber", delta=0.5)(np.array([[2.0]]), np.array([0.0]))[0]
        0.875
    """
    function: Any = LOSSES[name][1]
    if name == "huber":
        function = partial(huber, delta=delta)
    if class_weight is None:
        return function  # type: ignore[no-any-return]
    table = np.asarray(class_weight, dtype=np.float64)
    return lambda scores, y: function(scores, y, table[y])


def class_weights(weight: Any, y: NDArray[Any], classes: Sequence[Any]) -> tuple[float, ...] | None:
    """Return the weight of each class, by class index.

    Args:
        weight: None, ``"balanced"`` (rows / (classes · rows of the class), as scikit-learn), or a dict from label to
            a number of at least 0; a label left out weighs 1.
        y: (rows,) class index of the training rows.
        classes: the labels.

    Raises:
        TrainError: another value, an unknown label, or a negative weight.
    """
    if weight is None:
        return None
    if isinstance(weight, str) and weight == "balanced":
        counts = np.bincount(y, minlength=len(classes))
        return tuple(float(y.size / (len(classes) * max(1, int(n)))) for n in counts)
    if not isinstance(weight, Mapping):
        raise TrainError(
            f"class_weight {weight!r} is neither 'balanced' nor a dict",
            where="class_weight",
            cure="use 'balanced', or a dict such as {'yes': 2.0}",
            value=weight,
        )
    labels = list(classes)
    out = [1.0] * len(labels)
    for label, value in weight.items():
        if label not in labels:
            raise TrainError(
                f"class_weight names {label!r}, which is no class",
                where="class_weight",
                cure=f"use {', '.join(repr(c) for c in labels)}",
                value=label,
            )
        if not (isinstance(value, (int, float)) and np.isfinite(value) and value >= 0):
            raise TrainError(
                f"the weight of class {label!r} is {value!r}",
                where="class_weight",
                cure="use a finite number of at least 0",
                value=value,
            )
        out[labels.index(label)] = float(value)
    return tuple(out)


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
