"""The numba kernels: a gate program in, states, expectations and reduced gradients out.

One *group* is eight samples; its state is ``state[amplitude, re|im, lane]``, so each amplitude of a group is
two vectors and every gate on every qubit moves whole vectors. The circuit is data (``slots``, ``table``,
``u``): nothing here is compiled per circuit. No kernel allocates, and none may touch Python objects.

Columns of ``slots``: see `qlab.engine.codes`.
"""

from __future__ import annotations

from ._jit import inlined, kernel
from .arrays import FloatArray, IntArray
from .codes import DIAGONAL, GENERAL, HI, HI_N, KIND, LO, LO_N, PHASE, REAL, T_SLOT, U_STRIDE, U, V
from .vec import load, odd_parity, splat, store


@inlined
def _apply(slots: IntArray, s: int, table: IntArray, u: FloatArray, g: int, psi: FloatArray, base: int) -> None:
    kind, v = slots[s, KIND], slots[s, V]
    lo, hi = slots[s, LO], slots[s, HI]
    lo_end, hi_end = lo + slots[s, LO_N], hi + slots[s, HI_N]
    at = slots[s, U] + g * slots[s, U_STRIDE]
    if kind == GENERAL:
        ar, ai, br, bi = load(u, at), load(u, at + 8), load(u, at + 16), load(u, at + 24)
        cr, ci, dr, di = load(u, at + 32), load(u, at + 40), load(u, at + 48), load(u, at + 56)
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                j = base + (i ^ v)
                i = base + i
                xr, xi, yr, yi = load(psi, i), load(psi, i + 8), load(psi, j), load(psi, j + 8)
                store(psi, i, ar * xr - ai * xi + br * yr - bi * yi)
                store(psi, i + 8, ar * xi + ai * xr + br * yi + bi * yr)
                store(psi, j, cr * xr - ci * xi + dr * yr - di * yi)
                store(psi, j + 8, cr * xi + ci * xr + dr * yi + di * yr)
    elif kind == REAL:
        ar, br, cr, dr = load(u, at), load(u, at + 16), load(u, at + 32), load(u, at + 48)
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                j = base + (i ^ v)
                i = base + i
                xr, xi, yr, yi = load(psi, i), load(psi, i + 8), load(psi, j), load(psi, j + 8)
                store(psi, i, ar * xr + br * yr)
                store(psi, i + 8, ar * xi + br * yi)
                store(psi, j, cr * xr + dr * yr)
                store(psi, j + 8, cr * xi + dr * yi)
    elif kind == DIAGONAL:
        ar, ai, dr, di = load(u, at), load(u, at + 8), load(u, at + 48), load(u, at + 56)
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                j = base + (i ^ v)
                i = base + i
                xr, xi, yr, yi = load(psi, i), load(psi, i + 8), load(psi, j), load(psi, j + 8)
                store(psi, i, ar * xr - ai * xi)
                store(psi, i + 8, ar * xi + ai * xr)
                store(psi, j, dr * yr - di * yi)
                store(psi, j + 8, dr * yi + di * yr)
    elif kind == PHASE:
        dr, di = load(u, at + 48), load(u, at + 56)
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = base + (table[h] ^ table[k])
                xr, xi = load(psi, i), load(psi, i + 8)
                store(psi, i, dr * xr - di * xi)
                store(psi, i + 8, dr * xi + di * xr)
    else:
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                j = base + (i ^ v)
                i = base + i
                xr, xi, yr, yi = load(psi, i), load(psi, i + 8), load(psi, j), load(psi, j + 8)
                store(psi, i, yr)
                store(psi, i + 8, yi)
                store(psi, j, xr)
                store(psi, j + 8, xi)


