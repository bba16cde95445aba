"""What one operation of a walk does to one or a few vectors of a tile, forward and back; emitted machine code.

Lane ``k`` of a vector holds the amplitude whose lowest three memory bits are ``k``, so a gate on those exchanges lanes.
In a buffer, psi's tile is followed ``size`` numbers behind by lambda's. It must not know rows, tiles or any physics.
"""

from __future__ import annotations

from .emit import LANES, Emitter, Numbers, Value, emitted

_PARTS = (0, 8)  # real and imaginary


def turned(value: Value, s: Value) -> Value:
    """Return the vector whose lane ``k`` is lane ``k ^ s``."""
    for bit in (1, 2, 4):
        value = value.lanes([k ^ bit for k in range(LANES)]).where(s & bit, value)
    return value


@emitted(1)
def exchanged(e: Emitter, value: Value, s: Value) -> Value:
    """Return the vector whose lane ``k`` is lane ``k ^ s``."""
    return turned(value, s)


@emitted(1)
def product(e: Emitter, a: Value, b: Value) -> Value:
    """Return the product of two vectors."""
    return a * b


@emitted(1)
def combined(e: Emitter, factor: Value, a: Value, b: Value, minus: Value) -> Value:
    """Return ``factor * (a + b)``, or ``factor * (a - b)``."""
    return factor * (a + b.negative(minus))


@emitted()
def turn_one(e: Emitter, buf: Numbers, i: Value, j: Value, s: Value, move: Value, a: Value, b: Value, c: Value) -> None:
    """Turn a pair of vectors, or with ``move`` 0 the pairs within one."""
    for part in _PARTS:
        x, y = buf.load(i + part), buf.load(j + part)
        buf.store(i + part, a * x + b * turned(y, s))
        with e.when(move):
            buf.store(j + part, a * y + c * turned(x, s))


@emitted(2)
def unturn_one(
    e: Emitter,
    buf: Numbers,
    i: Value,
    j: Value,
    size: Value,
    s: Value,
    move: Value,
    a: Value,
    b: Value,
    c: Value,
    t: Value,
    u: Value,
) -> tuple[Value, Value]:
    """Undo `turn_one` on psi and lambda; return the two sums of the gradient, grown."""
    for part in _PARTS:
        p, q = i + part, j + part
        x, y, lx, ly = buf.load(p), buf.load(q), buf.load(p + size), buf.load(q + size)
        turned_x, turned_y = turned(x, s), turned(y, s)
        t, u = t + lx * turned_y, u + (ly * turned_x)
        buf.store(p, a * x - b * turned_y)
        buf.store(p + size, a * lx - b * turned(ly, s))
        with e.when(move):
            buf.store(q, a * y - c * turned_x)
            buf.store(q + size, a * ly - c * turned(lx, s))
    return t, u


@emitted()
def turn_two(e: Emitter, buf: Numbers, o: Value, i: Value, v: Value, u: Value, b: Value, c: Value) -> None:
    """Turn two qubits by tangents: the vectors at i, i ^ v, i ^ u, i ^ v ^ u."""
    at = [o + i, o + (i ^ v), o + (i ^ u), o + (i ^ v ^ u)]
    for part in _PARTS:
        w, x, y, z = (buf.load(place + part) for place in at)
        w, x = w + b * x, x - b * w
        y, z = y + b * z, z - b * y
        for place, value in zip(at, (w + c * y, x + c * z, y - c * w, z - c * x), strict=True):
            buf.store(place + part, value)


