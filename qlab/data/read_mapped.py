"""Rows that go to an Arrow file on disk as they are read, and come back memory-mapped: the sink for what memory can't
hold. Nothing of it stays in memory but the block in hand.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import DataError
from .sink import fitted, unified


class Mapped:
    """Writes blocks to ``path`` and maps it; what was written is rewritten if a later block needs wider numbers.

    Args:
        path: of the file, which must not exist.
        done: called with the path of the whole file; returns where the file is to be found afterwards, None to have
            it deleted once it is mapped.
    """

    def __init__(self, path: Path, done: Callable[[Path], Path | None] = lambda path: None) -> None:
        self._path, self._done = path, done
        self._schema: pa.Schema | None = None
        self._file: Any = None
        self._writer: Any = None

    def add(self, table: pa.Table) -> None:
        """Write the rows of the next block.

        Raises:
            DataError: the disk is full, or may not be written.
        """
        with self._told():
            if self._schema is None:
                self._open(table.schema)
            elif table.schema != self._schema:
                self._widen(table)
            self._writer.write_table(fitted(table, self._schema))

    def finish(self) -> pa.Table:
        """Return all rows, mapped."""
        with self._told():
            self._close()
            place = self._done(self._path)
        table = mapped_table(place or self._path)
        if place is None:
            with contextlib.suppress(OSError):  # Windows keeps a mapped file; the next sweep takes it
                self._path.unlink()
        return table

    def abandon(self) -> None:
        """Leave nothing on the disk."""
        with contextlib.suppress(OSError):
            self._close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _open(self, schema: pa.Schema) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._schema = schema
        self._file = pa.OSFile(str(self._path), "wb")
        self._writer = pa.ipc.new_file(self._file, schema)

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._file.close()
            self._writer = None

    def _widen(self, table: pa.Table) -> None:
        """Give the file a schema that holds the new block too."""
        assert self._schema is not None
        empty = self._schema.empty_table()
        fits = all(
            have == new or have == pa.float64() or (have == pa.uint64() and new == pa.int64())
            for have, new in zip(self._schema.types, table.schema.types, strict=True)
        )
        if fits and unified([empty, table]) == self._schema:
            return
        self._close()
        before = mapped_table(self._path)
        schema = unified([before, table])
        old = self._path.with_name(self._path.name + ".old")
        os.replace(self._path, old)
        try:
            self._open(schema)
            for batch in before.to_batches():
                self._writer.write_table(fitted(pa.Table.from_batches([batch]), schema))
        finally:
            del before
            with contextlib.suppress(OSError):
                old.unlink()

    @contextlib.contextmanager
    def _told(self) -> Any:
        try:
            yield
        except OSError as error:
            self.abandon()
            raise DataError(
                f"the rows can't be written to disk: {error.strerror or error}",
                where=str(self._path.parent),
                cure="make room there, or name another folder in QLAB_HOME",
            ) from error


def mapped_table(path: Path) -> pa.Table:
    """Return the table of an Arrow file, memory-mapped: N processes that do so share one copy.

    Raises:
        pa.ArrowInvalid, OSError: it is no whole Arrow file.
    """
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