@inlined
def _unapply(
    slots: IntArray,
    s: int,
    table: IntArray,
    u: FloatArray,
    g: int,
    psi: FloatArray,
    base: int,
    lam: FloatArray,
    lbase: int,
    t: FloatArray,
    tg: int,
    last: bool,
) -> None:
    """Undo slot ``s`` on psi and lambda; before, reduce ``Im <lambda|{1, X, Y, Z}|psi>`` into ``t``."""
    kind, v = slots[s, KIND], slots[s, V]
    lo, hi = slots[s, LO], slots[s, HI]
    lo_end, hi_end = lo + slots[s, LO_N], hi + slots[s, HI_N]
    at = slots[s, U] + g * slots[s, U_STRIDE]
    want = slots[s, T_SLOT] >= 0
    t0 = splat(0.0)
    t1 = splat(0.0)
    tx = splat(0.0)
    ty = splat(0.0)
    if kind == GENERAL:
        ar, ai, br, bi = load(u, at), load(u, at + 8), load(u, at + 16), load(u, at + 24)
        cr, ci, dr, di = load(u, at + 32), load(u, at + 40), load(u, at + 48), load(u, at + 56)
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                j = i ^ v
                p, q, i, j = base + i, base + j, lbase + i, lbase + j
                xr, xi, yr, yi = load(psi, p), load(psi, p + 8), load(psi, q), load(psi, q + 8)
                mr, mi, nr, ni = load(lam, i), load(lam, i + 8), load(lam, j), load(lam, j + 8)
                if want:
                    t0 = t0 + mr * xi - mi * xr
                    t1 = t1 + nr * yi - ni * yr
                    tx = tx + mr * yi - mi * yr + nr * xi - ni * xr
                    ty = ty + nr * xr + ni * xi - mr * yr - mi * yi
                if not last:
                    store(psi, p, ar * xr + ai * xi + cr * yr + ci * yi)
                    store(psi, p + 8, ar * xi - ai * xr + cr * yi - ci * yr)
                    store(psi, q, br * xr + bi * xi + dr * yr + di * yi)
                    store(psi, q + 8, br * xi - bi * xr + dr * yi - di * yr)
                    store(lam, i, ar * mr + ai * mi + cr * nr + ci * ni)
                    store(lam, i + 8, ar * mi - ai * mr + cr * ni - ci * nr)
                    store(lam, j, br * mr + bi * mi + dr * nr + di * ni)
                    store(lam, j + 8, br * mi - bi * mr + dr * ni - di * nr)
    elif kind == REAL:
        ar, br, cr, dr = load(u, at), load(u, at + 16), load(u, at + 32), load(u, at + 48)
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                j = i ^ v
                p, q, i, j = base + i, base + j, lbase + i, lbase + j
                xr, xi, yr, yi = load(psi, p), load(psi, p + 8), load(psi, q), load(psi, q + 8)
                mr, mi, nr, ni = load(lam, i), load(lam, i + 8), load(lam, j), load(lam, j + 8)
                if want:
                    ty = ty + nr * xr + ni * xi - mr * yr - mi * yi
                if not last:
                    store(psi, p, ar * xr + cr * yr)
                    store(psi, p + 8, ar * xi + cr * yi)
                    store(psi, q, br * xr + dr * yr)
                    store(psi, q + 8, br * xi + dr * yi)
                    store(lam, i, ar * mr + cr * nr)
                    store(lam, i + 8, ar * mi + cr * ni)
                    store(lam, j, br * mr + dr * nr)
                    store(lam, j + 8, br * mi + dr * ni)
    elif kind == DIAGONAL:
        ar, ai, dr, di = load(u, at), load(u, at + 8), load(u, at + 48), load(u, at + 56)
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                j = i ^ v
                p, q, i, j = base + i, base + j, lbase + i, lbase + j
                xr, xi, yr, yi = load(psi, p), load(psi, p + 8), load(psi, q), load(psi, q + 8)
                mr, mi, nr, ni = load(lam, i), load(lam, i + 8), load(lam, j), load(lam, j + 8)
                if want:
                    t0 = t0 + mr * xi - mi * xr
                    t1 = t1 + nr * yi - ni * yr
                if not last:
                    store(psi, p, ar * xr + ai * xi)
                    store(psi, p + 8, ar * xi - ai * xr)
                    store(psi, q, dr * yr + di * yi)
                    store(psi, q + 8, dr * yi - di * yr)
                    store(lam, i, ar * mr + ai * mi)
                    store(lam, i + 8, ar * mi - ai * mr)
                    store(lam, j, dr * nr + di * ni)
                    store(lam, j + 8, dr * ni - di * nr)
    elif kind == PHASE:
        dr, di = load(u, at + 48), load(u, at + 56)
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                p, i = base + i, lbase + i
                xr, xi, mr, mi = load(psi, p), load(psi, p + 8), load(lam, i), load(lam, i + 8)
                if want:
                    t1 = t1 + mr * xi - mi * xr
                if not last:
                    store(psi, p, dr * xr + di * xi)
                    store(psi, p + 8, dr * xi - di * xr)
                    store(lam, i, dr * mr + di * mi)
                    store(lam, i + 8, dr * mi - di * mr)
    else:
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = table[h] ^ table[k]
                j = i ^ v
                p, q, i, j = base + i, base + j, lbase + i, lbase + j
                xr, xi, yr, yi = load(psi, p), load(psi, p + 8), load(psi, q), load(psi, q + 8)
                mr, mi, nr, ni = load(lam, i), load(lam, i + 8), load(lam, j), load(lam, j + 8)
                store(psi, p, yr)
                store(psi, p + 8, yi)
                store(psi, q, xr)
                store(psi, q + 8, xi)
                store(lam, i, nr)
                store(lam, i + 8, ni)
                store(lam, j, mr)
                store(lam, j + 8, mi)
    if want:
        store(t, tg, t0 + t1)
        store(t, tg + 8, tx)
        store(t, tg + 16, ty)
        store(t, tg + 24, t0 - t1)


