"""A model with its weights: answers in the original labels. Must not train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError
from .losses import Array, softmax
from .model import LEAST, Model, forward


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """The answer of a run: weights, the model they belong to, and the features that encode new rows.

    Args:
        model: what the weights belong to.
        theta: (size,) weights, or None before the first step.
        features: encodes raw tables with the scaler fitted in training; None if only arrays are given.
        name: shown in errors.
    """

    model: Model
    theta: Array | None
    features: Any = None
    name: str = "model"

    def __repr__(self) -> str:
        weights = "untrained" if self.theta is None else f"{self.theta.size} weights"
        return f"<TrainedModel of {self.name}: {self.model.circuit!r}, head {self.model.head!r}, {weights}>"

    def scores(self, data: Any) -> Array:
        """Return scores (rows, n_outputs): log odds, logits or, in regression, values in units of the target.

        Args:
            data: encoded array (rows, n_features) such as ``fx.test.X``, a split, or a raw `qlab.Dataset`.

        Raises:
            TrainError: not trained yet, or the shape doesn't fit.
        """
        if self.theta is None:
            raise TrainError(
                f"{self.name} is untrained: no step has been made yet",
                where="predict",
                cure="wait for the first step, or call run.wait() before predict",
            )
        out = forward(self.model, self.theta, self._encode(data))
        return self.model.y_shift + self.model.y_scale * out if self.model.task == "regression" else out

    def predict(self, data: Any) -> NDArray[Any]:
        """Return one original label a row (float64 values in regression); for ``data`` see `scores`."""
        scores = self.scores(data)
        if self.model.task == "regression" or self.model.classes is None:
            return scores[:, 0]
        return np.asarray(self.model.classes)[class_index(scores)]

    def predict_proba(self, data: Any) -> Array:
        """Return probabilities (rows, classes) in the order of ``model.classes``; ``data`` as in `scores`."""
        if self.model.task == "regression":
            raise TrainError("a regression has no class probabilities", where="predict_proba", cure="use predict")
        scores = self.scores(data)
        if self.model.head != "identity":
            return softmax(scores)
        if scores.shape[1] == 1:  # an expectation in [−1, 1]
            p = np.clip(0.5 * (1.0 + scores), 0.0, 1.0)
            return np.concatenate([1.0 - p, p], axis=1)
        shares = np.maximum(scores, 0.0) + LEAST
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def score(self, data: Any, y: Any = None) -> float:
        """Return accuracy, or R² in regression.

        Args:
            data: as in `scores`.
            y: original labels; may be left out for a split of the features or a dataset that has the target.
        """
        if y is None:
            y = self._labels(data)
        predicted = self.predict(data)
        y = np.asarray(y)
        if y.shape != predicted.shape:
            raise TrainError(f"y has shape {y.shape} and there are {predicted.shape[0]} rows", where="score")
        if self.model.task == "regression":
            return r2(y.astype(np.float64), predicted)
        return float(np.mean(predicted == y))

    def _labels(self, data: Any) -> NDArray[Any]:
        if hasattr(data, "X") and hasattr(data, "y"):
            y = np.asarray(data.y)
            return y if self.model.classes is None else np.asarray(self.model.classes)[y]
        target = getattr(self.features, "target", None)
        if hasattr(data, "table") and target is not None and target in data.columns:
            return np.asarray(data.table.column(target).to_numpy(zero_copy_only=False))
        raise TrainError(
            "there are no labels to compare with",
            where="score",
            cure="pass them: score(X, y), or score(fx.test)",
        )

    def _encode(self, data: Any) -> Array:
        if hasattr(data, "X") and hasattr(data, "y"):
            data = data.X
        if not isinstance(data, (np.ndarray, list, tuple)):
            if self.features is None or not hasattr(self.features, "transform"):
                raise TrainError(
                    f"a {type(data).__name__} can't be encoded: this model has no features to encode it with",
                    where="predict",
                    cure="pass an encoded array such as fx.test.X",
                )
            data = self.features.transform(data)
        X = np.asarray(data, dtype=np.float64)
        need = self.model.n_inputs
        if X.ndim != 2 or X.shape[1] < need:
            raise TrainError(
                f"X has shape {X.shape}, and the model reads (rows, {need})",
                where="predict",
                cure=f"pass {need} encoded features a row, such as fx.test.X",
                value=X.shape,
            )
        return np.ascontiguousarray(X[:, :need])


def class_index(scores: Array) -> NDArray[np.int64]:
    """Return the class index a row, of log odds (rows, 1) or logits (rows, K)."""
    if scores.shape[1] == 1:
        return (scores[:, 0] > 0).astype(np.int64)
    return np.asarray(scores.argmax(axis=1), dtype=np.int64)


def r2(y: Array, predicted: Array) -> float:
    """Return the coefficient of determination: 1 is perfect, 0 as good as the mean; nan for constant y."""
    total = float(np.sum((y - y.mean()) ** 2))
    return float("nan") if total == 0 else 1.0 - float(np.sum((y - predicted) ** 2)) / total
