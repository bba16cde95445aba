"""The sweeps over one group's state that turn qubits, one to three at a time, and the product state they start from.

A group is eight samples; its state is ``state[amplitude, re|im, lane]``, so an amplitude is two vectors. RY
is real, hence real and imaginary parts go through a rotation separately, and three qubits' pairs of psi and
lambda fit in registers. A shared RY is ``[[1, -t], [t, 1]]``, t = tan(angle / 2); its cosine is deferred (see
`prepare`). ``lists[hi] ^ lists[lo]`` are the amplitudes of the 0 branches. No kernel allocates.

Source of the walk back: Jones and Gacon, arXiv:2009.02823.
"""

from __future__ import annotations

from typing import Any

from ._jit import helper, inlined
from .arrays import FloatArray, IntArray
from .codes import (
    AT,
    COS,
    E0,
    FLIP,
    HI,
    HI_N,
    KIND,
    LO,
    LO_N,
    PER_SAMPLE,
    ROTATE,
    ROW,
    SHIFT,
    SIN,
    TAN0,
    TAN1,
    TAN2,
    TURN2,
    TURN3,
    V0,
    V1,
    V2,
)
from .emit import Emitter, Numbers, Value, emitted
from .turns import rotate, turn2, turn3, unrotate, unturn2, unturn3
from .vec import load, signed, splat, store

Vec = Any


@inlined
def lanes_of(e: int, entries: IntArray, values: FloatArray, work: Any, cs: int) -> tuple[Vec, Vec]:
    """Return cosines and sines of an entry, shared or per sample."""
    row = entries[e, ROW]
    if entries[e, PER_SAMPLE]:
        return load(work, cs + 16 * row), load(work, cs + 16 * row + 8)
    return splat(work, values[row, COS]), splat(work, values[row, SIN])


@inlined
def first_turn(
    ops: IntArray, o: int, entries: IntArray, values: FloatArray, moves: FloatArray, work: Any, cs: int
) -> tuple[Vec, Vec]:
    """Return what a sweep's first turn multiplies by: 1 and a tangent, or its cosines and sines."""
    if ops[o, KIND] != ROTATE:
        return splat(work, 1.0), splat(work, moves[o, TAN0])
    c, s = lanes_of(ops[o, E0], entries, values, work, cs)
    return c, signed(s, ops[o, FLIP])


@helper
def turn(psi: Any, base: int, lists: IntArray, ops: IntArray, o: int, moves: FloatArray, c: Vec, s: Vec) -> None:
    """Turn one to three qubits."""
    kind, shift = ops[o, KIND], ops[o, SHIFT]
    v0, v1, v2 = ops[o, V0], ops[o, V1], ops[o, V2]
    t1, t2 = splat(psi, moves[o, TAN1]), splat(psi, moves[o, TAN2])
    lo, hi, lo_end, hi_end = ops[o, LO], ops[o, HI], ops[o, LO] + ops[o, LO_N], ops[o, HI] + ops[o, HI_N]
    if kind == TURN3:
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                turn3(psi, base, lists[h] ^ lists[k], v0, v1, v2, s, t1, t2)
    elif kind == TURN2:
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                turn2(psi, base, lists[h] ^ lists[k], v0, v1, v2, s, t1, t2)
    else:
        for h in range(hi, hi_end):
            high = lists[h] ^ shift
            for k in range(lo, lo_end):
                rotate(psi, base + (high ^ lists[k]), base + (high ^ lists[k] ^ v0), c, s)


@helper
def unturn(
    psi: Any,
    base: int,
    lam: Any,
    lbase: int,
    lists: IntArray,
    ops: IntArray,
    o: int,
    moves: FloatArray,
    c: Vec,
    s: Vec,
    move: bool,
) -> tuple[Vec, Vec, Vec]:
    """Return the gradients of `turn`'s angles, and undo it if ``move``."""
    kind, shift = ops[o, KIND], ops[o, SHIFT]
    v0, v1, v2 = ops[o, V0], ops[o, V1], ops[o, V2]
    t0, t1, t2 = signed(s, True), splat(psi, -moves[o, TAN1]), splat(psi, -moves[o, TAN2])
    lo, hi, lo_end, hi_end = ops[o, LO], ops[o, HI], ops[o, LO] + ops[o, LO_N], ops[o, HI] + ops[o, HI_N]
    g0, g1, g2 = splat(psi, 0.0), splat(psi, 0.0), splat(psi, 0.0)
    if kind == TURN3:
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = lists[h] ^ lists[k]
                for part in range(0, 16, 8):
                    g0, g1, g2 = unturn3(
                        psi, base + part, lam, lbase + part, i, v0, v1, v2, t0, t1, t2, move, g0, g1, g2
                    )
    elif kind == TURN2:
        for h in range(hi, hi_end):
            for k in range(lo, lo_end):
                i = lists[h] ^ lists[k]
                for part in range(0, 16, 8):
                    g0, g1, g2 = unturn2(
                        psi, base + part, lam, lbase + part, i, v0, v1, v2, t0, t1, t2, move, g0, g1, g2
                    )
    else:
        for h in range(hi, hi_end):
            high = lists[h] ^ shift
            for k in range(lo, lo_end):
                g0 = unrotate(psi, base, lam, lbase, high ^ lists[k], v0, c, s, move, g0)
    return g0, g1, g2


@emitted()
def _branch(e: Emitter, work: Numbers, zero: Value, one: Value, c: Value, s: Value) -> None:
    """Split a factor of a product state into its branches 0 and 1."""
    x = work.load(zero)
    work.store(zero, x * c)
    work.store(one, x * s)


@emitted()
def _multiply(e: Emitter, psi: Numbers, at: Value, work: Numbers, a: Value, b: Value) -> None:
    """Write the product of two vectors."""
    psi.store(at, work.load(a) * work.load(b))


@helper
def product(
    psi: Any,
    base: int,
    size: int,
    lists: IntArray,
    ops: IntArray,
    o: int,
    entries: IntArray,
    values: FloatArray,
    work: Any,
    cs: int,
    build: int,
) -> None:
    """Write the product state that the first rotations make of |0...0>."""
    lo, lo_n, hi, hi_n = ops[o, LO], ops[o, LO_N], ops[o, HI], ops[o, HI_N]
    zero = splat(psi, 0.0)
    step = 16 if lo_n * hi_n * 16 == size else 8  # every amplitude is written below, or some stay 0
    for k in range(step - 8, size, step):
        store(psi, base + k, zero)
    at, second = ops[o, AT], build + 8 * lo_n
    for side in range(2):
        a, count = (build, lo_n) if side == 0 else (second, hi_n)
        store(work, a, splat(work, 1.0))
        n = 1
        while n < count:
            c, s = lanes_of(lists[at], entries, values, work, cs)
            for k in range(a, a + 8 * n, 8):
                _branch(work, k, k + 8 * n, c, s)
            n += n
            at += 1
    for h in range(hi_n):
        for k in range(lo_n):
            _multiply(psi, base + (lists[hi + h] ^ lists[lo + k]), work, second + 8 * h, build + 8 * k)
