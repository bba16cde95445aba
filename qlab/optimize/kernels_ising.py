"""Quantum-inspired searches over spins: simulated bifurcation, path-integral annealing, and one-flip tabu over bits.

Couplings come as compressed rows with each pair in both. Every read has a generator of its own (xorshift), so results
depend on the seed alone, not on threads. No kernel allocates large arrays inside a loop.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine._jit import inlined, kernel

Array = Any


@inlined
def _next(state: Array) -> float:
    """Return a number in [0, 1) from a xorshift64* generator."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def bifurcation(
    indptr: Array, indices: Array, values: Array, h: Array, steps: int, dt: float, c0: float, discrete: bool, seeds:
    Array,
    start: int, stop: int, spins: Array, energies: Array,
) -> None:  # fmt: skip
    """Reads start to stop of simulated bifurcation; the best signs along the way go to ``spins[read]``.

    Source: Goto et al., Science Advances 7, eabe7953 (2021), ballistic and discrete variants.
    """
    n = len(h)
    x, y, s, best = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    state = np.empty(1, dtype=np.uint64)
    for read in range(start, stop):
        state[0] = seeds[read]
        for k in range(n):
            x[k] = 0.2 * (_next(state) - 0.5)
            y[k] = 0.2 * (_next(state) - 0.5)
        low = 1e300
        for step in range(steps):
            a = (step + 1.0) / steps
            for k in range(n):
                s[k] = (1.0 if x[k] >= 0.0 else -1.0) if discrete else x[k]
            for k in range(n):
                f = h[k]
                for q in range(indptr[k], indptr[k + 1]):
                    f += values[q] * s[indices[q]]
                y[k] += dt * (-(1.0 - a) * x[k] - c0 * f)
            for k in range(n):
                x[k] += dt * y[k]
                if x[k] > 1.0:
                    x[k] = 1.0
                    y[k] = 0.0
                elif x[k] < -1.0:
                    x[k] = -1.0
                    y[k] = 0.0
            if (step & 31) == 31 or step == steps - 1:
                e = 0.0
                for k in range(n):
                    sk = 1.0 if x[k] >= 0.0 else -1.0
                    f = 2.0 * h[k]
                    for q in range(indptr[k], indptr[k + 1]):
                        f += values[q] * (1.0 if x[indices[q]] >= 0.0 else -1.0)
                    e += 0.5 * f * sk
                if e < low:
                    low = e
                    for k in range(n):
                        best[k] = 1.0 if x[k] >= 0.0 else -1.0
        energies[read] = low
        for k in range(n):
            spins[read, k] = 1 if best[k] > 0.0 else -1


@kernel
def path_integral(
    indptr: Array, indices: Array, values: Array, h: Array, sweeps: int, slices: int, temperature: float, gamma: float,
    seeds: Array, start: int, stop: int, spins: Array, energies: Array,
) -> None:  # fmt: skip
    """Reads start to stop of simulated quantum annealing: ``slices`` replicas coupled along imaginary time.

    Source: Martoňák, Santoro, Tosatti, Phys. Rev. B 66, 094203 (2002); single flips and flips of whole world lines.
    """
    n = len(h)
    s = np.empty((slices, n))
    state = np.empty(1, dtype=np.uint64)
    beta = 1.0 / (slices * temperature)
    for read in range(start, stop):
        state[0] = seeds[read]
        for m in range(slices):
            for k in range(n):
                s[m, k] = 1.0 if _next(state) < 0.5 else -1.0
        for sweep in range(sweeps):
            field = gamma * (1.0 - sweep / sweeps) + 1e-9
            along = -0.5 * math.log(math.tanh(field * beta))  # the coupling along time, in units of 1/beta
            cold = beta * (0.3 + 0.7 * (sweep + 1.0) / sweeps)
            for k in range(n):
                total = 0.0
                for m in range(slices):
                    f = h[k]
                    for q in range(indptr[k], indptr[k + 1]):
                        f += values[q] * s[m, indices[q]]
                    total += f * s[m, k]
                    up, down = (m + 1) % slices, (m + slices - 1) % slices
                    change = -2.0 * s[m, k] * (cold * f - along * (s[up, k] + s[down, k]))
                    if change <= 0.0 or _next(state) < math.exp(-change):
                        total -= 2.0 * f * s[m, k]
                        s[m, k] = -s[m, k]
                change = -2.0 * cold * total
                if change <= 0.0 or _next(state) < math.exp(-change):
                    for m in range(slices):
                        s[m, k] = -s[m, k]
        low = 1e300
        for m in range(slices):
            moved = True
            while moved:  # fall to the nearest local minimum
                moved = False
                for k in range(n):
                    f = h[k]
                    for q in range(indptr[k], indptr[k + 1]):
                        f += values[q] * s[m, indices[q]]
                    if f * s[m, k] > 1e-12:
                        s[m, k] = -s[m, k]
                        moved = True
            e = 0.0
            for k in range(n):
                f = 2.0 * h[k]
                for q in range(indptr[k], indptr[k + 1]):
                    f += values[q] * s[m, indices[q]]
                e += 0.5 * f * s[m, k]
            if e < low:
                low = e
                for k in range(n):
                    spins[read, k] = 1 if s[m, k] > 0.0 else -1
        energies[read] = low


