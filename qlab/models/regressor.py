"""A scikit-learn regressor over the training loop, without threads. Must not know widgets or runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin

from ..circuit import Circuit
from .estimator import QuantumEstimator
from .losses import Array
from .trained import TrainedModel


class QuantumRegressor(RegressorMixin, QuantumEstimator):  # type: ignore[misc]
    """A hybrid regressor: features as angles, a circuit, a linear head in units of the target.

    Args:
        loss: ``"mse"`` (default), ``"huber"`` or ``"mae"``, of the standardised target.
        circuit, encode, scale, validation: as in `QuantumClassifier`.
        head, observables, before, after, input_scaling, terms, optimizer, optimizer_options, lr, schedule, clip,
            early_stop, stages, shots, epochs, batch, seed: as in `qlab.train`.

    Example:
        >>> X = np.linspace(-1, 1, 40)[:, None]
        >>> reg = QuantumRegressor(epochs=40, lr=0.1).fit(X, np.sin(2 * X[:, 0]))
        >>> reg.score(X, np.sin(2 * X[:, 0])) > 0.9
        True
    """

    def __init__(
        self,
        circuit: Circuit | None = None,
        *,
        encode: str = "angle",
        scale: str | None = "minmax",
        head: str = "linear",
        observables: Any = None,
        before: Sequence[int] | None = None,
        after: Sequence[int] = (),
        input_scaling: bool = False,
        loss: str | None = None,
        terms: Mapping[str, float] | None = None,
        optimizer: str = "adam",
        optimizer_options: Mapping[str, Any] | None = None,
        lr: float | None = None,
        schedule: str | Mapping[str, Any] | None = None,
        clip: float | Mapping[str, float] | None = None,
        early_stop: bool | int | Mapping[str, Any] | None = None,
        validation: float = 0.2,
        stages: Sequence[Mapping[str, Any]] | None = None,
        shots: int | None = None,
        epochs: int = 30,
        batch: int = 32,
        seed: int = 0,
    ) -> None:
        self.circuit = circuit
        self.encode = encode
        self.scale = scale
        self.head = head
        self.observables = observables
        self.before = before
        self.after = after
        self.input_scaling = input_scaling
        self.loss = loss
        self.terms = terms
        self.optimizer = optimizer
        self.optimizer_options = optimizer_options
        self.lr = lr
        self.schedule = schedule
        self.clip = clip
        self.early_stop = early_stop
        self.validation = validation
        self.stages = stages
        self.shots = shots
        self.epochs = epochs
        self.batch = batch
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> QuantumRegressor:
        """Train on X (rows, features) and numbers y (rows,); return the estimator.

        Raises:
            InputError: X or y can't be used.
            TrainError: the circuit doesn't fit X, or training failed.
        """
        rows, target = self._rows(X, y, numeric=True)
        self._train("regression", rows, np.asarray(target, dtype=np.float64), None)
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return one number a row of X (rows, features), in units of the target."""
        found: Array = self._ask(TrainedModel.predict, "predict", X)
        return found
