"""The last step of a pipeline where features become amplitudes or bits. Imported only when such a pipeline is built."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

Floats = NDArray[np.float64]


class Amplitudes(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Pads rows with zeros to 2**qubits numbers and scales each to the norm 1; a row of zeros becomes |0…0⟩.

    Args:
        qubits: on which the amplitudes stand; None for as few as hold the features.
    """

    def __init__(self, qubits: int | None = None) -> None:
        self.qubits = qubits

    def fit(self, X: Floats, y: Any = None) -> Amplitudes:
        """Remember how many features come in; nothing else is learnt."""
        self.n_features_in_ = int(np.shape(X)[1])
        self.qubits_ = max(1, (self.n_features_in_ - 1).bit_length()) if self.qubits is None else self.qubits
        return self

    def transform(self, X: Floats) -> Floats:
        """Return (rows, 2**qubits) amplitudes."""
        out = np.zeros((len(X), 1 << self.qubits_))
        out[:, : self.n_features_in_] = X
        largest = np.abs(out).max(axis=1, keepdims=True)  # first, so that squares neither overflow nor vanish
        empty = largest[:, 0] == 0
        out[empty, 0], largest[empty] = 1.0, 1.0
        out /= largest
        unit: Floats = out / np.linalg.norm(out, axis=1, keepdims=True)
        return unit


class Bits(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Turns each feature into 0 or 1: above the training rows' median, or above their mid-range where half the rows
    share the lowest value, as in a column of one category.
    """

    def fit(self, X: Floats, y: Any = None) -> Bits:
        """Learn the thresholds."""
        low, middle, high = np.min(X, axis=0), np.median(X, axis=0), np.max(X, axis=0)
        self.thresholds_ = np.where(middle > low, middle, low + 0.5 * (high - low))
        full = middle >= high  # more than half of the rows hold the highest value
        self.thresholds_ = np.where(full, low + 0.5 * (high - low), self.thresholds_)
        return self

    def transform(self, X: Floats) -> Floats:
        """Return (rows, features) of 0.0 and 1.0."""
        return (np.asarray(X) > self.thresholds_).astype(np.float64)
