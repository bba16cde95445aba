"""Small random problems of every kind, and enumeration as the reference that everything else is held against."""

from __future__ import annotations

from itertools import product

import numpy as np

from qlab import optimize as o


def brute(p: o.Problem) -> tuple[float | None, list[tuple[int, ...]]]:
    """The optimal value and points by looking at every point."""
    best, at = None, []
    for x in product(*[range(v.low, int(v.high) + 1) for v in p.variables]):
        if p.feasible(x):
            value = p.value(x)
            if best is None or p.sign * value < p.sign * best - 1e-9:
                best, at = value, [x]
            elif abs(value - best) < 1e-9:
                at.append(x)
    return best, at


def random_binary(seed: int, n: int = 6, rows: int = 2, degree: int = 2, whole: bool = True) -> o.Problem:
    """Random terms and rows over bits; point 0 always keeps the rows."""
    rng = np.random.default_rng(seed)
    terms = {}
    for _ in range(3 * n):
        k = tuple(sorted(rng.choice(n, rng.integers(1, min(degree, n) + 1), replace=False).tolist()))
        terms[k] = float(rng.integers(-9, 10)) if whole else float(rng.normal())
    cons = []
    for r in range(rows):
        a = {int(i): float(rng.integers(-4, 5)) for i in range(n)}
        cons.append((f"row {r}", a, "<=", float(rng.integers(0, 4))))
    return o.Problem([f"x{k}" for k in range(n)], terms, cons, sense=("min", "max")[seed % 2], name=f"random {seed}")


def random_groups(seed: int, sizes: tuple[int, ...] = (3, 2), free: int = 1) -> o.Problem:
    """One-hot groups, free bits and random couplings."""
    rng = np.random.default_rng(seed)
    variables = [o.OneHot(f"g{k}", s) for k, s in enumerate(sizes)] + [f"f{k}" for k in range(free)]
    n = sum(sizes) + free
    terms = {(i, j): float(rng.integers(-5, 6)) for i in range(n) for j in range(i)}
    terms |= {(i,): float(rng.integers(-5, 6)) for i in range(n)}
    return o.Problem(variables, terms, name=f"groups {seed}")


FT06 = [
    [(2, 1), (0, 3), (1, 6), (3, 7), (5, 3), (4, 6)], [(1, 8), (2, 5), (4, 10), (5, 10), (0, 10), (3, 4)],
    [(2, 5), (3, 4), (5, 8), (0, 9), (1, 1), (4, 7)], [(1, 5), (0, 5), (2, 5), (3, 3), (4, 8), (5, 9)],
    [(2, 9), (1, 3), (4, 5), (5, 4), (0, 3), (3, 1)], [(1, 3), (3, 3), (5, 9), (0, 10), (4, 4), (2, 1)],
]  # fmt: skip
PROJECT = ([0, 3, 4, 2, 5, 0], [[1, 2], [3], [4], [5], [5], []], [[0], [2], [3], [2], [2], [0]], [4])
