"""L-BFGS with a line search of our own, one iteration a step, so that it can be paused. Must draw no random numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .base import Array, Move, Objective, Optimizer, State

Along = Callable[[float], tuple[float, float]]
C1, C2 = 1e-4, 0.9  # of the strong Wolfe conditions, as Nocedal and Wright advise for quasi-Newton methods
LOOKS = 25  # values a line search may ask for


def lbfgs(memory: int = 10, tolerance: float = 1e-8) -> Optimizer:
    """Limited-memory BFGS: two-loop recursion and a search for the strong Wolfe conditions.

    ``lr`` is the length of the very first trial move; later ones are tried at length 1, as the method wants.
    State: moves S and gradient differences Y (memory, size), how many there are, the loss and the gradient at θ.
    Source: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithms 7.4, 3.5 and 3.6.

    Args:
        memory: pairs kept.
        tolerance: it is done when no part of the gradient is larger, or when rounding hides what a move would gain.
    """

    def start(theta: Array) -> State:
        n = theta.shape[0]
        return (
            np.zeros((memory, n)),
            np.zeros((memory, n)),
            np.zeros(1, dtype=np.int64),
            np.full(1, np.nan),
            np.zeros(n),
        )

    def search(objective: Objective, state: State, theta: Array, lr: float) -> Move:
        S, Y, count, f, grad = state
        value = float(f[0])
        if math.isnan(value):
            value, grad = objective.value_and_grad(theta)
        if float(np.abs(grad).max(initial=0.0)) <= tolerance:
            return Move(theta, (S, Y, count, np.array([value]), grad), value, grad, "the gradient vanished")
        used = min(int(count[0]), memory)
        direction = -_two_loop(grad, S[memory - used :], Y[memory - used :])
        slope = float(direction @ grad)
        if slope >= 0.0:  # rounding has spoilt the pairs
            direction, slope, used = -grad, -float(grad @ grad), 0
        if -slope <= 4e-16 * abs(value):
            return Move(
                theta, (S, Y, count, np.array([value]), grad), value, grad, "no move can lower the loss any more"
            )
        first = min(1.0, lr / float(np.sqrt(direction @ direction))) if used == 0 else 1.0
        found: dict[float, tuple[float, Array]] = {}

        def along(a: float) -> tuple[float, float]:
            found[a] = objective.value_and_grad(theta + a * direction)
            return found[a][0], float(found[a][1] @ direction)

        a = _wolfe(along, value, slope, first)
        if a is None:
            fresh = start(theta)[:3]
            if used:  # the pairs may mislead: next time straight down
                return Move(theta, (*fresh, np.array([value]), grad), value, grad)
            return Move(theta, (*fresh, np.array([value]), grad), value, grad, "no move lowers the loss any more")
        after, new_grad = found[a]
        s, y = a * direction, new_grad - grad
        if float(s @ y) > 1e-10 * float(y @ y):
            S, Y = np.concatenate([S[1:], s[None]]), np.concatenate([Y[1:], y[None]])
            count = count + 1
        return Move(theta + s, (S, Y, count, np.array([after]), new_grad), value, grad)

    return Optimizer(start, search=search, whole=True)


def _two_loop(grad: Array, S: Array, Y: Array) -> Array:
    """Return H·grad of the pairs, newest last."""
    q = grad.copy()
    weights = []
    for s, y in zip(S[::-1], Y[::-1], strict=True):
        rho = 1.0 / float(y @ s)
        a = rho * float(s @ q)
        q -= a * y
        weights.append((rho, a))
    if len(S):
        q *= float(S[-1] @ Y[-1]) / float(Y[-1] @ Y[-1])
    for (rho, a), s, y in zip(weights[::-1], S, Y, strict=True):
        q += (a - rho * float(y @ q)) * s
    return q


def _wolfe(along: Along, f0: float, slope0: float, first: float) -> float | None:
    """Return a length that satisfies the strong Wolfe conditions, the best found that lowers the loss, or None."""
    a_old, f_old, d_old, a = 0.0, f0, slope0, first
    best: tuple[float, float] | None = None
    left = LOOKS
    while left > 0:
        left -= 1
        f, d = along(a)
        if math.isfinite(f) and f < f0 and (best is None or f < best[1]):
            best = a, f
        if not math.isfinite(f) or f > f0 + C1 * a * slope0 or (a_old > 0.0 and f >= f_old):
            break
        if abs(d) <= -C2 * slope0:
            return a
        if d >= 0.0:
            break
        a_old, f_old, d_old, a = a, f, d, 2.0 * a
    else:
        return None if best is None else best[0]
    low, f_low, d_low, high, f_high = a_old, f_old, d_old, a, f
    if math.isfinite(f) and f < f_old and d >= 0.0:  # passed the valley: the far end is the lower one
        low, f_low, d_low, high, f_high = a, f, d, a_old, f_old
    while left > 0:
        left -= 1
        a = _between(low, f_low, d_low, high, f_high)
        f, d = along(a)
        if math.isfinite(f) and f < f0 and (best is None or f < best[1]):
            best = a, f
        if not math.isfinite(f) or f > f0 + C1 * a * slope0 or f >= f_low:
            high, f_high = a, f
        else:
            if abs(d) <= -C2 * slope0:
                return a
            if d * (high - low) >= 0.0:
                high, f_high = low, f_low
            low, f_low, d_low = a, f, d
        if abs(high - low) <= 1e-14 * max(1.0, abs(low)):
            break
    return None if best is None else best[0]


def _between(low: float, f_low: float, d_low: float, high: float, f_high: float) -> float:
    """Return the minimum of the parabola through both ends, kept away from them."""
    width = high - low
    curve = (f_high - f_low - d_low * width) / (width * width) if math.isfinite(f_high) else 0.0
    a = low - d_low / (2.0 * curve) if curve > 0.0 else low + 0.5 * width
    near, far = sorted((low + 0.1 * width, high - 0.1 * width))
    return min(max(a, near), far)
