"""QAOA with the X mixer on a diagonal cost: one pass forward over the whole state.

Qubits commute within a layer, so one pass ends a layer on half the qubits, multiplies the next layer's phases and
begins that layer on the same half: p layers take p + 1 passes over memory instead of 2p. A pass over the low qubits
takes blocks of contiguous amplitudes, a pass over the high ones tiles of columns; either is copied into a buffer whose
eight panels are padded apart, since equal strides of 4 KiB would share one set of the cache. No kernel allocates; sums
come out per tile, so that results don't depend on the number of threads.
"""

from __future__ import annotations

from typing import Any

from ..engine._jit import inlined, kernel
from .mixing import centre, fill, look_up, mirror, mix, sweep8, sweep44, turn
from .vec import gather, hsum, load, splat, store

Array = Any
PAD = 8  # amplitudes between two panels


@inlined
def copy(sr: Array, si: Array, s: int, u: int, dr: Array, di: Array, d: int, v: int, rows: int, width: int) -> None:
    """Copy ``rows`` rows of ``width`` amplitudes."""
    for row in range(rows):
        for k in range(0, width, 8):
            store(dr, d + row * v + k, load(sr, s + row * u + k))
            store(di, d + row * v + k, load(si, s + row * u + k))


@inlined
def take(
    re: Array, im: Array, base: int, other: int, us: int, row_u: int, br: Array, bi: Array, panel: int, part: int,
    width: int, panels: int, far: int, on: bool, t: Any, swap: bool,
) -> None:  # fmt: skip
    """Copy a tile into the buffer; if ``on``, its panels' qubits are mixed on the way."""
    if on and far > 0:
        sweep44(re, im, base, other, us, row_u, br, bi, 0, 4 * panel, panel, width, part, t, swap)
        mirror(br, bi, 4 * panel, panel, part, t, swap)
    elif on and panels == 8:
        sweep8(re, im, base, us, row_u, br, bi, 0, panel, width, part, width, t, swap)
    else:
        for q in range(panels):
            there = base + q * us if q < 4 else other + (q - 4) * us
            copy(re, im, there, row_u, br, bi, q * panel, width, part, width)


@inlined
def put(
    br: Array, bi: Array, re: Array, im: Array, base: int, other: int, us: int, row_u: int, panel: int, part: int,
    width: int, panels: int, far: int, on: bool, t: Any, swap: bool,
) -> None:  # fmt: skip
    """Copy the buffer back into its tile; if ``on``, its panels' qubits are mixed on the way."""
    if on and far > 0:
        mirror(br, bi, 4 * panel, panel, part, t, swap)
        sweep44(br, bi, 0, 4 * panel, panel, width, re, im, base, other, us, row_u, part, t, swap)
    elif on and panels == 8:
        sweep8(br, bi, 0, panel, width, re, im, base, us, row_u, part, width, t, swap)
    else:
        for q in range(panels):
            there = base + q * us if q < 4 else other + (q - 4) * us
            copy(br, bi, q * panel, width, re, im, there, row_u, part, width)


@inlined
def factors_of(
    table: Array, scale: Array, coded: bool, codes: Array, values: Array, there: int, row_u: int, part: int,
    width: int, out: Array, here: int,
) -> None:  # fmt: skip
    """Write the cos and then the sin factors of a panel's costs."""
    if coded:
        look_up(table, codes, there, row_u, part, width, out, here, part * width)
    else:
        for row in range(part):
            fill(values, there + row * row_u, width, out, here + row * width, part * width, table, scale)


@inlined
def turned(re: Array, im: Array, s: int, count: int, factors: Array, here: int) -> None:
    """Multiply ``count`` amplitudes by their factors, in place."""
    for k in range(0, count, 8):
        x, y = load(factors, here + k), load(factors, here + count + k)
        r, i = turn(load(re, s + k), load(im, s + k), x, y)
        store(re, s + k, r)
        store(im, s + k, i)


