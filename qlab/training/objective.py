"""The loss on the rows of a step as a function of θ, for optimizers that ask.

Must not know optimizers' states, events or threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError
from ..models.losses import Array, Loss
from ..models.metric import Metric
from ..models.model import Model, circuit_inputs, timed_forward, timed_loss_and_grad


class Objective:
    """The loss on some rows, as a function of the free weights.

    Args:
        model, loss: what is trained, and its loss as a function of scores and y.
        X, y: the rows.
        theta: all weights, of which the frozen ones are read.
        frozen: (size,) bool, or None.
        terms: the whole loss and its gradient, of those of the data and all weights, as `weigh` makes them; None where
            the data's is the whole.
        metric: of the circuit, for optimizers that ask for it.
    """

    def __init__(
        self,
        model: Model,
        loss: Loss,
        X: Array,
        y: NDArray[Any],
        theta: Array,
        frozen: NDArray[np.bool_] | None,
        terms: Callable[[float, Array, Array], tuple[float, Array]] | None = None,
        metric: Metric | None = None,
    ) -> None:
        self.model, self.loss, self.X, self.y, self.theta = model, loss, X, y, theta
        self.free = None if frozen is None else np.flatnonzero(~frozen)
        self.terms, self._metric = terms, metric
        self.best: tuple[float, Array] | None = None  # the lowest loss asked for, and its scores
        self.seconds = 0.0  # spent in the model's plan

    def value(self, theta: Array) -> float:
        """Return the loss at the free weights ``theta``."""
        full = self.full(theta)
        scores, seconds = timed_forward(self.model, full, self.X)
        self.seconds += seconds
        value = self.loss(scores, self.y)[0]
        if self.terms is not None:
            value = self.terms(value, full, full)[0]
        self._keep(value, scores)
        return value

    def value_and_grad(self, theta: Array) -> tuple[float, Array]:
        """Return the loss and its gradient by the free weights."""
        full = self.full(theta)
        try:
            value, grad, scores, seconds = timed_loss_and_grad(self.model, full, self.X, self.y, self.loss)
        except TrainError:  # of a trial far off: the search turns back, and the loop checks what it settles for
            return float("inf"), np.zeros(theta.shape[0])
        self.seconds += seconds
        if self.terms is not None:
            value, grad = self.terms(value, grad, full)
        self._keep(value, scores)
        return value, grad if self.free is None else grad[self.free]

    def metric(self, theta: Array) -> Array:
        """Return the Fubini–Study metric by the free weights, averaged over the rows."""
        full = self.full(theta)
        part = self.model.slices["circuit"]
        out = np.zeros((full.shape[0], full.shape[0]))
        if self._metric is not None:
            out[part, part] = self._metric.at(circuit_inputs(self.model, full, self.X)[0], full[part])
        return out if self.free is None else out[np.ix_(self.free, self.free)]

    def full(self, theta: Array) -> Array:
        """Return all weights, the free ones replaced."""
        if self.free is None:
            return theta
        full = self.theta.copy()
        full[self.free] = theta
        return full

    def _keep(self, value: float, scores: Array) -> None:
        if self.best is None or value < self.best[0]:
            self.best = value, scores


def penalised(model: Model) -> NDArray[np.int64]:
    """Return the numbers of the weights that l1 and l2 act on: the matrices of the classical layers."""
    every = np.arange(model.size, dtype=np.int64)
    found = [every[part] for name, part in model.slices.items() if name.endswith(".w")]
    return np.concatenate(found) if found else every[:0]


def weigh(
    terms: Mapping[str, float], on: NDArray[np.int64], value: float, grad: Array, theta: Array
) -> tuple[float, Array]:
    """Return data·loss + l2·Σθ² + l1·Σ|θ| over the weights numbered ``on``, and its gradient (size,).

    Args:
        terms: their weights; 1 for ``data`` and 0 for the others where they aren't named.
        on: see `penalised`.
        value, grad: of the loss on the rows; not written to.
        theta: (size,) all weights.
    """
    data, l1, l2 = terms.get("data", 1.0), terms.get("l1", 0.0), terms.get("l2", 0.0)
    value, grad = data * value, data * grad
    if l1 or l2:
        chosen = theta[on]
        grad[on] += 2.0 * l2 * chosen + l1 * np.sign(chosen)
        value += float(l2 * (chosen @ chosen) + l1 * np.abs(chosen).sum())
    return value, grad
