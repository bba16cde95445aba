"""How much memory a simulation needs, how much there is, and how many cores; asked before allocating."""

from __future__ import annotations

import os
from pathlib import Path

from qlab.errors import EngineError

GROUP = 8  # samples that share a group's state
KEEP_BYTES = 256 << 20  # final states kept between the forward and the backward walk; beyond it they are recomputed
_SHARE = 0.9  # of the free memory that a simulation may ask for
DTYPES = ("complex128",)
CGROUP_FILES = (  # limit and usage of version 2, then of version 1
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def group_bytes(n_qubits: int) -> int:
    """Return the bytes of one group's state: 8 samples of 2**n complex128 amplitudes."""
    return GROUP * 16 << n_qubits


def groups_of(batch: int) -> int:
    """Return how many groups of eight hold a batch."""
    return -(-batch // GROUP)


def chunk_groups(n_qubits: int, n_groups: int, threads: int) -> int:
    """Return how many groups' final states are kept at once."""
    return max(1, min(n_groups, max(threads, KEEP_BYTES // group_bytes(n_qubits))))


def estimate_memory(
    n_qubits: int, batch: int = 1, dtype: str = "complex128", gradient: bool = True, *, threads: int = 1
) -> int:
    """Return the bytes of state memory a call needs at its peak.

    Args:
        n_qubits: Wires.
        batch: Samples; rounded up to groups of 8.
        dtype: ``"complex128"``.
        gradient: Whether it is `Plan.value_and_vjp`.
        threads: Threads that work at the same time.

    Example:
        >>> estimate_memory(10, batch=8, gradient=False)
        196608
    """
    n_groups = groups_of(batch)
    used = max(1, min(threads, n_groups))
    if gradient:  # the final states that are kept, and one adjoint state a thread
        return (chunk_groups(n_qubits, n_groups, used) + used) * group_bytes(n_qubits)
    return used * group_bytes(n_qubits) * 3 // 2  # a state and its squared amplitudes


def memory_limit() -> int:
    """Return the bytes this process may still allocate, its control group's limit included."""
    limits = [_available()]
    for limit_file, usage_file in CGROUP_FILES:
        limit, usage = _number(limit_file), _number(usage_file)
        if limit is not None and usage is not None and limit < 1 << 60:
            limits.append(max(0, limit - usage + _page_cache()))
    return min(limits)


def check_capacity(n_qubits: int, batch: int, *, gradient: bool, threads: int = 1, extra: int = 0) -> None:
    """Refuse a simulation that doesn't fit; ``extra`` are the bytes of its result.

    Raises:
        EngineError: naming the need, the limit and the largest n that fits.
    """
    need = estimate_memory(n_qubits, batch, gradient=gradient, threads=threads) + extra
    if need <= 64 << 20:  # always granted, so that small circuits never pay for reading the limit
        return
    limit = int(memory_limit() * _SHARE)
    if need <= limit:
        return
    fits = n_qubits
    while fits > 0 and estimate_memory(fits, batch, gradient=gradient) + (extra >> (n_qubits - fits)) > limit:
        fits -= 1
    what = "gradients" if gradient else "expectations"
    samples = "1 sample" if batch == 1 else f"{batch} samples"
    raise EngineError(
        f"{n_qubits} qubits need {_size(need)} for {what} of {samples}, but {_size(limit)} are free",
        where=f"n_qubits = {n_qubits}",
        cure=f"use at most {fits} qubits, or a smaller batch",
        value=need,
    )


def usable_cores() -> int:
    """Return how many cores this process may use, its control group's quota included."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        cores = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        if quota != "max":
            cores = min(cores, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):
        pass
    return cores


def _size(count: int) -> str:
    value, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        if value < 1024 or unit == "EiB":
            break
        value /= 1024
    return f"{value:.3g} {unit}"


def _number(path: str) -> int | None:
    try:
        return int(Path(path).read_text())
    except (OSError, ValueError):
        return None


def _page_cache() -> int:
    """Reclaimable file cache that the control group counts as used."""
    try:
        for line in Path("/sys/fs/cgroup/memory.stat").read_text().splitlines():
            if line.startswith("inactive_file "):
                return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return 0


def _available() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return 4 << 30  # unknown system: assume a small machine
