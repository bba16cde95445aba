"""Recursive QAOA: fix the strongest correlation, put it in, repeat; what is left is solved by enumeration.

Source: Bravyi, Kliesch, Koenig, Tang, Phys. Rev. Lett. 125, 260505 (2020).
"""

from __future__ import annotations

import numpy as np

from ..errors import OptimizeError
from .angles import ramp, unit
from .diagonal import build
from .problem import Problem
from .terms import FloatArray, IntArray, Terms, bounds, degree
from .xmixer import XMixer


def correlations(prob: FloatArray, n: int) -> FloatArray:
    """Return ⟨Z_i Z_j⟩ off the diagonal and ⟨Z_i⟩ on it, (n, n), from probabilities of bit strings.

    One Walsh-Hadamard transform gives them all.
    """
    w = np.array(prob)
    for q in range(n):
        v = w.reshape(-1, 2, 1 << q)
        a, b = v[:, 0] + v[:, 1], v[:, 0] - v[:, 1]
        v[:, 0], v[:, 1] = a, b
    out = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            out[i, j] = w[1 << i] if i == j else w[(1 << i) | (1 << j)]
    return out


def recursive_qaoa(p: Problem, depth: int = 1, *, cutoff: int = 8) -> tuple[FloatArray, list[tuple[int, int, int]]]:
    """Return a point and the correlations fixed on the way, as (bit, its partner or -1, sign).

    Args:
        p: A problem of at most 26 bits with terms of at most two.
        depth: Layers.
        cutoff: Bits that are left to enumeration.

    Raises:
        OptimizeError: for terms of three and more, or a cutoff out of range.

    Example:
        >>> from qlab.optimize import maxcut
        >>> p = maxcut([(i, (i + 1) % 10) for i in range(10)])
        >>> p.value(recursive_qaoa(p, cutoff=4)[0])
        10.0
    """
    bits = p.to_bits()
    if degree(bits.terms) > 2:
        raise OptimizeError("recursive QAOA takes quadratic problems", where="recursive_qaoa", cure="use to_qubo first")
    if not 1 <= cutoff <= 16:
        raise OptimizeError(f"cutoff={cutoff!r}", where="recursive_qaoa", cure="use 1 to 16")
    terms: Terms = dict(bits.terms)
    alive = list(range(bits.n))
    fixed: list[tuple[int, int, int]] = []
    while len(alive) > cutoff:
        place = {b: k for k, b in enumerate(alive)}
        small = {tuple(sorted(place[i] for i in k)): v for k, v in terms.items()}
        n = len(alive)
        engine = XMixer(build(small, n))
        scale = unit(small)
        tried = [ramp(depth, r, f, scale) for r in (0.6, 0.9, 1.3) for f in (0.4, 0.6, 0.8)]
        g, b = min(tried, key=lambda a: engine.energy(*a))
        z = correlations(engine.probabilities(g, b), n)
        symmetric = engine.mirrored or bounds(_odd(small)) == (0.0, 0.0)
        linked = [(k[0], k[1]) for k in small if len(k) == 2]
        singles = [] if symmetric else [(i, i) for i in range(n)]
        i, j = max([*linked, *singles] or [(0, 0)], key=lambda ij: abs(z[ij]))
        sign = 1 if z[i, j] >= 0 else -1
        gone = alive[i]
        fixed.append((gone, -1 if i == j else alive[j], sign))
        terms = _replace(terms, gone, None if i == j else alive[j], sign)
        alive.remove(gone)
    rest = _enumerate(terms, alive)
    out: IntArray = np.zeros(bits.n, dtype=np.int64)
    for kept, v in rest.items():
        out[kept] = v
    for gone, partner, sign in reversed(fixed):
        base = 0 if partner < 0 else int(out[partner])
        out[gone] = base if sign > 0 else 1 - base
    return bits.decode(out), fixed


def _odd(terms: Terms) -> Terms:
    from .circuits import spins

    return {k: v for k, v in spins(terms).items() if len(k) % 2}


def _replace(terms: Terms, gone: int, partner: int | None, sign: int) -> Terms:
    """Write a bit as another one, its complement, 0 or 1."""
    out: Terms = {}

    def put(key: tuple[int, ...], value: float) -> None:
        out[key] = out.get(key, 0.0) + value

    for key, value in terms.items():
        if gone not in key:
            put(key, value)
            continue
        rest = tuple(k for k in key if k != gone)
        if partner is None:
            if sign < 0:
                put(rest, value)
            continue
        joined = tuple(sorted({*rest, partner}))
        if sign > 0:
            put(joined, value)
        else:
            put(rest, value)
            put(joined, -value)
    return {k: v for k, v in out.items() if v != 0.0}


def _enumerate(terms: Terms, alive: list[int]) -> dict[int, int]:
    n = len(alive)
    place = {b: k for k, b in enumerate(alive)}
    states = np.arange(1 << n)
    cost = np.zeros(1 << n)
    for key, value in terms.items():
        product = np.full(1 << n, value)
        for b in key:
            product = product * (states >> place[b] & 1)
        cost += product
    best = int(np.argmin(cost))
    return {b: best >> k & 1 for b, k in place.items()}
