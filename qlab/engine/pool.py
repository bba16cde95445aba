"""Threads over groups of samples that stay hot between the two kernels of a step.

A thread pool of our own, not numba's: its default threading layer aborts the process when two Python threads
(a training run and a cell) start parallel kernels at the same time. Helpers look at a *board* for a job for
a millisecond or two after the last one, without the GIL, and then sleep. Results don't depend on who
computed which group, nor on whether a helper woke in time. It must not know what runs.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np

from qlab.errors import EngineError

from . import codes, warm
from .arrays import IntArray
from .capacity import usable_cores

_SPINS = 200_000  # looks at the board before a helper sleeps: 1.5 ms

_threads = 0  # 0: not asked for yet
_executor: ThreadPoolExecutor | None = None
_crews: dict[type[np.floating[Any]], Crew] = {}


def get_threads() -> int:
    """Return how many threads the engine uses."""
    global _threads
    if _threads == 0:
        _threads = usable_cores()
    return _threads


def set_threads(k: int) -> None:
    """Set how many threads the engine uses, for the whole process; results stay bitwise the same.

    Raises:
        EngineError: when k isn't a whole number of at least 1.
    """
    global _threads, _executor
    if not isinstance(k, int) or isinstance(k, bool) or k < 1:
        raise EngineError(
            f"{k!r} threads were asked for",
            where="set_threads",
            cure="use a whole number of at least 1",
            value=k,
        )
    _threads = k
    old, _executor = _executor, None
    if old is not None:
        old.shutdown(wait=False)


def on_main_thread() -> bool:
    """Return whether a person's cell or script is what runs here."""
    return threading.current_thread() is threading.main_thread()


class Crew:
    """The helpers of one precision, and the board where they find their jobs."""

    def __init__(self, dtype: type[np.floating[Any]]) -> None:
        from . import kernels

        self.like = dtype(0)
        self.kernel = kernels.serve
        self.board: IntArray = np.zeros(codes.BOARD_SIZE, dtype=np.int64)
        self.nothing: IntArray = np.zeros(codes.JOB_FIELDS, dtype=np.int64)
        self.busy = threading.Lock()
        self.asleep: list[tuple[int, threading.Event]] = []
        self.helpers = 0

    def serve(self, job: IntArray, workers: int) -> float:
        """Run a job with up to ``workers`` threads, this one among them."""
        if workers > 1 and self.busy.acquire(blocking=False):
            try:
                while self.helpers < workers - 1:
                    self._hire()
                if self.asleep:
                    self._wake()
                return float(self.kernel(self.board, job, 0, 0, self.like))
            finally:
                self.busy.release()
        job[codes.WORKERS] = 1
        return float(self.kernel(self.board, job, 0, 0, self.like))

    def _hire(self) -> None:
        self.helpers += 1
        threading.Thread(target=self._help, args=(self.helpers,), name="qlab-engine", daemon=True).start()

    def _wake(self) -> None:
        """Wake the sleeping helpers on other cores than this one, where Linux likes to put them at first."""
        elsewhere = _other_cores()
        while self.asleep:
            thread, bell = self.asleep.pop()
            if elsewhere:
                with contextlib.suppress(OSError):
                    os.sched_setaffinity(thread, elsewhere)
            bell.set()

    def _help(self, worker: int) -> None:
        while True:
            self.kernel(self.board, self.nothing, worker, _SPINS, self.like)
            bell = threading.Event()
            self.asleep.append((threading.get_native_id(), bell))
            bell.wait()


def _other_cores() -> set[int]:
    """Return the cores this process may use but for the one that runs this; empty where that can't be known."""
    if _current_core is None:
        return set()
    return os.sched_getaffinity(0) - {_current_core()}


def _core_reader() -> Callable[[], int] | None:
    if not hasattr(os, "sched_setaffinity"):
        return None
    reader: Callable[[], int] | None = getattr(ctypes.CDLL(None), "sched_getcpu", None)
    return reader


_current_core = _core_reader()


def serve(job: IntArray, dtype: type[np.floating[Any]], workers: int) -> float:
    """Run a job (see `codes`) and return the scale its final states lack."""
    crew = _crews.get(dtype)
    if crew is None:
        warm.make_ready("lanes", np.dtype(dtype))
        crew = _crews.setdefault(dtype, Crew(dtype))
    return crew.serve(job, workers)


def run(task: Callable[[int, int, int], None], start: int, stop: int, threads: int) -> None:
    """Call ``task(from, to, worker)`` on contiguous parts of ``[start, stop)``, the last part in this thread.

    On an interrupt it still waits for the other threads, which hold the same buffers.
    """
    global _executor
    parts = min(threads, stop - start)
    if parts <= 1:
        task(start, stop, 0)
        return
    if _executor is None:
        _executor = ThreadPoolExecutor(max_workers=max(1, get_threads() - 1), thread_name_prefix="qlab-engine")
    cuts = [start + (stop - start) * k // parts for k in range(parts + 1)]
    futures = [_executor.submit(task, cuts[k], cuts[k + 1], k) for k in range(parts - 1)]
    try:
        task(cuts[-2], cuts[-1], parts - 1)
    finally:
        wait(futures)
    for future in futures:
        future.result()


def _after_fork() -> None:
    global _executor
    _executor = None  # a forked child inherits the object but not its threads
    _crews.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
