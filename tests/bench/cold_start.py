"""Prints how long `import qlab` takes in a fresh interpreter, beside an empty interpreter, interleaved; medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 9
STATEMENTS = {
    "empty interpreter": "pass",
    "import numpy": "import numpy",
    "import qlab": "import qlab",
    "qlab.Circuit": "import qlab; qlab.Circuit(2).append('h', 0)",
    "qlab.load": "import qlab; qlab.load",
}


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(ROUNDS):
        for name, code in STATEMENTS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times[name].append(time.perf_counter() - start)
    empty = statistics.median(times["empty interpreter"])
    print(f"{'statement':<20} {'median':>9} {'beyond empty':>13}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:<20} {median * 1e3:>6.0f} ms {(median - empty) * 1e3:>10.0f} ms")


if __name__ == "__main__":
    main()
