"""What this process takes of the machine, read at most once a second. Must not start anything."""

from __future__ import annotations

import time
from typing import Any

from .. import machine

PERIOD = 1.0  # s between two readings
Reading = dict[str, Any]


class Load:
    """Readings of processor, memory and threads, shared by all that ask.

    Example:
        >>> sorted(Load().read())
        ['cores', 'cpu', 'memory', 'threads']
    """

    def __init__(self) -> None:
        self._at, self._cpu = time.monotonic(), time.process_time()
        self._known: Reading | None = None

    def read(self) -> Reading:
        """Return ``cpu``, the share of all cores taken since the reading before, ``cores``, ``memory`` (resident bytes,
        None where the system doesn't tell) and ``threads``."""
        now = time.monotonic()
        if self._known is None or now - self._at >= PERIOD:
            used, cores = time.process_time(), machine.usable_cores()
            share = (used - self._cpu) / max(1e-3, now - self._at) / cores
            memory, threads = machine.process_size()
            self._known = {"cpu": min(1.0, max(0.0, share)), "cores": cores, "memory": memory, "threads": threads}
            self._at, self._cpu = now, used
        return dict(self._known)


load = Load()
