"""The sweeps over one group's state: rotations on one to three qubits at a time, and diagonals.

A group is eight samples; its state is ``state[amplitude, re|im, lane]``, so an amplitude is two vectors. RY
is real, hence real and imaginary parts go through a rotation separately, and three qubits' pairs of psi and
lambda fit in registers. A shared RY is ``[[1, -t], [t, 1]]``, t = tan(angle / 2); its cosine is deferred (see
`prepare`). ``lists[hi] ^ lists[lo]`` are the amplitudes of the 0 branches. No kernel allocates.

Source of the walk back: Jones and Gacon, arXiv:2009.02823.
"""

from __future__ import annotations

from typing import Any

from ._jit import helper, inlined
from .arrays import FloatArray, IntArray
from .codes import AT, COS, HI, HI_N, LO, LO_N, PER_SAMPLE, ROW, SHIFT, SIN, V0, V1, V2
from .vec import load, splat, store

Vec = Any


@inlined
def turn(x: Vec, y: Vec, t: Vec) -> tuple[Vec, Vec]:
    """Return RY's image of a pair, without its cosine."""
    return x - t * y, y + t * x


@inlined
def cross(m: Vec, n: Vec, x: Vec, y: Vec) -> Vec:
    """Return a pair's share of ``Im <lambda|Y|psi>``, which is the angle's gradient."""
    return n * x - m * y


@inlined
def lanes_of(e: int, entries: IntArray, values: FloatArray, work: Any, cs: int, flip: int) -> tuple[Vec, Vec]:
    """Return cosines and sines of an entry, shared or per sample; ``flip`` turns the angle's sign."""
    sign = splat(work, 1.0 - 2.0 * flip)
    row = entries[e, ROW]
    if entries[e, PER_SAMPLE]:
        return load(work, cs + 16 * row), load(work, cs + 16 * row + 8) * sign
    return splat(work, values[row, COS]), splat(work, values[row, SIN]) * sign


@helper
def turn2(
    psi: Any,
    base: int,
    lists: IntArray,
    ops: IntArray,
    o: int,
    tan0: float,
    tan1: float,
) -> None:
    """Rotate two qubits."""
    t0, t1 = splat(psi, tan0), splat(psi, tan1)
    v0, v1 = ops[o, V0], ops[o, V1]
    for h in range(ops[o, HI], ops[o, HI] + ops[o, HI_N]):
        high = lists[h]
        for k in range(ops[o, LO], ops[o, LO] + ops[o, LO_N]):
            i = high ^ lists[k]
            i0, i1, i2, i3 = base + i, base + (i ^ v0), base + (i ^ v1), base + (i ^ v0 ^ v1)
            for part in range(0, 16, 8):
                x0, x1 = turn(load(psi, i0 + part), load(psi, i1 + part), t0)
                x2, x3 = turn(load(psi, i2 + part), load(psi, i3 + part), t0)
                x0, x2 = turn(x0, x2, t1)
                x1, x3 = turn(x1, x3, t1)
                store(psi, i0 + part, x0)
                store(psi, i1 + part, x1)
                store(psi, i2 + part, x2)
                store(psi, i3 + part, x3)


@helper
def turn3(
    psi: Any,
    base: int,
    lists: IntArray,
    ops: IntArray,
    o: int,
    tan0: float,
    tan1: float,
    tan2: float,
) -> None:
    """Rotate three qubits."""
    t0, t1, t2 = splat(psi, tan0), splat(psi, tan1), splat(psi, tan2)
    v0, v1, v2 = ops[o, V0], ops[o, V1], ops[o, V2]
    for h in range(ops[o, HI], ops[o, HI] + ops[o, HI_N]):
        high = lists[h]
        for k in range(ops[o, LO], ops[o, LO] + ops[o, LO_N]):
            i = high ^ lists[k]
            e = i ^ v2
            i0, i1, i2, i3 = base + i, base + (i ^ v0), base + (i ^ v1), base + (i ^ v0 ^ v1)
            i4, i5, i6, i7 = base + e, base + (e ^ v0), base + (e ^ v1), base + (e ^ v0 ^ v1)
            for part in range(0, 16, 8):
                x0, x1 = turn(load(psi, i0 + part), load(psi, i1 + part), t0)
                x2, x3 = turn(load(psi, i2 + part), load(psi, i3 + part), t0)
                x4, x5 = turn(load(psi, i4 + part), load(psi, i5 + part), t0)
                x6, x7 = turn(load(psi, i6 + part), load(psi, i7 + part), t0)
                x0, x2 = turn(x0, x2, t1)
                x1, x3 = turn(x1, x3, t1)
                x4, x6 = turn(x4, x6, t1)
                x5, x7 = turn(x5, x7, t1)
                x0, x4 = turn(x0, x4, t2)
                x1, x5 = turn(x1, x5, t2)
                x2, x6 = turn(x2, x6, t2)
                x3, x7 = turn(x3, x7, t2)
                store(psi, i0 + part, x0)
                store(psi, i1 + part, x1)
                store(psi, i2 + part, x2)
                store(psi, i3 + part, x3)
                store(psi, i4 + part, x4)
                store(psi, i5 + part, x5)
                store(psi, i6 + part, x6)
                store(psi, i7 + part, x7)


