"""QAOA with the X mixer, backward: undo one pass of `kernels_x.forward` on the state and on its adjoint.

On the way it sums Im⟨λ|ΣX|ψ⟩ of both layers it touches and Im⟨λ|C|ψ⟩ between them: the gradients of their angles.
The first pass back is also the last one forward, so that the final state never goes through memory.
"""

from __future__ import annotations

from typing import Any

from ..engine._jit import inlined, kernel
from .kernels_x import PAD, factors_of, put, take
from .mixing import centre, mix, turn
from .mixing_back import back2, back8, back44, back_mirror, centre_back
from .vec import gather, hsum, load, numbers, splat, store

Array = Any


@inlined
def _costs(
    coded: bool, step: float, levels: Array, codes: Array, values: Array, there: int, row_u: int, rows: int,
    width: int, out: Array, here: int,
) -> None:  # fmt: skip
    """Write a panel's costs in the state's width; ``step`` is that of evenly spaced levels, else 0."""
    low, apart = splat(out, levels[0]), splat(out, step)
    for row in range(rows):
        if coded and step > 0.0:
            for k in range(0, width, 8):
                store(out, here + row * width + k, low + apart * numbers(out, codes, there + row * row_u + k))
        elif coded:
            for k in range(0, width, 8):
                store(out, here + row * width + k, gather(levels, codes, there + row * row_u + k))
        else:
            for k in range(width):
                out[here + row * width + k] = values[there + row * row_u + k]


@inlined
def _adjoint(
    re: Array, im: Array, lr: Array, li: Array, s: int, count: int, costs: Array, here: int, factor: Any
) -> Any:
    """Scale a panel by the factor and set its adjoint to cost·state; return Σ p·cost and Σ p."""
    total, weight = factor - factor, factor - factor
    for k in range(0, count, 8):
        cost = load(costs, here + k)
        r, i = load(re, s + k) * factor, load(im, s + k) * factor
        p = r * r + i * i
        total, weight = total + p * cost, weight + p
        store(re, s + k, r)
        store(im, s + k, i)
        store(lr, s + k, r * cost)
        store(li, s + k, i * cost)
    return hsum(total), hsum(weight)


@inlined
def _turn_back(re: Array, im: Array, lr: Array, li: Array, s: int, count: int, factors: Array, here: int) -> float:
    """Undo a panel's phases on state and adjoint; return Im⟨λ|C|ψ⟩ there."""
    acc = splat(re, 0.0)
    for k in range(0, count, 8):
        x, y = load(factors, here + k), load(factors, here + count + k)
        r, i = turn(load(re, s + k), load(im, s + k), x, y)
        u, v = turn(load(lr, s + k), load(li, s + k), x, y)
        acc = acc + load(factors, here + 2 * count + k) * (u * i - v * r)
        store(re, s + k, r)
        store(im, s + k, i)
        store(lr, s + k, u)
        store(li, s + k, v)
    return float(hsum(acc))


@inlined
def _undo_rows(
    re: Array, im: Array, lr: Array, li: Array, s: int, width: int, part: int, first: int, t: Any, swap: bool,
    square: float,
) -> Any:  # fmt: skip
    """Undo a panel's row qubits from stride ``first`` on; return their overlaps in the scale before, and the scale."""
    total, scale, step = 0.0, 1.0, first
    while step * 4 < part:
        acc = t - t
        for top in range(0, part, 8 * step):
            a = s + top * width
            acc = back8(re, im, a, step * width, width, re, im, a, step * width, width, lr, li, lr, li, step, width, t,
                        swap, acc)  # fmt: skip
        total += scale * hsum(acc)
        scale *= square * square * square
        step *= 8
    while step < part:
        total += scale * hsum(back2(re, im, lr, li, s, width, part, step, width, t, swap))
        scale *= square
        step *= 2
    return total, scale


