"""The lowest eigenpairs of a dense symmetric matrix, by LAPACK, with the interpreter released meanwhile.

`scipy.linalg.eigh` calls the same routine but keeps the interpreter to itself, so that a stop of a large problem, and
the page that shows it, would wait for it. Knows no problem.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np

from .terms import FloatArray

_KINDS: dict[str, Any] = {"char": ctypes.c_char_p, "int": ctypes.POINTER(ctypes.c_int), "double": ctypes.c_void_p}
_SHAPE = "char char char int double int double double int int double int double double int int double int int int int"


@cache
def _dsyevr() -> Any:
    """Return LAPACK's routine from SciPy's own table of them, as a function that ctypes calls without the lock."""
    from scipy.linalg import cython_lapack

    capsule = cython_lapack.__pyx_capi__["dsyevr"]
    name = ctypes.pythonapi.PyCapsule_GetName
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    signature = name(capsule)
    if signature.count(b"int *") != _SHAPE.split().count("int"):  # whole numbers of another width
        return None
    return ctypes.CFUNCTYPE(None, *(_KINDS[kind] for kind in _SHAPE.split()))(pointer(capsule, signature))


def lowest(matrix: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Return the ``count`` lowest eigenvalues, ascending, and their vectors, shape (n, count).

    Example:
        >>> lowest(np.diag([3.0, 1.0, 2.0]), 2)[0].tolist()
        [1.0, 2.0]
    """
    routine, n = _dsyevr(), len(matrix)
    if routine is not None:
        a = np.array(matrix, dtype=np.float64, order="F")
        values, vectors = np.empty(n), np.empty((n, count), order="F")
        support, found, told = np.empty(2 * count, dtype=np.intc), ctypes.c_int(), ctypes.c_int()
        work, whole = np.empty(1), np.empty(1, dtype=np.intc)

        def number(value: int) -> Any:
            return ctypes.byref(ctypes.c_int(value))

        def integers(array: Any) -> Any:
            return array.ctypes.data_as(_KINDS["int"])

        def call(size: int, whole_size: int) -> None:
            nothing = np.zeros(1)
            routine(b"V", b"I", b"L", number(n), a.ctypes.data, number(n), nothing.ctypes.data, nothing.ctypes.data,
                    number(1), number(count), nothing.ctypes.data, ctypes.byref(found), values.ctypes.data,
                    vectors.ctypes.data, number(n), integers(support), work.ctypes.data, number(size),
                    integers(whole), number(whole_size), ctypes.byref(told))  # fmt: skip

        call(-1, -1)  # asks how much room it needs
        size, whole_size = int(work[0]), int(whole[0])
        work, whole = np.empty(size), np.empty(whole_size, dtype=np.intc)
        call(size, whole_size)
        if told.value == 0 and found.value == count:
            return values[:count], vectors
    every, vectors = np.linalg.eigh(matrix)
    return every[:count], vectors[:, :count]
