"""QAOA with the X mixer, backward: undo one pass of `kernels_x.forward` on the state and on its adjoint.

On the way it sums Im⟨λ|ΣX|ψ⟩ of both layers it touches and Im⟨λ|C|ψ⟩ between them: the gradients of their angles.
"""

from __future__ import annotations

from typing import Any

from ..engine._jit import inlined, kernel
from .kernels_x import PAD, copy
from .mixing import fill, lanes, turn
from .mixing_back import back2, back8, back44, back_mirror, lane_overlap
from .vec import gather, gather2, hsum, load, splat, store

Array = Any


@kernel
def begin(re: Array, im: Array, lr: Array, li: Array, codes: Array, values: Array, coded: bool, levels: Array,
start: int,
          stop: int, factor: float) -> None:  # fmt: skip
    """Set the adjoint to factor²·cost·state and the state to factor·state."""
    for k in range(start, stop):
        cost = levels[codes[k]] if coded else values[k]
        r, i = re[k] * factor, im[k] * factor
        re[k], im[k] = r, i
        lr[k], li[k] = r * cost, i * cost


@inlined
def _undo_panel(
    re: Array, im: Array, lr: Array, li: Array, s: int, width: int, part: int, t: Any, swap: bool, square: float
) -> Any:
    """Undo a panel's row qubits; returns the overlaps, each in the scale before any of these was undone."""
    zero = t - t
    total, scale = 0.0, 1.0
    step = 1
    while step * 4 < part:
        acc = zero
        for top in range(0, part, 8 * step):
            a = s + top * width
            acc = back8(re, im, a, step * width, width, re, im, a, step * width, width, lr, li, lr, li, step, width, t,
                        swap, acc)  # fmt: skip
        total += scale * hsum(acc)
        scale *= square * square * square
        step *= 8
    while step < part:
        total += scale * hsum(back2(re, im, lr, li, s, width, part, step, width, t, swap, zero))
        scale *= square
        step *= 2
    return total


@inlined
def _centre(
    re: Array, im: Array, lr: Array, li: Array, s: int, width: int, rows: int, on0: bool, t0: Any, s0: bool, phase:
    bool,
    on1: bool, t1: Any, s1: bool, coded: bool, table: Array, levels: Array, codes: Array, values: Array, at: int,
    row_u: int, factors: Array, ph: int,
) -> Any:  # fmt: skip
    """Undo the lanes' qubits of one layer if ``on0``, the phases, the lanes' qubits of the layer before if ``on1``.

    Returns the overlaps of the first, Im⟨λ|C|ψ⟩ at the phases, and the overlaps of the last.
    """
    zero = t0 - t0
    one, middle, two, slow, gap = zero, zero, zero, 0.0, rows * width
    for row in range(rows):
        for k in range(0, width, 8):
            a, f, c = s + row * width + k, ph + row * width + k, at + row * row_u + k
            r, i, u, v = load(re, a), load(im, a), load(lr, a), load(li, a)
            if on0:
                one = one + lane_overlap(r, i, u, v)
                r, i = lanes(r, i, t0, s0)
                u, v = lanes(u, v, t0, s0)
            if phase:
                if coded:
                    x, y = gather2(table, codes, c)
                    r, i = turn(r, i, x, y)
                    u, v = turn(u, v, x, y)
                    middle = middle + gather(levels, codes, c) * (u * i - v * r)
                else:
                    x, y = load(factors, f), load(factors, f + gap)
                    r, i = turn(r, i, x, y)
                    u, v = turn(u, v, x, y)
            if on1:
                two = two + lane_overlap(r, i, u, v)
                r, i = lanes(r, i, t1, s1)
                u, v = lanes(u, v, t1, s1)
            store(re, a, r)
            store(im, a, i)
            store(lr, a, u)
            store(li, a, v)
    return hsum(one), hsum(middle) + slow, hsum(two)


@inlined
def _cost_overlap(
    re: Array, im: Array, lr: Array, li: Array, s: int, width: int, rows: int, values: Array, at: int, row_u: int
) -> float:
    """Return Im⟨λ|C|ψ⟩ of costs that have no codes."""
    total = 0.0
    for row in range(rows):
        for k in range(width):
            a = s + row * width + k
            total += values[at + row * row_u + k] * (lr[a] * im[a] - li[a] * re[a])
    return total


