"""The pieces of the walk back: undo mixers on a state and its adjoint, and sum Im⟨λ|X|ψ⟩ of the qubits on the way.

Overlaps are taken before a sweep undoes its qubits; X commutes with the layer's mixers, so any moment in it will do.
"""

from __future__ import annotations

from typing import Any

from ..engine._jit import inlined
from .mixing import oct, pair, quads
from .vec import flip1, flip2, flip4, flip7, load, store

Array = Any


@inlined
def back8(
    sr: Array, si: Array, s: int, us: int, ur: int, dr: Array, di: Array, d: int, vs: int, vr: int, lr: Array, li:
    Array,
    mr: Array, mi: Array, count: int, width: int, t: Any, swap: bool, acc: Any,
) -> Any:  # fmt: skip
    """As `mixing.sweep8` for a state (sr, si to dr, di) and its adjoint (lr, li to mr, mi); returns acc + overlaps."""
    for row in range(count):
        for k in range(0, width, 8):
            a, b = s + row * ur + k, d + row * vr + k
            r0, i0 = load(sr, a), load(si, a)
            r1, i1 = load(sr, a + 1 * us), load(si, a + 1 * us)
            r2, i2 = load(sr, a + 2 * us), load(si, a + 2 * us)
            r3, i3 = load(sr, a + 3 * us), load(si, a + 3 * us)
            r4, i4 = load(sr, a + 4 * us), load(si, a + 4 * us)
            r5, i5 = load(sr, a + 5 * us), load(si, a + 5 * us)
            r6, i6 = load(sr, a + 6 * us), load(si, a + 6 * us)
            r7, i7 = load(sr, a + 7 * us), load(si, a + 7 * us)
            acc = acc + load(lr, a) * (i1 + i2 + i4) - load(li, a) * (r1 + r2 + r4)
            acc = acc + load(lr, a + 1 * us) * (i0 + i3 + i5) - load(li, a + 1 * us) * (r0 + r3 + r5)
            acc = acc + load(lr, a + 2 * us) * (i3 + i0 + i6) - load(li, a + 2 * us) * (r3 + r0 + r6)
            acc = acc + load(lr, a + 3 * us) * (i2 + i1 + i7) - load(li, a + 3 * us) * (r2 + r1 + r7)
            acc = acc + load(lr, a + 4 * us) * (i5 + i6 + i0) - load(li, a + 4 * us) * (r5 + r6 + r0)
            acc = acc + load(lr, a + 5 * us) * (i4 + i7 + i1) - load(li, a + 5 * us) * (r4 + r7 + r1)
            acc = acc + load(lr, a + 6 * us) * (i7 + i4 + i2) - load(li, a + 6 * us) * (r7 + r4 + r2)
            acc = acc + load(lr, a + 7 * us) * (i6 + i5 + i3) - load(li, a + 7 * us) * (r6 + r5 + r3)
            r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7 = oct(
                r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7, t, swap
            )  # fmt: skip
            store(dr, b, r0)
            store(di, b, i0)
            store(dr, b + 1 * vs, r1)
            store(di, b + 1 * vs, i1)
            store(dr, b + 2 * vs, r2)
            store(di, b + 2 * vs, i2)
            store(dr, b + 3 * vs, r3)
            store(di, b + 3 * vs, i3)
            store(dr, b + 4 * vs, r4)
            store(di, b + 4 * vs, i4)
            store(dr, b + 5 * vs, r5)
            store(di, b + 5 * vs, i5)
            store(dr, b + 6 * vs, r6)
            store(di, b + 6 * vs, i6)
            store(dr, b + 7 * vs, r7)
            store(di, b + 7 * vs, i7)
            r0, i0 = load(lr, a), load(li, a)
            r1, i1 = load(lr, a + 1 * us), load(li, a + 1 * us)
            r2, i2 = load(lr, a + 2 * us), load(li, a + 2 * us)
            r3, i3 = load(lr, a + 3 * us), load(li, a + 3 * us)
            r4, i4 = load(lr, a + 4 * us), load(li, a + 4 * us)
            r5, i5 = load(lr, a + 5 * us), load(li, a + 5 * us)
            r6, i6 = load(lr, a + 6 * us), load(li, a + 6 * us)
            r7, i7 = load(lr, a + 7 * us), load(li, a + 7 * us)
            r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7 = oct(
                r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7, t, swap
            )  # fmt: skip
            store(mr, b, r0)
            store(mi, b, i0)
            store(mr, b + 1 * vs, r1)
            store(mi, b + 1 * vs, i1)
            store(mr, b + 2 * vs, r2)
            store(mi, b + 2 * vs, i2)
            store(mr, b + 3 * vs, r3)
            store(mi, b + 3 * vs, i3)
            store(mr, b + 4 * vs, r4)
            store(mi, b + 4 * vs, i4)
            store(mr, b + 5 * vs, r5)
            store(mi, b + 5 * vs, i5)
            store(mr, b + 6 * vs, r6)
            store(mi, b + 6 * vs, i6)
            store(mr, b + 7 * vs, r7)
            store(mi, b + 7 * vs, i7)
    return acc


