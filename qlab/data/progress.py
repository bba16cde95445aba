"""What `qlab.load` says while it reads, and how it is told to stop. Values and a throttle; must not read files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import DataError

PERIOD = 0.1  # seconds between two events
BINS = 22
LOOKED_AT = 4_000  # rows of a block that go into the growing histograms


@dataclass(frozen=True, slots=True)
class Estimate:
    """What reading a file will take, from samples of it.

    Args:
        rows, nbytes: of the table.
        seconds: about how long it takes to read.
        free: bytes of memory that were free.
        mapped: whether the rows go to a memory-mapped file, because they would fill too much of that.
        exact: rows and bytes are known, not estimated.
    """

    rows: int
    nbytes: int
    seconds: float
    free: int
    mapped: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Growing:
    """The provisional histogram of a column of numbers: a sample of the rows read, within edges that don't move."""

    name: str
    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of a file has come.

    Args:
        stage: ``"estimate"``, ``"check"`` (is it in the cache?), ``"read"`` or ``"done"``.
        done, total: bytes of the text.
        rows, bad: good rows and bad ones so far.
        seconds: since it began.
        estimate: or None if the format gives none.
        columns: growing histograms of the columns of numbers.
    """

    stage: str
    done: int = 0
    total: int = 0
    rows: int = 0
    bad: int = 0
    seconds: float = 0.0
    estimate: Estimate | None = None
    columns: tuple[Growing, ...] = ()

    @property
    def share(self) -> float:
        """Part of the text that is read, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def speed(self) -> float:
        """Bytes a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that are left, or None as long as that can't be said."""
        return (self.total - self.done) / self.speed if self.done and self.total >= self.done else None


class Cancel:
    """Stops a `qlab.load` from another thread, or from its own ``progress``.

    Example:
        >>> import qlab
        >>> stop = qlab.Cancel()
        >>> stop.set()
        >>> stop.is_set
        True
    """

    __slots__ = ("is_set",)

    def __init__(self) -> None:
        self.is_set = False

    def set(self) -> None:
        """Stop the reading as soon as the block in hand is done."""
        self.is_set = True


class CancelledError(DataError):
    """A reading was stopped by its `Cancel`; nothing was kept."""


class Watch:
    """Between a reader and whoever looks on: at most ten events a second, the first at once, and a way to stop.

    Args:
        progress: called with each `Progress`, on the reader's thread; None: nobody looks on.
        cancel: looked at before every block.
    """

    def __init__(self, progress: Callable[[Progress], Any] | None = None, cancel: Cancel | None = None) -> None:
        self._call, self._cancel = progress, cancel
        self._start = time.perf_counter()
        self._last = -PERIOD
        self._estimate: Estimate | None = None
        self._histograms: list[_Histogram] = []
        self._rows = self._bad = 0
        self.done = self.total = 0

    @property
    def looks(self) -> bool:
        """Whether anybody looks on."""
        return self._call is not None

    def begin(self, total: int, estimate: Estimate | None, sample: pa.Table | None) -> None:
        """Say what is going to be read; ``sample`` fixes the axes of the histograms."""
        self.total, self.done, self._estimate = total, 0, estimate
        if self._call is not None and sample is not None:
            self._histograms = [h for i in range(sample.num_columns) if (h := _Histogram.of(sample, i)) is not None]
        self._tell("estimate", always=True)

    def check(self, done: int) -> None:
        """Say how much was compared with the cache."""
        self.alive()
        self.done = done
        self._tell("check")

    def restart(self) -> None:
        """A pass over the text begins, perhaps not the first one."""
        self._rows = self._bad = self.done = 0
        for histogram in self._histograms:
            histogram.counts[:] = 0

    def alive(self) -> None:
        """Raise a `CancelledError` if the reading is to stop."""
        if self._cancel is not None and self._cancel.is_set:
            raise CancelledError("the loading was cancelled", where="load", cure="load it again to read all of it")

    def step(self, rows: int, bad: int, table: pa.Table) -> None:
        """Count a block: ``rows`` and ``bad`` are totals; `done` is kept by whoever reads the bytes."""
        self._rows, self._bad = rows, bad
        for histogram in self._histograms:
            histogram.add(table)
        self._tell("read")
        self.alive()

    def end(self, rows: int) -> None:
        """Say that it is over."""
        self._rows, self.done = rows, self.total
        self._tell("done", always=True)

    def _tell(self, stage: str, *, always: bool = False) -> None:
        now = time.perf_counter() - self._start
        if self._call is None or (now - self._last < PERIOD and not always):
            return
        self._last = now
        columns = tuple(h.value() for h in self._histograms)
        done = min(self.done, self.total) if self.total else self.done
        self._call(Progress(stage, done, self.total, self._rows, self._bad, now, self._estimate, columns))


SILENT = Watch()


@dataclass(slots=True)
class _Histogram:
    index: int
    name: str
    low: float
    high: float
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, sample: pa.Table, index: int) -> _Histogram | None:
        values = _numbers(sample.column(index), 1)
        if values is None or len(values) == 0:
            return None
        low, high = float(values.min()), float(values.max())
        return cls(index, sample.column_names[index], low, high if high > low else low + 1, np.zeros(BINS, np.int64))

    def add(self, table: pa.Table) -> None:
        values = _numbers(table.column(self.index), max(1, table.num_rows // LOOKED_AT))
        if values is None:
            return
        place = (values - self.low) * (BINS / (self.high - self.low))
        self.counts += np.bincount(np.clip(place, 0, BINS - 1).astype(np.int64), minlength=BINS)

    def value(self) -> Growing:
        return Growing(self.name, self.low, self.high, tuple(int(n) for n in self.counts))


def _numbers(column: pa.ChunkedArray, stride: int) -> NDArray[np.float64] | None:
    """Every so manieth value of a column of numbers, as far as it is finite."""
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return None
    parts: Sequence[Any] = [c.to_numpy(zero_copy_only=False)[::stride] for c in column.chunks]
    values = np.concatenate(parts).astype(np.float64) if parts else np.empty(0)
    return values[np.isfinite(values)]
