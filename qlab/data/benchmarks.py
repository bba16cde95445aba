"""Three families of datasets on which quantum models are compared with classical ones. Pure.

Source of all three: Bowles, Ahmed, Schuld, "Better than classical? The subtle art of benchmarking quantum machine
learning models", arXiv:2403.07059, section 5. Written from its text; the seeds, and so the rows, are qlab's own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def bars_and_stripes(
    rng: np.random.Generator, n: int, *, height: int = 4, width: int = 4, noise: float = 0.5
) -> tuple[Floats, Labels]:
    """Return images of bars (whole columns, class 0) or stripes (whole rows, class 1) with Gaussian noise.

    Args:
        rng: where the randomness comes from.
        n: number of images; both classes get half of them.
        height, width: of an image in pixels; each is -1 or +1 before the noise.
        noise: standard deviation of the noise.

    Returns:
        X (n, height * width), row by row; y (n,).
    """
    y = np.arange(n) % 2
    columns = np.where(rng.random((n, 1, width)) < 0.5, -1.0, 1.0)
    rows = np.where(rng.random((n, height, 1)) < 0.5, -1.0, 1.0)
    clean = np.where(y[:, None, None] == 0, np.repeat(columns, height, axis=1), np.repeat(rows, width, axis=2))
    return (clean + rng.normal(0, noise, clean.shape)).reshape(n, -1), y.astype(np.int64)


def hidden_manifold(
    rng: np.random.Generator, n: int, *, features: int = 10, manifold: int = 6
) -> tuple[Floats, Labels]:
    """Return rows that lie on a curved manifold of few dimensions, labelled by a random network on that manifold.

    Args:
        rng: where the randomness comes from.
        n: number of rows; each class has half of them (the network's threshold is its median).
        features: length of a row.
        manifold: dimensions of the hidden manifold.

    Returns:
        X (n, features): tanh(F c / sqrt(m) - b) of a Gaussian c (m,); y (n,): v . tanh(W c / sqrt(m)), cut at its
        median.

    Source: Goldt et al., Physical Review X 10, 041044 (2020), as used by Bowles et al.
    """
    c = rng.normal(size=(n, manifold)) / np.sqrt(manifold)
    mixing, bias = rng.normal(size=(manifold, features)), rng.uniform(-0.5, 0.5, features)
    first, last = rng.normal(size=(manifold, manifold)), rng.normal(size=manifold)
    score = np.tanh(c @ first) @ last
    return np.tanh(c @ mixing - bias), (score > np.median(score)).astype(np.int64)


def two_curves(
    rng: np.random.Generator, n: int, *, features: int = 10, degree: int = 5, offset: float = 0.1, noise: float = 0.01
) -> tuple[Floats, Labels]:
    """Return points of two neighbouring curves, one a class, that wind through space.

    Args:
        rng: where the randomness comes from.
        n: number of points; both classes get half of them.
        features: dimensions of the space.
        degree: highest frequency of the curve's Fourier series, the same series for both.
        offset: distance of the second curve from the first in each coordinate.
        noise: standard deviation of the noise.

    Returns:
        X (n, features), y (n,).
    """
    y = np.arange(n) % 2
    t = rng.uniform(0, 2 * np.pi, n)
    k = np.arange(1, degree + 1)
    cosine, sine = rng.uniform(-1, 1, (2, degree, features)) / degree
    curve = np.cos(np.outer(t, k)) @ cosine + np.sin(np.outer(t, k)) @ sine
    return curve + offset * y[:, None] + rng.normal(0, noise, curve.shape), y.astype(np.int64)
