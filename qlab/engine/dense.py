"""Gates as dense matrices on states in rows, by NumPy: for what branches, where each row goes its own way.

Slower than a plan's kernels by an order of magnitude, and general: any matrix on any rows. It must not know noise or
measurements.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from qlab.circuit import Operation
from qlab.errors import EngineError

from .arrays import ComplexArray, FloatArray, IntArray
from .matrices import FIXED, X

_R = np.sqrt(0.5)
_TWO: dict[str, ComplexArray] = {
    "id": np.eye(2, dtype=complex),
    "swap": np.eye(4, dtype=complex)[[0, 2, 1, 3]],
    "iswap": np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]]),
    "ecr": _R * np.array([[0, 1, 0, 1j], [1, 0, -1j, 0], [0, 1j, 0, 1], [-1j, 0, 1, 0]]),
    "dcx": np.eye(4, dtype=complex)[[0, 3, 1, 2]],
}
_PAULI = {"rx": X, "ry": FIXED["y"], "rz": FIXED["z"]}
_PAIRS = {  # the generator of a two-qubit rotation: the first qubit is the low bit
    "rxx": np.kron(X, X),
    "ryy": np.kron(FIXED["y"], FIXED["y"]),
    "rzz": np.kron(FIXED["z"], FIXED["z"]),
    "rzx": np.kron(X, FIXED["z"]),
}


def matrix_of(op: Operation, x: FloatArray, w: FloatArray) -> ComplexArray:
    """Return the matrix of a unitary operation on its targets, without controls.

    Args:
        op: A gate of the table or a matrix; no block.
        x: Inputs, shape (batch, n_inputs).
        w: Weights, shape (n_weights,).

    Returns:
        (d, d), or (batch, d, d) where an angle reads inputs; rows and columns little-endian in the targets.

    Raises:
        EngineError: naming the operation, and the row of X, of an angle that isn't finite.
    """
    if op.matrix is not None:
        return np.array(op.matrix)
    if not op.params:
        return FIXED[op.gate] if op.gate in FIXED else _TWO[op.gate]
    angles = [p.evaluate(x, w) for p in op.params]
    for p, value in zip(op.params, angles, strict=True):
        if not np.isfinite(value).all():
            bad = np.argwhere(~np.isfinite(value))[0]
            raise EngineError(
                f"the angle {p} is {value[tuple(bad)]}",
                where=f"op {op.id}" + (f", row {bad[0]} of X" if len(bad) else ""),
                cure="keep its argument inside the function's domain, for example by scaling the inputs",
            )
    return _turned(op.gate, *np.broadcast_arrays(*angles))


def _turned(gate: str, *angles: npt.NDArray[np.float64]) -> ComplexArray:
    theta = angles[0][..., None, None]
    if gate == "gphase":
        phase: ComplexArray = np.exp(1j * theta)
        return phase
    generator = _PAULI.get(gate, _PAIRS.get(gate))
    if generator is not None:
        identity = np.eye(len(generator))
        turned: ComplexArray = np.cos(theta / 2) * identity - 1j * np.sin(theta / 2) * generator
        return turned
    c, s = np.cos(angles[0] / 2), np.sin(angles[0] / 2)
    if gate == "p":
        return _filled(2, angles[0].shape, {(0, 0): 1, (1, 1): np.exp(1j * angles[0])})
    second = np.exp(1j * angles[1])
    if gate == "u":
        third = np.exp(1j * angles[2])
        return _filled(2, c.shape, {(0, 0): c, (0, 1): -third * s, (1, 0): second * s, (1, 1): second * third * c})
    low, high, size = {"r": (0, 1, 2), "xx_plus_yy": (1, 2, 4), "xx_minus_yy": (0, 3, 4)}[gate]
    rest = {(k, k): 1 for k in range(size) if k not in (low, high)}
    block = {(low, low): c, (high, high): c, (high, low): -1j * second * s, (low, high): -1j * second.conj() * s}
    return _filled(size, c.shape, rest | block)


def _filled(size: int, shape: tuple[int, ...], entries: dict[tuple[int, int], object]) -> ComplexArray:
    out = np.zeros((*shape, size, size), dtype=complex)
    for (row, column), value in entries.items():
        out[..., row, column] = value
    return out


@lru_cache(maxsize=512)
def indices(n: int, targets: tuple[int, ...], ones: tuple[int, ...] = (), zeros: tuple[int, ...] = ()) -> IntArray:
    """Return the basis states a gate touches, shape (2**len(targets), rest): column by column one small state."""
    base = np.zeros(1, dtype=np.int64)
    for q in range(n):
        if q in ones:
            base = base | 1 << q
        elif q not in targets and q not in zeros:
            base = np.concatenate([base, base | 1 << q])
    offsets = np.zeros(1, dtype=np.int64)
    for q in targets:
        offsets = np.concatenate([offsets, offsets | 1 << q])
    out: IntArray = offsets[:, None] | base[None, :]
    out.flags.writeable = False
    return out


def apply(states: ComplexArray, matrix: ComplexArray, op: Operation, n: int) -> None:
    """Apply a matrix, (d, d) or one for each row, on an operation's wires, in place.

    Args:
        states: (rows, 2**n).
        matrix: From `matrix_of`, chosen for the rows.
        op: Whose targets and controls it has.
        n: Wires.
    """
    at = indices(n, op.qubits, op.controls, op.anticontrols)
    states[:, at] = matrix @ states[:, at]


def one_probability(states: ComplexArray, qubit: int, n: int) -> FloatArray:
    """Return the probability of 1 on a qubit of normalised states, shape (rows,), in [0, 1]."""
    at = indices(n, (), (qubit,))[0]
    ones = states[:, at]
    result: FloatArray = np.clip(np.einsum("ij,ij->i", ones, ones.conj()).real, 0.0, 1.0)
    return result
