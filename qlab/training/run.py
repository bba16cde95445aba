"""A run in the hands of its user: a fold over events, readable from any thread. Must not compute a step."""

from __future__ import annotations

import math
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .. import engine
from ..errors import TrainError, not_one_of
from ..models.baseline import logistic
from ..models.model import Model
from . import job
from .columns import Columns
from .control import STEERING, Control, checked, steered
from .events import Evaluated, Event, Failed, Finished, Intervened, Measured, Started, Step, Warned
from .instruments import NAMES as INSTRUMENTS
from .loop import columns_for, start_state, steps_left
from .options import terms_of
from .run_start import Start, course, new_id
from .run_view import RunView
from .snapshot import Array, Snapshot
from .spec import Spec
from .stage import rows_of_run
from .store import ACTIVE

if TYPE_CHECKING:
    from .recorder import Recorder
    from .store import Store

KEPT = 512  # readings of an instrument
COMPARING = 1.5  # s a run waits for its baseline at most: what that imports takes far longer while a cell computes
live: weakref.WeakValueDictionary[str, Run] = weakref.WeakValueDictionary()  # those of this process
NO_BASELINE = {"name": "no baseline", "metric": "", "train": math.nan, "val": math.nan, "test": math.nan}


class Run(RunView):
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
        start: Start | None = None,
        origin: dict[str, Any] | None = None,
    ) -> None:
        self.id = new_id() if run_id is None else run_id
        self.spec = spec
        self.columns = Columns(columns_for(spec))
        self.stats: dict[str, Any] = dict(model.circuit.stats())
        self.metrics: dict[str, float] = {}
        self.error: dict[str, str | None] | None = None
        self.warning: dict[str, str | None] | None = None
        self._compiling: dict[str, str | None] | None = None  # the warning while it is about that
        self.started: float | None = None
        self.origin = origin
        self._state, self._version = "waiting", 0
        self._model, self._features, self._control = model, features, Control()
        self._start_at = Start() if start is None else start
        self._current: Snapshot | None = None
        self._events: list[Event] = list(self._start_at.events)
        self._evaluated: Evaluated | None = next((e for e in self._events[::-1] if isinstance(e, Evaluated)), None)
        self._failure: BaseException | None = None
        self._traceback: str | None = None
        self._baseline: dict[str, Any] | None = None
        self._elapsed = self._start_at.elapsed
        self._compare = job.Turn(self._fit_baseline)
        self._clock: Callable[[], float] = clock
        self._panel = None
        self._recorder: Recorder | None = None
        self.at_end: list[Callable[[Run], None]] = []  # called once, on the run's thread, when it has ended
        self.measured: dict[str, deque[Measured]] = {}  # by instrument, the newest last
        if self._start_at.rows is not None:
            self.columns.fill(self._start_at.rows)
        state = self._start_at.state
        if state is not None and state.step >= self._start_at.silent:
            self._current = state
        state = start_state(spec, model) if state is None else state
        self._knobs = state  # only what is steered counts in it
        self.total_steps = self._total(state)
        self._job = job.Job(self.id, self._stream(), self._fold, self._finish)

    # -- figures ----------------------------------------

    @property
    def state(self) -> str:
        """``waiting``, ``running``, ``paused``, ``done``, ``stopped`` or ``failed``."""
        return self._state

    @property
    def version(self) -> int:
        """Grows with every change of status but the step."""
        return self._version

    @property
    def step(self) -> int:
        """Steps made."""
        return self.base if self._current is None else self._current.step

    @property
    def is_active(self) -> bool:
        """Whether it waits, runs or is paused."""
        return not self._job.done

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, oldest first, but for the steps themselves, which are in `history`."""
        return tuple(self._events)

    @property
    def features(self) -> Any:
        """What it trains on."""
        return self._features

    @property
    def baseline(self) -> dict[str, Any]:
        """The classical comparison on the same features: ``{"name", "metric", "train", "val", "test"}``."""
        self._compare()
        return dict(NO_BASELINE) if self._baseline is None else self._baseline

    def _fit_baseline(self) -> None:
        if self._baseline is not None:
            return
        try:
            self._baseline = logistic(self._features, rows_of_run(self.spec, len(self._features.train.y)))
        except Exception:  # a comparison that fails must not cost the run
            self._baseline = dict(NO_BASELINE)
        self._changed()

    @property
    def store(self) -> Store | None:
        """Where it is kept, or None."""
        return None if self._recorder is None else self._recorder.store.another()

    @property
    def snapshot(self) -> Snapshot | None:
        """The state after the last step; None before the first. Its arrays must not be written to."""
        return self._current

    def _settings(self) -> dict[str, Any]:
        pending = self._control.lr_pending if self._state in ACTIVE else None
        knobs = self._knobs
        frozen = [] if knobs.frozen is None else [int(i) for i in knobs.frozen.nonzero()[0]]
        terms = dict(knobs.terms)
        told = {"lr": knobs.lr, "lr_pending": pending, "batch": self.batch, "frozen": frozen, "terms": terms}
        return {**told, "watched": sorted(self._control.instruments)}

    def _weights(self) -> Array | None:
        return None if self._current is None or self._current.step == 0 else self._current.theta

    def _model_parts(self) -> tuple[Model, Any]:
        return self._model, self._features

    def _checkpoint_steps(self) -> list[int]:
        return [] if self._recorder is None else self._recorder.checkpoints

    def _measured(self) -> dict[str, Any]:
        return {name: [e.step, e.time, e.values] for name, held in list(self.measured.items()) for e in [held[-1]]}

    # -- steering ----------------------------------------

    @property
    def lr(self) -> float:
        """The learning rate; setting it asks for a new one from the next step on."""
        return self._knobs.lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._alive("the learning rate can't change")
        self._control.set_lr(value)
        self._changed()

    def pause(self) -> None:
        """Hold before the next step; returns at once."""
        self._alive("it can't be paused")
        self._control.pause()

    def resume(self) -> None:
        """Go on after a pause, with the very numbers of a run that was never paused; returns at once."""
        self._alive("it can't go on by itself")
        self._control.resume()

    def stop(self) -> None:
        """End before the next step, keeping all there is; returns at once; nothing if it has ended."""
        self._control.stop()

    def steer(self, kind: str, value: Any) -> None:
        """Ask for a change from the next step on; returns at once. It becomes an event with its step.

        Args:
            kind: ``"lr"``, ``"batch"``, ``"freeze"``, ``"thaw"`` or ``"term"``.
            value: a learning rate; a number of rows; a part of the weights by name (``"circuit"``, ``"head"``,
                ``"all"``) or weight numbers; a pair (name, weight).

        Raises:
            TrainError: the run has ended, or the value is out of range.
        """
        self._alive("it can't be steered")
        value = self._checked(kind, value)
        if kind == "lr":
            self._control.set_lr(value)
        else:
            self._control.steer(kind, value)
        self._changed()

    @property
    def batch(self) -> int:
        """Rows a step; setting it asks for another number from the next step on."""
        return self._knobs.batch or self.spec.batch

    @batch.setter
    def batch(self, value: int) -> None:
        self.steer("batch", value)

    def freeze(self, weights: str | Iterable[int] = "all") -> None:
        """Hold weights fast from the next step on: a part by name, such as ``"circuit"``, or weight numbers."""
        self.steer("freeze", weights)

    def thaw(self, weights: str | Iterable[int] = "all") -> None:
        """Let weights be trained again from the next step on."""
        self.steer("thaw", weights)

    def term(self, name: str, weight: float) -> None:
        """Give one of the loss's `terms` another weight from the next step on, such as ``run.term("l2", 0.01)``."""
        self.steer("term", (name, weight))

    def _checked(self, kind: str, value: Any) -> Any:
        value = checked(kind, value, self._model.slices, self._model.size)
        if kind == "term":
            terms_of({value[0]: value[1]})
            if value[0] not in self.terms:
                raise TrainError(
                    f"the term {value[0]!r} has nothing to act on: the model has no classical matrix",
                    where="term",
                    cure="train with head='linear'",
                    value=value[0],
                )
        return value

    def watch(self, *names: str) -> None:
        """Measure instruments from the next step on, and no others: they cost time, see `qlab.training.instruments`.

        Raises:
            TrainError: there is no such instrument.
        """
        for name in names:
            if name not in INSTRUMENTS:
                raise not_one_of(TrainError, "instrument", name, INSTRUMENTS, where="watch")
        self._control.instruments = frozenset(names)

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
        if self._state not in ACTIVE:
            self._refuse(what)

    # -- the fold, on the job's thread ----------------------------------------

    def _stream(self) -> Iterator[Event]:
        engine.warm_up(self._warming)  # compiles on a machine's first use; the first step then costs what others do
        job.background("baseline", self._compare, wait=COMPARING)
        yield from course(
            self.spec,
            self._features,
            self._control,
            self._start_at,
            model=self._model,
            run_id=self.id,
            clock=self._clock,
            branched=None if self.origin is None else self.base,
            begun=self._begun,
        )

    def _warming(self, fraction: float, text: str) -> None:
        """Tell what the run waits for while kernels are compiled; what is only loaded takes no time to speak of."""
        if self.warning is self._compiling:  # else the store has something worse to say
            self.warning = self._compiling = {"message": text, "cure": None} if text.startswith("compiling") else None
            self._changed()

    def _begun(self, state: Snapshot) -> None:
        self._current, self._knobs = state, state
        if self._recorder is not None:
            self._recorder.state = state

    def _fold(self, event: Event) -> None:
        recorder = self._recorder
        if isinstance(event, Step):
            self.columns.extend(event.rows)
            self._current, self._elapsed = event.state, event.time
            if recorder is not None:
                recorder.state = event.state
            return
        if isinstance(event, Measured):
            self.measured.setdefault(event.name, deque(maxlen=KEPT)).append(event)
            return
        self._events.append(event)
        if isinstance(event, Started):
            self._state, self.started, self.total_steps = "running", event.time, event.total_steps
        elif isinstance(event, Evaluated):
            self._evaluated = event
        elif isinstance(event, Intervened):
            self._intervened(event)
        elif isinstance(event, Finished):
            self.metrics, self._elapsed = dict(event.metrics), event.time
            self._state = event.reason
        elif isinstance(event, Failed):
            self.error, self._traceback, self._failure = dict(event.error), event.traceback, event.cause
            self._state = "failed"
        if recorder is not None:
            recorder.event(event)
        self._changed()

    def _intervened(self, event: Intervened) -> None:
        self._elapsed = event.time
        if event.kind in ("pause", "resume"):
            self._state = "paused" if event.kind == "pause" else "running"
            return
        if event.kind in STEERING:
            self._knobs, _, _ = steered(self._knobs, event.kind, event.new, self._model.slices, self.spec.batch)
        if event.kind == "batch":
            self.total_steps = self._total((self._current or self._knobs)._replace(batch=event.new))

    def _total(self, state: Snapshot) -> int:
        return state.step + steps_left(self.spec, state, len(self._features.train.y))

    def _finish(self, error: BaseException | None) -> None:
        if error is not None and self.error is None:  # a fault in the fold itself: shown, never swallowed
            self.error = {
                "type": type(error).__name__,
                "message": str(error),
                "where": f"run {self.id}",
                "cure": None,
            }
            self._failure, self._state = error, "failed"
        self._compare()  # the record is to have it
        for call in self.at_end:
            try:
                call(self)
            except Exception as failure:  # what follows the run must not cost its record
                self._warned(f"after the run: {type(failure).__name__}: {failure}", None)
        try:
            if self._recorder is not None:
                self._recorder.finish()
        finally:
            job.release(self.id)
            self._changed()

    def _warned(self, message: str | None, cure: str | None) -> None:
        """Take a warning of the recorder; None says that it is mended. On the writer's thread."""
        self.warning = None if message is None else {"message": message, "cure": cure}
        event = Warned(self.step, self._elapsed, "store", message, cure)
        self._events.append(event)
        if self._recorder is not None:
            self._recorder.event(event)
        self._changed()

    def _note(self, kind: str, message: str) -> None:
        """Tell something that the user should know, before the run starts."""
        event = Warned(self.step, self._elapsed, kind, message, None)
        self._events.append(event)
        if self._recorder is not None:
            self._recorder.event(event)

    def _changed(self) -> None:
        self._version += 1
        job.ticker.wake()

    def _start(self, *, parallel: bool) -> None:
        job.claim(self.id, self.name, parallel=parallel)
        live[self.id] = self
        if self._recorder is not None:
            self._recorder.start(self.total_steps, self._current)
        self._job.start()
