"""Numba helpers of the wide path's walks: a tile into a buffer and back, and what its place does to signs.

They are compiled into the kernels of `wide_forward` and `wide_backward`. Columns of marks: see `wide_tables`.
"""

from __future__ import annotations

from ._jit import inlined
from .arrays import FloatArray, IntArray
from .vec import load, odd_parity, splat, store
from .wide_vec import product


@inlined
def base_of(bases: IntArray, tile: int) -> int:
    """Return the memory index of a tile's first amplitude."""
    out = 0
    for b in range(bases.shape[0]):
        if tile >> b & 1:
            out ^= bases[b]
    return out


@inlined
def gather(
    state: FloatArray, buf: FloatArray, to: int, base: int, run: int, runs: IntArray, seen: IntArray, checks: IntArray
) -> None:
    """Copy a tile into the buffer; what the state can't have reached is zero, whatever memory holds."""
    mark = 0
    for c in range(checks.shape[0]):
        mark |= odd_parity(checks[c] & base) << c
    zero = splat(buf, 0.0)
    for h in range(runs.shape[0]):
        if seen[h] == mark:
            source = ((base ^ runs[h]) >> 3) * 16
            for k in range(0, run * 16, 8):
                store(buf, to + k, load(state, source + k))
        else:
            for k in range(0, run * 16, 8):
                store(buf, to + k, zero)
        to += run * 16


@inlined
def scatter(state: FloatArray, buf: FloatArray, at: int, base: int, run: int, runs: IntArray, scale: float) -> None:
    """Copy a tile back, times a factor."""
    factor = splat(buf, scale)
    for h in range(runs.shape[0]):
        target = ((base ^ runs[h]) >> 3) * 16
        for k in range(0, run * 16, 8):
            store(state, target + k, product(factor, load(buf, at + k)))
        at += run * 16


@inlined
def flips_of(marks: IntArray, start: int, stop: int, base: int) -> int:
    """Return the local index that gives a phase group's parities the signs they have in this tile."""
    out = 0
    for j in range(start, stop):
        if odd_parity(marks[j, 0] & base):
            out ^= marks[j, 1]
    return out


@inlined
def met_at(marks: IntArray, start: int, stop: int, base: int, k: int) -> int:
    """Return which lane pattern meets a row's constraints at vector k; -1 where none does."""
    pattern, bit = 0, 1
    for j in range(start, stop):
        missing = odd_parity(marks[j, 0] & base) ^ odd_parity(marks[j, 1] & k) ^ marks[j, 2]
        if marks[j, 3]:
            pattern |= missing * bit
            bit *= 2
        elif missing:
            return -1
    return pattern
