"""The diagonal of a cost: the energy of every bit string, as codes into a table of levels or as plain numbers.

The table is what makes a phase cheap; costs on a lattice of at most 65,536 steps get 16-bit codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..engine.capacity import memory_limit
from ..errors import OptimizeError
from .bits import Bits
from .terms import FloatArray, Terms, lattice

MAX_BITS = 28  # beyond it a state doesn't fit a notebook's machine
LEVELS = 1 << 16
_CHUNK = 14  # bits of a chunk in which the polynomial is summed


@dataclass(frozen=True, eq=False)
class Diagonal:
    """The cost of each of ``2**n`` bit strings, bit 0 the least significant.

    Attributes:
        n: Bits.
        codes: uint16, shape (2**n,), or None when there are too many levels.
        levels: The cost of each code, shape (k,).
        values: The costs themselves where there are no codes.
        low, high: The smallest and the largest cost.
    """

    n: int
    codes: npt.NDArray[np.uint16] | None
    levels: FloatArray
    values: FloatArray | None
    low: float
    high: float

    @property
    def size(self) -> int:
        """How many bit strings."""
        return 1 << self.n

    def cost(self, states: npt.ArrayLike) -> FloatArray:
        """Return the costs of basis states."""
        at = np.asarray(states, dtype=np.int64)
        if self.codes is not None:
            return self.levels[self.codes[at]]
        assert self.values is not None
        return self.values[at]

    def full(self) -> FloatArray:
        """Return all costs, shape (2**n,)."""
        return self.levels[self.codes] if self.codes is not None else np.array(self.values)

    def optimal(self) -> npt.NDArray[np.int64]:
        """Return the states of the lowest cost, within rounding."""
        slack = 1e-9 * max(1.0, abs(self.low), abs(self.high))
        if self.codes is not None:
            return np.flatnonzero((self.levels <= self.low + slack)[self.codes])
        assert self.values is not None
        return np.flatnonzero(self.values <= self.low + slack)


def need_bytes(n: int, *, width: int = 8, gradient: bool = False) -> int:
    """Return the bytes a simulation of n qubits takes: states of two numbers each, and the codes."""
    return (2 * width * (2 if gradient else 1) + 2) << n


def check_size(n: int, *, width: int = 8, gradient: bool = False) -> None:
    """Refuse a simulation that is too large, before anything is allocated.

    Raises:
        OptimizeError: naming the need, the limit and what fits.
    """
    need = need_bytes(n, width=width, gradient=gradient)
    limit = int(memory_limit() * 0.9)
    if n <= MAX_BITS and need <= limit:
        return
    fits = min(n, MAX_BITS)
    while fits > 1 and need_bytes(fits, width=width, gradient=gradient) > limit:
        fits -= 1
    raise OptimizeError(
        f"QAOA on {n} qubits needs {need / 2**30:.3g} GiB, and {limit / 2**30:.3g} GiB are free"
        + ("" if n <= MAX_BITS else f"; the most it does is {MAX_BITS} qubits"),
        where=f"{n} qubits",
        cure=f"use at most {fits} qubits: solve(…, coarse='qaoa') takes windows of larger problems by itself",
        value=n,
    )


def energies(bits: Bits) -> FloatArray:
    """Return the energy of every bit string, shape (2**n,), float64.

    Raises:
        OptimizeError: when 2**n numbers don't fit.
    """
    return build(bits.terms, bits.n).full()


def build(terms: Terms, n: int) -> Diagonal:
    """Return the diagonal of a polynomial over n bits; the time does not grow with the number of terms much.

    Source: the sum over all subsets of a bit string (zeta transform), in chunks that stay in cache.
    """
    check_size(n)
    from .kernels_diagonal import costs

    masks = np.array([sum(1 << i for i in k) for k in terms], dtype=np.int64)
    coefs = np.array(list(terms.values()), dtype=np.float64)
    step = lattice(coefs)
    low_bits = min(n, _CHUNK)
    chunk = np.empty(1 << low_bits)
    low, high = np.inf, -np.inf
    nothing, none = np.empty(0, dtype=np.uint16), np.empty(0)
    limits = np.empty(2)
    if step > 0.0:
        costs(masks, coefs, n, low_bits, chunk, none, nothing, 0.0, 1.0, limits)
        low, high = float(limits[0]), float(limits[1])
        count = round((high - low) / step) + 1
        if count <= LEVELS:
            codes = np.empty(1 << n, dtype=np.uint16)
            costs(masks, coefs, n, low_bits, chunk, none, codes, low, 1.0 / step, limits)
            levels = np.asarray(low + step * np.arange(count), dtype=np.float64)
            return Diagonal(n, codes, levels, None, low, high)
    values = np.empty(1 << n)
    costs(masks, coefs, n, low_bits, chunk, values, nothing, 0.0, 1.0, limits)
    return from_values(values)


def from_values(values: npt.ArrayLike) -> Diagonal:
    """Return the diagonal of given costs, shape (2**n,)."""
    v = np.ascontiguousarray(values, dtype=np.float64)
    n = int(v.size).bit_length() - 1
    if v.ndim != 1 or v.size != 1 << n or not np.isfinite(v).all():
        raise OptimizeError(
            f"a diagonal of shape {v.shape}", where="diagonal", cure="give 2**n finite numbers", value=v.shape
        )
    if v.size <= 1 << 20:
        levels: FloatArray
        levels, codes = np.unique(v, return_inverse=True)
        if len(levels) <= LEVELS:
            return Diagonal(n, codes.astype(np.uint16), levels, None, float(levels[0]), float(levels[-1]))
    return Diagonal(n, None, np.empty(0), v, float(v.min()), float(v.max()))
