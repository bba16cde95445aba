"""The numba kernel that does a walk: tile after tile, all of its operations, eight amplitudes a vector.

It allocates nothing and touches no Python object. Its body is one piece, since numba would compile parts twice.
Columns of rows: see `wide_tables`.
"""

from __future__ import annotations

from ._jit import kernel
from .arrays import FloatArray, IntArray
from .vec import load, odd_parity, signed, splat, store
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
from .wide_vec import bound_phase, bound_turn, table_phase, turn_one, turn_two


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
            kind, at, odd = rows[r, KIND], rows[r, AT], odd_parity(rows[r, SIGN] & base)
            start, stop = rows[r, LIST], rows[r, LIST] + rows[r, LIST_N]
            move, s = rows[r, MOVE], rows[r, LANE]
            if kind == TWO:
                m1, m2 = rows[r + 1, AT], rows[r + 2, AT]
                if matrices[m1 + 16] == 1.0 and matrices[m2 + 16] == 1.0:
                    v1, v2 = rows[r + 1, MOVE], rows[r + 2, MOVE]
                    b = signed(load(matrices, m1), odd_parity(rows[r + 1, SIGN] & base))
                    c = signed(load(matrices, m2), odd_parity(rows[r + 2, SIGN] & base))
                    for p in range(start, stop):
                        turn_two(buf, o, lists[p], v1, v2, b, c)
                    r += 3
                    continue
            elif kind == ONE:
                a, b = load(matrices, at + 16), signed(load(matrices, at), odd)
                for half in range(rows[r, CLASSES]):
                    shift = rows[r, SHIFT] if half else 0
                    b = signed(b, half)
                    c = signed(b, rows[r, ODD])
                    for p in range(start, stop):
                        i = lists[p] ^ shift
                        turn_one(buf, o + i, o + (i ^ move), s, move, a, b, c)
            elif kind == PHASES:
                flips = flips_of(marks, rows[r, FROM], rows[r, TO], base)
                for k in range(0, size, 16):
                    table_phase(buf, o + k, phases, at + (k ^ (flips >> 3) * 16), flips & 7)
            elif kind == BOUND_TURN:
                a, b = load(matrices, at + 16), load(matrices, at)
                for k in range(0, size, 16):
                    met = -1 if k & rows[r, SHIFT] else met_at(marks, rows[r, FROM], rows[r, TO], base, k)
                    if met >= 0:
                        other = met_at(marks, rows[r, FROM], rows[r, TO], base, k ^ move)
                        c = signed(b, odd ^ odd_parity(rows[r, SIGN_HERE] & k))
                        d = signed(b, odd ^ odd_parity(rows[r, SIGN_HERE] & (k ^ move)))
                        here, there = rows[r, LIST] + met * 8, rows[r, LIST] + other * 8
                        bound_turn(buf, o + k, o + (k ^ move), s, move, a, c, d, lanes, here, there)
            elif kind == BOUND_PHASE:
                c, n = load(matrices, at), load(matrices, at + 8)
                for k in range(0, size, 16):
                    met = met_at(marks, rows[r, FROM], rows[r, TO], base, k)
                    if met >= 0:
                        bound_phase(buf, o + k, c, n, lanes, rows[r, LIST] + met * 8)
            r += 1
        scatter(psi, buf, o, base, run, runs, scale)
