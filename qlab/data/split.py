"""Which rows train, which validate and which test. Pure: a function of the labels, the shares and the seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def split_rows(
    n: int, shares: tuple[float, float, float], seed: int, labels: NDArray[Any] | None = None
) -> tuple[Rows, Rows, Rows]:
    """Return the row numbers of the three parts, each shuffled.

    Args:
        n: number of rows.
        shares: of training, validation and test; they add up to 1.
        seed: of the shuffle.
        labels: (n,) class index; given, each class is divided within one row of its exact share in every part.
    """
    rng = np.random.default_rng(seed)
    groups = [np.arange(n)] if labels is None else [np.flatnonzero(labels == c) for c in np.unique(labels)]
    parts: tuple[list[Rows], list[Rows], list[Rows]] = ([], [], [])
    owed = np.zeros(3)  # how far the totals lag behind the exact shares
    for group in groups:
        rows = group[rng.permutation(len(group))]
        counts = _divide(len(rows), shares, owed)
        bounds = np.cumsum([0, *counts])
        for k in range(3):
            parts[k].append(rows[bounds[k] : bounds[k + 1]])
    shuffled = []
    for part in parts:
        rows = np.concatenate(part).astype(np.int64)
        shuffled.append(rows[rng.permutation(len(rows))])
    return shuffled[0], shuffled[1], shuffled[2]


def _divide(n: int, shares: tuple[float, float, float], owed: NDArray[np.float64]) -> NDArray[np.int64]:
    exact = np.array(shares) * n
    counts = np.floor(exact + 1e-9).astype(np.int64)
    owed += exact - counts
    left = n - int(counts.sum())
    # A part may get one more only if its share isn't whole; a class without training rows gets its first one there.
    open_ = exact - counts > 1e-9
    order = sorted((k for k in range(3) if open_[k]), key=lambda k: (k == 0 and counts[0] == 0, owed[k]), reverse=True)
    for k in order[:left]:
        counts[k] += 1
        owed[k] -= 1
    return counts
