"""Where runs are kept, and how a file is put there so that a kill or a full disk leaves the old one whole.

Must not know what a run is.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
from pathlib import Path

from ..errors import TrainError
from ..machine import home as home

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
# File systems whose locks or shared memory can't be relied on between machines, so that SQLite's WAL must not be used.
SHARED = re.compile(r"(nfs\d?|cifs|smb\w*|9p|afs|lustre|gpfs|beegfs|ceph|glusterfs|virtiofs|drvfs|fuse(\..+)?)\Z")


def check_id(run_id: object) -> str:
    """Return a run's id if it can be the name of a folder.

    Raises:
        TrainError: it can't.
    """
    if not isinstance(run_id, str) or not RUN_ID.match(run_id):
        raise TrainError(f"{run_id!r} is no id of a run", where="run id", cure="see qlab.runs()", value=run_id)
    return run_id


def put(path: Path, data: bytes) -> None:
    """Write a file so that ``path`` holds either what it held or all of ``data``, whatever happens.

    Temporary file in the same folder, fsync, rename, fsync of the folder.

    Raises:
        OSError: the disk is full or may not be written; the old file is whole then, and nothing else is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        lay(temporary, data)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def lay(path: Path, data: bytes) -> None:
    """Write a file of which nobody knows yet, so that it lasts over a power cut."""
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last over a power cut, where the system has a call for it."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some file systems refuse it for folders; the rename stands all the same
        pass
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove temporary files that a killed process left in a folder."""
    for path in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            path.unlink()


def is_shared(path: Path) -> bool:
    """Return whether a folder lies on a file system that several machines may share; False if that isn't known."""
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as file:
            mounts = [line.split()[1:3] for line in file]
    except OSError:
        return False
    here, best, kind = path.resolve().as_posix(), "", ""
    for point, name in mounts:
        point = point.replace("\\040", " ")
        if (here == point or here.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, name
    return bool(SHARED.match(kind))
