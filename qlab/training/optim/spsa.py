"""SPSA: a gradient along one random direction, from two values. Must not ask for a gradient."""

from __future__ import annotations

import numpy as np

from .base import Array, Move, Objective, Optimizer, State


def spsa(
    c: float = 0.1,
    alpha: float = 0.602,
    gamma: float = 0.101,
    stability: float = 20.0,
    blocking: bool = False,
    tolerance: float = 0.0,
    seed: int = 0,
) -> Optimizer:
    """Simultaneous perturbation: g ≈ (f(θ+c_k·δ) − f(θ−c_k·δ)) / 2c_k · δ with δ = ±1 drawn anew at each step.

    Gains a_k = lr·((A+1)/(A+1+k))^α and c_k = c/(1+k)^γ with k from 0; the first step so has the learning rate itself.
    Source: Spall, IEEE Trans. Aerospace and Electronic Systems 34 (1998) 817, with its α, γ.
    A step costs two values of the loss; it is recorded with their mean, so that it costs no third one.

    Args:
        c: size of the first perturbation, radians; about the noise of the loss where shots are used.
        alpha, gamma: exponents of the gains.
        stability: A; Spall advises a tenth of the steps or less.
        blocking: keep θ where the move would raise the loss by more than ``tolerance``; two more values a step.
        tolerance: what a blocked move may raise the loss by.
        seed: of the perturbations: the k-th follows from the seed and k alone.
    """

    def search(objective: Objective, state: State, theta: Array, lr: float) -> Move:
        k = int(state[0][0])
        delta = np.random.default_rng([seed, 3, k]).integers(0, 2, theta.shape[0]) * 2.0 - 1.0
        c_k = c / (1.0 + k) ** gamma
        up, down = objective.value(theta + c_k * delta), objective.value(theta - c_k * delta)
        grad = (up - down) / (2.0 * c_k) * delta
        new = theta - lr * ((stability + 1.0) / (stability + 1.0 + k)) ** alpha * grad
        if blocking and not objective.value(new) <= objective.value(theta) + tolerance:
            new = theta
        return Move(new, (state[0] + 1,), 0.5 * (up + down), grad)

    return Optimizer(lambda theta: (np.zeros(1, dtype=np.int64),), search=search)
