"""Times of the engine's loss-and-gradient step beside a plain NumPy adjoint and whatever peers are installed.

Not a test: `python tests/bench/engine.py [--repeats 30]` prints medians of interleaved runs, in milliseconds,
and ratios. Other simulators (`peers/`) come with `pip install -e '.[bench]'`, compile for minutes, and are left out
by `--peer-seconds 0`. The work: RY(x) encoding, 3 x (RY RZ on every wire + CX chain), RY RZ; loss mean((<Z0> - y)**2);
gradient of the weights.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from peers import REPETITIONS, circuit, compare, numpy_step, observable
from peers.verdict import Line, against_peers, show

from qlab import engine
from qlab.circuit import Circuit

sys.path.append(str(Path(__file__).resolve().parents[2]))
from tests.engine.reference import random_circuit

SIZES = ((4, 32), (8, 64), (10, 64), (12, 64))


def engine_step(
    n: int, kind: str, x: np.ndarray, y: np.ndarray, w: np.ndarray, dtype: str = "complex128"
) -> Callable[[], tuple[float, np.ndarray]]:
    """Return the engine's step; its plan is compiled once, as a training run does."""
    plan = engine.compile(circuit(n), [observable(n, kind)], dtype=dtype)
    loss = [0.0]

    def back(values: np.ndarray) -> tuple[float, np.ndarray]:
        error = values[:, 0] - y
        loss[0] = float(error @ error) / len(y)
        return loss[0], (2 / len(y) * error)[:, None]

    def step() -> tuple[float, np.ndarray]:
        _, grad, _ = plan.value_and_vjp(x, w, back)
        return loss[0], grad

    return step


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument(
        "--peer-seconds", type=float, default=270.0, help="time for other simulators; 0 leaves them out"
    )
    options = parser.parse_args()
    started = time.perf_counter()
    engine.warm_up()
    took = time.perf_counter() - started
    print(f"warm_up {took:.2f} s; numpy {np.__version__}; Python {sys.version.split()[0]}")
    lines: list[Line] = []
    print(f"{'work':21}{'what':33}{'median ms':>10}{'min ms':>9}{'ratio':>8}")
    for n, batch, kind in [(n, b, k) for n, b in SIZES for k in ("Z0", "mean Z")]:
        rng = np.random.default_rng(n)
        x, y = rng.uniform(-np.pi, np.pi, (batch, n)), rng.choice([-1.0, 1.0], batch)
        w = rng.uniform(-np.pi, np.pi, 2 * n * (REPETITIONS + 1))
        mine = engine_step(n, kind, x, y, w)
        rows: dict[str, tuple[Callable[[], object], int]] = {
            f"engine, {k} thread{'s' * (k > 1)}": (mine, k) for k in options.threads
        }
        single = engine_step(n, kind, x, y, w, "complex64")
        rows |= {f"engine, complex64, {k} thread{'s' * (k > 1)}": (single, k) for k in options.threads}
        if n <= 10:
            rows["plain NumPy adjoint"] = (partial(numpy_step, n, kind, x, y, w), 1)
            (loss, grad), (got_loss, got) = numpy_step(n, kind, x, y, w), mine()
            np.testing.assert_allclose(got, grad, atol=1e-10)
            np.testing.assert_allclose(got_loss, loss, atol=1e-10)
            np.testing.assert_allclose(single()[1], grad, atol=1e-4)
        measured = measure(rows, options.repeats, 20 if n <= 10 else 5)
        lines += own_lines(n, batch, kind, measured)
        for name, times in measured.items():
            if name == next(iter(rows)):
                best = statistics.median(times)
            median = statistics.median(times)
            label = f"n={n:<3}batch={batch:<4}{kind:<8}{name:33}"
            print(f"{label}{median:10.3f}{min(times):9.3f}{median / best:8.2f}")
    for what, make in NEVER_SEEN.items():
        cost = new_circuit(what, make, options.repeats)
        lines.append((f"n=12, 200 gates never seen, {what}: beyond a step", cost, "at most", 5.0, "ms"))
    lines.append(("34 qubits refused by a fresh interpreter", refused(), "at most", 100.0, "ms"))
    if options.peer_seconds > 0:
        lines += against_peers(compare(options.peer_seconds))
    show(lines)


