"""What is trained: encoders, models, losses, the classical baseline and scikit-learn estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .baseline import logistic
from .encoder import encoder
from .model import Model, build_model, forward, init, loss_and_grad
from .trained import TrainedModel

if TYPE_CHECKING:
    from .classifier import NotTrainedError, QuantumClassifier

__all__ = [
    "Model",
    "NotTrainedError",
    "QuantumClassifier",
    "TrainedModel",
    "build_model",
    "encoder",
    "forward",
    "init",
    "logistic",
    "loss_and_grad",
]


def __getattr__(name: str) -> Any:
    if name in ("QuantumClassifier", "NotTrainedError"):  # on demand: scikit-learn takes a second to import
        from . import classifier

        return getattr(classifier, name)
    raise AttributeError(f"module 'qlab.models' has no attribute {name!r}")
