"""What a page and its kernels say to each other, counted: bytes and messages by kind."""

from __future__ import annotations

import json
import struct
from collections import Counter

from playwright.sync_api import Page, WebSocket


class Wire:
    """Counts what a page receives from now on; a widget's own message counts as its type, such as ``history``."""

    def __init__(self, page: Page) -> None:
        self.bytes: Counter[str] = Counter()
        self.messages: Counter[str] = Counter()
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framereceived", self._received)

    def _received(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            return
        kind = kind_of(frame)
        self.bytes[kind] += len(frame)
        self.messages[kind] += 1


def kind_of(frame: bytes) -> str:
    """Return the kind of a message of `v1.kernel.websocket.jupyter.org`: offsets, channel, header, …, content."""
    kind, own = kinds_of(frame)
    return own or kind


def kinds_of(frame: bytes) -> tuple[str, str]:
    """Return the kind of a message, and what a widget itself calls it if it is its own."""
    (count,) = struct.unpack_from("<Q", frame)
    at = struct.unpack_from(f"<{count}Q", frame, 8)
    kind = str(json.loads(frame[at[1] : at[2]])["msg_type"])
    if kind != "comm_msg" or at[4] == at[5]:
        return kind, ""
    body = json.loads(frame[at[4] : at[5]])["data"]
    content = body.get("content")
    return kind, str(content.get("type")) if body.get("method") == "custom" and isinstance(content, dict) else ""
