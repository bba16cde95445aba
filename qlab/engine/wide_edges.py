"""The numba kernels before and after the walks: matrices and phase tables, expectations, the adjoint's start,
gradients, and states in the order of the wires.

The same rules as in `wide_backward`: fixed order of every sum, no allocation, no Python objects.
"""

from __future__ import annotations

import math

import numpy as np

from ._jit import inlined, kernel
from .arrays import ComplexArray, FloatArray, IntArray
from .vec import hsum, load, odd_parity, splat, store
from .wide_tables import ANGLE, AT, BOUND_PHASE, FROM, KIND, LIST, MIRROR, ONE, PHASES, SIGN_LANES, TO, TWO
from .wide_vec import add_sign, add_string, crossed, exchanged, grow, product, rotated, scale, square, tallied

BLOCK = 64  # vectors that an observable's terms share while they are in the L1 cache

# Columns of an observable's terms: X mask over vectors (times 16) and lanes, Z mask over vectors and lanes,
# whether the power of i is odd, the highest bit of the X mask over vectors.
X_HERE, X_LANES, Z_HERE, Z_LANES, TURN, TOP = range(6)


@kernel
def prepare(
    rows: IntArray,
    marks: IntArray,
    theta: FloatArray,
    size: int,
    chi: FloatArray,
    matrices: FloatArray,
    phases: FloatArray,
    weights: FloatArray,
    limit: float,
) -> float:
    """Write a walk's matrices and phase tables; return the factor its walk leaves out.

    A turn is ``c [[1, -t], [t, 1]]``; its c is left out as long as numbers stay in range (``limit``).
    ``weights[angle]`` is the square of what is missing when the walk back gets there. ``chi`` holds the signs of
    the eight lane masks.
    """
    scale = 1.0
    for r in range(rows.shape[0]):
        kind, at, a = rows[r, KIND], rows[r, AT], rows[r, ANGLE]
        if kind == TWO:
            continue
        c, s = math.cos(0.5 * theta[a]), math.sin(0.5 * theta[a])
        if kind == PHASES:
            one, zero = splat(phases, 1.0), splat(phases, 0.0)
            for k in range(0, size, 16):
                store(phases, at + k, one)
                store(phases, at + k + 8, zero)
            for j in range(rows[r, FROM], rows[r, TO]):
                half = 0.5 * theta[a + j - rows[r, FROM]]
                here, cosine = (marks[j, 2] >> 3) * 16, splat(phases, math.cos(half))
                sine = product(splat(phases, -math.sin(half)), load(chi, (marks[j, 2] & 7) * 8))
                for k in range(0, size, 16):
                    rotated(phases, at + k, cosine, sine, odd_parity(here & k))
        elif kind == BOUND_PHASE:
            store(matrices, at, splat(matrices, math.cos(theta[a])))
            store(matrices, at + 8, splat(matrices, math.sin(theta[a])))
        else:
            d = c
            if kind == ONE and abs(c * scale) > limit:
                scale *= c
                s /= c
                d = 1.0
            for lane in range(8):
                sign = -chi[rows[r, SIGN_LANES] * 8 + lane]
                matrices[at + lane] = 1.0 if rows[r, MIRROR] else sign * s
                matrices[at + 8 + lane] = sign
                matrices[at + 16 + lane] = 0.0 if rows[r, MIRROR] else d
    back = 1.0
    for r in range(rows.shape[0] - 1, -1, -1):
        kind, a = rows[r, KIND], rows[r, ANGLE]
        if kind == PHASES:
            for j in range(rows[r, TO] - rows[r, FROM]):
                weights[a + j] = back * back
        elif kind != TWO:
            weights[a] = back * back
            if kind == ONE and matrices[rows[r, AT] + 16] == 1.0:
                back *= math.cos(0.5 * theta[a])
    return scale


@kernel
def finish(
    rows: IntArray,
    marks: IntArray,
    size: int,
    chi: FloatArray,
    chunks: int,
    sums: FloatArray,
    angles: int,
    tallies: FloatArray,
    groups: int,
    weights: FloatArray,
    out: FloatArray,
) -> None:
    """Add up the chunks in order: ``out[angle]`` is the derivative by each of the walk's angles."""
    half = size // 2
    for r in range(rows.shape[0]):
        if rows[r, KIND] == TWO:
            continue
        a = rows[r, ANGLE]
        if rows[r, KIND] != PHASES:
            value = 0.0
            for chunk in range(chunks):
                value += sums[chunk * angles + a]
            out[a] = value * weights[a]
            continue
        at = rows[r, LIST] * half
        for chunk in range(1, chunks):
            other = chunk * groups * half + at
            for k in range(0, half, 8):
                grow(tallies, at + k, tallies, other + k)
        for j in range(rows[r, FROM], rows[r, TO]):
            total, here = splat(tallies, 0.0), marks[j, 2] & -8
            for k in range(0, half, 8):
                total = tallied(tallies, at + k, odd_parity(here & k), total)
            b = a + j - rows[r, FROM]
            out[b] = hsum(product(total, load(chi, (marks[j, 2] & 7) * 8))) * weights[b]


