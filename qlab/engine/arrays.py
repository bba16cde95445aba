"""Names of the array types of the engine, and aligned allocation; it must not import numba."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ComplexArray = npt.NDArray[np.complex128]


def empty_aligned(count: int) -> FloatArray:
    """Return ``count`` uninitialised doubles that start on a cache line, so that no vector straddles two."""
    raw = np.empty(count + 8, dtype=np.float64)
    skip = (-raw.ctypes.data // 8) % 8
    return raw[skip : skip + count]
