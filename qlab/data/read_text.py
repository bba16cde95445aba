"""The bytes of a text file in blocks: decoded to UTF-8, counted, and hashed as they go by."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..errors import DataError
from .progress import SILENT, Watch
from .read_packed import open_packed

BLOCK = 8 << 20
PACKED = (".gz", ".zip")


def stream_of(path: Path) -> IO[bytes]:
    """Return the bytes of a file, unpacked if it is packed."""
    return open_packed(path) if path.suffix.lower() in PACKED else path.open("rb")


class Text:
    """A text file that can be read several times.

    Args:
        path: of the file.
        encoding: it was written in; a byte order mark counts for more.
        watch: is told how many bytes are done.
        hashed: whether the content hash of the file is wanted; it is there after one whole pass.
    """

    def __init__(self, path: Path, encoding: str, watch: Watch = SILENT, *, hashed: bool = False) -> None:
        self.path, self.encoding, self._watch = path, encoding, watch
        self._hashed = hashed and path.suffix.lower() not in PACKED
        self.content: str | None = None

    def beginning(self) -> Iterator[bytes]:
        """Yield the text as `blocks` does, in small ones: for a look at its first lines."""
        return self.blocks(min(BLOCK, 512 << 10))

    def blocks(self, size: int | None = None) -> Iterator[bytes]:
        """Yield the text as UTF-8, without a byte order mark. Most blocks end with a line; none is ever large.

        Raises:
            DataError: an unknown encoding, a byte that is none in it, by its line, or zero bytes.
        """
        try:
            decoder = codecs.getincrementaldecoder(self.encoding)()
        except LookupError:
            raise DataError(
                f"unknown encoding {self.encoding!r}", where="load", cure="use 'utf-8' or 'latin-1'"
            ) from None
        plain = codecs.lookup(self.encoding).name == "utf-8"
        digest = hashlib.sha256() if self._hashed and self.content is None else None
        first, seen, most = True, 0, size or BLOCK
        with stream_of(self.path) as stream:
            while True:
                raw = stream.read(most)
                if raw and raw[-1] != 10:
                    raw += stream.readline(most)
                length = len(raw)
                if digest is not None:
                    digest.update(raw)
                if first and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                    decoder, plain = codecs.getincrementaldecoder("utf-16")(), False
                if first and raw.startswith(codecs.BOM_UTF8):
                    raw = raw[len(codecs.BOM_UTF8) :]
                first = False
                made = self._decoded(raw, decoder, plain, seen)
                if b"\x00" in made:
                    raise DataError(
                        "the text holds zero bytes", where=self.path.name, cure="check that this is a text file"
                    )
                seen += length
                self._watch.done = seen
                if made:
                    yield made
                if not raw:
                    if digest is not None:
                        self.content = digest.hexdigest()
                    return

    def _decoded(self, raw: bytes, decoder: codecs.IncrementalDecoder, plain: bool, seen: int) -> bytes:
        if plain and raw and raw.isascii() and decoder.getstate()[0] == b"":
            return raw
        try:
            text = decoder.decode(raw, not raw)
        except UnicodeDecodeError as error:
            bad = error.object[error.start]
            line = 1 + self._newlines(seen) + error.object[: error.start].count(b"\n")
            raise DataError(
                f"byte 0x{bad:02x} is no {self.encoding} text",
                where=f"{self.path.name}, line {line}",
                cure="give the encoding the file was written in, often encoding='latin-1' or 'cp1252'",
            ) from None
        return raw if plain and raw else text.encode()

    def _newlines(self, size: int) -> int:
        """Newlines in the first ``size`` bytes: counted only when a fault has to be placed."""
        with stream_of(self.path) as stream:
            return stream.read(size).count(b"\n")