@kernel
def backward(
    re: Array, im: Array, lr: Array, li: Array, codes: Array, values: Array, coded: bool, levels: Array, table: Array,
    scale: Array, rows: int, row_u: int, width: int, tile_u: int, in_lanes: bool, far: int, start: int, stop: int,
    after: Array, phase: bool, before: Array, turning: int, factor: float, step: float, scratch: Array,
    at: int, sums: Array,
) -> None:  # fmt: skip
    """Tiles start to stop: undo the layer begun last (``after``) on this half of the qubits, the phase, then
    ``before``.

    Args:
        after, before: (t, swap, on, cos²β or sin²β): the inverse mixers. ``table``: the inverse phases.
        turning: 0; or, where the walk back begins and ``after`` is off: 1, the state is final, 2, ``before`` is yet to
            be ended on this half. The state is then multiplied by ``factor`` and the adjoint set to cost·state.
        step: Between the levels where they are evenly spaced, else 0.
        sums: Receives, by tile: Im⟨λ|ΣX|ψ⟩ of ``after``, Im⟨λ|C|ψ⟩, Im⟨λ|ΣX|ψ⟩ of ``before``, each in the scale that
            the state has when its part of the pass begins; and Σ p·cost and Σ p of the final state when turning.
        Others as `kernels_x.forward`.
    """
    t0, t1, zero, size = splat(re, after[0]), splat(re, before[0]), splat(re, 0.0), splat(re, factor)
    s0, s1 = after[1] != 0.0, before[1] != 0.0
    on0, on1 = after[2] > 0.0, before[2] > 0.0
    q0, q1 = float(after[3]), float(before[3])
    panels = 8 if rows >= 64 else 1
    part = rows // panels
    deep = part >= 8
    panel = part * width + PAD
    whole = panels * panel
    br, bi = scratch[at : at + whole], scratch[at + whole : at + 2 * whole]
    mr, mi = scratch[at + 2 * whole : at + 3 * whole], scratch[at + 3 * whole : at + 4 * whole]
    ph, many, us = at + 4 * whole, part * width, part * row_u
    lanes = q1 * q1 * q1 * (q1 * q1 * q1 if in_lanes else 1.0) if deep else 1.0  # the scale once the centre is undone
    for tile in range(start, stop):
        base = tile * tile_u
        other = base + 4 * us if far == 0 else far - base - 4 * us
        one, cost, two, outer, last, energy, norm = 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0
        if turning > 0:
            ends = on1 and turning == 2
            take(re, im, base, other, us, row_u, br, bi, panel, part, width, panels, far, ends, zero - t1, s1)
        elif on0 and far > 0:
            one = hsum(back44(re, im, base, other, us, row_u, br, bi, 0, 4 * panel, panel, width, lr, li, mr, mi, part,
                              t0, s0, zero))  # fmt: skip
            one += q0 * q0 * hsum(back_mirror(br, bi, mr, mi, 4 * panel, panel, part, t0, s0, zero))
            outer = q0 * q0 * q0
        elif on0 and panels == 8:
            one = hsum(back8(re, im, base, us, row_u, br, bi, 0, panel, width, lr, li, mr, mi, part, width, t0, s0,
                             zero))  # fmt: skip
            outer = q0 * q0 * q0
        else:
            take(re, im, base, other, us, row_u, br, bi, panel, part, width, panels, far, False, t0, s0)
            take(lr, li, base, other, us, row_u, mr, mi, panel, part, width, panels, far, False, t0, s0)
        for q in range(panels):
            here, there = q * panel, (base + q * us if q < 4 else other + (q - 4) * us)
            if phase or turning > 0:
                _costs(coded, step, levels, codes, values, there, row_u, part, width, scratch, ph + 2 * many)
            if turning > 0:
                if on1 and turning == 2:
                    mix(br, bi, here, width, part, 8 if deep else 1, width, zero - t1, s1)
                    if deep:
                        centre(br, bi, here, width, part, before, zero - t1, False, after, t0, scratch, ph, many,
                               in_lanes)  # fmt: skip
                x, y = _adjoint(br, bi, mr, mi, here, many, scratch, ph + 2 * many, size)
                energy += x
                norm += y
            elif phase:
                factors_of(table, scale, coded, codes, values, there, row_u, part, width, scratch, ph)
            rows0 = 1.0
            if on0:
                x, rows0 = _undo_rows(br, bi, mr, mi, here, width, part, 8 if deep else 1, t0, s0, q0)
                one += outer * x
            if deep:
                x, y, z = centre_back(br, bi, mr, mi, here, width, part, on0, t0, s0, phase, on1, t1, s1, scratch, ph,
                                      many, in_lanes)  # fmt: skip
                one += outer * rows0 * hsum(x)
                cost += hsum(y)
                two += hsum(z)
            elif phase:
                cost += _turn_back(br, bi, mr, mi, here, many, scratch, ph)
            if on1:
                x, last = _undo_rows(br, bi, mr, mi, here, width, part, 8 if deep else 1, t1, s1, q1)
                two += lanes * x
        if on1 and far > 0:
            two += lanes * last * hsum(back_mirror(br, bi, mr, mi, 4 * panel, panel, part, t1, s1, zero))
            two += lanes * last * q1 * hsum(back44(br, bi, 0, 4 * panel, panel, width, re, im, base, other, us, row_u,
                                                   mr, mi, lr, li, part, t1, s1, zero))  # fmt: skip
        elif on1 and panels == 8:
            two += lanes * last * hsum(back8(br, bi, 0, panel, width, re, im, base, us, row_u, mr, mi, lr, li, part,
                                             width, t1, s1, zero))  # fmt: skip
        elif on1:
            put(br, bi, re, im, base, other, us, row_u, panel, part, width, panels, far, False, t1, s1)
            put(mr, mi, lr, li, base, other, us, row_u, panel, part, width, panels, far, False, t1, s1)
        sums[tile, 0], sums[tile, 1], sums[tile, 2], sums[tile, 3], sums[tile, 4] = one, cost, two, energy, norm
