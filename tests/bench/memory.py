"""Measured peak memory of a gradient step beside `engine.estimate_memory`, each size in a child of its own.

Not a test: `python tests/bench/memory.py [--sizes 10 12 ... 24] [--dtypes complex128 complex64]`. NumPy reports its
arrays to tracemalloc byte by byte, and the engine allocates nothing else of size: this is what a step adds to a process
that has the kernels loaded, without the noise of pages and of libraries. The work is that of `tests/bench/engine.py`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import tracemalloc

import numpy as np
from peers import circuit, observable

from qlab import engine
from qlab.engine.arrays import spares

BATCH_BYTES = 2 << 30  # so large a batch that its states would fill this much, 64 samples at most


def child(n: int, batch: int, dtype: str) -> None:
    """Print the bytes of one step's peak, its estimate, and its seconds."""
    engine.warm_up()
    for size in (2, 12):  # loads the kernels of this precision, and measures which path is for which size
        small = engine.compile(circuit(size), dtype=dtype)
        small.value_and_vjp(np.zeros((1, size)), np.zeros(8 * size), np.ones((1, size)))
    del small
    plan = engine.compile(circuit(n), [observable(n, "mean Z")], dtype=dtype)
    x, w = np.zeros((batch, n)), np.linspace(-3, 3, plan.n_weights)
    started = time.perf_counter()
    spares.clear()  # or it would compute in the memory of those two
    tracemalloc.start()
    plan.value_and_vjp(x, w, lambda values: (0.0, np.ones_like(values)))
    _, peak = tracemalloc.get_traced_memory()
    seconds = time.perf_counter() - started
    estimate = engine.estimate_memory(n, batch, dtype, True, threads=engine.get_threads())
    print(peak, estimate, seconds)


def main() -> None:
    """Print one line per size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 12, 14, 16, 18, 20, 22, 24])
    parser.add_argument("--dtypes", nargs="*", default=["complex128", "complex64"])
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(int(options.child[0]), int(options.child[1]), options.child[2])
        return
    bad = rows = 0
    print(f"{'dtype':12}{'n':>3}{'batch':>7}{'measured MiB':>14}{'estimate MiB':>14}{'ratio':>7}{'s':>7}  within 25 %")
    for dtype, n in [(d, n) for d in options.dtypes for n in options.sizes]:
        for batch in sorted({1, min(64, max(1, BATCH_BYTES // (128 << n)))}):
            command = [sys.executable, __file__, "--child", str(n), str(batch), dtype]
            out = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            peak, estimate, seconds = int(out[0]), int(out[1]), float(out[2])
            good = 0.75 <= peak / estimate <= 1.25
            rows, bad = rows + 1, bad + (not good)
            mib = f"{peak / 2**20:14.2f}{estimate / 2**20:14.2f}"
            verdict = "yes" if good else "NO"
            print(f"{dtype:12}{n:3}{batch:7}{mib}{peak / estimate:7.2f}{seconds:7.2f}  {verdict}", flush=True)
    print(f"\nmeasured peak within 25 % of the estimate: {rows - bad} of {rows} rows")


if __name__ == "__main__":
    main()
