"""The training loop as a generator of events. Must not know threads, widgets, files or who listens.

With the same spec, data and orders it gives the same events bit for bit, but for the times in them.
"""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import QlabError, TrainError
from ..models.losses import Array
from ..models.model import Model, init, loss_and_grad, not_finite
from . import instruments
from .control import STEERING, Control, steered
from .early import watched
from .events import Evaluated, Event, Failed, Finished, Intervened, Noted, Started, Step, TrainState
from .feed import Feed, Watch
from .metrics import confusion, evaluate, merit, merit_name
from .spec import Spec
from .stage import Split, Stage, stages_of, steps_an_epoch, steps_left

__all__ = ["Orders", "columns_of", "run", "start_state", "step", "steps_an_epoch", "steps_left"]
NAN = float("nan")
TIMES = ("time", "step_ms", "engine_ms")  # the columns that differ between two runs of one spec


class Orders(Protocol):
    """What the loop needs of a `Control`; ``instruments``, a set of names, is looked at where there is one."""

    def take(self) -> tuple[str, Any] | None: ...
    def idle(self) -> None: ...


class Record(NamedTuple):
    """What a step measured: loss, norm of the gradient before clipping, scores, gradient, why it is done, rate."""

    loss: float
    norm: float
    scores: Array
    grad: Array | None
    done: str
    lr: float


def columns_of(task: str, *, shots: bool = False) -> tuple[str, ...]:
    """Return the column names of a run: ``accuracy`` is ``r2`` in regression; ``shots``: whether any stage has some."""
    figure = merit_name(task)
    more = ("loss_se",) if shots else ()
    return (
        "step",
        "epoch",
        "time",
        "loss",
        figure,
        "grad_norm",
        "lr",
        "step_ms",
        "engine_ms",
        *more,
        "val_loss",
        f"val_{figure}",
    )


def columns_for(spec: Spec) -> tuple[str, ...]:
    """Return the column names of a run by its spec."""
    return columns_of(spec.task, shots=any(settings.shots is not None for settings in spec.settings))


def start_state(spec: Spec, model: Model) -> TrainState:
    """Return the state before the first step: everything in it follows from the seed."""
    from .optim import optimizer

    theta, first = init(model, spec.seed), spec.settings[0]
    opt = optimizer(first.optimizer, seed=spec.seed, options=first.optimizer_options)
    return TrainState(0, theta, opt.init(theta), first.lr, batch=first.batch)


def step(stage: Stage, state: TrainState, X: Array, y: NDArray[Any]) -> tuple[TrainState, Record]:
    """Return the state after one step on a batch, and what it measured.

    Raises:
        TrainError: the loss, the gradient or the new weights aren't finite.
    """
    opt, lr = stage.opt, stage.lr(state)
    extra = state.extra
    with np.errstate(all="ignore"):  # what overflows is caught below, by name
        if opt.update is not None:
            value, grad, scores = loss_and_grad(stage.model, state.theta, X, y, stage.loss)
            penalty = stage.penalty(state)
            if penalty is not None:
                more, by_theta = penalty(state.theta)
                value, grad = value + more, grad + by_theta
            if state.frozen is not None:
                grad = np.where(state.frozen, 0.0, grad)
            norm = math.sqrt(grad @ grad)
            if not math.isfinite(norm):
                raise not_finite("gradient norm", norm)
            used = grad if stage.spec.clip is None else _clipped(grad, norm, stage.spec.clip)
            theta, moments = opt.update(used, state.opt, state.theta, lr)
            if state.frozen is not None:  # momentum and decay would move them too
                theta = np.where(state.frozen, state.theta, theta)
            record = Record(value, norm, scores, grad, "", lr)
        else:
            theta, moments, record = _searched(stage, state, X, y, lr)
            if record.done:
                extra = {**(extra or {}), "over": record.done}
        if not math.isfinite(theta @ stage.zeros):  # 0 · θ is not a number as soon as one weight isn't finite
            raise not_finite("sum of the weights", float(theta.sum()))
    after = TrainState(
        state.step + 1,
        theta,
        moments,
        state.lr,
        state.epoch,
        state.cursor + y.shape[0],
        state.batch,
        state.frozen,
        state.terms,
        state.stage,
        state.rng,
        extra,
    )
    return after, record


