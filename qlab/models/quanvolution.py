"""Quanvolution: each patch of an image through one small circuit, its expectations as channels. Must not train."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .. import engine
from ..circuit import Circuit
from ..errors import TrainError
from .estimator import InputError
from .losses import Array
from .model import Observable

ROWS = 1 << 14  # patches evaluated at once


class Quanvolution(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turns images into channels of expectation values, to be read by any classifier.

    A patch of p·p pixels goes into RY(π·pixel/top) on a wire each, through a fixed random circuit, and out as one
    channel an observable. Nothing is trained; the same seed gives the same features bit for bit. Patches that are equal
    are evaluated once: blank corners cost nothing.
    Source: Henderson et al., Quantum Machine Intelligence 2 (2020) 2.

    Args:
        shape: (height, width) of the images; None for square ones.
        patch: pixels along an edge of a patch.
        stride: pixels between patches; None for ``patch``, side by side.
        circuit: reads the patch row by row as x[0] … x[p·p−1]; None for the random one.
        layers: of the random circuit: RY and RZ with random angles on each wire, and a ring of CX.
        observables: None for Z on every wire.
        top: the pixel value that stands for π; None for the largest one seen in fit.
        seed: of the random angles.

    Example:
        >>> from sklearn.datasets import load_digits
        >>> Quanvolution().fit_transform(load_digits().data[:5]).shape  # 8×8 pixels, 16 patches, 4 channels
        (5, 64)
    """

    def __init__(
        self,
        *,
        shape: tuple[int, int] | None = None,
        patch: int = 2,
        stride: int | None = None,
        circuit: Circuit | None = None,
        layers: int = 1,
        observables: Sequence[Observable] | None = None,
        top: float | None = None,
        seed: int = 0,
    ) -> None:
        self.shape = shape
        self.patch = patch
        self.stride = stride
        self.circuit = circuit
        self.layers = layers
        self.observables = observables
        self.top = top
        self.seed = seed

    def fit(self, X: ArrayLike, y: Any = None) -> Quanvolution:
        """Learn the images' shape and largest value; return the transformer.

        Args:
            X: (rows, height·width) pixels.
            y: passed over.

        Raises:
            InputError: X can't be used, or isn't of that shape.
            TrainError: a patch larger than the image, or a circuit that doesn't read a patch.
        """
        pixels = self._pixels(X, reset=True)
        side = round(pixels.shape[1] ** 0.5)
        height, width = (side, side) if self.shape is None else self.shape
        if height * width != pixels.shape[1]:
            raise InputError(
                f"a row of {pixels.shape[1]} pixels is no image of {height} × {width}",
                where="Quanvolution",
                cure="give shape=(height, width)",
                value=pixels.shape,
            )
        step = self.patch if self.stride is None else self.stride
        if not 1 <= self.patch <= min(height, width) or step < 1:
            raise InputError(
                f"patches of {self.patch} × {self.patch}, {step} apart, don't fit on {height} × {width} pixels",
                where="Quanvolution",
                cure="use a smaller patch, and a stride of at least 1",
                value=self.patch,
            )
        wires = self.patch * self.patch
        self.circuit_ = self._random(wires) if self.circuit is None else self.circuit
        if self.circuit_.n_inputs != wires or self.circuit_.n_weights:
            raise TrainError(
                f"the circuit reads {self.circuit_.n_inputs} inputs and {self.circuit_.n_weights} weights",
                where=f"circuit {self.circuit_.name!r}",
                cure=f"read x[0] to x[{wires - 1}], one a pixel, and bind the weights",
            )
        self.shape_, self.stride_ = (height, width), step
        self.top_ = float(pixels.max(initial=0.0)) or 1.0 if self.top is None else float(self.top)
        chosen = [f"Z{q}" for q in range(self.circuit_.n_qubits)] if self.observables is None else self.observables
        self.observables_ = list(chosen)
        self.grid_ = ((height - self.patch) // step + 1, (width - self.patch) // step + 1)
        self._n_features_out = self.grid_[0] * self.grid_[1] * len(self.observables_)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return the channels of each patch, (rows, patches · channels), patches row by row.

        Args:
            X: (rows, height·width) pixels.
        """
        check_is_fitted(self)
        pixels = self._pixels(X, reset=False)
        images = pixels.reshape(-1, *self.shape_)
        p, step = self.patch, self.stride_
        windows = np.lib.stride_tricks.sliding_window_view(images, (p, p), axis=(1, 2))[:, ::step, ::step]
        patches = windows.reshape(-1, p * p) * (np.pi / self.top_)
        distinct, back = np.unique(patches, axis=0, return_inverse=True)
        plan = engine.compile(self.circuit_, self.observables_)
        parts = [
            plan.expectations(np.ascontiguousarray(distinct[i : i + ROWS]), np.zeros(0))
            for i in range(0, len(distinct), ROWS)
        ]
        values = np.concatenate(parts) if parts else np.zeros((0, len(self.observables_)))
        return np.asarray(values[back.ravel()].reshape(len(pixels), -1))

    def _pixels(self, X: ArrayLike, *, reset: bool) -> Array:
        try:
            return np.asarray(validate_data(self, X, dtype=np.float64, reset=reset))
        except ValueError as error:
            cure = "pass images as rows of finite pixels, as many as in fit"
            raise InputError(str(error).rstrip("."), where="Quanvolution", cure=cure) from error

    def _random(self, wires: int) -> Circuit:
        rng = np.random.default_rng([self.seed, 7])
        circuit = Circuit(wires, name="quanvolution")
        for q in range(wires):
            circuit = circuit.append("ry", q, f"x[{q}]")
        for _ in range(self.layers):
            for q in range(wires):
                a, b = rng.uniform(-np.pi, np.pi, 2)
                circuit = circuit.append("ry", q, float(a)).append("rz", q, float(b))
            for q in range(wires if wires > 2 else wires - 1):
                circuit = circuit.append("cx", [q, (q + 1) % wires])
        return circuit
