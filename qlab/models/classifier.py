"""A scikit-learn classifier over the training loop, without threads. Must not know widgets or runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.validation import check_X_y

from ..circuit import Circuit, templates
from ..errors import TrainError
from .losses import Array
from .model import build_model
from .trained import TrainedModel


class NotTrainedError(TrainError, NotFittedError):  # type: ignore[misc]
    """A prediction was asked of an estimator before ``fit``; scikit-learn knows it as NotFittedError."""


class QuantumClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A hybrid classifier: features as angles, a circuit, a linear head, trained by exact gradients.

    Args:
        circuit: reads features as x[i]; without x[i] an encoder is put in front; default data re-uploading
            with two layers on one wire a feature.
        encode: encoder for a circuit that reads no x: ``"angle"`` or ``"iqp"``.
        scale: ``"minmax"`` maps each feature to [−π/2, π/2] on the training rows, so that no
            angle wraps; None takes X as angles.
        head, observables, optimizer, lr, epochs, batch, seed: as in `qlab.train`.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = QuantumClassifier(epochs=5).fit(X[:100], y[:100])
        >>> clf.predict(X[:2]).tolist()
        [0, 0]
    """

    def __init__(
        self,
        circuit: Circuit | None = None,
        *,
        encode: str = "angle",
        scale: str | None = "minmax",
        head: str = "linear",
        observables: Any = None,
        optimizer: str = "adam",
        lr: float = 0.05,
        epochs: int = 30,
        batch: int = 32,
        seed: int = 0,
    ) -> None:
        self.circuit = circuit
        self.encode = encode
        self.scale = scale
        self.head = head
        self.observables = observables
        self.optimizer = optimizer
        self.lr = lr
        self.epochs = epochs
        self.batch = batch
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> QuantumClassifier:
        """Train on X (rows, features) and labels y (rows,); return the estimator.

        Raises:
            TrainError: the circuit doesn't fit X, or training failed.
        """
        from ..training.fit import fit_model  # the loop is an outer ring: reached on demand only

        rows_x, labels = check_X_y(X, y, dtype=np.float64)
        self.classes_, index = np.unique(labels, return_inverse=True)
        if self.classes_.size < 2:
            raise TrainError(
                f"y holds one class only, {self.classes_[0]!r}",
                where="fit",
                cure="give at least two classes in y",
            )
        self.n_features_in_ = n = rows_x.shape[1]
        if self.scale not in ("minmax", None):
            raise TrainError(f"unknown scale {self.scale!r}", where="scale", cure="use 'minmax' or None")
        self.scaler_ = MinMaxScaler((-np.pi / 2, np.pi / 2)).fit(rows_x) if self.scale == "minmax" else None
        circuit = templates.reuploading(n, 2) if self.circuit is None else self.circuit
        rows = SimpleNamespace(X=self._angles(rows_x), y=index.astype(np.int64))
        features = SimpleNamespace(
            task="classification", classes=self.classes_, encode=self.encode, n_features=n, train=rows
        )
        model = build_model(circuit, features, head=self.head, observables=self.observables)
        theta, losses = fit_model(
            model,
            features,
            optimizer=self.optimizer,
            lr=self.lr,
            epochs=self.epochs,
            batch=self.batch,
            seed=self.seed,
        )
        self.loss_curve_ = losses
        self.model_ = TrainedModel(model, theta, name="QuantumClassifier")
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return one label a row of X (rows, features)."""
        trained = self._trained()
        return trained.predict(self._angles(X))

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return probabilities (rows, classes) in the order of ``classes_``."""
        trained = self._trained()
        return trained.predict_proba(self._angles(X))

    def decision_function(self, X: ArrayLike) -> Array:
        """Return log odds (rows,) for two classes, else logits (rows, classes)."""
        trained = self._trained()
        scores = trained.scores(self._angles(X))
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def _trained(self) -> TrainedModel:
        if not hasattr(self, "model_"):
            raise NotTrainedError(
                "this QuantumClassifier is untrained", where="predict", cure="call fit(X, y) before predict"
            )
        trained: TrainedModel = self.model_
        return trained

    def _angles(self, X: ArrayLike) -> Array:
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != self.n_features_in_:
            raise TrainError(
                f"X has shape {X.shape}, and this classifier was fitted on (rows, {self.n_features_in_})",
                where="predict",
                cure=f"pass {self.n_features_in_} features a row",
                value=X.shape,
            )
        return np.asarray(X if self.scaler_ is None else self.scaler_.transform(X))
