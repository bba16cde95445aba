"""Quantum-inspired samplers and local search: seeds, threads, and optima of small problems."""

from __future__ import annotations

import numpy as np
import pytest

from qlab import OptimizeError
from qlab import optimize as o
from qlab.optimize.inspired import sample
from qlab.optimize.local import rounds_for
from qlab.optimize.tabu import Restarts, tabu

from .problems import FT06, PROJECT, brute, random_binary, random_groups

OURS = ("bifurcation", "discrete_bifurcation", "path_integral")


def dense(seed: int, n: int) -> o.Problem:
    """A quadratic problem without constraints."""
    return o.qubo(np.random.default_rng(seed).integers(-9, 10, (n, n)))


@pytest.mark.parametrize("method", [*OURS, "annealing"])
def test_samplers_find_small_optima_and_report_true_energies(method: str) -> None:
    for seed in range(4):
        p = dense(seed, 12)
        q = p.to_qubo()
        bits, energy = sample(q, method, reads=16, seed=seed)
        assert (np.diff(energy) >= -1e-9).all()
        for b, e in zip(bits, energy, strict=True):
            assert q.energy(b) == pytest.approx(e)
        assert energy[0] == pytest.approx(brute(p)[0])


@pytest.mark.parametrize("method", OURS)
def test_reads_depend_on_the_seed_alone(method: str) -> None:
    q = dense(0, 40).to_qubo()
    one = sample(q, method, reads=6, seed=3, threads=1, effort=3)
    three = sample(q, method, reads=6, seed=3, threads=3, effort=3)
    other = sample(q, method, reads=6, seed=4, threads=1, effort=3)
    assert one[0].tolist() == three[0].tolist()
    assert one[0].tolist() != other[0].tolist()
    later = sample(q, method, reads=2, seed=3, effort=3, first=4)
    assert {tuple(b) for b in later[0]} <= {tuple(b) for b in one[0]}


def test_unknown_methods_are_told() -> None:
    with pytest.raises(OptimizeError, match="method='magic'"):
        sample(dense(0, 3).to_qubo(), "magic")
    with pytest.raises(OptimizeError, match="reads=0"):
        sample(dense(0, 3).to_qubo(), "bifurcation", reads=0)


def test_tabu_and_restarts_find_small_optima() -> None:
    for seed in range(4):
        p = dense(seed, 14)
        q = p.to_qubo()
        best = brute(p)[0]
        assert q.energy(tabu(q, seed=seed)) == pytest.approx(best)
        search = Restarts(q, seed)
        search.step()
        assert q.energy(search.best) == pytest.approx(search.energy) == pytest.approx(best)


@pytest.mark.parametrize(
    ("p", "best"),
    [(o.job_shop(FT06), 55.0), (o.rcpsp(*PROJECT), 9.0)]
    + [
        (p, brute(p)[0])
        for p in (random_binary(1, n=8), random_groups(5, (3, 3, 2), 2), random_binary(6, n=6, rows=0, degree=3))
    ]
    + [
        (p, brute(p)[0])
        for p in (o.knapsack([6, 5, 4, 3], [3, 2, 2, 1], 5), o.portfolio([1, 2, 3], np.eye(3), budget=2))
    ],
    ids=lambda v: getattr(v, "name", ""),
)
def test_local_search_of_every_kind_reaches_the_optimum(p: o.Problem, best: float) -> None:
    search = rounds_for(p, 0, None)
    x = None
    for _ in range(12):
        x = search.round()
        assert x is None or p.feasible(x), p.violations(x)
    assert p.value(x) == pytest.approx(best)


def test_a_round_never_loses_the_point_it_starts_from() -> None:
    p = o.job_shop(FT06)
    good = np.array([5, 6, 16, 30, 42, 49, 0, 8, 13, 28, 38, 48, 0, 5, 9, 18, 27, 28, 8, 13, 22, 27, 30, 45, 13, 22,
    25, 38, 48,
                     51, 13, 16, 19, 28, 42, 54, 55], float)  # fmt: skip
    if not p.feasible(good):
        search = rounds_for(p, 1, None)
        for _ in range(12):
            good = search.round()
    again = rounds_for(p, 2, good)
    assert p.value(again.round()) <= p.value(good)
