"""A layer of diagonal gates as one table of phases: build it, multiply by it, and read its angles' gradients.

Every diagonal gate multiplies a subspace of amplitudes by one phase. Of the subspaces that are "an odd parity
of some bits" an independent set spans a basis, along which the table is an outer product ``A[lo] B[hi]``;
whatever is left multiplies its own subspace. The gradients of all phases come from one array
``d[p] = Im(conj(lambda_p) psi_p)``: sums over subspaces, and for the basis a fold that halves it once per
angle. No kernel allocates.
"""

from __future__ import annotations

from typing import Any

from ._jit import helper, inlined
from .arrays import FloatArray, IntArray
from .codes import AT, COS, EXTRA, EXTRA_N, HI, HI_N, LO, LO_N, ROW, SHIFT, SIN, SLOT, V0
from .emit import Emitter, Numbers, Value, emitted
from .vec import load, splat, store


@inlined
def bits_of(count: int) -> int:
    """Return the binary logarithm of a power of two."""
    n = 0
    while 1 << n < count:
        n += 1
    return n


@helper
def build_shared(
    ops: IntArray,
    o: int,
    lists: IntArray,
    entries: IntArray,
    values: FloatArray,
    build: FloatArray,
    tables: Any,
    scale: float,
) -> None:
    """Write a shared diagonal times ``scale`` into its table, (re, im) by memory index."""
    lo, lo_n, hi, hi_n = ops[o, LO], ops[o, LO_N], ops[o, HI], ops[o, HI_N]
    start, shift, at = ops[o, V0], ops[o, SHIFT], ops[o, AT]
    n_lo, n_hi = bits_of(lo_n), bits_of(hi_n)
    second = 2 * lo_n
    for side in range(2):
        a, first, count = (0, 0, n_lo) if side == 0 else (second, n_lo, n_hi)
        build[a] = 1.0 if side == 0 else scale
        build[a + 1] = 0.0
        for j in range(count):
            e = lists[at + first + j]
            c, s = (values[entries[e, ROW], COS], values[entries[e, ROW], SIN]) if e >= 0 else (1.0, 0.0)
            for k in range(a, a + (2 << j), 2):
                re, im = build[k], build[k + 1]
                build[k + (2 << j)] = re * c - im * s
                build[k + (2 << j) + 1] = re * s + im * c
    for h in range(hi_n):
        re, im = build[second + 2 * h], build[second + 2 * h + 1]
        high = lists[hi + h] ^ shift
        for k in range(lo_n):
            c, s = build[2 * k], build[2 * k + 1]
            p = start + ((high ^ lists[lo + k]) >> 3)
            tables[p] = re * c - im * s
            tables[p + 1] = re * s + im * c
    for piece in range(ops[o, EXTRA], ops[o, EXTRA] + 5 * ops[o, EXTRA_N], 5):
        row = entries[lists[piece], ROW]
        c, s = values[row, COS], values[row, SIN]
        for h in range(lists[piece + 3], lists[piece + 3] + lists[piece + 4]):
            high = lists[h] ^ shift
            for k in range(lists[piece + 1], lists[piece + 1] + lists[piece + 2]):
                p = start + ((high ^ lists[k]) >> 3)
                re, im = tables[p], tables[p + 1]
                tables[p] = re * c - im * s
                tables[p + 1] = re * s + im * c


@helper
def build_batched(
    ops: IntArray,
    o: int,
    lists: IntArray,
    entries: IntArray,
    work: Any,
    cs: int,
    build: int,
    table: int,
    scale: float,
) -> None:
    """Write a group's diagonal times ``scale`` into ``work[table:]``, by memory index as a state."""
    lo, lo_n, hi, hi_n = ops[o, LO], ops[o, LO_N], ops[o, HI], ops[o, HI_N]
    shift, at = ops[o, SHIFT], ops[o, AT]
    n_lo, n_hi = bits_of(lo_n), bits_of(hi_n)
    second = build + 16 * lo_n
    for side in range(2):
        a, first, count = (build, 0, n_lo) if side == 0 else (second, n_lo, n_hi)
        store(work, a, splat(work, 1.0 if side == 0 else scale))
        store(work, a + 8, splat(work, 0.0))
        for j in range(count):
            e = lists[at + first + j]
            c, s = splat(work, 1.0), splat(work, 0.0)
            if e >= 0:
                c, s = load(work, cs + 16 * entries[e, ROW]), load(work, cs + 16 * entries[e, ROW] + 8)
            for k in range(a, a + (16 << j), 16):
                _times(work, k + (16 << j), work, k, c, s)
    for h in range(hi_n):
        high = lists[hi + h] ^ shift
        c, s = load(work, second + 16 * h), load(work, second + 16 * h + 8)
        for k in range(lo_n):
            _times(work, table + (high ^ lists[lo + k]), work, build + 16 * k, c, s)
    for piece in range(ops[o, EXTRA], ops[o, EXTRA] + 5 * ops[o, EXTRA_N], 5):
        row = cs + 16 * entries[lists[piece], ROW]
        c, s = load(work, row), load(work, row + 8)
        for h in range(lists[piece + 3], lists[piece + 3] + lists[piece + 4]):
            high = lists[h] ^ shift
            for k in range(lists[piece + 1], lists[piece + 1] + lists[piece + 2]):
                p = table + (high ^ lists[k])
                _times(work, p, work, p, c, s)