@inlined
def back44(
    sr: Array, si: Array, s: int, z: int, us: int, ur: int, dr: Array, di: Array, d: int, y: int, vs: int, vr: int,
    lr: Array, li: Array, mr: Array, mi: Array, count: int, t: Any, swap: bool, acc: Any,
) -> Any:  # fmt: skip
    """As `mixing.sweep44` for a state and its adjoint; returns acc + overlaps."""
    for row in range(count):
        a, e, b, f = s + row * ur, z + row * ur, d + row * vr, y + row * vr
        r0, i0 = load(sr, a + 0 * us), load(si, a + 0 * us)
        r1, i1 = load(sr, a + 1 * us), load(si, a + 1 * us)
        r2, i2 = load(sr, a + 2 * us), load(si, a + 2 * us)
        r3, i3 = load(sr, a + 3 * us), load(si, a + 3 * us)
        r4, i4 = load(sr, e + 0 * us), load(si, e + 0 * us)
        r5, i5 = load(sr, e + 1 * us), load(si, e + 1 * us)
        r6, i6 = load(sr, e + 2 * us), load(si, e + 2 * us)
        r7, i7 = load(sr, e + 3 * us), load(si, e + 3 * us)
        acc = acc + load(lr, a + 0 * us) * (i1 + i2) - load(li, a + 0 * us) * (r1 + r2)
        acc = acc + load(lr, a + 1 * us) * (i0 + i3) - load(li, a + 1 * us) * (r0 + r3)
        acc = acc + load(lr, a + 2 * us) * (i3 + i0) - load(li, a + 2 * us) * (r3 + r0)
        acc = acc + load(lr, a + 3 * us) * (i2 + i1) - load(li, a + 3 * us) * (r2 + r1)
        acc = acc + load(lr, e + 0 * us) * (i5 + i6) - load(li, e + 0 * us) * (r5 + r6)
        acc = acc + load(lr, e + 1 * us) * (i4 + i7) - load(li, e + 1 * us) * (r4 + r7)
        acc = acc + load(lr, e + 2 * us) * (i7 + i4) - load(li, e + 2 * us) * (r7 + r4)
        acc = acc + load(lr, e + 3 * us) * (i6 + i5) - load(li, e + 3 * us) * (r6 + r5)
        r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7 = quads(
            r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7, t, swap
        )  # fmt: skip
        store(dr, b + 0 * vs, r0)
        store(di, b + 0 * vs, i0)
        store(dr, b + 1 * vs, r1)
        store(di, b + 1 * vs, i1)
        store(dr, b + 2 * vs, r2)
        store(di, b + 2 * vs, i2)
        store(dr, b + 3 * vs, r3)
        store(di, b + 3 * vs, i3)
        store(dr, f + 0 * vs, r4)
        store(di, f + 0 * vs, i4)
        store(dr, f + 1 * vs, r5)
        store(di, f + 1 * vs, i5)
        store(dr, f + 2 * vs, r6)
        store(di, f + 2 * vs, i6)
        store(dr, f + 3 * vs, r7)
        store(di, f + 3 * vs, i7)
        r0, i0 = load(lr, a + 0 * us), load(li, a + 0 * us)
        r1, i1 = load(lr, a + 1 * us), load(li, a + 1 * us)
        r2, i2 = load(lr, a + 2 * us), load(li, a + 2 * us)
        r3, i3 = load(lr, a + 3 * us), load(li, a + 3 * us)
        r4, i4 = load(lr, e + 0 * us), load(li, e + 0 * us)
        r5, i5 = load(lr, e + 1 * us), load(li, e + 1 * us)
        r6, i6 = load(lr, e + 2 * us), load(li, e + 2 * us)
        r7, i7 = load(lr, e + 3 * us), load(li, e + 3 * us)
        r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7 = quads(
            r0, i0, r1, i1, r2, i2, r3, i3, r4, i4, r5, i5, r6, i6, r7, i7, t, swap
        )  # fmt: skip
        store(mr, b + 0 * vs, r0)
        store(mi, b + 0 * vs, i0)
        store(mr, b + 1 * vs, r1)
        store(mi, b + 1 * vs, i1)
        store(mr, b + 2 * vs, r2)
        store(mi, b + 2 * vs, i2)
        store(mr, b + 3 * vs, r3)
        store(mi, b + 3 * vs, i3)
        store(mr, f + 0 * vs, r4)
        store(mi, f + 0 * vs, i4)
        store(mr, f + 1 * vs, r5)
        store(mi, f + 1 * vs, i5)
        store(mr, f + 2 * vs, r6)
        store(mi, f + 2 * vs, i6)
        store(mr, f + 3 * vs, r7)
        store(mi, f + 3 * vs, i7)
    return acc


