"""QAOA's X mixer on split real and imaginary parts: the pieces of vectors that the passes are made of.

A mixer exp(-iβΣX) is cosβ[[1, -it], [-it, 1]] on each qubit, t = tanβ; the factor cosⁿβ is left to the phase table.
Near π/2 the same form with t = -cotβ is followed by a flip of all qubits (``swap``). A sweep mixes the three qubits
that number eight rows; the eight lanes of a vector are three qubits more. Eight complex vectors travel as a tuple of
sixteen: real part, imaginary part, and so on.
"""

from __future__ import annotations

from typing import Any

from ..engine._jit import inlined
from .vec import flip1, flip2, flip4, flip7, gather2, load, store

Array = Any


@inlined
def pair(ar: Any, ai: Any, br: Any, bi: Any, t: Any) -> Any:
    """Mix one qubit: amplitudes a (bit 0) and b (bit 1)."""
    return ar + t * bi, ai - t * br, br + t * ai, bi - t * ar


@inlined
def swapped(ar: Any, ai: Any, br: Any, bi: Any, t: Any, swap: bool) -> Any:
    """As `pair`, with the flip."""
    ar, ai, br, bi = pair(ar, ai, br, bi, t)
    if swap:
        return br, bi, ar, ai
    return ar, ai, br, bi


@inlined
def load4(re: Array, im: Array, a: int, u: int) -> Any:
    """Return four complex vectors, ``u`` apart."""
    return (load(re, a), load(im, a), load(re, a + u), load(im, a + u), load(re, a + 2 * u), load(im, a + 2 * u),
            load(re, a + 3 * u), load(im, a + 3 * u))  # fmt: skip


@inlined
def store4(re: Array, im: Array, a: int, u: int, v: Any) -> None:
    """Set four complex vectors, ``u`` apart."""
    store(re, a, v[0])
    store(im, a, v[1])
    store(re, a + u, v[2])
    store(im, a + u, v[3])
    store(re, a + 2 * u, v[4])
    store(im, a + 2 * u, v[5])
    store(re, a + 3 * u, v[6])
    store(im, a + 3 * u, v[7])


@inlined
def quad(v: Any, t: Any, swap: bool) -> Any:
    """Mix the two qubits that number four vectors."""
    r0, i0, r1, i1 = pair(v[0], v[1], v[2], v[3], t)
    r2, i2, r3, i3 = pair(v[4], v[5], v[6], v[7], t)
    r0, i0, r2, i2 = pair(r0, i0, r2, i2, t)
    r1, i1, r3, i3 = pair(r1, i1, r3, i3, t)
    if swap:
        return r3, i3, r2, i2, r1, i1, r0, i0
    return r0, i0, r1, i1, r2, i2, r3, i3


@inlined
def oct(v: Any, t: Any, swap: bool) -> Any:
    """Mix the three qubits that number eight vectors."""
    a, b = quad(v[:8], t, swap), quad(v[8:], t, swap)
    r0, i0, r4, i4 = swapped(a[0], a[1], b[0], b[1], t, swap)
    r1, i1, r5, i5 = swapped(a[2], a[3], b[2], b[3], t, swap)
    r2, i2, r6, i6 = swapped(a[4], a[5], b[4], b[5], t, swap)
    r3, i3, r7, i7 = swapped(a[6], a[7], b[6], b[7], t, swap)
    return r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7


@inlined
def lanes(r: Any, i: Any, t: Any, swap: bool) -> Any:
    """Mix the three qubits within a vector."""
    r, i = r + t * flip1(i), i - t * flip1(r)
    r, i = r + t * flip2(i), i - t * flip2(r)
    r, i = r + t * flip4(i), i - t * flip4(r)
    if swap:
        r, i = flip7(r), flip7(i)
    return r, i


@inlined
def lanes8(v: Any, t: Any, swap: bool) -> Any:
    """Mix the three qubits within each of eight vectors."""
    return (lanes(v[0], v[1], t, swap) + lanes(v[2], v[3], t, swap) + lanes(v[4], v[5], t, swap)
            + lanes(v[6], v[7], t, swap) + lanes(v[8], v[9], t, swap) + lanes(v[10], v[11], t, swap)
            + lanes(v[12], v[13], t, swap) + lanes(v[14], v[15], t, swap))  # fmt: skip


@inlined
def sweep8(
    sr: Array, si: Array, s: int, us: int, ur: int, dr: Array, di: Array, d: int, vs: int, vr: int, count: int,
    width: int, t: Any, swap: bool,
) -> None:  # fmt: skip
    """Mix three qubits: eight elements ``us`` apart, for ``count`` rows ``ur`` apart; to ``vs`` and ``vr`` at d."""
    for row in range(count):
        for k in range(0, width, 8):
            a, b = s + row * ur + k, d + row * vr + k
            v = oct(load4(sr, si, a, us) + load4(sr, si, a + 4 * us, us), t, swap)
            store4(dr, di, b, vs, v[:8])
            store4(dr, di, b + 4 * vs, vs, v[8:])


@inlined
def sweep44(
    sr: Array, si: Array, s: int, z: int, us: int, ur: int, dr: Array, di: Array, d: int, y: int, vs: int, vr: int,
    count: int, t: Any, swap: bool,
) -> None:  # fmt: skip
    """As `sweep8` for rows of eight and only two qubits: four elements at s and four at z, to d and to y."""
    for row in range(count):
        store4(dr, di, d + row * vr, vs, quad(load4(sr, si, s + row * ur, us), t, swap))
        store4(dr, di, y + row * vr, vs, quad(load4(sr, si, z + row * ur, us), t, swap))


