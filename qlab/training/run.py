"""A run in the hands of its user: a fold over events, readable from any thread. Must not compute a step."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any

from .. import engine
from ..errors import TrainError
from ..models.baseline import logistic
from ..models.model import Model
from ..models.trained import TrainedModel
from . import job
from .columns import Columns
from .control import Control
from .events import Evaluated, Event, Failed, Finished, Intervened, Started, Step, TrainState
from .loop import columns_of, steps_an_epoch
from .loop import run as run_loop
from .metrics import merit_name
from .spec import Spec
from .status import LAST, confusion_of, finite, intervention

if TYPE_CHECKING:
    import pandas as pd

    from ..widgets.panel import Panel

ACTIVE = ("waiting", "running", "paused")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that is read as a digit


class Run:
    """One training run, started by `qlab.train`. Columns, state and model may be read while it goes on.

    Example:
        >>> run = qlab.train(circuit, features)          # doctest: +SKIP
        >>> run.lr = 0.01; run.pause(); run.resume()      # doctest: +SKIP
        >>> run.wait(); run.history.tail()                # doctest: +SKIP
    """

    def __init__(
        self,
        spec: Spec,
        features: Any,
        model: Model,
        *,
        run_id: str | None = None,
        clock: Any = time.perf_counter,
    ) -> None:
        self.id = new_id() if run_id is None else run_id
        self.spec = spec
        self.state = "waiting"
        self.columns = Columns(columns_of(spec.task))
        self.total_steps = spec.epochs * steps_an_epoch(len(features.train.y), spec.batch)
        self.stats: dict[str, Any] = dict(model.circuit.stats())
        self.metrics: dict[str, float] = {}
        self.error: dict[str, str | None] | None = None
        self.version = 0  # grows with every change of status but the step, for panels
        self.started: float | None = None  # seconds since 1970
        self._model, self._features, self._control = model, features, Control()
        self._current: TrainState | None = None
        self._events: list[Event] = []
        self._evaluated: Evaluated | None = None
        self._failure: BaseException | None = None
        self._traceback: str | None = None
        self._baseline: dict[str, Any] | None = None
        self._elapsed = 0.0
        self._lr = spec.lr
        self._clock: Callable[[], float] = clock
        self._panel: Panel | None = None
        self._job = job.Job(self.id, self._stream(), self._fold, self._finish)

    # -- figures ----------------------------------------

    @property
    def name(self) -> str:
        """The name shown to people."""
        return self.spec.name

    @property
    def step(self) -> int:
        """Steps made."""
        return 0 if self._current is None else self._current.step

    @property
    def epoch(self) -> int:
        """The pass over the data the last step belongs to, from 1; 0 before the first step."""
        return 0 if self.step == 0 else int(self.latest("epoch"))

    @property
    def is_active(self) -> bool:
        """Whether it waits, runs or is paused."""
        return not self._job.done

    @property
    def lr(self) -> float:
        """The learning rate; setting it asks for a new one from the next step on."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._alive("the learning rate can't change")
        self._control.set_lr(value)
        self._changed()

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, oldest first, but for the steps themselves, which are in `history`."""
        return tuple(self._events)

    @property
    def history(self) -> pd.DataFrame:
        """One row a step, as a new DataFrame; nan where a figure was not measured."""
        import pandas as pd

        block = self.columns.block(0, self.columns.n)
        frame = pd.DataFrame({name: block[i] for i, name in enumerate(self.columns.names)})
        return frame.astype({"step": "int64", "epoch": "int64"})

    @property
    def model(self) -> TrainedModel:
        """The model with the weights of the last step; its predict raises TrainError before the first."""
        theta = None if self._current is None else self._current.theta
        return TrainedModel(self._model, theta, self._features, f"run {self.id}")

    @property
    def baseline(self) -> dict[str, Any]:
        """The classical comparison on the same features: ``{"name", "metric", "train", "val", "test"}``."""
        if self._baseline is None:
            self._baseline = logistic(self._features)
        return self._baseline

    def latest(self, column: str) -> float:
        """Return the newest measured value of a column, nan if there is none.

        Raises:
            TrainError: there is no such column.
        """
        if column not in self.columns.names:
            raise TrainError(
                f"unknown column {column!r}",
                where=f"run {self.id}",
                cure=f"use one of {', '.join(self.columns.names)}",
                value=column,
            )
        stop = self.columns.n
        while stop > 0:  # backwards in blocks: validation columns are sparse
            start = max(0, stop - 512)
            for value in self.columns.block(start, stop)[self.columns.names.index(column)][::-1]:
                if not math.isnan(value):
                    return float(value)
            stop = start
        return math.nan

    def summary(self) -> dict[str, float]:
        """Return the final figures by name, such as ``test_accuracy``; of the last step while it goes on."""
        if self.metrics:
            return dict(self.metrics)
        figure = merit_name(self.spec.task)
        names = {"train_loss": "loss", f"train_{figure}": figure}
        names |= {name: name for name in ("val_loss", f"val_{figure}")}
        return {name: self.latest(column) for name, column in names.items()}

    # -- steering ----------------------------------------

    def pause(self) -> None:
        """Hold before the next step; returns at once."""
        self._alive("it can't be paused")
        self._control.pause()

    def resume(self) -> None:
        """Go on after a pause, with the very numbers of a run that was never paused; returns at once."""
        self._alive("it can't go on")
        self._control.resume()

    def stop(self) -> None:
        """End before the next step, keeping all there is; returns at once; nothing if it has ended."""
        self._control.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, at most ``timeout`` seconds; return whether it came.

        Ctrl-C ends the wait, not the run.

        Raises:
            TrainError: the run failed; the cause is attached.
        """
        over = self._job.wait(timeout)
        if over and self.error is not None:
            where = self.error.get("where")
            raise TrainError(
                f"run {self.id} failed: {self.error['message']}", where=where, cure=self.error.get("cure")
            ) from self._failure
        return over

    def _alive(self, what: str) -> None:
        if self.state not in ACTIVE:
            raise TrainError(
                f"run {self.id} is {self.state}, so {what}",
                where="run",
                cure="start another with qlab.train(…)",
            )

    # -- faces ----------------------------------------

    @property
    def panel(self) -> Panel:
        """The live panel, one for each run."""
        if self._panel is None:
            from ..widgets.panel import Panel

            self._panel = Panel(self)
        return self._panel

    def report(self, path: str | PathLike[str]) -> None:
        """Write one HTML page with the curves, the final figures and the circuit's statistics."""
        from ..widgets.report import write_report

        write_report(self, path)

    def status(self) -> dict[str, Any]:
        """Return the state as the frame protocol carries it: JSON-ready, without nan."""
        figure = merit_name(self.spec.task)
        base = self._baseline
        steered = [intervention(e) for e in self._events if isinstance(e, Intervened)][-LAST:]
        error = None if self.error is None else {**self.error, "traceback": self._traceback}
        best = None
        if base is not None and not math.isnan(base["train"]):
            best = {"name": base["name"], figure: base["test"] if math.isnan(base["val"]) else base["val"]}
        status: dict[str, Any] = finite(
            {
                "state": self.state,
                "step": self.step,
                "total": self.total_steps,
                "epoch": self.epoch,
                "epochs": self.spec.epochs,
                "lr": self.lr,
                "lr_pending": self._control.lr_pending if self.state in ACTIVE else None,
                "stats": self.stats,
                "events": steered,
                "confusion": confusion_of(self._evaluated, self.spec.classes),
                "error": error,
                "metrics": dict(self.metrics) or None,
                "elapsed": self._elapsed,
                "seed": self.spec.seed,
                "baseline": best,
            }
        )
        return status

    def __repr__(self) -> str:
        figures = [f"step {self.step:,} of {self.total_steps:,}"]
        for name in ("loss", *self.columns.names[-2:]):
            value = self.latest(name)
            if not math.isnan(value):
                figures.append(f"{name} {value:.4g}")
        if self.error is not None:
            figures.append(str(self.error["message"]))
        return f"Run {self.id} {self.name!r} {self.state}: {', '.join(figures)}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        try:
            return self.panel._repr_mimebundle_(include=include, exclude=exclude)
        except Exception:  # no bundle built, no widget library: the last state as a table is better than nothing
            from ..widgets.still import static_html

            return {"text/plain": repr(self), "text/html": static_html(self)}

    # -- the fold, on the job's thread ----------------------------------------

    def _stream(self) -> Iterator[Event]:
        engine.warm_up()  # compiles on a machine's first use; the first step then costs what the others do
        try:
            _ = self.baseline
        except Exception:  # a comparison that fails must not cost the run
            self._baseline = {
                "name": "no baseline",
                "metric": "",
                "train": math.nan,
                "val": math.nan,
                "test": math.nan,
            }
        yield from run_loop(
            self.spec, self._features, self._control, model=self._model, run_id=self.id, clock=self._clock
        )

    def _fold(self, event: Event) -> None:
        if isinstance(event, Step):
            self.columns.append(event.values)
            self._current, self._elapsed = event.state, event.time
            return
        self._events.append(event)
        if isinstance(event, Started):
            self.state, self.started = "running", event.time
        elif isinstance(event, Evaluated):
            self._evaluated = event
        elif isinstance(event, Intervened):
            self._elapsed = event.time
            if event.kind == "lr":
                self._lr = event.new
            if event.kind in ("pause", "resume"):
                self.state = "paused" if event.kind == "pause" else "running"
        elif isinstance(event, Finished):
            self.metrics, self._elapsed = dict(event.metrics), event.time
            self.state = event.reason
        elif isinstance(event, Failed):
            self.error, self._traceback, self._failure = dict(event.error), event.traceback, event.cause
            self.state = "failed"
        self._changed()

    def _finish(self, error: BaseException | None) -> None:
        if error is not None and self.error is None:  # a fault in the fold itself: shown, never swallowed
            self.error = {
                "type": type(error).__name__,
                "message": str(error),
                "where": f"run {self.id}",
                "cure": None,
            }
            self._failure, self.state = error, "failed"
        job.release(self.id)
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        job.ticker.wake()

    def _start(self, *, parallel: bool) -> None:
        job.claim(self.id, self.name, parallel=parallel)
        self._job.start()


def new_id() -> str:
    """Return a short id that sorts by time: seconds in base 32, and three random signs."""
    seconds, text = int(time.time()) - 1_577_836_800, ""
    for _ in range(6):
        seconds, digit = divmod(seconds, 32)
        text = ALPHABET[digit] + text
    return f"{text}-{''.join(secrets.choice(ALPHABET) for _ in range(3))}"