@emitted(4)
def unturn_two(
    e: Emitter,
    buf: Numbers,
    o: Value,
    size: Value,
    i: Value,
    v: Value,
    u: Value,
    b: Value,
    c: Value,
    t1: Value,
    t2: Value,
    t3: Value,
    t4: Value,
) -> tuple[Value, ...]:
    """Undo `turn_two` on psi and lambda; return the four sums of the gradients, grown."""
    at = [o + i, o + (i ^ v), o + (i ^ u), o + (i ^ v ^ u)]
    for part in _PARTS:
        w, x, y, z = (buf.load(place + part) for place in at)
        lw, lx, ly, lz = (buf.load(place + size + part) for place in at)
        t1, t2 = t1 + lw * y - ly * w, t2 + lx * z - lz * x
        w, y = w - c * y, y + c * w
        x, z = x - c * z, z + c * x
        lw, ly = lw - c * ly, ly + c * lw
        lx, lz = lx - c * lz, lz + c * lx
        t3, t4 = t3 + lw * x - lx * w, t4 + ly * z - lz * y
        for place, value in zip(at, (w - b * x, x + b * w, y - b * z, z + b * y), strict=True):
            buf.store(place + part, value)
        for place, value in zip(at, (lw - b * lx, lx + b * lw, ly - b * lz, lz + b * ly), strict=True):
            buf.store(place + size + part, value)
    return t1, t2, t3, t4


@emitted()
def table_phase(e: Emitter, buf: Numbers, k: Value, phases: Numbers, f: Value, s: Value) -> None:
    """Multiply a vector of amplitudes by a table's phases, with lanes exchanged."""
    c, n = turned(phases.load(f), s), turned(phases.load(f + 8), s)
    x, y = buf.load(k), buf.load(k + 8)
    buf.store(k, c * x - n * y)
    buf.store(k + 8, c * y + n * x)


def _unphase(buf: Numbers, k: Value, size: Value, c: Value, n: Value) -> Value:
    """Undo a phase on psi and lambda; return what its gradient sums over."""
    x, y, lx, ly = buf.load(k), buf.load(k + 8), buf.load(k + size), buf.load(k + size + 8)
    buf.store(k, c * x + n * y)
    buf.store(k + 8, c * y - n * x)
    buf.store(k + size, c * lx + n * ly)
    buf.store(k + size + 8, c * ly - n * lx)
    return lx * y - ly * x


@emitted()
def untable_phase(
    e: Emitter,
    buf: Numbers,
    k: Value,
    size: Value,
    phases: Numbers,
    f: Value,
    s: Value,
    tallies: Numbers,
    d: Value,
) -> None:
    """Undo `table_phase` on psi and lambda, and count the gradient into ``tallies[d:]``."""
    seen = _unphase(buf, k, size, turned(phases.load(f), s), turned(phases.load(f + 8), s))
    tallies.store(d, tallies.load(d) + turned(seen, s))


def _some(one: Value, here: Value, c: Value) -> Value:
    """Return ``c`` in the lanes where ``here`` is 1, and 1 where it is 0."""
    return one + here * (c - one)


@emitted()
def bound_turn(
    e: Emitter,
    buf: Numbers,
    i: Value,
    j: Value,
    s: Value,
    move: Value,
    a: Value,
    b: Value,
    c: Value,
    lanes: Numbers,
    here: Value,
    there: Value,
) -> None:
    """Turn a pair of vectors in the lanes that ``lanes[here:]`` and ``lanes[there:]`` tell."""
    first, second, one = lanes.load(here), lanes.load(there), buf.copies(1.0)
    for part in _PARTS:
        x, y = buf.load(i + part), buf.load(j + part)
        buf.store(i + part, x + first * ((a - one) * x + b * turned(y, s)))
        with e.when(move):
            buf.store(j + part, y + second * ((a - one) * y + c * turned(x, s)))


@emitted(1)
def unbound_turn(
    e: Emitter,
    buf: Numbers,
    i: Value,
    j: Value,
    size: Value,
    s: Value,
    move: Value,
    a: Value,
    b: Value,
    c: Value,
    sign: Value,
    other: Value,
    lanes: Numbers,
    here: Value,
    there: Value,
    t: Value,
) -> Value:
    """Undo `bound_turn` on psi and lambda; return the gradient's sum, grown by the branches' signs."""
    first, second, one = lanes.load(here), lanes.load(there), buf.copies(1.0)
    for part in _PARTS:
        p, q = i + part, j + part
        x, y, lx, ly = buf.load(p), buf.load(q), buf.load(p + size), buf.load(q + size)
        t = t + first * sign * lx * turned(y, s)
        t = (t + second * other * ly * turned(x, s)).where(move, t)
        buf.store(p, x + first * ((a - one) * x - b * turned(y, s)))
        buf.store(p + size, lx + first * ((a - one) * lx - b * turned(ly, s)))
        with e.when(move):
            buf.store(q, y + second * ((a - one) * y - c * turned(x, s)))
            buf.store(q + size, ly + second * ((a - one) * ly - c * turned(lx, s)))
    return t