@inlined
def mirror(re: Array, im: Array, half: int, panel: int, part: int, t: Any, swap: bool) -> None:
    """Mix the qubit that flips all others: amplitude k of one half with the opposite one of the other half."""
    for q in range(4):
        for row in range(part):
            a = q * panel + row * 8
            b = half + (3 - q) * panel + (part - 1 - row) * 8
            ar, ai, br, bi = swapped(load(re, a), load(im, a), flip7(load(re, b)), flip7(load(im, b)), t, swap)
            store(re, a, ar)
            store(im, a, ai)
            store(re, b, flip7(br))
            store(im, b, flip7(bi))


@inlined
def mix2(re: Array, im: Array, a: int, b: int, t: Any, swap: bool) -> None:
    """Mix one qubit of two vectors in place."""
    ar, ai, br, bi = swapped(load(re, a), load(im, a), load(re, b), load(im, b), t, swap)
    store(re, a, ar)
    store(im, a, ai)
    store(re, b, br)
    store(im, b, bi)


@inlined
def mix(re: Array, im: Array, s: int, u: int, rows: int, first: int, width: int, t: Any, swap: bool) -> None:
    """Mix the qubits of row strides first, 2·first, … of ``rows`` rows in place; rows are u apart."""
    step = first
    while step * 4 < rows:
        for top in range(0, rows, 8 * step):
            at = s + top * u
            sweep8(re, im, at, step * u, u, re, im, at, step * u, u, step, width, t, swap)
        step *= 8
    while step < rows:
        for top in range(0, rows, 2 * step):
            for row in range(top, top + step):
                for k in range(0, width, 8):
                    mix2(re, im, s + row * u + k, s + (row + step) * u + k, t, swap)
        step *= 2


@inlined
def fill(values: Array, at: int, count: int, out: Array, here: int, gap: int, table: Array, scale: Array) -> None:
    """Write cos and sin factors of ``count`` costs, ``gap`` apart: the table's nearest entry times a Taylor rest.

    ``scale``: lowest cost, entries per unit of cost, -γ, and the step's width in cost.
    """
    low, per, minus_gamma, width = scale[0], scale[1], scale[2], scale[3]
    for k in range(count):
        v = values[at + k] - low
        c = int(v * per + 0.5)
        x = minus_gamma * (v - c * width)
        x2 = x * x
        cos = 1.0 - x2 * (0.5 - x2 * (1.0 / 24.0))
        sin = x * (1.0 - x2 * (1.0 / 6.0 - x2 * (1.0 / 120.0)))
        tr, ti = table[2 * c], table[2 * c + 1]
        out[here + k] = tr * cos - ti * sin
        out[here + gap + k] = tr * sin + ti * cos


@inlined
def look_up(
    table: Array, codes: Array, at: int, row_w: int, rows: int, width: int, out: Array, here: int, gap: int
) -> None:
    """Write the cos and sin factors of a panel's codes, ``gap`` apart."""
    for row in range(rows):
        for k in range(0, width, 8):
            x, y = gather2(table, codes, at + row * row_w + k)
            store(out, here + row * width + k, x)
            store(out, here + gap + row * width + k, y)


@inlined
def turn(r: Any, i: Any, c: Any, s: Any) -> Any:
    """Return (r + i·1j)(c + s·1j)."""
    return r * c - i * s, r * s + i * c


@inlined
def turn4(v: Any, factors: Array, c: int, u: int, gap: int) -> Any:
    """Turn four vectors by the factors that lie ``u`` apart from c on, their sines ``gap`` further."""
    return (turn(v[0], v[1], load(factors, c), load(factors, c + gap))
            + turn(v[2], v[3], load(factors, c + u), load(factors, c + gap + u))
            + turn(v[4], v[5], load(factors, c + 2 * u), load(factors, c + gap + 2 * u))
            + turn(v[6], v[7], load(factors, c + 3 * u), load(factors, c + gap + 3 * u)))  # fmt: skip


@inlined
def centre(
    re: Array, im: Array, s: int, width: int, rows: int, before: Array, t0: Any, phase: bool, after: Array, t1: Any,
    factors: Array, here: int, gap: int, in_lanes: bool,
) -> None:  # fmt: skip
    """End one layer on the lowest three row qubits (and the lanes), multiply phases, begin the next layer on them.

    ``factors``: cos of the panel's amplitudes from ``here`` on, sin from ``here + gap``.
    """
    s0, s1 = before[1] != 0.0, after[1] != 0.0
    on0, on1, first = before[2] > 0.0, after[2] > 0.0, before[2] < 0.0
    for row in range(0, rows, 8):
        for k in range(0, width, 8):
            a, c = s + row * width + k, here + row * width + k
            if first:
                i0 = t0 - t0
                v = (t0, i0, t0, i0, t0, i0, t0, i0, t0, i0, t0, i0, t0, i0, t0, i0)
            else:
                v = load4(re, im, a, width) + load4(re, im, a + 4 * width, width)
                if on0:
                    v = oct(v, t0, s0)
                    if in_lanes:
                        v = lanes8(v, t0, s0)
            if phase:
                v = turn4(v[:8], factors, c, width, gap) + turn4(v[8:], factors, c + 4 * width, width, gap)
            if on1:
                if in_lanes:
                    v = lanes8(v, t1, s1)
                v = oct(v, t1, s1)
            store4(re, im, a, width, v[:8])
            store4(re, im, a + 4 * width, width, v[8:])
