"""Large-neighbourhood search with a quantum neighbourhood: a window of at most 20 bits is chosen, solved by QAOA, put
back.

A window's cost is exact given everything outside it. Scheduling windows are orders of up to six tasks (15 pair bits),
mixed by Grover's mixer over the possible orders; others are bits with X, or one-hot groups with XY.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .bits import Bits, bits_of, polynomial
from .parts import Linear
from .problem import Problem
from .product import ProductMixer, Space, ring
from .shop import Schedule
from .terms import FloatArray, IntArray, Terms, boolean
from .variational import Engine, figures, make_engine, tune

PRODUCT = 1 << 13  # states of a window with groups or constraints
EVALUATIONS = 24


@dataclass(frozen=True, slots=True)
class Effort:
    """What windows may cost: their bits, QAOA's layers and samples, how many; and the time ``end``, which only cuts."""

    size: int
    depth: int
    shots: int
    seed: int
    count: int
    end: float
    stop: Callable[[], bool]

    def over(self) -> bool:
        """Whether the time is up or a stop was asked for."""
        return time.monotonic() > self.end or self.stop()


@dataclass(frozen=True, slots=True)
class Tried:
    """One window: what it was, how QAOA did on it, and the point after it; ``drawn`` where a circuit can say it."""

    name: str
    bits: int
    p_opt: float
    uniform: float
    x: FloatArray
    histogram: tuple[FloatArray, FloatArray]
    angles: FloatArray
    drawn: tuple[Bits, str] | None = None


def run_window(
    engine: Engine, bits: Bits, o: Effort, seed: int, angles: FloatArray | None
) -> tuple[int, float, float, FloatArray, tuple[FloatArray, FloatArray]]:
    """Tune angles, sample, and return (best sampled state, P(opt), uniform P(opt), angles, (probabilities, costs))."""
    best: tuple[float, FloatArray] | None = None
    if angles is not None and not isinstance(engine, ProductMixer):
        best = (engine.energy(angles[: o.depth], angles[o.depth :]), angles)
    else:
        for _, value, found in tune(engine, bits, o.depth, init="ramp", optimize=isinstance(engine, ProductMixer),
                                    evaluations=EVALUATIONS, stop=o.stop):  # fmt: skip
            if best is None or value < best[0]:
                best = (value, found)
    assert best is not None
    prob, costs, p_opt, uniform, _ = figures(engine, best[1])
    rng = np.random.default_rng(seed)
    edges = np.cumsum(prob)
    drawn = np.unique(np.searchsorted(edges[:-1], rng.random(o.shots) * edges[-1], side="right"))
    pick = int(drawn[np.argmin(costs[drawn])])
    return pick, p_opt, uniform, best[1], (prob, costs)


