"""What QAOA minimises besides the mean: the conditional value at risk of the sampled cost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..errors import OptimizeError
from .terms import FloatArray


def cvar(costs: FloatArray, probabilities: FloatArray, alpha: float) -> tuple[float, FloatArray]:
    """Return the mean of the lowest ``alpha`` of the distribution, and its derivative by each probability.

    Source: Barkoutsos et al., Quantum 4, 256 (2020); CVaR = max_t t - E[(t - cost)₊]/α, whose derivative by a
    probability at the best t is -(t - cost)₊/α.
    """
    order = np.argsort(costs, kind="stable")
    reached = np.cumsum(probabilities[order])
    k = min(int(np.searchsorted(reached, alpha * reached[-1])), len(costs) - 1)
    t = float(costs[order[k]])
    slope = -np.maximum(t - costs, 0.0) / alpha
    return t + float(slope @ probabilities), slope


def weigher(objective: str, alpha: float, costs: FloatArray) -> Callable[[FloatArray], tuple[float, FloatArray]] | None:
    """Return the function from probabilities to (value, derivative), or None for the plain mean.

    Raises:
        OptimizeError: for another objective, or an alpha outside (0, 1].
    """
    if objective not in ("mean", "cvar"):
        raise OptimizeError(f"objective={objective!r} is unknown", where="qaoa", cure="use 'mean' or 'cvar'")
    if not 0.0 < alpha <= 1.0:
        raise OptimizeError(f"alpha={alpha!r} is out of range", where="qaoa", cure="use more than 0 and at most 1")
    if objective == "mean" or alpha == 1.0:
        return None
    order = np.argsort(costs, kind="stable")
    sorted_costs = costs[order]

    def weigh(p: FloatArray) -> tuple[float, FloatArray]:
        reached = np.cumsum(p[order])
        k = min(int(np.searchsorted(reached, alpha * reached[-1])), len(costs) - 1)
        t = float(sorted_costs[k])
        slope = -np.maximum(t - costs, 0.0) / alpha
        return t + float(slope @ p), slope

    return weigh
