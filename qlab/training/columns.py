"""The figures of a run as growing columns: one writer appends, any thread reads without a lock.

Must not know what the columns mean. A reader takes the row count first and the array second: the array is
only ever replaced by a longer copy, and the count is raised last, so that rows below it are always complete. Rows lie
one after the other in memory, so that a row is written by one call.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FIRST = 1024  # rows of the first block; doubled as needed


class Columns:
    """Named float64 columns that grow by rows.

    Args:
        names: one a column.

    Example:
        >>> c = Columns(("step", "loss"))
        >>> c.append({"step": 1.0, "loss": 0.7})
        >>> c.n, c.column("loss").tolist()
        (1, [0.7])
    """

    __slots__ = ("_bytes", "_data", "_held", "_pack", "_wide", "n", "names")

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        packer = struct.Struct(f"{len(self.names)}d")
        self._pack, self._wide = packer.pack_into, packer.size
        self.n = 0
        self._hold(np.empty((FIRST, len(self.names))))

    def _hold(self, data: Array) -> None:
        self._data, self._held = data, data.shape[0]
        self._bytes = data.data.cast("B")

    def extend(self, rows: Sequence[tuple[float, ...]]) -> None:
        """Add rows, each a number for every column. For the one writer only."""
        n = self.n
        while n + len(rows) > self._held:
            longer = np.empty((2 * self._held, len(self.names)))
            longer[:n] = self._data[:n]
            self._hold(longer)
        for at, row in enumerate(rows, n):
            self._pack(self._bytes, at * self._wide, *row)
        self.n = n + len(rows)

    def append(self, values: Mapping[str, float]) -> None:
        """Add one row by names; a column that isn't given becomes nan. For the one writer only."""
        self.extend([tuple(values.get(name, np.nan) for name in self.names)])

    def fill(self, rows: Array) -> None:
        """Begin with these rows, shape (columns, rows); only before the first `append`."""
        held = FIRST
        while held < rows.shape[1]:
            held *= 2
        data = np.empty((held, len(self.names)))
        data[: rows.shape[1]] = rows.T
        self._hold(data)
        self.n = rows.shape[1]

    def column(self, name: str) -> Array:
        """Return a copy of one column, shape (n,)."""
        n = self.n
        return self._data[:n, self.names.index(name)].copy()

    def block(self, start: int, stop: int) -> Array:
        """Return a copy of rows [start, stop), shape (columns, rows), clipped to what exists."""
        n = self.n
        return self._data[max(0, start) : min(stop, n)].T.copy()

    def bucket(self, start: int, stop: int, points: int) -> tuple[Array, bool]:
        """Return rows [start, stop) in at most ``points`` rows, and whether these are the rows themselves.

        Each bucket gives a row of the minima and a row of the maxima of its columns (nan where it has no
        value); columns that grow, such as step, so give the two ends of the bucket. Extremes are exact.
        """
        block = self.block(start, stop)
        rows = block.shape[1]
        if points <= 0 or rows <= points:
            return block, True
        buckets = max(1, points // 2)
        edges = np.linspace(0, rows, buckets + 1).astype(np.int64)[:-1]
        out = np.empty((block.shape[0], 2 * buckets))
        # fmin and fmax pass over nan unless all are
        out[:, 0::2] = np.fmin.reduceat(block, edges, axis=1)
        out[:, 1::2] = np.fmax.reduceat(block, edges, axis=1)
        return out, False