def order_windows(shop: Schedule, o: Effort) -> Iterator[Tried]:
    """Yield windows of a schedule: the orders of up to six tasks."""
    rng = np.random.default_rng([o.seed, 7])
    for k in range(o.count):
        if o.over():
            return
        name, orders, makespans = shop.window(rng, 6)
        allowed = np.flatnonzero(makespans >= 0)
        if len(allowed) < 2:
            continue
        size = len(allowed)
        costs = makespans[allowed].astype(float)
        space = Space(tuple(range(size)), np.full(size, size**-0.5, dtype=complex), ())
        engine = ProductMixer(polynomial({}, size), [space], grover=True, costs=costs)
        if costs.min() == costs.max():
            continue
        pick, p_opt, uniform, angles, pair = run_window(engine, engine.bits, o, o.seed + k, None)
        shop.put(orders[allowed[pick]])
        tasks = orders.shape[1]
        yield Tried(name, tasks * (tasks - 1) // 2, p_opt, uniform, shop.point(), pair, angles)


def bit_windows(p: Problem, x: FloatArray, o: Effort) -> Iterator[Tried]:
    """Yield windows of an unconstrained binary problem: bits that are coupled, the rest fixed."""
    rng = np.random.default_rng([o.seed, 8])
    terms = boolean((k, p.sign * v) for k, v in p.terms)
    touching: list[list[tuple[tuple[int, ...], float]]] = [[] for _ in range(p.n)]
    for key, value in terms.items():
        for i in key:
            touching[i].append((key, value))
    x = np.array(x, dtype=float)
    angles: FloatArray | None = None
    for k in range(o.count):
        if o.over():
            return
        chosen = _cluster(rng, touching, p.n, min(o.size, p.n))
        place = {v: b for b, v in enumerate(chosen)}
        sub: Terms = {}
        for key, value in {t for v in chosen for t in touching[v]}:
            if all(x[i] == 1 for i in key if i not in place):
                inner = tuple(sorted(place[i] for i in key if i in place))
                sub[inner] = sub.get(inner, 0.0) + value
        if not any(sub.values()):
            continue
        bits = polynomial(sub, len(chosen))
        engine = make_engine(bits, "x")
        # angles tuned on the first window suit the next ones: only the scale of the cost differs
        from .angles import unit

        known = None
        if angles is not None:
            known = np.concatenate([angles[: o.depth] / unit(sub), angles[o.depth :]])
        pick, p_opt, uniform, found, pair = run_window(engine, bits, o, o.seed + k, known)
        if angles is None:
            angles = np.concatenate([found[: o.depth] * unit(sub), found[o.depth :]])
        x[chosen] = bits_of(pick, len(chosen))
        yield Tried(
            f"{len(chosen)} bits around {p.variables[chosen[0]].name}",
            len(chosen),
            p_opt,
            uniform,
            x.copy(),
            pair,
            found,
            (bits, "x"),
        )


def _cluster(
    rng: np.random.Generator, touching: list[list[tuple[tuple[int, ...], float]]], n: int, size: int
) -> list[int]:
    chosen = [int(rng.integers(n))]
    seen = set(chosen)
    while len(chosen) < size:
        near = sorted({i for v in chosen for key, _ in touching[v] for i in key} - seen)
        pick = int(rng.choice(near)) if near else int(rng.integers(n))
        if pick not in seen:
            seen.add(pick)
            chosen.append(pick)
    return chosen


def group_windows(p: Problem, x: FloatArray, o: Effort) -> Iterator[Tried]:
    """Yield windows of a binary problem under linear constraints: one-hot groups (XY mixer) and free bits (X)."""
    rng = np.random.default_rng([o.seed, 9])
    grouped = {i for g in p.groups for i in g}
    blocks = [tuple(g) for g in p.groups] + [(i,) for i in range(p.n) if i not in grouped]
    x = np.array(x, dtype=float)
    spread = 1.0 + float(sum(abs(v) for k, v in p.terms if k))
    for k in range(o.count):
        if o.over():
            return
        chosen, states, bits = [], 1, 0
        for b in rng.permutation(len(blocks)):
            options = max(2, len(blocks[b]))
            if states * options <= PRODUCT and bits + len(blocks[b]) <= o.size:
                chosen.append(blocks[b])
                states *= options
                bits += len(blocks[b])
        if not chosen:
            return
        points, costs = _enumerate(p, x, chosen, spread)
        if costs.min() == costs.max():
            continue
        half = np.full(2, 0.5**0.5, dtype=complex)
        parts = [
            Space((i,), half, ((0, 1),))
            if len(g) == 1
            else Space(tuple(range(i, i + len(g))), np.full(len(g), len(g) ** -0.5, dtype=complex), ring(len(g)))
            for i, g in zip(np.cumsum([0, *map(len, chosen)]).tolist(), chosen, strict=False)
        ]
        # a broken constraint costs no more than the spread of what is allowed, or all angles would be spent on it
        fine = costs[costs < costs.min() + spread / 2]
        clipped = np.minimum(costs, fine.max() + 0.5 * (fine.max() - fine.min()) + 1e-9)
        engine = ProductMixer(polynomial({}, bits), parts, costs=clipped)
        pick, p_opt, uniform, found, pair = run_window(engine, engine.bits, o, o.seed + k, None)
        if costs[pick] <= costs[_index(x, chosen)] + 1e-9:
            flat = [i for g in chosen for i in g]
            x[flat] = points[pick]
        yield Tried(f"{len(chosen)} blocks", bits, p_opt, uniform, x.copy(), pair, found)


def _index(x: FloatArray, chosen: list[tuple[int, ...]]) -> int:
    at = 0
    for g in chosen:
        options = max(2, len(g))
        level = int(x[g[0]]) if len(g) == 1 else int(np.argmax(x[list(g)]))
        at = at * options + level
    return at


def _enumerate(p: Problem, x: FloatArray, chosen: list[tuple[int, ...]], spread: float) -> tuple[IntArray, FloatArray]:
    """Return the bits of every product state of the chosen blocks, and sign·objective + spread·broken of each."""
    shape = [max(2, len(g)) for g in chosen]
    levels = np.indices(shape).reshape(len(shape), -1)
    columns, flat = [], []
    for g, level in zip(chosen, levels, strict=True):
        for k, i in enumerate(g):
            columns.append((level == k).astype(np.int64) if len(g) > 1 else level.astype(np.int64))
            flat.append(i)
    points = np.stack(columns, axis=1)
    place = {v: b for b, v in enumerate(flat)}
    cost = np.zeros(len(points))
    for key, value in p.terms:
        if any(i in place for i in key) and all(x[i] == 1 for i in key if i not in place):
            product = np.full(len(points), p.sign * value)
            for i in key:
                if i in place:
                    product = product * points[:, place[i]]
            cost += product
    for c in p.constraints:
        if not isinstance(c, Linear) or not any(i in place for i, _ in c.terms):
            continue
        left = np.full(len(points), sum(a * x[i] for i, a in c.terms if i not in place))
        for i, a in c.terms:
            if i in place:
                left = left + a * points[:, place[i]]
        over = {"<=": left - c.rhs, ">=": c.rhs - left, "==": np.abs(left - c.rhs)}[c.sense]
        cost += spread * np.maximum(0.0, over)
    return points, cost
