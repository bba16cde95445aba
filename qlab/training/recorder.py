"""Keeps a run while it goes on: the fold that ends in the store. Must not touch files itself, nor hold a step up.

The run's thread only leaves references; the writer's thread looks every 0.3 s and stores what is new, so that a kill
costs less than a second. Rows go first and the checkpoint after them: a checkpoint is never ahead of its history.
A store that can't be written costs the run nothing but a warning, and what it missed is written when it can be again.
"""

from __future__ import annotations

import atexit
import math
import time
import weakref
from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass
from typing import Any

from ..errors import TrainError
from . import events as ev
from . import job
from .columns import Columns
from .control import STEERING
from .snapshot import Snapshot
from .status import finite
from .store import ACTIVE, GoneError, Record, Store, whereabouts
from .store_checkpoint import MARKS
from .store_pieces import pieces_of

PERIOD = 0.3  # s between two looks
CHECKPOINT = 1.0  # s between two checkpoints, at least
BEAT = 2.0  # s between heartbeats of a run that has nothing new
RETRY = 2.0  # s between two tries of a store that failed
Live = Callable[[], dict[str, Any]]
Warn = Callable[[str | None, str | None], None]

_open: weakref.WeakSet[Recorder] = weakref.WeakSet()


class Recorder:
    """Writes one run.

    Args:
        store: where; of its own, see `Store.another`.
        record: how the run begins; its owner is the token that this writer holds.
        columns: grows while the run goes on; only rows that the store hasn't got are written.
        live: returns what changes, ready for JSON.
        warn: called, on the writer's thread, with message and cure when the store fails, and with None when it works.
        head: returns what else the record's head says; called once, on the writer's thread, as it may take a moment.
        base: steps made before row 0.
        fresh: False if the run is in the store already and this writer has taken it over.
        known: interventions that the store has already and that the run will tell again.
        told: keys (see `event_key`) of other such events.
    """

    def __init__(
        self,
        store: Store,
        record: Record,
        columns: Columns,
        live: Live,
        warn: Warn,
        *,
        head: Live = dict,
        base: int = 0,
        fresh: bool = True,
        known: int = 0,
        told: Collection[tuple[str, int, str]] = (),
    ) -> None:
        self.store, self.record, self._head = store, record, head
        self._columns, self._live, self._warn, self._base = columns, live, warn, base
        self._known = known
        self._saved = 0 if fresh else int(record.live.get("rows", 0))  # rows
        self._counted = 0 if fresh else int(record.live.get("events", 0))
        self._told = frozenset(told)
        self._created = self._headed = not fresh
        self._events: list[ev.Event] = []
        self._checkpoints = store.checkpoints(record.id)
        self.state: Snapshot | None = None  # the newest; set by the run's thread
        self.checkpoints: list[int] = [] if fresh else self._checkpoints.steps()
        self._best: tuple[float, Snapshot] | None = None
        best = record.live.get("best") or {}
        self._best_step: int | None = best.get("step")
        value = best.get("value")
        self._best_value = math.inf if value is None else float(value)
        self._checked = record.live.get("checkpoint", -1) if not fresh else -1
        self._marks: list[int] = list(record.live.get("marks", ()))
        self._mark_every = 1
        self._at = {"beat": -math.inf, "checkpoint": -math.inf}
        self._failing = False
        self._over = False
        self.flush = job.Turn(self._flush)
        _open.add(self)

    # -- on the run's thread ----------------------------------------

    def start(self, total: int, state: Snapshot | None) -> None:
        """Begin to look; ``state`` is the one a resumed or branched run goes on from."""
        self.state = state
        self._mark_every = max(1, total // MARKS)
        job.writer.add(self.flush)

    def event(self, event: ev.Event) -> None:
        """Note anything but a step."""
        if isinstance(event, ev.Evaluated):
            value = event.values.get("val_loss", math.nan)
            if value < self._best_value and self.state is not None:
                self._best_value, self._best = value, (value, self.state)
        if isinstance(event, ev.Intervened):
            if self._known > 0 and event.kind in STEERING:  # a resumed run gives the orders again that the store has
                self._known -= 1
                return
        elif isinstance(event, ev.Started) or (self._told and event_key(event) in self._told):
            return
        self._events.append(event)

    def finish(self) -> None:
        """Write the rest, the last state included; for when the run has ended."""
        self._over = True
        job.writer.remove(self.flush)
        self.flush()
        if self._failing:  # a last try; after it the run is at least whole up to what could be written
            self.flush()
        self.store.backend.close()
        _open.discard(self)

    def interrupt(self) -> None:
        """Write the rest of a run that the interpreter's end will cut short."""
        live = self._live

        def told() -> dict[str, Any]:
            doc = live()
            return {**doc, "state": "interrupted"} if doc["state"] in ACTIVE else doc

        self._live = told
        self.finish()

    # -- on the writer's thread ----------------------------------------

    def _flush(self) -> float | None:
        now = time.monotonic()
        try:
            best, state, count = self._best, self.state, len(self._events)
            n = self._columns.n  # after the states, so that no checkpoint is ahead of the rows
            if self._write(count, n, now):
                self._checkpoint(state, best, now)
        except GoneError:
            job.writer.remove(self.flush)
            self._say("this run was deleted from the store, or is written by another process", "it is no longer kept")
            return None
        except Exception as error:  # whatever it is, it must cost the run nothing but this warning
            self._say(
                f"the run could not be stored: {error}",
                f"make room in {self.store.folder}; the run goes on, and is stored when that is possible again",
            )
            return RETRY
        if self._failing:
            self._failing = False
            self._warn(None, None)
        return PERIOD

    def _write(self, count: int, n: int, now: float) -> bool:
        """Write rows and events; return whether there was anything to write."""
        backend = self.store.backend
        if not self._created:
            if not self._headed:
                self.record.head.update(self._head())
                self._headed = True
            self._create()
            self._created = True
        fresh = n > self._saved or count > 0 or self._over
        if not fresh and now - self._at["beat"] < BEAT:
            return self.state is not None and self.state.step != self._checked
        news = [(self._counted + i, event_doc(event)) for i, event in enumerate(self._events[:count])]
        pieces, gone = pieces_of(self._saved, self._columns.block, n) if n > self._saved else ([], [])
        live = {**self._live(), **whereabouts(), "rows": max(n, self._saved), "events": self._counted + count}
        live |= {"best": self._best_doc(), "checkpoint": self._checked, "marks": self._marks}
        backend.write(self.record.id, self.record.owner, finite(live), news, pieces, gone)
        del self._events[:count]
        self._saved, self._counted, self._at["beat"] = max(n, self._saved), self._counted + count, now
        return True

    def _create(self) -> None:
        try:
            self.store.backend.create(self.record)
        except TrainError:
            there = self.store.backend.read(self.record.id)
            if there is None or there.owner != self.record.owner:
                raise  # else an earlier try did more than it was told, as a network's file system may

    def _best_doc(self) -> dict[str, Any] | None:
        if self._best_step is None:
            return None
        return {"step": self._best_step, "value": self._best_value}

    def _checkpoint(self, state: Snapshot | None, best: tuple[float, Snapshot] | None, now: float) -> None:
        if state is None or state.step == self._checked:
            return
        if not self._over and now - self._at["checkpoint"] < CHECKPOINT:
            return
        files = self._checkpoints
        if best is not None and best[1].step not in (state.step, self._best_step):
            files.save(best[1])
        files.save(state)
        if best is not None:
            self._best_step = best[1].step
        if not self._marks or state.step - self._marks[-1] >= self._mark_every:
            self._marks.append(state.step)
        self._checked, self._at["checkpoint"] = state.step, now
        files.prune([*self._marks, *([] if self._best_step is None else [self._best_step])])
        self.checkpoints = files.steps()
        if self._over:  # the record tells which checkpoints there are
            self._at["beat"] = -math.inf
            self._write(0, self._columns.n, now)

    def _say(self, message: str, cure: str) -> None:
        if not self._failing:
            self._failing = True
            self._warn(message, cure)


def event_step(event: Any) -> int:
    """Return the step of an event; 0 for one that has none."""
    return int(getattr(event, "step", 0))


def event_key(event: Any) -> tuple[str, int, str]:
    """Return what tells an event from others of its run: type, step, kind."""
    return type(event).__name__, event_step(event), str(getattr(event, "kind", ""))


def event_doc(event: ev.Event) -> dict[str, Any]:
    """Return an event as plain JSON, from which `event_of` makes it again."""
    assert not isinstance(event, ev.Step)  # steps are kept as rows
    skipped = ("cause", "state", "spec")
    body = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in skipped}
    return {"event": type(event).__name__, **finite(body)}


def event_of(doc: dict[str, Any]) -> ev.Event | None:
    """Return the event of a document, or None if this version doesn't know it."""
    kind: Any = getattr(ev, str(doc.get("event")), None)
    if not isinstance(kind, type) or not is_dataclass(kind) or kind in (ev.Step, ev.Started):
        return None
    names = {f.name for f in fields(kind)}
    make: Any = kind
    try:
        event: ev.Event = make(**{name: _tuples(value) for name, value in doc.items() if name in names})
    except TypeError:
        return None
    return event


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


@atexit.register
def _close_all() -> None:
    """The interpreter ends: what is known is stored, and the runs are told to be interrupted by that."""
    for recorder in list(_open):
        recorder.interrupt()
