"""Runs as append-only journals, one file a run and one writer a file: for file systems without locks.

A record is a line of lengths and checksums, a JSON text and bytes; what a kill cut short at the end is passed over
by a reader and cut off by the next writer. People's edits lie in a file of their own, replaced whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .store_backend import Doc, GoneError, Record, taken
from .store_files import check_id, put, sweep
from .store_pieces import Piece

FOLDER = "journals"
HEAD = struct.Struct("<4sIIII")  # mark, length of the text, of the bytes, checksum of each
MARK = b"qj1\n"
JOURNAL, OWNER, EDITS = "run.journal", "owner", "edits.json"


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
        folder = self._folder(record.id)
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir()
        except FileExistsError:
            raise taken(record.id) from None
        put(folder / OWNER, record.owner.encode())
        self.edit(record.id, record.edits)
        self._append(folder, {"head": record.head, "live": record.live}, [])

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
            edits = json.loads((folder / EDITS).read_bytes())
        return Record(run_id, owner, index.head, index.live, edits)

    def records(self) -> list[Record]:
        if not self.folder.is_dir():
            return []
        found = (self.read(path.name) for path in sorted(self.folder.iterdir()) if (path / JOURNAL).is_file())
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
        put(self._folder(run_id) / EDITS, json.dumps(edits, ensure_ascii=False).encode())

    def delete(self, run_id: str) -> None:
        self._seen.pop(run_id, None)
        folder = self._folder(run_id)
        with contextlib.suppress(FileNotFoundError):
            (folder / OWNER).unlink()  # first, so that a writer stops
        shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        self._seen.clear()
        self._ready.clear()

    # -- the file ----------------------------------------

    def _folder(self, run_id: str) -> Path:
        return self.folder / check_id(run_id)

    def _append(self, folder: Path, told: Doc, pieces: Sequence[Piece]) -> None:
        text = json.dumps(told, ensure_ascii=False).encode()
        body = b"".join(piece.data for piece in pieces)
        record = HEAD.pack(MARK, len(text), len(body), zlib.crc32(text), zlib.crc32(body)) + text + body
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
