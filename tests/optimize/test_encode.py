"""Penalties against enumeration, quadratisation, Ising, and points to bits and back."""

from __future__ import annotations

import numpy as np
import pytest

from qlab import OptimizeError
from qlab import optimize as o
from qlab.optimize.bits import bits_of
from qlab.optimize.encode import bounded, to_bits

from .problems import brute, random_binary, random_groups


def minima(bits) -> tuple[float, list[int]]:
    """The lowest energy by brute force over strings, without the diagonal's kernel."""
    energies = [bits.energy(bits_of(s, bits.n)) for s in range(1 << bits.n)]
    low = min(energies)
    return low, [s for s, e in enumerate(energies) if abs(e - low) < 1e-6]


@pytest.mark.parametrize(
    "p",
    [random_binary(s, n=5, rows=1 + s % 2) for s in range(8)]
    + [random_groups(s) for s in range(3)]
    + [
        o.knapsack([3, 5, 4], [2, 3, 2], 4),
        o.assignment([[4, 2], [1, 3]]),
        o.gap([[3, 1], [2, 4]], [[1, 2], [2, 1]], [2, 2]),
        o.portfolio([0.1, 0.3, 0.2], np.diag([0.1, 0.2, 0.3]), budget=2),
        o.Problem([o.Integer("n", 0, 5), "b"], {("n", "b"): -2.0, "n": 1.0}, [({"n": 2, "b": 1}, "<=", 7)]),
        o.Problem(["a", "b", "c"], {("a", "b", "c"): -5, "a": 1}, [({"a": 1, "b": 1}, "==", 1)]),
        o.job_shop([[(0, 1), (1, 1)], [(1, 1), (0, 1)]], horizon=3),
        o.rcpsp([1, 2], [[], []], [[1], [1]], [1], horizon=3),
    ],
    ids=lambda p: p.name,
)
def test_safe_penalties_have_the_problems_optimum(p: o.Problem) -> None:
    bits = p.to_bits()
    assert bits.safe, bits.proof
    assert bits.n <= 16
    best, points = brute(p)
    low, states = minima(bits)
    assert p.sign * low == pytest.approx(best)
    for s in states:
        x = bits.decode(bits_of(s, bits.n))
        assert p.feasible(x)
        assert tuple(x.astype(int)) in points


def test_the_diagonal_is_the_energy_of_every_string() -> None:
    for p in (
        random_binary(3, n=6),
        random_binary(4, n=5, rows=0, degree=4),
        random_binary(5, n=4, rows=0, whole=False),
    ):
        bits = p.to_bits()
        expected = [bits.energy(bits_of(s, bits.n)) for s in range(1 << bits.n)]
        np.testing.assert_allclose(p.to_diagonal(), expected, atol=1e-9)


def test_a_penalty_below_the_proof_is_told_unsafe() -> None:
    p = o.knapsack([9, 9], [1, 1], 1)
    assert p.to_bits().safe
    weak = p.to_bits(penalty=1.0)
    assert not weak.safe
    assert "not proven" in weak.proof
    assert minima(weak)[0] < -9  # and indeed it is wrong
    odd = o.Problem(["a", "b"], {"a": -1}, [({"a": 2**0.5, "b": np.pi}, "<=", 4.0)]).to_bits()
    assert not odd.safe
    assert "no common measure" in odd.proof


@pytest.mark.parametrize("seed", range(5))
def test_quadratisation_and_ising_keep_the_energies(seed: int) -> None:
    p = random_binary(seed, n=5, rows=0, degree=4)
    q = p.to_qubo()
    ising = q.to_ising()
    rng = np.random.default_rng(seed)
    for _ in range(20):
        b = q.complete(rng.integers(0, 2, p.n))
        assert q.energy(b) == pytest.approx(p.sign * p.value(b[: p.n]))
        assert ising.energy(1 - 2 * b) == pytest.approx(q.energy(b))
        assert b @ q.matrix() @ b + q.offset == pytest.approx(q.energy(b))
    low = min(q.energy(bits_of(s, q.n)) for s in range(1 << q.n)) if q.n <= 14 else None
    if low is not None:
        assert p.sign * low == pytest.approx(brute(p)[0])


def test_points_go_to_bits_and_back() -> None:
    p = o.Problem([o.Integer("n", -2, 4), o.Integer("m", 0, 9), "b"], {"n": 1}, [({"n": 1, "m": 1}, "<=", 8)])
    bits = p.to_bits()
    for x in ([-2, 0, 1], [4, 4, 0], [1, 7, 1]):
        b = bits.encode(x)
        assert bits.decode(b).tolist() == x
        assert bits.energy(b) == pytest.approx(p.value(x))
    shop = o.job_shop([[(0, 2), (1, 1)], [(1, 2), (0, 1)]])
    b = shop.to_bits().encode([0, 2, 0, 2, 3])
    assert shop.to_bits().decode(b).tolist() == [0, 2, 0, 2, 3]


def test_bounded_weights_reach_every_value_once_or_more() -> None:
    for top in range(1, 40):
        reach = {sum(w for k, w in enumerate(bounded(top)) if s >> k & 1) for s in range(1 << len(bounded(top)))}
        assert reach == set(range(top + 1))


def test_what_has_no_bits_is_told() -> None:
    with pytest.raises(OptimizeError, match="no upper bound"):
        to_bits(o.Problem([o.Integer("n")], {"n": 1}))
    with pytest.raises(OptimizeError, match=r"'c0'.*infeasible"):
        to_bits(o.Problem(["a", "b"], {"a": 1}, [({"a": 1, "b": 1}, ">=", 3)]))
