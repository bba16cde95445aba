"""A scikit-learn classifier over the training loop, without threads. Must not know widgets or runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin

from ..circuit import Circuit
from .estimator import InputError, NotTrainedError, QuantumEstimator
from .losses import Array
from .trained import TrainedModel

__all__ = ["InputError", "NotTrainedError", "QuantumClassifier"]


class QuantumClassifier(ClassifierMixin, QuantumEstimator):  # type: ignore[misc]
    """A hybrid classifier: features as angles, a circuit, a head, trained by exact gradients.

    Args:
        circuit: reads features as x[i]; without x[i] an encoder is put in front; default data re-uploading with two
            layers on one wire a feature (four for a single feature), and from nine features on eight wires behind one
            trained layer.
        encode: encoder for a circuit that reads no x: ``"angle"`` or ``"iqp"``.
        scale: ``"minmax"`` maps each feature to [−π/2, π/2] on the training rows, so that no
            angle wraps; None takes X as angles.
        validation: share of the rows held out for ``early_stop``; none is held out without it.
        head, observables, before, after, input_scaling, loss, class_weight, terms, optimizer, optimizer_options, lr,
            schedule, clip, early_stop, stages, shots, epochs, batch, seed: as in `qlab.train`.

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
        before: Sequence[int] | None = None,
        after: Sequence[int] = (),
        input_scaling: bool = False,
        loss: str | None = None,
        class_weight: str | Mapping[Any, float] | None = None,
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
        self.class_weight = class_weight
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

    def fit(self, X: ArrayLike, y: ArrayLike) -> QuantumClassifier:
        """Train on X (rows, features) and labels y (rows,); return the estimator.

        Raises:
            InputError: X or y can't be used.
            TrainError: the circuit doesn't fit X, or training failed.
        """
        rows, _, index = self._labelled(X, y, "QuantumRegressor")
        self._train("classification", rows, index, self.classes_)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return one label a row of X (rows, features)."""
        found: NDArray[Any] = self._ask(TrainedModel.predict, "predict", X)
        return found

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return probabilities (rows, classes) in the order of ``classes_``."""
        found: Array = self._ask(TrainedModel.predict_proba, "predict_proba", X)
        return found

    def decision_function(self, X: ArrayLike) -> Array:
        """Return log odds (rows,) for two classes, else logits (rows, classes)."""
        scores: Array = self._ask(TrainedModel.scores, "decision_function", X)
        if scores.shape[1] == 1:
            return scores[:, 0]
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores
