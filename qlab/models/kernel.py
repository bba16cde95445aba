"""Scikit-learn estimators on a quantum kernel k(x, y) = |⟨φ(x)|φ(y)⟩|². Must not train a circuit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.svm import SVC, SVR

from ..circuit import Circuit
from ..engine import kernel_matrix
from ..errors import TrainError
from .encoder import encoder
from .estimator import WIRES, NotTrainedError, QuantumEstimator
from .losses import Array

__all__ = ["QuantumKernelClassifier", "QuantumKernelRegressor", "feature_map", "kernel_matrix"]


def feature_map(n: int, encode: str = "iqp") -> Circuit:
    """Return the default φ of n features: the iqp encoder twice, or the angle encoder once.

    The kernel of the latter is Π cos²(Δ/2), which needs no quantum computer. From nine features on eight wires take
    them in turns, RY(x[i]) in layers with a ring of CX between.
    """
    if n <= WIRES:
        return encoder(encode, n).repeat(2 if encode == "iqp" else 1)
    circuit = Circuit(WIRES, name="layered")
    for start in range(0, n, WIRES):
        for q in range(WIRES):
            circuit = circuit.append("ry", q, f"x[{start + q}]") if start + q < n else circuit
        for q in range(WIRES):
            circuit = circuit.append("cx", [q, (q + 1) % WIRES])
    return circuit


class _KernelEstimator(QuantumEstimator):
    def _fit_kernel(self, machine: Any, X: Array, y: NDArray[Any]) -> None:
        self._scaled(X)
        n = X.shape[1]
        self.circuit_ = feature_map(n, self.encode) if self.circuit is None else self.circuit
        inputs = self.circuit_.n_inputs
        if not 0 < inputs <= n:
            raise TrainError(
                f"the circuit reads {inputs} inputs and X has {n} features",
                where=f"circuit {self.circuit_.name!r}",
                cure="read x[0] to x[n−1] in the circuit, and give at least as many features",
                value=inputs,
            )
        need = self.circuit_.n_weights
        given = np.zeros(0) if self.weights is None else np.asarray(self.weights, dtype=np.float64)
        if given.shape != (need,):
            raise TrainError(
                f"the circuit has {need} weights and {given.shape} were given",
                where="weights",
                cure="bind them, or pass weights=… of a trained run",
                value=given.shape,
            )
        self.weights_ = given
        self.X_fit_ = np.ascontiguousarray(self._angles(X)[:, :inputs])
        self.machine_ = machine.fit(kernel_matrix(self.circuit_, self.X_fit_, None, given), y)

    def _kernel(self, X: ArrayLike, where: str) -> Array:
        if not hasattr(self, "machine_"):
            name = type(self).__name__
            raise NotTrainedError(f"this {name} is untrained", where=where, cure=f"call fit(X, y) before {where}")
        rows = np.ascontiguousarray(self._angles(self._rows(X))[:, : self.circuit_.n_inputs])
        return kernel_matrix(self.circuit_, rows, self.X_fit_, self.weights_)


class QuantumKernelClassifier(ClassifierMixin, _KernelEstimator):  # type: ignore[misc]
    """A support vector machine on a quantum kernel.

    Args:
        circuit: the feature map, reads x[i]; default `feature_map`.
        encode: of the default map: ``"iqp"`` or ``"angle"``.
        scale: ``"minmax"`` maps each feature to [−π/2, π/2] on the training rows; None takes X as angles.
        C: price of a row on the wrong side.
        class_weight: as in scikit-learn's SVC.
        weights: of a circuit that has some, such as ``run.model.theta`` of its circuit part.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True)
        >>> QuantumKernelClassifier(encode="angle").fit(X[::2], y[::2]).score(X[1::2], y[1::2]) > 0.9
        True
    """

    def __init__(
        self,
        circuit: Circuit | None = None,
        *,
        encode: str = "iqp",
        scale: str | None = "minmax",
        C: float = 1.0,
        class_weight: str | Mapping[Any, float] | None = None,
        weights: Any = None,
    ) -> None:
        self.circuit = circuit
        self.encode = encode
        self.scale = scale
        self.C = C
        self.class_weight = class_weight
        self.weights = weights

    def fit(self, X: ArrayLike, y: ArrayLike) -> QuantumKernelClassifier:
        """Fit on X (rows, features) and labels y (rows,); return the estimator."""
        rows, labels, _ = self._labelled(X, y, "QuantumKernelRegressor")
        self._fit_kernel(SVC(kernel="precomputed", C=self.C, class_weight=self.class_weight), rows, labels)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return one label a row of X (rows, features)."""
        k = self._kernel(X, "predict")
        return np.asarray(self.machine_.predict(k))

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the signed distance (rows,) for two classes, else one score a class."""
        k = self._kernel(X, "decision_function")
        return np.asarray(self.machine_.decision_function(k))


class QuantumKernelRegressor(RegressorMixin, _KernelEstimator):  # type: ignore[misc]
    """A support vector regression on a quantum kernel; arguments as in `QuantumKernelClassifier`.

    The target is standardised for the fit, so that ``epsilon`` is in standard deviations.
    """

    def __init__(
        self,
        circuit: Circuit | None = None,
        *,
        encode: str = "iqp",
        scale: str | None = "minmax",
        C: float = 1.0,
        epsilon: float = 0.1,
        weights: Any = None,
    ) -> None:
        self.circuit = circuit
        self.encode = encode
        self.scale = scale
        self.C = C
        self.epsilon = epsilon
        self.weights = weights

    def fit(self, X: ArrayLike, y: ArrayLike) -> QuantumKernelRegressor:
        """Fit on X (rows, features) and numbers y (rows,); return the estimator."""
        rows, target = self._rows(X, y, numeric=True)
        target = np.asarray(target, dtype=np.float64)
        self.shift_, self.spread_ = float(target.mean()), float(target.std()) or 1.0
        machine = SVR(kernel="precomputed", C=self.C, epsilon=self.epsilon)
        self._fit_kernel(machine, rows, (target - self.shift_) / self.spread_)
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return one number a row of X (rows, features)."""
        k = self._kernel(X, "predict")
        return np.asarray(self.shift_ + self.spread_ * self.machine_.predict(k))
