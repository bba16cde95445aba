"""What this machine allows: free memory, cores, and the folder that is qlab's own.

Every layer may ask; this module imports nothing of qlab and keeps nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HOME = "QLAB_HOME"  # the environment variable that names another folder
CGROUP_FILES = (  # limit and usage of version 2, then of version 1
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def home(folder: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder for runs and the cache: the one given, ``QLAB_HOME``, or ``qlab`` in the user's data folder.

    Nothing is made on the disk.
    """
    if folder is not None:
        return Path(folder).expanduser().absolute()
    if named := os.environ.get(HOME):
        return Path(named).expanduser().absolute()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "qlab"


def memory_limit() -> int:
    """Return the bytes this process may still allocate, its control group's limit included."""
    limits = [_available()]
    for limit_file, usage_file in CGROUP_FILES:
        limit, usage = _number(limit_file), _number(usage_file)
        if limit is not None and usage is not None and limit < 1 << 60:
            limits.append(max(0, limit - usage + _page_cache()))
    return min(limits)


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


def process_size() -> tuple[int | None, int]:
    """Return the resident bytes of this process, None where the system doesn't tell, and its number of threads."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024, len(os.listdir("/proc/self/task"))
    except (OSError, ValueError, IndexError):
        pass
    return None, max(1, len(sys._current_frames()))


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