@inlined
def _expect(
    terms: IntArray,
    coef: FloatArray,
    psi: FloatArray,
    base: int,
    scratch: FloatArray,
    sbase: int,
    size: int,
    values: FloatArray,
    g: int,
    n_obs: int,
) -> None:
    for o in range(n_obs):
        store(values, (g * n_obs + o) * 8, splat(0.0))
    for k in range(0, size, 16):
        re, im = load(psi, base + k), load(psi, base + k + 8)
        store(scratch, sbase + k // 2, re * re + im * im)
    for m in range(terms.shape[0]):
        x, z, turn, obs = terms[m, 0], terms[m, 1], terms[m, 2], terms[m, 3]
        plus = splat(0.0)
        minus = splat(0.0)
        if x == 0:
            for k in range(0, size, 16):
                p = load(scratch, sbase + k // 2)
                if odd_parity(k & z) == 1:
                    minus = minus + p
                else:
                    plus = plus + p
        else:
            top = terms[m, 4]
            for k in range(0, size, 16):
                if k & top == 0:
                    i, j = base + k, base + (k ^ x)
                    xr, xi, yr, yi = load(psi, i), load(psi, i + 8), load(psi, j), load(psi, j + 8)
                    p = yi * xr - yr * xi if turn & 1 else yr * xr + yi * xi
                    if odd_parity(k & z) == 1:
                        minus = minus + p
                    else:
                        plus = plus + p
        at = (g * n_obs + obs) * 8
        store(values, at, load(values, at) + splat(coef[m]) * (plus - minus))


@inlined
def _adjoint_start(
    terms: IntArray,
    coef: FloatArray,
    psi: FloatArray,
    base: int,
    lam: FloatArray,
    lbase: int,
    size: int,
    cotangent: FloatArray,
    g: int,
    n_obs: int,
) -> None:
    """Set lambda = sum_o cotangent[o] * observable_o |psi>."""
    zero = splat(0.0)
    for k in range(0, size, 16):
        store(lam, lbase + k, zero)
    for m in range(terms.shape[0]):
        if terms[m, 0] == 0:
            z = terms[m, 1]
            c = splat(coef[m]) * load(cotangent, (g * n_obs + terms[m, 3]) * 8)
            n = zero - c
            for k in range(0, size, 16):
                at = lbase + k
                if odd_parity(k & z) == 1:
                    store(lam, at, load(lam, at) + n)
                else:
                    store(lam, at, load(lam, at) + c)
    for k in range(0, size, 16):
        d = load(lam, lbase + k)
        store(lam, lbase + k, d * load(psi, base + k))
        store(lam, lbase + k + 8, d * load(psi, base + k + 8))
    for m in range(terms.shape[0]):
        x = terms[m, 0]
        if x != 0:
            z, turn = terms[m, 1], terms[m, 2]
            # coef carries the factor 2 of the halved sum and the sign of i**turn: undo the former.
            c = splat(0.5 * coef[m]) * load(cotangent, (g * n_obs + terms[m, 3]) * 8)
            n = zero - c
            for k in range(0, size, 16):
                f = n if odd_parity(k & z) == 1 else c
                xr, xi = load(psi, base + k), load(psi, base + k + 8)
                at = lbase + (k ^ x)
                if turn & 1:
                    store(lam, at, load(lam, at) - f * xi)
                    store(lam, at + 8, load(lam, at + 8) + f * xr)
                else:
                    store(lam, at, load(lam, at) + f * xr)
                    store(lam, at + 8, load(lam, at + 8) + f * xi)


@kernel
def forward(
    g_from: int,
    g_to: int,
    origin: int,
    stride: int,
    size: int,
    slots: IntArray,
    table: IntArray,
    u: FloatArray,
    psi: FloatArray,
    pbase: int,
    scratch: FloatArray,
    sbase: int,
    terms: IntArray,
    coef: FloatArray,
    values: FloatArray,
    n_obs: int,
) -> None:
    """Run groups ``[g_from, g_to)`` from |0...0> and write their expectations; psi keeps the last state(s).

    ``stride`` is the distance of two groups in ``psi``, whose first is group ``origin``; 0 reuses the one at
    ``pbase``. ``size`` is the number of doubles of a group's state.
    """
    for g in range(g_from, g_to):
        base = (g - origin) * stride if stride > 0 else pbase
        zero = splat(0.0)
        for k in range(0, size, 8):
            store(psi, base + k, zero)
        store(psi, base, splat(1.0))
        for s in range(slots.shape[0]):
            _apply(slots, s, table, u, g, psi, base)
        if n_obs > 0:
            _expect(terms, coef, psi, base, scratch, sbase, size, values, g, n_obs)


@kernel
def backward(
    g_from: int,
    g_to: int,
    origin: int,
    size: int,
    slots: IntArray,
    first: int,
    table: IntArray,
    u: FloatArray,
    psi: FloatArray,
    lam: FloatArray,
    lbase: int,
    terms: IntArray,
    coef: FloatArray,
    cotangent: FloatArray,
    n_obs: int,
    t: FloatArray,
    n_groups: int,
) -> None:
    """Walk groups ``[g_from, g_to)`` back from their final states; fill ``t[slot, group, 1|X|Y|Z, lane]``."""
    for g in range(g_from, g_to):
        base = (g - origin) * size
        _adjoint_start(terms, coef, psi, base, lam, lbase, size, cotangent, g, n_obs)
        for s in range(slots.shape[0] - 1, first - 1, -1):
            tg = (slots[s, T_SLOT] * n_groups + g) * 32
            _unapply(slots, s, table, u, g, psi, base, lam, lbase, t, tg, s == first)
