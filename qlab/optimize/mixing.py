"""QAOA's X mixer on split real and imaginary parts: the pieces of vectors that the passes are made of.

A mixer exp(-iβΣX) is cosβ[[1, -it], [-it, 1]] on each qubit, t = tanβ; the factor cosⁿβ is left to the phase table.
Near π/2 the same form with t = -cotβ is followed by a flip of all qubits (``swap``). A sweep mixes the three qubits
that number eight rows; the eight lanes of a vector are three qubits more.
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
def oct(
    r0: Any, i0: Any, r1: Any, i1: Any, r2: Any, i2: Any, r3: Any, i3: Any, r4: Any, i4: Any, r5: Any, i5: Any, r6:
    Any, i6: Any, r7: Any, i7: Any, t: Any, swap: bool,
) -> Any:  # fmt: skip
    """Mix the three qubits that number eight vectors."""
    r0, i0, r1, i1 = pair(r0, i0, r1, i1, t)
    r2, i2, r3, i3 = pair(r2, i2, r3, i3, t)
    r4, i4, r5, i5 = pair(r4, i4, r5, i5, t)
    r6, i6, r7, i7 = pair(r6, i6, r7, i7, t)
    r0, i0, r2, i2 = pair(r0, i0, r2, i2, t)
    r1, i1, r3, i3 = pair(r1, i1, r3, i3, t)
    r4, i4, r6, i6 = pair(r4, i4, r6, i6, t)
    r5, i5, r7, i7 = pair(r5, i5, r7, i7, t)
    r0, i0, r4, i4 = pair(r0, i0, r4, i4, t)
    r1, i1, r5, i5 = pair(r1, i1, r5, i5, t)
    r2, i2, r6, i6 = pair(r2, i2, r6, i6, t)
    r3, i3, r7, i7 = pair(r3, i3, r7, i7, t)
    if swap:
        return r7, i7, r6, i6, r5, i5, r4, i4, r3, i3, r2, i2, r1, i1, r0, i0
    return r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7


@inlined
def quads(
    r0: Any, i0: Any, r1: Any, i1: Any, r2: Any, i2: Any, r3: Any, i3: Any, r4: Any, i4: Any, r5: Any, i5: Any, r6:
    Any, i6: Any, r7: Any, i7: Any, t: Any, swap: bool,
) -> Any:  # fmt: skip
    """Mix the two qubits that number four vectors, twice."""
    r0, i0, r1, i1 = pair(r0, i0, r1, i1, t)
    r2, i2, r3, i3 = pair(r2, i2, r3, i3, t)
    r4, i4, r5, i5 = pair(r4, i4, r5, i5, t)
    r6, i6, r7, i7 = pair(r6, i6, r7, i7, t)
    r0, i0, r2, i2 = pair(r0, i0, r2, i2, t)
    r1, i1, r3, i3 = pair(r1, i1, r3, i3, t)
    r4, i4, r6, i6 = pair(r4, i4, r6, i6, t)
    r5, i5, r7, i7 = pair(r5, i5, r7, i7, t)
    if swap:
        return r3, i3, r2, i2, r1, i1, r0, i0, r7, i7, r6, i6, r5, i5, r4, i4
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
def sweep8(
    sr: Array, si: Array, s: int, us: int, ur: int, dr: Array, di: Array, d: int, vs: int, vr: int, count: int,
    width: int, t: Any, swap: bool,
) -> None:  # fmt: skip
    """Mix three qubits: eight elements ``us`` apart, for ``count`` rows ``ur`` apart; to ``vs`` and ``vr`` at d."""
    for row in range(count):
        for k in range(0, width, 8):
            a, b = s + row * ur + k, d + row * vr + k
            r0, i0 = load(sr, a), load(si, a)
            r1, i1 = load(sr, a + 1 * us), load(si, a + 1 * us)
            r2, i2 = load(sr, a + 2 * us), load(si, a + 2 * us)
            r3, i3 = load(sr, a + 3 * us), load(si, a + 3 * us)
            r4, i4 = load(sr, a + 4 * us), load(si, a + 4 * us)
            r5, i5 = load(sr, a + 5 * us), load(si, a + 5 * us)
            r6, i6 = load(sr, a + 6 * us), load(si, a + 6 * us)
            r7, i7 = load(sr, a + 7 * us), load(si, a + 7 * us)
            r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7 = oct(
                r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7, t, swap
            )  # fmt: skip
            store(dr, b, r0)
            store(di, b, i0)
            store(dr, b + 1 * vs, r1)
            store(di, b + 1 * vs, i1)
            store(dr, b + 2 * vs, r2)
            store(di, b + 2 * vs, i2)
            store(dr, b + 3 * vs, r3)
            store(di, b + 3 * vs, i3)
            store(dr, b + 4 * vs, r4)
            store(di, b + 4 * vs, i4)
            store(dr, b + 5 * vs, r5)
            store(di, b + 5 * vs, i5)
            store(dr, b + 6 * vs, r6)
            store(di, b + 6 * vs, i6)
            store(dr, b + 7 * vs, r7)
            store(di, b + 7 * vs, i7)


@inlined
def sweep44(
    sr: Array, si: Array, s: int, z: int, us: int, ur: int, dr: Array, di: Array, d: int, y: int, vs: int, vr: int,
    count: int, t: Any, swap: bool,
) -> None:  # fmt: skip
    """As `sweep8` for rows of eight and only two qubits: four elements at s and four at z, to d and to y."""
    for row in range(count):
        a, e, b, f = s + row * ur, z + row * ur, d + row * vr, y + row * vr
        r0, i0 = load(sr, a + 0 * us), load(si, a + 0 * us)
        r1, i1 = load(sr, a + 1 * us), load(si, a + 1 * us)
        r2, i2 = load(sr, a + 2 * us), load(si, a + 2 * us)
        r3, i3 = load(sr, a + 3 * us), load(si, a + 3 * us)
        r4, i4 = load(sr, e + 0 * us), load(si, e + 0 * us)
        r5, i5 = load(sr, e + 1 * us), load(si, e + 1 * us)
        r6, i6 = load(sr, e + 2 * us), load(si, e + 2 * us)
        r7, i7 = load(sr, e + 3 * us), load(si, e + 3 * us)
        r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7 = quads(
            r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7, t, swap
        )  # fmt: skip
        store(dr, b + 0 * vs, r0)
        store(di, b + 0 * vs, i0)
        store(dr, b + 1 * vs, r1)
        store(di, b + 1 * vs, i1)
        store(dr, b + 2 * vs, r2)
        store(di, b + 2 * vs, i2)
        store(dr, b + 3 * vs, r3)
        store(di, b + 3 * vs, i3)
        store(dr, f + 0 * vs, r4)
        store(di, f + 0 * vs, i4)
        store(dr, f + 1 * vs, r5)
        store(di, f + 1 * vs, i5)
        store(dr, f + 2 * vs, r6)
        store(di, f + 2 * vs, i6)
        store(dr, f + 3 * vs, r7)
        store(di, f + 3 * vs, i7)


@inlined
def mirror(re: Array, im: Array, half: int, panel: int, part: int, t: Any, swap: bool) -> None:
    """Mix the qubit that flips all others: amplitude k of one half with the opposite one of the other half."""
    for q in range(4):
        for row in range(part):
            a = q * panel + row * 8
            b = half + (3 - q) * panel + (part - 1 - row) * 8
            ar, ai, br, bi = pair(load(re, a), load(im, a), flip7(load(re, b)), flip7(load(im, b)), t)
            if swap:
                ar, ai, br, bi = br, bi, ar, ai
            store(re, a, ar)
            store(im, a, ai)
            store(re, b, flip7(br))
            store(im, b, flip7(bi))


@inlined
def sweep2(re: Array, im: Array, s: int, u: int, rows: int, step: int, width: int, t: Any, swap: bool) -> None:
    """Mix the qubit of row stride step in place; rows are u apart."""
    for top in range(0, rows, 2 * step):
        for row in range(top, top + step):
            for k in range(0, width, 8):
                a = s + row * u + k
                b = a + u * step
                ar, ai, br, bi = pair(load(re, a), load(im, a), load(re, b), load(im, b), t)
                if swap:
                    a, b = b, a
                store(re, a, ar)
                store(im, a, ai)
                store(re, b, br)
                store(im, b, bi)


@inlined
def mix(re: Array, im: Array, s: int, u: int, rows: int, first: int, width: int, t: Any, swap: bool) -> None:
    """Mix the qubits of row strides first, 2·first, … of ``rows`` rows in place."""
    step = first
    while step * 4 < rows:
        for top in range(0, rows, 8 * step):
            at = s + top * u
            sweep8(re, im, at, step * u, u, re, im, at, step * u, u, step, width, t, swap)
        step *= 8
    while step < rows:
        sweep2(re, im, s, u, rows, step, width, t, swap)
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
                r0, i0 = t0, t0 - t0
                r1 = r2 = r3 = r4 = r5 = r6 = r7 = r0
                i1 = i2 = i3 = i4 = i5 = i6 = i7 = i0
            else:
                r0, i0 = load(re, a), load(im, a)
                r1, i1 = load(re, a + 1 * width), load(im, a + 1 * width)
                r2, i2 = load(re, a + 2 * width), load(im, a + 2 * width)
                r3, i3 = load(re, a + 3 * width), load(im, a + 3 * width)
                r4, i4 = load(re, a + 4 * width), load(im, a + 4 * width)
                r5, i5 = load(re, a + 5 * width), load(im, a + 5 * width)
                r6, i6 = load(re, a + 6 * width), load(im, a + 6 * width)
                r7, i7 = load(re, a + 7 * width), load(im, a + 7 * width)
                if on0:
                    r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7 = oct(
                        r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7, t0, s0
                    )  # fmt: skip
                    if in_lanes:
                        r0, i0 = lanes(r0, i0, t0, s0)
                        r1, i1 = lanes(r1, i1, t0, s0)
                        r2, i2 = lanes(r2, i2, t0, s0)
                        r3, i3 = lanes(r3, i3, t0, s0)
                        r4, i4 = lanes(r4, i4, t0, s0)
                        r5, i5 = lanes(r5, i5, t0, s0)
                        r6, i6 = lanes(r6, i6, t0, s0)
                        r7, i7 = lanes(r7, i7, t0, s0)
            if phase:
                r0, i0 = turn(r0, i0, load(factors, c + 0 * width), load(factors, c + gap + 0 * width))
                r1, i1 = turn(r1, i1, load(factors, c + 1 * width), load(factors, c + gap + 1 * width))
                r2, i2 = turn(r2, i2, load(factors, c + 2 * width), load(factors, c + gap + 2 * width))
                r3, i3 = turn(r3, i3, load(factors, c + 3 * width), load(factors, c + gap + 3 * width))
                r4, i4 = turn(r4, i4, load(factors, c + 4 * width), load(factors, c + gap + 4 * width))
                r5, i5 = turn(r5, i5, load(factors, c + 5 * width), load(factors, c + gap + 5 * width))
                r6, i6 = turn(r6, i6, load(factors, c + 6 * width), load(factors, c + gap + 6 * width))
                r7, i7 = turn(r7, i7, load(factors, c + 7 * width), load(factors, c + gap + 7 * width))
            if on1:
                if in_lanes:
                    r0, i0 = lanes(r0, i0, t1, s1)
                    r1, i1 = lanes(r1, i1, t1, s1)
                    r2, i2 = lanes(r2, i2, t1, s1)
                    r3, i3 = lanes(r3, i3, t1, s1)
                    r4, i4 = lanes(r4, i4, t1, s1)
                    r5, i5 = lanes(r5, i5, t1, s1)
                    r6, i6 = lanes(r6, i6, t1, s1)
                    r7, i7 = lanes(r7, i7, t1, s1)
                r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7 = oct(
                    r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7, t1, s1
                )  # fmt: skip
            store(re, a, r0)
            store(im, a, i0)
            store(re, a + 1 * width, r1)
            store(im, a + 1 * width, i1)
            store(re, a + 2 * width, r2)
            store(im, a + 2 * width, i2)
            store(re, a + 3 * width, r3)
            store(im, a + 3 * width, i3)
            store(re, a + 4 * width, r4)
            store(im, a + 4 * width, i4)
            store(re, a + 5 * width, r5)
            store(im, a + 5 * width, i5)
            store(re, a + 6 * width, r6)
            store(im, a + 6 * width, i6)
            store(re, a + 7 * width, r7)
            store(im, a + 7 * width, i7)
