"""The rows shown as a file: beside the notebook, or piece by piece to the browser, which asks for each.

The writing itself is `qlab.data.write`'s.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from ..data.badrow import BadRow
from ..data.html import size as shown
from ..data.write import FORMATS, write
from ..errors import DataError, not_one_of
from ..machine import home
from .dataheld import Held

Json = dict[str, Any]
PIECE = 1 << 20  # bytes
LARGEST = 1 << 30  # bytes of columns that go through a browser
KEPT = 600.0  # seconds


class Exports:
    """The exports of one data view; the last one for a browser is kept for a while.

    Args:
        send: a message and its buffers to all pages.
    """

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send
        self._open: tuple[str, Path, float] | None = None

    def write(self, message: Json, held: Held) -> None:
        """Answer ``export``: rows as filtered, brushed and sorted, or with ``what`` "bad" the report of bad rows.

        Raises:
            DataError: no such format or folder, too much for a browser, or a full disk.
        """
        kind, id_ = str(message.get("format", "csv")), str(message.get("id", ""))
        if kind not in FORMATS:
            raise not_one_of(DataError, "format", kind, FORMATS, where="export")
        bad = message.get("what") == "bad"
        table = _report(held) if bad else held.rows(0, held.dataset.rows)[0]
        if path := str(message.get("path") or "").strip():
            done = write(table, path, kind)
            told = {"state": "written", "path": str(done.path), "bytes": done.nbytes}
        else:
            if table.nbytes > LARGEST:
                raise DataError(
                    f"{shown(table.nbytes)} are too much for a download", where="export", cure="give a path to write to"
                )
            self.cancel()
            folder = home() / "exports"
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._sweep(folder)
            done = write(table, folder / f"{secrets.token_hex(12)}.{kind}", kind)
            self._open = (id_, done.path, time.monotonic())
            stem = PurePosixPath(held.dataset.name).stem or "data"
            name = f"{stem}{'-bad-rows' if bad else ''}.{kind}"
            told = {"state": "ready", "name": name, "size": done.nbytes, "chunk": PIECE}
        self._send({"type": "export", "id": id_, **told, "rows": done.rows, "neutralised": done.neutralised})

    def piece(self, message: Json) -> None:
        """Answer ``pull``.

        Raises:
            DataError: that export is over.
        """
        id_, at = str(message.get("id", "")), max(0, int(message.get("at", 0)))
        held = self._open
        if held is None or held[0] != id_ or time.monotonic() - held[2] > KEPT:
            raise DataError("this export is over", where="export", cure="export again")
        try:
            with held[1].open("rb") as file:
                file.seek(at)
                block = file.read(PIECE)
                last = not file.read(1)
        except OSError as error:
            raise DataError("the exported file is gone", where="export", cure="export again") from error
        self._send({"type": "piece", "id": id_, "at": at, "last": last}, [block])

    def cancel(self, id_: str | None = None) -> None:
        """Delete what was staged for the browser."""
        held = self._open
        if held is not None and id_ in {None, held[0]}:
            self._open = None
            with contextlib.suppress(OSError):
                held[1].unlink(missing_ok=True)

    def _sweep(self, folder: Path) -> None:
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > KEPT:
                    path.unlink()


def _report(held: Held) -> pa.Table:
    """The bad rows in plain texts, which the writer makes harmless."""
    kinds = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in BadRow._fields[1:])])
    return pa.Table.from_pylist([row._asdict() for row in held.base.bad], schema=kinds)
