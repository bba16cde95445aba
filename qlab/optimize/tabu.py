"""Local search of a QUBO: annealed restarts, each polished by one-flip tabu search. Deterministic for a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import pool
from .bits import Qubo
from .inspired import seeds
from .terms import IntArray


def tabu(q: Qubo, *, start: Any = None, iterations: int | None = None, seed: int = 0) -> IntArray:
    """Return the best bits of one tabu search from ``start`` (random by default)."""
    from .kernels_ising import tabu_search

    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, q.n) if start is None else np.array(start, dtype=np.int64)
    indptr, indices, values = q.neighbours
    steps = 50 * q.n if iterations is None else iterations
    tenure = min(20, max(2, q.n // 8)) if q.n < 200 else 10 + q.n // 100
    tabu_search(indptr, indices, values, q.linear, x, steps, tenure, seeds(seed, 1, 1)[0])
    return x


class Restarts:
    """Rounds of annealing and tabu search; each round makes the same two tries for any number of threads."""

    def __init__(self, q: Qubo, seed: int, start: Any = None) -> None:
        self.q, self.seed, self.round = q, seed, 0
        self.sweeps = 300
        self.most = int(np.clip(2_000_000_000 // max(1, 20 * q.n + len(q.coef)), 300, 20_000))  # a round's length
        self.best: IntArray = np.zeros(q.n, dtype=np.int64) if start is None else np.array(start, dtype=np.int64)
        self.energy = q.energy(self.best)
        ising = q.to_ising()
        self.h = ising.h
        self.indptr, self.indices, self.values = q.neighbours
        self.couplings = self.values / 4.0
        squares = np.zeros(q.n)
        np.add.at(squares, np.repeat(np.arange(q.n), np.diff(self.indptr)), self.couplings**2)
        self.hot = 1.2 * float(np.sqrt(squares + self.h**2).mean() or 1.0)
        small = np.abs(self.couplings[self.couplings != 0])
        self.cold = 0.2 * float(small.min() if len(small) else 1.0)
        self.cold = max(self.cold, 0.02 * self.hot)

    def step(self) -> bool:
        """Make one round; return whether it found a better string."""
        from .kernels_ising import anneal, tabu_search

        keys = seeds(self.seed, 4, 1000 + self.round)
        rng = np.random.default_rng([self.seed, self.round])
        tries = [rng.choice(np.array([-1, 1], dtype=np.int8), self.q.n), (1 - 2 * self.best).astype(np.int8)]
        heat = (self.hot, 0.35 * self.hot)
        sweeps = self.sweeps

        def task(a: int, z: int, _: int) -> None:
            for k in range(a, z):
                spins = tries[k]
                anneal(self.indptr, self.indices, self.couplings, self.h, sweeps, heat[k], self.cold, keys[k], spins)
                x = ((1 - spins) // 2).astype(np.int64)
                steps = 4 * self.q.n if self.q.n > 300 else 20 * self.q.n
                tabu_search(
                    self.indptr, self.indices, self.values, self.q.linear, x, steps, 10 + self.q.n // 100, keys[2 + k]
                )
                tries[k] = x

        pool.run(task, 0, 2, pool.get_threads())
        self.round += 1
        self.sweeps = min(int(self.sweeps * 1.3), self.most)
        better = False
        for x in tries:
            energy = self.q.energy(x)
            if energy < self.energy - 1e-9 * max(1.0, abs(self.energy)):
                self.best, self.energy, better = np.array(x, dtype=np.int64), energy, True
        return better