def own_lines(n: int, batch: int, kind: str, times: dict[str, list[float]]) -> list[Line]:
    """Return the targets that a row speaks of; ratios are medians over rounds, whose parts ran side by side."""

    def ratio(slow: str, fast: str) -> float:
        return statistics.median(a / b for a, b in zip(times[slow], times[fast], strict=True))

    one, two, small = "engine, 1 thread", "engine, 2 threads", "engine, complex64, 1 thread"
    if n == 4 and kind == "mean Z" and one in times:
        return [(f"n=4, batch {batch}: whole step", statistics.median(times[one]) * 1e3, "at most", 60.0, "us")]
    if n == 10 and kind == "mean Z" and one in times and two in times:
        return [
            ("n=10: 2 threads beside 1", ratio(one, two), "at least", 1.7, "x"),
            ("n=10: complex64 beside complex128", ratio(one, small), "at least", 1.5, "x"),
        ]
    return []


def ansatz(rng: np.random.Generator) -> Circuit:
    """Return RY and RZ on every wire and a chain of CX, over and over, on shuffled wires: 211 gates."""
    c, weights = Circuit(12), itertools.count()
    wires = [int(q) for q in rng.permutation(12)]
    for q in range(12):
        c = c.append("ry", q, f"x[{q}]")
    for layer in range(6):
        for gate in ("ry", "rz"):
            for q in range(12):
                c = c.append(gate, q, f"w[{next(weights)}]")
        for a, b in itertools.pairwise(wires) if layer < 5 else ():
            c = c.append("cx", [a, b])
    return c


COMMON = ["h", "rx", "ry", "rz", "x", "z", "x", "s", "t", "u", "rzz", "swap"]  # with controls where they have any
NEVER_SEEN: dict[str, Callable[[np.random.Generator], Circuit]] = {
    "EfficientSU2-like": ansatz,
    "common gates": lambda rng: random_circuit(rng, 12, 200, names=COMMON),
    "any gate": lambda rng: random_circuit(rng, 12, 200),
}


def new_circuit(what: str, make: Callable[[np.random.Generator], Circuit], repeats: int) -> float:
    """Print and return the milliseconds that a circuit's compilation and first step take beyond a step of it.

    Every repeat is another circuit, so that nothing about it is known; the step is the median of the next three.
    """
    beyond, steps, compiling = [], [], []
    for seed in range(-3, repeats):
        c = make(np.random.default_rng(seed + 1000))
        x, w, cotangent = np.zeros((64, c.n_inputs)), np.zeros(c.n_weights), np.zeros((64, 1))
        times = [time.perf_counter()]
        plan = engine.compile(c, [observable(12, "mean Z")])
        plan._program("weights")
        compiled = time.perf_counter() - times[0]
        for _ in range(4):
            plan.value_and_vjp(x, w, cotangent)
            times.append(time.perf_counter())
        step = statistics.median(b - a for a, b in itertools.pairwise(times[1:]))
        if seed >= 0:
            compiling.append(compiled * 1e3)
            steps.append(step * 1e3)
            beyond.append((times[1] - times[0] - step) * 1e3)
    parts = f"compiled in {statistics.median(compiling):.2f} ms, step {statistics.median(steps):.2f} ms"
    print(f"never seen, n=12, 200 gates, {what}: median {statistics.median(beyond):.2f} ms beyond a step ({parts})")
    return statistics.median(beyond)


REFUSED = """
import time
from qlab import engine, templates
from qlab.errors import EngineError
circuit, start = templates.efficient_su2(34, 3), time.perf_counter()
try:
    engine.compile(circuit)
except EngineError:
    print((time.perf_counter() - start) * 1e3)
"""


def refused() -> float:
    """Return the milliseconds until a circuit that no memory holds is refused, where nothing is loaded yet."""
    done = subprocess.run([sys.executable, "-c", REFUSED], capture_output=True, text=True, check=True)
    return float(done.stdout)


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
