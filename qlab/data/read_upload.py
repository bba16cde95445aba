"""A file that comes from the browser in pieces: checked before the first, staged on disk, whole or not there at all.

It lies in ``QLAB_HOME/uploads`` under its own name in a folder of its own, and is deleted after it was read. Pieces may
come twice or out of order. Must not know messages, nor what is in the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from pathlib import Path, PurePosixPath
from types import TracebackType

from ..errors import DataError
from ..machine import home, memory_limit
from .html import size as shown
from .read import DELIMITED, SUFFIXES
from .read_estimate import SHARE
from .read_packed import MOST
from .read_text import PACKED

PIECE = 1 << 20  # bytes of a piece: a websocket message may have 10 MiB
WINDOW = 4  # pieces that may be on their way
STALE = 3600  # seconds after which a staged file belongs to nobody
LONGEST_NAME = 120
TEXT = (*DELIMITED, ".jsonl", ".ndjson", *PACKED)  # kinds that are mapped from disk when memory is short
CURE = "copy it to the machine of the kernel and load it by its path"


class Upload:
    """One file on its way: a context that deletes what is staged when it is left.

    Args:
        name: of the file on the user's computer; only its last part counts, and its ending must be one of ours.
        size: in bytes.
        folder: of all uploads; default ``uploads`` in ``QLAB_HOME`` or the user's data folder.

    Raises:
        DataError: an ending that isn't read, an empty file, or one too large for disk or memory; nothing is written.

    Example:
        >>> with Upload("a.csv", 4) as upload:
        ...     upload.put(0, b"a\\n1\\n")
        ...     upload.finish().read_bytes()
        4
        b'a\\n1\\n'
    """

    def __init__(self, name: str, size: int, folder: Path | None = None) -> None:
        self.name = safe_name(name)
        root = folder or home() / "uploads"
        _check(self.name, size, root)
        _sweep(root)
        self.size, self.next = size, 0
        self._ahead: dict[int, bytes] = {}
        self._digest = hashlib.sha256()
        self._folder = root / secrets.token_hex(12)
        try:
            self._folder.mkdir(parents=True, mode=0o700)
            self._file = (self._folder / ".part").open("xb")
        except OSError as error:
            raise _disk(self.name, error) from error

    @property
    def whole(self) -> bool:
        """Whether every byte has come."""
        return self.next == self.size

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the bytes that are there without a gap."""
        return self._digest.hexdigest()

    def put(self, at: int, piece: bytes) -> int:
        """Take a piece that begins at byte ``at``; return how many bytes are there without a gap.

        What is there already, and what lies further ahead than `WINDOW` pieces, is ignored: it comes again.

        Raises:
            DataError: a piece of the wrong length or place, or a full disk.
        """
        wanted = min(PIECE, self.size - at)
        if at < 0 or at % PIECE or len(piece) != wanted:
            raise DataError(
                f"a piece of {len(piece):,} bytes came for byte {at:,}, where {max(0, wanted):,} belong",
                where=self.name,
                cure="drop the file again; if it was changed meanwhile, save it first",
            )
        if at < self.next or at >= self.next + WINDOW * PIECE:
            return self.next
        self._ahead[at] = bytes(piece)
        try:
            while (found := self._ahead.pop(self.next, None)) is not None:
                self._file.write(found)
                self._digest.update(found)
                self.next += len(found)
        except OSError as error:
            raise _disk(self.name, error) from error
        return self.next

    def finish(self) -> Path:
        """Return the path of the whole file, under its own name; it is there until `close`.

        Raises:
            DataError: bytes are missing, or the disk refuses.
        """
        if not self.whole:
            raise DataError(f"{self.size - self.next:,} bytes are missing", where=self.name, cure="drop it again")
        path = self._folder / self.name
        try:
            self._file.close()
            os.replace(self._folder / ".part", path)
        except OSError as error:
            raise _disk(self.name, error) from error
        return path

    def close(self) -> None:
        """Delete what is staged. Never raises."""
        self._ahead.clear()
        with contextlib.suppress(OSError):
            self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def safe_name(name: str) -> str:
    """Return the last part of a name without what a file system or a terminal would stumble over."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in last).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"[:LONGEST_NAME]


def _check(name: str, size: int, root: Path) -> None:
    kind = PurePosixPath(name).suffix.lower()
    if kind not in SUFFIXES:
        raise DataError(
            f"files ending in {kind or 'nothing'!r} are not read",
            where=name or "upload",
            cure=f"use one of {', '.join(SUFFIXES)}",
            value=kind,
        )
    if size <= 0:
        raise DataError("the file is empty", where=name, cure="give a file with rows")
    place = next(p for p in (root, *root.parents) if p.exists())
    limits = [(MOST, "are taken from a browser"), (shutil.disk_usage(place).free // 2, "of disk may be used for it")]
    if kind not in TEXT:
        limits.append((int(SHARE * memory_limit()), "of memory may be used for it"))
    most, what = min(limits)
    if size > most:
        raise DataError(f"the file has {shown(size)}, and {shown(most)} {what}", where=name, cure=CURE, value=size)


def _sweep(root: Path) -> None:
    """Delete what dead processes left."""
    with contextlib.suppress(OSError):
        for folder in root.iterdir():
            with contextlib.suppress(OSError):
                newest = max(p.stat().st_mtime for p in (folder, *folder.iterdir()))
                if time.time() - newest > STALE:
                    shutil.rmtree(folder, ignore_errors=True)


def _disk(name: str, error: OSError) -> DataError:
    return DataError(
        f"the file can't be staged on disk: {error.strerror or error}",
        where=name,
        cure="make room there, or name another folder in QLAB_HOME",
    )
