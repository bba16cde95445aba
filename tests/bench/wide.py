"""One large state: loss and gradient where the batch can't fill the lanes, on both paths and in lightning.qubit.

Not a test: `python tests/bench/wide.py [--sizes 16 18 20 22] [--batches 1 2 4] [--repeats 7]` prints medians of
interleaved runs in milliseconds, and ratios. The work is that of `engine.py`: RY(x) encoding, 3 x (RY RZ on every
wire + CX chain), RY RZ; mean Z (or Z0, whose light cone is small); gradient of the weights. PennyLane may live in
another environment: `--peer PYTHON` runs this file there, between our own runs.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from peers.verdict import Line, show

REPETITIONS = 3
Step = Callable[[], float]  # runs once and returns milliseconds


def samples(n: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs and weights."""
    rng = np.random.default_rng(n)
    return rng.uniform(-np.pi, np.pi, (batch, n)), rng.uniform(-np.pi, np.pi, 2 * n * (REPETITIONS + 1))


def terms(n: int, kind: str) -> dict[str, float]:
    """Return the observable."""
    return {"Z0": 1.0} if kind == "Z0" else {f"Z{q}": 1 / n for q in range(n)}


def timed(step: Callable[[], object]) -> Step:
    """Return a step that gives its milliseconds."""

    def run() -> float:
        step()  # threads are awake and caches hold this plan, as in the middle of a training run
        start = time.perf_counter()
        step()
        return (time.perf_counter() - start) * 1e3

    return run


def ours(n: int, batch: int, kind: str, path: str | None, dtype: str, threads: int) -> Callable[[], np.ndarray]:
    """Return the engine's step on one path (None: the one it chooses), which gives the gradient."""
    from qlab import engine
    from qlab.circuit import Circuit

    c, k = Circuit(n), 0
    for q in range(n):
        c = c.append("ry", q, f"x[{q}]")
    for layer in range(REPETITIONS + 1):
        for gate in ("ry", "rz"):
            for q in range(n):
                c, k = c.append(gate, q, f"w[{k}]"), k + 1
        for q in range(n - 1 if layer < REPETITIONS else 0):
            c = c.append("cx", [q, q + 1])
    plan = engine.compile(c, [terms(n, kind)], dtype=dtype)
    plan._path = path
    x, w = samples(n, batch)

    def step() -> np.ndarray:
        if engine.get_threads() != threads:
            engine.set_threads(threads)
        return np.asarray(plan.value_and_vjp(x, w, lambda values: (0.0, np.full_like(values, 1 / batch)))[1])

    return step


def lightning(n: int, batch: int, kind: str) -> Callable[[], np.ndarray]:
    """Return lightning.qubit's adjoint step, one sample after the other."""
    import pennylane as qml

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
            for q in range(n - 1 if layer < REPETITIONS else 0):
                qml.CNOT(wires=[q, q + 1])
        found = terms(n, kind)
        return qml.expval(qml.Hamiltonian(list(found.values()), [qml.PauliZ(int(t[1:])) for t in found]))

    x, w = samples(n, batch)
    weights = qml.numpy.array(w, requires_grad=True)
    gradient = qml.grad(node, argnums=1)
    return lambda: np.mean([gradient(row, weights) for row in x], axis=0)


class Peer:
    """lightning.qubit in another interpreter; it runs a step when asked, and is idle in between."""

    def __init__(self, python: str, n: int, batch: int, kind: str) -> None:
        command = [python, __file__, "--serve", str(n), str(batch), kind]
        env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}  # qlab may not be installed there
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.gradient = np.array([float(v) for v in self._line().split()])

    def __call__(self) -> float:
        """Run once."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the peer ended without an answer: is PennyLane installed there?")
        return line

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def serve(n: int, batch: int, kind: str) -> None:
    """Answer for `Peer`: the gradient once, then a time per line."""
    step = lightning(n, batch, kind)
    print(*step(), flush=True)
    run = timed(step)
    for _ in sys.stdin:
        print(run(), flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="*", default=[16, 18, 20, 22])
    parser.add_argument("--batches", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--kinds", nargs="*", default=["mean Z", "Z0"])
    parser.add_argument("--repeats", type=int, default=7)
    installed = all(importlib.util.find_spec(name) for name in ("pennylane", "pennylane_lightning"))
    peer_help = "a Python that has pennylane and pennylane-lightning; by default this one if it has"
    parser.add_argument("--peer", default=sys.executable if installed else "", help=peer_help)
    parser.add_argument("--lanes-up-to", type=int, default=18, help="the lanes path takes seconds beyond")
    parser.add_argument("--serve", nargs=3, default=None)
    options = parser.parse_args()
    if options.serve:
        serve(int(options.serve[0]), int(options.serve[1]), options.serve[2])
        return
    lines: list[Line] = []
    print(f"{'work':24}{'what':28}{'median ms':>10}{'min ms':>10}{'ratio':>8}")
    for n, batch, kind in [(n, b, k) for n in options.sizes for b in options.batches for k in options.kinds]:
        rows: dict[str, Step] = {}
        best = ours(n, batch, kind, "wide", "complex128", 2)
        want = best()
        rows["wide, 2 threads"] = timed(best)
        for name, path, dtype, threads in (
            ("wide, 1 thread", "wide", "complex128", 1),
            ("wide, complex64, 2 threads", "wide", "complex64", 2),
            ("lanes, 2 threads", "lanes", "complex128", 2),
        ):
            if path == "wide" or n <= options.lanes_up_to:
                step = ours(n, batch, kind, path, dtype, threads)
                np.testing.assert_allclose(step(), want, atol=1e-4 if dtype == "complex64" else 1e-10)
                rows[name] = timed(step)
        peer = None
        if options.peer and batch == 1:
            peer = rows["lightning.qubit adjoint"] = Peer(options.peer, n, batch, kind)
            np.testing.assert_allclose(peer.gradient, want, atol=1e-10)
        times: dict[str, list[float]] = {name: [] for name in rows}
        for _ in range(options.repeats):
            for name, run in rows.items():
                times[name].append(run())
        if peer is not None:
            peer.close()
        first = statistics.median(times["wide, 2 threads"])
        if peer is not None and (n, kind) == (20, "mean Z"):
            ratio = statistics.median(times["lightning.qubit adjoint"]) / first
            lines.append(("n=20, batch 1, lightning.qubit adjoint: we are faster", ratio, "at least", 2.0, "x"))
        for name, found in times.items():
            median = statistics.median(found)
            print(f"n={n:<3} batch={batch:<3}{kind:<10}{name:28}{median:10.3f}{min(found):10.3f}{median / first:8.2f}")
    if lines:
        show(lines)


if __name__ == "__main__":
    main()
