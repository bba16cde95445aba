"""Nelder and Mead's simplex, one iteration a step, so that it can be paused. Must not ask for a gradient."""

from __future__ import annotations

import numpy as np

from .base import Array, Move, Objective, Optimizer, State


def nelder_mead(tolerance: float = 1e-8, adaptive: bool = False) -> Optimizer:
    """Reflect, expand, contract or shrink the worst corner of a simplex of size + 1 points.

    The iterates are those of ``scipy.optimize.minimize(method="Nelder-Mead")`` from the same simplex (tested), but
    SciPy's can't be held between two iterations. ``lr`` is the edge of the first simplex, θ + lr·e_i; it is read once.
    State: corners (size + 1, size), best first, and their losses. The first step costs size + 1 values, later ones one
    or two, a shrink size.
    Source: Nelder and Mead, doi:10.1093/comjnl/7.4.308; adaptive: Gao and Han, doi:10.1007/s10589-010-9329-3.

    Args:
        tolerance: it is done when both corners and losses lie that close together.
        adaptive: coefficients that depend on the number of weights; better from about ten on.
    """

    def start(theta: Array) -> State:
        return np.zeros((0, theta.shape[0])), np.zeros(0)

    def search(objective: Objective, state: State, theta: Array, lr: float) -> Move:
        corners, values = state
        n = theta.shape[0]
        if not len(corners):
            corners = np.concatenate([theta[None], theta[None] + lr * np.eye(n)])
            values = np.array([objective.value(corner) for corner in corners])
            corners, values = _sorted(corners, values)
        best = float(values[0])
        if np.abs(corners[1:] - corners[0]).max() <= tolerance and np.abs(values[1:] - best).max() <= tolerance:
            return Move(corners[0], (corners, values), best, None, "the simplex is as small as the tolerance")
        expand, contract, shrink = (1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n) if adaptive else (2.0, 0.5, 0.5)
        corners, values = corners.copy(), values.copy()
        middle = corners[:-1].sum(axis=0) / n
        worst = corners[-1]
        trial = 2.0 * middle - worst
        f = objective.value(trial)
        taken: tuple[Array, float] | None = None
        if f < values[0]:
            further = (1.0 + expand) * middle - expand * worst
            f2 = objective.value(further)
            taken = (further, f2) if f2 < f else (trial, f)
        elif f < values[-2]:
            taken = trial, f
        elif f < values[-1]:
            outside = (1.0 + contract) * middle - contract * worst
            f2 = objective.value(outside)
            taken = (outside, f2) if f2 <= f else None
        else:
            inside = (1.0 - contract) * middle + contract * worst
            f2 = objective.value(inside)
            taken = (inside, f2) if f2 < values[-1] else None
        if taken is not None:
            corners[-1], values[-1] = taken
        else:
            for j in range(1, n + 1):
                corners[j] = corners[0] + shrink * (corners[j] - corners[0])
                values[j] = objective.value(corners[j])
        corners, values = _sorted(corners, values)
        return Move(corners[0], (corners, values), best)

    return Optimizer(start, search=search, whole=True)


def _sorted(corners: Array, values: Array) -> tuple[Array, Array]:
    order = np.argsort(values, kind="stable")
    return corners[order], values[order]
