"""Steps as a pure function of weights and rows, and how several of them are told. Must not know orders or threads.

Between two calls of the engine the caches are cold, and each line that runs there takes some three times as long as
in a row of its like. So a step does what it must and leaves references; its figures are worked out with the others'.
``a.dot(b)`` is a third of the time of ``a @ b`` for vectors of this size, with the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..models.losses import Array
from ..models.model import not_finite, timed_loss_and_grad
from .metrics import merits
from .snapshot import Snapshot
from .stage import Stage

NAN = float("nan")
State = tuple[NDArray[Any], ...]


# What a step measured, as a bare tuple, which is made in a tenth of the time of one with names. It holds on to little:
# memory that is free again is memory that lies in the cache.
Record = tuple[
    float,  # loss before the step, on its rows, all terms included
    float,  # norm of the gradient before clipping
    Array,  # (rows, n_outputs) scores behind the loss; no rows where none belong to it
    Array | None,  # (size,) gradient, where it is kept
    str,  # why there is nothing more to gain, or an empty text
    float,  # the learning rate it used
    float,  # seconds spent in the model's plan
    float,  # standard error of the loss by shot noise, or nan
]
Made = tuple[Record, NDArray[Any], int, float]  # a step not told yet: with the y of its rows, its pass, when it ended


Move = Callable[[int, Array, State, Array, NDArray[Any]], tuple[Array, State, Record]]


def move_of(stage: Stage, state: Snapshot, *, kept: bool) -> Move:
    """Return the function that makes a step: of the steps made, θ, the optimizer's state, X and y.

    It holds as long as nobody steers and the stage lasts. It raises TrainError where the loss, the gradient or the
    new weights aren't finite.

    Args:
        stage, state: where it begins.
        kept: whether its record holds the gradient.
    """
    found = stage.opt.update
    if found is None:
        return _search_of(stage, state)
    update, model, loss, clip, zeros = found, stage.model, stage.loss, stage.spec.clip, stage.zeros
    noisy, seed, frozen, terms, rate = stage.noisy, stage.spec.seed, state.frozen, stage.terms(state), stage.rate(state)
    weight = stage.data_weight(state)

    def move(made: int, theta: Array, opt: State, X: Array, y: NDArray[Any]) -> tuple[Array, State, Record]:
        if noisy is not None:
            noisy.reseed(seed, 5, made)  # names the shots of this step
        value, grad, scores, seconds = timed_loss_and_grad(model, theta, X, y, loss)
        if terms is not None:
            value, grad = terms(value, grad, theta)
        if frozen is not None:
            grad = np.where(frozen, 0.0, grad)
        norm = math.sqrt(grad.dot(grad))
        if not math.isfinite(norm):
            raise not_finite("gradient norm", norm)
        lr = rate(made) if callable(rate) else rate
        new, moments = update(grad if clip is None else _clipped(grad, norm, clip), opt, theta, lr)
        if frozen is not None:  # momentum and decay would move them too
            new = np.where(frozen, theta, new)
        if not math.isfinite(new.dot(zeros)):  # 0 · θ is not a number as soon as one weight isn't finite
            raise not_finite("sum of the weights", float(new.sum()))
        spread = NAN if noisy is None else weight * noisy.spread
        return new, moments, (value, norm, scores, grad if kept else None, "", lr, seconds, spread)

    return move


def _search_of(stage: Stage, state: Snapshot) -> Move:
    """Return a step of an optimizer that asks for what it wants."""
    search, noisy, rate = stage.opt.search, stage.noisy, stage.rate(state)
    assert search is not None

    def move(made: int, theta: Array, opt: State, X: Array, y: NDArray[Any]) -> tuple[Array, State, Record]:
        if noisy is not None:
            noisy.reseed(stage.spec.seed, 5, made)
        now = state._replace(theta=theta, opt=opt)
        objective, lr = stage.objective(now, X, y), rate(made) if callable(rate) else rate
        found = search(objective, opt, stage.free(now), lr)
        if not math.isfinite(found.value):
            raise not_finite("loss", found.value)
        grad = found.grad
        norm = NAN if grad is None else math.sqrt(grad @ grad)
        if grad is not None and objective.free is not None:
            whole = np.zeros(theta.shape[0])
            whole[objective.free] = grad
            grad = whole
        scores = np.empty((0, stage.model.n_outputs)) if objective.best is None else objective.best[1]
        new = objective.full(found.theta)
        if not np.isfinite(new).all():
            raise not_finite("sum of the weights", float(new.sum()))
        return new, found.state, (found.value, norm, scores, grad, found.done, lr, objective.seconds, NAN)

    return move


def _clipped(grad: Array, norm: float, clip: Mapping[str, float]) -> Array:
    if "value" in clip:
        return np.clip(grad, -clip["value"], clip["value"])
    return grad * (clip["norm"] / norm) if norm > clip["norm"] else grad


def told(
    task: str, columns: tuple[str, ...], first: int, began: float, zero: float, made: Sequence[Made]
) -> list[tuple[float, ...]]:
    """Return the rows of steps, in the order of the columns, without figures of a validation.

    Args:
        task: of the run.
        columns: of the run.
        first: number of the first of them, from 1.
        began: when that began, on the clock that the steps' ends were read from.
        zero: what that clock would have shown at the start of the run, pauses left out.
        made: the steps.
    """
    shots = "loss_se" in columns
    figures = merits(task, [(record[2], y) for record, y, _, _ in made])
    rows = []
    for number, ((record, _, epoch, ended), figure) in enumerate(zip(made, figures, strict=True), first):
        loss, norm, _, _, _, lr, seconds, spread = record
        rows.append((
            float(number), epoch + 1.0, ended - zero, loss, figure, norm, lr, 1e3 * (ended - began), 1e3 * seconds,
            *((spread,) if shots else ()), NAN, NAN,
        ))  # fmt: skip
        began = ended
    return rows
