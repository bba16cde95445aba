"""What the scikit-learn estimators share: checked input, angles, a default circuit, training. Must not know runs."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from ..circuit import Circuit, templates
from ..errors import TrainError
from .build import build_model
from .losses import Array, class_weights
from .trained import TrainedModel

WIRES = 8  # of the default circuit at most; more features go through a trained layer in front
SCALES = ("minmax", None)
_NONE = object()


class NotTrainedError(TrainError, NotFittedError):  # type: ignore[misc]
    """A prediction was asked of an estimator before ``fit``; scikit-learn knows it as NotFittedError."""


class InputError(TrainError, ValueError):
    """X or y can't be used; scikit-learn knows it as ValueError."""


class QuantumEstimator(BaseEstimator):  # type: ignore[misc]
    """Base of `QuantumClassifier` and `QuantumRegressor`: everything but the task."""

    def _rows(self, X: ArrayLike, y: Any = _NONE, *, numeric: bool = False) -> Any:
        """Return checked X (rows, features); with y, as `fit` calls it, the number of features is learnt, and y too."""
        name = type(self).__name__
        try:
            if y is _NONE:
                return validate_data(self, X, dtype=np.float64, reset=False)
            X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=numeric)
            return X, y
        except ValueError as error:
            n = getattr(self, "n_features_in_", None)
            shape = np.shape(X) if not hasattr(X, "shape") else X.shape
            wide = y is _NONE and n is not None and len(shape) == 2 and shape[1] != n
            cure = f"pass {n} features a row" if wide else "give finite numbers, one row of X and one y for each sample"
            raise InputError(str(error).rstrip("."), where=name, cure=cure) from error

    def _labelled(self, X: ArrayLike, y: ArrayLike, instead: str) -> tuple[Array, NDArray[Any], NDArray[np.int64]]:
        """Return checked X, labels and class indices, as the `fit` of a classifier needs them; learn ``classes_``.

        Args:
            X, y: as given.
            instead: the estimator for targets that are no labels.
        """
        rows, labels = self._rows(X, y)
        try:
            check_classification_targets(labels)
        except ValueError as error:
            raise InputError(str(error).rstrip("."), where="fit", cure=f"give labels, or use {instead}") from error
        self.classes_, index = np.unique(labels, return_inverse=True)
        if self.classes_.size < 2:
            raise InputError(
                f"y holds one class only, {self.classes_[0]!r}", where="fit", cure="give at least two classes in y"
            )
        return rows, labels, index.astype(np.int64)

    def _scaled(self, X: Array) -> None:
        """Fit the scaler that turns features into angles."""
        if self.scale not in SCALES:
            raise TrainError(f"unknown scale {self.scale!r}", where="scale", cure="use 'minmax' or None")
        self.scaler_ = MinMaxScaler((-np.pi / 2, np.pi / 2)).fit(X) if self.scale == "minmax" else None

    def _angles(self, X: Array) -> Array:
        return np.asarray(X if self.scaler_ is None else self.scaler_.transform(X))

    def _train(self, task: str, X: Array, y: NDArray[Any], classes: NDArray[Any] | None) -> None:
        """Build the model of checked rows, train it, keep it as ``model_``."""
        from ..training.fit import fit_model  # the loop is an outer ring: reached on demand only

        self._scaled(X)
        n = X.shape[1]
        circuit, before = self.circuit, self.before
        if circuit is None:
            wires = min(n, WIRES)
            circuit = templates.reuploading(wires, 2 if wires > 1 else 4)
            before = () if before is None and n > wires else before
        elif not isinstance(circuit, Circuit):
            raise TrainError(
                f"circuit is a {type(circuit).__name__}",
                where=type(self).__name__,
                cure="give a qlab.Circuit, or None",
            )
        train, val = self._held_out(task, self._angles(X), y)
        features = SimpleNamespace(
            task=task, classes=classes, encode=self.encode, n_features=n, train=train, val=val
        )  # fmt: skip
        model = build_model(
            circuit,
            features,
            head=self.head,
            observables=self.observables,
            before=before,
            after=self.after,
            input_scaling=self.input_scaling,
        )
        weight = getattr(self, "class_weight", None)
        theta, losses = fit_model(
            model,
            features,
            loss=self.loss,
            optimizer=self.optimizer,
            optimizer_options=dict(self.optimizer_options or {}),
            lr=self.lr,
            schedule=self.schedule,
            clip=self.clip,
            early_stop=self.early_stop,
            stages=self.stages or (),
            shots=self.shots,
            terms=self.terms,
            epochs=self.epochs,
            batch=self.batch,
            seed=self.seed,
            class_weight=None if weight is None or classes is None else class_weights(weight, train.y, list(classes)),
        )
        self.loss_curve_ = losses
        self.model_ = TrainedModel(model, theta, name=type(self).__name__)

    def _held_out(self, task: str, X: Array, y: NDArray[Any]) -> tuple[Any, Any]:
        """Return training and validation rows; the latter only where early stopping needs them."""
        rows = np.arange(len(y))
        if not self.early_stop and not any(stage.get("early_stop") for stage in self.stages or ()):
            return SimpleNamespace(X=X, y=y), None
        share = self.validation
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0.0 < share < 1.0:
            raise TrainError(
                f"validation {share!r} is no share of the rows",
                where="validation",
                cure="give a number between 0 and 1, such as 0.2",
                value=share,
            )
        rng = np.random.default_rng([self.seed, 6])
        groups = [rows[y == k] for k in np.unique(y)] if task == "classification" else [rows]
        held = np.sort(np.concatenate([rng.permutation(g)[: max(1, round(share * len(g)))] for g in groups]))
        kept = np.setdiff1d(rows, held)
        return SimpleNamespace(X=X[kept], y=y[kept]), SimpleNamespace(X=X[held], y=y[held])

    def _trained(self, what: str) -> TrainedModel:
        if not hasattr(self, "model_"):
            name = type(self).__name__
            raise NotTrainedError(f"this {name} is untrained", where=what, cure=f"call fit(X, y) before {what}")
        trained: TrainedModel = self.model_
        return trained

    def _ask(self, what: Callable[[TrainedModel, Array], Any], where: str, X: ArrayLike) -> Any:
        trained = self._trained(where)
        return what(trained, self._angles(self._rows(X)))
