"""What the data view is answered in milliseconds, whatever else is read or fitted: rows, brushes, pieces of files.

Keeps no dataset of its own. May run beside `DataServer.pump`, on one other thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..data.read_upload import WINDOW, Upload
from .dataabout import bad_page
from .datacross import Cross
from .dataexport import Exports
from .dataheld import Held, checked, token
from .datapage import page
from .dataupload import Uploads

Json = dict[str, Any]
QUICK = frozenset({"page", "bad", "brush", "upload", "chunk", "pull", "cancel"})
MOST_CHUNKS = 2 * WINDOW  # that wait; more come only from a page that lost patience, and come again


class Quick:
    """The quick half of one data view.

    Args:
        send: a message and its buffers to all pages.
        shown: returns key and dataset shown, or None.
        received: called with a file that was uploaded as soon as it is whole, and whether it is to be read strictly.
    """

    def __init__(
        self,
        send: Callable[..., None],
        shown: Callable[[], tuple[str, Held] | None],
        received: Callable[[Path, Upload, bool], None],
    ) -> None:
        self._send, self._shown = send, shown
        self._inbox: deque[tuple[Json, Any]] = deque()
        self._cross: tuple[Any, Cross] | None = None
        self.uploads = Uploads(send, received)
        self.exports = Exports(send)

    @property
    def waits(self) -> bool:
        """Whether there is something to answer."""
        return bool(self._inbox)

    def note(self, message: Json, buffers: Any) -> None:
        """Keep a message, from any thread."""
        if (
            message.get("type") == "chunk"
            and sum(m.get("type") == "chunk" for m, _ in list(self._inbox)) >= MOST_CHUNKS
        ):
            return
        self._inbox.append((message, buffers))

    def next(self) -> tuple[Json, Any] | None:
        """Return the next message to answer; of several brushes only the newest, of a cancelled file none."""
        while self._inbox:
            message, buffers = self._inbox.popleft()
            kind, later = message.get("type"), [m for m, _ in list(self._inbox)]
            stale = kind == "brush" and any(m.get("type") == "brush" for m in later)
            ended = kind == "chunk" and any(
                (m.get("type"), m.get("id")) == ("cancel", message.get("id")) for m in later
            )
            if not stale and not ended:
                return message, buffers
        return None

    def answer(self, message: Json, buffers: Any) -> None:
        """Answer one message."""
        kind = message.get("type")
        if kind == "upload":
            self.uploads.begin(message)
        elif kind == "chunk":
            self.uploads.chunk(message, buffers)
        elif kind == "cancel":
            id_ = message.get("id")
            self.uploads.cancel(None if id_ is None else str(id_))
            self.exports.cancel(None if id_ is None else str(id_))
        elif kind == "pull":
            self.exports.piece(message)
        elif kind == "brush":
            self.brush(message)
        elif (found := self._shown()) is not None:
            key, held = found
            start, n = max(0, int(message.get("from", 0))), max(0, int(message.get("n", 0)))
            if kind == "page":
                about, block = page(held, start, n)
                self._send({"type": "page", "hash": held.token, "id": message.get("id"), **about}, [block])
            elif kind == "bad":
                rows, total = bad_page(held.base, start, n), len(held.base.bad)
                self._send({"type": "bad", "key": key, "from": start, "total": total, "rows": rows})

    def brush(self, message: Json) -> None:
        """Answer a brush; the bins of the columns are remembered until other rows or other classes are shown."""
        found = self._shown()
        if found is None or found[1].choice is None:
            return
        key, held = found
        limits = checked(held.wide, dict(message.get("ranges") or {}))
        same = (token(held.wide), held.choice.target, held.choice.classes) if held.choice is not None else None
        cross = self._cross[1] if self._cross is not None and self._cross[0] == same else Cross.of(held)
        self._cross = (same, cross)
        rows, columns = cross.counts(limits)
        about = {"id": message.get("id"), "rows": rows, "total": held.wide.rows, "columns": columns}
        self._send({"type": "cross", "key": key, **about})
