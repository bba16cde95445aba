"""Local search with each model's own moves, as rounds that can be stopped between: `improve` picks the right one.

A round is deterministic for a seed; how many rounds there are depends on the time given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from .inspired import seeds
from .parts import Linear
from .problem import Problem
from .shop import schedule_of
from .tabu import Restarts
from .terms import FloatArray


class Rounds(Protocol):
    """A search in rounds."""

    def round(self) -> FloatArray | None:
        """Make one round; return the best point so far, None if none is feasible."""


class Binary:
    """Flips and group moves under linear constraints, from several starts."""

    def __init__(self, p: Problem, seed: int, start: FloatArray | None) -> None:
        from scipy.sparse import csr_array

        self.p, self.seed, self.count = p, seed, 0
        rows = [c for c in p.constraints if isinstance(c, Linear)]
        groups = {tuple(i for i, _ in c.terms) for c in rows if c.rhs == 1 and c.sense == "=="} & set(p.groups)
        kept = [c for c in rows if not (tuple(i for i, _ in c.terms) in groups and c.sense == "==")]
        n = p.n
        quad = [(k, v) for k, v in p.terms if len(k) == 2]
        i, j = np.array([k[0] for k, _ in quad], int), np.array([k[1] for k, _ in quad], int)
        v = p.sign * np.array([v for _, v in quad], float)
        both = csr_array((np.concatenate([v, v]), (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n, n))
        self.couplings = (both.indptr.astype(np.int64), both.indices.astype(np.int64), both.data.astype(float))
        self.linear = np.zeros(n)
        for k, value in p.terms:
            if len(k) == 1:
                self.linear[k[0]] += p.sign * value
        entries = [(i, r, a) for r, c in enumerate(kept) for i, a in c.terms]
        columns = csr_array(
            (
                np.array([e[2] for e in entries], float),
                (np.array([e[0] for e in entries], int), np.array([e[1] for e in entries], int)),
            ),
            shape=(n, max(1, len(kept))),
        )
        self.columns = (columns.indptr.astype(np.int64), columns.indices.astype(np.int64), columns.data.astype(float))
        self.low = np.array([-np.inf if c.sense == "<=" else c.rhs for c in kept] or [-np.inf], float)
        self.high = np.array([np.inf if c.sense == ">=" else c.rhs for c in kept] or [np.inf], float)
        self.group = np.full(n, -1, np.int64)
        for g, members in enumerate(sorted(groups)):
            self.group[list(members)] = g
        self.members = np.array([i for g in sorted(groups) for i in g] or [0], np.int64)
        self.ptr = np.cumsum([0, *(len(g) for g in sorted(groups))]).astype(np.int64)
        self.best = None if start is None else np.array(start, dtype=float)
        spread = float(np.abs(self.linear).mean() + np.abs(v).sum() / max(1, n)) or 1.0
        self.weight = spread / max(1.0, float(np.abs(columns.data).mean()) if len(entries) else 1.0)

    def round(self) -> FloatArray | None:
        from .kernels_moves import moves

        rng = np.random.default_rng([self.seed, self.count])
        if self.best is not None and self.count % 2 == 0:
            x = self.best.astype(np.int64)
        else:
            x = rng.integers(0, 2, self.p.n)
            for g in range(len(self.ptr) - 1):
                mine = self.members[self.ptr[g] : self.ptr[g + 1]]
                x[mine] = 0
                x[rng.choice(mine)] = 1
        self.count += 1
        best = np.zeros(self.p.n, np.int64)
        n, pairs = self.p.n, len(self.couplings[1])
        tried = 2 * n + 8 * min(200, n) if len(self.ptr) > 1 else 2 * n  # flips that a step tries
        # a round takes about 0.15 s, the first ones less, so that there is a point early
        share = 2.0 ** (min(self.count, 4) - 4)
        steps = int(np.clip(share * 150_000 / (0.03 * n + 0.0006 * tried * pairs / n), 50, 5000))
        found = moves(*self.couplings, self.linear, *self.columns, self.low, self.high, self.group, self.members,
        self.ptr, x,
                      best, steps, self.weight, seeds(self.seed, 1, self.count)[0])  # fmt: skip
        before = None if self.best is None else self.p.value(self.best)
        if found < 1e299 and self.p.feasible(best) and self.p.better(self.p.value(best), before):
            self.best = best.astype(float)
        return self.best


class Free:
    """Unconstrained bits: annealed restarts with tabu search on the QUBO."""

    def __init__(self, p: Problem, seed: int, start: FloatArray | None) -> None:
        self.p = p
        q = p.to_qubo()
        self.bits = q.bits
        self.search = Restarts(q, seed, None if start is None else q.complete(q.bits.encode(start)))

    def round(self) -> FloatArray | None:
        self.search.step()
        x = self.bits.decode(self.search.best[: self.bits.n])
        return x if self.p.feasible(x) else None


def rounds_for(p: Problem, seed: int, start: FloatArray | None) -> Rounds:
    """Return the local search of a problem's kind."""
    if p.kind in ("job_shop", "rcpsp"):
        return schedule_of(p, seed, start)
    if p.pure_binary and p.constraints and all(len(k) <= 2 for k, _ in p.terms):
        return Binary(p, seed, start)
    return Free(p, seed, start)


def improve(
    p: Problem,
    seed: int,
    start: FloatArray | None,
    *,
    end: float,
    stop: Callable[[], bool],
    done: Callable[[], bool],
    rounds: int | None = None,
) -> Iterator[FloatArray]:
    """Yield better points, ``rounds`` rounds long, if given; the time ``end``, a stop or ``done()`` cut it.

    The same seed gives the same points in the same order; the first round is always made.
    """
    search: Any = rounds_for(p, seed, start)
    value = None if start is None else p.value(start)
    count = 0
    while count == 0 or (time.monotonic() < end and not stop() and not done() and count != rounds):
        x = search.round()
        count += 1
        if x is not None and p.better(p.value(x), value):
            value = p.value(x)
            yield x
