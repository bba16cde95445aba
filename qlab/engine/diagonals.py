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
            for k in range(a, a + (16 << j), 16):
                re, im = load(work, k), load(work, k + 8)
                to = k + (16 << j)
                if e >= 0:
                    c, s = load(work, cs + 16 * entries[e, ROW]), load(work, cs + 16 * entries[e, ROW] + 8)
                    store(work, to, re * c - im * s)
                    store(work, to + 8, re * s + im * c)
                else:
                    store(work, to, re)
                    store(work, to + 8, im)
    for h in range(hi_n):
        re, im = load(work, second + 16 * h), load(work, second + 16 * h + 8)
        high = lists[hi + h] ^ shift
        for k in range(lo_n):
            c, s = load(work, build + 16 * k), load(work, build + 16 * k + 8)
            p = table + (high ^ lists[lo + k])
            store(work, p, re * c - im * s)
            store(work, p + 8, re * s + im * c)
    for piece in range(ops[o, EXTRA], ops[o, EXTRA] + 5 * ops[o, EXTRA_N], 5):
        row = cs + 16 * entries[lists[piece], ROW]
        c, s = load(work, row), load(work, row + 8)
        for h in range(lists[piece + 3], lists[piece + 3] + lists[piece + 4]):
            high = lists[h] ^ shift
            for k in range(lists[piece + 1], lists[piece + 1] + lists[piece + 2]):
                p = table + (high ^ lists[k])
                re, im = load(work, p), load(work, p + 8)
                store(work, p, re * c - im * s)
                store(work, p + 8, re * s + im * c)


@helper
def multiply_shared(psi: Any, base: int, size: int, tables: Any, at: int) -> None:
    """Multiply a state by a shared table."""
    for k in range(0, size, 16):
        c, s = splat(psi, tables[at + (k >> 3)]), splat(psi, tables[at + (k >> 3) + 1])
        re, im = load(psi, base + k), load(psi, base + k + 8)
        store(psi, base + k, re * c - im * s)
        store(psi, base + k + 8, re * s + im * c)


@helper
def multiply_batched(psi: Any, base: int, size: int, table: Any, at: int) -> None:
    """Multiply a state by a group's own table."""
    for k in range(0, size, 16):
        c, s = load(table, at + k), load(table, at + k + 8)
        re, im = load(psi, base + k), load(psi, base + k + 8)
        store(psi, base + k, re * c - im * s)
        store(psi, base + k + 8, re * s + im * c)


@helper
def divide_shared(
    psi: Any, base: int, lam: Any, lbase: int, size: int, tables: Any, at: int, d: int, want: bool, move: bool
) -> None:
    """Undo `multiply_shared` on psi and lambda; ``lam[d:]`` gets Im(conj(lambda) psi) if ``want``."""
    for k in range(0, size, 16):
        xr, xi = load(psi, base + k), load(psi, base + k + 8)
        mr, mi = load(lam, lbase + k), load(lam, lbase + k + 8)
        if want:
            store(lam, d + (k >> 1), mr * xi - mi * xr)
        if move:
            c, s = splat(psi, tables[at + (k >> 3)]), splat(psi, tables[at + (k >> 3) + 1])
            store(psi, base + k, xr * c + xi * s)
            store(psi, base + k + 8, xi * c - xr * s)
            store(lam, lbase + k, mr * c + mi * s)
            store(lam, lbase + k + 8, mi * c - mr * s)


@helper
def divide_batched(
    psi: Any, base: int, lam: Any, lbase: int, size: int, at: int, d: int, want: bool, move: bool
) -> None:
    """Undo `multiply_batched`; the table is ``lam[at:]``."""
    for k in range(0, size, 16):
        xr, xi = load(psi, base + k), load(psi, base + k + 8)
        mr, mi = load(lam, lbase + k), load(lam, lbase + k + 8)
        if want:
            store(lam, d + (k >> 1), mr * xi - mi * xr)
        if move:
            c, s = load(lam, at + k), load(lam, at + k + 8)
            store(psi, base + k, xr * c + xi * s)
            store(psi, base + k + 8, xi * c - xr * s)
            store(lam, lbase + k, mr * c + mi * s)
            store(lam, lbase + k + 8, mi * c - mr * s)


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
                total = total + load(work, d + ((high ^ lists[k]) >> 1))
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
                even, odd = d + (i >> 1), load(work, d + ((i ^ v) >> 1))
                total = total + odd
                store(work, even, load(work, even) + odd)
        store(slots, (slot * n_groups + g) * 8, total)
