"""Runs as append-only journals, one file a run and one writer a file: for file systems without locks.

A record is a line of lengths and checksums, a JSON text and bytes; what a kill cut short at the end is passed over
by a reader and cut off by the next writer. People's edits lie in a file of their own, replaced whole. A run's folder
is made beside its place and moved there when it is whole, and away before it is removed: a kill leaves all or nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import struct
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .store_backend import Doc, GoneError, Record, taken
from .store_files import RUN_ID, check_id, lay, put, sweep, sync_folder
from .store_pieces import Piece

FOLDER = "journals"
HEAD = struct.Struct("<4sIIII")  # mark, length of the text, of the bytes, checksum of each
MARK = b"qj1\n"
JOURNAL, OWNER, EDITS = "run.journal", "owner", "edits.json"
DEBRIS = 3600.0  # seconds until a folder on its way to or from its place counts as left by a kill


@dataclass(slots=True)
class _Index:
    """What a reader has found so far: it goes on from ``end`` when the file has grown."""

    end: int = 0
    head: Doc = field(default_factory=dict)
    live: Doc = field(default_factory=dict)
    events: dict[int, Doc] = field(default_factory=dict)
    places: dict[tuple[int, int], tuple[int, int, int]] = field(default_factory=dict)  # (level, first): rows, at, size


class JournalBackend:
    """See `Backend`."""

    kind = "journal"

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self._seen: dict[str, _Index] = {}
        self._ready: set[str] = set()  # journals whose end this writer has made sure of

    @staticmethod
    def exists(folder: Path) -> bool:
        """Return whether there is such a store in the folder."""
        return (folder / FOLDER).is_dir()

    def create(self, record: Record) -> None:
        check_id(record.id)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        made = self._aside(record.id)
        try:
            made.mkdir()
            lay(made / OWNER, record.owner.encode())
            lay(made / EDITS, _json(record.edits))
            lay(made / JOURNAL, _framed({"head": record.head, "live": record.live}, []))
            sync_folder(made)
            self._move(made, record)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        sync_folder(self.folder)

    def _move(self, made: Path, record: Record) -> None:
        """Put a whole folder in its place, where there may lie what no reader takes for a run."""
        place = self._folder(record.id)
        with contextlib.suppress(OSError):
            os.rename(made, place)
            return
        if self.read(record.id) is not None:
            raise taken(record.id)
        shutil.rmtree(place, ignore_errors=True)
        os.rename(made, place)

    def take(self, run_id: str, owner: str) -> None:
        folder = self._folder(run_id)
        if not (folder / JOURNAL).is_file():
            raise GoneError(run_id)
        sweep(folder)
        put(folder / OWNER, owner.encode())

    def write(
        self,
        run_id: str,
        owner: str,
        live: Doc,
        events: Sequence[tuple[int, Doc]] = (),
        pieces: Sequence[Piece] = (),
        gone: Sequence[tuple[int, int]] = (),
    ) -> None:
        folder = self._folder(run_id)
        try:
            held = (folder / OWNER).read_bytes()
        except FileNotFoundError:
            raise GoneError(run_id) from None
        if held != owner.encode():
            raise GoneError(run_id)
        told = [[p.level, p.first, p.rows, len(p.data)] for p in pieces]
        self._append(folder, {"live": live, "events": list(events), "pieces": told, "gone": list(gone)}, pieces)

    def read(self, run_id: str) -> Record | None:
        index = self._index(run_id)
        if not index.head:
            return None
        folder = self._folder(run_id)
        owner, edits = "", {}
        with contextlib.suppress(OSError, ValueError):
            owner = (folder / OWNER).read_bytes().decode()
        with contextlib.suppress(OSError, ValueError):
            edits = json.loads((folder / EDITS).read_bytes())
        return Record(run_id, owner, index.head, index.live, edits)

    def records(self) -> list[Record]:
        if not self.folder.is_dir():
            return []
        names = sorted(path.name for path in self.folder.iterdir() if RUN_ID.match(path.name))
        found = (self.read(name) for name in names if (self.folder / name / JOURNAL).is_file())
        return [record for record in found if record is not None]

    def events(self, run_id: str) -> list[Doc]:
        index = self._index(run_id)
        return [index.events[n] for n in sorted(index.events)]

    def pieces(self, run_id: str, level: int, start: int, stop: int) -> list[Piece]:
        index = self._index(run_id)
        chosen = sorted(
            (first, *place)
            for (at, first), place in index.places.items()
            if at == level and first < stop and first + place[0] > start
        )
        if not chosen:
            return []
        with open(self._folder(run_id) / JOURNAL, "rb") as file:
            found = []
            for first, rows, at, size in chosen:
                file.seek(at)
                found.append(Piece(level, first, rows, file.read(size)))
        return found

    def edit(self, run_id: str, edits: Doc) -> None:
        put(self._folder(run_id) / EDITS, _json(edits))

    def delete(self, run_id: str) -> None:
        self._seen.pop(run_id, None)
        folder = self._folder(run_id)
        with contextlib.suppress(FileNotFoundError):
            (folder / OWNER).unlink()  # first, so that a writer stops
        aside = self._aside(run_id)
        with contextlib.suppress(OSError):  # Windows moves no folder in which a file is open
            os.rename(folder, aside)
        for path in (aside, folder):
            shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        self._seen.clear()
        self._ready.clear()

    # -- the file ----------------------------------------

    def _folder(self, run_id: str) -> Path:
        return self.folder / check_id(run_id)

    def _aside(self, run_id: str) -> Path:
        return self.folder / f".{run_id}.{secrets.token_hex(4)}.tmp"

    def _sweep(self) -> None:
        """Remove the folders that a kill left on their way."""
        for path in self.folder.glob(".*.tmp"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > DEBRIS:
                    shutil.rmtree(path)

    def _append(self, folder: Path, told: Doc, pieces: Sequence[Piece]) -> None:
        record = _framed(told, pieces)
        path = folder / JOURNAL
        if folder.name not in self._ready:
            self._mend(folder.name, path)
        end = path.stat().st_size if path.exists() else 0
        with open(path, "ab", buffering=0) as file:
            try:
                if file.write(record) != len(record):
                    raise OSError(28, "the record was cut short")
            except BaseException:
                with contextlib.suppress(OSError):  # if this fails too, readers pass over it and the next writer cuts
                    os.truncate(path, end)
                self._ready.discard(folder.name)
                raise
        self._ready.add(folder.name)

    def _mend(self, run_id: str, path: Path) -> None:
        """Cut off what a killed writer left at the end: a record after it would never be read."""
        if path.exists():
            self._seen.pop(run_id, None)
            end = self._index(run_id).end
            if path.stat().st_size > end:
                os.truncate(path, end)

    def _index(self, run_id: str) -> _Index:
        path = self._folder(run_id) / JOURNAL
        index = self._seen.setdefault(run_id, _Index())
        try:
            size = path.stat().st_size
        except OSError:
            return _Index()
        if size < index.end:  # another file of that name
            index = self._seen[run_id] = _Index()
        if size > index.end:
            for told, at, end in _records(path, index.end, size):
                _fold(index, told, at)
                index.end = end
        return index


def _json(doc: Doc) -> bytes:
    return json.dumps(doc, ensure_ascii=False).encode()


def _framed(told: Doc, pieces: Sequence[Piece]) -> bytes:
    """Return a record as its bytes stand in the file."""
    text, body = _json(told), b"".join(piece.data for piece in pieces)
    return HEAD.pack(MARK, len(text), len(body), zlib.crc32(text), zlib.crc32(body)) + text + body


def _records(path: Path, start: int, size: int) -> Iterator[tuple[Doc, int, int]]:
    """The whole records of a file from ``start``: text, place of the bytes, end."""
    with open(path, "rb") as file:
        at = start
        while at + HEAD.size <= size:
            file.seek(at)
            mark, texts, bodies, text_sum, body_sum = HEAD.unpack(file.read(HEAD.size))
            body = at + HEAD.size + texts
            if mark != MARK or body + bodies > size:
                return
            text = file.read(texts)
            if zlib.crc32(text) != text_sum or (bodies and zlib.crc32(file.read(bodies)) != body_sum):
                return
            at = body + bodies
            yield json.loads(text), body, at


def _fold(index: _Index, told: Doc, at: int) -> None:
    index.head = told.get("head", index.head)
    index.live = told.get("live", index.live)
    index.events.update({int(n): event for n, event in told.get("events", ())})
    for start, stop in told.get("gone", ()):
        for key in [k for k in index.places if k[0] == 0 and start <= k[1] < stop]:
            del index.places[key]
    for level, first, rows, size in told.get("pieces", ()):
        index.places[level, first] = rows, at, size
        at += size
