"""Times of the engine's loss-and-gradient step beside a plain NumPy adjoint and whatever peers are installed.

Not a test: `python tests/bench/engine.py [--repeats 30]` prints medians of interleaved runs, in milliseconds,
and ratios. The work: RY(x) encoding, 3 x (RY RZ on every wire + CX chain), RY RZ; loss mean((<Z0> - y)**2);
gradient of the weights.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from qlab import engine
from qlab.circuit import Circuit

REPETITIONS = 3
SIZES = ((4, 32), (8, 64), (10, 64), (12, 64))


def circuit(n: int) -> Circuit:
    """Return the benchmark's circuit on n wires."""
    c, k = Circuit(n), 0
    for q in range(n):
        c = c.append("ry", q, f"x[{q}]")
    for layer in range(REPETITIONS + 1):
        for gate in ("ry", "rz"):
            for q in range(n):
                c, k = c.append(gate, q, f"w[{k}]"), k + 1
        if layer < REPETITIONS:
            for q in range(n - 1):
                c = c.append("cx", [q, q + 1])
    return c


def observable(n: int, kind: str) -> dict[str, float]:
    """Return the measured observable: ``"Z0"`` or ``"mean Z"``."""
    return {"Z0": 1.0} if kind == "Z0" else {f"Z{q}": 1 / n for q in range(n)}


