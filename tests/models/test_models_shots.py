"""Shots: the exact law of a measured mean, and the parameter shift of every gate against the adjoint gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import qlab
from qlab import engine
from qlab.errors import TrainError
from qlab.models.shots import ShotPlan


class Exact:
    """A generator that draws the mean itself."""

    def binomial(self, n: int, p: Any) -> Any:
        return n * p


def every_gate() -> qlab.Circuit:
    c = qlab.Circuit(3)
    for gate, wires, params in (
        ("ry", 0, ["x[0]"]), ("rx", 1, ["w[0]"]), ("crx", [0, 1], ["w[1]*x[1]"]),
        ("u", 2, ["w[2]", "w[3]", "sin(w[4])"]),
        ("r", 0, ["w[5]", "w[6]"]), ("cp", [1, 2], ["w[7]"]), ("cu", [0, 2], ["w[8]", "w[0]", "w[9]"]),
        ("xx_plus_yy", [0, 1], ["w[10]", "w[11]"]), ("xx_minus_yy", [1, 2], ["w[12]", "w[13]"]),
        ("rzz", [0, 2], ["2*w[2]"]), ("rxx", [0, 1], ["w[3]"]), ("ryy", [1, 2], ["w[1]"]),
        ("rzx", [2, 0], ["w[4]+x[0]"]),
        ("crz", [2, 1], ["w[6]"]), ("cry", [1, 0], ["w[5]"]), ("p", 1, ["w[14]"]), ("gphase", [], ["w[4]"]),
    ):  # fmt: skip
        c = c.append(gate, wires, *params)
    return c.append("x", 0, controls=[1]).append("ry", 0, "w[15]", anticontrols=[2])


def test_the_parameter_shift_is_exact_for_every_gate() -> None:
    c, rng = every_gate(), np.random.default_rng(0)
    observables = ["Z0 X1", {"Y2": 0.5, "Z1": -1.0}]
    X, w, cot = rng.normal(size=(4, c.n_inputs)), rng.normal(size=c.n_weights), rng.normal(size=(4, 2))
    values, by_w, by_x = engine.compile(c, observables).value_and_vjp(X, w, cot, True)
    plan = ShotPlan(c, observables, 10)
    plan._rng = Exact()  # type: ignore[assignment]
    found = plan.value_and_vjp(X, w, cot, True)
    np.testing.assert_allclose(found[0], values, atol=1e-12)
    np.testing.assert_allclose(found[1], by_w, atol=1e-11)
    np.testing.assert_allclose(found[2], by_x, atol=1e-11)


def test_a_measured_mean_follows_the_binomial_law() -> None:
    c = qlab.Circuit(1).append("ry", 0, "w[0]")
    plan, angle, shots = ShotPlan(c, ["Z0"], 50), 1.1, 50
    found = plan.expectations(np.zeros((20_000, 0)), np.array([angle]))[:, 0]
    ones = np.round((found + 1) / 2 * shots).astype(int)
    np.testing.assert_allclose(found, 2 * ones / shots - 1, atol=1e-12)
    law = stats.binom.pmf(np.arange(shots + 1), shots, (1 + np.cos(angle)) / 2)
    seen = np.bincount(ones, minlength=shots + 1)
    kept = law * len(ones) > 5
    p = stats.chisquare(seen[kept], law[kept] / law[kept].sum() * seen[kept].sum()).pvalue
    assert p > 1e-4


def test_the_same_key_draws_the_same_shots() -> None:
    plan = ShotPlan(qlab.templates.reuploading(2, 1), ["Z0", "Z1"], 20)
    X, w = np.zeros((5, 2)), np.ones(4)
    plan.reseed(1, 2)
    one = plan.expectations(X, w)
    other = plan.expectations(X, w)
    plan.reseed(1, 2)
    np.testing.assert_array_equal(plan.expectations(X, w), one)
    assert not np.array_equal(one, other)


def test_the_identity_has_no_noise_and_the_spread_is_that_of_the_sum() -> None:
    c = qlab.Circuit(1).append("ry", 0, "w[0]")
    plan, w = ShotPlan(c, ["I", {"Z0": 3.0, "I": 1.0}], 100), np.array([np.pi / 2])
    assert (plan.expectations(np.zeros((9, 0)), w)[:, 0] == 1.0).all()
    plan.value_and_vjp(np.zeros((4, 0)), w, np.tile([5.0, 0.5], (4, 1)))
    assert plan.spread == pytest.approx(np.sqrt(4 * 0.5**2 * 9.0 / 100))


@pytest.mark.parametrize("shots", [0, -1, 1.5, True, "many"])
def test_shots_are_whole_numbers(shots: Any) -> None:
    with pytest.raises(TrainError, match="not a whole number"):
        ShotPlan(qlab.Circuit(1), ["Z0"], shots)


def test_a_projector_is_measured_as_zero_or_one() -> None:
    c, w = qlab.Circuit(2).append("ry", 0, "w[0]").append("cx", [0, 1]), np.array([1.0])
    exact = engine.compile(c, ["|11>", {"|00>": 2.0, "Z0": 1.0}]).expectations(np.zeros((1, 0)), w)[0]
    plan = ShotPlan(c, ["|11>", {"|00>": 2.0, "Z0": 1.0}], 64)
    found = plan.expectations(np.zeros((4000, 0)), w)
    np.testing.assert_allclose(found[:, 0] * 64, np.round(found[:, 0] * 64), atol=1e-12)
    assert found[:, 0].min() >= 0
    np.testing.assert_allclose(found.mean(axis=0), exact, atol=0.02)
    p = exact[0]
    assert found[:, 0].std() == pytest.approx(np.sqrt(p * (1 - p) / 64), rel=0.1)