@inlined
def measured(
    re: Array, im: Array, s: int, width: int, rows: int, coded: bool, levels: Array, codes: Array, values: Array, at:
    int,
    row_w: int,
) -> Any:  # fmt: skip
    """Return Σ p·cost and Σ p of a panel."""
    zero = splat(re, 0.0)
    total, weight, slow = zero, zero, 0.0
    for row in range(rows):
        for k in range(0, width, 8):
            a, c = s + row * width + k, at + row * row_w + k
            r, i = load(re, a), load(im, a)
            p = r * r + i * i
            weight = weight + p
            if coded:
                total = total + p * gather(levels, codes, c)
            else:
                for j in range(8):
                    slow += (re[a + j] * re[a + j] + im[a + j] * im[a + j]) * values[c + j]
    return slow + hsum(total), hsum(weight)


@kernel
def forward(
    re: Array, im: Array, codes: Array, values: Array, coded: bool, levels: Array, table: Array, scale: Array,
    rows: int, row_u: int, width: int, tile_u: int, in_lanes: bool, far: int, start: int, stop: int, before: Array,
    phase: bool, after: Array, scratch: Array, at: int, sums: Array, measure: bool, keep: bool,
) -> None:  # fmt: skip
    """Tiles start to stop: end one layer's half of the qubits, multiply phases, begin the next layer on that half.

    Args:
        levels: Costs by code, in the state's width. ``table``: phase factors by code, cos and sin in turn.
        rows, row_u, width, tile_u: A tile has ``rows`` rows of ``width`` amplitudes, ``row_u`` apart; tiles begin
            ``tile_u`` apart. ``in_lanes``: whether the three lowest qubits are among those mixed.
        far: 0, or with a mirrored qubit the state's size: half of a tile then lies opposite the other half.
        before, after: (t, swap, on, 0) of two layers; on = -1: no state is there yet, all its amplitudes are t.
        scratch, at: Memory of this call, of the state's width.
        sums: Receives Σ p·cost and Σ p of each tile if ``measure``; ``keep``: whether the state is written back.
    """
    t0, t1 = splat(re, before[0]), splat(re, after[0])
    s0, s1 = before[1] != 0.0, after[1] != 0.0
    on0, on1, first = before[2] > 0.0, after[2] > 0.0, before[2] < 0.0
    panels = 8 if rows >= 64 else 1
    part = rows // panels
    panel = part * width + PAD
    whole = panels * panel
    br, bi = scratch[at : at + whole], scratch[at + whole : at + 2 * whole]
    ph = at + 2 * whole
    us = part * row_u
    deep = part >= 8
    for tile in range(start, stop):
        base = tile * tile_u
        other = base + 4 * us if far == 0 else far - base - 4 * us
        if not first:
            take(re, im, base, other, us, row_u, br, bi, panel, part, width, panels, far, on0, t0, s0)
        cost, norm = 0.0, 0.0
        for q in range(panels):
            here, there = q * panel, (base + q * us if q < 4 else other + (q - 4) * us)
            if on0:
                mix(br, bi, here, width, part, 8 if deep else 1, width, t0, s0)
            if phase:
                factors_of(table, scale, coded, codes, values, there, row_u, part, width, scratch, ph)
            if deep:
                centre(br, bi, here, width, part, before, t0, phase, after, t1, scratch, ph, part * width, in_lanes)
            elif phase:
                turned(br, bi, here, part * width, scratch, ph)
            if on1:
                mix(br, bi, here, width, part, 8 if deep else 1, width, t1, s1)
            if measure:
                one, two = measured(br, bi, here, width, part, coded, levels, codes, values, there, row_u)
                cost += one
                norm += two
        if measure:
            sums[tile, 0], sums[tile, 1] = cost, norm
        if on1 or keep:
            put(br, bi, re, im, base, other, us, row_u, panel, part, width, panels, far, on1, t1, s1)