def _searched(
    stage: Stage, state: TrainState, X: Array, y: NDArray[Any], lr: float
) -> tuple[Array, tuple[NDArray[Any], ...], Record]:
    """Let an optimizer ask for what it wants; return the weights, its state and what was measured."""
    objective = stage.objective(state, X, y)
    assert stage.opt.search is not None
    move = stage.opt.search(objective, state.opt, stage.free(state), lr)
    if not math.isfinite(move.value):
        raise not_finite("loss", move.value)
    norm = NAN if move.grad is None else math.sqrt(move.grad @ move.grad)
    grad = move.grad
    if grad is not None and objective.free is not None:
        grad = np.zeros(state.theta.shape[0])
        grad[objective.free] = move.grad
    scores = np.empty((0, stage.model.n_outputs)) if objective.best is None else objective.best[1]
    return objective.full(move.theta), move.state, Record(move.value, norm, scores, grad, move.done, lr)


def _clipped(grad: Array, norm: float, clip: Mapping[str, float]) -> Array:
    if "value" in clip:
        return np.clip(grad, -clip["value"], clip["value"])
    return grad * (clip["norm"] / norm) if norm > clip["norm"] else grad


def run(
    spec: Spec,
    data: Any,
    control: Orders | None = None,
    *,
    model: Model | None = None,
    start: TrainState | None = None,
    run_id: str = "",
    clock: Callable[[], float] = time.perf_counter,
    elapsed: float = 0.0,
) -> Iterator[Event]:
    """Train, and yield what happens.

    Args:
        spec: the recipe.
        data: has ``train, val, test`` splits with X (rows, n) float64 and y; `qlab.data.Features` is one.
        control: orders taken between steps; None for none.
        model: the compiled model, if there is one already.
        start: a state to go on from; None for the beginning.
        run_id: named in `Started`.
        clock: seconds, for the time columns only.
        elapsed: seconds that the steps before ``start`` took.

    Yields:
        `Started`, then `Step` (with `Evaluated` after the steps that were validated), `Intervened`, `Noted` and
        `Measured`, then `Finished` or `Failed`. Nothing is raised. Validation and final figures are exact, and on
        the whole splits, also where a stage measures with shots or sees a part of the rows.
    """
    orders = Control() if control is None else control
    watch = Watch(clock, elapsed)
    state: TrainState | None = start
    try:
        model = spec.model() if model is None else model
        train, val, test = (_split(spec, model, getattr(data, name, None)) for name in ("train", "val", "test"))
        if train[1].shape[0] == 0:
            raise TrainError("there are no training rows", where="features.train", cure="use a smaller test or val")
        stages = stages_of(spec, model, train)
        if not val[1].size and any(stage.spec.early_stop for stage in stages):
            raise TrainError(
                "early_stop needs validation rows, and there are none",
                where="early_stop",
                cure="make the features with val=0.2, or leave early_stop out",
            )
        state = start_state(spec, model) if state is None else state
        figure, names = merit_name(spec.task), columns_for(spec)
        total = state.step + steps_left(spec, state, train[1].shape[0])
        yield Started(run_id, time.time(), spec, total, names, dict(model.circuit.stats()))
        if state.step == 0 and spec.stages:
            yield _entered(stages[0], state, watch)
        stopped = False
        stage = stages[state.stage]
        feed = Feed(stage, spec.seed)
        while True:
            if stage.over(state):
                if stage.index + 1 == len(stages):
                    break
                stage = stages[stage.index + 1]
                state, feed = stage.begin(state), Feed(stage, spec.seed)
                yield _entered(stage, state, watch)
            order = orders.take()
            if order is not None:
                state, stopped = yield from _obey(orders, order, state, watch, stage)
                if stopped:
                    break
            began, engine = clock(), stage.meter.seconds
            if state.cursor >= stage.rows:
                state = replace(state, epoch=state.epoch + 1, cursor=0)
            stage.reseed(state.step)
            X, y = feed.take(state)
            state, record = step(stage, state, X, y)
            took = clock() - began
            over, checked, text = stage.over(state), None, ""
            every = stage.spec.val_every
            if val[1].size and (over or (state.step % every == 0 if every else state.cursor >= stage.rows)):
                checked = evaluate(model, state.theta, *val, stage.loss)
                if stage.spec.early_stop:
                    told = {"val_loss": checked[0], f"val_{figure}": checked[1]}
                    state, text = watched(stage.spec.early_stop, state, told, last=over)
            values = {
                "step": float(state.step),
                "epoch": state.epoch + 1.0,
                "time": watch.elapsed(),
                "loss": record.loss,
                figure: merit(spec.task, record.scores, y) if record.scores.shape[0] else NAN,
                "grad_norm": record.norm,
                "lr": record.lr,
                "step_ms": 1e3 * took,
                "engine_ms": 1e3 * (stage.meter.seconds - engine),
                "val_loss": NAN if checked is None else checked[0],
                f"val_{figure}": NAN if checked is None else checked[1],
            }
            if stage.noisy is not None and stage.opt.update is not None:
                values["loss_se"] = stage.noisy.spread
            yield Step(state.step, state.epoch + 1, values["time"], values, state)
            if checked is not None:
                yield _evaluated(model, state.step, values, checked, val[1], figure)
            wanted = getattr(orders, "instruments", None)
            if wanted:
                yield from instruments.measured(
                    wanted, model, state, record.grad, None if checked is None else checked[2], val, values["time"]
                )
            if text or record.done:
                yield Noted(state.step, watch.elapsed(), "early_stop" if text else "converged", text or record.done, {})
        metrics = {}
        for name, split in (("train", train), ("val", val), ("test", test)):
            if split[1].size:
                metrics[f"{name}_loss"], metrics[f"{name}_{figure}"], _ = evaluate(
                    model, state.theta, *split, stages[-1].loss
                )
        yield Finished(state.step, watch.elapsed(), "stopped" if stopped else "done", metrics)
    except Exception as error:
        at = 0 if state is None else state.step + 1
        yield Failed(at, watch.elapsed(), _describe(error, at), traceback.format_exc(), error)


