"""The loss on the rows of a step as a function of θ, for optimizers that ask; and the meter on the engine.

Must not know optimizers' states, events or threads.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError
from ..models.losses import Array, Loss
from ..models.metric import Metric
from ..models.model import Model, circuit_inputs, forward, loss_and_grad

clock = time.perf_counter


class Meter:
    """A plan that counts: the seconds spent in it, and the rows evaluated.

    Args:
        plan: what evaluates.
    """

    __slots__ = ("_plan", "rows", "seconds")

    def __init__(self, plan: Any) -> None:
        self._plan, self.seconds, self.rows = plan, 0.0, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plan, name)

    def expectations(self, X: Any, w: Any) -> Array:
        """As the plan's."""
        began = clock()
        values: Array = self._plan.expectations(X, w)
        self.seconds += clock() - began
        self.rows += values.shape[0]
        return values

    def value_and_vjp(self, X: Any, w: Any, cotangent: Any, want_x: bool = False) -> Any:
        """As the plan's; the time of a callable cotangent is left out."""
        outside = 0.0

        def timed(values: Array) -> Any:
            nonlocal outside
            start = clock()
            given = cotangent(values)
            outside = clock() - start
            return given

        began = clock()
        found = self._plan.value_and_vjp(X, w, timed if callable(cotangent) else cotangent, want_x)
        self.seconds += clock() - began - outside
        self.rows += found[0].shape[0]
        return found


class Objective:
    """The loss on some rows, as a function of the free weights.

    Args:
        model, loss: what is trained, and its loss as a function of scores and y.
        X, y: the rows.
        theta: all weights, of which the frozen ones are read.
        frozen: (size,) bool, or None.
        penalty: (value, gradient) of the loss's extra terms, as a function of all weights; None for none.
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
        penalty: Any = None,
        metric: Metric | None = None,
    ) -> None:
        self.model, self.loss, self.X, self.y, self.theta = model, loss, X, y, theta
        self.free = None if frozen is None else np.flatnonzero(~frozen)
        self.penalty, self._metric = penalty, metric
        self.best: tuple[float, Array] | None = None  # the lowest loss asked for, and its scores

    def value(self, theta: Array) -> float:
        """Return the loss at the free weights ``theta``."""
        full = self.full(theta)
        scores = forward(self.model, full, self.X)
        value = self.loss(scores, self.y)[0]
        if self.penalty is not None:
            value += self.penalty(full)[0]
        self._keep(value, scores)
        return value

    def value_and_grad(self, theta: Array) -> tuple[float, Array]:
        """Return the loss and its gradient by the free weights."""
        full = self.full(theta)
        try:
            value, grad, scores = loss_and_grad(self.model, full, self.X, self.y, self.loss)
        except TrainError:  # of a trial far off: the search turns back, and the loop checks what it settles for
            return float("inf"), np.zeros(theta.shape[0])
        if self.penalty is not None:
            more, by_theta = self.penalty(full)
            value, grad = value + more, grad + by_theta
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
    """Return the numbers of the weights that the extra terms act on: the matrices of the classical layers."""
    every = np.arange(model.size, dtype=np.int64)
    found = [every[part] for name, part in model.slices.items() if name.endswith(".w")]
    return np.concatenate(found) if found else every[:0]


def penalty(terms: Mapping[str, float], on: NDArray[np.int64], theta: Array) -> tuple[float, Array]:
    """Return l2·Σθ² + l1·Σ|θ| over the weights numbered ``on``, and its gradient (size,)."""
    chosen, grad = theta[on], np.zeros(theta.shape[0])
    l1, l2 = terms.get("l1", 0.0), terms.get("l2", 0.0)
    grad[on] = 2.0 * l2 * chosen + l1 * np.sign(chosen)
    return float(l2 * (chosen @ chosen) + l1 * np.abs(chosen).sum()), grad
