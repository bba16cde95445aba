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
from .objective import Objective
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


def rows_of_stage(spec: Spec, k: int, rows: int) -> NDArray[np.int64] | None:
    """Return the numbers of the training rows that a stage sees, drawn by the seed; None for all."""
    seen = rows_seen(spec.settings[k], rows)
    return None if seen >= rows else np.sort(np.random.default_rng([spec.seed, 4, k]).permutation(rows)[:seen])


def rows_of_run(spec: Spec, rows: int) -> NDArray[np.int64] | None:
    """Return the numbers of the training rows that any stage of a run sees, in order; None for all."""
    found = [rows_of_stage(spec, k, rows) for k in range(len(spec.settings))]
    seen = [chosen for chosen in found if chosen is not None]
    return np.unique(np.concatenate(seen)) if len(seen) == len(found) else None


def batch_of(spec: Spec, opt: Optimizer, rows: int, asked: int = 0) -> int:
    """Return the rows of a step: all of them for an optimizer that wants the same ones at each step."""
    return rows if opt.whole else min(asked or spec.batch, rows)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage, ready to make steps.

    Args:
        index: from 0.
        spec: the settings, without stages.
        model: measured with shots where there are any.
        opt, loss: the optimizer, and the loss by scores and y.
        train: the rows it sees.
        first_epoch, last_epoch: passes over the data, counted through all stages, from 0.
        total: steps, at the batch of the settings.
        factor: of the learning rate, by (steps made in this stage, total); None for a constant one.
        penalised: numbers of the weights that extra terms act on.
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
    noisy: ShotPlan | None
    metric: Metric | None
    zeros: Array
    rows: int

    def begin(self, state: Snapshot) -> Snapshot:
        """Return the state at the start of this stage, of the one at the end of the stage before."""
        extra: dict[str, Any] = {"first": state.step} if self.index else {}
        return state._replace(
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

    def rate(self, state: Snapshot) -> float | Callable[[int], float]:
        """Return the learning rate of the steps to come; under a schedule, as a function of the steps made."""
        extra, factor, lr, total = state.extra or {}, self.factor, state.lr, self.total
        if factor is None or extra.get("by_hand"):
            return lr
        first = int(extra.get("first", 0))
        return lambda made: lr * factor(made - first, total)

    def lr(self, state: Snapshot) -> float:
        """Return the learning rate of the step to come, schedule included."""
        rate = self.rate(state)
        return rate(state.step) if callable(rate) else rate

    def terms(self, state: Snapshot) -> Callable[[float, Array, Array], tuple[float, Array]] | None:
        """Return what makes the whole loss of the data's, see `objective.weigh`; None where that is the whole."""
        if not self.spec.terms and not state.terms:
            return None
        return partial(objective.weigh, {**self.spec.terms, **dict(state.terms)}, self.penalised)

    def objective(self, state: Snapshot, X: Array, y: NDArray[Any]) -> Objective:
        """Return the loss on these rows for an optimizer that asks."""
        return Objective(self.model, self.loss, X, y, state.theta, state.frozen, self.terms(state), self.metric)

    def validates(self, state: Snapshot) -> bool:
        """Return whether the validation rows are scored after the step that led to a state."""
        every = self.spec.val_every
        return state.step % every == 0 if every else state.cursor >= self.rows

    def room(self, state: Snapshot, validates: bool) -> int:
        """Return how many steps there are, at the batch size of a state, to the next validation or the stage's end."""
        every, batch = self.spec.val_every, batch_of(self.spec, self.opt, self.rows, state.batch)
        left = steps_an_epoch(self.rows - state.cursor, batch)
        if validates and not every:
            return left or steps_an_epoch(self.rows, batch)
        left += (self.last_epoch - state.epoch) * steps_an_epoch(self.rows, batch)
        return min(left, every - state.step % every) if validates and every else left

    def data_weight(self, state: Snapshot) -> float:
        """Return the weight of the data's loss among the terms."""
        return {**self.spec.terms, **dict(state.terms)}.get("data", 1.0)


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
        chosen = rows_of_stage(spec, k, train[1].shape[0])
        part = train if chosen is None else (np.ascontiguousarray(train[0][chosen]), train[1][chosen])
        seen = part[1].shape[0]
        opt = optimizer_named(settings.optimizer, seed=spec.seed + k, options=settings.optimizer_options)
        used = (
            model if settings.dtype == model.dtype or spec.foreign else replace(model, dtype=settings.dtype, plan=None)
        )
        noisy = None
        if settings.shots is not None:
            noisy = ShotPlan(model.circuit, model.observables, settings.shots, dtype=settings.dtype)
            used = replace(used, plan=noisy)
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
    acting = [name for name in spec.terms if name != "data"]
    if acting and not on.size:
        raise TrainError(
            f"the terms {', '.join(acting)} have nothing to act on: the model has no classical matrix",
            where="terms",
            cure="leave them out, or use head='linear'",
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
