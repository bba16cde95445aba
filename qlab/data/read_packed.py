"""Packed files: what is in them is checked before it is unpacked. Nothing is ever unpacked to disk."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ..errors import DataError

MOST = 4 << 30  # bytes that a packed file may unpack to
RATIO = 100  # times its packed size: beyond it is a bomb, beyond the first MiB
FREE = 1 << 20


def check_archive(path: Path, members: Iterable[zipfile.ZipInfo] | None = None) -> None:
    """Raise a `DataError` if a zip archive is broken, unpacks to too much, or holds names that lead out of it."""
    if members is None:
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, OSError) as error:
            raise DataError(f"the archive can't be opened: {error}", where=path.name, cure="pack it again") from None
    total = 0
    for one in members:
        parts = PurePosixPath(one.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts:
            raise DataError(f"the archive holds {one.filename!r}, which leads out of it", where=path.name)
        total += one.file_size
        if one.file_size > FREE and one.file_size > RATIO * max(1, one.compress_size):
            raise _bomb(
                path, f"{one.filename} unpacks to {one.file_size / max(1, one.compress_size):.0f} times its size"
            )
    if total > MOST:
        raise _bomb(path, f"it unpacks to {total / 1e9:.1f} GB, and at most {MOST / 1e9:.1f} GB are unpacked")


def open_packed(path: Path) -> IO[bytes]:
    """Return the unpacked stream of a ``.gz`` file, or of the only file in a ``.zip``; it stops a bomb as it reads.

    Raises:
        DataError: not exactly one file inside, a bomb, or broken data.
    """
    if path.suffix.lower() == ".gz":
        return io.BufferedReader(_Counted(gzip.open(path, "rb"), path), 1 << 20)
    check_archive(path)
    archive = zipfile.ZipFile(path)
    files = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        archive.close()
        shown = ", ".join(m.filename for m in files[:5])
        raise DataError(
            f"the archive holds {len(files)} files: {shown}" if files else "the archive is empty",
            where=path.name,
            cure="unpack it and give the path of one file",
        )
    return io.BufferedReader(_Counted(archive.open(files[0]), path), 1 << 20)


def inner_name(path: Path) -> str:
    """Return the name that says the format of the file inside: ``a.csv`` of ``a.csv.gz``, a member's of a zip."""
    if path.suffix.lower() == ".gz":
        return path.stem
    check_archive(path)
    with zipfile.ZipFile(path) as archive:
        names = [m.filename for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    return PurePosixPath(names[0]).name if names else path.stem


class _Counted(io.RawIOBase):
    """Counts what comes out of a packed stream; sizes written in an archive can lie."""

    def __init__(self, stream: Any, path: Path) -> None:
        self.stream, self.path, self.seen = stream, path, 0
        self.packed = max(1, path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            data = self.stream.read(len(into))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise DataError(f"the packed data is broken: {error}", where=self.path.name, cure="pack it again") from None
        self.seen += len(data)
        if self.seen > MOST or (self.seen > FREE and self.seen > RATIO * self.packed):
            raise _bomb(self.path, f"it unpacks to more than {RATIO} times its size or {MOST / 1e9:.0f} GB")
        into[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.stream.close()
        super().close()


def _bomb(path: Path, why: str) -> DataError:
    return DataError(
        f"the packed file is refused: {why}", where=path.name, cure="unpack it yourself if you trust it, and load that"
    )
