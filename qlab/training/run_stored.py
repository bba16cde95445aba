"""A run as it lies in the store: the way back after a kernel restart. Reads; steers only by starting a live run."""

from __future__ import annotations

import math
import time
from os import PathLike
from typing import TYPE_CHECKING, Any

from ..errors import TrainError
from ..models.model import Model
from .events import Evaluated, Event
from .recorder import event_of
from .resume_data import features_for
from .run_view import RunView
from .snapshot import Array, Snapshot
from .spec import Spec
from .store import Record, Store, StoredColumns, is_alive, open_store, state_of

if TYPE_CHECKING:
    from .run import Run

LOOK = 0.5  # seconds between two looks at a run that another process writes


class StoredRun(RunView):
    """A run in the store, made by `open_run` or ``qlab.runs()[id]``: history, model, panel, report, branch, resume.

    A run that another process is writing is followed: its figures grow, but it can't be steered from here.
    """

    def __init__(self, store: Store, record: Record) -> None:
        self._store, self._record = store, record
        self.id = record.id
        self.spec = Spec.from_json(record.head["spec"])
        self.columns: StoredColumns = store.columns(record)
        self.stats: dict[str, Any] = record.head["stats"]
        self.origin = record.head.get("origin")
        self.started = record.head.get("created")
        self._version, self._looked = 0, time.monotonic()
        self._panel = None
        self._model: Model | None = None
        self._features: Any = None
        self._all: list[Event] | None = None
        self._take(record)

    def _take(self, record: Record) -> None:
        live = record.live
        self._record = record
        self._state = state_of(record)
        self.columns.n = int(live.get("rows", 0))
        self.total_steps = int(live.get("total") or 0)
        self.metrics: dict[str, float] = {k: _number(v) for k, v in (live.get("metrics") or {}).items()}
        self.error = live.get("error")
        self.warning = None
        self._traceback = live.get("traceback")
        self._elapsed = float(live.get("elapsed") or 0.0)
        self._all = None
        self._baseline = live.get("baseline")

    def refresh(self) -> None:
        """Read the record again, for a run that another process writes."""
        self._looked = time.monotonic()
        record = self._store.backend.read(self.id)
        if record is not None and record.live != self._record.live:
            self._take(record)
            self._version += 1

    # -- figures ----------------------------------------

    @property
    def state(self) -> str:
        """As the store tells it; ``"interrupted"`` if its writer is gone without a word."""
        return self._state

    @property
    def version(self) -> int:
        """Grows when another process has written something new."""
        if self._state in ("waiting", "running", "paused") and time.monotonic() - self._looked >= LOOK:
            self.refresh()
        return self._version

    @property
    def is_active(self) -> bool:
        """Whether a process is writing it now."""
        return self._state in ("waiting", "running", "paused") and is_alive(self._record.live)

    @property
    def step(self) -> int:
        """Steps made."""
        return self.base + self.columns.n

    @property
    def created(self) -> float:
        """When it was started, seconds since 1970."""
        return float(self._record.head.get("created") or 0.0)

    @property
    def tags(self) -> tuple[str, ...]:
        """What people tagged it with: see `RunList.tag`."""
        return tuple(self._record.edits.get("tags", ()))

    @property
    def note(self) -> str:
        """What people noted: see `RunList.note`."""
        return str(self._record.edits.get("note", ""))

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, oldest first, but for the steps themselves."""
        if self._all is None:
            found = (event_of(doc) for doc in self._store.backend.events(self.id))
            self._all = [event for event in found if event is not None]
        return tuple(self._all)

    @property
    def _evaluated(self) -> Evaluated | None:  # type: ignore[override]
        return next((event for event in reversed(self.events) if isinstance(event, Evaluated)), None)

    @property
    def baseline(self) -> dict[str, Any]:
        """The classical comparison that was computed when the run began."""
        told = self._baseline or {"name": "no baseline", "metric": "", "train": None, "val": None, "test": None}
        return {k: _number(v) if k in ("train", "val", "test") else v for k, v in told.items()}

    @property
    def store(self) -> Store | None:
        """Where it is kept."""
        return self._store

    @property
    def data(self) -> dict[str, Any]:
        """Where its data comes from: lineage, source, digest, rows."""
        return dict(self._record.head.get("data") or {})

    @property
    def environment(self) -> dict[str, str]:
        """The versions it was made with."""
        return dict(self._record.head.get("env") or {})

    @property
    def features(self) -> Any:
        """What it was trained on, made again from the lineage; raises TrainError if that can't be."""
        return self.encoded()

    def encoded(self, data: Any = None) -> Any:
        """Return the features it was trained on, checked bit for bit.

        Args:
            data: the features or the dataset; None to make them again from the lineage.

        Raises:
            TrainError: the data must be given, or isn't that of this run.
        """
        if self._features is None or data is not None:
            self._features = features_for(self._record.head, self.id, data)
        return self._features

    def checkpoints(self) -> list[int]:
        """Return the steps that have a checkpoint, rising."""
        return self._store.checkpoints(self.id).steps()

    def snapshot(self, most: int | None = None) -> Snapshot | None:
        """Return the newest whole checkpoint at step ``most`` or before, and not ahead of the history; or None."""
        limit = self.step if most is None else min(most, self.step)
        return self._store.checkpoints(self.id).latest(limit)

    def _checkpoint_steps(self) -> list[int]:
        return self.checkpoints()

    def _measured(self) -> dict[str, Any]:
        return self._record.live.get("measured") or {}

    def _settings(self) -> dict[str, Any]:
        live = self._record.live
        return {
            "lr": live.get("lr", self.spec.lr),
            "lr_pending": None,
            "batch": live.get("batch", self.spec.batch),
            "frozen": live.get("frozen") or [],
            "terms": live.get("terms") or {},
            "watched": [],
        }

    def _weights(self) -> Array | None:
        found = self.snapshot()
        return None if found is None else found.theta

    def _model_parts(self) -> tuple[Model, Any]:
        if self._model is None:
            self._model = self.spec.model()
        return self._model, _Later(self)

    # -- the way back ----------------------------------------

    def resume(self, data: Any = None, *, parallel: bool = False) -> Run:  # type: ignore[override]
        """Go on from the last checkpoint, bit for bit; return the live run: see `qlab.resume`."""
        from .resume_run import resume

        return resume(self, data, parallel=parallel)


