"""Times of the engine's loss-and-gradient step beside a plain NumPy adjoint and whatever peers are installed.

Not a test: `python tests/bench/engine.py [--repeats 30]` prints medians of interleaved runs, in milliseconds,
and ratios. Other simulators (`peers/`) come with `pip install -e '.[bench]'`, compile for minutes, and are left out
by `--peer-seconds 0`. The work: RY(x) encoding, 3 x (RY RZ on every wire + CX chain), RY RZ; loss mean((<Z0> - y)**2);
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
from peers import REPETITIONS, circuit, compare, numpy_step, observable
from peers.verdict import Line, against_peers, show

from qlab import engine

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
        measured = measure(rows, options.repeats, 20 if n <= 8 else 5)
        lines += own_lines(n, batch, kind, measured)
        for name, times in measured.items():
            if name == next(iter(rows)):
                best = statistics.median(times)
            median = statistics.median(times)
            label = f"n={n:<3}batch={batch:<4}{kind:<8}{name:33}"
            print(f"{label}{median:10.3f}{min(times):9.3f}{median / best:8.2f}")
    for layers in (3, 5):
        cost = new_circuit(12, layers, options.repeats)
    lines.append(("n=12, 211 gates never seen: beyond a step", cost, "at most", 5.0, "ms"))
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


def new_circuit(n: int, layers: int, repeats: int) -> float:
    """Print and return the milliseconds of a circuit never seen, beyond a step: that of `circuit`, and longer ones."""
    c = circuit(n)
    for k in range(layers - REPETITIONS):
        for q in range(n - 1):
            c = c.append("cx", [q, q + 1])
        for gate in ("ry", "rz"):
            for q in range(n):
                c = c.append(gate, q, f"w[{(2 * k + 8 + (gate == 'rz')) * n + q}]")
    times = []
    x, cotangent, w = np.zeros((64, n)), np.zeros((64, 1)), np.zeros(c.n_weights)
    for _ in range(repeats):
        t = time.perf_counter()
        plan = engine.compile(c, [observable(n, "mean Z")])
        plan.value_and_vjp(x, w, cotangent)
        first = time.perf_counter() - t
        t = time.perf_counter()
        plan.value_and_vjp(x, w, cotangent)
        times.append((first - (time.perf_counter() - t)) * 1e3)
    print(f"new circuit, n={n}, {len(c.ops)} gates: median {statistics.median(times):.2f} ms beyond a step")
    return statistics.median(times)


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
