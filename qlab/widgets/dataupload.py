"""Files that a page drops on the data view: the messages about them. The staging itself is `qlab.data.read_upload`'s.

The page sends ``upload`` (id, name, size), then ``chunk`` (id, at, one buffer), never more than a few unacknowledged;
the answers are ``upload`` messages with a ``state``: ready, got, whole, refused, gone. Lost, doubled and overtaking
chunks do no harm: the page goes on from ``next``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..data.read_upload import PIECE, WINDOW, Upload
from ..errors import DataError
from .link import Message

QUIET = 60.0  # seconds without a chunk after which another upload may take an unfinished one's place
MOST = 4  # uploads at once, from all pages


class Uploads:
    """The uploads of one data view.

    Args:
        send: to all pages.
        read: takes a whole file over, strictly or not, and closes the upload when it was read.
    """

    def __init__(self, send: Callable[[Message], None], read: Callable[[Path, Upload, bool], None]) -> None:
        self._send, self._read = send, read
        self._open: dict[str, tuple[Upload, float]] = {}  # with the time of the last sign of life
        self._strict: set[str] = set()  # those whose bad rows are to be refused

    def begin(self, message: Message) -> None:
        """Answer ``upload``.

        Raises:
            DataError: it can't be taken; nothing was written.
        """
        id_, size = str(message.get("id", "")), message.get("size")
        now = time.monotonic()
        try:
            if isinstance(size, bool) or not isinstance(size, int):
                raise DataError("the size of the file isn't told", where="upload", cure="drop the file again")
            for old in [k for k, (_, seen) in self._open.items() if now - seen > QUIET or k == id_]:
                self._drop(old)
            if len(self._open) >= MOST:
                raise DataError(
                    f"{MOST} files are being uploaded", where=str(message.get("name")), cure="wait for one of them"
                )
            upload = Upload(str(message.get("name", "")), size)
        except DataError:
            self._tell(id_, "refused")
            raise
        self._open[id_] = (upload, now)
        if message.get("strict"):
            self._strict.add(id_)
        self._tell(id_, "ready", next=0, chunk=PIECE, window=WINDOW)

    def chunk(self, message: Message, buffers: Any) -> None:
        """Answer ``chunk``; the last one has the file read.

        Raises:
            DataError: no such upload, a chunk that doesn't fit, or a full disk; the upload is over.
        """
        id_ = str(message.get("id", ""))
        if id_ not in self._open:
            self._tell(id_, "refused")
            return
        upload, _ = self._open[id_]
        try:
            at = int(message.get("at", -1))
            upload.put(at, bytes(buffers[0]) if buffers else b"")
        except DataError:
            self._drop(id_)
            self._tell(id_, "refused")
            raise
        self._open[id_] = (upload, time.monotonic())
        self._tell(id_, "got", next=upload.next)
        if upload.whole:
            del self._open[id_]
            try:
                path = upload.finish()
            except DataError:
                upload.close()
                self._tell(id_, "refused")
                raise
            self._tell(id_, "whole", next=upload.size, sha256=upload.sha256)
            strict = id_ in self._strict
            self._strict.discard(id_)
            self._read(path, upload, strict)

    def cancel(self, id_: str | None = None) -> None:
        """Forget one upload, or all of them."""
        for key in [k for k in self._open if id_ in {None, k}]:
            self._drop(key)
            self._tell(key, "gone")

    def _drop(self, key: str) -> None:
        self._strict.discard(key)
        self._open.pop(key)[0].close()

    def _tell(self, id_: str, state: str, **more: Any) -> None:
        self._send({"type": "upload", "id": id_, "state": state, **more})
