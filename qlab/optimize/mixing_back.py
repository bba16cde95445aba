"""The pieces of the walk back: undo mixers on a state and its adjoint, and sum Im⟨λ|X|ψ⟩ of the qubits on the way.

Overlaps are taken before a sweep undoes its qubits; X commutes with the layer's mixers, so any moment in it will do.
"""

from __future__ import annotations

from typing import Any

from ..engine._jit import inlined
from .mixing import lanes8, load4, mirror, mix2, oct, quad, store4, turn4
from .vec import flip1, flip2, flip4, flip7, load

Array = Any


@inlined
def overlap8(v: Any, lr: Array, li: Array, a: int, e: int, u: int) -> Any:
    """Return the overlaps of the three qubits that number eight vectors with eight others: four at a and four at e."""
    x = load(lr, a) * (v[3] + v[5] + v[9]) - load(li, a) * (v[2] + v[4] + v[8])
    y = load(lr, a + u) * (v[1] + v[7] + v[11]) - load(li, a + u) * (v[0] + v[6] + v[10])
    x = x + load(lr, a + 2 * u) * (v[7] + v[1] + v[13]) - load(li, a + 2 * u) * (v[6] + v[0] + v[12])
    y = y + load(lr, a + 3 * u) * (v[5] + v[3] + v[15]) - load(li, a + 3 * u) * (v[4] + v[2] + v[14])
    x = x + load(lr, e) * (v[11] + v[13] + v[1]) - load(li, e) * (v[10] + v[12] + v[0])
    y = y + load(lr, e + u) * (v[9] + v[15] + v[3]) - load(li, e + u) * (v[8] + v[14] + v[2])
    x = x + load(lr, e + 2 * u) * (v[15] + v[9] + v[5]) - load(li, e + 2 * u) * (v[14] + v[8] + v[4])
    y = y + load(lr, e + 3 * u) * (v[13] + v[11] + v[7]) - load(li, e + 3 * u) * (v[12] + v[10] + v[6])
    return x + y


@inlined
def overlap4(v: Any, lr: Array, li: Array, a: int, u: int) -> Any:
    """Return the overlaps of the two qubits that number four vectors with four others, ``u`` apart."""
    x = load(lr, a) * (v[3] + v[5]) - load(li, a) * (v[2] + v[4])
    y = load(lr, a + u) * (v[1] + v[7]) - load(li, a + u) * (v[0] + v[6])
    x = x + load(lr, a + 2 * u) * (v[7] + v[1]) - load(li, a + 2 * u) * (v[6] + v[0])
    return x + y + load(lr, a + 3 * u) * (v[5] + v[3]) - load(li, a + 3 * u) * (v[4] + v[2])


@inlined
def _lane(r: Any, i: Any, lr: Array, li: Array, a: int) -> Any:
    """Return the overlaps of the three qubits within a vector."""
    return load(lr, a) * (flip1(i) + flip2(i) + flip4(i)) - load(li, a) * (flip1(r) + flip2(r) + flip4(r))


@inlined
def lane_overlap4(v: Any, lr: Array, li: Array, a: int, u: int) -> Any:
    """Return the overlaps of the three qubits within each of four vectors."""
    x = _lane(v[0], v[1], lr, li, a) + _lane(v[2], v[3], lr, li, a + u)
    return x + _lane(v[4], v[5], lr, li, a + 2 * u) + _lane(v[6], v[7], lr, li, a + 3 * u)


@inlined
def weighed4(v: Any, lr: Array, li: Array, a: int, u: int, costs: Array, c: int) -> Any:
    """Return Σ cost·Im of the products of four vectors with the adjoint's four; costs lie ``u`` apart as well."""
    x = load(costs, c) * (load(lr, a) * v[1] - load(li, a) * v[0])
    y = load(costs, c + u) * (load(lr, a + u) * v[3] - load(li, a + u) * v[2])
    x = x + load(costs, c + 2 * u) * (load(lr, a + 2 * u) * v[5] - load(li, a + 2 * u) * v[4])
    return x + y + load(costs, c + 3 * u) * (load(lr, a + 3 * u) * v[7] - load(li, a + 3 * u) * v[6])


@inlined
def back8(
    sr: Array, si: Array, s: int, us: int, ur: int, dr: Array, di: Array, d: int, vs: int, vr: int, lr: Array,
    li: Array, mr: Array, mi: Array, count: int, width: int, t: Any, swap: bool, acc: Any,
) -> Any:  # fmt: skip
    """As `mixing.sweep8` for a state (sr, si to dr, di) and its adjoint (lr, li to mr, mi); returns acc + overlaps."""
    for row in range(count):
        for k in range(0, width, 8):
            a, b = s + row * ur + k, d + row * vr + k
            e, f = a + 4 * us, b + 4 * vs
            v = load4(sr, si, a, us) + load4(sr, si, e, us)
            acc = acc + overlap8(v, lr, li, a, e, us)
            v = oct(v, t, swap)
            store4(dr, di, b, vs, v[:8])
            store4(dr, di, f, vs, v[8:])
            v = oct(load4(lr, li, a, us) + load4(lr, li, e, us), t, swap)
            store4(mr, mi, b, vs, v[:8])
            store4(mr, mi, f, vs, v[8:])
    return acc


