"""Tables that were read before, as Arrow files that are mapped in again: by content and options, never by name.

An entry is ``KEY.arrow`` and ``KEY.json``; the second is put there last, by rename, and tells the first one's size, so
that a reader sees a whole entry or none, whoever writes. A file's content hash is remembered under its device, inode,
size and both times, which any write changes; a file younger than two seconds is hashed anew, as its clock may not have
moved on. The disk is not waited for: an entry that a crash of the machine may have torn, one of an earlier boot
that was never synced, is not used. Must not know how a file is read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..machine import home
from .read_mapped import mapped_table

LIMIT = 8 << 30  # bytes of all entries; the least recently used go first
LEAST = 1 << 20  # bytes of a source that is worth it
SETTLED = 60  # seconds after which the system has written a file to disk by itself
STALE = 3600  # seconds after which a temporary file belongs to nobody
YOUNG = 2_000_000_000  # nanoseconds
BLOCK = 4 << 20
FORMAT = "cache/2"  # raise it when the same file begins to give another table

SESSION = secrets.token_hex(8)

Facts = dict[str, Any]


class Cache:
    """The folder of cached tables; it is made when the first one is put there.

    Args:
        folder: default ``cache`` in ``QLAB_HOME`` or the user's data folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home() / "cache"

    def key(self, content: str, size: int, options: Facts) -> str:
        """Return the name of an entry: the size of the source, and a hash of its content and all options."""
        text = json.dumps([FORMAT, content, options], sort_keys=True, ensure_ascii=False)
        return f"{size:x}-{hashlib.sha256(text.encode()).hexdigest()[:48]}"

    def may_hold(self, size: int) -> bool:
        """Return whether any entry comes from a source of that size, so that hashing it first can pay."""
        return any(self.folder.glob(f"{size:x}-*.json"))

    def find(self, key: str) -> tuple[pa.Table, Facts] | None:
        """Return a cached table, mapped, and what was said of it; None if there is no whole one."""
        facts_file, table_file = self._files(key)
        try:
            facts: Facts = json.loads(facts_file.read_bytes())
            if table_file.stat().st_size != facts["bytes"]:
                return None
            if not facts["synced"] and not self._settled(key, facts):
                return None
            table = mapped_table(table_file)
            os.utime(facts_file)  # it was used
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid):
            return None
        return table, facts

    def temporary(self) -> Path:
        """Return a new name in the folder for a file that isn't whole yet."""
        return self.folder / f".{secrets.token_hex(12)}.tmp"

    def put(self, key: str, table: pa.Table, facts: Facts) -> bool:
        """Keep a table; return whether that was possible. Never raises for the disk's sake."""
        place = self.temporary()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if shutil.disk_usage(self.folder).free < 2 * table.nbytes:
                return False
            with pa.OSFile(str(place), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            self.adopt(key, place)
            self.commit(key, facts)
        except OSError:
            return False
        finally:
            with contextlib.suppress(OSError):
                place.unlink(missing_ok=True)
        return True

    def adopt(self, key: str, path: Path) -> Path:
        """Take a whole Arrow file in; `commit` makes it an entry. Returns where it is now."""
        place = self._files(key)[1]
        os.replace(path, place)
        return place

    def commit(self, key: str, facts: Facts) -> None:
        """Make the adopted file an entry, and let old ones go."""
        facts_file, table_file = self._files(key)
        with contextlib.suppress(OSError):
            told = {**facts, "bytes": table_file.stat().st_size, "boot": _boot(), "synced": False}
            _replace(facts_file, json.dumps(told).encode())
            self.sweep()

    def _settled(self, key: str, facts: Facts) -> bool:
        """Whether an entry that wasn't synced is whole; syncs it when the system has had time to write it itself."""
        facts_file, table_file = self._files(key)
        if facts["boot"] != _boot():
            return False
        if time.time() - table_file.stat().st_mtime > SETTLED:
            with table_file.open("rb") as file:
                os.fsync(file.fileno())
            _replace(facts_file, json.dumps({**facts, "synced": True}).encode())
        return True

    def known(self, path: Path) -> str | None:
        """Return the content hash of a file that hasn't been touched since `remember`, else None."""
        try:
            told = json.loads(self._seen(path).read_bytes())
            return str(told["hash"]) if told["state"] == state(path) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, path: Path, before: list[int] | None, content: str) -> None:
        """Keep the content hash of a file, if nobody has touched it since its ``before`` was taken."""
        if sys.platform == "win32" or before is None or before != state(path):
            return  # Windows has no time of the last change that programs can't set back
        if time.time_ns() - max(before[3], before[4]) < YOUNG:
            return
        with contextlib.suppress(OSError):
            _replace(self._seen(path), json.dumps({"state": before, "hash": content}).encode())

    def sweep(self) -> None:
        """Delete the least recently used entries beyond `LIMIT`, and what dead processes left."""
        with contextlib.suppress(OSError):
            now = time.time()
            for path in self.folder.glob(".*.tmp*"):
                with contextlib.suppress(OSError):
                    if now - path.stat().st_mtime > STALE:
                        path.unlink()
            entries = []
            for table_file in self.folder.glob("*.arrow"):
                with contextlib.suppress(OSError):
                    facts_file = table_file.with_suffix(".json")
                    told = facts_file if facts_file.exists() else table_file
                    entries.append((told.stat().st_mtime, table_file.stat().st_size, table_file))
            total = sum(size for _, size, _ in entries)
            for used, size, table_file in sorted(entries):
                whole = table_file.with_suffix(".json").exists()
                if total <= LIMIT and (whole or now - used < STALE):
                    continue
                for path in (table_file.with_suffix(".json"), table_file):
                    with contextlib.suppress(OSError):
                        path.unlink(missing_ok=True)
                total -= size

    def clear(self) -> None:
        """Delete every entry."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _files(self, key: str) -> tuple[Path, Path]:
        return self.folder / f"{key}.json", self.folder / f"{key}.arrow"

    def _seen(self, path: Path) -> Path:
        name = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:32]
        return self.folder / "seen" / f"{name}.json"


def state(path: Path) -> list[int] | None:
    """Return what changes with every write to a file: device, inode, size, and the times of content and inode."""
    try:
        told = path.stat()
    except OSError:
        return None
    return [told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns]


def content_of(path: Path, step: Callable[[int], None] = lambda done: None) -> str:
    """Return the hex SHA-256 of a file; ``step`` is told how many bytes are done."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            step(done)
    return digest.hexdigest()


def _boot() -> str:
    """Which boot of the machine this is; where that isn't told, this process."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return SESSION


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = path.with_name(f".{secrets.token_hex(12)}.tmp")
    try:
        place.write_bytes(data)
        os.replace(place, path)
    finally:
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
