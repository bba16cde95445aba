"""The numba kernels around the states: angles to 2x2 matrices before, reduced gradients to angle gradients
after.

A slot's matrix is the product of its factors (RX, RY, RZ, P, a phase, or a constant). The derivative of the
whole product with respect to one factor's angle is ``-i/2 (n . sigma)`` times the product, with n the
factor's axis turned by the factors after it: `prepare` writes these axes, `finish` dots them with the
kernel's ``Im <lambda|{1, X, Y, Z}|psi>``.
"""

from __future__ import annotations

import math

from ._jit import kernel
from .arrays import FloatArray, IntArray
from .codes import (
    A_BATCHED,
    A_GENERAL,
    A_INDEX,
    A_ROW,
    BATCHED,
    CONST,
    F_ANGLE,
    F_AXIS,
    F_FROM,
    F_KIND,
    F_TO,
    F_WANT,
    GPHASE,
    RX,
    RY,
    RZ,
    T_SLOT,
    U_STRIDE,
    P,
    U,
)
from .vec import hsum, load, splat, store


@kernel
def prepare(
    slots: IntArray,
    factors: IntArray,
    constants: FloatArray,
    angles: IntArray,
    affine: FloatArray,
    x: FloatArray,
    w: FloatArray,
    general_w: FloatArray,
    general_x: FloatArray,
    n_groups: int,
    cs_w: FloatArray,
    cs_x: FloatArray,
    u: FloatArray,
    axes: FloatArray,
    axis_stride: int,
    gradient: bool,
) -> None:
    """Evaluate every angle, multiply every slot's factors, and write their gradient axes if ``gradient``."""
    samples = x.shape[0]
    for a in range(angles.shape[0]):
        row, index = angles[a, A_ROW], angles[a, A_INDEX]
        offset, scale = affine[a, 0], affine[a, 1]
        if angles[a, A_BATCHED] == 0:
            source = general_w[index] if angles[a, A_GENERAL] else (w[index] if index >= 0 else 0.0)
            half = 0.5 * (offset + scale * source)
            cs_w[2 * row] = math.cos(half)
            cs_w[2 * row + 1] = math.sin(half)
        else:
            for b in range(n_groups * 8):
                sample = min(b, samples - 1)
                source = general_x[index, sample] if angles[a, A_GENERAL] else x[sample, index]
                half = 0.5 * (offset + scale * source)
                at = (row * n_groups + b // 8) * 16 + b % 8
                cs_x[at] = math.cos(half)
                cs_x[at + 8] = math.sin(half)
    zero = splat(0.0)
    one = splat(1.0)
    for s in range(slots.shape[0]):
        for g in range(n_groups if slots[s, BATCHED] else 1):
            ar, ai, br, bi, cr, ci, dr, di = one, zero, zero, zero, zero, zero, one, zero
            for f in range(slots[s, F_FROM], slots[s, F_TO]):
                kind, a = factors[f, F_KIND], factors[f, F_ANGLE]
                if kind == CONST:
                    kar, kai = splat(constants[a, 0]), splat(constants[a, 1])
                    kbr, kbi = splat(constants[a, 2]), splat(constants[a, 3])
                    kcr, kci = splat(constants[a, 4]), splat(constants[a, 5])
                    kdr, kdi = splat(constants[a, 6]), splat(constants[a, 7])
                else:
                    row = angles[a, A_ROW]
                    if angles[a, A_BATCHED]:
                        at = (row * n_groups + g) * 16
                        c, n = load(cs_x, at), load(cs_x, at + 8)
                    else:
                        c, n = splat(cs_w[2 * row]), splat(cs_w[2 * row + 1])
                    kar, kai, kbr, kbi, kcr, kci, kdr, kdi = c, zero, zero, zero, zero, zero, c, zero
                    if kind == RX:
                        kbi, kci = zero - n, zero - n
                    elif kind == RY:
                        kbr, kcr = zero - n, n
                    elif kind == RZ:
                        kai, kdi = zero - n, n
                    else:
                        kar, kdr, kdi = one, c * c - n * n, c * n + c * n
                        if kind == GPHASE:
                            kar, kai = kdr, kdi
                pr = kar * ar - kai * ai + kbr * cr - kbi * ci
                pi = kar * ai + kai * ar + kbr * ci + kbi * cr
                qr = kar * br - kai * bi + kbr * dr - kbi * di
                qi = kar * bi + kai * br + kbr * di + kbi * dr
                rr = kcr * ar - kci * ai + kdr * cr - kdi * ci
                ri = kcr * ai + kci * ar + kdr * ci + kdi * cr
                sr = kcr * br - kci * bi + kdr * dr - kdi * di
                si = kcr * bi + kci * br + kdr * di + kdi * dr
                ar, ai, br, bi, cr, ci, dr, di = pr, pi, qr, qi, rr, ri, sr, si
            at = slots[s, U] + g * slots[s, U_STRIDE]
            store(u, at, ar)
            store(u, at + 8, ai)
            store(u, at + 16, br)
            store(u, at + 24, bi)
            store(u, at + 32, cr)
            store(u, at + 40, ci)
            store(u, at + 48, dr)
            store(u, at + 56, di)
            if not gradient or slots[s, T_SLOT] < 0:
                continue
            # Columns of the rotation by the factors after f: images of the axes X, Y, Z.
            xx, xy, xz, yx, yy, yz, zx, zy, zz = one, zero, zero, zero, one, zero, zero, zero, one
            for f in range(slots[s, F_TO] - 1, slots[s, F_FROM] - 1, -1):
                kind, a = factors[f, F_KIND], factors[f, F_ANGLE]
                if kind == CONST:
                    axx, axy, axz = xx, xy, xz
                    ayx, ayy, ayz = yx, yy, yz
                    azx, azy, azz = zx, zy, zz
                    e, h, k = splat(constants[a, 8]), splat(constants[a, 9]), splat(constants[a, 10])
                    xx, xy, xz = (
                        e * axx + h * ayx + k * azx,
                        e * axy + h * ayy + k * azy,
                        e * axz + h * ayz + k * azz,
                    )
                    e, h, k = splat(constants[a, 11]), splat(constants[a, 12]), splat(constants[a, 13])
                    yx, yy, yz = (
                        e * axx + h * ayx + k * azx,
                        e * axy + h * ayy + k * azy,
                        e * axz + h * ayz + k * azz,
                    )
                    e, h, k = splat(constants[a, 14]), splat(constants[a, 15]), splat(constants[a, 16])
                    zx, zy, zz = (
                        e * axx + h * ayx + k * azx,
                        e * axy + h * ayy + k * azy,
                        e * axz + h * ayz + k * azz,
                    )
                    continue
                row = angles[a, A_ROW]
                if angles[a, A_BATCHED]:
                    at = (row * n_groups + g) * 16
                    c, n = load(cs_x, at), load(cs_x, at + 8)
                else:
                    c, n = splat(cs_w[2 * row]), splat(cs_w[2 * row + 1])
                if factors[f, F_WANT]:
                    at = factors[f, F_AXIS] + (g * axis_stride if slots[s, BATCHED] else 0)
                    g0, g1, g2, g3 = zero, zero, zero, zero
                    if kind == RX:
                        g1, g2, g3 = xx, xy, xz
                    elif kind == RY:
                        g1, g2, g3 = yx, yy, yz
                    elif kind == GPHASE:
                        g0 = splat(-2.0)
                    else:
                        g1, g2, g3 = zx, zy, zz
                        if kind == P:
                            g0 = splat(-1.0)
                    store(axes, at, g0)
                    store(axes, at + 8, g1)
                    store(axes, at + 16, g2)
                    store(axes, at + 24, g3)
                if kind == GPHASE:
                    continue
                full_c = c * c - n * n
                full_s = c * n + c * n
                if kind == RX:  # Y -> cY + sZ, Z -> -sY + cZ
                    ex, ey, ez = yx, yy, yz
                    yx, yy, yz = (
                        full_c * ex + full_s * zx,
                        full_c * ey + full_s * zy,
                        full_c * ez + full_s * zz,
                    )
                    zx, zy, zz = (
                        full_c * zx - full_s * ex,
                        full_c * zy - full_s * ey,
                        full_c * zz - full_s * ez,
                    )
                elif kind == RY:  # Z -> cZ + sX, X -> -sZ + cX
                    ex, ey, ez = zx, zy, zz
                    zx, zy, zz = (
                        full_c * ex + full_s * xx,
                        full_c * ey + full_s * xy,
                        full_c * ez + full_s * xz,
                    )
                    xx, xy, xz = (
                        full_c * xx - full_s * ex,
                        full_c * xy - full_s * ey,
                        full_c * xz - full_s * ez,
                    )
                else:  # X -> cX + sY, Y -> -sX + cY
                    ex, ey, ez = xx, xy, xz
                    xx, xy, xz = (
                        full_c * ex + full_s * yx,
                        full_c * ey + full_s * yy,
                        full_c * ez + full_s * yz,
                    )
                    yx, yy, yz = (
                        full_c * yx - full_s * ex,
                        full_c * yy - full_s * ey,
                        full_c * yz - full_s * ez,
                    )


@kernel
def finish(
    slots: IntArray,
    factors: IntArray,
    angles: IntArray,
    affine: FloatArray,
    n_groups: int,
    t: FloatArray,
    axes: FloatArray,
    axis_stride: int,
    grad_w: FloatArray,
    grad_x: FloatArray,
    grad_general_w: FloatArray,
    grad_general_x: FloatArray,
) -> None:
    """Add the gradient of every wanted factor to that of its angle's source, always in the same order.

    ``grad_x`` and ``grad_general_x`` are ``[source, group, lane]``.
    """
    for s in range(slots.shape[0]):
        slot = slots[s, T_SLOT]
        if slot < 0:
            continue
        batched = slots[s, BATCHED]
        t0, t1, t2, t3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
        if not batched:
            for g in range(n_groups):
                at = (slot * n_groups + g) * 32
                t0 = t0 + load(t, at)
                t1 = t1 + load(t, at + 8)
                t2 = t2 + load(t, at + 16)
                t3 = t3 + load(t, at + 24)
        for f in range(slots[s, F_FROM], slots[s, F_TO]):
            if factors[f, F_WANT] == 0:
                continue
            a = factors[f, F_ANGLE]
            axis, index, scale = factors[f, F_AXIS], angles[a, A_INDEX], affine[a, 1]
            total = splat(0.0)
            for g in range(n_groups if batched else 1):
                if batched:
                    at = (slot * n_groups + g) * 32
                    t0, t1, t2, t3 = load(t, at), load(t, at + 8), load(t, at + 16), load(t, at + 24)
                ax = axis + g * axis_stride
                d = t0 * load(axes, ax) + t1 * load(axes, ax + 8) + t2 * load(axes, ax + 16) + t3 * load(axes, ax + 24)
                if angles[a, A_BATCHED] == 0:
                    total = total + d
                    continue
                into = (index * n_groups + g) * 8
                if angles[a, A_GENERAL]:
                    store(grad_general_x, into, load(grad_general_x, into) + splat(scale) * d)
                else:
                    store(grad_x, into, load(grad_x, into) + splat(scale) * d)
            if angles[a, A_BATCHED] == 0:
                value = scale * hsum(total)
                if angles[a, A_GENERAL]:
                    grad_general_w[index] += value
                elif index >= 0:
                    grad_w[index] += value
