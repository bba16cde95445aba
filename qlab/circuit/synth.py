"""A unitary matrix as gates of the table: Givens rotations between basis states that differ in one qubit.

Exact, global phase included: 1 step for 2x2, 6 for 4x4, 28 for 8x8, fewer where entries are zero already. The engine
and the OpenQASM writers read this; js/src/core/synth.ts is the twin.

Source: Vartiainen, Möttönen, Salomaa, Phys. Rev. Lett. 92, 177902 (2004): elimination in the order of a Gray code, so
that no step needs a CX around it.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qlab.circuit.blocks import placed
from qlab.circuit.expr import number
from qlab.circuit.ops import Operation
from qlab.circuit.unitary import Matrix

if TYPE_CHECKING:
    from qlab.circuit.model import Circuit

_NONE = 1e-14  # entries and angles below it are rounding errors


@dataclass(frozen=True, slots=True)
class Step:
    """A 2x2 matrix on one target where other qubits of the matrix have given values.

    Args:
        target: Number of the qubit within the operation.
        fixed: (qubit, value) of all others.
        matrix: Exactly unitary, shape (2, 2).
    """

    target: int
    fixed: tuple[tuple[int, int], ...]
    matrix: Matrix


@lru_cache(maxsize=1024)
def steps(matrix: Matrix) -> tuple[Step, ...]:
    """Return the steps whose product, first one first, is the matrix.

    Args:
        matrix: Unitary, of 2, 4 or 8 rows.

    Example:
        >>> [(s.target, s.fixed) for s in steps(((1, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 1, 0, 0)))]
        [(1, ((0, 1),))]
    """
    size = len(matrix)
    gray = [i ^ i >> 1 for i in range(size)]
    v = np.array(matrix, dtype=complex)[np.ix_(gray, gray)]
    out: list[Step] = []
    for column in range(size - 1):
        for row in range(size - 1, column, -1):
            a, b = v[row - 1, column], v[row, column]
            if column == size - 2:
                out.append(_step(gray[row - 1], gray[row], _orthogonal(v[-2:, -2:]), size))
                continue
            pivot = row - 1 == column
            if abs(b) <= _NONE and (not pivot or abs(a - 1) <= _NONE):
                continue
            r = math.hypot(abs(a), abs(b))
            turn = np.array([[a.conjugate(), b.conjugate()], [-b, a]]) / r
            if abs(a) <= _NONE * r:  # without the sign, so that a permutation needs no phases
                turn = np.array([[0, b.conjugate() / abs(b)], [1, 0]])
            v[[row - 1, row]] = turn @ v[[row - 1, row]]
            out.append(_step(gray[row - 1], gray[row], turn.conj().T, size))
    return tuple(s for s in reversed(out) if np.abs(np.array(s.matrix) - np.eye(2)).max() > _NONE)


def _orthogonal(m: NDArray[Any]) -> NDArray[Any]:
    """The matrix with its second row made exactly orthogonal to the first, both of length 1."""
    x, y = m[0] / math.hypot(abs(m[0, 0]), abs(m[0, 1]))
    det = x * m[1, 1] - y * m[1, 0]
    unit = det / abs(det)
    return np.array([[x, y], [-unit * y.conjugate(), unit * x.conjugate()]])


def _step(first: int, second: int, matrix: NDArray[Any], size: int) -> Step:
    target = (first ^ second).bit_length() - 1
    if first >> target & 1:
        matrix = matrix[::-1, ::-1]
    fixed = tuple((k, first >> k & 1) for k in range(size.bit_length() - 1) if k != target)
    return Step(target, fixed, tuple(tuple(complex(x) for x in row) for row in matrix))


def angles(matrix: Sequence[Sequence[complex]]) -> tuple[float, float, float, float]:
    """Return (α, θ, φ, λ) with e^{iα} u(θ, φ, λ) the unitary 2x2 matrix."""
    (a, b), (c, d) = matrix
    theta = 2 * math.atan2(abs(c), abs(a))
    if abs(c) <= _NONE:
        alpha = cmath.phase(a)
        return alpha, 0.0, 0.0, _wrapped(cmath.phase(d) - alpha)
    if abs(a) <= _NONE:
        alpha = cmath.phase(c)
        return alpha, math.pi, 0.0, _wrapped(cmath.phase(-b) - alpha)
    alpha = cmath.phase(a)
    return alpha, theta, _wrapped(cmath.phase(c) - alpha), _wrapped(cmath.phase(-b) - alpha)


def _wrapped(angle: float) -> float:
    """The same angle in (−π, π]; rounding errors are 0."""
    angle = math.remainder(angle, 2 * math.pi)
    if angle <= _NONE - math.pi:
        return math.pi
    return 0.0 if abs(angle) <= _NONE else angle


def decomposed(op: Operation) -> list[Operation]:
    """Return a ``unitary`` operation as gates of the table, its controls and condition on each; ids repeat.

    Exact; without controls the phase is an operation ``gphase``.
    """
    assert op.matrix is not None
    out: list[Operation] = []
    for s in steps(op.matrix):
        alpha, *turn = angles(s.matrix)
        ones = tuple(k for k, value in s.fixed if value)
        zeros = tuple(k for k, value in s.fixed if not value)
        inner = []
        if any(abs(t) > _NONE for t in turn):
            inner.append(Operation(op.id, "u", (s.target,), tuple(map(number, turn)), ones, zeros))
        if abs(alpha) > _NONE:  # a phase where the fixed qubits agree: of the first of them, or of all
            phase = Operation(op.id, "gphase", (), (number(alpha),))
            where = Operation(op.id, "u", tuple(range(len(s.fixed) + 1)), (), ones, zeros)
            inner += placed(phase, where)
        for one in inner:
            out += placed(one, op)
    return out


def written(circuit: Circuit) -> Circuit:
    """Return the circuit in gates of the table alone: blocks and matrices written out, exactly the same state."""
    from dataclasses import replace

    from qlab.circuit.model import Circuit

    flat = circuit.flattened()
    if not any(op.matrix is not None for op in flat.ops):
        return flat
    ops = [part for op in flat.ops for part in (decomposed(op) if op.matrix is not None else [op])]
    numbered = [replace(op, id=f"g{k + 1}") for k, op in enumerate(ops)]
    most = {"qubits": flat.n_qubits, "clbits": flat.n_clbits, "ops": max(1, len(ops))}
    return Circuit(flat.qubits, numbered, clbits=flat.clbits, name=flat.name, names=flat.names, limits=most)