@kernel
def anneal(
    indptr: Array,
    indices: Array,
    values: Array,
    h: Array,
    sweeps: int,
    hot: float,
    cold: float,
    seed: Any,
    spins: Array,
) -> float:
    """Metropolis sweeps from temperature hot to cold, from ``spins`` on; leaves the last state there."""
    n = len(h)
    state = np.empty(1, dtype=np.uint64)
    state[0] = seed
    f = np.empty(n)
    s = np.empty(n)
    for k in range(n):
        s[k] = spins[k]
    for k in range(n):
        f[k] = h[k]
        for q in range(indptr[k], indptr[k + 1]):
            f[k] += values[q] * s[indices[q]]
    for sweep in range(sweeps):
        t = hot + (cold - hot) * sweep / max(1, sweeps - 1)
        for k in range(n):
            change = -2.0 * s[k] * f[k]
            if change <= 0.0 or (change < 20.0 * t and _next(state) < math.exp(-change / t)):
                s[k] = -s[k]
                for q in range(indptr[k], indptr[k + 1]):
                    f[indices[q]] += 2.0 * values[q] * s[k]
    moved = True
    while moved:
        moved = False
        for k in range(n):
            if s[k] * f[k] > 1e-12:
                s[k] = -s[k]
                moved = True
                for q in range(indptr[k], indptr[k + 1]):
                    f[indices[q]] += 2.0 * values[q] * s[k]
    e = 0.0
    for k in range(n):
        e += 0.5 * s[k] * (f[k] + h[k])
        spins[k] = 1 if s[k] > 0 else -1
    return e


@kernel
def tabu_search(
    indptr: Array, indices: Array, values: Array, linear: Array, x: Array, iterations: int, tenure: int, seed: Any
) -> float:
    """One-flip tabu search over bits from ``x`` on; leaves the best bits there and returns their change of energy.

    Source: Glover, Lü, Hao, 4OR 8 (2010), one-flip moves with incremental gains.
    """
    n = len(linear)
    state = np.empty(1, dtype=np.uint64)
    state[0] = seed
    gain = np.empty(n)  # change of energy when the bit flips
    until = np.zeros(n, dtype=np.int64)
    best = x.copy()
    for k in range(n):
        f = linear[k]
        for q in range(indptr[k], indptr[k + 1]):
            f += values[q] * x[indices[q]]
        gain[k] = f if x[k] == 0 else -f
    energy, low = 0.0, 0.0
    for step in range(1, iterations + 1):
        pick, value, ties = -1, 1e300, 0
        for k in range(n):
            g = gain[k]
            if g < value - 1e-12:
                if until[k] < step or energy + g < low - 1e-9:
                    pick, value, ties = k, g, 1
            elif g < value + 1e-12 and until[k] < step:
                ties += 1
                if _next(state) * ties < 1.0:
                    pick = k
        if pick < 0:
            continue
        k = pick
        energy += gain[k]
        x[k] = 1 - x[k]
        gain[k] = -gain[k]
        sign = 2.0 * x[k] - 1.0
        for q in range(indptr[k], indptr[k + 1]):
            j = indices[q]
            gain[j] += values[q] * sign * (1.0 - 2.0 * x[j])
        until[k] = step + tenure + int(_next(state) * 10)
        if energy < low - 1e-9:
            low = energy
            for j in range(n):
                best[j] = x[j]
    for j in range(n):
        x[j] = best[j]
    return low
