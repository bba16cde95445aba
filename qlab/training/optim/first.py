"""Optimizers that turn one gradient into one move. Pure functions; must not know where it is from."""

from __future__ import annotations

import math

import numpy as np

from .base import Array, Optimizer, State


def sgd(momentum: float = 0.0, nesterov: bool = False) -> Optimizer:
    """Gradient descent: v ← momentum·v + g, θ ← θ − lr·v (v is left out at momentum 0).

    With ``nesterov`` the move is lr·(g + momentum·v), after Sutskever et al., ICML 2013, as PyTorch writes it.
    """
    if momentum == 0.0:
        return Optimizer(lambda theta: (), lambda g, state, theta, lr: (theta - lr * g, state))

    def update(g: Array, state: State, theta: Array, lr: float) -> tuple[Array, State]:
        v = momentum * state[0] + g
        return theta - lr * (g + momentum * v if nesterov else v), (v,)

    return Optimizer(lambda theta: (np.zeros_like(theta),), update)


def adam(b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8, decay: float = 0.0) -> Optimizer:
    """Adam (Kingma & Ba, arXiv:1412.6980); ``decay`` > 0 is AdamW (Loshchilov & Hutter, arXiv:1711.05101)."""

    def start(theta: Array) -> State:
        return np.zeros_like(theta), np.zeros_like(theta), np.zeros(1)

    def update(g: Array, state: State, theta: Array, lr: float) -> tuple[Array, State]:
        old_m, old_v, t = state
        t = t + 1.0
        step = t.item()
        # each line below makes one array and then works in it: a step of a small circuit is a few microseconds
        m = old_m * b1
        move = g * (1.0 - b1)
        m += move
        v = old_v * b2
        np.multiply(g, g, out=move)
        move *= 1.0 - b2
        v += move
        np.sqrt(v, out=move)
        move *= 1.0 / math.sqrt(1.0 - b2**step)
        move += eps
        np.divide(m, move, out=move)
        move *= lr / (1.0 - b1**step)
        new = theta - move if decay == 0.0 else theta * (1.0 - lr * decay) - move
        return new, (m, v, t)

    return Optimizer(start, update)


def rmsprop(rho: float = 0.9, eps: float = 1e-8, momentum: float = 0.0) -> Optimizer:
    """RMSprop: s ← ρ·s + (1−ρ)·g², θ ← θ − lr·g/(√s + eps); ``momentum`` is put on that move.

    Source: Tieleman and Hinton, Coursera lecture 6.5 (2012).
    """

    def start(theta: Array) -> State:
        return (np.zeros_like(theta),) if momentum == 0.0 else (np.zeros_like(theta), np.zeros_like(theta))

    def update(g: Array, state: State, theta: Array, lr: float) -> tuple[Array, State]:
        s = rho * state[0] + (1.0 - rho) * (g * g)
        move = g / (np.sqrt(s) + eps)
        if momentum == 0.0:
            return theta - lr * move, (s,)
        v = momentum * state[1] + move
        return theta - lr * v, (s, v)

    return Optimizer(start, update)