@inlined
def back4(
    sr: Array, si: Array, a: int, us: int, dr: Array, di: Array, b: int, vs: int, lr: Array, li: Array, mr: Array,
    mi: Array, t: Any, swap: bool,
) -> Any:  # fmt: skip
    """Undo two qubits of four vectors of the state and of the adjoint; returns their overlaps."""
    v = load4(sr, si, a, us)
    out = overlap4(v, lr, li, a, us)
    store4(dr, di, b, vs, quad(v, t, swap))
    store4(mr, mi, b, vs, quad(load4(lr, li, a, us), t, swap))
    return out


@inlined
def back44(
    sr: Array, si: Array, s: int, z: int, us: int, ur: int, dr: Array, di: Array, d: int, y: int, vs: int, vr: int,
    lr: Array, li: Array, mr: Array, mi: Array, count: int, t: Any, swap: bool, acc: Any,
) -> Any:  # fmt: skip
    """As `mixing.sweep44` for a state and its adjoint; returns acc + overlaps."""
    for row in range(count):
        acc = acc + back4(sr, si, s + row * ur, us, dr, di, d + row * vr, vs, lr, li, mr, mi, t, swap)
        acc = acc + back4(sr, si, z + row * ur, us, dr, di, y + row * vr, vs, lr, li, mr, mi, t, swap)
    return acc


@inlined
def back_mirror(
    re: Array, im: Array, lr: Array, li: Array, half: int, panel: int, part: int, t: Any, swap: bool, acc: Any
) -> Any:
    """As `mixing.mirror` for a state and its adjoint; returns acc + overlaps."""
    for q in range(4):
        for row in range(part):
            a = q * panel + row * 8
            b = half + (3 - q) * panel + (part - 1 - row) * 8
            acc = acc + load(lr, a) * flip7(load(im, b)) - load(li, a) * flip7(load(re, b))
            acc = acc + flip7(load(lr, b)) * load(im, a) - flip7(load(li, b)) * load(re, a)
    mirror(re, im, half, panel, part, t, swap)
    mirror(lr, li, half, panel, part, t, swap)
    return acc


@inlined
def back2(
    re: Array, im: Array, lr: Array, li: Array, s: int, u: int, rows: int, step: int, width: int, t: Any, swap: bool
) -> Any:
    """Undo the qubit of row stride step in place; returns its overlaps."""
    acc = t - t
    for top in range(0, rows, 2 * step):
        for row in range(top, top + step):
            for k in range(0, width, 8):
                a, b = s + row * u + k, s + (row + step) * u + k
                acc = acc + load(lr, a) * load(im, b) - load(li, a) * load(re, b)
                acc = acc + load(lr, b) * load(im, a) - load(li, b) * load(re, a)
                mix2(re, im, a, b, t, swap)
                mix2(lr, li, a, b, t, swap)
    return acc


@inlined
def centre_back(
    re: Array, im: Array, lr: Array, li: Array, s: int, width: int, rows: int, on0: bool, t0: Any, s0: bool,
    phase: bool, on1: bool, t1: Any, s1: bool, factors: Array, here: int, gap: int, in_lanes: bool,
) -> Any:  # fmt: skip
    """Undo a layer's lowest three row qubits (and the lanes) if ``on0``, the phases, the layer before's if ``on1``.

    ``factors``: cos, sin and cost of the panel's amplitudes, ``gap`` apart. Returns the overlaps of the first's row
    qubits and lanes, Im⟨λ|C|ψ⟩ at the phases, and the overlaps of the last's row qubits and lanes.
    """
    zero = t0 - t0
    one, middle, two, cost = zero, zero, zero, here + 2 * gap
    for row in range(0, rows, 8):
        for k in range(0, width, 8):
            a, c = s + row * width + k, row * width + k
            e, f = a + 4 * width, c + 4 * width
            v = load4(re, im, a, width) + load4(re, im, e, width)
            if on0:
                one = one + overlap8(v, lr, li, a, e, width)
                if in_lanes:
                    one = one + lane_overlap4(v[:8], lr, li, a, width) + lane_overlap4(v[8:], lr, li, e, width)
                    v = lanes8(v, t0, s0)
                v = oct(v, t0, s0)
            if phase:
                v = turn4(v[:8], factors, here + c, width, gap) + turn4(v[8:], factors, here + f, width, gap)
            store4(re, im, a, width, v[:8])
            store4(re, im, e, width, v[8:])
            w = load4(lr, li, a, width) + load4(lr, li, e, width)
            if on0:
                if in_lanes:
                    w = lanes8(w, t0, s0)
                w = oct(w, t0, s0)
            if phase:
                w = turn4(w[:8], factors, here + c, width, gap) + turn4(w[8:], factors, here + f, width, gap)
                middle = middle + weighed4(w[:8], re, im, a, width, factors, cost + c)
                middle = middle + weighed4(w[8:], re, im, e, width, factors, cost + f)
            if on1:  # the roles of state and adjoint are exchanged, and with them the sign
                two = two + overlap8(w, re, im, a, e, width)
                if in_lanes:
                    two = two + lane_overlap4(w[:8], re, im, a, width) + lane_overlap4(w[8:], re, im, e, width)
                    w = lanes8(w, t1, s1)
                w = oct(w, t1, s1)
            store4(lr, li, a, width, w[:8])
            store4(lr, li, e, width, w[8:])
            if on1:
                v = load4(re, im, a, width) + load4(re, im, e, width)
                if in_lanes:
                    v = lanes8(v, t1, s1)
                v = oct(v, t1, s1)
                store4(re, im, a, width, v[:8])
                store4(re, im, e, width, v[8:])
    return one, zero - middle, zero - two
