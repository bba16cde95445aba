"""Fidelity kernels: squared overlaps of the states of two batches, each state simulated once where memory allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from qlab.circuit import Circuit
from qlab.errors import EngineError

from . import capacity
from .arrays import ComplexArray, FloatArray
from .checks import as_matrix
from .plan import Plan, compile

_ROWS = 256  # rows of a block of the product: large enough for the matrix multiplication, small enough to skip half


def kernel_matrix(circuit: Circuit | Plan, X1: Any, X2: Any = None, w: Any = None) -> FloatArray:
    """Return |⟨ψ(x1)|ψ(x2)⟩|² for every pair of rows.

    Args:
        circuit: The feature map, or a plan of it.
        X1: Inputs in radians, shape (n1, n_inputs).
        X2: The same, shape (n2, n_inputs); None means X1, of which half is computed and the diagonal is exactly 1.
        w: Weights, shape (n_weights,).

    Returns:
        (n1, n2) float64, in [0, 1]; symmetric to the last bit where X2 is None or equal to X1.

    Raises:
        EngineError: as `Plan.statevector`; where not even two states and the result fit into memory.

    Example:
        >>> import qlab
        >>> kernel_matrix(qlab.Circuit(1).append("ry", 0, "x[0]"), [[0.0], [np.pi]]).round(12).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    plan = circuit if isinstance(circuit, Plan) else compile(circuit, [])
    first = as_matrix(X1, "X1", plan.n_inputs, "input of the circuit")
    second = first if X2 is None else as_matrix(X2, "X2", plan.n_inputs, "input of the circuit")
    same = second is first or np.array_equal(first, second)
    rows = _rows_at_once(plan.n_qubits, len(first), 0 if same else len(second))
    out = np.empty((len(first), len(second)))

    def states(x: FloatArray) -> Callable[[int, int], ComplexArray]:
        if len(x) <= rows:
            whole = plan.statevector(x, w)
            return lambda start, stop: whole[start:stop]
        return lambda start, stop: plan.statevector(x[start:stop], w)

    left = states(first)
    right = left if same else states(second)
    for a in _blocks(len(first), rows):
        bra = left(a.start, a.stop)
        for b in _blocks(len(second), rows):
            if same and b.start < a.start:
                continue
            ket = bra if same and b.start == a.start else right(b.start, b.stop)
            _overlaps(bra, ket, out[a, b], half=same and b.start == a.start)
    if same:
        below = np.tril_indices(len(first), -1)
        out[below] = out.T[below]
        np.fill_diagonal(out, 1.0)
    return out


def _blocks(n: int, rows: int) -> Iterator[slice]:
    for start in range(0, n, rows):
        yield slice(start, min(start + rows, n))


def _overlaps(bra: ComplexArray, ket: ComplexArray, out: FloatArray, *, half: bool) -> None:
    """Fill ``out`` with squared overlaps, with ``half`` at least its upper triangle."""
    for a in _blocks(len(bra), _ROWS):
        conjugate = bra[a].conj()
        for b in _blocks(len(ket), _ROWS):
            if half and b.stop <= a.start:
                continue
            inner = conjugate @ ket[b].T
            squared = inner.real**2 + inner.imag**2
            np.minimum(squared, 1.0, out=out[a, b])  # rounding can lift it above 1 by an ulp


def _rows_at_once(n_qubits: int, n1: int, n2: int) -> int:
    """How many states of each side are held at the same time: all, or as many as fit beside the result."""
    state = 16 << n_qubits
    result = 8 * n1 * max(n1, n2)
    everything = (n1 + n2) * state + result
    if everything <= 64 << 20:
        return max(n1, n2, 1)
    free = int(capacity.memory_limit() * 0.9)
    if everything <= free:
        return max(n1, n2)
    rows = (free - result) // (3 * state)  # two blocks, and what `Plan.statevector` needs beside its result
    if rows >= 1:
        return int(rows)
    need = 3 * state + result
    raise EngineError(
        f"a kernel matrix of {n1} x {n2 or n1} entries on {n_qubits} qubits needs {need >> 20} MiB, "
        f"but {free >> 20} MiB are free",
        where=f"n_qubits = {n_qubits}",
        cure="use fewer samples or fewer qubits",
        value=need,
    )
