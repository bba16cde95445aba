"""How long a circuit's text takes: `python tests/bench/text.py`. Median of 15; target 50 ms for 1,000 operations."""

from __future__ import annotations

import statistics
import time

from qlab.circuit import Circuit, from_text

OPS = 1000


def main() -> None:
    """Print milliseconds to read and to write, and of texts that are refused."""
    circuit = Circuit(8)
    for i in range(OPS):
        circuit = circuit.append("ry", i % 8, f"2*x[{i % 8}]+w[{i}]")
    text = circuit.to_text()
    assert from_text(text) == circuit
    for name, call in (("read", lambda: from_text(text)), ("write", circuit.to_text)):
        took = []
        for _ in range(15):
            start = time.perf_counter()
            call()
            took.append(1e3 * (time.perf_counter() - start))
        print(f"{name} {OPS:,} operations: {statistics.median(took):.1f} ms")


if __name__ == "__main__":
    main()