@inlined
def back_mirror(
    re: Array, im: Array, lr: Array, li: Array, half: int, panel: int, part: int, t: Any, swap: bool, acc: Any
) -> Any:
    """As `mixing.mirror` for a state and its adjoint; returns acc + overlaps."""
    for q in range(4):
        for row in range(part):
            a = q * panel + row * 8
            b = half + (3 - q) * panel + (part - 1 - row) * 8
            ar, ai, br, bi = load(re, a), load(im, a), flip7(load(re, b)), flip7(load(im, b))
            cr, ci, er, ei = load(lr, a), load(li, a), flip7(load(lr, b)), flip7(load(li, b))
            acc = acc + cr * bi - ci * br + er * ai - ei * ar
            ar, ai, br, bi = pair(ar, ai, br, bi, t)
            cr, ci, er, ei = pair(cr, ci, er, ei, t)
            if swap:
                ar, ai, br, bi = br, bi, ar, ai
                cr, ci, er, ei = er, ei, cr, ci
            store(re, a, ar)
            store(im, a, ai)
            store(re, b, flip7(br))
            store(im, b, flip7(bi))
            store(lr, a, cr)
            store(li, a, ci)
            store(lr, b, flip7(er))
            store(li, b, flip7(ei))
    return acc


@inlined
def back2(
    re: Array, im: Array, lr: Array, li: Array, s: int, u: int, rows: int, step: int, width: int, t: Any, swap: bool,
    acc: Any,
) -> Any:  # fmt: skip
    """Undo the qubit of row stride step in place; returns acc + its overlaps."""
    for top in range(0, rows, 2 * step):
        for row in range(top, top + step):
            for k in range(0, width, 8):
                a = s + row * u + k
                b = a + u * step
                ar, ai, br, bi = load(re, a), load(im, a), load(re, b), load(im, b)
                cr, ci, er, ei = load(lr, a), load(li, a), load(lr, b), load(li, b)
                acc = acc + cr * bi - ci * br + er * ai - ei * ar
                ar, ai, br, bi = pair(ar, ai, br, bi, t)
                cr, ci, er, ei = pair(cr, ci, er, ei, t)
                if swap:
                    a, b = b, a
                store(re, a, ar)
                store(im, a, ai)
                store(re, b, br)
                store(im, b, bi)
                store(lr, a, cr)
                store(li, a, ci)
                store(lr, b, er)
                store(li, b, ei)
    return acc


@inlined
def lane_overlap(r: Any, i: Any, lr: Any, li: Any) -> Any:
    """Return the overlaps of the three qubits within a vector."""
    return lr * (flip1(i) + flip2(i) + flip4(i)) - li * (flip1(r) + flip2(r) + flip4(r))
