"""The figures of a run as growing columns: one writer appends, any thread reads without a lock.

Must not know what the columns mean. A reader takes the row count first and the array second: the array is
only ever replaced by a longer copy, and the count is raised last, so that rows below it are always complete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat

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

    __slots__ = ("_data", "n", "names")

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._data = np.empty((len(self.names), FIRST))
        self.n = 0

    def append(self, values: Mapping[str, float]) -> None:
        """Add one row; a column that isn't given becomes nan. For the one writer only."""
        n = self.n
        if n == self._data.shape[1]:
            longer = np.empty((len(self.names), 2 * n))
            longer[:, :n] = self._data
            self._data = longer
        self._data[:, n] = tuple(map(values.get, self.names, repeat(np.nan)))
        self.n = n + 1

    def fill(self, rows: Array) -> None:
        """Begin with these rows, shape (columns, rows); only before the first `append`."""
        held = FIRST
        while held < rows.shape[1]:
            held *= 2
        data = np.empty((len(self.names), held))
        data[:, : rows.shape[1]] = rows
        self._data = data
        self.n = rows.shape[1]

    def column(self, name: str) -> Array:
        """Return a copy of one column, shape (n,)."""
        n = self.n
        return self._data[self.names.index(name), :n].copy()

    def block(self, start: int, stop: int) -> Array:
        """Return a copy of rows [start, stop), shape (columns, rows), clipped to what exists."""
        n = self.n
        return self._data[:, max(0, start) : min(stop, n)].copy()

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
