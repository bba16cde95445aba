"""Losses: their gradients against differences, their values against closed forms, and no overflow."""

from __future__ import annotations

import numpy as np
import pytest

from qlab.errors import TrainError
from qlab.models.losses import cross_entropy, loss_for, mse, softmax


def difference(function, scores, y, h=1e-6):
    grad = np.zeros_like(scores)
    for at in np.ndindex(scores.shape):
        step = np.zeros_like(scores)
        step[at] = h
        grad[at] = (function(scores + step, y)[0] - function(scores - step, y)[0]) / (2 * h)
    return grad


@pytest.mark.parametrize("columns", [1, 2, 3, 5])
def test_cross_entropy_gradient(columns: int) -> None:
    rng = np.random.default_rng(columns)
    scores, y = rng.normal(0, 2, (7, columns)), rng.integers(0, max(2, columns), 7)
    np.testing.assert_allclose(cross_entropy(scores, y)[1], difference(cross_entropy, scores, y), atol=1e-8)


def test_mse_gradient() -> None:
    rng = np.random.default_rng(0)
    scores, y = rng.normal(0, 2, (7, 1)), rng.normal(0, 1, 7)
    np.testing.assert_allclose(mse(scores, y)[1], difference(mse, scores, y), atol=1e-8)


def test_one_column_is_two_columns_with_the_first_at_zero() -> None:
    z, y = np.array([[0.3], [-2.0]]), np.array([1, 0])
    both = np.concatenate([np.zeros_like(z), z], axis=1)
    assert cross_entropy(z, y)[0] == pytest.approx(cross_entropy(both, y)[0], abs=1e-14)
    np.testing.assert_allclose(softmax(z), softmax(both), atol=1e-15)


def test_uniform_scores_cost_the_log_of_the_number_of_classes() -> None:
    assert cross_entropy(np.zeros((4, 3)), np.array([0, 1, 2, 0]))[0] == pytest.approx(np.log(3))


@pytest.mark.parametrize("columns", [1, 3])
def test_huge_scores_do_not_overflow(columns: int) -> None:
    scores = np.full((2, columns), 0.0)
    scores[0, 0], scores[1, 0] = 1e4, -1e4
    loss, grad = cross_entropy(scores, np.array([0, 1]))
    assert np.isfinite(loss)
    assert np.isfinite(grad).all()


def test_a_loss_of_another_task_is_refused_with_its_cure() -> None:
    assert loss_for("regression") == "mse"
    with pytest.raises(TrainError, match="use loss='cross_entropy'"):
        loss_for("classification", "mse")
    with pytest.raises(TrainError, match="loss='hing' is unknown"):
        loss_for("classification", "hing")