@emitted()
def _times(e: Emitter, to: Numbers, t: Value, source: Numbers, i: Value, c: Value, s: Value) -> None:
    """Set amplitude ``t`` to amplitude ``i`` times ``c + i s``."""
    re, im = source.load(i), source.load(i + 8)
    to.store(t, re * c - im * s)
    to.store(t + 8, re * s + im * c)


def _factor(table: Numbers, at: Value, k: Value, *, shared: bool) -> tuple[Value, Value]:
    """Return the phase of amplitude ``k`` from a table of numbers or of vectors."""
    if shared:
        return table.spread(at + (k >> 3)), table.spread(at + (k >> 3) + 1)
    return table.load(at + k), table.load(at + k + 8)


def _multiplying(*, shared: bool) -> Any:
    @emitted()
    def multiplying(e: Emitter, psi: Numbers, base: Value, k: Value, table: Numbers, at: Value) -> None:
        c, s = _factor(table, at, k, shared=shared)
        i = base + k
        re, im = psi.load(i), psi.load(i + 8)
        psi.store(i, re * c - im * s)
        psi.store(i + 8, re * s + im * c)

    return multiplying


def _dividing(*, shared: bool) -> Any:
    @emitted()
    def dividing(
        e: Emitter,
        psi: Numbers,
        base: Value,
        lam: Numbers,
        lbase: Value,
        k: Value,
        table: Numbers,
        at: Value,
        d: Value,
        want: Value,
        move: Value,
    ) -> None:
        i, j = base + k, lbase + k
        xr, xi, mr, mi = psi.load(i), psi.load(i + 8), lam.load(j), lam.load(j + 8)
        with e.when(want):
            lam.store(d + (k >> 1), mr * xi - mi * xr)
        with e.when(move):
            c, s = _factor(table, at, k, shared=shared)
            psi.store(i, xr * c + xi * s)
            psi.store(i + 8, xi * c - xr * s)
            lam.store(j, mr * c + mi * s)
            lam.store(j + 8, mi * c - mr * s)

    return dividing


_multiply_shared, _multiply_batched = _multiplying(shared=True), _multiplying(shared=False)
_divide_shared, _divide_batched = _dividing(shared=True), _dividing(shared=False)


@helper
def multiply(psi: Any, base: int, size: int, tables: Any, start: int, work: Any, table: int, shared: bool) -> None:
    """Multiply a state by a shared table, ``tables[start:]``, or by a group's own, ``work[table:]``."""
    if shared:
        for k in range(0, size, 16):
            _multiply_shared(psi, base, k, tables, start)
    else:
        for k in range(0, size, 16):
            _multiply_batched(psi, base, k, work, table)


@helper
def divide(
    psi: Any,
    base: int,
    lam: Any,
    lbase: int,
    size: int,
    tables: Any,
    start: int,
    table: int,
    d: int,
    shared: bool,
    want: bool,
    move: bool,
) -> None:
    """Undo `multiply` on psi and lambda; ``lam[d:]`` gets Im(conj(lambda) psi) if ``want``."""
    if shared:
        for k in range(0, size, 16):
            _divide_shared(psi, base, lam, lbase, k, tables, start, d, want, move)
    else:
        for k in range(0, size, 16):
            _divide_batched(psi, base, lam, lbase, k, lam, table, d, want, move)


@emitted(1)
def _added(e: Emitter, work: Numbers, i: Value, total: Value) -> Value:
    return total + work.load(i)


@emitted(1)
def _folded(e: Emitter, work: Numbers, even: Value, odd: Value, total: Value) -> Value:
    """Add the odd one of a pair to the even one and to the total, which is returned."""
    moved = work.load(odd)
    work.store(even, work.load(even) + moved)
    return total + moved


@helper
def fold(
    ops: IntArray, o: int, lists: IntArray, entries: IntArray, work: Any, d: int, slots: Any, g: int, n_groups: int
) -> None:
    """Sum ``work[d:]`` over the subspace of every phase whose gradient is wanted, into ``slots``."""
    lo, lo_n, hi, hi_n = ops[o, LO], ops[o, LO_N], ops[o, HI], ops[o, HI_N]
    shift, at = ops[o, SHIFT], ops[o, AT]
    for piece in range(ops[o, EXTRA], ops[o, EXTRA] + 5 * ops[o, EXTRA_N], 5):
        slot = entries[lists[piece], SLOT]
        if slot < 0:
            continue
        total = splat(work, 0.0)
        for h in range(lists[piece + 3], lists[piece + 3] + lists[piece + 4]):
            high = lists[h] ^ shift
            for k in range(lists[piece + 1], lists[piece + 1] + lists[piece + 2]):
                total = _added(work, d + ((high ^ lists[k]) >> 1), total)
        store(slots, (slot * n_groups + g) * 8, total)
    n_lo = bits_of(lo_n)
    # The wanted ones are last in the basis: each fold leaves the sums over its pairs on the even half.
    for j in range(n_lo + bits_of(hi_n) - 1, -1, -1):
        e = lists[at + j]
        slot = entries[e, SLOT] if e >= 0 else -1
        if slot < 0:
            break
        if j < n_lo:
            v, low, high_n = lists[lo + (1 << j)], 1 << j, 1
        else:
            v, low, high_n = lists[hi + (1 << (j - n_lo))], lo_n, 1 << (j - n_lo)
        total = splat(work, 0.0)
        for h in range(hi, hi + high_n):
            high = lists[h] ^ shift
            for k in range(lo, lo + low):
                i = high ^ lists[k]
                total = _folded(work, d + (i >> 1), d + ((i ^ v) >> 1), total)
        store(slots, (slot * n_groups + g) * 8, total)
