"""Names of the array types of the engine, and aligned allocation; it must not import numba."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ComplexArray = npt.NDArray[np.complex128]


def empty_aligned(count: int, dtype: type[np.floating[Any]] = np.float64) -> npt.NDArray[Any]:
    """Return ``count`` uninitialised numbers that start on a cache line, so that no vector straddles two."""
    size = np.dtype(dtype).itemsize
    raw = np.empty(count + 64 // size, dtype=dtype)
    skip = (-raw.ctypes.data // size) % (64 // size)
    return raw[skip : skip + count]
