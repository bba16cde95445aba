"""Quantum natural gradient: steepest descent in the geometry of the states. Must not know how the metric is got."""

from __future__ import annotations

import numpy as np

from .base import Array, Move, Objective, Optimizer, State


def qng(damping: float = 1e-3) -> Optimizer:
    """θ ← θ − lr·(F + λ·I)⁻¹·g with F the block-diagonal Fubini–Study metric, averaged over the rows of the batch.

    Weights in no circuit, such as a head's, have no metric: they take the plain gradient.
    Source: Stokes, Izaac, Killoran, Carleo, Quantum 4 (2020) 269.

    Args:
        damping: λ, which keeps the equations solvable where F is singular, as it is for a weight without effect.
    """

    def search(objective: Objective, state: State, theta: Array, lr: float) -> Move:
        value, grad = objective.value_and_grad(theta)
        metric = objective.metric(theta)
        inside = np.flatnonzero(metric.any(axis=1))
        move = grad.copy()
        block = metric[np.ix_(inside, inside)]
        move[inside] = np.linalg.solve(block + damping * np.eye(inside.size), grad[inside])
        return Move(theta - lr * move, state, value, grad)

    return Optimizer(lambda theta: (), search=search)
