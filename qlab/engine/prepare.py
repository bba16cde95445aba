"""Around the states: angles to cosines, tangents and shared tables before, sums to gradients after.

A shared RY by a is RY(a - k pi) RY(pi)**k with |a - k pi| <= pi/2, so its tangent is at most 1. The RY(pi) are
Paulis; they aren't applied, but kept in a *Pauli frame* ``psi = +-Z^z X^x stored``, which only turns the signs
of later angles and xors addresses. The cosines are deferred too: the product of those since the last shared
diagonal is folded into that diagonal's table (``moves``), and what is left at the end into the expectations.
A gradient at some place carries the square of the scale that is missing there.
"""

from __future__ import annotations

import math
from typing import Any

from ._jit import helper
from .arrays import FloatArray, IntArray
from .codes import (
    ANGLE,
    BATCHED,
    COS,
    E0,
    FLIP,
    FOLD,
    FROM,
    HALF,
    KIND,
    M0,
    MISSING,
    NEGATIVE,
    OP,
    PER_SAMPLE,
    PHASES,
    ROTATE,
    ROW,
    SHIFT,
    SIN,
    SLOT,
    STILL,
    TAN0,
    TERM_BATCHED,
    TERM_SOURCE,
    TERM_WANT,
    TO,
    TURN1,
    TURN3,
    V0,
    X_FRAME,
    Z_FRAME,
)
from .diagonals import build_shared
from .emit import Emitter, Numbers, Value, emitted
from .vec import hsum, load, odd_parity, sincos, splat, store


@helper
def prepare(
    job: IntArray,
    ops: IntArray,
    lists: IntArray,
    entries: IntArray,
    terms: IntArray,
    coef: FloatArray,
    offsets: FloatArray,
    w: FloatArray,
    values: FloatArray,
    moves: FloatArray,
    build: FloatArray,
    tables: Any,
) -> float:
    """Evaluate the shared angles and diagonals, and follow frame and scale; return the scale at the end."""
    for e in range(entries.shape[0]):
        if entries[e, PER_SAMPLE]:
            continue
        angle = offsets[e]
        for k in range(entries[e, FROM], entries[e, TO]):
            angle += coef[k] * w[terms[k, TERM_SOURCE]]
        row = entries[e, ROW]
        used = 0.5 * angle if entries[e, HALF] else angle
        values[row, ANGLE], values[row, COS], values[row, SIN] = angle, math.cos(used), math.sin(used)
    x_frame, z_frame, negative = 0, 0, 0
    scale = 1.0
    for o in range(ops.shape[0]):
        kind = ops[o, KIND]
        ops[o, SHIFT] = 0 if TURN1 <= kind <= TURN3 else x_frame  # the signs of tangents know it already
        moves[o, FOLD] = 1.0
        if TURN1 <= kind <= TURN3 and ops[o, STILL] == 0:
            for q in range(kind - TURN1 + 1):
                e, v, m = ops[o, E0 + q], ops[o, V0 + q], ops[o, M0 + q]
                row = entries[e, ROW]
                angle = values[row, ANGLE]
                half_turns = math.floor(angle / math.pi + 0.5)
                rest = angle - half_turns * math.pi
                for _ in range(int(half_turns) & 3):
                    z_frame ^= m
                    negative ^= odd_parity(z_frame & v)
                    x_frame ^= v
                flip = odd_parity(m & x_frame) ^ odd_parity(v & z_frame)
                cosine = math.cos(0.5 * rest)
                moves[o, TAN0 + q] = math.sin(0.5 * rest) / cosine * (1 - 2 * flip)
                values[row, COS] = 1.0 - 2.0 * flip
                moves[o, FOLD] *= cosine
            scale *= moves[o, FOLD]
        elif kind == ROTATE:
            ops[o, FLIP] = odd_parity(ops[o, V0] & z_frame)
        elif kind == PHASES:
            build_shared(ops, o, lists, entries, values, build, tables, scale)
            moves[o, FOLD], scale = 1.0 / scale, 1.0
        elif kind == BATCHED:
            moves[o, FOLD], scale = 1.0 / scale, 1.0
    job[X_FRAME], job[Z_FRAME], job[NEGATIVE] = x_frame, z_frame, negative
    missing = scale * scale
    for o in range(ops.shape[0] - 1, -1, -1):
        moves[o, MISSING] = missing
        missing *= moves[o, FOLD] * moves[o, FOLD]
    return scale


@emitted(1)
def _added(e: Emitter, x: Numbers, angle: Value, scale: Value, source: Value) -> Value:
    return angle + x.copies(scale) * source


@helper
def evaluate_group(
    g: int,
    stride: int,
    entries: IntArray,
    terms: IntArray,
    coef: FloatArray,
    offsets: FloatArray,
    w: FloatArray,
    x: FloatArray,
    work: Any,
    cs: int,
) -> None:
    """Write cosines and sines of a group's own angles to ``work[cs:]``; x is ``[source, sample]``."""
    for e in range(entries.shape[0]):
        if entries[e, PER_SAMPLE] == 0:
            continue
        angle = splat(x, offsets[e])
        for k in range(entries[e, FROM], entries[e, TO]):
            source = terms[k, TERM_SOURCE]
            if terms[k, TERM_BATCHED]:
                angle = _added(x, angle, coef[k], load(x, source * stride + g * 8))
            else:
                angle = _added(x, angle, coef[k], splat(x, w[source]))
        s, c = sincos(x, angle, entries[e, HALF])
        at = cs + 16 * entries[e, ROW]
        store(work, at, c)
        store(work, at + 8, s)


@helper
def finish(
    n_groups: int,
    ops: IntArray,
    entries: IntArray,
    terms: IntArray,
    coef: FloatArray,
    values: FloatArray,
    moves: FloatArray,
    slots: Any,
    grad_w: FloatArray,
    grad_x: FloatArray,
) -> None:
    """Add every wanted angle's gradient to those of its sources, always in the same order.

    ``grad_x`` is ``[source, sample]``.
    """
    for k in range(grad_w.shape[0]):
        grad_w[k] = 0.0
    for k in range(grad_x.shape[0]):
        grad_x[k] = 0.0
    for e in range(entries.shape[0]):
        slot = entries[e, SLOT]
        if slot < 0:
            continue
        o = entries[e, OP]
        kind, factor = ops[o, KIND], moves[o, MISSING]
        if kind >= PHASES:
            factor *= -2.0
        elif kind == ROTATE:
            factor *= 1 - 2 * ops[o, FLIP]
        elif ops[o, STILL] == 0:
            factor *= values[entries[e, ROW], COS]
        at = slot * n_groups * 8
        total = 0.0
        for g in range(n_groups):
            total += hsum(load(slots, at + g * 8))
        for k in range(entries[e, FROM], entries[e, TO]):
            if terms[k, TERM_WANT] == 0:
                continue
            source, scale = terms[k, TERM_SOURCE], coef[k] * factor
            if terms[k, TERM_BATCHED]:
                for b in range(n_groups * 8):
                    grad_x[source * n_groups * 8 + b] += scale * slots[at + b]
            else:
                grad_w[source] += scale * total