@inlined
def _weigh(
    terms: IntArray, chi: FloatArray, psi: FloatArray, squares: FloatArray, o: int, k_from: int, k_to: int, m: int
) -> float:
    """Return one term's share of the vectors ``[k_from, k_to)``."""
    x, s, z, turn = terms[m, X_HERE], terms[m, X_LANES], terms[m, Z_HERE], terms[m, TURN]
    total = splat(psi, 0.0)
    if x == 0 and s == 0:
        for k in range(k_from, k_to, 16):
            total = tallied(squares, o + (k - k_from) // 2, odd_parity(k & z), total)
    else:
        top = terms[m, TOP]
        for k in range(k_from, k_to, 16):
            if k & top == 0:
                total = crossed(psi, k, k ^ x, s, turn, odd_parity(k & z), total)
    out: float = hsum(product(total, load(chi, terms[m, Z_LANES] * 8)))
    return out


@kernel
def measure(
    first_chunk: int,
    last_chunk: int,
    per_chunk: int,
    terms: IntArray,
    chi: FloatArray,
    psi: FloatArray,
    squares: FloatArray,
    o: int,
    parts: FloatArray,
) -> None:
    """Fill ``parts[chunk, term]``; a chunk is ``per_chunk`` numbers of psi, ``squares[o:]`` room for a block."""
    n = terms.shape[0]
    for chunk in range(first_chunk, last_chunk):
        for m in range(n):
            parts[chunk * n + m] = 0.0
        for k_from in range(chunk * per_chunk, (chunk + 1) * per_chunk, BLOCK * 16):
            k_to = min(k_from + BLOCK * 16, (chunk + 1) * per_chunk)
            for k in range(k_from, k_to, 16):
                square(squares, o + (k - k_from) // 2, psi, k)
            for m in range(n):
                parts[chunk * n + m] += _weigh(terms, chi, psi, squares, o, k_from, k_to, m)


@kernel
def adjoint_start(
    k_first: int,
    k_last: int,
    terms: IntArray,
    chi: FloatArray,
    weights: FloatArray,
    psi: FloatArray,
    lam: FloatArray,
) -> None:
    """Set ``lam = sum_m weights[m] P_m |psi>`` on the vectors ``[k_first, k_last)``."""
    for k_from in range(k_first, k_last, BLOCK * 16):
        k_to = min(k_from + BLOCK * 16, k_last)
        for k in range(k_from, k_to, 16):
            store(lam, k, splat(lam, 0.0))
            store(lam, k + 8, splat(lam, 0.0))
        for m in range(terms.shape[0]):
            if terms[m, X_HERE] == 0 and terms[m, X_LANES] == 0:
                f = product(splat(lam, weights[m]), load(chi, terms[m, Z_LANES] * 8))
                z = terms[m, Z_HERE]
                for k in range(k_from, k_to, 16):
                    add_sign(lam, k, f, odd_parity(k & z))
        for k in range(k_from, k_to, 16):
            scale(lam, psi, k)
        for m in range(terms.shape[0]):
            x, s, z = terms[m, X_HERE], terms[m, X_LANES], terms[m, Z_HERE]
            if x == 0 and s == 0:
                continue
            f = exchanged(product(splat(lam, weights[m]), load(chi, terms[m, Z_LANES] * 8)), s)
            for k in range(k_from, k_to, 16):
                j = k ^ x
                add_string(lam, k, psi, j, s, f, terms[m, TURN], odd_parity(j & z))


@kernel
def unpack(
    k_from: int, k_to: int, low: IntArray, high: IntArray, psi: FloatArray, c: float, s: float, out: ComplexArray
) -> None:
    """Write the amplitudes of basis states ``[k_from, k_to)``, times ``c + i s``."""
    n = low.shape[0]
    for k in range(k_from, k_to):
        p = low[k % n] ^ high[k // n]
        at = (p >> 3) * 16 + (p & 7)
        re, im = np.float64(psi[at]), np.float64(psi[at + 8])
        out[k] = complex(c * re - s * im, c * im + s * re)


@kernel
def unpack_squares(k_from: int, k_to: int, low: IntArray, high: IntArray, psi: FloatArray, out: FloatArray) -> None:
    """Write the probabilities of basis states ``[k_from, k_to)``."""
    n = low.shape[0]
    for k in range(k_from, k_to):
        p = low[k % n] ^ high[k // n]
        at = (p >> 3) * 16 + (p & 7)
        re, im = np.float64(psi[at]), np.float64(psi[at + 8])
        out[k] = re * re + im * im
