"""The benchmark's work: RY encoding, 3 x (RY, RZ on every wire + CX chain), RY RZ; loss mean((<O> - y)**2).

Shared by every simulator that is timed, so that they provably do the same; it must not import any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qlab.circuit import Circuit

REPETITIONS = 3
Step = Callable[[], tuple[float, np.ndarray]]  # loss and gradient of the weights


@dataclass(frozen=True)
class Work:
    """One row of the table: a size, an observable, data and weights."""

    n: int
    kind: str  # "Z0" or "mean Z"
    x: np.ndarray
    y: np.ndarray
    w: np.ndarray

    @staticmethod
    def make(n: int, kind: str, batch: int) -> Work:
        """Return work of seeded data."""
        rng = np.random.default_rng(n)
        x, y = rng.uniform(-np.pi, np.pi, (batch, n)), rng.choice([-1.0, 1.0], batch)
        return Work(n, kind, x, y, rng.uniform(-np.pi, np.pi, 2 * n * (REPETITIONS + 1)))

    def first(self, batch: int) -> Work:
        """Return the same work on fewer samples."""
        return Work(self.n, self.kind, self.x[:batch], self.y[:batch], self.w)


def gates(n: int) -> list[tuple[str, int, int]]:
    """Return (gate, wire, index): ``x[index]`` for "encode", ``w[index]`` for "ry" and "rz", the target for "cx"."""
    steps, k = [("encode", q, q) for q in range(n)], 0
    for layer in range(REPETITIONS + 1):
        for gate in ("ry", "rz"):
            for q in range(n):
                steps.append((gate, q, k))
                k += 1
        if layer < REPETITIONS:
            steps += [("cx", q, q + 1) for q in range(n - 1)]
    return steps


def circuit(n: int) -> Circuit:
    """Return the benchmark's circuit on n wires."""
    c = Circuit(n)
    for gate, q, k in gates(n):
        if gate == "cx":
            c = c.append("cx", [q, k])
        else:
            c = c.append("ry", q, f"x[{k}]") if gate == "encode" else c.append(gate, q, f"w[{k}]")
    return c


def observable(n: int, kind: str) -> dict[str, float]:
    """Return the measured observable: ``"Z0"`` or ``"mean Z"``."""
    return {"Z0": 1.0} if kind == "Z0" else {f"Z{q}": 1 / n for q in range(n)}


def diagonal(n: int, kind: str) -> np.ndarray:
    """Return the observable's eigenvalues, qubit 0 the least significant bit."""
    signs = 1 - 2 * (np.arange(1 << n)[:, None] >> np.arange(n) & 1)
    return signs[:, 0].astype(float) if kind == "Z0" else signs.mean(1)


def numpy_step(n: int, kind: str, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Return loss and gradient by a textbook adjoint walk, batch in front, one gate at a time."""
    values = diagonal(n, kind).reshape([2] * n)

    def turn(state: np.ndarray, gate: str, q: int, angle: np.ndarray) -> np.ndarray:
        a, b = np.moveaxis(state, n - q, 0)
        c, s = (f(angle / 2).reshape(-1, *[1] * (n - 1)) for f in (np.cos, np.sin))
        new = (c * a - s * b, s * a + c * b) if gate == "ry" else ((c - 1j * s) * a, (c + 1j * s) * b)
        return np.moveaxis(np.stack(new), 0, n - q)

    def cx(state: np.ndarray, q: int) -> np.ndarray:
        state = state.copy()
        view = np.moveaxis(state, (n - q, n - q - 1), (0, 1))
        view[1] = view[1, ::-1].copy()
        return state

    psi = np.zeros((len(x), *[2] * n), dtype=complex)
    psi[(slice(None), *[0] * n)] = 1
    steps = gates(n)
    for gate, q, k in steps:
        if gate == "cx":
            psi = cx(psi, q)
        else:
            psi = turn(psi, "ry", q, x[:, k]) if gate == "encode" else turn(psi, gate, q, w[k : k + 1])
    error = (np.abs(psi) ** 2 * values).reshape(len(x), -1).sum(1) - y
    lam = psi * values * (2 * error / len(x)).reshape(-1, *[1] * n)
    grad = np.zeros(len(w))
    for gate, q, k in reversed(steps):
        if gate == "cx":
            psi, lam = cx(psi, q), cx(lam, q)
        elif gate != "encode":
            grad[k] = np.real(np.vdot(lam, turn(psi, gate, q, np.array([np.pi]))))
            psi, lam = turn(psi, gate, q, -w[k : k + 1]), turn(lam, gate, q, -w[k : k + 1])
    return float(np.mean(error**2)), grad
