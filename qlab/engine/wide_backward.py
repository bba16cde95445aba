"""The numba kernel that undoes a walk on psi and lambda together, and adds up every angle's derivative.

Every sum is taken per chunk of tiles, in the order of the tiles, so that no result depends on which thread did
which chunk. Otherwise as `wide_forward`, whose operations it undoes in reverse.
"""

from __future__ import annotations

from ._jit import kernel
from .arrays import FloatArray, IntArray
from .vec import hsum, load, odd_parity, signed, splat, store
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
from .wide_vec import combined, unbound_phase, unbound_turn, untable_phase, unturn_one, unturn_two


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
            while r >= 0:
                kind, at, angle = rows[r, KIND], rows[r, AT], t + rows[r, ANGLE]
                start, stop = rows[r, LIST], rows[r, LIST] + rows[r, LIST_N]
                move, s, odd = rows[r, MOVE], rows[r, LANE], odd_parity(rows[r, SIGN] & base)
                if kind == ONE:
                    pair = rows[r, PAIR]
                    b, sign = signed(load(matrices, at), odd), signed(load(matrices, at + 8), odd)
                    t1, t2, t3, t4 = zero, zero, zero, zero
                    if pair >= 0 and matrices[at + 16] == 1.0 and matrices[rows[r - 1, AT] + 16] == 1.0:
                        m1, v1, odd = rows[r - 1, AT], rows[r - 1, MOVE], odd_parity(rows[r - 1, SIGN] & base)
                        c, other = signed(load(matrices, m1), odd), signed(load(matrices, m1 + 8), odd)
                        for p in range(rows[pair, LIST], rows[pair, LIST] + rows[pair, LIST_N]):
                            t1, t2, t3, t4 = unturn_two(buf, o, size, lists[p], v1, move, c, b, t1, t2, t3, t4)
                        sums[angle] += hsum(combined(sign, t1, t2, False))
                        sums[t + rows[r - 1, ANGLE]] += hsum(combined(other, t3, t4, False))
                        r -= 3
                        continue
                    a = load(matrices, at + 16)
                    for half in range(rows[r, CLASSES]):
                        shift = rows[r, SHIFT] if half else 0
                        b, sign = signed(b, half), signed(sign, half)
                        c = signed(b, rows[r, ODD])
                        t1, t2 = zero, zero
                        for p in range(start, stop):
                            i = lists[p] ^ shift
                            t1, t2 = unturn_one(buf, o + i, o + (i ^ move), size, s, move, a, b, c, t1, t2)
                        sums[angle] += hsum(combined(sign, t1, t2 if move else zero, rows[r, ODD]))
                elif kind == PHASES:
                    flips = flips_of(marks, rows[r, FROM], rows[r, TO], base)
                    into = tally + rows[r, LIST] * (size // 2)
                    for k in range(0, size, 16):
                        f = k ^ (flips >> 3) * 16
                        untable_phase(buf, o + k, size, phases, at + f, flips & 7, tallies, into + f // 2)
                elif kind == BOUND_TURN:
                    a, b, sign = load(matrices, at + 16), load(matrices, at), load(matrices, at + 8)
                    t1, mirror = zero, rows[r, MIRROR]
                    for k in range(0, size, 16):
                        met = -1 if k & rows[r, SHIFT] else met_at(marks, rows[r, FROM], rows[r, TO], base, k)
                        if met >= 0:
                            other = met_at(marks, rows[r, FROM], rows[r, TO], base, k ^ move)
                            n = odd ^ odd_parity(rows[r, SIGN_HERE] & k)
                            m = odd ^ odd_parity(rows[r, SIGN_HERE] & (k ^ move))
                            here, there = rows[r, LIST] + met * 8, rows[r, LIST] + other * 8
                            t1 = unbound_turn(
                                buf,
                                o + k,
                                o + (k ^ move),
                                size,
                                s,
                                move,
                                a,
                                signed(b, n ^ mirror),
                                signed(b, m ^ mirror),
                                signed(sign, n),
                                signed(sign, m),
                                lanes,
                                here,
                                there,
                                t1,
                            )
                    sums[angle] += hsum(t1)
                elif kind == BOUND_PHASE:
                    c, n = load(matrices, at), load(matrices, at + 8)
                    t1 = zero
                    for k in range(0, size, 16):
                        met = met_at(marks, rows[r, FROM], rows[r, TO], base, k)
                        if met >= 0:
                            t1 = unbound_phase(buf, o + k, size, c, n, lanes, rows[r, LIST] + met * 8, t1)
                    sums[angle] -= 2.0 * hsum(t1)
                r -= 1
            if keep:
                scatter(psi, buf, o, base, run, runs, scale)
                scatter(lam, buf, o + size, base, run, runs, scale)