@kernel
def backward(
    re: Array, im: Array, lr: Array, li: Array, codes: Array, values: Array, coded: bool, levels: Array, table: Array,
    scale: Array, rows: int, row_u: int, width: int, tile_u: int, in_lanes: bool, far: int, start: int, stop: int,
    after: Array, phase: bool, before: Array, scratch: Array, at: int, sums: Array,
) -> None:  # fmt: skip
    """Tiles start to stop: undo the layer begun last (``after``) on this half of the qubits, the phase, then
    ``before``.

    Args:
        after, before: (t, swap, on, cos²β or sin²β): the inverse mixers. ``table``: the inverse phases.
        sums: Receives, by tile: Im⟨λ|ΣX|ψ⟩ of ``after``, Im⟨λ|C|ψ⟩, Im⟨λ|ΣX|ψ⟩ of ``before``; each in the scale that
            the state has when its part of the pass begins.
        Others as `kernels_x.forward`.
    """
    t0, t1 = splat(after[0]), splat(before[0])
    zero = t0 - t0
    s0, s1 = after[1] != 0.0, before[1] != 0.0
    on0, on1 = after[2] > 0.0, before[2] > 0.0
    q0, q1 = float(after[3]), float(before[3])
    panels = 8 if rows >= 64 else 1
    part = rows // panels
    panel = part * width + PAD
    whole = panels * panel
    br, bi = scratch[at : at + whole], scratch[at + whole : at + 2 * whole]
    mr, mi = scratch[at + 2 * whole : at + 3 * whole], scratch[at + 3 * whole : at + 4 * whole]
    ph = at + 4 * whole
    lanes1 = q1 * q1 * q1 if in_lanes else 1.0  # scales once the lanes, or the panel's row qubits, are undone
    rows0, last = 1.0, lanes1
    count = 1
    while count < part:
        count *= 2
        rows0 *= q0
        last *= q1
    for tile in range(start, stop):
        base = tile * tile_u
        other = base + 4 * part * row_u if far == 0 else far - base - 4 * part * row_u
        one, cost, two, outer = 0.0, 0.0, 0.0, 1.0
        us = part * row_u
        if on0 and far > 0:
            acc = back44(
                re, im, base, other, us, row_u, br, bi, 0, 4 * panel, panel, width, lr, li, mr, mi, part, t0, s0, zero
            )
            one = hsum(acc)
            outer = q0 * q0
            one += outer * hsum(back_mirror(br, bi, mr, mi, 4 * panel, panel, part, t0, s0, zero))
            outer *= q0
        elif on0 and panels == 8:
            one = hsum(
                back8(re, im, base, us, row_u, br, bi, 0, panel, width, lr, li, mr, mi, part, width, t0, s0, zero)
            )
            outer = q0 * q0 * q0
        else:
            for q in range(panels):
                there = base + q * us if q < 4 else other + (q - 4) * us
                copy(re, im, there, row_u, br, bi, q * panel, width, part, width)
                copy(lr, li, there, row_u, mr, mi, q * panel, width, part, width)
        for q in range(panels):
            here, there = q * panel, (base + q * us if q < 4 else other + (q - 4) * us)
            if on0:
                one += outer * _undo_panel(br, bi, mr, mi, here, width, part, t0, s0, q0)
            if phase and not coded:
                for row in range(part):
                    fill(values, there + row * row_u, width, scratch, ph + row * width, part * width, table, scale)
            x, y, z = _centre(br, bi, mr, mi, here, width, part, on0 and in_lanes, t0, s0, phase,
            on1 and in_lanes and coded,
                              t1, s1, coded, table, levels, codes, values, there, row_u, scratch, ph)  # fmt: skip
            one += outer * rows0 * x
            cost += y
            if not coded:
                if phase:
                    cost += _cost_overlap(br, bi, mr, mi, here, width, part, values, there, row_u)
                x, y, z = _centre(br, bi, mr, mi, here, width, part, False, t0, s0, False, on1 and in_lanes, t1, s1,
                                  coded, table, levels, codes, values, there, row_u, scratch, ph)  # fmt: skip
            two += z
            if on1:
                two += lanes1 * _undo_panel(br, bi, mr, mi, here, width, part, t1, s1, q1)
        if on1 and far > 0:
            two += last * hsum(back_mirror(br, bi, mr, mi, 4 * panel, panel, part, t1, s1, zero))
            acc = back44(
                br, bi, 0, 4 * panel, panel, width, re, im, base, other, us, row_u, mr, mi, lr, li, part, t1, s1, zero
            )
            two += last * q1 * hsum(acc)
        elif on1 and panels == 8:
            acc = back8(br, bi, 0, panel, width, re, im, base, us, row_u, mr, mi, lr, li, part, width, t1, s1, zero)
            two += last * hsum(acc)
        elif on1:
            for q in range(panels):
                there = base + q * us if q < 4 else other + (q - 4) * us
                copy(br, bi, q * panel, width, re, im, there, row_u, part, width)
                copy(mr, mi, q * panel, width, lr, li, there, row_u, part, width)
        sums[tile, 0], sums[tile, 1], sums[tile, 2] = one, cost, two