def numpy_step(n: int, kind: str, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Return loss and gradient by a textbook adjoint walk, batch in front, one gate at a time."""
    signs = 1 - 2 * (np.arange(1 << n)[:, None] >> np.arange(n) & 1)
    diagonal = (signs[:, 0] if kind == "Z0" else signs.mean(1)).reshape([2] * n)
    shape = (len(x), *[2] * n)

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

    steps: list[tuple[str, int, int]] = []
    for layer in range(REPETITIONS + 1):
        for gate in ("ry", "rz"):
            steps += [(gate, q, len([s for s in steps if s[2] >= 0]) + q) for q in range(n)]
        if layer < REPETITIONS:
            steps += [("cx", q, -1) for q in range(n - 1)]
    psi = np.zeros(shape, dtype=complex)
    psi[(slice(None), *[0] * n)] = 1
    for q in range(n):
        psi = turn(psi, "ry", q, x[:, q])
    for gate, q, k in steps:
        psi = cx(psi, q) if k < 0 else turn(psi, gate, q, w[k : k + 1])
    error = (np.abs(psi) ** 2 * diagonal).reshape(len(x), -1).sum(1) - y
    lam = psi * diagonal * (2 * error / len(x)).reshape(-1, *[1] * n)
    grad = np.zeros(len(w))
    for gate, q, k in reversed(steps):
        if k < 0:
            psi, lam = cx(psi, q), cx(lam, q)
            continue
        grad[k] = np.real(np.vdot(lam, turn(psi, gate, q, np.array([np.pi]))))
        psi, lam = turn(psi, gate, q, -w[k : k + 1]), turn(lam, gate, q, -w[k : k + 1])
    return float(np.mean(error**2)), grad


def engine_step(
    n: int, kind: str, x: np.ndarray, y: np.ndarray, w: np.ndarray
) -> Callable[[], tuple[float, np.ndarray]]:
    """Return the engine's step; its plan is compiled once, as a training run does."""
    plan = engine.compile(circuit(n), [observable(n, kind)])
    loss = [0.0]

    def back(values: np.ndarray) -> tuple[float, np.ndarray]:
        error = values[:, 0] - y
        loss[0] = float(error @ error) / len(y)
        return loss[0], (2 / len(y) * error)[:, None]

    def step() -> tuple[float, np.ndarray]:
        _, grad, _ = plan.value_and_vjp(x, w, back)
        return loss[0], grad

    return step


def peers(n: int, kind: str, x: np.ndarray, w: np.ndarray) -> dict[str, Callable[[], object]]:
    """Return steps of other simulators that can be imported here."""
    found: dict[str, Callable[[], object]] = {}
    try:
        import pennylane as qml
    except ImportError:
        return found
    device = qml.device("lightning.qubit", wires=n)

    @qml.qnode(device, diff_method="adjoint")
    def node(inputs: np.ndarray, weights: np.ndarray) -> object:
        for q in range(n):
            qml.RY(inputs[q], wires=q)
        k = 0
        for layer in range(REPETITIONS + 1):
            for gate in (qml.RY, qml.RZ):
                for q in range(n):
                    gate(weights[k], wires=q)
                    k += 1
            if layer < REPETITIONS:
                for q in range(n - 1):
                    qml.CNOT(wires=[q, q + 1])
        terms = observable(n, kind)
        return qml.expval(qml.Hamiltonian(list(terms.values()), [qml.PauliZ(int(t[1:])) for t in terms]))

    weights = qml.numpy.array(w, requires_grad=True)
    found["lightning.qubit adjoint"] = lambda: [qml.grad(node, argnum=1)(row, weights) for row in x]
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    options = parser.parse_args()
    started = time.perf_counter()
    engine.warm_up()
    took = time.perf_counter() - started
    print(f"warm_up {took:.2f} s; numpy {np.__version__}; Python {sys.version.split()[0]}")
    print(f"{'work':28}{'what':26}{'median ms':>10}{'min ms':>9}{'ratio':>8}")
    for n, batch, kind in [(n, b, k) for n, b in SIZES for k in ("Z0", "mean Z")]:
        rng = np.random.default_rng(n)
        x, y = rng.uniform(-np.pi, np.pi, (batch, n)), rng.choice([-1.0, 1.0], batch)
        w = rng.uniform(-np.pi, np.pi, 2 * n * (REPETITIONS + 1))
        mine = engine_step(n, kind, x, y, w)
        rows: dict[str, tuple[Callable[[], object], int]] = {
            f"engine, {k} thread{'s' * (k > 1)}": (mine, k) for k in options.threads
        }
        if n <= 10:
            rows["plain NumPy adjoint"] = (partial(numpy_step, n, kind, x, y, w), 1)
            (loss, grad), (got_loss, got) = numpy_step(n, kind, x, y, w), mine()
            np.testing.assert_allclose(got, grad, atol=1e-10)
            np.testing.assert_allclose(got_loss, loss, atol=1e-10)
        rows.update({name: (step, 1) for name, step in peers(n, kind, x, w).items()})
        for name, times in measure(rows, options.repeats, 20 if n <= 8 else 1).items():
            if name == next(iter(rows)):
                best = statistics.median(times)
            median = statistics.median(times)
            label = f"n={n:<3}batch={batch:<4}{kind:<15}{name:26}"
            print(f"{label}{median:10.3f}{min(times):9.3f}{median / best:8.2f}")
    c = circuit(12)
    x, cotangent = np.zeros((64, 12)), np.zeros((64, 12))
    t = time.perf_counter()
    plan = engine.compile(c)
    plan.value_and_vjp(x, np.zeros(plan.n_weights), cotangent)
    first = time.perf_counter() - t
    t = time.perf_counter()
    plan.value_and_vjp(x, np.zeros(plan.n_weights), cotangent)
    again = time.perf_counter() - t
    print(f"new circuit, n=12, {len(c.ops)} gates: {(first - again) * 1e3:.2f} ms beyond a step")


def measure(rows: dict[str, tuple[Callable[[], object], int]], repeats: int, inner: int) -> dict[str, list[float]]:
    """Return the milliseconds of interleaved runs; the slow ones run a few times only."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for repeat in range(repeats):
        for name, (step, threads) in rows.items():
            ours = name.startswith("engine")
            if not ours and repeat >= 4:
                continue
            engine.set_threads(threads)
            step()
            loops = inner if ours else 1
            t = time.perf_counter()
            for _ in range(loops):
                step()
            times[name].append((time.perf_counter() - t) * 1e3 / loops)
    return times


if __name__ == "__main__":
    main()
