"""What a turn of one to three qubits does to the amplitudes of one place, forward and back; emitted machine code.

An amplitude is two vectors of eight samples, real and imaginary parts apart. A turn is RY: ``[[1, -t], [t, 1]]``
without its cosine, or with cosine and sine. It must not know programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .emit import Emitter, Numbers, Value, emitted

_PARTS = (0, 8)  # real and imaginary


def corners(first: Value, moves: Sequence[Value]) -> list[Value]:
    """Return the places that moves lead to, bit q of the number telling whether move q was made."""
    places = [first]
    for v in moves:
        places += [place ^ v for place in places]
    return places


def turn_all(x: list[Value], tangents: Sequence[Value]) -> None:
    """Turn qubit after qubit of some corners, without the cosines."""
    for q, t in enumerate(tangents):
        for k, j in pairs(len(x), q):
            x[k], x[j] = x[k] - t * x[j], x[j] + t * x[k]


def pairs(count: int, q: int) -> list[tuple[int, int]]:
    """Return the corners that differ in move q."""
    return [(k, k | 1 << q) for k in range(count) if not k >> q & 1]


def cross(m: Value, n: Value, x: Value, y: Value) -> Value:
    """Return a pair's share of ``Im <lambda|Y|psi>``, which is the angle's gradient."""
    return n * x - m * y


def _turning(n: int) -> Any:
    """Return the turn of n qubits at one place."""

    @emitted()
    def turning(
        e: Emitter,
        psi: Numbers,
        base: Value,
        i: Value,
        v0: Value,
        v1: Value,
        v2: Value,
        t0: Value,
        t1: Value,
        t2: Value,
    ) -> None:
        places = [base + place for place in corners(i, (v0, v1, v2)[:n])]
        for part in _PARTS:
            x = [psi.load(place + part) for place in places]
            turn_all(x, (t0, t1, t2)[:n])
            for place, value in zip(places, x, strict=True):
                psi.store(place + part, value)

    return turning


def _unturning(n: int) -> Any:
    """Return how n turns at one place are undone, if ``move``, and their gradients added to what there is."""

    @emitted(3)
    def unturning(
        e: Emitter,
        psi: Numbers,
        base: Value,
        lam: Numbers,
        lbase: Value,
        i: Value,
        v0: Value,
        v1: Value,
        v2: Value,
        t0: Value,
        t1: Value,
        t2: Value,
        move: Value,
        g0: Value,
        g1: Value,
        g2: Value,
    ) -> list[Value]:
        places, g = corners(i, (v0, v1, v2)[:n]), [g0, g1, g2]
        x = [psi.load(base + place) for place in places]
        m = [lam.load(lbase + place) for place in places]
        for two in zip(*(pairs(len(x), q) for q in range(n)), strict=True):  # three chains of sums side by side
            for q, (k, j) in enumerate(two):
                g[q] = g[q] + cross(m[k], m[j], x[k], x[j])
        with e.when(move):
            for state, at, values in ((psi, base, x), (lam, lbase, m)):
                turn_all(values, (t0, t1, t2)[:n])
                for place, value in zip(places, values, strict=True):
                    state.store(at + place, value)
        return g

    return unturning


turn2, turn3, unturn2, unturn3 = _turning(2), _turning(3), _unturning(2), _unturning(3)


@emitted()
def rotate(e: Emitter, psi: Numbers, i: Value, j: Value, c: Value, s: Value) -> None:
    """Rotate one pair by a cosine and a sine."""
    for part in _PARTS:
        x, y = psi.load(i + part), psi.load(j + part)
        psi.store(i + part, c * x - s * y)
        psi.store(j + part, c * y + s * x)


@emitted(1)
def unrotate(
    e: Emitter,
    psi: Numbers,
    base: Value,
    lam: Numbers,
    lbase: Value,
    i: Value,
    v: Value,
    c: Value,
    s: Value,
    move: Value,
    g: Value,
) -> Value:
    """Undo `rotate` if ``move``, and return ``g`` with the pair's gradient."""
    for part in _PARTS:
        p, q, r, w = base + i + part, base + (i ^ v) + part, lbase + i + part, lbase + (i ^ v) + part
        x, y, m, n = psi.load(p), psi.load(q), lam.load(r), lam.load(w)
        g = g + cross(m, n, x, y)
        with e.when(move):
            psi.store(p, c * x + s * y)
            psi.store(q, c * y - s * x)
            lam.store(r, c * m + s * n)
            lam.store(w, c * n - s * m)
    return g