def _entered(stage: Stage, state: TrainState, watch: Watch) -> Noted:
    settings = stage.spec
    told: dict[str, Any] = {
        "stage": stage.index,
        "optimizer": settings.optimizer,
        "lr": settings.lr,
        "rows": stage.rows,
    }
    told |= {"batch": settings.batch, "shots": settings.shots, "dtype": settings.dtype, "name": settings.name}
    parts = [settings.optimizer, f"{stage.rows:,} rows"]
    if settings.shots is not None:
        parts.append(f"{settings.shots:,} shots")
    if settings.dtype != "complex128":
        parts.append(settings.dtype)
    return Noted(state.step + 1, watch.elapsed(), "stage", f"stage {stage.index + 1}: {', '.join(parts)}", told)


def _obey(
    orders: Orders, order: tuple[str, Any] | None, state: TrainState, watch: Watch, stage: Stage
) -> Generator[Event, None, tuple[TrainState, bool]]:
    """Follow an order and all after it, and hold while paused; return the state and whether to stop."""
    paused = False
    while order is not None or paused:
        if order is None:
            orders.idle()
            order = orders.take()
            continue
        (kind, value), order = order, None
        at, now = state.step + 1, watch.elapsed()
        if kind == "stop":
            yield Intervened(at, now, "stop", None, None)
            return state, True
        if kind in STEERING:
            changed, old, new = _steered(stage, state, kind, value)
            if changed is not state:
                yield Intervened(at, now, kind, old, new)
                state = changed
        elif kind == "pause" and not paused:
            paused = True
            watch.hold()
            yield Intervened(at, now, "pause", None, None)
        elif kind == "resume" and paused:
            paused = False
            watch.go()
            yield Intervened(at, now, "resume", None, None)
        order = orders.take()
    return state, False


def _steered(stage: Stage, state: TrainState, kind: str, value: Any) -> tuple[TrainState, Any, Any]:
    """Return the state after an order, with what the order means for schedule and optimizer."""
    before = stage.lr(state)
    changed, old, new = steered(state, kind, value, stage.model.slices, stage.spec.batch)
    extra = state.extra or {}
    if kind == "lr" and stage.factor is not None and value != before:  # the hand has the last word: no more schedule
        return replace(changed, lr=value, extra={**extra, "by_hand": True}), before, value
    if changed is not state and stage.opt.whole and kind in ("freeze", "thaw", "term"):
        changed = replace(changed, opt=stage.opt.init(stage.free(changed)))  # its losses are of another objective now
    return changed, old, new


def _split(spec: Spec, model: Model, split: Any) -> Split:
    if split is None:
        return np.empty((0, model.n_inputs)), np.empty(0, dtype=np.int64)
    X = np.ascontiguousarray(split.X[:, : model.n_inputs], dtype=np.float64)
    if spec.task == "regression":
        return X, (np.asarray(split.y, dtype=np.float64) - spec.y_shift) / spec.y_scale
    return X, np.asarray(split.y, dtype=np.int64)


def _evaluated(
    model: Model,
    at: int,
    values: dict[str, float],
    checked: tuple[float, float, Array],
    y: NDArray[Any],
    figure: str,
) -> Evaluated:
    matrix = None if model.classes is None else confusion(checked[2], y, len(model.classes))
    return Evaluated(at, values["time"], {"val_loss": checked[0], f"val_{figure}": checked[1]}, matrix)


def _describe(error: Exception, at: int) -> dict[str, str | None]:
    if isinstance(error, QlabError):
        told = error.to_dict()
        return {**told, "where": told["where"] or f"step {at}"}
    return {"type": type(error).__name__, "message": str(error), "where": f"step {at}", "cure": None}
