"""The only threads of optimisation: one for each run, and one for a solver that blocks. Knows no problem.

A run's thread folds a generator of events; a handler only sets the stop flag, which the generator reads.
"""

from __future__ import annotations

import atexit
import math
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import OptimizeError, QlabError
from .events import Angles, Bound, Event, Failed, Finished, Incumbent, Preparing, StageEnded

SLICE = 0.1  # seconds; a wait is cut into slices so that Ctrl-C is answered on every platform
LEAVE = 10.0  # seconds that the end of the process waits for a solver
YIELD = 0.02  # seconds between two times the interpreter is handed over


_leaving = threading.Event()  # the process ends
_solvers: set[threading.Thread] = set()


class Stop:
    """A flag that any thread sets and the generator reads; ``at`` is when, by time.monotonic()."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.at: float | None = None

    def __call__(self) -> bool:
        """Return whether a stop was asked for."""
        return self._event.is_set() or _leaving.is_set()

    def set(self) -> None:
        """Ask for a stop."""
        if self.at is None:
            self.at = time.monotonic()
        self._event.set()


def background(
    work: Callable[[Callable[[Any], None]], Any], stop: Callable[[], bool], *, end: float, grace: float = 0.0
) -> Iterator[Any]:
    """Run ``work(emit)`` on a daemon thread and yield what it emits, then ``("done", result)``.

    Ends early, without waiting for the thread, ``grace`` seconds after a stop or the time ``end`` (by
    time.monotonic()): the work must look for itself whether it should go on, but nobody waits for it. An exception of
    the work is raised here.
    """
    inbox: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    late = math.inf

    def drive() -> None:
        try:
            inbox.put(("done", work(lambda item: inbox.put(("item", item)))))
        except BaseException as error:
            inbox.put(("error", error))

    thread = threading.Thread(target=drive, name="qlab-solver", daemon=True)
    _solvers.intersection_update({t for t in _solvers if t.is_alive()})
    _solvers.add(thread)
    thread.start()
    while True:
        now = time.monotonic()
        if stop() or now > end:
            late = min(late, now + grace)
        if now > late:
            return
        try:
            kind, item = inbox.get(timeout=0.02)
        except queue.Empty:
            continue
        if kind == "error":
            raise item
        yield ("done", item) if kind == "done" else item
        if kind == "done":
            return


@atexit.register
def _settle() -> None:
    """Let the solvers that were left behind end: one whose process goes away beneath it would abort it."""
    _leaving.set()
    end = time.monotonic() + LEAVE
    for thread in list(_solvers):
        thread.join(max(0.0, end - time.monotonic()))


class Run:
    """A solve or a QAOA run in the hands of its user; everything may be read while it goes on.

    Example:
        >>> run = qlab.optimize.start(p, time_limit=60)   # doctest: +SKIP
        >>> run.value, run.bound; run.stop(); run.wait()  # doctest: +SKIP
    """

    def __init__(self, name: str, make: Callable[[Stop], Iterator[Event]]) -> None:
        self.name = name
        self.state = "waiting"
        self.value: float | None = None
        self.bound: float | None = None
        self.x: Any = None
        self.angles: Angles | None = None
        self.result: Any = None
        self.error: dict[str, str | None] | None = None
        self.stages: list[StageEnded] = []
        self.version = 0  # grows with every event, for panels
        self.problem: Any = None  # what it solves, and its time limit, for panels
        self.limit = 0.0
        self.settings: dict[str, Any] = {}  # as far as known: coarse, refine, time_limit, seed
        self._panel: Any = None
        self._shown = ""  # of what is compiled, on stderr
        self._failure: BaseException | None = None
        self._events: list[Event] = []
        self._stop = Stop()
        self._make = make
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._drive, name="qlab-optimize", daemon=True)

    def start(self) -> Run:
        """Begin; returns at once."""
        self._thread.start()
        return self

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, oldest first."""
        return tuple(self._events)

    @property
    def is_active(self) -> bool:
        """Whether it hasn't ended."""
        return not self._done.is_set()

    @property
    def panel(self) -> Any:
        """The live panel of this run, a widget; shown by a cell that ends with it."""
        if self._panel is None:
            from ..widgets.optpanel import OptPanel

            self._panel = OptPanel(self, self.problem, self.limit)
        return self._panel

    def stop(self) -> None:
        """End soon, keeping the incumbent and its bound; returns at once."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, at most ``timeout`` seconds; return whether it came. Ctrl-C ends only the wait.

        While kernels compile, which happens on a machine's first use, a line on stderr says so.

        Raises:
            OptimizeError: the run failed; the cause is attached.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while not self._done.wait(SLICE if end is None else max(0.0, min(SLICE, end - time.monotonic()))):
            self._say()
            if end is not None and time.monotonic() >= end:
                return False
        self._say()
        if self.error is not None:
            if isinstance(self._failure, QlabError):
                raise self._failure
            raise OptimizeError(f"run {self.name!r} failed: {self.error['message']}") from self._failure
        return True

    def _say(self) -> None:
        """Tell a person who waits what is compiled."""
        last = self._events[-1] if self._events else None
        text = (last.text if last.compiled else self._shown) if isinstance(last, Preparing) else ""
        if text != self._shown and threading.current_thread() is threading.main_thread():
            print(f"\rqlab: {text or 'kernels are ready':<64}", end="" if text else "\n", file=sys.stderr, flush=True)
        self._shown = text

    def __repr__(self) -> str:
        figures = (
            f"value {self.value}, bound {self.bound}"
            if self.angles is None or self.bound is not None
            else f"energy {self.angles.best:.6g}"
        )
        return f"<Run {self.name!r} {self.state}: {figures}, {len(self._events)} events>"

    def _fold(self, event: Event) -> None:
        self._events.append(event)
        if isinstance(event, Incumbent):
            self.value, self.x = event.value, event.x
        elif isinstance(event, Bound):
            self.bound = event.value
        elif isinstance(event, Angles):
            self.angles = event
        elif isinstance(event, StageEnded):
            self.stages.append(event)
        elif isinstance(event, Finished):
            self.result, self.state = event.result, event.reason
        elif isinstance(event, Failed):
            self.error, self._failure, self.state = dict(event.error), event.cause, "failed"
        self.version += 1

    def _drive(self) -> None:
        started = last = time.monotonic()
        self.state = "running"
        try:
            for event in self._make(self._stop):
                self._fold(event)
                if time.monotonic() - last > YIELD:
                    time.sleep(0)
                    last = time.monotonic()
        except BaseException as error:
            told = (
                error.to_dict()
                if isinstance(error, QlabError)
                else {"type": type(error).__name__, "message": str(error), "where": None, "cure": None}
            )
            self._fold(Failed(time.monotonic() - started, told, error))
        finally:
            self._done.set()
