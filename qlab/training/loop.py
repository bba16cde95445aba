"""The training loop as a generator of events. Must not know threads, widgets, files or who listens.

With the same spec, data and orders it gives the same events bit for bit, but for the times in them.
"""

from __future__ import annotations

import contextvars
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import QlabError, TrainError
from ..models.losses import Array
from ..models.model import Model, init
from . import instruments
from .control import STEERING, Control, steered
from .early import watched
from .events import Evaluated, Event, Failed, Finished, Intervened, Noted, Started, Step, TrainState
from .feed import Feed, Watch
from .metrics import confusion, evaluate, merit_name
from .spec import Spec
from .stage import Split, Stage, stages_of, steps_an_epoch, steps_left
from .steps import Made, move_of, told

__all__ = ["Orders", "columns_of", "run", "start_state", "steps_an_epoch", "steps_left"]
MOST = 64  # steps told together
TIMES = ("time", "step_ms", "engine_ms")  # the columns that differ between two runs of one spec


class Orders(Protocol):
    """What the loop needs of a `Control`; ``instruments``, a set of names, is looked at where there is one.

    ``take`` and ``room``, the steps until it has one, are told how many steps were made. ``queue``, where there is
    one, is not empty when an order came.
    """

    def take(self, made: int) -> tuple[str, Any] | None: ...
    def room(self, made: int) -> int: ...
    def idle(self) -> None: ...


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
    hold: float = 0.0,
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
        hold: seconds for which steps may be held back, to be told together: telling one at a time, between two calls
            of the engine that emptied the caches, takes three times as long. Any other event brings them out.

    Yields:
        `Started`, then `Step` (with `Evaluated` after the steps that were validated), `Intervened`, `Noted` and
        `Measured`, then `Finished` or `Failed`. Nothing is raised. Validation and final figures are exact, and on
        the whole splits, also where a stage measures with shots or sees a part of the rows.
    """
    events = _events(
        spec, data, control, model=model, start=start, run_id=run_id, clock=clock, elapsed=elapsed, hold=hold
    )
    # what overflows is caught by name and needs no warning of numpy; in a context of its own, as the caller's code
    # runs between two events, and as entering one at each step costs more than all that is recorded of it
    quiet = contextvars.copy_context()
    quiet.run(np.seterr, all="ignore")
    return iter(partial(quiet.run, events.__next__), None)


def _events(
    spec: Spec,
    data: Any,
    control: Orders | None,
    *,
    model: Model | None,
    start: TrainState | None,
    run_id: str,
    clock: Callable[[], float],
    elapsed: float,
    hold: float,
) -> Iterator[Event]:
    orders = Control() if control is None else control
    watch = Watch(clock, elapsed)
    state: TrainState | None = start
    made: list[Made] = []  # steps that are not worked out yet
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
        task, figure, names = spec.task, merit_name(spec.task), columns_for(spec)
        total = state.step + steps_left(spec, state, train[1].shape[0])
        yield Started(run_id, time.time(), spec, total, names, dict(model.circuit.stats()))
        if state.step == 0 and spec.stages:
            yield _entered(stages[0], state, watch)
        stopped, validates = False, bool(val[1].size)
        stage = stages[state.stage]
        feed = Feed(stage, spec.seed)
        over = stage.over(state)
        queue = getattr(orders, "queue", ())
        while True:
            if over:
                if stage.index + 1 == len(stages):
                    break
                stage = stages[stage.index + 1]
                state, feed = stage.begin(state), Feed(stage, spec.seed)
                yield _entered(stage, state, watch)
            order = orders.take(state.step)
            if order is not None:
                state, stopped = yield from _obey(orders, order, state, watch, stage)
                if stopped:
                    break
            wanted = getattr(orders, "instruments", None)
            room = 1 if wanted or not hold else min(MOST, stage.room(state, validates), orders.room(state.step))
            move, made, base = move_of(stage, state, kept=bool(wanted)), [], state.step
            theta, opt, epoch, cursor = state.theta, state.opt, state.epoch, state.cursor
            began = clock()
            due = began + hold
            for at in range(base, base + room):
                if cursor >= stage.rows:
                    epoch, cursor = epoch + 1, 0
                X, y = feed.take(epoch, cursor, state.batch)
                theta, opt, record = move(at, theta, opt, X, y)
                cursor += len(y)
                ended = clock()
                made.append((record, y, epoch, ended))
                if ended >= due or queue or record[4]:
                    break
            rows, made = told(task, names, base + 1, began, watch.zero, made), []
            grad, done = record[3:5]
            extra = {**(state.extra or {}), "over": done} if done else state.extra
            state = state._replace(step=at + 1, theta=theta, opt=opt, epoch=epoch, cursor=cursor, extra=extra)
            now, over, checked, text = rows[-1][2], stage.over(state), None, ""
            if validates and (over or stage.validates(state)):
                checked = evaluate(model, state.theta, *val, stage.loss)
                if stage.spec.early_stop:
                    figures = {"val_loss": checked[0], f"val_{figure}": checked[1]}
                    state, text = watched(stage.spec.early_stop, state, figures, last=over)
                    over = over or bool(text)
                now = watch.elapsed()
                rows[-1] = (*rows[-1][:2], now, *rows[-1][3:-2], *checked[:2])
            yield Step(state.step, epoch + 1, now, tuple(rows), names, state)
            if checked is not None:
                yield _evaluated(model, state.step, now, checked, val[1], figure)
            if wanted:
                scores = None if checked is None else checked[2]
                yield from instruments.measured(wanted, model, state, grad, scores, val, now)
            if text or done:
                yield Noted(state.step, watch.elapsed(), "early_stop" if text else "converged", text or done, {})
        metrics = {}
        for name, split in (("train", train), ("val", val), ("test", test)):
            if split[1].size:
                metrics[f"{name}_loss"], metrics[f"{name}_{figure}"], _ = evaluate(
                    model, state.theta, *split, stages[-1].loss
                )
        yield Finished(state.step, watch.elapsed(), "stopped" if stopped else "done", metrics)
    except Exception as error:
        if made and state is not None:  # steps before the one that failed
            rows = told(task, names, base + 1, began, watch.zero, made)
            state = state._replace(step=base + len(made), theta=theta, opt=opt, epoch=made[-1][2])
            yield Step(state.step, state.epoch + 1, rows[-1][2], tuple(rows), names, state)
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
            order = orders.take(state.step)
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
        order = orders.take(state.step)
    return state, False


def _steered(stage: Stage, state: TrainState, kind: str, value: Any) -> tuple[TrainState, Any, Any]:
    """Return the state after an order, with what the order means for schedule and optimizer."""
    before = stage.lr(state)
    changed, old, new = steered(state, kind, value, stage.model.slices, stage.spec.batch)
    extra = state.extra or {}
    if kind == "lr" and stage.factor is not None and value != before:  # the hand has the last word: no more schedule
        return changed._replace(lr=value, extra={**extra, "by_hand": True}), before, value
    if changed is not state and stage.opt.whole and kind in ("freeze", "thaw", "term"):
        changed = changed._replace(opt=stage.opt.init(stage.free(changed)))  # its losses are of another objective now
    return changed, old, new


def _split(spec: Spec, model: Model, split: Any) -> Split:
    if split is None:
        return np.empty((0, model.n_inputs)), np.empty(0, dtype=np.int64)
    X = np.ascontiguousarray(split.X[:, : model.n_inputs], dtype=np.float64)
    if spec.task == "regression":
        return X, (np.asarray(split.y, dtype=np.float64) - spec.y_shift) / spec.y_scale
    return X, np.asarray(split.y, dtype=np.int64)


def _evaluated(
    model: Model, at: int, time: float, checked: tuple[float, float, Array], y: NDArray[Any], figure: str
) -> Evaluated:
    matrix = None if model.classes is None else confusion(checked[2], y, len(model.classes))
    return Evaluated(at, time, {"val_loss": checked[0], f"val_{figure}": checked[1]}, matrix)


def _describe(error: Exception, at: int) -> dict[str, str | None]:
    if isinstance(error, QlabError):
        told = error.to_dict()
        return {**told, "where": told["where"] or f"step {at}"}
    return {"type": type(error).__name__, "message": str(error), "where": f"step {at}", "cure": None}
