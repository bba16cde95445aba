"""Optimizers that ask: against SciPy on known landscapes, and any of them held and resumed between two steps."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from scipy.optimize import rosen, rosen_der

from qlab.training.optim import optimizer


class Landscape:
    """A function as an optimizer sees it, that counts what it is asked."""

    def __init__(self, f: Callable[[Any], float], df: Callable[[Any], Any] | None = None) -> None:
        self.f, self.df, self.asked = f, df, 0

    def value(self, theta: Any) -> float:
        self.asked += 1
        return float(self.f(theta))

    def value_and_grad(self, theta: Any) -> tuple[float, Any]:
        self.asked += 1
        assert self.df is not None
        return float(self.f(theta)), self.df(theta)

    def metric(self, theta: Any) -> Any:
        return np.diag([4.0, 0.25] + [0.0] * (theta.shape[0] - 2))


def walk(name: str, land: Landscape, theta: Any, lr: float, steps: int, **options: Any) -> tuple[Any, list[Any], str]:
    opt = optimizer(name, options=options)
    state, seen = opt.init(theta), []
    for _ in range(steps):
        before = [part.copy() for part in state]
        move = opt.search(land, state, theta, lr)
        for part, kept in zip(state, before, strict=True):
            np.testing.assert_array_equal(part, kept)
        theta, state = move.theta, move.state
        seen.append(theta)
        if move.done:
            return theta, seen, move.done
    return theta, seen, ""


def bowl(n: int, seed: int = 0) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, n))
    A, b = root @ root.T + 0.5 * np.eye(n), rng.normal(size=n)
    return (lambda t: 0.5 * t @ A @ t - b @ t), (lambda t: A @ t - b), np.linalg.solve(A, b)


START = np.array([-1.2, 1.0, 0.5])


def test_lbfgs_finds_the_minimum_of_rosenbrock_and_says_it_is_done() -> None:
    land = Landscape(rosen, rosen_der)
    theta, _, done = walk("lbfgs", land, START, 0.5, 200)
    np.testing.assert_allclose(theta, 1.0, atol=1e-7)
    assert done
    scipys = scipy.optimize.minimize(rosen, START, jac=rosen_der, method="L-BFGS-B", options={"gtol": 1e-8})
    assert land.asked <= 2 * scipys.nfev


@pytest.mark.parametrize("seed", range(5))
def test_lbfgs_on_a_bowl_needs_few_steps(seed: int) -> None:
    f, df, best = bowl(12, seed)
    theta, seen, done = walk("lbfgs", Landscape(f, df), np.zeros(12), 0.1, 200)
    np.testing.assert_allclose(theta, best, atol=1e-5)
    assert done
    assert len(seen) < 80
    assert all(f(b) <= f(a) for a, b in itertools.pairwise(seen))


def test_lbfgs_steps_satisfy_the_strong_wolfe_conditions() -> None:
    from qlab.training.optim.lbfgs import C1, C2

    _, seen, _ = walk("lbfgs", Landscape(rosen, rosen_der), START, 0.5, 30)
    for a, b in zip([START, *seen], seen, strict=False):
        move = b - a
        slope = rosen_der(a) @ move
        assert rosen(b) <= rosen(a) + C1 * slope
        assert abs(rosen_der(b) @ move) <= -C2 * slope


def test_lbfgs_survives_a_cliff() -> None:
    def cliff(t: Any) -> float:
        return float("inf") if abs(t[0]) > 2.0 else float((t[0] - 1.0) ** 2)

    theta, _, _ = walk("lbfgs", Landscape(cliff, lambda t: 2.0 * (t - 1.0)), np.array([-1.9]), 50.0, 50)
    np.testing.assert_allclose(theta, 1.0, atol=1e-6)


@pytest.mark.parametrize("adaptive", [False, True])
def test_nelder_mead_walks_as_scipys_does(adaptive: bool) -> None:
    seen: list[Any] = []
    scipy.optimize.minimize(
        rosen, START, method="Nelder-Mead", callback=lambda x: seen.append(x.copy()),
        options={"initial_simplex": np.vstack([START, START + 0.5 * np.eye(3)]), "adaptive": adaptive, "maxiter": 80,
                 "xatol": 0, "fatol": 0},
    )  # fmt: skip
    _, ours, _ = walk("nelder_mead", Landscape(rosen), START, 0.5, 80, adaptive=adaptive)
    assert len(seen) >= 79
    for a, b in zip(ours, seen, strict=False):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_cobyla_reaches_scipys_minimum_with_a_comparable_effort() -> None:
    for land, start, best in (
        (lambda t: -np.prod(np.cos(t - 1.0)) + 0.1 * np.sum((t - 1.0) ** 2), np.zeros(5), np.ones(5)),
        (bowl(6)[0], np.zeros(6), bowl(6)[2]),
    ):
        scipys = scipy.optimize.minimize(
            land, start, method="COBYLA", options={"rhobeg": 0.5, "tol": 1e-5, "maxiter": 5000}
        )
        ours = Landscape(land)
        theta, _, done = walk("cobyla", ours, start, 0.5, 3000)
        assert done == "the trust radius is at its end"
        np.testing.assert_allclose(theta, best, atol=2e-4)
        assert land(theta) <= scipys.fun + 1e-7
        assert ours.asked <= 3 * scipys.nfev


def test_the_natural_gradient_divides_by_the_metric_where_there_is_one() -> None:
    land = Landscape(lambda t: float(t.sum()), lambda t: np.ones(3))
    theta, _, _ = walk("qng", land, np.zeros(3), 0.1, 1, damping=1e-9)
    np.testing.assert_allclose(theta, [-0.1 / 4.0, -0.1 / 0.25, -0.1], rtol=1e-6)


def test_spsa_draws_by_seed_and_step_and_follows_spalls_gains() -> None:
    asked: list[Any] = []

    def flat(t: Any) -> float:
        asked.append(t.copy())
        return float(t @ np.array([1.0, -2.0]))

    opt = optimizer("spsa", seed=4, options={"c": 0.2, "stability": 10.0})
    theta, state = np.zeros(2), opt.init(np.zeros(2))
    for k in range(3):
        move = opt.search(Landscape(flat), state, theta, 0.3)
        up, down = asked[-2:]
        c_k = 0.2 / (1 + k) ** 0.101
        delta = (up - down) / (2 * c_k)
        np.testing.assert_allclose(np.abs(delta), 1.0)
        slope = float(delta @ np.array([1.0, -2.0]))
        np.testing.assert_allclose(move.theta, theta - 0.3 * (11.0 / (11.0 + k)) ** 0.602 * slope * delta)
        again = optimizer("spsa", seed=4, options={"c": 0.2, "stability": 10.0}).search(
            Landscape(flat), state, theta, 0.3
        )
        np.testing.assert_array_equal(again.theta, move.theta)
        theta, state = move.theta, move.state
    assert not np.array_equal(
        optimizer("spsa", seed=5).search(Landscape(flat), opt.init(theta), theta, 0.3).theta,
        optimizer("spsa", seed=4).search(Landscape(flat), opt.init(theta), theta, 0.3).theta,
    )


def test_blocking_refuses_a_move_uphill() -> None:
    land = Landscape(lambda t: float(t @ t))
    start = np.array([0.01, -0.03])
    free, _, _ = walk("spsa", land, start, 50.0, 1, c=0.5)
    held, _, _ = walk("spsa", land, start, 50.0, 1, c=0.5, blocking=True)
    assert land.f(free) > land.f(start)
    np.testing.assert_array_equal(held, start)
    down, _, _ = walk("spsa", land, np.array([3.0, -2.0]), 0.05, 200, blocking=True)
    assert land.f(down) < 0.2


@pytest.mark.parametrize("name", ["lbfgs", "nelder_mead", "cobyla", "spsa"])
def test_a_walk_resumed_from_copied_arrays_is_the_same_walk(name: str) -> None:
    land = Landscape(rosen, rosen_der)
    opt = optimizer(name, seed=1)
    theta, state = START, opt.init(START)
    for _ in range(7):
        move = opt.search(land, state, theta, 0.05)
        theta, state = move.theta, move.state
    kept = theta.copy(), tuple(np.frombuffer(p.tobytes(), p.dtype).reshape(p.shape).copy() for p in state)
    fresh, a, b = optimizer(name, seed=1), (theta, state), kept
    for _ in range(9):
        one, two = opt.search(land, a[1], a[0], 0.05), fresh.search(land, b[1], b[0], 0.05)
        np.testing.assert_array_equal(one.theta, two.theta)
        assert one.value == two.value
        a, b = (one.theta, one.state), (two.theta, two.state)
