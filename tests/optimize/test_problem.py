"""Problems as values: checks at construction, values, violations, hashes, and their other forms."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model as cp

from qlab import OptimizeError
from qlab import optimize as o

from .problems import FT06, PROJECT, brute, random_binary, random_groups


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: o.Problem([], {}), "no variables"),
        (lambda: o.Problem(["a", "a"], {}), "'a' is used twice"),
        (lambda: o.Problem(["a"], {"b": 1}), "no variable is called 'b'"),
        (lambda: o.Problem(["a"], {"a": float("nan")}), "no finite number"),
        (lambda: o.Problem(["a"], {"a": 1}, [({"a": 1}, "<", 1)]), "'<' is no comparison"),
        (lambda: o.Problem(["a"], {"a": 1}, sense="up"), "sense='up'"),
        (lambda: o.Problem([o.Integer("n", 3, 1)], {}), "range 3 to 1 is empty"),
        (lambda: o.maxcut([(0, 0)]), "from node 0 to itself"),
        (lambda: o.maxcut(np.array([[0, 1], [2, 0]])), "isn't symmetric"),
        (lambda: o.qubo([[1.0, 2.0]]), "shape"),
        (lambda: o.knapsack([1, 2], [1], 3), "weights"),
        (lambda: o.assignment([[1], [2]]), "2 tasks can't get 1 places"),
        (lambda: o.portfolio([0.1], [[1.0]], budget=2), "2 of 1 assets"),
        (lambda: o.job_shop([[(0, -1)]]), "duration -1"),
        (lambda: o.job_shop([[(0, 5)]], horizon=4), "beyond the horizon 4"),
        (lambda: o.rcpsp([1, 1], [[1], [0]], [[1], [1]], [1]), r"tasks \[.*\] wait for each other"),
        (lambda: o.rcpsp([1], [[]], [[3]], [2]), "needs 3, but the capacity is 2"),
        (lambda: o.rcpsp([2, 3], [[1], []], [[1], [1]], [1], horizon=4), "alone takes 5"),
    ],
)
def test_bad_input_is_told(make, told: str) -> None:
    with pytest.raises(OptimizeError, match=told) as caught:
        make()
    assert caught.value.where
    assert caught.value.cure


def test_a_problem_is_a_value() -> None:
    a, b = random_binary(1), random_binary(1)
    assert a == b
    assert a.hash == b.hash
    assert hash(a) == hash(b)
    assert a != random_binary(2)
    with pytest.raises(AttributeError):
        a.name = "other"  # type: ignore[misc]


def test_values_and_violations() -> None:
    p = o.Problem([o.Integer("n", 0, 5), "b"], {("n", "n"): 1, ("n", "b"): -2}, [("cap", {"n": 1, "b": 1}, "<=", 4)])
    assert p.value({"n": 3, "b": 1}) == 3
    assert p.violations([5, 1]) == [("cap", 2.0)]
    assert p.violations([6, 0])[0][0] == "n"
    assert p.violations([0.5, 0])[0] == ("n", 0.5)
    with pytest.raises(OptimizeError, match="no value for 'b'"):
        p.value({"n": 1})


@given(st.lists(st.integers(1, 30), min_size=2, max_size=8), st.integers(0, 255))
def test_number_partition_is_the_squared_difference(numbers: list[int], mask: int) -> None:
    x = [mask >> k & 1 for k in range(len(numbers))]
    other = sum(a if b else -a for a, b in zip(numbers, x, strict=True))
    assert o.number_partition(numbers).value(x) == pytest.approx(other**2)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_maxcut_and_qubo_count_what_they_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    w = np.triu(rng.integers(-3, 4, (6, 6)), 1)
    x = rng.integers(0, 2, 6)
    p = o.maxcut(w + w.T) if np.any(w) else o.maxcut([(0, 5)])
    if np.any(w):
        assert p.value(x[: p.n]) == sum(w[i, j] for i in range(6) for j in range(i, 6) if x[i] != x[j])
    q = rng.normal(size=(5, 5))
    assert o.qubo(q).value(x[:5]) == pytest.approx(x[:5] @ q @ x[:5])


def test_qap_is_flow_times_distance() -> None:
    rng = np.random.default_rng(0)
    d, f = rng.integers(0, 9, (4, 4)), rng.integers(0, 9, (4, 4))
    p = o.assignment(d, flow=f)
    for perm in ([0, 1, 2, 3], [3, 1, 0, 2]):
        x = np.zeros((4, 4))
        x[range(4), perm] = 1
        assert p.value(x.ravel()) == sum(f[i, j] * d[perm[i], perm[j]] for i in range(4) for j in range(4))
        assert p.feasible(x.ravel())
        assert p.decode(x.ravel())["place"].tolist() == perm


def test_schedules_decode_to_tables() -> None:
    p = o.job_shop([[(0, 3), (1, 2)], [(1, 2), (0, 4)]])
    table = p.decode([0, 3, 0, 3, 7])
    assert table.attrs["value"] == 7
    assert table.to_dict("records")[0] == {"job": 0, "task": 0, "machine": 0, "start": 0, "end": 3}
    assert p.violations([0, 3, 0, 2, 7]) == [("machine 0", 1.0)]
    q = o.rcpsp(*PROJECT)
    assert q.violations([0, 0, 0, 4, 4, 9, 9])[0][0] == "resource 0"
    assert [c.name for c in q.constraints][-1] == "resource 0"


@pytest.mark.parametrize("seed", range(6))
def test_cp_sat_and_milp_forms_agree_with_enumeration(seed: int) -> None:
    from scipy.optimize import milp

    p = random_binary(seed, n=6) if seed < 4 else random_groups(seed)
    best, _ = brute(p)
    found = milp(**p.to_milp())
    constant = dict(p.terms).get((), 0.0)
    assert p.sign * found.fun + constant == pytest.approx(best)
    assert p.value(np.round(found.x[: p.n])) == pytest.approx(best)
    model, variables = p.to_cp_sat()
    solver = cp.CpSolver()
    assert solver.Solve(model) == cp.OPTIMAL
    assert p.value([solver.Value(v) for v in variables]) == pytest.approx(best)


def test_a_schedule_has_the_same_optimum_in_every_form() -> None:
    from scipy.optimize import milp

    for p, best in ((o.job_shop([[(0, 3), (1, 2)], [(1, 2), (0, 4)]]), 7), (o.rcpsp(*PROJECT), 9)):
        assert milp(**p.to_milp()).fun == pytest.approx(best)
        model, variables = p.to_cp_sat()
        solver = cp.CpSolver()
        assert solver.Solve(model) == cp.OPTIMAL
        assert p.value([solver.Value(v) for v in variables]) == best


def test_figures_are_made_of_what_is_decoded() -> None:
    p = o.job_shop([[(0, 3), (1, 2)], [(1, 2), (0, 4)]])
    figure = p.to_figure([0, 3, 0, 3, 7])
    assert sum(len(t.x) for t in figure.data) == 4
    cut = o.maxcut([(0, 1), (1, 2)]).to_figure([0, 1, 0])
    assert {t.name for t in cut.data} == {"cut", "kept", "side 0", "side 1"}
    assert len(o.gap([[1, 2]], [[1, 1]], [2]).to_figure([1, 1]).data) == 1


def test_a_start_takes_a_bit_for_each_time_between_its_head_and_tail() -> None:
    bits = o.job_shop(FT06).to_bits(horizon=55)
    assert bits.safe
    room = [55 - sum(d for _, d in job) for job in FT06]  # how far each job can be pushed to the right
    longest = max(sum(d for _, d in job) for job in FT06)
    assert bits.n == sum((r + 1) * len(job) for r, job in zip(room, FT06, strict=True)) + (55 - longest + 1)


@pytest.mark.parametrize("p", [random_binary(1), random_groups(0), o.job_shop(FT06), o.rcpsp(*PROJECT)])
def test_the_hash_is_that_of_the_canonical_json(p: o.Problem) -> None:
    text = json.dumps(p.to_json(), separators=(",", ":"), allow_nan=False)
    assert p.hash == hashlib.sha256(text.encode()).hexdigest()
