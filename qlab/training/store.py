"""The store of runs in one folder: which way it is kept, a run's record, its columns and its checkpoints.

Only files named ``store*`` touch the disk for a run. Must not know a live run; `qlab.training.recorder` writes one.
"""

from __future__ import annotations

import os
import platform
import secrets
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import TrainError
from .store_backend import Backend, Doc, GoneError, Record
from .store_checkpoint import Checkpoints
from .store_files import check_id, home, is_shared
from .store_journal import JournalBackend
from .store_pieces import Array, bucket, rows_of
from .store_sqlite import SqliteBackend, locks_work

__all__ = [
    "ACTIVE",
    "GoneError",
    "Record",
    "Store",
    "StoredColumns",
    "is_alive",
    "open_store",
    "state_of",
    "whereabouts",
]

KIND = "QLAB_STORE"  # the environment variable that overrules the choice: "sqlite" or "journal"
ACTIVE = ("waiting", "running", "paused")
SILENCE = 10.0  # seconds without a heartbeat until a run on another machine counts as interrupted
CHECKPOINTS = "checkpoints"
SESSION = secrets.token_hex(8)  # of this process: in a container a restarted kernel often has its old number


class Store:
    """Runs in a folder. Cheap to make; files are opened when needed. For one thread at a time.

    Args:
        folder: where; made when the first run is written.
        backend: how.
    """

    def __init__(self, folder: Path, backend: Backend) -> None:
        self.folder, self.backend = folder, backend

    def checkpoints(self, run_id: str) -> Checkpoints:
        """Return the checkpoints of a run."""
        return Checkpoints(self.folder / CHECKPOINTS / check_id(run_id))

    def columns(self, record: Record) -> StoredColumns:
        """Return the columns of a run, read as they are asked for."""
        return StoredColumns(self, record.id, record.head["columns"], int(record.live.get("rows", 0)))

    def find(self, prefix: str) -> Record:
        """Return the run whose id begins so.

        Raises:
            TrainError: none does, or several do.
        """
        if prefix and isinstance(prefix, str):
            whole = self.backend.read(prefix) if prefix.replace("-", "").replace("_", "").isalnum() else None
            if whole is not None:
                return whole
            found = [record for record in self.backend.records() if record.id.startswith(prefix)]
        else:
            found = []
        if len(found) == 1:
            return found[0]
        if found:
            raise TrainError(
                f"{len(found)} runs begin with {prefix!r}",
                where=str(self.folder),
                cure=f"give more signs: {', '.join(record.id for record in found[:5])}",
                value=prefix,
            )
        raise TrainError(
            f"there is no run {prefix!r}",
            where=str(self.folder),
            cure="see qlab.runs() for those there are",
            value=prefix,
        )

    def delete(self, run_id: str) -> None:
        """Forget a run and its checkpoints."""
        self.backend.delete(run_id)
        self.checkpoints(run_id).delete()

    def another(self) -> Store:
        """Return the same store with files of its own, for another thread."""
        return Store(self.folder, type(self.backend)(self.folder))  # type: ignore[call-arg]

    def __repr__(self) -> str:
        return f"Store({str(self.folder)!r}, {self.backend.kind})"


def open_store(folder: str | os.PathLike[str] | None = None) -> Store:
    """Return the store of a folder: SQLite where locks work, else journals.

    Args:
        folder: a project's; by default ``QLAB_HOME`` or the user's data folder.

    Raises:
        TrainError: ``QLAB_STORE`` names an unknown kind.
    """
    path = home(folder)
    kind = os.environ.get(KIND, "")
    if kind not in ("", "sqlite", "journal"):
        raise TrainError(f"{KIND}={kind!r} is unknown", where="environment", cure="use 'sqlite' or 'journal'")
    if not kind:
        if SqliteBackend.exists(path):
            kind = "sqlite"
        elif JournalBackend.exists(path) or is_shared(path) or not locks_work(path):
            kind = "journal"
    backend: Backend = JournalBackend(path) if kind == "journal" else SqliteBackend(path)
    return Store(path, backend)


class StoredColumns:
    """The columns of a stored run, as `Columns` has them; rows are read from the disk when they are asked for."""

    __slots__ = ("_run", "_store", "n", "names")

    def __init__(self, store: Store, run_id: str, names: list[str], n: int) -> None:
        self._store, self._run = store, run_id
        self.names, self.n = tuple(names), n

    def column(self, name: str) -> Array:
        """Return one column, shape (n,)."""
        return np.asarray(self.block(0, self.n)[self.names.index(name)])

    def block(self, start: int, stop: int) -> Array:
        """Return rows [start, stop), shape (columns, rows), clipped to what exists."""
        start, stop = max(0, start), min(stop, self.n)
        return rows_of(len(self.names), self._fetch, start, max(start, stop))

    def bucket(self, start: int, stop: int, points: int) -> tuple[Array, bool]:
        """Return rows [start, stop) in at most ``points`` rows: see `Columns.bucket`; extremes are exact."""
        return bucket(len(self.names), self._fetch, self.n, start, stop, points)

    def _fetch(self, level: int, start: int, stop: int) -> Any:
        return self._store.backend.pieces(self._run, level, start, stop)


def whereabouts() -> Doc:
    """Return who writes a run: a heartbeat that `is_alive` can judge."""
    return {"beat": time.time(), "host": platform.node(), "pid": os.getpid(), "session": SESSION}


def is_alive(live: Doc) -> bool:
    """Return whether a run's writer still lives, as far as can be known."""
    if live.get("state") not in ACTIVE:
        return False
    if live.get("host") == platform.node() and sys.platform != "win32":  # there kill(pid, 0) ends the process
        pid = live.get("pid")
        if not isinstance(pid, int) or pid <= 0:
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            pass
        if pid == os.getpid():
            return bool(live.get("session") == SESSION)
    return bool(abs(time.time() - float(live.get("beat", 0.0))) < SILENCE)


def state_of(record: Record) -> str:
    """Return the state of a run; ``"interrupted"`` if its writer is gone without a word."""
    state = str(record.live.get("state", "failed"))
    return "interrupted" if state in ACTIVE and not is_alive(record.live) else state


def packed(block: Array) -> bytes:
    """Return (columns, rows) as it travels: little-endian float64, column after column."""
    return np.ascontiguousarray(block, dtype="<f8").tobytes()
