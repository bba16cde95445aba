"""Where QAOA's angles begin: a linear ramp, interpolation from fewer layers, angles found once for all.

With phases exp(-iγC) and mixers exp(-iβΣX) from |+⟩, the state that the mixer keeps is its *highest* one, so the angles
that minimise C have γ > 0 and β < 0. Gammas scale with 1/cost: they are given in units of the cost's coupling.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from .circuits import spins
from .terms import FloatArray, Key

# Mean-optimal angles of unweighted MaxCut on random 3-regular graphs (12 graphs of 14 nodes), in units where
# the cut's cost is Σ zz/2; found by `python tests/bench/optimize_angles.py`.
FIXED: dict[int, tuple[tuple[float, ...], tuple[float, ...]]] = {
    1: ((0.5952,), (-0.3719,)),
    2: ((0.4824, 0.8919), (-0.5223, -0.2811)),
    3: ((0.4252, 0.83, 0.9942), (-0.5668, -0.4174, -0.2144)),
    4: ((0.3911, 0.764, 0.9831, 1.1192), (-0.573, -0.425, -0.2973, -0.1611)),
    5: ((0.3486, 0.7064, 0.8398, 1.0266, 1.1406), (-0.6098, -0.5047, -0.3755, -0.267, -0.1448)),
    6: ((0.3233, 0.6527, 0.7683, 0.869, 1.0513, 1.1481), (-0.608, -0.5127, -0.4428, -0.3362, -0.2371, -0.1266)),
    7: (
        (0.2992, 0.6227, 0.7219, 0.7966, 0.8923, 1.0813, 1.1625),
        (-0.6174, -0.5212, -0.457, -0.4128, -0.3074, -0.212, -0.1175),
    ),
    8: (
        (0.2836, 0.5947, 0.6964, 0.7559, 0.8215, 0.9106, 1.1041, 1.1611),
        (-0.6267, -0.5308, -0.4698, -0.4304, -0.3899, -0.2843, -0.1982, -0.1137),
    ),
}


def unit(terms: Mapping[Key, float]) -> float:
    """Return the size of a cost's couplings: over bits, the root mean square of the coefficients of spins each one
    feels.

    Divided by that of MaxCut on a 3-regular graph (three couplings of ½), for which it is 1.
    """
    poly = {k: v for k, v in spins(dict(terms)).items() if k}
    if not poly:
        return 1.0
    n = 1 + max(max(k) for k in poly)
    felt = np.zeros(n)
    for key, value in poly.items():
        for k in key:
            felt[k] += value * value
    felt = felt[felt > 0]
    return float(math.sqrt(felt.mean() / 0.75))


def ramp(depth: int, rise: float = 0.9, fall: float = 0.6, scale: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Return a linear ramp: gammas rise to ``rise``/scale, betas fall from ``fall`` to 0 (negative).

    Source: Sack and Serbyn, Quantum 5, 491 (2021), a discretised anneal.
    """
    s = (np.arange(depth) + 0.5) / depth
    return rise * s / scale, -fall * (1.0 - s)


def interp(angles: FloatArray) -> FloatArray:
    """Return p + 1 angles from p, linearly interpolated.

    Source: Zhou et al., Phys. Rev. X 10, 021067 (2020), appendix B.
    """
    p = len(angles)
    padded = np.concatenate([[0.0], angles, [0.0]])
    i = np.arange(1, p + 2)
    return np.asarray((i - 1) / p * padded[i - 1] + (p - i + 1) / p * padded[i])


def fixed(depth: int, scale: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Return angles that need no optimisation: the table's, interpolated to other depths."""
    known = min(FIXED, key=lambda d: abs(d - depth))
    g, b = (np.array(a) for a in FIXED[known])
    if known != depth:
        at, to = (np.arange(known) + 0.5) / known, (np.arange(depth) + 0.5) / depth
        g, b = np.interp(to, at, g), np.interp(to, at, b)
    return g / scale, b
