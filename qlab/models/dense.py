"""Classical layers around a circuit: tanh(W·h + b), forward and backward by hand. Must not know circuits or losses."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .losses import Array


@dataclass(frozen=True, slots=True)
class Dense:
    """One layer: where its weights lie in θ, and its widths. The weights are (wide_out, wide_in) by rows."""

    name: str
    w: slice
    b: slice
    wide_in: int
    wide_out: int


def stack(name: str, widths: tuple[int, ...], start: int) -> tuple[tuple[Dense, ...], int]:
    """Return the layers between consecutive widths, laid into θ from ``start``, and where they end."""
    layers = []
    for k, (a, b) in enumerate(pairwise(widths)):
        middle = start + a * b
        layers.append(Dense(f"{name}.{k}", slice(start, middle), slice(middle, middle + b), a, b))
        start = middle + b
    return tuple(layers), start


def init(layers: tuple[Dense, ...], theta: Array, rng: np.random.Generator) -> None:
    """Write starting weights into θ: Glorot's normal (AISTATS 2010), no offset."""
    for layer in layers:
        spread = np.sqrt(2.0 / (layer.wide_in + layer.wide_out))
        theta[layer.w] = rng.normal(0.0, spread, layer.wide_in * layer.wide_out)


def forward(layers: tuple[Dense, ...], theta: Array, h: Array) -> list[Array]:
    """Return the input (rows, wide_in) and the output of each layer, the last one last."""
    seen = [h]
    for layer in layers:
        seen.append(np.tanh(seen[-1] @ theta[layer.w].reshape(layer.wide_out, -1).T + theta[layer.b]))
    return seen


def backward(layers: tuple[Dense, ...], theta: Array, seen: list[Array], by_output: Array, grad: Array) -> Array:
    """Write the gradient of the layers into ``grad``; return the one by their input, (rows, wide_in).

    Args:
        layers, theta: as in `forward`.
        seen: what `forward` returned.
        by_output: (rows, wide_out) gradient by the output of the last layer.
        grad: (size,), written in the places of the layers.
    """
    for layer, before, after in zip(layers[::-1], seen[-2::-1], seen[:0:-1], strict=True):
        by_sum = by_output * (1.0 - after * after)
        grad[layer.w] = (by_sum.T @ before).ravel()
        grad[layer.b] = by_sum.sum(axis=0)
        by_output = by_sum @ theta[layer.w].reshape(layer.wide_out, -1)
    return by_output
