"""Amplitude encoding: rows of norm 1 to the angles of a circuit whose state they become. Pure.

Real amplitudes only, as features are. Must not know datasets or weights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..circuit import Circuit

Floats = NDArray[np.float64]


def amplitude_circuit(n: int, *, qubits: int | None = None) -> Circuit:
    """Return the circuit that turns |0…0⟩ into a row's amplitudes, when x is what `amplitude_angles` gives.

    A tree of uniformly controlled RY, each as rotations between CX in Gray order: 2**n - 1 RY and 2**n - 2 CX.

    Args:
        n: wires that hold the amplitudes.
        qubits: wires of the circuit, at least ``n``; the others stay untouched.

    Source: Möttönen, Vartiainen, Bergholm, Salomaa, arXiv:quant-ph/0407010.

    Example:
        >>> amplitude_circuit(2).stats()["counts"]
        {'ry': 3, 'cx': 2}
    """
    circuit = Circuit(n if qubits is None else qubits, name="amplitude")
    x = 0
    for level in range(n):
        target = n - 1 - level
        for i in range(1 << level):
            circuit = circuit.append("ry", target, f"x[{x}]")
            x += 1
            if level:
                flipped = _gray(i) ^ _gray((i + 1) % (1 << level))
                circuit = circuit.append("cx", [target + flipped.bit_length(), target])
    return circuit


def amplitude_angles(X: Floats) -> Floats:
    """Return the angles in radians, (rows, 2**n - 1), that make the circuit of `amplitude_circuit` give ``X``.

    Args:
        X: (rows, 2**n) rows of norm 1.
    """
    rows, size = X.shape
    levels = []
    here = np.asarray(X, dtype=np.float64)
    while here.shape[1] > 1:
        low, high = here[:, 0::2], here[:, 1::2]
        levels.append(2 * np.arctan2(high, low))
        here = np.hypot(low, high)
    return np.concatenate([_between_cx(angles) for angles in reversed(levels)], axis=1).reshape(rows, size - 1)


def _between_cx(angles: Floats) -> Floats:
    """Angles of the controlled rotations, one a pattern of the controls, to those of the plain ones between the CX."""
    size = angles.shape[1]
    order = np.array([_gray(i) for i in range(size)])
    odd = np.bitwise_count(order[:, None] & np.arange(size)[None, :]) & 1
    return np.asarray(angles @ np.where(odd == 1, -1.0, 1.0).T / size)


def _gray(i: int) -> int:
    return i ^ (i >> 1)
