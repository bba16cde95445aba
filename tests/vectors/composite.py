"""Circuits of circuits.json with operations that bring their own meaning: matrices and blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from qlab.circuit import Circuit


def random_matrix(seed: int, qubits: int) -> Any:
    """Return a random unitary matrix with entries of 12 digits."""
    rng = np.random.default_rng(seed)
    size = 2**qubits
    q, _ = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))
    return np.vectorize(lambda v: complex(float(f"{v.real:.12g}"), float(f"{v.imag:.12g}")))(q)


def unitaries() -> Circuit:
    """Matrices on one to three qubits, with labels, controls and anti-controls."""
    c = Circuit(5, name="unitary matrices")
    for q in range(5):
        c = c.append("ry", q, 0.3 + 0.2 * q)
    c = c.append("unitary", 0, matrix=[[0, -1j], [1j, -0.0]], label="my “Y”")
    c = c.append("unitary", 3, matrix=random_matrix(1, 1), controls=[0], anticontrols=[4])
    c = c.append("unitary", [2, 0], matrix=random_matrix(2, 2), label="A\\B")
    c = c.append("unitary", [1, 3], matrix=random_matrix(3, 2), anticontrols=[0])
    c = c.append("unitary", [4, 0, 2], matrix=random_matrix(4, 3))
    c = c.append("unitary", [1, 4, 3], matrix=random_matrix(5, 3), controls=[2], anticontrols=[0])
    c = c.append("unitary", [0, 1], matrix=np.eye(4)[[0, 3, 2, 1]])
    return c.append("cunitary", [4, 1], matrix=np.diag([1, 1 + 1e-10j]), label="😀" * 64)


def blocks() -> Circuit:
    """Nested blocks with angles, a matrix, a phase and a barrier; instances with controls and anti-controls."""
    layer = (
        Circuit(2)
        .append("ry", 0, "w[0]*x[1]")
        .append("ry", 1, "w[1]")
        .append("barrier")
        .append("cx", [0, 1])
        .append("gphase", [], "w[2]/2")
        .append("unitary", [1], matrix=random_matrix(6, 1), controls=[0])
    )
    two = Circuit(3).define("layer", layer).append("h", 2).append("block:layer", [2, 0]).append("block:layer", [0, 1])
    c = Circuit(5, name="blocks").define('two "layers"', two)
    for q in range(5):
        c = c.append("rx", q, 0.2 + 0.3 * q)
    c = c.append('block:two "layers"', [4, 2, 0], controls=[1])
    c = c.append("block:layer", [3, 1], anticontrols=[0, 2])
    return c.append("block:layer", [0, 4]).append('block:two "layers"', [0, 1, 3], id="last")
