"""The only threads of training: one for each run, and tickers that let widgets send and runs be stored.

Must not print, display, or know what an event means. No thread is ever joined without an end in sight.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator

from ..errors import TrainError
from .events import Event

PATIENCE = 1.0  # seconds the interpreter's end waits for the calls of tickers
YIELD = 0.004  # seconds between two times the interpreter is handed over, see `paced`
PR_SET_TIMERSLACK = 29  # linux/prctl.h
SLICE = 0.2  # seconds; a wait is cut into slices so that Ctrl-C is answered on every platform
SWITCH = 0.001  # seconds a cell that computes in Python may keep the interpreter while a run goes on, see `claim`


class Job:
    """Runs a stream of events through a fold, on a daemon thread of its own.

    Args:
        name: of the thread.
        events: the stream; consumed on the thread.
        fold: called with each event, on the thread.
        finish: called once at the end, on the thread, with the error of the fold or the stream, if any.
    """

    def __init__(
        self,
        name: str,
        events: Iterable[Event],
        fold: Callable[[Event], None],
        finish: Callable[[BaseException | None], None],
    ) -> None:
        self._events, self._fold, self._finish = events, fold, finish
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._drive, name=f"qlab-run-{name}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether the thread has nothing more to do."""
        return self._done.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait at most ``timeout`` seconds for the end; return whether it came. Ctrl-C ends only the wait."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = SLICE if end is None else min(SLICE, end - time.monotonic())
            if self._done.wait(max(0.0, left)):
                return True
            if end is not None and time.monotonic() >= end:
                return False

    def _drive(self) -> None:
        error: BaseException | None = None
        fold = self._fold
        try:
            for event in paced(self._events):
                fold(event)
        except BaseException as caught:
            error = caught
        try:
            self._finish(error)
        finally:
            self._done.set()


def paced(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events, and hand the interpreter over every few milliseconds: another cell waits long at times else.

    On the thread of a run: sleep(0) costs 74 µs on Linux since Python 3.11, more than many a step, for the kernel
    rounds every sleep up by the thread's timer slack; with that taken away it costs 20.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0)
    clock = time.monotonic
    due = clock() + YIELD
    for event in events:
        yield event
        if clock() >= due:
            time.sleep(0)
            due = clock() + YIELD


class Ticker:
    """Calls listeners from one daemon thread that sleeps while there is nothing to do.

    A listener returns the seconds until it wants to be called again, or None to be called only after `wake`.
    One that raises is not called again: it must not take the others down.
    """

    def __init__(self, name: str = "qlab-ticker") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._rouse = threading.Event()
        self._due: dict[Callable[[], float | None], float | None] = {}
        self._thread: threading.Thread | None = None
        self._over = False
        _tickers.add(self)

    def add(self, listener: Callable[[], float | None]) -> None:
        """Call ``listener`` soon, and then as it asks."""
        with self._lock:
            self._due[listener] = 0.0
            if self._thread is None and not self._over:
                self._thread = threading.Thread(target=self._drive, name=self._name, daemon=True)
                self._thread.start()
        self._rouse.set()

    def remove(self, listener: Callable[[], float | None]) -> None:
        """Never call ``listener`` again."""
        with self._lock:
            self._due.pop(listener, None)

    def wake(self) -> None:
        """Call every listener soon. Cheap, and allowed from any thread."""
        with self._lock:
            for listener in self._due:
                self._due[listener] = 0.0
        self._rouse.set()

    def close(self, wait: float = 0.0) -> None:
        """Call nobody any more; return when the call under way has ended, after ``wait`` seconds at most."""
        self._over = True
        self._rouse.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(wait)

    def _drive(self) -> None:
        while not self._over:
            self._rouse.clear()
            now = time.monotonic()
            with self._lock:
                ready = [call for call, at in self._due.items() if at is not None and at <= now]
            for call in ready:
                with self._lock:
                    if self._over or call not in self._due:
                        continue
                    self._due[call] = None  # before the call, so that a wake during it isn't lost
                try:
                    again = call()
                except Exception:
                    self.remove(call)
                    continue
                with self._lock:
                    if again is not None and call in self._due and self._due[call] is None:
                        self._due[call] = time.monotonic() + again
            with self._lock:
                times = [at for at in self._due.values() if at is not None]
            if not self._over:
                self._rouse.wait(max(0.0, min(times) - time.monotonic()) if times else None)


_tickers: weakref.WeakSet[Ticker] = weakref.WeakSet()
ticker = Ticker()
pager = Ticker("qlab-pages")  # rows of a grid and pieces of a file come at once, whatever the loader is busy with
loader = Ticker("qlab-data")  # a large file or a fit in the Data view holds up no panel
writer = Ticker("qlab-writer")  # runs are stored from it, so that a slow disk holds up no panel and no step


@atexit.register
def _close_all() -> None:
    """The interpreter ends: nothing is sent any more, as a kernel's socket that is being closed takes one sender only.

    ipykernel 7.4 sends at once from any thread when that of its iopub socket has ended, and two messages mix then.
    """
    end = time.monotonic() + PATIENCE
    for one in list(_tickers):
        one.close()
    for one in list(_tickers):
        one.close(max(0.0, end - time.monotonic()))


class Turn:
    """A call that one thread makes at a time; the others wait for their turn."""

    def __init__(self, call: Callable[[], float | None]) -> None:
        self._call, self._lock = call, threading.Lock()

    def __call__(self) -> float | None:
        """Make the call."""
        with self._lock:
            return self._call()


def background(name: str, call: Callable[[], object], wait: float = 0.0) -> None:
    """Make a call on a daemon thread of its own; it must deal with its own errors. Return after ``wait`` s at most."""
    thread = threading.Thread(target=call, name=f"qlab-{name}", daemon=True)
    thread.start()
    if wait > 0:
        thread.join(wait)


_active: dict[str, str] = {}
_active_lock = threading.Lock()
_usual: float | None = None  # the switch interval before the first run that is active


def claim(run_id: str, name: str, *, parallel: bool) -> None:
    """Note that a run begins.

    Until no run is active the interpreter is handed over after 1 ms instead of Python's 5: a step lets go of it at
    each call of the engine, a message of a page some six times, and beside a loop in a cell each waits that long to
    get it back. An interval that is shorter already stays.

    Raises:
        TrainError: another one is active, and ``parallel`` was not asked for.
    """
    with _active_lock:
        if _active and not parallel:
            other, title = next(iter(_active.items()))
            raise TrainError(
                f"run {other} ({title!r}) is still active, and goes on",
                where="qlab.train",
                cure="call its run.wait() or run.stop() first, or pass parallel=True to train both at once",
                value=other,
            )
        global _usual
        if _usual is None and sys.getswitchinterval() > SWITCH:
            _usual = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH)
        _active[run_id] = name


def release(run_id: str) -> None:
    """Note that a run ended; unknown ids are fine."""
    global _usual
    with _active_lock:
        _active.pop(run_id, None)
        if _usual is not None and not _active:
            sys.setswitchinterval(_usual)
            _usual = None


def active_runs() -> tuple[str, ...]:
    """Return the ids of the runs that haven't ended."""
    with _active_lock:
        return tuple(_active)
