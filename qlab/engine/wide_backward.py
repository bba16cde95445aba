"""The numba kernel that undoes a walk on psi and lambda together, and adds up every angle's derivative.

Every sum is taken per chunk of tiles, in the order of the tiles, so that no result depends on which thread did
which chunk. Otherwise as `wide_forward`, whose operations it undoes in reverse.
"""

from __future__ import annotations

from ._jit import kernel
from .arrays import FloatArray, IntArray
from .vec import hsum, load, odd_parity, splat, store
from .wide_tables import (
    ANGLE,
    AT,
    BOUND_PHASE,
    BOUND_TURN,
    CLASSES,
    FROM,
    KIND,
    LANE,
    LIST,
    LIST_N,
    MIRROR,
    MOVE,
    ODD,
    ONE,
    PAIR,
    PHASES,
    SHIFT,
    SIGN,
    SIGN_HERE,
    TO,
)
from .wide_tile import base_of, flips_of, gather, met_at, scatter
from .wide_vec import turned


@kernel
def walk_back(
    first_chunk: int,
    last_chunk: int,
    per_chunk: int,
    keep: bool,
    psi: FloatArray,
    lam: FloatArray,
    buf: FloatArray,
    o: int,
    size: int,
    run: int,
    runs: IntArray,
    everywhere: IntArray,
    nothing: IntArray,
    bases: IntArray,
    rows: IntArray,
    lists: IntArray,
    marks: IntArray,
    lanes: FloatArray,
    matrices: FloatArray,
    phases: FloatArray,
    scale: float,
    sums: FloatArray,
    angles: int,
    tallies: FloatArray,
    groups: int,
) -> None:
    """Undo one walk on chunks of its tiles, psi and lambda together; ``keep`` writes the states back.

    ``sums[chunk, angle]`` and ``tallies[chunk, group, local index]`` get this walk's generators.
    """
    for chunk in range(first_chunk, last_chunk):
        t, tally = chunk * angles, chunk * groups * (size // 2)
        for k in range(angles):
            sums[t + k] = 0.0
        zero = splat(buf, 0.0)
        for k in range(0, groups * (size // 2), 8):
            store(tallies, tally + k, zero)
        for tile in range(chunk * per_chunk, (chunk + 1) * per_chunk):
            base = base_of(bases, tile)
            gather(psi, buf, o, base, run, runs, everywhere, nothing)
            gather(lam, buf, o + size, base, run, runs, everywhere, nothing)
            r = rows.shape[0] - 1
            zero, one = splat(buf, 0.0), splat(buf, 1.0)
            while r >= 0:
                kind, at, angle = rows[r, KIND], rows[r, AT], t + rows[r, ANGLE]
                start, stop = rows[r, LIST], rows[r, LIST] + rows[r, LIST_N]
                move, s = rows[r, MOVE], rows[r, LANE]
                if kind == ONE:
                    pair = rows[r, PAIR]
                    if pair >= 0 and matrices[at + 16] == 1.0 and matrices[rows[r - 1, AT] + 16] == 1.0:
                        m1 = rows[r - 1, AT]
                        v1 = rows[r - 1, MOVE]
                        start, stop = rows[pair, LIST], rows[pair, LIST] + rows[pair, LIST_N]
                        b, c = load(matrices, m1), load(matrices, at)
                        e, f = load(matrices, m1 + 8), load(matrices, at + 8)
                        if odd_parity(rows[r - 1, SIGN] & base):
                            b, e = zero - b, zero - e
                        if odd_parity(rows[r, SIGN] & base):
                            c, f = zero - c, zero - f
                        t1, t2, t3, t4 = zero, zero, zero, zero
                        for p in range(start, stop):
                            i = lists[p]
                            j, k = o + (i ^ v1), o + (i ^ move)
                            corner = o + (i ^ v1 ^ move)
                            i = o + i
                            for part in range(0, 16, 8):
                                w, x, y, z = (
                                    load(buf, i + part),
                                    load(buf, j + part),
                                    load(buf, k + part),
                                    load(buf, corner + part),
                                )
                                q = size + part
                                lw, lx, ly, lz = (
                                    load(buf, i + q),
                                    load(buf, j + q),
                                    load(buf, k + q),
                                    load(buf, corner + q),
                                )
                                t1 = t1 + lw * y - ly * w
                                t2 = t2 + lx * z - lz * x
                                w, y = w - c * y, y + c * w
                                x, z = x - c * z, z + c * x
                                lw, ly = lw - c * ly, ly + c * lw
                                lx, lz = lx - c * lz, lz + c * lx
                                t3 = t3 + lw * x - lx * w
                                t4 = t4 + ly * z - lz * y
                                store(buf, i + part, w - b * x)
                                store(buf, j + part, x + b * w)
                                store(buf, k + part, y - b * z)
                                store(buf, corner + part, z + b * y)
                                store(buf, i + q, lw - b * lx)
                                store(buf, j + q, lx + b * lw)
                                store(buf, k + q, ly - b * lz)
                                store(buf, corner + q, lz + b * ly)
                        sums[angle] += hsum(f * (t1 + t2))
                        sums[t + rows[r - 1, ANGLE]] += hsum(e * (t3 + t4))
                        r -= 3
                        continue
                    a, b, e = load(matrices, at + 16), load(matrices, at), load(matrices, at + 8)
                    if odd_parity(rows[r, SIGN] & base):
                        b, e = zero - b, zero - e
                    for half in range(rows[r, CLASSES]):
                        shift = rows[r, SHIFT] if half else 0
                        if half:
                            b, e = zero - b, zero - e
                        c = zero - b if rows[r, ODD] else b
                        t1, t2 = zero, zero
                        for p in range(start, stop):
                            i = lists[p] ^ shift
                            j = o + (i ^ move)
                            i = o + i
                            for part in range(0, 16, 8):
                                x, y = load(buf, i + part), load(buf, j + part)
                                lx, ly = load(buf, i + size + part), load(buf, j + size + part)
                                turned_x, turned_y = turned(x, s), turned(y, s)
                                t1 = t1 + lx * turned_y
                                store(buf, i + part, a * x - b * turned_y)
                                store(buf, i + size + part, a * lx - b * turned(ly, s))
                                if move:
                                    t2 = t2 + ly * turned_x
                                    store(buf, j + part, a * y - c * turned_x)
                                    store(buf, j + size + part, a * ly - c * turned(lx, s))
                        sums[angle] += hsum(e * (t1 - t2 if rows[r, ODD] else t1 + t2))
                elif kind == PHASES:
                    flips = flips_of(marks, rows[r, FROM], rows[r, TO], base)
                    s = flips & 7
                    flips = (flips >> 3) * 16
                    into = tally + rows[r, LIST] * (size // 2)
                    for k in range(0, size, 16):
                        f = at + (k ^ flips)
                        c, n = turned(load(phases, f), s), turned(load(phases, f + 8), s)
                        x, y = load(buf, o + k), load(buf, o + k + 8)
                        lx, ly = load(buf, o + k + size), load(buf, o + k + size + 8)
                        d = into + (k ^ flips) // 2
                        store(tallies, d, load(tallies, d) + turned(lx * y - ly * x, s))
                        store(buf, o + k, c * x + n * y)
                        store(buf, o + k + 8, c * y - n * x)
                        store(buf, o + k + size, c * lx + n * ly)
                        store(buf, o + k + size + 8, c * ly - n * lx)
                elif kind == BOUND_TURN:
                    top = rows[r, SHIFT]
                    a, b, e = load(matrices, at + 16), load(matrices, at), load(matrices, at + 8)
                    t1 = zero
                    for k in range(0, size, 16):
                        met = -1 if k & top else met_at(marks, rows[r, FROM], rows[r, TO], base, k)
                        other = -1 if k & top else met_at(marks, rows[r, FROM], rows[r, TO], base, k ^ move)
                        if met >= 0:
                            here, there = load(lanes, rows[r, LIST] + met * 8), load(lanes, rows[r, LIST] + other * 8)
                            c, f, d, g = b, here * e, b, there * e
                            if odd_parity(rows[r, SIGN] & base) ^ odd_parity(rows[r, SIGN_HERE] & k):
                                c, f = zero - c, zero - f
                            if odd_parity(rows[r, SIGN] & base) ^ odd_parity(rows[r, SIGN_HERE] & (k ^ move)):
                                d, g = zero - d, zero - g
                            if rows[r, MIRROR]:
                                c, d = zero - c, zero - d
                            i, j = o + k, o + (k ^ move)
                            for part in range(0, 16, 8):
                                x, y = load(buf, i + part), load(buf, j + part)
                                lx, ly = load(buf, i + size + part), load(buf, j + size + part)
                                t1 = t1 + f * lx * turned(y, s)
                                store(buf, i + part, x + here * ((a - one) * x - c * turned(y, s)))
                                store(buf, i + size + part, lx + here * ((a - one) * lx - c * turned(ly, s)))
                                if move:
                                    t1 = t1 + g * ly * turned(x, s)
                                    store(buf, j + part, y + there * ((a - one) * y - d * turned(x, s)))
                                    store(buf, j + size + part, ly + there * ((a - one) * ly - d * turned(lx, s)))
                    sums[angle] += hsum(t1)
                elif kind == BOUND_PHASE:
                    c, n = load(matrices, at), load(matrices, at + 8)
                    t1 = zero
                    for k in range(0, size, 16):
                        met = met_at(marks, rows[r, FROM], rows[r, TO], base, k)
                        if met >= 0:
                            here = load(lanes, rows[r, LIST] + met * 8)
                            x, y = load(buf, o + k), load(buf, o + k + 8)
                            lx, ly = load(buf, o + k + size), load(buf, o + k + size + 8)
                            c1, n1 = one + here * (c - one), here * n
                            t1 = t1 + here * (lx * y - ly * x)
                            store(buf, o + k, c1 * x + n1 * y)
                            store(buf, o + k + 8, c1 * y - n1 * x)
                            store(buf, o + k + size, c1 * lx + n1 * ly)
                            store(buf, o + k + size + 8, c1 * ly - n1 * lx)
                    sums[angle] -= 2.0 * hsum(t1)
                r -= 1
            if keep:
                scatter(psi, buf, o, base, run, runs, scale)
                scatter(lam, buf, o + size, base, run, runs, scale)
