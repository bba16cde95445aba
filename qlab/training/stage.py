"""What stays the same through one stage of a run: settings, rows, model, optimizer. Must hold nothing of its state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError
from ..models.losses import Array, Loss, criterion
from ..models.metric import Metric
from ..models.model import Model
from ..models.shots import ShotPlan
from . import objective, schedule
from .objective import Meter, Objective
from .optim import Optimizer
from .optim import optimizer as optimizer_named
from .snapshot import Snapshot
from .spec import Spec

Split = tuple[Array, NDArray[Any]]


def steps_an_epoch(rows: int, batch: int) -> int:
    """Return the number of batches in one pass; the last may be smaller."""
    return -(-rows // batch)


def rows_seen(spec: Spec, rows: int) -> int:
    """Return how many of the training rows a stage sees."""
    if spec.rows is None:
        return rows
    return max(1, min(rows, spec.rows if isinstance(spec.rows, int) else round(spec.rows * rows)))


def batch_of(spec: Spec, opt: Optimizer, rows: int, asked: int = 0) -> int:
    """Return the rows of a step: all of them for an optimizer that wants the same ones at each step."""
    return rows if opt.whole else min(asked or spec.batch, rows)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage, ready to make steps.

    Args:
        index: from 0.
        spec: the settings, without stages.
        model: whose plan is metered, and measured with shots where there are any.
        opt, loss: the optimizer, and the loss by scores and y.
        train: the rows it sees.
        first_epoch, last_epoch: passes over the data, counted through all stages, from 0.
        total: steps, at the batch of the settings.
        factor: of the learning rate, by (steps made in this stage, total); None for a constant one.
        penalised: numbers of the weights that extra terms act on.
        meter: on the model's plan.
        noisy: the plan that draws shots, or None.
        metric: of the circuit, or None.
        zeros: (size,) for a quick look whether weights are finite.
        rows: training rows that it sees.
    """

    index: int
    spec: Spec
    model: Model
    opt: Optimizer
    loss: Loss
    train: Split
    first_epoch: int
    last_epoch: int
    total: int
    factor: Callable[[int, int], float] | None
    penalised: NDArray[np.int64]
    meter: Meter
    noisy: ShotPlan | None
    metric: Metric | None
    zeros: Array
    rows: int

    def begin(self, state: Snapshot) -> Snapshot:
        """Return the state at the start of this stage, of the one at the end of the stage before."""
        extra: dict[str, Any] = {"first": state.step} if self.index else {}
        return replace(
            state,
            opt=self.opt.init(self.free(state)),
            lr=self.spec.lr,
            epoch=self.first_epoch,
            cursor=0,
            batch=self.spec.batch,
            stage=self.index,
            extra=extra or None,
        )

    def over(self, state: Snapshot) -> bool:
        """Return whether this stage has made its last step."""
        if state.extra is not None and state.extra.get("over"):
            return True
        return state.cursor >= self.rows and state.epoch >= self.last_epoch

    def free(self, state: Snapshot) -> Array:
        """Return the weights that the optimizer's state is made for."""
        if self.opt.search is not None and state.frozen is not None:
            return np.asarray(state.theta[~state.frozen])
        return state.theta

    def lr(self, state: Snapshot) -> float:
        """Return the learning rate of the step to come, schedule included."""
        if self.factor is None:
            return state.lr
        extra = state.extra or {}
        if extra.get("by_hand"):
            return state.lr
        return state.lr * self.factor(state.step - int(extra.get("first", 0)), self.total)

    def penalty(self, state: Snapshot) -> Callable[[Array], tuple[float, Array]] | None:
        """Return the extra terms of the loss as a function of θ, or None."""
        if not self.spec.terms and not state.terms:
            return None
        terms = {**self.spec.terms, **dict(state.terms)}
        return partial(objective.penalty, terms, self.penalised)

    def objective(self, state: Snapshot, X: Array, y: NDArray[Any]) -> Objective:
        """Return the loss on these rows for an optimizer that asks."""
        return Objective(
            self.model, self.loss, X, y, state.theta, state.frozen, self.penalty(state), self.metric
        )  # fmt: skip

    def reseed(self, step: int) -> None:
        """Name the shots of the step to come."""
        if self.noisy is not None:
            self.noisy.reseed(self.spec.seed, 5, step)


def stages_of(spec: Spec, model: Model, train: Split) -> tuple[Stage, ...]:
    """Return the stages of a run.

    Args:
        spec: of the run.
        model: exact, as it is validated.
        train: all training rows.

    Raises:
        TrainError: an extra term has nothing to act on.
    """
    stages: list[Stage] = []
    first = 0
    for k, settings in enumerate(spec.settings):
        rows = train[1].shape[0]
        seen = rows_seen(settings, rows)
        part = train
        if seen < rows:
            chosen = np.sort(np.random.default_rng([spec.seed, 4, k]).permutation(rows)[:seen])
            part = np.ascontiguousarray(train[0][chosen]), train[1][chosen]
        opt = optimizer_named(settings.optimizer, seed=spec.seed + k, options=settings.optimizer_options)
        used = (
            model if settings.dtype == model.dtype or spec.foreign else replace(model, dtype=settings.dtype, plan=None)
        )
        noisy = None
        if settings.shots is not None:
            noisy = ShotPlan(model.circuit, model.observables, settings.shots, dtype=settings.dtype)
            used = replace(used, plan=noisy)
        meter = Meter(used.plan)
        used = replace(used, plan=meter)
        on = objective.penalised(model)
        check_terms(settings, on)
        stages.append(
            Stage(
                index=k,
                spec=settings,
                model=used,
                opt=opt,
                loss=criterion(settings.loss, settings.class_weight, settings.loss_options.get("delta", 1.0)),
                train=part,
                first_epoch=first,
                last_epoch=first + settings.epochs - 1,
                total=settings.epochs * steps_an_epoch(seen, batch_of(settings, opt, seen)),
                factor=None if settings.schedule is None else schedule.factor(settings.schedule),
                penalised=on,
                meter=meter,
                noisy=noisy,
                metric=Metric(model.circuit) if settings.optimizer == "qng" else None,
                zeros=np.zeros(model.size),
                rows=seen,
            )
        )
        first += settings.epochs
    return tuple(stages)


def check_terms(spec: Spec, on: NDArray[np.int64]) -> None:
    """Check that the extra terms have weights to act on.

    Raises:
        TrainError: there are none.
    """
    if spec.terms and not on.size:
        raise TrainError(
            f"the terms {', '.join(spec.terms)} have nothing to act on: the model has no classical matrix",
            where="terms",
            cure="leave terms out, or use head='linear'",
        )


def steps_left(spec: Spec, state: Snapshot, rows: int) -> int:
    """Return the number of steps from a state to the end, at the batch size it has now.

    Args:
        spec: of the run.
        state: between two steps.
        rows: all training rows.
    """
    left, first = 0, 0
    for k, settings in enumerate(spec.settings):
        opt = optimizer_named(settings.optimizer, options=settings.optimizer_options)
        seen, last = rows_seen(settings, rows), first + settings.epochs - 1
        first += settings.epochs
        if k < state.stage:
            continue
        if k > state.stage:
            left += settings.epochs * steps_an_epoch(seen, batch_of(settings, opt, seen))
        elif not (state.extra or {}).get("over"):
            batch = batch_of(settings, opt, seen, state.batch)
            left += steps_an_epoch(max(0, seen - state.cursor), batch)
            left += (last - state.epoch) * steps_an_epoch(seen, batch)
    return left
