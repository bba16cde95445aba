"""Runs in one SQLite file in WAL mode: any number of processes write, each its own runs. Knows no run, only records."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import TrainError
from .store_backend import Doc, GoneError, Record, taken
from .store_pieces import CHUNK, Piece

FILE = "runs.sqlite"
VERSION = 1
BUSY = 10.0  # seconds to wait for another process's write
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, head TEXT NOT NULL, live TEXT NOT NULL, edits TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (run TEXT NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, n));
CREATE TABLE IF NOT EXISTS pieces (
  run TEXT NOT NULL, level INTEGER NOT NULL, first INTEGER NOT NULL, rows INTEGER NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (run, level, first)
);
"""


class StoreError(OSError):
    """SQLite couldn't write: the disk is full, the file is read-only or it can't be opened."""


class SqliteBackend:
    """See `Backend`; one connection, for one thread at a time."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._db: sqlite3.Connection | None = None

    @staticmethod
    def exists(folder: Path) -> bool:
        """Return whether there is such a store in the folder."""
        return (folder / FILE).is_file()

    def create(self, record: Record) -> None:
        texts = [_text(doc) for doc in (record.head, record.live, record.edits)]
        with self._transaction() as db:
            if db.execute("SELECT 1 FROM runs WHERE id = ?", (record.id,)).fetchone():
                raise taken(record.id)
            db.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?)", (record.id, record.owner, *texts))

    def take(self, run_id: str, owner: str) -> None:
        with self._transaction() as db:
            if not db.execute("UPDATE runs SET owner = ? WHERE id = ?", (owner, run_id)).rowcount:
                raise GoneError(run_id)

    def write(
        self,
        run_id: str,
        owner: str,
        live: Doc,
        events: Sequence[tuple[int, Doc]] = (),
        pieces: Sequence[Piece] = (),
        gone: Sequence[tuple[int, int]] = (),
    ) -> None:
        with self._transaction() as db:
            found = db.execute("UPDATE runs SET live = ? WHERE id = ? AND owner = ?", (_text(live), run_id, owner))
            if not found.rowcount:
                raise GoneError(run_id)
            for start, stop in gone:
                db.execute("DELETE FROM pieces WHERE run=? AND level=0 AND first>=? AND first<?", (run_id, start, stop))
            db.executemany("INSERT OR REPLACE INTO events VALUES (?, ?, ?)", ((run_id, n, _text(e)) for n, e in events))
            db.executemany(
                "INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?, ?)",
                ((run_id, p.level, p.first, p.rows, p.data) for p in pieces),
            )

    def read(self, run_id: str) -> Record | None:
        rows = self._rows("SELECT * FROM runs WHERE id = ?", (run_id,))
        return _record(rows[0]) if rows else None

    def records(self) -> list[Record]:
        return [_record(row) for row in self._rows("SELECT * FROM runs ORDER BY id")]

    def events(self, run_id: str) -> list[Doc]:
        rows = self._rows("SELECT body FROM events WHERE run = ? ORDER BY n", (run_id,))
        return [json.loads(row[0]) for row in rows]

    def pieces(self, run_id: str, level: int, start: int, stop: int) -> list[Piece]:
        rows = self._rows(  # no piece is longer than a chunk, so the index finds the first one
            "SELECT level, first, rows, data FROM pieces WHERE run = ? AND level = ? AND first > ? AND first < ? "
            "AND first + rows > ? ORDER BY first",
            (run_id, level, start - CHUNK, stop, start),
        )
        return [Piece(*row) for row in rows]

    def edit(self, run_id: str, edits: Doc) -> None:
        with self._transaction() as db:
            db.execute("UPDATE runs SET edits = ? WHERE id = ?", (_text(edits), run_id))

    def delete(self, run_id: str) -> None:
        with self._transaction() as db:
            for table, key in (("pieces", "run"), ("events", "run"), ("runs", "id")):
                db.execute(f"DELETE FROM {table} WHERE {key} = ?", (run_id,))

    def close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            with _as_oserror():
                db.close()

    # -- the connection ----------------------------------------

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with _as_oserror():
            db = self._open()
            try:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                raise

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        if self._db is None and not self.exists(self.folder):
            return []
        with _as_oserror():
            return self._open().execute(sql, values).fetchall()

    def _open(self) -> sqlite3.Connection:
        if self._db is not None:
            return self._db
        self.folder.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.folder / FILE, timeout=BUSY, isolation_level=None, check_same_thread=False)
        try:
            if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                _prepare(db, self.folder)
            # a killed process loses nothing so; a power cut may cost the last moments, and never the file
            db.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            db.close()
            raise
        self._db = db
        return db


def locks_work(folder: Path) -> bool:
    """Return whether SQLite can lock and share memory in a folder, by trying it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        backend = SqliteBackend(folder)
        with backend._transaction() as db:
            mode = db.execute("PRAGMA journal_mode").fetchone()[0]
        backend.close()
    except OSError:
        return False
    return str(mode).lower() == "wal"


def _prepare(db: sqlite3.Connection, folder: Path) -> None:
    """Make the tables, whichever of several processes comes first."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        db.execute("ROLLBACK")
        raise TrainError(
            f"the store is of a newer qlab, version {version}", where=str(folder / FILE), cure="update qlab"
        )
    if version < VERSION:
        for statement in SCHEMA.split(";\n"):
            if statement.strip():
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")


@contextlib.contextmanager
def _as_oserror() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{error} ({type(error).__name__})") from error


def _text(doc: Doc) -> str:
    return json.dumps(doc, ensure_ascii=False)


def _record(row: tuple[Any, ...]) -> Record:
    return Record(row[0], row[1], *(json.loads(text) for text in row[2:]))