class _Later:
    """Stands for features that are only made again when a raw table must be encoded."""

    def __init__(self, run: StoredRun) -> None:
        self._run = run

    @property
    def target(self) -> str | None:
        lineage = self._run.data.get("lineage") or {}
        target = (lineage.get("options") or {}).get("target")
        return None if target is None else str(target)

    def transform(self, data: Any) -> Any:
        return self._run.features.transform(data)


def open_run(run_id: str, *, folder: str | PathLike[str] | None = None) -> RunView:
    """Return a run of the store, with its history, model, panel and report; the live one if it goes on here.

    Args:
        run_id: the id, or a beginning of it that only one run has.
        folder: of the project; by default the user's.

    Raises:
        TrainError: there is no such run, or several; or it was written by another version of qlab.

    Example:
        >>> qlab.open_run("6KQ3V0").panel       # doctest: +SKIP
    """
    store = open_store(folder)
    return opened(store, store.find(run_id))


def opened(store: Store, record: Record) -> RunView:
    """Return the run of a record: the live one while it goes on in this process, else the stored one."""
    from .run import live

    found = live.get(record.id)
    return found if found is not None and found.is_active else stored(store, record)


def stored(store: Store, record: Record) -> StoredRun:
    """Return the run of a record.

    Raises:
        TrainError: its record can't be read by this version.
    """
    try:
        return StoredRun(store, record)
    except (KeyError, TypeError, ValueError) as error:
        raise TrainError(
            f"the record of run {record.id} can't be read: {type(error).__name__} {error}",
            where=str(store.folder),
            cure="open it with the version of qlab that wrote it",
            value=record.id,
        ) from error


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
