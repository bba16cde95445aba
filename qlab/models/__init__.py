"""What is trained: encoders, models, losses, the classical baseline and scikit-learn estimators."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .baseline import logistic
from .build import build_model
from .encoder import encoder
from .groups import bitstring_groups
from .model import Model, forward, init, loss_and_grad
from .qcnn import qcnn, qcnn_wires
from .trained import TrainedModel

if TYPE_CHECKING:
    from .classifier import InputError, NotTrainedError, QuantumClassifier
    from .kernel import QuantumKernelClassifier, QuantumKernelRegressor, kernel_matrix
    from .quanvolution import Quanvolution
    from .regressor import QuantumRegressor

__all__ = [
    "InputError",
    "Model",
    "NotTrainedError",
    "QuantumClassifier",
    "QuantumKernelClassifier",
    "QuantumKernelRegressor",
    "QuantumRegressor",
    "Quanvolution",
    "TrainedModel",
    "bitstring_groups",
    "build_model",
    "encoder",
    "forward",
    "init",
    "kernel_matrix",
    "logistic",
    "loss_and_grad",
    "qcnn",
    "qcnn_wires",
]
_LATER = {  # on demand: scikit-learn takes a second to import
    "InputError": "classifier",
    "NotTrainedError": "classifier",
    "QuantumClassifier": "classifier",
    "QuantumKernelClassifier": "kernel",
    "QuantumKernelRegressor": "kernel",
    "QuantumRegressor": "regressor",
    "Quanvolution": "quanvolution",
    "kernel_matrix": "kernel",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"module 'qlab.models' has no attribute {name!r}")
