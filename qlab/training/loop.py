"""The training loop as a generator of events. Must not know threads, widgets, files or who listens.

With the same spec, data and orders it gives the same events bit for bit, but for the times in them.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import QlabError, TrainError
from ..models.losses import Array
from ..models.model import Model, init, loss_and_grad, not_finite
from .control import Control
from .events import Evaluated, Event, Failed, Finished, Intervened, Started, Step, TrainState
from .metrics import confusion, evaluate, merit, merit_name
from .optim import Optimizer
from .optim import optimizer as optimizer_named
from .spec import Spec

Split = tuple[Array, NDArray[Any]]
NAN = float("nan")


class Orders(Protocol):
    """What the loop needs of a `Control`."""

    def take(self) -> tuple[str, Any] | None: ...
    def idle(self) -> None: ...


def columns_of(task: str) -> tuple[str, ...]:
    """Return the column names of a run: ``accuracy`` is ``r2`` in regression."""
    figure = merit_name(task)
    return (
        "step",
        "epoch",
        "time",
        "loss",
        figure,
        "grad_norm",
        "lr",
        "step_ms",
        "val_loss",
        f"val_{figure}",
    )


def steps_an_epoch(rows: int, batch: int) -> int:
    """Return the number of batches in one pass; the last may be smaller."""
    return -(-rows // batch)


def start_state(spec: Spec, model: Model) -> TrainState:
    """Return the state before the first step: everything in it follows from the seed."""
    theta = init(model, spec.seed)
    return TrainState(0, theta, optimizer_named(spec.optimizer).init(theta), spec.lr)


def step(
    model: Model, loss: str, opt: Optimizer, state: TrainState, X: Array, y: NDArray[Any]
) -> tuple[TrainState, float, float, Array]:
    """Return the state after one step on a batch, and loss, gradient norm and scores before it.

    Raises:
        TrainError: the loss, the gradient or the new weights aren't finite.
    """
    with np.errstate(all="ignore"):  # what overflows is caught below, by name
        value, grad, scores = loss_and_grad(model, state.theta, X, y, loss)
        norm = float(np.sqrt(grad @ grad))
        if not np.isfinite(norm):
            raise not_finite("gradient norm", norm)
        theta, moments = opt.update(grad, state.opt, state.theta, state.lr)
        if not np.isfinite(total := float(theta.sum())):
            raise not_finite("sum of the weights", total)
    return TrainState(state.step + 1, theta, moments, state.lr), value, norm, scores


def run(
    spec: Spec,
    data: Any,
    control: Orders | None = None,
    *,
    model: Model | None = None,
    start: TrainState | None = None,
    run_id: str = "",
    clock: Callable[[], float] = time.perf_counter,
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

    Yields:
        `Started`, then `Step` (with `Evaluated` after the steps that were validated) and `Intervened`, then
        `Finished` or `Failed`. Nothing is raised.
    """
    orders = Control() if control is None else control
    watch = _Watch(clock)
    state: TrainState | None = start
    try:
        model = spec.model() if model is None else model
        train, val, test = (_split(spec, model, getattr(data, name, None)) for name in ("train", "val", "test"))
        rows = train[1].shape[0]
        if rows == 0:
            raise TrainError("there are no training rows", where="features.train", cure="use a smaller test or val")
        state = start_state(spec, model) if state is None else state
        opt = optimizer_named(spec.optimizer)
        figure = merit_name(spec.task)
        an_epoch = steps_an_epoch(rows, spec.batch)
        total = spec.epochs * an_epoch
        every = spec.val_every or an_epoch
        batch_x = np.empty((min(spec.batch, rows), model.n_inputs))
        batch_y = np.empty(min(spec.batch, rows), dtype=train[1].dtype)
        order_of: tuple[int, NDArray[np.int64]] | None = None
        yield Started(run_id, time.time(), spec, total, columns_of(spec.task), dict(model.circuit.stats()))
        stopped = False
        while state.step < total:
            state, stopped = yield from _obey(orders, state, watch)
            if stopped:
                break
            began = clock()
            epoch, i = divmod(state.step, an_epoch)
            if order_of is None or order_of[0] != epoch:
                order_of = epoch, np.random.default_rng([spec.seed, 2, epoch]).permutation(rows)
            chosen = order_of[1][i * spec.batch : (i + 1) * spec.batch]
            X, y = batch_x[: chosen.size], batch_y[: chosen.size]
            np.take(train[0], chosen, axis=0, out=X, mode="clip")  # "raise" would fill a second buffer
            np.take(train[1], chosen, out=y, mode="clip")
            state, loss, norm, scores = step(model, spec.loss, opt, state, X, y)
            took = clock() - began
            checked = None
            if val[1].size and (state.step % every == 0 or state.step == total):
                checked = evaluate(model, state.theta, *val, spec.loss)
            values = {
                "step": float(state.step),
                "epoch": epoch + 1.0,
                "time": watch.elapsed(),
                "loss": loss,
                figure: merit(spec.task, scores, y),
                "grad_norm": norm,
                "lr": state.lr,
                "step_ms": 1e3 * took,
                "val_loss": NAN if checked is None else checked[0],
                f"val_{figure}": NAN if checked is None else checked[1],
            }
            yield Step(state.step, epoch + 1, values["time"], values, state)
            if checked is not None:
                yield _evaluated(model, state.step, values, checked, val[1], figure)
        metrics = {}
        for name, split in (("train", train), ("val", val), ("test", test)):
            if split[1].size:
                metrics[f"{name}_loss"], metrics[f"{name}_{figure}"], _ = evaluate(
                    model, state.theta, *split, spec.loss
                )
        yield Finished(state.step, watch.elapsed(), "stopped" if stopped else "done", metrics)
    except Exception as error:
        at = 0 if state is None else state.step + 1
        yield Failed(at, watch.elapsed(), _describe(error, at), traceback.format_exc(), error)


def _obey(orders: Orders, state: TrainState, watch: _Watch) -> Generator[Event, None, tuple[TrainState, bool]]:
    """Take all orders, and hold while paused; return the state and whether to stop."""
    paused = False
    while True:
        order = orders.take()
        if order is None:
            if not paused:
                return state, False
            orders.idle()
            continue
        kind, value = order
        at, now = state.step + 1, watch.elapsed()
        if kind == "stop":
            yield Intervened(at, now, "stop", None, None)
            return state, True
        if kind == "lr" and value != state.lr:
            yield Intervened(at, now, "lr", state.lr, value)
            state = replace(state, lr=value)
        elif kind == "pause" and not paused:
            paused = True
            watch.hold()
            yield Intervened(at, now, "pause", None, None)
        elif kind == "resume" and paused:
            paused = False
            watch.go()
            yield Intervened(at, now, "resume", None, None)


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


class _Watch:
    """Seconds since the start, pauses left out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._zero = clock()
        self._held: float | None = None

    def elapsed(self) -> float:
        return (self._clock() if self._held is None else self._held) - self._zero

    def hold(self) -> None:
        self._held = self._clock()

    def go(self) -> None:
        if self._held is not None:
            self._zero += self._clock() - self._held
            self._held = None
