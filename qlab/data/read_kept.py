"""Whether a file's table is in the cache, and how it gets there: `load`'s end of `cache`. Must not know formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from .cache import LEAST as LEAST
from .cache import Cache, Facts, content_of, state
from .progress import Watch
from .read_text import PACKED

ASIDE = frozenset({"on_bad", "cache", "mapped"})  # options that change no cell


@dataclass(slots=True)
class Kept:
    """One file and the cache.

    Args:
        path: of the file.
        cache: the folder.
        options: everything beside the content that decides the table.
        size: of the file, in bytes.
        before: its state before it was read.
        content: its content hash, as soon as that is known.
        found: the cached table and what was said of it.
    """

    path: Path
    cache: Cache
    options: Facts
    size: int
    before: list[int] | None
    content: str | None = None
    found: tuple[pa.Table, Facts] | None = None

    def put(self, table: pa.Table, facts: Facts) -> None:
        """Keep a table that is in memory."""
        if self._told():
            self.cache.put(self._key(), table, facts)

    def adopt(self, path: Path) -> Path | None:
        """Keep a file of rows; return where it is from now on, or None if the source changed while it was read."""
        return self.cache.adopt(self._key(), path) if self._told() else None

    def commit(self, facts: Facts) -> None:
        """Say what there is to know of the rows that were adopted; only now are they an entry."""
        if self.content is not None:
            self.cache.commit(self._key(), facts)

    def _told(self) -> bool:
        if self.content is None or state(self.path) != self.before:
            self.content = None
            return False
        self.cache.remember(self.path, self.before, self.content)
        return True

    def _key(self) -> str:
        assert self.content is not None
        return self.cache.key(self.content, self.size, self.options)


def options_of(kind: str, how: Mapping[str, Any]) -> Facts:
    """Return what decides a table beside the file's content: its kind, the options of `load`, and who reads it."""
    told = {k: list(v) if isinstance(v, tuple) else v for k, v in how.items() if k not in ASIDE}
    return {"kind": kind, **told, "versions": [version("pandas"), version("pyarrow")]}


def kept(path: Path, options: Facts, watch: Watch) -> Kept | None:
    """Return a file's place in the cache, with its table if that is there; None for a file too small to be worth it.

    The file is hashed first only if an entry comes from a file of the same size; else while it is read.
    """
    before = state(path)
    if before is None or before[2] < LEAST:
        return None
    cache = Cache()
    made = Kept(path, cache, options, before[2], before)
    streamed = path.suffix.lower() not in PACKED and options["kind"] in {".csv", ".tsv", ".tab", ".txt"}
    made.content = cache.known(path)
    if made.content is None and (not streamed or cache.may_hold(made.size)):
        watch.total = made.size
        made.content = content_of(path, watch.check)
        if state(path) != before:
            made.content = None
        else:
            cache.remember(path, before, made.content)
    if made.content is not None:
        made.found = cache.find(made._key())
    return made
