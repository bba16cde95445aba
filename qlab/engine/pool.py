"""Threads over groups of samples. Kernels release the GIL; results don't depend on who computed which group.

A thread pool of our own, not numba's: its default threading layer aborts the process when two Python threads
(a training run and a cell) start parallel kernels at the same time. It must not know what runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from qlab.errors import EngineError

from .capacity import usable_cores

_threads = 0  # 0: not asked for yet
_executor: ThreadPoolExecutor | None = None


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


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
