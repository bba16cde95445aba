"""The cost of every bit string of a polynomial, chunk by chunk: subset sums within a chunk of the low bits."""

from __future__ import annotations

from typing import Any

from ..engine._jit import kernel

Array = Any


@kernel
def costs(
    masks: Array, coefs: Array, n: int, low_bits: int, chunk: Array, values: Array, codes: Array, low: float,
    per: float, limits: Array,
) -> None:  # fmt: skip
    """Write ``values`` if it has room, ``codes`` = (cost - low)·per if it has, and the smallest and largest cost."""
    size = 1 << low_bits
    least, most = 1e300, -1e300
    for top in range(1 << (n - low_bits)):
        base = top << low_bits
        chunk[:] = 0.0
        for k in range(len(masks)):
            mask = masks[k]
            if (mask >> low_bits) & ~top == 0:
                chunk[mask & (size - 1)] += coefs[k]
        step = 1
        while step < size:
            for block in range(0, size, 2 * step):
                a = chunk[block : block + step]
                b = chunk[block + step : block + 2 * step]
                for k in range(step):
                    b[k] += a[k]
            step *= 2
        for k in range(size):
            least = min(least, chunk[k])
            most = max(most, chunk[k])
        if len(values) > 0:
            for k in range(size):
                values[base + k] = chunk[k]
        if len(codes) > 0:
            for k in range(size):
                codes[base + k] = int((chunk[k] - low) * per + 0.5)
    limits[0], limits[1] = least, most
