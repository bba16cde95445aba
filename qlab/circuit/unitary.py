"""Matrices of ``unitary`` operations: read, checked and printed. It knows numbers, not wires or circuits.

js/src/core/unitary.ts is its twin: same rules, same words, same digits.
"""

from __future__ import annotations

import cmath
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from qlab.circuit.expr import format_number
from qlab.errors import CircuitError

Matrix = tuple[tuple[complex, ...], ...]
MAX_TARGETS = 3
TOLERANCE = 1e-9
_EXAMPLE = "write [[[0, 0], [1, 0]], [[1, 0], [0, 0]]]"


def to_matrix(value: Any, where: str) -> Matrix:
    """Return a matrix in normal form: rows of finite complex numbers without a negative zero.

    Args:
        value: A square array of numbers, row by row; qubit k of the operation is bit k of both indices.
        where: The place for messages.

    Raises:
        CircuitError: when it isn't a square matrix of finite numbers, or not unitary to 1e-9.
    """
    try:
        array = np.asarray(value, dtype=complex)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.ndim != 2:
        raise CircuitError("the matrix is not rows of numbers", where=where, cure="give a square array", value=value)
    rows = tuple(tuple(complex(v.real + 0.0, v.imag + 0.0) for v in row) for row in array.tolist())
    check_matrix(rows, where)
    return rows


def from_pairs(value: Any, where: str) -> Matrix:
    """Return the matrix of parsed JSON: rows of ``[re, im]``.

    Raises:
        CircuitError: as `to_matrix`.
    """
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise _not_pairs(where)
    rows = tuple(tuple(_entry(v, where) for v in row) for row in value)
    check_matrix(rows, where)
    return rows


def _entry(value: Any, where: str) -> complex:
    if not isinstance(value, list) or len(value) != 2:
        raise _not_pairs(where)
    if any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in value):
        raise _not_pairs(where)
    try:
        return complex(float(value[0]) + 0.0, float(value[1]) + 0.0)
    except OverflowError:
        return complex(np.inf, 0.0)


def _not_pairs(where: str) -> CircuitError:
    return CircuitError("the matrix is not rows of [re, im] pairs", where=where, cure=_EXAMPLE)


@lru_cache(maxsize=4096)
def _fault(rows: Matrix) -> tuple[str, str] | None:
    size = len(rows)
    if size not in (2, 4, 8):
        return f"the matrix has {size} rows, not 2, 4 or 8", "give a matrix on 1, 2 or 3 qubits"
    for i, row in enumerate(rows):
        if len(row) != size:
            return f"row {i} of the matrix has {len(row)} entries, not {size}", "give a square matrix"
        for k, v in enumerate(row):
            if not cmath.isfinite(v):
                return f"entry {i}, {k} of the matrix is not a finite number", "use finite numbers"
    array = np.array(rows)
    off = np.abs(array.conj().T @ array - np.eye(size)) > TOLERANCE
    cure = "give a unitary matrix, with 10 digits or more"
    for a in range(size):
        if off[a, a]:
            return f"the matrix is not unitary: column {a} doesn't have length 1", cure
    for a in range(size):
        for b in range(a + 1, size):
            if off[a, b]:
                return f"the matrix is not unitary: columns {a} and {b} aren't orthogonal", cure
    return None


def check_matrix(rows: Matrix, where: str) -> None:
    """Raise CircuitError unless rows are a unitary matrix on 1, 2 or 3 qubits, to 1e-9 in every entry of U†U."""
    fault = _fault(rows)
    if fault is not None:
        raise CircuitError(fault[0], where=where, cure=fault[1])


def print_matrix(rows: Sequence[Sequence[complex]]) -> str:
    """Return the canonical JSON: rows of ``[re, im]``, numbers as JavaScript prints them."""
    return "[" + ", ".join("[" + ", ".join(map(_pair, row)) + "]" for row in rows) + "]"


def _pair(v: complex) -> str:
    return f"[{_number(v.real)}, {_number(v.imag)}]"


def _number(value: float) -> str:
    return ("-" if value < 0 else "") + format_number(abs(value))