@emitted()
def bound_phase(e: Emitter, buf: Numbers, k: Value, c: Value, n: Value, lanes: Numbers, here: Value) -> None:
    """Multiply by ``c + i n`` in some lanes."""
    first, one = lanes.load(here), buf.copies(1.0)
    c, n = _some(one, first, c), first * n
    x, y = buf.load(k), buf.load(k + 8)
    buf.store(k, c * x - n * y)
    buf.store(k + 8, c * y + n * x)


@emitted(1)
def unbound_phase(
    e: Emitter, buf: Numbers, k: Value, size: Value, c: Value, n: Value, lanes: Numbers, here: Value, t: Value
) -> Value:
    """Undo `bound_phase` on psi and lambda; return the gradient's sum, grown."""
    first, one = lanes.load(here), buf.copies(1.0)
    return t + first * _unphase(buf, k, size, _some(one, first, c), first * n)


@emitted()
def rotated(e: Emitter, phases: Numbers, k: Value, cosine: Value, sine: Value, negative: Value) -> None:
    """Multiply a vector of a table by a phase, or its conjugate."""
    n = sine.negative(negative)
    x, y = phases.load(k), phases.load(k + 8)
    phases.store(k, cosine * x - n * y)
    phases.store(k + 8, cosine * y + n * x)


@emitted(1)
def tallied(e: Emitter, tallies: Numbers, k: Value, negative: Value, total: Value) -> Value:
    """Return the total with a vector, or without."""
    return total + tallies.load(k).negative(negative)


@emitted()
def grow(e: Emitter, to: Numbers, at: Value, source: Numbers, k: Value) -> None:
    """Add a vector to another."""
    to.store(at, to.load(at) + source.load(k))


@emitted()
def square(e: Emitter, to: Numbers, at: Value, psi: Numbers, k: Value) -> None:
    """Write the squares of a vector of amplitudes."""
    re, im = psi.load(k), psi.load(k + 8)
    to.store(at, re * re + im * im)


@emitted(1)
def crossed(e: Emitter, psi: Numbers, k: Value, j: Value, s: Value, turn: Value, odd: Value, total: Value) -> Value:
    """Return the total with, or where ``odd`` without, one of the products of two vectors of amplitudes."""
    xr, xi, yr, yi = psi.load(k), psi.load(k + 8), turned(psi.load(j), s), turned(psi.load(j + 8), s)
    return total + (yi * xr - yr * xi).where(turn, yr * xr + yi * xi).negative(odd)


@emitted()
def add_sign(e: Emitter, lam: Numbers, k: Value, factor: Value, odd: Value) -> None:
    """Add a factor, or take it away."""
    lam.store(k, lam.load(k) + factor.negative(odd))


@emitted()
def scale(e: Emitter, lam: Numbers, psi: Numbers, k: Value) -> None:
    """Write a vector of amplitudes times the real factors that stand where its real parts go."""
    factor = lam.load(k)
    lam.store(k, factor * psi.load(k))
    lam.store(k + 8, factor * psi.load(k + 8))


@emitted()
def add_string(
    e: Emitter, lam: Numbers, k: Value, psi: Numbers, j: Value, s: Value, factor: Value, turn: Value, odd: Value
) -> None:
    """Add a vector of amplitudes times real factors, or i times it, negative where ``odd``."""
    c, yr, yi = factor.negative(odd), turned(psi.load(j), s), turned(psi.load(j + 8), s)
    lam.store(k, lam.load(k) + c * (-yi).where(turn, yr))
    lam.store(k + 8, lam.load(k + 8) + c * yr.where(turn, yi))
