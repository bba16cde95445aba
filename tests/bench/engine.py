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

from qlab import engine

SIZES = ((4, 32), (8, 64), (10, 64), (12, 64))


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
    if options.peer_seconds > 0:
        compare(options.peer_seconds)


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
