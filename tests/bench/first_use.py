"""Seconds of the engine's first use ever on a machine: a fresh interpreter and an empty cache, to the end of a step.

Not a test: `python tests/bench/first_use.py [--rounds 3]`. Beside it the same with the cache that the first one filled,
interleaved; for a batch on 8 wires, and for one sample on 20, which takes other kernels.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

from peers.verdict import Line, show

CODE = """
import time
start = time.perf_counter()
import sys
import numpy as np
import qlab
from qlab import engine
n, batch = map(int, sys.argv[1:])
circuit = qlab.Circuit(n)
for q in range(n):
    circuit = circuit.append("ry", q, f"x[{q}] + w[{q}]")
plan = engine.compile(circuit)
plan.value_and_vjp(np.zeros((batch, n)), np.ones(n), np.ones((batch, n)))
print(time.perf_counter() - start)
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    lines: list[Line] = []
    for n, batch in ((8, 64), (20, 1)):
        times: dict[str, list[float]] = {"first use ever": [], "next process": []}
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as cache:
                env = {**os.environ, "NUMBA_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
                for who, taken in times.items():
                    command = [sys.executable, "-c", CODE, str(n), str(batch)]
                    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
                    taken.append(float(done.stdout))
                    if len(taken) == rounds:
                        row = f"n={n:<3} batch {batch:<3} {who:15} median {statistics.median(taken):6.2f} s of"
                        signs = done.stderr.count("compiling")
                        print(row, [round(t, 2) for t in taken], f"with {signs} signs of progress")
        lines.append(
            (f"n={n}, batch {batch}: first use ever", statistics.median(times["first use ever"]), "at most", 8.0, "s")
        )
    show(lines)


if __name__ == "__main__":
    main()