@helper
def unturn2(
    psi: Any,
    base: int,
    lam: Any,
    lbase: int,
    lists: IntArray,
    ops: IntArray,
    o: int,
    tan0: float,
    tan1: float,
    move: bool,
) -> tuple[Vec, Vec]:
    """Return the gradients of two qubits' rotations, and undo them if ``move``."""
    t0, t1 = splat(psi, -tan0), splat(psi, -tan1)
    g0 = splat(psi, 0.0)
    g1 = splat(psi, 0.0)
    v0, v1 = ops[o, V0], ops[o, V1]
    for h in range(ops[o, HI], ops[o, HI] + ops[o, HI_N]):
        high = lists[h]
        for k in range(ops[o, LO], ops[o, LO] + ops[o, LO_N]):
            i = high ^ lists[k]
            i1, i2, i3 = i ^ v0, i ^ v1, i ^ v0 ^ v1
            for part in range(0, 16, 8):
                b, d = base + part, lbase + part
                x0, x1, x2, x3 = load(psi, b + i), load(psi, b + i1), load(psi, b + i2), load(psi, b + i3)
                m0, m1, m2, m3 = load(lam, d + i), load(lam, d + i1), load(lam, d + i2), load(lam, d + i3)
                g0 = g0 + cross(m0, m1, x0, x1) + cross(m2, m3, x2, x3)
                g1 = g1 + cross(m0, m2, x0, x2) + cross(m1, m3, x1, x3)
                if move:
                    x0, x1 = turn(x0, x1, t0)
                    x2, x3 = turn(x2, x3, t0)
                    x0, x2 = turn(x0, x2, t1)
                    x1, x3 = turn(x1, x3, t1)
                    store(psi, b + i, x0)
                    store(psi, b + i1, x1)
                    store(psi, b + i2, x2)
                    store(psi, b + i3, x3)
                    m0, m1 = turn(m0, m1, t0)
                    m2, m3 = turn(m2, m3, t0)
                    m0, m2 = turn(m0, m2, t1)
                    m1, m3 = turn(m1, m3, t1)
                    store(lam, d + i, m0)
                    store(lam, d + i1, m1)
                    store(lam, d + i2, m2)
                    store(lam, d + i3, m3)
    return g0, g1


@helper
def unturn3(
    psi: Any,
    base: int,
    lam: Any,
    lbase: int,
    lists: IntArray,
    ops: IntArray,
    o: int,
    tan0: float,
    tan1: float,
    tan2: float,
    move: bool,
) -> tuple[Vec, Vec, Vec]:
    """Return the gradients of three qubits' rotations, and undo them if ``move``."""
    t0, t1, t2 = splat(psi, -tan0), splat(psi, -tan1), splat(psi, -tan2)
    g0 = splat(psi, 0.0)
    g1 = splat(psi, 0.0)
    g2 = splat(psi, 0.0)
    v0, v1, v2 = ops[o, V0], ops[o, V1], ops[o, V2]
    for h in range(ops[o, HI], ops[o, HI] + ops[o, HI_N]):
        high = lists[h]
        for k in range(ops[o, LO], ops[o, LO] + ops[o, LO_N]):
            i = high ^ lists[k]
            e = i ^ v2
            i1, i2, i3, i5, i6, i7 = i ^ v0, i ^ v1, i ^ v0 ^ v1, e ^ v0, e ^ v1, e ^ v0 ^ v1
            for part in range(0, 16, 8):
                b, d = base + part, lbase + part
                x0, x1, x2, x3 = load(psi, b + i), load(psi, b + i1), load(psi, b + i2), load(psi, b + i3)
                x4, x5, x6, x7 = load(psi, b + e), load(psi, b + i5), load(psi, b + i6), load(psi, b + i7)
                m0, m1, m2, m3 = load(lam, d + i), load(lam, d + i1), load(lam, d + i2), load(lam, d + i3)
                m4, m5, m6, m7 = load(lam, d + e), load(lam, d + i5), load(lam, d + i6), load(lam, d + i7)
                g0 = g0 + cross(m0, m1, x0, x1) + cross(m2, m3, x2, x3)
                g1 = g1 + cross(m0, m2, x0, x2) + cross(m1, m3, x1, x3)
                g2 = g2 + cross(m0, m4, x0, x4) + cross(m1, m5, x1, x5)
                g0 = g0 + cross(m4, m5, x4, x5) + cross(m6, m7, x6, x7)
                g1 = g1 + cross(m4, m6, x4, x6) + cross(m5, m7, x5, x7)
                g2 = g2 + cross(m2, m6, x2, x6) + cross(m3, m7, x3, x7)
                if move:
                    x0, x1 = turn(x0, x1, t0)
                    x2, x3 = turn(x2, x3, t0)
                    x4, x5 = turn(x4, x5, t0)
                    x6, x7 = turn(x6, x7, t0)
                    x0, x2 = turn(x0, x2, t1)
                    x1, x3 = turn(x1, x3, t1)
                    x4, x6 = turn(x4, x6, t1)
                    x5, x7 = turn(x5, x7, t1)
                    x0, x4 = turn(x0, x4, t2)
                    x1, x5 = turn(x1, x5, t2)
                    x2, x6 = turn(x2, x6, t2)
                    x3, x7 = turn(x3, x7, t2)
                    store(psi, b + i, x0)
                    store(psi, b + i1, x1)
                    store(psi, b + i2, x2)
                    store(psi, b + i3, x3)
                    store(psi, b + e, x4)
                    store(psi, b + i5, x5)
                    store(psi, b + i6, x6)
                    store(psi, b + i7, x7)
                    m0, m1 = turn(m0, m1, t0)
                    m2, m3 = turn(m2, m3, t0)
                    m4, m5 = turn(m4, m5, t0)
                    m6, m7 = turn(m6, m7, t0)
                    m0, m2 = turn(m0, m2, t1)
                    m1, m3 = turn(m1, m3, t1)
                    m4, m6 = turn(m4, m6, t1)
                    m5, m7 = turn(m5, m7, t1)
                    m0, m4 = turn(m0, m4, t2)
                    m1, m5 = turn(m1, m5, t2)
                    m2, m6 = turn(m2, m6, t2)
                    m3, m7 = turn(m3, m7, t2)
                    store(lam, d + i, m0)
                    store(lam, d + i1, m1)
                    store(lam, d + i2, m2)
                    store(lam, d + i3, m3)
                    store(lam, d + e, m4)
                    store(lam, d + i5, m5)
                    store(lam, d + i6, m6)
                    store(lam, d + i7, m7)
    return g0, g1, g2


