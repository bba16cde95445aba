"""Optimizers against steps worked out by hand and against loops written the long way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qlab.errors import TrainError
from qlab.training.optim import adam, optimizer, rmsprop, sgd


def walk(opt, grads, theta, lr):
    theta, state = np.array(theta), None
    for g in grads:
        state = opt.init(theta) if state is None else state
        theta, state = opt.update(np.array(g), state, theta, lr)
    return theta


GRADS = [[1.0, -2.0], [0.5, 0.25], [-3.0, 4.0]]


def test_sgd() -> None:
    np.testing.assert_allclose(walk(sgd(), GRADS, [1.0, 1.0], 0.1), [1.15, 0.775], atol=1e-15)


def test_momentum() -> None:
    v = np.zeros(2)
    theta = np.ones(2)
    for g in GRADS:
        v = 0.9 * v + np.array(g)
        theta = theta - 0.1 * v
    np.testing.assert_array_equal(walk(sgd(0.9), GRADS, [1.0, 1.0], 0.1), theta)


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_adam_against_the_paper_written_out(decay: float) -> None:
    m, v, theta = [0.0, 0.0], [0.0, 0.0], [1.0, -1.0]
    for t, g in enumerate(GRADS, 1):
        for i in range(2):
            m[i] = 0.9 * m[i] + 0.1 * g[i]
            v[i] = 0.999 * v[i] + 0.001 * g[i] ** 2
            m_hat, v_hat = m[i] / (1 - 0.9**t), v[i] / (1 - 0.999**t)
            theta[i] = theta[i] * (1 - 0.05 * decay) - 0.05 * m_hat / (math.sqrt(v_hat) + 1e-8)
    np.testing.assert_allclose(walk(adam(decay=decay), GRADS, [1.0, -1.0], 0.05), theta, rtol=1e-13)


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_scale() -> None:
    np.testing.assert_allclose(walk(adam(), [[1e-3, 1e3]], [0.0, 0.0], 0.05), [-0.05, -0.05], rtol=1e-4)


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "momentum", "nesterov", "rmsprop"])
def test_update_changes_none_of_its_arguments_and_finds_a_minimum(name: str) -> None:
    opt = optimizer(name)
    theta = np.array([3.0, -2.0])
    state = opt.init(theta)
    for _ in range(600):
        kept = (theta.copy(), [part.copy() for part in state])
        new, after = opt.update(theta - 1.0, state, theta, 0.05)
        np.testing.assert_array_equal(theta, kept[0])
        for part, copy in zip(state, kept[1], strict=True):
            np.testing.assert_array_equal(part, copy)
        theta, state = new, after
    np.testing.assert_allclose(theta, 1.0, atol=0.02)


def test_nesterov_looks_ahead() -> None:
    v, theta = np.zeros(2), np.ones(2)
    for g in GRADS:
        v = 0.9 * v + np.array(g)
        theta = theta - 0.1 * (np.array(g) + 0.9 * v)
    np.testing.assert_allclose(walk(sgd(0.9, nesterov=True), GRADS, [1.0, 1.0], 0.1), theta, rtol=1e-15)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_rmsprop_against_the_lecture_written_out(momentum: float) -> None:
    s, v, theta = np.zeros(2), np.zeros(2), np.ones(2)
    for g in GRADS:
        s = 0.9 * s + 0.1 * np.array(g) ** 2
        v = momentum * v + np.array(g) / (np.sqrt(s) + 1e-8)
        theta = theta - 0.02 * v
    np.testing.assert_allclose(walk(rmsprop(momentum=momentum), GRADS, [1.0, 1.0], 0.02), theta, rtol=1e-13)


@pytest.mark.parametrize(
    ("name", "options", "text"),
    [
        ("adam", {"beta": 0.9}, "has no option 'beta'.*b1, b2, eps, decay"),
        ("adam", {"b1": "0.9"}, "option 'b1' of 'adam' is '0.9'"),
        ("lbfgs", {"memory": 0}, "option 'memory' of 'lbfgs' is 0"),
        ("spsa", {"seed": 3}, "has no option 'seed'"),
        ("spsa", {"blocking": 1}, "option 'blocking'"),
    ],
)
def test_options_are_checked_by_name_and_kind(name: str, options: dict, text: str) -> None:
    with pytest.raises(TrainError, match=text):
        optimizer(name, options=options)


def test_unknown_optimizer_names_those_there_are() -> None:
    with pytest.raises(TrainError, match="'adam', 'adamw', 'sgd'"):
        optimizer("adan")
