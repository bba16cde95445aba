"""The constant one-qubit matrices, constant rotations, and what they do to the axes X, Y, Z; pure NumPy."""

from __future__ import annotations

import numpy as np

from . import codes
from .arrays import ComplexArray, FloatArray

_R = np.sqrt(0.5)
FIXED: dict[str, ComplexArray] = {
    "h": np.array([[_R, _R], [_R, -_R]], dtype=complex),
    "x": np.array([[0, 1], [1, 0]], dtype=complex),
    "y": np.array([[0, -1j], [1j, 0]]),
    "z": np.diag([1, -1]).astype(complex),
    "s": np.diag([1, 1j]),
    "sdg": np.diag([1, -1j]),
    "t": np.diag([1, np.exp(0.25j * np.pi)]),
    "tdg": np.diag([1, np.exp(-0.25j * np.pi)]),
    "sx": np.array([[0.5 + 0.5j, 0.5 - 0.5j], [0.5 - 0.5j, 0.5 + 0.5j]]),
    "sxdg": np.array([[0.5 - 0.5j, 0.5 + 0.5j], [0.5 + 0.5j, 0.5 - 0.5j]]),
}
X = FIXED["x"]
_PAULIS = (X, FIXED["y"], FIXED["z"])


def rotation(kind: int, angle: float) -> ComplexArray:
    """Return the matrix of an RX, RY, RZ, P or GPHASE factor at a known angle in radians."""
    if kind == codes.P:
        return np.diag([1, np.exp(1j * angle)])
    if kind == codes.GPHASE:
        return np.diag([np.exp(1j * angle)] * 2)
    pauli = _PAULIS[kind]
    matrix: ComplexArray = np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * pauli
    return matrix


def constant_row(matrix: ComplexArray) -> FloatArray:
    """Return a constant's kernel row: entries as re, im (8 reals), then the images of X, Y, Z (9 reals)."""
    entries = matrix.reshape(4)
    images = [(np.trace(onto @ matrix @ pauli @ matrix.conj().T) / 2).real for pauli in _PAULIS for onto in _PAULIS]
    return np.array([part for entry in entries for part in (entry.real, entry.imag)] + images, dtype=np.float64)
