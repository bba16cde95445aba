"""Quantum-inspired searches of a QUBO: simulated bifurcation, path-integral annealing, dwave-samplers' annealing.

All are seeded; our own give the same reads for any number of threads.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from ..engine import pool
from ..errors import OptimizeError
from .bits import Qubo
from .terms import FloatArray, IntArray

METHODS = ("bifurcation", "discrete_bifurcation", "path_integral", "annealing")


def seeds(seed: int, count: int, salt: int = 0) -> Any:
    """Return ``count`` non-zero 64-bit seeds."""
    rng = np.random.default_rng([int(seed), int(salt)])
    return rng.integers(1, 2**63, count, dtype=np.int64).astype(np.uint64)


def sample(
    q: Qubo,
    method: str,
    *,
    reads: int = 16,
    effort: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    first: int = 0,
) -> tuple[IntArray, FloatArray]:
    """Return bit strings, shape (reads, n), and their energies, best first.

    Args:
        q: What is minimised.
        method: ``"bifurcation"`` (ballistic), ``"discrete_bifurcation"``, ``"path_integral"`` or ``"annealing"``
            (of dwave-samplers, extra ``opt``).
        reads: Independent runs.
        effort: Steps or sweeps of a run; by default by size.
        seed: The same seed gives the same reads, for any number of threads.
        threads: Of the kernels.
        first: Number of the first read, to go on where an earlier call ended.

    Raises:
        OptimizeError: for another method, or a missing extra.
    """
    if method not in METHODS:
        raise OptimizeError(f"method={method!r} is unknown", where="sample", cure=f"use one of {', '.join(METHODS)}")
    if not isinstance(reads, int) or reads < 1:
        raise OptimizeError(f"reads={reads!r}", where="sample", cure="use a whole number of at least 1")
    workers = pool.get_threads() if threads is None else threads
    if method == "annealing":
        bits, energy = _dwave(q, reads, effort or 1000, seed + first)
    else:
        from . import kernels_ising as kernels

        ising = q.to_ising()
        indptr, indices, values = q.neighbours
        couplings = values / 4.0
        spins = np.empty((reads, q.n), dtype=np.int8)
        energy = np.empty(reads)
        salt = seeds(seed, first + reads)[first:]
        if method == "path_integral":
            strength = float(np.sqrt((couplings**2).sum() / max(1, q.n)) + np.abs(ising.h).mean()) or 1.0
            sweeps = effort or 300
            pool.run(
                lambda a, z, _: kernels.path_integral(indptr, indices, couplings, ising.h, sweeps, 8, 0.1 * strength,
                                                      2.0 * strength, salt, a, z, spins, energy),
                0, reads, workers,
            )  # fmt: skip
        else:
            n_eff = max(1.0, len(couplings) / max(1, q.n))
            scale = float(np.sqrt((couplings**2).mean())) if len(couplings) else 0.0
            size = scale * np.sqrt(n_eff) + float(np.abs(ising.h).mean())
            steps = effort or 1000
            discrete = method == "discrete_bifurcation"
            c0 = 0.5 / size if size > 0 else 1.0
            pool.run(
                lambda a, z, _: kernels.bifurcation(indptr, indices, couplings, ising.h, steps,
                1.0 if discrete else 0.7, c0,
                                                    discrete, salt, a, z, spins, energy),
                0, reads, workers,
            )  # fmt: skip
        bits = ((1 - spins) // 2).astype(np.int64)
        energy = energy + ising.offset
    order = np.lexsort((np.arange(reads), energy))
    return bits[order], energy[order]


def dwave_samplers() -> Any:
    """Return the module; an OptimizeError says what is missing."""
    try:
        return importlib.import_module("dwave.samplers")
    except ImportError as error:
        raise OptimizeError(
            "simulated annealing comes from dwave-samplers, which isn't installed",
            where="coarse='annealing'",
            cure="pip install 'qlab[opt]', or use coarse='bifurcation' or 'path_integral'",
        ) from error


def _dwave(q: Qubo, reads: int, sweeps: int, seed: int) -> tuple[IntArray, FloatArray]:
    samplers = dwave_samplers()
    quadratic = {(int(i), int(j)): float(c) for i, j, c in zip(q.i, q.j, q.coef, strict=True)}
    dimod = importlib.import_module("dimod")
    model = dimod.BinaryQuadraticModel({k: float(v) for k, v in enumerate(q.linear)}, quadratic, q.offset, "BINARY")
    found = samplers.SimulatedAnnealingSampler().sample(model, num_reads=reads, num_sweeps=sweeps, seed=seed % 2**31)
    columns = np.argsort(np.array(list(found.variables)))
    return found.record.sample[:, columns].astype(np.int64), found.record.energy.astype(np.float64)