@helper
def rotate(psi: Any, base: int, lists: IntArray, ops: IntArray, o: int, c: Vec, s: Vec) -> None:
    """Rotate one qubit by the cosines and sines of the lanes; 1 and a tangent defer the cosine."""
    v = ops[o, V0]
    shift = ops[o, SHIFT]
    for h in range(ops[o, HI], ops[o, HI] + ops[o, HI_N]):
        high = lists[h] ^ shift
        for k in range(ops[o, LO], ops[o, LO] + ops[o, LO_N]):
            i = high ^ lists[k]
            j = base + (i ^ v)
            i = base + i
            for part in range(0, 16, 8):
                x, y = load(psi, i + part), load(psi, j + part)
                store(psi, i + part, c * x - s * y)
                store(psi, j + part, c * y + s * x)


@helper
def unrotate(
    psi: Any,
    base: int,
    lam: Any,
    lbase: int,
    lists: IntArray,
    ops: IntArray,
    o: int,
    c: Vec,
    s: Vec,
    move: bool,
) -> Vec:
    """Return the gradient of `rotate`'s angle, and undo it if ``move``."""
    g = splat(psi, 0.0)
    v = ops[o, V0]
    shift = ops[o, SHIFT]
    for h in range(ops[o, HI], ops[o, HI] + ops[o, HI_N]):
        high = lists[h] ^ shift
        for k in range(ops[o, LO], ops[o, LO] + ops[o, LO_N]):
            i = high ^ lists[k]
            j = i ^ v
            for part in range(0, 16, 8):
                p, q, r, w = base + i + part, base + j + part, lbase + i + part, lbase + j + part
                x, y, m, n = load(psi, p), load(psi, q), load(lam, r), load(lam, w)
                g = g + cross(m, n, x, y)
                if move:
                    store(psi, p, c * x + s * y)
                    store(psi, q, c * y - s * x)
                    store(lam, r, c * m + s * n)
                    store(lam, w, c * n - s * m)
    return g


@helper
def product(
    psi: Any,
    base: int,
    size: int,
    lists: IntArray,
    ops: IntArray,
    o: int,
    entries: IntArray,
    values: FloatArray,
    work: Any,
    cs: int,
    build: int,
) -> None:
    """Write the product state that the first rotations make of |0...0>."""
    lo, lo_n, hi, hi_n = ops[o, LO], ops[o, LO_N], ops[o, HI], ops[o, HI_N]
    zero = splat(psi, 0.0)
    if lo_n * hi_n * 16 < size:
        for k in range(0, size, 16):
            store(psi, base + k, zero)
    for k in range(8, size, 16):
        store(psi, base + k, zero)
    at, second = ops[o, AT], build + 8 * lo_n
    for side in range(2):
        a, count = (build, lo_n) if side == 0 else (second, hi_n)
        store(work, a, splat(psi, 1.0))
        n = 1
        while n < count:
            c, s = lanes_of(lists[at], entries, values, work, cs, 0)
            for k in range(a, a + 8 * n, 8):
                x = load(work, k)
                store(work, k, x * c)
                store(work, k + 8 * n, x * s)
            n += n
            at += 1
    for h in range(hi_n):
        b = load(work, second + 8 * h)
        for k in range(lo_n):
            store(psi, base + (lists[hi + h] ^ lists[lo + k]), b * load(work, build + 8 * k))
