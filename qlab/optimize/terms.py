"""Polynomials over numbered variables: normal form, values, bounds, substitution. Pure; knows no problem.

A polynomial is a dict from sorted index tuples to coefficients: ``{(): 1.0, (0,): 2.0, (0, 3): -1.0}``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations

import numpy as np
import numpy.typing as npt

from ..errors import OptimizeError

Key = tuple[int, ...]
Terms = dict[Key, float]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Affine = tuple[float, tuple[tuple[int, float], ...]]  # constant, then (bit, coefficient)


def boolean(terms: Iterable[tuple[Sequence[int], float]]) -> Terms:
    """Return the normal form over bits: indices sorted and once each (b·b = b), equal keys added, zeros gone."""
    out: Terms = {}
    for key, value in terms:
        k = tuple(sorted(set(key)))
        out[k] = out.get(k, 0.0) + value
    return {k: v for k, v in out.items() if v != 0.0}


def bounds(terms: Mapping[Key, float]) -> tuple[float, float]:
    """Return a lower and an upper bound over all bit strings: the sum of the negative and of the positive terms."""
    constant = terms.get((), 0.0)
    low = math.fsum(v for k, v in terms.items() if k and v < 0)
    high = math.fsum(v for k, v in terms.items() if k and v > 0)
    return constant + low, constant + high


def degree(terms: Mapping[Key, float]) -> int:
    """Return the largest number of factors of a term."""
    return max((len(k) for k in terms), default=0)


def add(into: Terms, terms: Iterable[tuple[Key, float]], factor: float = 1.0) -> None:
    """Add a multiple of normal terms to a polynomial in place."""
    for key, value in terms:
        new = into.get(key, 0.0) + factor * value
        if new == 0.0:
            into.pop(key, None)
        else:
            into[key] = new


def square(constant: float, linear: Iterable[tuple[int, float]]) -> Terms:
    """Return (constant + Σ a·b)² over bits.

    Example:
        >>> square(-1.0, [(0, 1.0), (1, 1.0)])
        {(): 1.0, (0,): -1.0, (1,): -1.0, (0, 1): 2.0}
    """
    merged: dict[int, float] = {}
    for bit, a in linear:
        merged[bit] = merged.get(bit, 0.0) + a
    items = sorted((b, a) for b, a in merged.items() if a != 0.0)
    out: Terms = {(): constant * constant}
    for bit, a in items:
        out[(bit,)] = a * a + 2.0 * constant * a
    for (i, a), (j, b) in combinations(items, 2):
        out[(i, j)] = 2.0 * a * b
    return {k: v for k, v in out.items() if v != 0.0}


def substitute(terms: Mapping[Key, float], affine: Sequence[Affine]) -> Terms:
    """Return the polynomial over bits that comes from writing each variable as constant + Σ a·bit."""
    if all(a == (0.0, ((i, 1.0),)) for i, a in enumerate(affine)):  # the variables are the bits
        return {k: v for k, v in terms.items() if v != 0.0}
    out: Terms = {}
    for key, value in terms.items():
        product: Terms = {(): value}
        for index in key:
            constant, linear = affine[index]
            grown: Terms = {}
            for k, v in product.items():
                if constant != 0.0:
                    grown[k] = grown.get(k, 0.0) + v * constant
                for bit, a in linear:
                    kk = k if bit in k else tuple(sorted((*k, bit)))
                    grown[kk] = grown.get(kk, 0.0) + v * a
            product = grown
        add(out, product.items())
    return out


def fix(terms: Mapping[Key, float], fixed: Mapping[int, int]) -> Terms:
    """Return the polynomial with some bits set to 0 or 1; the other indices stay."""
    out: Terms = {}
    for key, value in terms.items():
        if any(fixed.get(i, 1) == 0 for i in key):
            continue
        k = tuple(i for i in key if i not in fixed)
        out[k] = out.get(k, 0.0) + value
    return {k: v for k, v in out.items() if v != 0.0}


class GivenUpError(OptimizeError):
    """A long piece of work saw that nobody waits for it any more."""


def watched(terms: Sequence[tuple[Key, float]], over: Callable[[], bool]) -> Iterator[tuple[Key, float]]:
    """Yield the terms; raise `GivenUpError` when ``over``, which is asked now and then, says that nobody waits."""
    for k, term in enumerate(terms):
        if k % 256 == 0 and over():
            raise GivenUpError("given up while it was written", where="objective", cure="give it longer")
        yield term


def indices(keys: Sequence[Key], size: int) -> IntArray:
    """Return index tuples of one size as an array, shape (size, keys): a row for each place."""
    flat = np.fromiter(chain.from_iterable(keys), np.int64, size * len(keys))
    return flat.reshape(len(keys), size).T.copy()


class Evaluator:
    """A polynomial as arrays by degree, so that values of many points cost one pass.

    Args:
        terms: Index tuples to coefficients; a repeated index is a power.
    """

    def __init__(self, terms: Mapping[Key, float]) -> None:
        self.constant = terms.get((), 0.0)
        grouped: dict[int, list[tuple[Key, float]]] = {}
        for key, value in terms.items():
            if key:
                grouped.setdefault(len(key), []).append((key, value))
        self._parts: list[tuple[IntArray, FloatArray]] = [
            (indices([k for k, _ in rows], size), np.array([v for _, v in rows]))
            for size, rows in sorted(grouped.items())
        ]

    def least(self, factor: float = 1.0) -> float:
        """Return a lower bound of factor·(value - constant) over bits: the sum of the negative terms."""
        return math.fsum(float(np.minimum(factor * coef, 0.0).sum()) for _, coef in self._parts)

    def __call__(self, x: npt.ArrayLike) -> float:
        """Return the value at one point, shape (n,)."""
        point = np.asarray(x, dtype=np.float64)
        total = self.constant
        for index, coef in self._parts:
            product = coef.copy()
            for row in index:
                product *= point[row]
            total += math.fsum(product) if len(product) < 1000 else float(product.sum())
        return float(total)


def lattice(values: Iterable[float]) -> float:
    """Return the largest q of which all values are whole multiples, or 0.0 if none down to 1e-6 is found.

    Example:
        >>> lattice([0.5, 1.5, -2.0])
        0.5
    """
    numbers = np.abs(np.array([v for v in values if v != 0.0], dtype=np.float64))
    if not len(numbers):
        return 1.0
    if numbers.max() > 2**52:
        return 0.0
    for scale in (1, 2, 4, 8, 10, 100, 1000, 10_000, 100_000, 1_000_000):
        scaled = numbers * scale
        rounded = np.rint(scaled)
        if scaled.max() < 2**62 and np.all(
            (np.abs(scaled - rounded) <= 1e-9 * np.maximum(1.0, scaled)) & (rounded > 0)
        ):
            return int(np.gcd.reduce(rounded.astype(np.int64))) / scale
    return 0.0
