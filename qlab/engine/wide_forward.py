"""The numba kernel that does a walk: tile after tile, all of its operations, eight amplitudes a vector.

It allocates nothing and touches no Python object. Its body is one piece, since numba would compile parts twice.
Columns of rows: see `wide_tables`.
"""

from __future__ import annotations

from ._jit import kernel
from .arrays import FloatArray, IntArray
from .vec import load, odd_parity, splat, store
from .wide_tables import (
    AT,
    BOUND_PHASE,
    BOUND_TURN,
    CLASSES,
    FROM,
    KIND,
    LANE,
    LIST,
    LIST_N,
    MOVE,
    ODD,
    ONE,
    PHASES,
    SHIFT,
    SIGN,
    SIGN_HERE,
    TO,
    TWO,
)
from .wide_tile import base_of, flips_of, gather, met_at, scatter
from .wide_vec import turned


@kernel
def walk_forward(
    first_chunk: int,
    last_chunk: int,
    per_chunk: int,
    fresh: bool,
    psi: FloatArray,
    buf: FloatArray,
    o: int,
    size: int,
    run: int,
    runs: IntArray,
    seen: IntArray,
    bases: IntArray,
    checks: IntArray,
    rows: IntArray,
    lists: IntArray,
    marks: IntArray,
    lanes: FloatArray,
    matrices: FloatArray,
    phases: FloatArray,
    scale: float,
) -> None:
    """Do one walk's operations on chunks of its tiles; ``fresh`` begins from the basis state 0."""
    for tile in range(first_chunk * per_chunk, last_chunk * per_chunk):
        base = base_of(bases, tile)
        if fresh:
            zero = splat(buf, 0.0)
            for k in range(0, size, 8):
                store(buf, o + k, zero)
            buf[o] = 1.0
        else:
            gather(psi, buf, o, base, run, runs, seen, checks)
        r = 0
        while r < rows.shape[0]:
            kind, at = rows[r, KIND], rows[r, AT]
            start, stop = rows[r, LIST], rows[r, LIST] + rows[r, LIST_N]
            move, s = rows[r, MOVE], rows[r, LANE]
            if kind == TWO:
                m1, m2 = rows[r + 1, AT], rows[r + 2, AT]
                if matrices[m1 + 16] == 1.0 and matrices[m2 + 16] == 1.0:
                    v1, v2 = rows[r + 1, MOVE], rows[r + 2, MOVE]
                    b, c = load(matrices, m1), load(matrices, m2)
                    zero = splat(buf, 0.0)
                    if odd_parity(rows[r + 1, SIGN] & base):
                        b = zero - b
                    if odd_parity(rows[r + 2, SIGN] & base):
                        c = zero - c
                    for p in range(start, stop):
                        i = lists[p]
                        j, k = o + (i ^ v1), o + (i ^ v2)
                        corner = o + (i ^ v1 ^ v2)
                        i = o + i
                        for part in range(0, 16, 8):
                            w, x, y, z = (
                                load(buf, i + part),
                                load(buf, j + part),
                                load(buf, k + part),
                                load(buf, corner + part),
                            )
                            w, x = w + b * x, x - b * w
                            y, z = y + b * z, z - b * y
                            store(buf, i + part, w + c * y)
                            store(buf, k + part, y - c * w)
                            store(buf, j + part, x + c * z)
                            store(buf, corner + part, z - c * x)
                    r += 3
                    continue
            elif kind == ONE:
                a, b = load(matrices, at + 16), load(matrices, at)
                zero = splat(buf, 0.0)
                if odd_parity(rows[r, SIGN] & base):
                    b = zero - b
                for half in range(rows[r, CLASSES]):
                    shift = rows[r, SHIFT] if half else 0
                    if half:
                        b = zero - b
                    c = zero - b if rows[r, ODD] else b
                    for p in range(start, stop):
                        i = lists[p] ^ shift
                        j = o + (i ^ move)
                        i = o + i
                        for part in range(0, 16, 8):
                            x, y = load(buf, i + part), load(buf, j + part)
                            store(buf, i + part, a * x + b * turned(y, s))
                            if move:
                                store(buf, j + part, a * y + c * turned(x, s))
            elif kind == PHASES:
                flips = flips_of(marks, rows[r, FROM], rows[r, TO], base)
                s = flips & 7
                flips = (flips >> 3) * 16
                for k in range(0, size, 16):
                    f = at + (k ^ flips)
                    c, n = turned(load(phases, f), s), turned(load(phases, f + 8), s)
                    x, y = load(buf, o + k), load(buf, o + k + 8)
                    store(buf, o + k, c * x - n * y)
                    store(buf, o + k + 8, c * y + n * x)
            elif kind == BOUND_TURN:
                top = rows[r, SHIFT]
                a, b = load(matrices, at + 16), load(matrices, at)
                zero, one = splat(buf, 0.0), splat(buf, 1.0)
                for k in range(0, size, 16):
                    met = -1 if k & top else met_at(marks, rows[r, FROM], rows[r, TO], base, k)
                    other = -1 if k & top else met_at(marks, rows[r, FROM], rows[r, TO], base, k ^ move)
                    if met >= 0:
                        here, there = load(lanes, rows[r, LIST] + met * 8), load(lanes, rows[r, LIST] + other * 8)
                        c = zero - b if odd_parity(rows[r, SIGN] & base) ^ odd_parity(rows[r, SIGN_HERE] & k) else b
                        d = (
                            zero - b
                            if odd_parity(rows[r, SIGN] & base) ^ odd_parity(rows[r, SIGN_HERE] & (k ^ move))
                            else b
                        )
                        i, j = o + k, o + (k ^ move)
                        for part in range(0, 16, 8):
                            x, y = load(buf, i + part), load(buf, j + part)
                            store(buf, i + part, x + here * ((a - one) * x + c * turned(y, s)))
                            if move:
                                store(buf, j + part, y + there * ((a - one) * y + d * turned(x, s)))
            elif kind == BOUND_PHASE:
                c, n = load(matrices, at), load(matrices, at + 8)
                one = splat(buf, 1.0)
                for k in range(0, size, 16):
                    met = met_at(marks, rows[r, FROM], rows[r, TO], base, k)
                    if met >= 0:
                        here = load(lanes, rows[r, LIST] + met * 8)
                        x, y = load(buf, o + k), load(buf, o + k + 8)
                        c1, n1 = one + here * (c - one), here * n
                        store(buf, o + k, c1 * x - n1 * y)
                        store(buf, o + k + 8, c1 * y + n1 * x)
            r += 1
        scatter(psi, buf, o, base, run, runs, scale)
