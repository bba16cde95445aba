"""Names of the array types of the engine, and aligned allocation that keeps what is given back; no numba here."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
ComplexArray = npt.NDArray[np.complex128]


def empty_aligned(count: int, dtype: type[np.floating[Any]] = np.float64) -> npt.NDArray[Any]:
    """Return ``count`` uninitialised numbers that start on a cache line, so that no vector straddles two."""
    size = np.dtype(dtype).itemsize
    raw = np.empty(count + 64 // size, dtype=dtype)
    skip = (-raw.ctypes.data // size) % (64 // size)
    return raw[skip : skip + count]


class Spares:
    """Memory that closed workspaces gave back, for the next circuit: fresh pages cost more than a small one's step.

    Any thread may take and give at any moment, also the collector of garbage in the middle of either: so no lock, which
    it would wait for in vain, but steps on a dict that nothing can come between.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[int, npt.NDArray[np.uint8]] = {}  # by address, oldest first

    def take(self, count: int, dtype: type[np.floating[Any]]) -> npt.NDArray[Any]:
        """Return what `empty_aligned` does, of kept memory where a piece fits that isn't twice as large."""
        need = count * np.dtype(dtype).itemsize
        for at, one in self._kept.copy().items():
            if need <= one.nbytes <= 2 * need and self._kept.pop(at, None) is not None:
                return one[:need].view(dtype)
        return empty_aligned(count, dtype)

    def give(self, array: npt.NDArray[Any]) -> None:
        """Keep an array's memory, which nobody may use any more; the oldest goes first where that is too much."""
        raw = array.view(np.uint8)
        if not _WORTH <= raw.nbytes <= self._most:
            return
        self._kept[raw.ctypes.data] = raw
        kept = self._kept.copy()
        surplus = sum(one.nbytes for one in kept.values()) - self._most
        for at, one in kept.items():
            if surplus <= 0:
                return
            surplus -= one.nbytes
            self._kept.pop(at, None)

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()


_WORTH = 1 << 16  # smaller ones come from the heap, whose pages are there
spares = Spares(32 << 20)
