"""How much memory a simulation needs, how much there is, and how many cores; asked before allocating."""

from __future__ import annotations

from typing import Any

from qlab.errors import EngineError
from qlab.machine import memory_limit as memory_limit
from qlab.machine import usable_cores as usable_cores

GROUP = 8  # samples that share a group's state
KEEP_BYTES = 256 << 20  # final states kept between the forward and the backward walk; beyond it they are recomputed
_TABLES = 4  # shared diagonals of a typical circuit; a deep one has more, a few percent each
_SHARE = 0.9  # of the free memory that a simulation may ask for
_LISTS = 96 << 10  # bytes of one circuit's own tables, on either path
DTYPES = ("complex128", "complex64")


def group_bytes(n_qubits: int, dtype: str = "complex128") -> int:
    """Return the bytes of one group's state: 8 samples of 2**n amplitudes."""
    return GROUP * (16 if dtype == "complex128" else 8) << n_qubits


def groups_of(batch: int) -> int:
    """Return how many groups of eight hold a batch."""
    return -(-batch // GROUP)


def chunk_groups(n_qubits: int, n_groups: int, threads: int) -> int:
    """Return how many groups' final states are kept at once."""
    return max(1, min(n_groups, max(threads, KEEP_BYTES // group_bytes(n_qubits))))


def wide_kept(n_qubits: int, batch: int) -> int:
    """Return how many samples' final states the path for one large state keeps at once."""
    return max(1, min(batch, KEEP_BYTES // (16 << n_qubits)))


def tile_bits(n_qubits: int) -> int:
    """Return the bits of an index within a tile of that path: psi, lambda and a phase table in an L2 cache at
    most, and enough tiles for every thread; tests/bench/wide.py measures it."""
    return min(14, max(11, n_qubits - 6))


def wide_bytes(
    n_qubits: int, batch: int = 1, dtype: str = "complex128", gradient: bool = True, *, threads: int = 1
) -> int:
    """Return the bytes of state memory of that path at its peak: states, and tiles in several roles."""
    item = 16 if dtype == "complex128" else 8
    states = wide_kept(n_qubits, batch) + 1 if gradient else 1
    tiles = threads * (2 if gradient else 1) + 7  # one or two a thread, and the tables of some four layers of phases
    if gradient:  # the gradients of three groups of phases, real numbers, for each chunk of tiles
        tiles += 3 * min(16, 1 << max(0, n_qubits - tile_bits(n_qubits))) // 2
    return (states * item << n_qubits) + (tiles * item << tile_bits(n_qubits)) + _LISTS


def estimate_memory(
    n_qubits: int, batch: int = 1, dtype: str = "complex128", gradient: bool = True, *, threads: int = 1
) -> int:
    """Return the bytes of state memory a call needs at its peak, for a circuit of some four layers.

    Args:
        n_qubits: Wires.
        batch: Samples; rounded up to groups of 8.
        dtype: ``"complex128"`` or ``"complex64"``.
        gradient: Whether it is `Plan.value_and_vjp`.
        threads: Threads that work at the same time.

    Example:
        >>> estimate_memory(10, batch=8, gradient=False)
        311296
    """
    from .wide_choice import prefers_wide

    if n_qubits < 0 or batch < 1 or dtype not in DTYPES:
        raise EngineError(
            f"{n_qubits} qubits, a batch of {batch} and {dtype!r} are no simulation",
            where="estimate_memory",
            cure="give at least 0 qubits, a batch of at least 1, and " + " or ".join(DTYPES),
            value=(n_qubits, batch, dtype),
        )
    if prefers_wide(n_qubits, batch):
        return wide_bytes(n_qubits, batch, dtype, gradient, threads=threads)
    return lanes_bytes(n_qubits, batch, dtype, gradient, threads=threads)


def lanes_bytes(
    n_qubits: int, batch: int = 1, dtype: str = "complex128", gradient: bool = True, *, threads: int = 1
) -> int:
    """Return the bytes of state memory of the path with eight samples a group, at its peak."""
    n_groups = groups_of(batch)
    used = max(1, min(threads, n_groups))
    states = 2 * used  # in halves: a state a thread
    if gradient:  # the final states that are kept; an adjoint state and the gradients of phases a thread
        states = 2 * chunk_groups(n_qubits, n_groups, used) + 3 * used
    tables = _TABLES * group_bytes(n_qubits, dtype) // GROUP + (16 << n_qubits) + _LISTS  # and an observable's weights
    return states * group_bytes(n_qubits, dtype) // 2 + tables


def check_capacity(n_qubits: int, batch: int, **options: Any) -> None:
    """Refuse a simulation that doesn't fit; takes what `refusal` takes.

    Raises:
        EngineError: naming the need, the limit and the largest n that fits.
    """
    error = refusal(n_qubits, batch, **options)
    if error is not None:
        raise error


def refusal(
    n_qubits: int,
    batch: int,
    *,
    gradient: bool,
    dtype: str = "complex128",
    threads: int = 1,
    extra: int = 0,
    wide: bool | None = None,
) -> EngineError | None:
    """Return the error of a simulation that doesn't fit, naming the need, the limit and the largest n that fits.

    Args:
        n_qubits, batch, gradient, dtype, threads: As in `estimate_memory`.
        extra: Bytes of its result.
        wide: Which path is taken, where that is known already.
    """
    estimate = estimate_memory if wide is None else wide_bytes if wide else lanes_bytes
    need = estimate(n_qubits, batch, dtype, gradient, threads=threads) + extra
    if need <= 64 << 20:  # always granted, so that small circuits never pay for reading the limit
        return None
    limit = int(memory_limit() * _SHARE)
    if need <= limit:
        return None
    fits = n_qubits
    while fits > 0 and estimate(fits, batch, dtype, gradient, threads=threads) + (extra >> (n_qubits - fits)) > limit:
        fits -= 1
    what = "gradients" if gradient else "expectations"
    samples = "1 sample" if batch == 1 else f"{batch} samples"
    return EngineError(
        f"{n_qubits} qubits need {_size(need)} for {what} of {samples}, but {_size(limit)} are free",
        where=f"n_qubits = {n_qubits}",
        cure=f"use at most {fits} qubits, or a smaller batch",
        value=need,
    )


def _size(count: int) -> str:
    value, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        if value < 1024 or unit == "EiB":
            break
        value /= 1024
    return f"{value:.3g} {unit}"
