"""Optimizers as pairs of pure functions: init(θ) -> state, update(gradient, state, θ, lr) -> (θ, state)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError, not_one_of

Array = NDArray[np.float64]
State = tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """A pair of pure functions; neither changes its arguments, so that any state can be kept."""

    init: Callable[[Array], State]
    update: Callable[[Array, State, Array, float], tuple[Array, State]]


def sgd(momentum: float = 0.0) -> Optimizer:
    """Gradient descent: v ← momentum·v + g, θ ← θ − lr·v (v is left out at momentum 0)."""
    if momentum == 0.0:
        return Optimizer(lambda theta: (), lambda g, state, theta, lr: (theta - lr * g, state))

    def update(g: Array, state: State, theta: Array, lr: float) -> tuple[Array, State]:
        v = momentum * state[0] + g
        return theta - lr * v, (v,)

    return Optimizer(lambda theta: (np.zeros_like(theta),), update)


def adam(b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8, decay: float = 0.0) -> Optimizer:
    """Adam (Kingma & Ba, arXiv:1412.6980); ``decay`` > 0 is AdamW (Loshchilov & Hutter, arXiv:1711.05101)."""

    def start(theta: Array) -> State:
        return np.zeros_like(theta), np.zeros_like(theta), np.zeros(1)

    def update(g: Array, state: State, theta: Array, lr: float) -> tuple[Array, State]:
        m = b1 * state[0] + (1.0 - b1) * g
        v = b2 * state[1] + (1.0 - b2) * g * g
        t = state[2] + 1.0
        step = float(t[0])
        scaled = lr / (1.0 - b1**step) * m / (np.sqrt(v / (1.0 - b2**step)) + eps)
        new = theta - scaled if decay == 0.0 else theta * (1.0 - lr * decay) - scaled
        return new, (m, v, t)

    return Optimizer(start, update)


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "adam": adam,
    "adamw": partial(adam, decay=0.01),
    "sgd": sgd,
    "momentum": partial(sgd, momentum=0.9),
}


def optimizer(name: str) -> Optimizer:
    """Return the optimizer of that name.

    Raises:
        TrainError: there is none.
    """
    if name not in OPTIMIZERS:
        raise not_one_of(TrainError, "optimizer", name, OPTIMIZERS, where="optimizer")
    return OPTIMIZERS[name]()
